"""Letters, admissions, write-offs, programmes: what is typed about them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES
from habaring.revenue.actions.waivers import Terms
from habaring.revenue.actions.writeoffs import Grounds
from habaring.revenue.models import LetterKind, WriteOffKind
from habaring.shared.fields import choice_of
from habaring.shared.tables import Bilingual

LONG = forms.Textarea(attrs={"rows": 3})


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class LetterFilter(forms.Form):
    """Which letters the list shows."""

    q = forms.CharField(
        label=_("NOP, name or number of the letter"), max_length=60, required=False
    )
    jenis = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *LetterKind.choices]
    )


class DebtFilter(forms.Form):
    """Any debt by its number, however young."""

    q = forms.CharField(label=_("NOP or number"), max_length=30, required=False)

    def number(self) -> str:
        """Its digits, or as it was typed."""
        text = self.cleaned_data.get("q", "").strip() if self.is_valid() else ""
        digits = "".join(one for one in text if one.isdigit())
        return digits if len(digits) == 18 else text


class DeliveredForm(forms.Form):
    """When a letter arrived."""

    day = _day(_("It arrived on"))


class AdmissionForm(forms.Form):
    """A letter of the debtor that admits the debt."""

    day = _day(_("Day of the debtor's letter"))
    text = forms.CharField(
        label=_("What the letter says, and its number"), max_length=500, widget=LONG
    )


class GroundsForm(forms.Form):
    """Why debts are let go."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (one.value, one.label) for one in (WriteOffKind.EXPIRED, WriteOffKind.LOST)
        ],
    )
    basis = forms.CharField(
        label=_("Decree"),
        max_length=200,
        help_text=_("Its number and date."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=LONG)

    def grounds(self) -> Grounds:
        """What was typed."""
        known = self.cleaned_data
        return Grounds(WriteOffKind(known["kind"]), known["basis"], known["reason"])


class WaiverForm(forms.Form):
    """A programme that waives late interest."""

    name = forms.CharField(label=_("Name"), max_length=150)
    tax = forms.ChoiceField(label=_("Tax"))
    first_year = forms.IntegerField(
        label=_("First tax year"), min_value=1990, max_value=2100, localize=False
    )
    last_year = forms.IntegerField(
        label=_("Last tax year"), min_value=1990, max_value=2100, localize=False
    )
    percent = forms.IntegerField(
        label=_("Percent of the interest that is waived"),
        min_value=1,
        max_value=100,
        initial=100,
    )
    begins_on = _day(_("For payments from"))
    ends_on = _day(_("For payments until"))
    basis = forms.CharField(
        label=_("Regulation"),
        max_length=200,
        help_text=_("Its number, year and article."),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        choice_of(self, "tax").choices = [
            (code, Bilingual(tax.name_id, tax.name_en)) for code, tax in TAXES.items()
        ]

    def terms(self, *, illustrative: bool) -> Terms:
        """What was typed."""
        return Terms(**self.cleaned_data, illustrative=illustrative)


class DecisionForm(forms.Form):
    """A second person's reasons."""

    text = forms.CharField(label=_("Reasons"), max_length=2000, widget=LONG)
