"""What the council funds instead of the count, as it is filled in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.council.models import Decision
from habaring.participation.actions.counting import Change
from habaring.participation.results import Result
from habaring.shared.fields import choice_of, rows_of
from habaring.shared.formats import rupiah


class OverrideForm(forms.Form):
    """The projects that are funded, the decision, and the reason that everyone reads."""

    winners = forms.MultipleChoiceField(
        label=_("Projects that are funded"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Those that won the count are ticked."),
    )
    decision: Any = forms.ModelChoiceField(
        Decision.objects.none(),
        label=_("Decision of the council"),
        empty_label=None,
        help_text=_("Record it first, where it is not in this list."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
        help_text=_("Everyone reads it, first thing on the page of the result."),
    )
    overspend = forms.BooleanField(
        label=_("It may cost more than the budget; the page of the result says so."),
        required=False,
    )

    def __init__(self, *args: Any, result: Result, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result = result
        lines = (*result.winners, *result.losers)
        winners = choice_of(self, "winners")
        winners.choices = [
            (line.code, f"{line.title} · {rupiah(line.cost)}") for line in lines
        ]
        winners.initial = [line.code for line in result.winners]
        decision = rows_of(self, "decision")
        decision.queryset = Decision.objects.filter(
            region=result.count.region_id
        ).select_related("council")

    def as_change(self) -> Change:
        """What was filled in; winners of the count first, in the order of the count."""
        ticked = set(self.cleaned_data["winners"])
        lines = (*self.result.winners, *self.result.losers)
        return Change(
            winners=tuple(line.code for line in lines if line.code in ticked),
            reason=self.cleaned_data["reason"],
            decision=self.cleaned_data["decision"],
            overspend=self.cleaned_data["overspend"],
        )
