"""A run of a year: what to prepare."""

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.revenue.actions.issue import Plan


class IssueForm(forms.Form):
    """The year, the last day to pay, which changes somebody looks at."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    due_on = forms.DateField(
        label=_("Last day to pay"), widget=forms.DateInput(attrs={"type": "date"})
    )
    review_percent = forms.IntegerField(
        label=_("Hold bills that changed by more than (%)"),
        help_text=_(
            "Held bills are not issued until somebody has looked at them and said why."
        ),
        min_value=0,
        max_value=10_000,
    )

    def as_plan(self) -> Plan:
        """What the action takes."""
        data = self.cleaned_data
        return Plan(data["year"], data["due_on"], data["review_percent"])
