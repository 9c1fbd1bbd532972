"""Sheets to print, and the spreadsheets that bring them in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import Vote
from habaring.participation.printing import MOST_SHEETS
from habaring.shared.fields import choice_of


def _place() -> forms.CharField:
    return forms.CharField(
        label=_("Polling place"),
        help_text=_("Always written alike: TPS 03 Baamang Hulu."),
        max_length=150,
    )


def _districts(form: forms.Form, vote: Vote) -> None:
    """Where each district votes on its own, a sheet is of one of them."""
    if not vote.per_district:
        del form.fields["district"]
        return
    field = choice_of(form, "district")
    rows = vote.options.exclude(district=None).order_by("district__name")
    field.choices = list(
        dict.fromkeys(rows.values_list("district__code", "district__name"))
    )


class PrintForm(forms.Form):
    """How many sheets, and for where."""

    number = forms.IntegerField(
        label=_("How many sheets"),
        help_text=_("Up to 500 in one file; print as many files as you need."),
        min_value=1,
        max_value=MOST_SHEETS,
    )
    place = _place()


class SheetsForm(forms.Form):
    """Which district's projects stand on the sheets of a batch."""

    district = forms.ChoiceField(label=_("District"))

    def __init__(self, *args: Any, vote: Vote, **more: Any) -> None:
        super().__init__(*args, **more)
        _districts(self, vote)


class ListForm(forms.Form):
    """An attendance list."""

    place = _place()
    lines = forms.IntegerField(
        label=_("How many lines"), min_value=10, max_value=1000, initial=100
    )


def _file(help_text: Any) -> forms.FileField:
    return forms.FileField(
        label=_("Spreadsheet"),
        help_text=help_text,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class VotersForm(forms.Form):
    """Who voted on paper at one place."""

    place = _place()
    file = _file(_("XLSX or CSV with NIK and name. The file itself is not kept."))


class BallotsForm(forms.Form):
    """What the sheets of one place say."""

    place = forms.ChoiceField(
        label=_("Polling place"),
        help_text=_("Those whose list of voters was brought in."),
    )
    district = forms.ChoiceField(label=_("District"))
    file = _file(_("XLSX or CSV with sheet number and choice; no names."))

    def __init__(self, *args: Any, vote: Vote, places: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        _districts(self, vote)
        field = choice_of(self, "place")
        field.choices = [(name, name) for name in places]
