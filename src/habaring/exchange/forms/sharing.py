"""Adopt, thank, answer the yearly questions, ask, offer, visit."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.exchange.actions.surviving import Reply
from habaring.exchange.actions.talking import Done, Offer, Wish
from habaring.exchange.forms.fields import Day
from habaring.exchange.models import (
    MeetingKind,
    MeetingState,
    MentorOffer,
    Practice,
)
from habaring.exchange.models.adoptions import Advice, Effect, Running
from habaring.exchange.shapes import Plans
from habaring.portfolio.candidates import CODE
from habaring.regions.models import Region


def _long(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class AdoptForm(forms.Form):
    """When the adopting region could begin, and why it wants this."""

    code = forms.RegexField(
        f"^{CODE}$",
        label=_("Code of the new candidate"),
        help_text=_(
            "Letters, digits, points and dashes, without spaces, such as KTM-01."
        ),
    )
    earliest = forms.IntegerField(
        label=_("Earliest start"), min_value=2000, max_value=2100
    )
    latest = forms.IntegerField(label=_("Latest start"), min_value=2000, max_value=2100)
    why = forms.CharField(
        label=_("Why it fits here"),
        required=False,
        max_length=500,
        widget=_long(3),
        help_text=_("The region it comes from reads this."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real programme"), required=False
    )

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        if (given.get("latest") or 0) < (given.get("earliest") or 0):
            self.add_error("latest", _("The latest start is before the earliest."))
        return given

    def as_plans(self) -> Plans:
        """For the action."""
        return Plans(**self.cleaned_data)


class ThankForm(forms.Form):
    """A message to where the practice came from."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=1000,
        widget=_long(4),
        help_text=_("Everybody can read it on the page of the practice."),
    )


class SurvivalForm(forms.Form):
    """The three questions of the year."""

    running = forms.ChoiceField(
        label=_("Is it still running?"),
        choices=Running.choices,
        widget=forms.RadioSelect,
    )
    effect = forms.ChoiceField(
        label=_("What does it bring?"), choices=Effect.choices, widget=forms.RadioSelect
    )
    advice = forms.ChoiceField(
        label=_("Would you advise it to others?"),
        choices=Advice.choices,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("In a sentence: why?"), required=False, max_length=500, widget=_long(2)
    )

    def as_reply(self) -> Reply:
        """For the action."""
        return Reply(**self.cleaned_data)


class TextForm(forms.Form):
    """A question or an answer."""

    text = forms.CharField(label=_("Your words"), max_length=1000, widget=_long(4))


class OfferForm(forms.Form):
    """What a region offers to guide others in."""

    title = forms.CharField(label=_("What you can guide in"), max_length=150)
    text = forms.CharField(
        label=_("What you have done, and how you would help"), widget=_long(5)
    )
    dimensions = forms.MultipleChoiceField(
        label=_("Dimensions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    places = forms.IntegerField(
        label=_("How many regions a year"), min_value=1, max_value=20, initial=1
    )

    def __init__(self, *args: Any, dimensions: Mapping[str, Any], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field: Any = self.fields["dimensions"]
        field.choices = list(dimensions.items())

    def as_offer(self) -> Offer:
        """For the action."""
        told = self.cleaned_data
        return Offer(**{**told, "dimensions": tuple(told["dimensions"])})


class MeetingForm(forms.Form):
    """A visit or mentoring that is asked for."""

    kind = forms.ChoiceField(
        label=_("What you ask for"),
        choices=MeetingKind.choices,
        widget=forms.RadioSelect,
    )
    purpose = forms.CharField(label=_("What you want to learn"), widget=_long(4))
    proposed_on = forms.DateField(label=_("Day you propose"), widget=Day())
    people = forms.IntegerField(
        label=_("How many people"), required=False, min_value=1, max_value=200
    )

    def as_wish(
        self, host: Region, practice: Practice | None, offer: MentorOffer | None
    ) -> Wish:
        """For the action."""
        return Wish(host=host, practice=practice, offer=offer, **self.cleaned_data)


STEPS: Mapping[str, Any] = {
    MeetingState.ACCEPTED: _("accept, on the day below"),
    MeetingState.DECLINED: _("decline, with the reason below"),
    MeetingState.CANCELLED: _("cancel, with the reason below"),
    MeetingState.HELD: _("report that it was held"),
}


class StepForm(forms.Form):
    """The next step of a visit."""

    state = forms.ChoiceField(label=_("What you do"), widget=forms.RadioSelect)
    on = forms.DateField(label=_("Day"), required=False, widget=Day())
    text = forms.CharField(
        label=_("Words to the other side, or the report"),
        required=False,
        widget=_long(4),
        help_text=_("The report of a visit that was held is public."),
    )

    def __init__(
        self, *args: Any, moves: Iterable[str], proposed: date | None = None, **kw: Any
    ) -> None:
        kw.setdefault("initial", {"on": proposed})
        super().__init__(*args, **kw)
        field: Any = self.fields["state"]
        field.choices = [
            (move, words) for move, words in STEPS.items() if move in list(moves)
        ]

    def as_done(self) -> Done:
        """For the action."""
        return Done(**self.cleaned_data)
