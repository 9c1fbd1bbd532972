"""Issue a token, open a webhook: forms check shape, actions decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.api import events
from habaring.api.actions import SCOPES
from habaring.people.access import Power
from habaring.people.powers import sentence
from habaring.shared.fields import choice_of


class TokenForm(forms.Form):
    """What a token is for, what it may do, from where and for how long."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("So that you know it again, such as “BPS numbers every night”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "As little as it needs. With nothing chosen it reads what is public."
        ),
    )
    days = forms.TypedChoiceField(
        label=_("How long it lives"),
        coerce=int,
        initial=90,
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (180, _("180 days")),
            (365, _("a year")),
        ],
    )
    networks = forms.CharField(
        label=_("From where"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Addresses such as 203.0.113.0/24, one a line. Empty: anywhere."),
    )

    def __init__(self, *args: Any, held: Iterable[Power], **more: Any) -> None:
        """`held`: what the person may do here; a token can do no more."""
        super().__init__(*args, **more)
        may = set(held)
        choices = [(one.value, sentence(one)) for one in SCOPES if one in may]
        choice_of(self, "scopes").choices = choices

    def clean_networks(self) -> tuple[str, ...]:
        return tuple(str(self.cleaned_data["networks"]).split())


class WebhookForm(forms.Form):
    """Where events are sent, and which."""

    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("A public https address that takes a POST and answers 200."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, name) for name in events.NAMES],
        help_text=_("With none chosen, all of them are sent."),
    )


class ReplayForm(forms.Form):
    """From which event on to send again."""

    start = forms.IntegerField(
        label=_("From event number"), min_value=1, max_value=2**63 - 1
    )
