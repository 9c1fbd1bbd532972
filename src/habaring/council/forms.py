"""Record a council, and what it decided."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.council.models import Council


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CouncilForm(forms.Form):
    """A body that decides, and the decree that formed it."""

    name = forms.CharField(
        label=_("Name of the council"), max_length=150, initial="Dewan Smart City"
    )
    decree_number = forms.CharField(
        label=_("Number of the decree that formed it"), required=False, max_length=100
    )
    decree_on = forms.DateField(
        label=_("Day of the decree"), required=False, widget=Day()
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real council"), required=False
    )


class DecisionForm(forms.Form):
    """What was decided, why, and the signed paper."""

    council: Any = forms.ModelChoiceField(
        Council.objects.none(), label=_("Council"), empty_label=None
    )
    number = forms.CharField(
        label=_("Number"), max_length=100, help_text=_("As it stands on the paper.")
    )
    decided_on = forms.DateField(label=_("Day of the decision"), widget=Day())
    title = forms.CharField(
        label=_("Title"), max_length=300, help_text=_("What was decided, in one line.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Why, in words that everyone understands. The public reads it."),
    )
    document = forms.FileField(
        label=_("Signed paper"),
        required=False,
        help_text=_("PDF, at most 25 MB. Anyone can download it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real decision"), required=False
    )

    def __init__(self, *args: Any, councils: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["council"].queryset = councils  # type: ignore[attr-defined]
