"""Fields that more than one form of this domain has."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.shared.uploads import AcceptedFile, accept

Choices = list[tuple[str, Any]]
NONE = pgettext_lazy("choice", "– none –")


def choices(names: Mapping[str, Any], *, empty: Any = None) -> Choices:
    """The codes of `words` with their words."""
    first: Choices = [("", empty)] if empty is not None else []
    return [*first, *names.items()]


def paper_in(given: Any) -> AcceptedFile | None:
    """An uploaded PDF that was looked at; None where none was sent."""
    return accept(given, ("pdf",)) if given else None


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Hour(forms.TimeInput):
    """An hour of the day, as the region's clock shows it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PdfField(forms.FileField):
    """One PDF of at most 25 MB."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("required", False)
        more.setdefault("help_text", _("PDF, at most 25 MB."))
        widget = forms.ClearableFileInput(attrs={"accept": ".pdf"})
        super().__init__(widget=widget, **more)


class TableForm(forms.Form):
    """A spreadsheet of rows."""

    file = forms.FileField(
        label=_("Spreadsheet"), help_text=_("XLSX or CSV, at most 25 MB.")
    )
