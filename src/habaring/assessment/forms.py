"""Forms of the work room; numbers and days are read as a file's cells are."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.assessment.models import Framework, Indicator
from habaring.assessment.observations import OBSERVATIONS, STATUSES, Row
from habaring.assessment.selection import EditionPlan
from habaring.regions.models import Region
from habaring.shared.fields import choice_of, rows_of
from habaring.shared.refusal import FileRefused
from habaring.shared.tables.cells import Taker
from habaring.shared.tables.numbers import CellRefused, Numbers

PEERS = (
    ("province", _("all kabupaten and kota of the province")),
    ("chosen", _("regions that I name")),
    ("nation", _("all kabupaten and kota of Indonesia")),
)


class CellField(forms.CharField):
    """A text box read by the same reader as a cell of the uploaded file."""

    def __init__(self, column: str, **more: Any) -> None:
        self.column = OBSERVATIONS.column(column)
        more.setdefault("label", self.column.label)
        more.setdefault("help_text", self.column.help)
        more.setdefault("required", self.column.required)
        super().__init__(**more)
        self.today: date | None = None

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        language = get_language() or "id"
        settled = Numbers("international" if language == "en" else "indonesian")
        taker = Taker(self.column, settled, self.today or date.max)
        try:
            return taker.take(text or None) if text or self.required else None
        except CellRefused as refused:
            raise forms.ValidationError(str(refused.message)) from refused


class TableFile(forms.Form):
    """The upload of a table."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, made from the template. At most 25 MB."),
        error_messages={
            "required": _("Choose the file first."),
            "empty": _("The file is empty. Fill in the template and send it again."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class _Cells(forms.Form):
    """A form of cells of one region, told the day of today."""

    def __init__(
        self, *args: Any, today: date, indicators: Iterable[Indicator], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            if isinstance(field, CellField):
                field.today = today
        choice_of(self, "indicator").choices = [
            ("", _("Choose an indicator")),
            *((i.code, f"{i.name} ({i.unit}) · {i.code}") for i in indicators),
        ]

    def take(self, refused: FileRefused) -> bool:
        """Put each problem at its field; False where one has no field here."""
        by_label = {str(field.label): name for name, field in self.fields.items()}
        for problem in refused.problems:
            name = by_label.get(problem.column)
            if name is None:
                return False
            self.add_error(name, str(problem.message))
        return bool(refused.problems)


class SingleValue(_Cells):
    """One value of one indicator: the file's columns as fields."""

    indicator = forms.ChoiceField(label=_("Indicator"))
    year = CellField("year")
    value = CellField("value")
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        help_text=_("Why there is no value. Leave it empty where there is one."),
        choices=[("", _("there is a value")), *list(STATUSES.items())[1:]],
    )
    provisional = forms.BooleanField(
        label=_("This value is provisional"), required=False
    )
    source = CellField("source")
    source_url = CellField("source_url")
    released_on = CellField(
        "released_on", help_text=_("Such as 2025-02-28 or 28/02/2025.")
    )
    note = CellField("note", widget=forms.Textarea(attrs={"rows": 3}))

    def row(self) -> Row:
        data: Mapping[str, Any] = self.cleaned_data
        return Row(
            indicator=data["indicator"],
            year=data["year"],
            value=data["value"],
            status=data["status"] or "value",
            provisional=data["provisional"],
            source=data["source"] or "",
            source_url=data["source_url"] or "",
            released_on=data["released_on"],
            note=data["note"] or "",
        )


class TargetForm(_Cells):
    """One dated target with the document that sets it."""

    indicator = forms.ChoiceField(label=_("Indicator"))
    year = forms.IntegerField(label=_("Year"))
    value = CellField("value", required=True)
    source = CellField(
        "source",
        required=True,
        help_text=_("The document that sets the target, such as RPJMD 2025–2029."),
    )

    def row(self) -> Row:
        data = self.cleaned_data
        value = data["value"]
        return Row(
            indicator=data["indicator"],
            year=data["year"],
            value=value if isinstance(value, Decimal) else None,
            source=data["source"] or "",
        )


class Reason(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("One sentence, so that others can follow it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PublishForm(forms.Form):
    """What a person chooses before an edition is published."""

    framework = forms.ModelChoiceField(
        label=_("Framework"), queryset=Framework.objects.none(), empty_label=None
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    peers = forms.ChoiceField(
        label=_("Compare with"), choices=PEERS, widget=forms.RadioSelect
    )
    codes = forms.CharField(
        label=_("Codes of the regions"),
        required=False,
        help_text=_("Only for “regions that I name”, such as: 62.01 62.03 63.05"),
    )
    note = forms.CharField(
        label=_("Note to the readers"),
        required=False,
        max_length=1000,
        help_text=_("What is new in this edition."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        super().__init__(*args, **more)
        self.region = region
        frameworks = Framework.objects.filter(places__isnull=False).distinct()
        rows_of(self, "framework").queryset = frameworks.order_by("-status", "-year")
        if not region.is_local:
            choice_of(self, "peers").choices = PEERS[:1] + PEERS[2:]

    def clean_codes(self) -> list[str]:
        text = self.cleaned_data["codes"].replace(",", " ").replace(";", " ")
        return list(dict.fromkeys(text.split()))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind, codes = data.get("peers"), data.get("codes") or []
        everyone = Region.objects.local().filter(closed_on__isnull=True)
        if kind == "province":
            found = everyone.filter(code__startswith=f"{self.region.code[:2]}.")
        elif kind == "nation":
            found = everyone
        else:
            wanted = {*codes, self.region.code} if self.region.is_local else set(codes)
            found = everyone.filter(code__in=wanted)
            lost = sorted(wanted - set(found.values_list("code", flat=True)))
            if lost:
                self.add_error(
                    "codes",
                    _("These are not codes of a kabupaten or kota: %(codes)s.")
                    % {"codes": ", ".join(lost)},
                )
        data["regions"] = tuple(found)
        return data

    def plan(self) -> EditionPlan:
        data = self.cleaned_data
        return EditionPlan(
            framework=data["framework"],
            year=data["year"],
            peers=data["regions"],
            note=data["note"],
        )
