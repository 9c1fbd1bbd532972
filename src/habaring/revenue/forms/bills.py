"""How the work room's list of bills is narrowed, and what is done with bills."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES
from habaring.regions.models import Region
from habaring.revenue import assessing, bills
from habaring.revenue.bills import Wanted
from habaring.revenue.models import BillState


class BillFilter(forms.Form):
    """Search and filters; all of it stays in the address."""

    q = forms.CharField(
        label=_("NOP, name or address"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    tahun = forms.ChoiceField(label=_("Year"), required=False)
    desa = forms.ChoiceField(label=_("Village"), required=False)
    bayar = forms.ChoiceField(
        label=_("Payment"),
        required=False,
        choices=[("", _("all")), *bills.STANDINGS.items()],
    )
    keadaan = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *BillState.choices],
    )
    pajak = forms.ChoiceField(label=_("Tax"), required=False)

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        villages = [
            (prefix, name or prefix) for prefix, name in bills.villages(region).items()
        ]
        taxes = [(code, assessing.tax_name(code)) for code in TAXES]
        for name, choices in (
            ("tahun", [(str(year), year) for year in bills.years(region)]),
            ("desa", villages),
            ("pajak", taxes),
        ):
            known[name].choices = [("", _("all")), *choices]

    def wanted(self) -> Wanted:
        """What was understood; what makes no sense is left out."""
        self.is_valid()
        told = self.cleaned_data
        year = told.get("tahun", "")
        return Wanted(
            q=told.get("q", "").strip(),
            year=int(year) if year else None,
            tax=told.get("pajak", ""),
            village=told.get("desa", ""),
            state=told.get("keadaan", ""),
            standing=told.get("bayar", ""),
        )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Who reads this later must understand why it was done."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OneBillForm(forms.Form):
    """A bill for an object that has none of the year."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    due_on = forms.DateField(
        label=_("Last day to pay"), widget=forms.DateInput(attrs={"type": "date"})
    )
