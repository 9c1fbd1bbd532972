"""What facilitators send."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.shared.fields import choice_of
from habaring.workshop.actions.rooms import NewBoard, NewRoom
from habaring.workshop.models import Board, BoardKind, Room
from habaring.workshop.queries import dimension_choices


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RoomForm(forms.Form):
    """A workshop."""

    title = forms.CharField(label=_("Title"), max_length=150)
    place = forms.CharField(label=_("Place"), max_length=150, required=False)
    day = _day(_("First day"))
    last_day = _day(_("Last day"))
    stage = forms.CharField(
        label=_("Stage of guidance"),
        max_length=60,
        required=False,
        help_text=_("If it belongs to one: its key, such as 2026/1."),
    )
    tables = forms.MultipleChoiceField(
        label=_("Tables"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One table a dimension; more can be added later."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real workshop"), required=False
    )

    def __init__(self, *args: Any, room: Room | None = None, **more: Any) -> None:
        names = ("title", "place", "day", "last_day", "stage")
        start = {name: getattr(room, name) for name in names} if room else {}
        super().__init__(*args, **{"initial": start, **more})
        if room is not None:
            del self.fields["tables"], self.fields["illustrative"]
            return
        tables = choice_of(self, "tables")
        tables.choices = dimension_choices()
        tables.initial = [code for code, _name in dimension_choices()]

    def as_room(self) -> NewRoom:
        """The room. The form is valid."""
        given = self.cleaned_data
        return NewRoom(
            title=given["title"],
            day=given["day"],
            last_day=given["last_day"],
            place=given["place"],
            stage=given["stage"],
            tables=tuple(given.get("tables", ())),
            illustrative=given.get("illustrative", False),
        )


def two_days(today: date) -> dict[str, date]:
    """A stage takes two days."""
    return {"day": today, "last_day": today + timedelta(days=1)}


class BoardForm(forms.Form):
    """A board."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BoardKind.choices)
    title = forms.CharField(label=_("Title"), max_length=120)
    prompt = forms.CharField(
        label=_("Question"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands above the board on every phone."),
    )
    dots = forms.IntegerField(
        label=_("Dots a person"), min_value=1, max_value=20, initial=3
    )
    all_group = forms.BooleanField(
        label=_("Everybody may group notes, not the facilitators alone"), required=False
    )

    def __init__(self, *args: Any, board: Board | None = None, **more: Any) -> None:
        names = ("kind", "title", "prompt", "dots", "all_group")
        start = {name: getattr(board, name) for name in names} if board else {}
        super().__init__(*args, **{**more, "initial": start})
        self.of_kind = board.kind if board else ""
        if board is not None:
            del self.fields["kind"]

    def as_board(self) -> NewBoard:
        """The board. The form is valid."""
        given = self.cleaned_data
        return NewBoard(
            kind=given.get("kind") or self.of_kind,
            title=given["title"],
            prompt=given["prompt"],
            dots=given["dots"],
            all_group=given["all_group"],
        )


class TableForm(forms.Form):
    """One more table."""

    dimension = forms.ChoiceField(label=_("Dimension"), required=False)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = choice_of(self, "dimension")
        field.choices = [("", "–"), *dimension_choices()]


class HideForm(forms.Form):
    """Why a note is hidden."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Its author reads it."),
    )
