"""What somebody says about a payment that is not shown; a number to follow it by."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.people.codes.reach import read_reach
from habaring.revenue.claims import Said
from habaring.revenue.codes import LENGTH, plain
from habaring.revenue.forms.lookup import NopForm, WholeField
from habaring.revenue.models import Channel
from habaring.revenue.paying import Way
from habaring.shared.fields import choice_of
from habaring.shared.refusal import Refusal

MOST = 1_000_000_000_000


class ClaimForm(NopForm):
    """Reference, day, channel, amount: enough to find it in the ledger."""

    field_order = (
        "nop",
        "year",
        "channel",
        "reference",
        "paid_on",
        "amount",
        "told",
        "contact",
    )
    year = forms.IntegerField(
        label=_("Tax year"), min_value=1990, max_value=2100, localize=False
    )
    channel = forms.ChoiceField(label=_("Where you paid"))
    reference = forms.CharField(
        label=_("Reference on the slip"),
        max_length=64,
        required=False,
        help_text=_("“No. ref”, “RRN” or “NTB”; on a receipt of ours its number."),
    )
    paid_on = forms.DateField(
        label=_("Day you paid"), widget=forms.DateInput(attrs={"type": "date"})
    )
    amount = WholeField(label=_("Amount that left you, in rupiah"), most=MOST)
    told = forms.CharField(
        label=_("Anything else"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    contact = forms.CharField(
        label=_("Telephone or mail, for the answer"),
        max_length=100,
        required=False,
        help_text=_("Kept sealed, and used only to tell you that there is an answer."),
    )

    def __init__(self, ways: Sequence[Way], *, today: date, **more: Any) -> None:
        super().__init__(more.get("data"), initial=more.get("initial"))
        self.today = today
        field = choice_of(self, "channel")
        field.choices = [
            *((f"{way.kind}:{way.code}", way.name) for way in ways),
            *Channel.choices,
            ("other", _("Elsewhere, or I do not know")),
        ]

    def clean_paid_on(self) -> date:
        """Not in the future."""
        found: date = self.cleaned_data["paid_on"]
        if found > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return found

    def clean_amount(self) -> int:
        """More than nothing."""
        amount = int(self.cleaned_data["amount"])
        if amount <= 0:
            raise forms.ValidationError(_("Write what you paid."))
        return amount

    def clean_contact(self) -> str:
        """A telephone number or a mail address, if any."""
        text = str(self.cleaned_data["contact"]).strip()
        if not text:
            return ""
        try:
            return read_reach(text).value
        except Refusal as refused:
            raise forms.ValidationError(str(refused)) from refused

    def said(self) -> Said:
        """What was typed, for the ledger."""
        known = self.cleaned_data
        return Said(
            nop=known["nop"],
            year=known["year"],
            channel=known["channel"],
            reference=re.sub(r"\s", "", known["reference"]),
            paid_on=known["paid_on"],
            amount=known["amount"],
        )


class FollowForm(forms.Form):
    """The number of a claim."""

    number = forms.CharField(
        label=_("Number you were given"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "receipt-input"}),
    )

    def clean_number(self) -> str:
        """As it is kept."""
        code = plain(self.cleaned_data["number"])
        if len(code) != LENGTH:
            raise forms.ValidationError(_("The number has 8 characters."))
        return code
