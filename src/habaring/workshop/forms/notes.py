"""What people on telephones send."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from habaring.masterplan.models import Layer, Quadrant
from habaring.shared.fields import choice_of, rows_of
from habaring.workshop.actions.notes import Words
from habaring.workshop.models import Board, BoardKind, Note, Participant, Room, Table
from habaring.workshop.models.notes import LONGEST
from habaring.workshop.queries import dimension_choices
from habaring.workshop.refusals import NoteRefused


class CodeForm(forms.Form):
    """The code on the big screen."""

    code = forms.CharField(
        label=_("Code on the big screen"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "size": 8}
        ),
    )


class JoinForm(forms.Form):
    """Come in: a table, and a name if one likes."""

    table = forms.ModelChoiceField(
        label=_("Your table"), queryset=Table.objects.none(), required=False
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=40,
        help_text=_(
            "You may leave it empty. Only the facilitators see it, and it is forgotten"
            " a week after the last day."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, room: Room, **more: Any) -> None:
        super().__init__(*args, **more)
        field = rows_of(self, "table")
        field.queryset = Table.objects.filter(room=room)
        field.empty_label = str(_("No table"))


class NoteForm(forms.Form):
    """A note. `key` is drawn with the page, so that sending it twice is sending it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What it is"), choices=Quadrant.choices, widget=forms.RadioSelect
    )
    layer = forms.ChoiceField(label=_("Layer"), choices=Layer.choices)
    dimension = forms.ChoiceField(label=_("Dimension"), required=False)
    text = forms.CharField(
        label=_("Your note"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST}),
    )

    def __init__(
        self,
        *args: Any,
        board: Board,
        person: Participant,
        note: Note | None = None,
        **more: Any,
    ) -> None:
        start: dict[str, Any] = {"key": uuid.uuid4()}
        if note is not None:
            names = ("kind", "layer", "dimension", "text")
            start.update({name: getattr(note, name) for name in names})
        super().__init__(*args, **{**more, "initial": start})
        if board.kind != BoardKind.SWOT:
            del self.fields["kind"], self.fields["layer"]
        if note is None and person.table and person.table.dimension:
            del self.fields["dimension"]  # the table's: one field less on a phone
            return
        dimension = choice_of(self, "dimension")
        dimension.choices = [("", "–"), *dimension_choices()]

    def as_words(self) -> Words:
        """What was written. The form is valid."""
        given = self.cleaned_data
        return Words(
            key=given["key"],
            text=given["text"],
            kind=given.get("kind", ""),
            layer=given.get("layer", ""),
            dimension=given.get("dimension", ""),
        )


def words_of(given: QueryDict) -> Words:
    """What the page's script sends, without the form around it. Raises NoteRefused."""
    try:
        key = uuid.UUID(given.get("key", ""))
    except ValueError:
        raise NoteRefused(
            what=_("The note was not taken."),
            why=_("The page sent it without its number."),
            next=_("Open the page again; your text waits there."),
        ) from None
    dimension = given.get("dimension", "")
    if dimension and dimension not in dict(dimension_choices()):
        dimension = ""
    return Words(
        key=key,
        text=given.get("text", ""),
        kind=given.get("kind", ""),
        layer=given.get("layer", ""),
        dimension=dimension,
    )
