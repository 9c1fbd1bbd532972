"""Meetings, answers, attendance and minutes, as they are filled in."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from habaring.council import words
from habaring.council.actions.attendance import Arrival
from habaring.council.actions.meetings import Item, Plan, Reply
from habaring.council.forms.fields import NONE, Day, Hour, PdfField, choices, paper_in
from habaring.council.models import Meeting, Seat
from habaring.shared.fields import rows_of


class MeetingForm(forms.Form):
    """When and where a meeting is."""

    title = forms.CharField(label=_("Title"), max_length=200)
    on = forms.DateField(label=_("Day"), widget=Day())
    starts = forms.TimeField(label=_("Begins"), widget=Hour())
    ends = forms.TimeField(
        label=_("Ends"), widget=Hour(), help_text=_("Western Indonesian time (WIB).")
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Link"), required=False, assume_scheme="https", max_length=200
    )
    public = forms.BooleanField(
        label=_("The public sees the agenda, and the minutes once approved"),
        required=False,
        initial=True,
    )
    qr_minutes = forms.TypedChoiceField(
        label=_("QR code of the attendance"),
        coerce=int,
        initial=0,
        choices=(
            (0, _("stays the same")),
            (5, _("changes every 5 minutes")),
            (15, _("changes every 15 minutes")),
        ),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real meeting"), required=False
    )

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kw: Any) -> None:
        if meeting is not None:
            begins, ends = localtime(meeting.starts_at), localtime(meeting.ends_at)
            kw["initial"] = {
                "title": meeting.title,
                "on": begins.date(),
                "starts": begins.time(),
                "ends": ends.time(),
                "place": meeting.place,
                "link": meeting.link,
                "public": meeting.public,
                "qr_minutes": meeting.qr_minutes,
                "illustrative": meeting.illustrative,
            }
        super().__init__(*args, **kw)

    def as_plan(self) -> Plan:
        """What was typed, for the action."""
        given = dict(self.cleaned_data)
        on, starts, ends = given.pop("on"), given.pop("starts"), given.pop("ends")
        return Plan(
            starts_at=make_aware(datetime.combine(on, starts)),
            ends_at=make_aware(datetime.combine(on, ends)),
            **given,
        )


class ItemForm(forms.Form):
    """A point of the agenda."""

    title = forms.CharField(label=_("Point"), max_length=300)
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, max_value=600
    )
    presenter = forms.CharField(label=_("Presenter"), required=False, max_length=150)
    paper = PdfField(label=_("Paper"))

    def as_item(self) -> Item:
        """What was typed, for the action."""
        given = dict(self.cleaned_data)
        return Item(**(given | {"paper": paper_in(given["paper"])}))


class ReasonForm(forms.Form):
    """Why something is called off."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Those invited and the public read it."),
    )


class ReplyForm(forms.Form):
    """Coming, not coming, or sending somebody."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=(
            ("coming", _("I come")),
            ("not_coming", _("I do not come")),
            ("substitute", _("Somebody comes for me")),
        ),
    )
    substitute_name = forms.CharField(
        label=_("Name of who comes for you"), required=False, max_length=150
    )
    substitute_institution = forms.CharField(
        label=_("Their institution"), required=False, max_length=200
    )
    note = forms.CharField(
        label=_("A word to the secretariat"), required=False, max_length=300
    )

    def as_reply(self) -> Reply:
        """What was typed, for the action."""
        return Reply(**self.cleaned_data)


class SeatedForm(forms.Form):
    """Somebody of the body, with the personal code of the invitation."""

    prefix = "kursi"

    seat: Any = forms.ModelChoiceField(
        Seat.objects.none(),
        label=_("Your seat"),
        empty_label=_("Choose your name"),
    )
    code = forms.CharField(
        label=_("Personal code"),
        max_length=12,
        help_text=_("Six digits; they stand in your invitation."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )

    def __init__(self, *args: Any, seats: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "seat").queryset = seats


class GuestForm(forms.Form):
    """A guest says who it is."""

    prefix = "tamu"

    name = forms.CharField(label=_("Your name"), max_length=150)
    institution = forms.CharField(
        label=_("Institution"), max_length=200, required=False
    )
    pillar = forms.ChoiceField(
        label=_("Pillar"), choices=lambda: choices(words.PILLARS), initial="community"
    )

    def as_arrival(self) -> Arrival:
        """What was typed, for the action."""
        return Arrival(way="guest", **self.cleaned_data)


class HandForm(forms.Form):
    """Somebody whom the secretary writes down: a seat, or a guest."""

    seat: Any = forms.ModelChoiceField(
        Seat.objects.none(),
        label=_("Seat"),
        required=False,
        empty_label=_("– a guest –"),
    )
    substitute = forms.CharField(
        label=_("Came for the holder of the seat"),
        required=False,
        max_length=150,
        help_text=_("The name of the substitute; empty where the holder came."),
    )
    name = forms.CharField(label=_("Name of the guest"), required=False, max_length=150)
    institution = forms.CharField(
        label=_("Institution of the guest"), required=False, max_length=200
    )
    pillar = forms.ChoiceField(
        label=_("Pillar of the guest"),
        required=False,
        choices=lambda: choices(words.PILLARS, empty=NONE),
    )
    note = forms.CharField(
        label=_("Mark"),
        required=False,
        max_length=300,
        help_text=_("For example: signed the paper list."),
    )

    def __init__(self, *args: Any, seats: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "seat").queryset = seats

    def as_arrival(self) -> Arrival:
        """What was typed, for the action."""
        return Arrival(way="hand", **self.cleaned_data)


class MinutesForm(forms.Form):
    """The text of the minutes; after an approved version, why it is corrected."""

    text = forms.CharField(
        label=_("Minutes"),
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_(
            "What was said and agreed. No personal data that need not be there."
        ),
    )
    reason = forms.CharField(
        label=_("Why it is corrected"),
        required=False,
        max_length=300,
        help_text=_("Needed once a version was approved."),
    )


class ApproveForm(forms.Form):
    """Who approved the minutes."""

    later: Any = forms.ModelChoiceField(
        Meeting.objects.none(),
        label=_("Approved in"),
        required=False,
        empty_label=_("by the chair"),
    )

    def __init__(self, *args: Any, meetings: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "later").queryset = meetings
