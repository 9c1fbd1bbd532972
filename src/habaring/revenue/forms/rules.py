"""A rule to propose, classes to record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.revenue.actions.rules import ClassValue
from habaring.revenue.models import ClassKind

LARGEST = 200_000


class RuleForm(forms.Form):
    """A rule as a TOML file, or typed."""

    file = forms.FileField(
        label=_("File of the rule (TOML)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".toml,text/plain"}),
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        max_length=LARGEST,
        help_text=_("Every figure needs the article of the by-law that it stands in."),
        widget=forms.Textarea(
            attrs={"rows": 16, "spellcheck": "false", "class": "code"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        """One of both; a file is read as UTF-8."""
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file is not None:
            data["text"] = self._read(file)
        elif not data.get("text", "").strip() and not self.errors:
            self.add_error("file", _("Choose the file, or write the text."))
        return data

    def _read(self, file: Any) -> str:
        if file.size > LARGEST:
            self.add_error("file", _("The file is too large for a rule."))
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("The file is no text (UTF-8)."))
            return ""


class ClassesForm(forms.Form):
    """A spreadsheet of value classes."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("XLSX or CSV. Start from the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class ClassForm(forms.Form):
    """One value class."""

    kind = forms.ChoiceField(label=_("Land or building"), choices=ClassKind.choices)
    code = forms.CharField(label=_("Class"), max_length=4)
    year = forms.IntegerField(label=_("From year"), min_value=1985, max_value=2100)
    value = forms.IntegerField(label=_("Value of a square metre (Rp)"), min_value=0)
    basis = forms.CharField(label=_("Decree"), max_length=200)

    def as_value(self) -> ClassValue:
        """What the action takes."""
        return ClassValue(**self.cleaned_data)


class ClassFilter(forms.Form):
    """Which classes the table shows."""

    q = forms.CharField(
        label=_("Class"),
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    jenis = forms.ChoiceField(
        label=_("Land or building"),
        required=False,
        choices=[("", _("all")), *ClassKind.choices],
    )
    tahun = forms.ChoiceField(label=_("Year"), required=False)

    def __init__(self, *args: Any, years: list[int], **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        known["tahun"].choices = [(str(year), year) for year in years] or [("", "–")]
