"""How the work room's list of proposals is narrowed; all of it stays in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.council.words import DIMENSIONS
from habaring.participation.models import Call, CallState, Origin, ProposalState
from habaring.participation.office import CHECKS, ORDERS
from habaring.regions.models import Department, Region

_STATES = [
    (state, ProposalState(state).label)
    for state in ProposalState.values
    if state != ProposalState.DRAFT
]


class OfficeFilter(forms.Form):
    """Search, filters, order."""

    q = forms.CharField(
        label=_("Words, number or name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    panggilan = forms.ChoiceField(label=_("Call"), required=False)
    keadaan = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *_STATES]
    )
    periksa = forms.ChoiceField(
        label=_("Technical check"),
        required=False,
        choices=[("", _("all")), *CHECKS.items()],
    )
    dimensi = forms.ChoiceField(
        label=_("Dimension"),
        required=False,
        choices=[("", _("all")), *DIMENSIONS.items()],
    )
    tempat = forms.ChoiceField(label=_("District"), required=False)
    asal = forms.ChoiceField(
        label=_("Comes from"),
        required=False,
        choices=[("", _("all")), *Origin.choices],
    )
    opd = forms.ChoiceField(label=_("Department"), required=False)
    urut = forms.ChoiceField(
        label=_("Order"), required=False, choices=list(ORDERS.items())
    )

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        calls = Call.objects.filter(region=region).exclude(state=CallState.DRAFT)
        departments = Department.objects.filter(region=region)
        districts = Region.objects.districts_of(region).values_list("code", "name")
        for name, choices in (
            ("panggilan", [(str(row.pk), row.name) for row in calls]),
            ("tempat", list(districts)),
            ("opd", [(row.code, row.name) for row in departments]),
        ):
            known[name].choices = [("", _("all")), *choices]

    def wanted(self) -> dict[str, Any]:
        """What was understood; what makes no sense is left out."""
        self.is_valid()
        return self.cleaned_data
