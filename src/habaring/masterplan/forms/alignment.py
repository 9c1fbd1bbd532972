"""Forms of the map to an RPJMD: which period follows which, and from when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.masterplan.forms.analysis import period_of
from habaring.masterplan.models import DevelopmentPlan
from habaring.shared.fields import rows_of


class PeriodsForm(forms.Form):
    """The old and the new RPJMD."""

    dari = forms.ModelChoiceField(
        label=_("Old RPJMD"), queryset=DevelopmentPlan.objects.none(), empty_label=None
    )
    ke = forms.ModelChoiceField(
        label=_("New RPJMD"), queryset=DevelopmentPlan.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, plans: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("dari", "ke"):
            field = rows_of(self, name)
            field.queryset = plans
            field.label_from_instance = period_of  # type: ignore[method-assign, assignment]  # Django's own way


class DayForm(forms.Form):
    """The day from which the new map holds."""

    day = forms.DateField(
        label=_("The new map holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The old lines end on this day; they stay in the map of the old RPJMD."
        ),
    )
