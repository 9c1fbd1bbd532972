"""The technical check, as it is asked for and answered."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.participation.actions.checks import LONGEST_REASON, SUBACTIVITY, Answer
from habaring.participation.forms.calls import Day, Rupiah
from habaring.regions.models import Department, Region


class AskForm(forms.Form):
    """Whom to ask, and until when."""

    departments: Any = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("Which departments?"),
        widget=forms.CheckboxSelectMultiple,
    )
    due_on = forms.DateField(
        label=_("Answer until"),
        required=False,
        widget=Day(),
        help_text=_("Reminders go out by themselves before and after this day."),
    )

    def __init__(self, *args: Any, region: Region, on: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        known["departments"].queryset = Department.objects.filter(
            Q(closed_on=None) | Q(closed_on__gt=on), region=region
        )
        known["departments"].label_from_instance = lambda row: row.name


class AnswerForm(forms.Form):
    """What the department found."""

    verdict = forms.ChoiceField(
        label=_("Can it be done?"),
        choices=[
            ("feasible", _("Yes, it can be done")),
            ("not_feasible", _("No, it cannot be done")),
        ],
        widget=forms.RadioSelect,
    )
    cost = Rupiah(
        label=_("Cost of the whole proposal"),
        required=False,
        help_text=_("Whole rupiah; needed for a yes. People vote on this sum."),
    )
    legal_ground = forms.CharField(
        label=_("Legal ground"),
        required=False,
        max_length=300,
        help_text=_("Which law or regulation allows or forbids it."),
    )
    subactivity_code = forms.RegexField(
        f"^{SUBACTIVITY}$",
        label=_("Code of the sub-activity"),
        required=False,
        max_length=20,
        help_text=_("As in the ministry's list, such as 2.16.03.2.02.0014."),
        error_messages={
            "invalid": _("Write it with its points, such as 2.16.03.2.02.0014.")
        },
    )
    reason = forms.CharField(
        label=_("The reason, for everybody to read"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In plain words. Say also what would make a no into a yes."),
    )

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        if given.get("verdict") == "feasible" and given.get("cost") is None:
            self.add_error(
                "cost", _("A yes needs a cost. Write your best estimate in rupiah.")
            )
        return given

    def as_answer(self) -> Answer:
        """For the action."""
        return Answer(**self.cleaned_data)


class CheckFilter(forms.Form):
    """What of the checks is listed."""

    q = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    keadaan = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("waiting")),
            ("terlambat", _("late")),
            ("dijawab", _("answered")),
        ],
    )
    opd = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, departments: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        known["opd"].choices = [
            ("", _("all")),
            *((row.code, row.name) for row in departments),
        ]

    def wanted(self) -> dict[str, Any]:
        """What was understood; what makes no sense is left out."""
        self.is_valid()
        return self.cleaned_data
