"""A filing, as it is filled in: on a telephone, or by an officer at the counter."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES, Fact, Rules
from habaring.regions.models import Region
from habaring.revenue.filings import MONTHLY, Asked, Month, read_month
from habaring.revenue.forms.facts import add_facts, given
from habaring.revenue.forms.register import ANY, Day, OfRegion
from habaring.revenue.models import Taxpayer
from habaring.revenue.nop import read_nop
from habaring.revenue.registers import tax_choices
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import DOCUMENTS, PICTURES

PAPERS = (*DOCUMENTS, *PICTURES)


def month_words(month: Month) -> str:
    """ "Oktober 2026"."""
    return date_format(month.first, "F Y")


class FilingForm(forms.Form):
    """What the tax asks about a month or an acquisition; and the word, if one is due."""

    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where you correct a filing, or differ from the device."),
    )

    def __init__(self, *args: Any, tax: str, rules: Rules, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.facts: list[Fact] = [
            fact for fact in TAXES[tax].facts if self._asked(fact, rules)
        ]
        word = self.fields.pop("reason")
        add_facts(self, self.facts, rules)
        self.fields["reason"] = word

    @staticmethod
    def _asked(fact: Fact, rules: Rules) -> bool:
        """A use only where the rules tell some apart; a price where they set none."""
        if fact.key == "use":
            return bool(rules.uses)
        if fact.key == "price" and TAXES[rules.tax].formula == "quantity":
            uses = {price.use for price in rules.prices}
            every = {use.key for use in rules.uses}
            return None not in uses and not (every and every <= uses)
        return True

    @property
    def given(self) -> dict[str, Any]:
        """The facts, ready for JSON."""
        return given(self.cleaned_data, self.facts)

    @property
    def asked(self) -> Iterable[Any]:
        """The fields of the tax, without the word."""
        return [self[f"f_{fact.key}"] for fact in self.facts]


class PapersForm(forms.Form):
    """Papers that go along."""

    document = forms.FileField(
        label=_("A paper that goes with it"),
        required=False,
        help_text=_(
            "A recapitulation, a deed: PDF, spreadsheet or photo, at most 10 MB."
        ),
    )


class AcquireForm(OfRegion):
    """Land that was acquired, before BPHTB is filed on it."""

    holder = forms.CharField(label=_("NPWPD of whoever acquires it"), max_length=30)
    nop = forms.CharField(
        label=_("NOP of the land"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("18 digits; they stand at the top of the yearly bill (SPPT)."),
    )
    on = forms.DateField(label=_("Day of the deed"), widget=Day())
    notary = forms.CharField(label=_("Notary (PPAT)"), max_length=150, required=False)

    def __init__(
        self,
        *args: Any,
        region: Region,
        own: Iterable[Taxpayer] | None = None,
        **kw: Any,
    ) -> None:
        """`own`: the taxpayers of a signed-in person; None at the counter."""
        super().__init__(*args, region=region, **kw)
        if own is not None:
            self.fields["holder"] = forms.ChoiceField(
                label=_("Who acquires it"),
                choices=[(row.number, f"{row.name} ({row.number})") for row in own],
            )
        self._own = None if own is None else {row.number: row for row in own}

    def clean_holder(self) -> Taxpayer:
        if self._own is not None:
            return self._own[self.cleaned_data["holder"]]
        return self.taxpayer("holder")

    def clean_nop(self) -> str:
        try:
            return read_nop(self.cleaned_data["nop"])
        except Refusal as refused:
            raise ValidationError(str(refused)) from refused


class LinkAskForm(forms.Form):
    """Which taxpayer one is."""

    number = forms.CharField(
        label=_("NPWPD"),
        max_length=30,
        help_text=_("It stands on your card and on every letter of the office."),
    )


class CodeForm(forms.Form):
    """The digits that were sent."""

    code = forms.CharField(
        label=_("The 6 digits"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )


class ValidationForm(forms.Form):
    """The answer to the notary."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[("valid", _("Right and paid: validate")), ("no", _("Not validated"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        help_text=_("Needed where it is not validated."),
    )


class CodeCheckForm(forms.Form):
    """A code on paper."""

    kode = forms.CharField(
        label=_("Code on the paper"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )


class MonthFilter(forms.Form):
    """Which month and tax the office looks at."""

    q = forms.CharField(
        label=_("Name of the business"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    bulan = forms.CharField(
        label=_("Month"),
        required=False,
        widget=forms.TextInput(attrs={"type": "month"}),
    )
    pajak = forms.ChoiceField(label=_("Tax"), required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields["pajak"]
        monthly = [pair for pair in tax_choices(official=False) if pair[0] in MONTHLY]
        known.choices = [("", ANY), *monthly]

    def asked(self, today: date) -> Asked:
        self.is_valid()
        data = self.cleaned_data
        month = read_month(data.get("bulan", ""), today=today)
        return Asked(month, data.get("pajak", ""), data.get("q", ""))
