"""Open, rename, merge or close a department."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.regions.actions import NewDepartment, NewNames
from habaring.regions.models import Department
from habaring.shared.fields import rows_of


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NamesForm(forms.Form):
    """How a department is called."""

    name_id = forms.CharField(label=_("Name (Indonesian)"), max_length=300)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    short_name = forms.CharField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("As people say it, such as Diskominfo."),
    )

    def names(self) -> NewNames:
        given = self.cleaned_data
        return NewNames(given["name_id"], given["name_en"], given["short_name"])


class DepartmentForm(NamesForm):
    """A department that opens."""

    code = forms.RegexField(
        r"^[A-Za-z0-9._-]+$",
        label=_("Code"),
        max_length=40,
        help_text=_("Letters and digits, such as DISKOMINFO. It never changes."),
        error_messages={"invalid": _("Only letters, digits, dots and dashes.")},
    )
    opened_on = forms.DateField(label=_("Opened on"), required=False, widget=Day())
    field_order = ("code", "name_id", "name_en", "short_name", "opened_on")

    def department(self) -> NewDepartment:
        return NewDepartment(**self.cleaned_data)


class RenameForm(NamesForm):
    """New names, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The regulation or decision that changes it."),
    )


class CloseForm(forms.Form):
    """The end of a department, and who takes its work over."""

    into: Any = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Who takes its work over"),
        required=False,
        empty_label=_("nobody: it only closes"),
    )
    on = forms.DateField(label=_("Closes on"), widget=Day())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The regulation or decision that closes or merges it."),
    )

    def __init__(self, *args: Any, others: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        rows_of(self, "into").queryset = others
