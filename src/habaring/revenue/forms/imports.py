"""A file for the register."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.revenue.register_files import KINDS


class ImportForm(forms.Form):
    """What the rows are, and the file."""

    kind = forms.ChoiceField(label=_("What the rows are"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_(
            "XLSX or CSV. Nothing is saved before you have seen what is wrong."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    illustrative = forms.BooleanField(
        label=_("Example data: nobody is meant"), required=False
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        kinds: Any = self.fields["kind"]
        kinds.choices = [
            (name, table.title) for name, (table, _needed, _row) in KINDS.items()
        ]
        kinds.initial = "sismiop"
