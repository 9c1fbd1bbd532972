"""Forms of consultations: open one, say something, moderate, answer."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone, make_aware
from django.utils.translation import gettext_lazy as _

from habaring.masterplan.actions.consulting import LONGEST
from habaring.masterplan.models import Disposition
from habaring.participation.moderation import RULES
from habaring.shared.fields import choice_of


def _hour() -> forms.TimeField:
    return forms.TimeField(
        label=_("Hour of the first day"),
        help_text=_("Left empty, it opens when the day begins."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def begins(day: date, hour: time | None = None) -> datetime:
    """An hour of a day where the region is; its first moment where none is told."""
    return make_aware(datetime.combine(day, hour or time.min), get_current_timezone())


def ends(day: date) -> datetime:
    """The first moment after a day."""
    return begins(day + timedelta(days=1))


class ConsultationForm(forms.Form):
    """A draft that is put before the public."""

    title = forms.CharField(label=_("Title"), max_length=200)
    intro = forms.CharField(
        label=_("What people are asked"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    keys = forms.MultipleChoiceField(
        label=_("Sections"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are frozen as they are written now."),
    )
    first_day = _day(
        _("First day"), help_text=_("Until then only the office sees the draft.")
    )
    hour = _hour()
    last_day = _day(_("Last day"))

    def __init__(
        self, *args: Any, sections: list[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        keys = choice_of(self, "keys")
        keys.choices = sections


class MoveForm(forms.Form):
    """Another first moment of a draft that nobody but the office has seen."""

    first_day = _day(_("First day"))
    hour = _hour()


class ProlongForm(forms.Form):
    """A later last day."""

    last_day = _day(_("New last day"))


class RemarkForm(forms.Form):
    """What somebody says about a section."""

    text = forms.CharField(
        label=_("What do you want to say about this section?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Write no telephone or identity numbers: everybody reads it."),
    )
    name = forms.CharField(
        label=_("Name shown"),
        help_text=_("Leave it empty to be shown as “a citizen”."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class EnterForm(RemarkForm):
    """What somebody said at a meeting, or wrote on paper."""

    section = forms.TypedChoiceField(label=_("Section"), coerce=int)
    field_order = ("section", "text", "name")

    def __init__(
        self, *args: Any, sections: list[tuple[int, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        section = choice_of(self, "section")
        section.choices = sections


class DispositionForm(forms.Form):
    """What becomes of a remark, and why."""

    disposition = forms.ChoiceField(
        label=_("Outcome"), choices=Disposition.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Public reason"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class HideForm(forms.Form):
    """By which rule a remark is hidden, and why."""

    rule = forms.ChoiceField(
        label=_("Rule"), choices=[(code, rule.name) for code, rule in RULES.items()]
    )
    reason = forms.CharField(
        label=_("Public reason"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QueueFilter(forms.Form):
    """Which remarks, and words in them."""

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    tumpukan = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("waiting", _("to be answered")),
            ("held", _("waiting for a moderator")),
            ("answered", _("answered")),
            ("all", _("all")),
        ],
    )
