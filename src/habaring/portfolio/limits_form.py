"""Limits as tables to fill in, or as the TOML file that `habaring choose` reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.engines.choosing import Floor, Limits, Share
from habaring.portfolio.candidates import Known
from habaring.portfolio.fields import Codes, DecimalText, Grid, GridRow, RupiahField
from habaring.portfolio.funding import source_name

SHARE_ROWS = 4
QUESTION_LABELS = [
    ("running_cost", _("who pays the running cost after completion")),
    ("owner_after", _("who owns it after the project")),
    ("sdg", _("which Sustainable Development Goals it serves")),
    ("environment", _("what its effect on the environment is")),
]


class YearsForm(forms.Form):
    """Which years the table of limits shows."""

    mulai = forms.IntegerField(label=_("First year"), min_value=2000, max_value=2100)
    tahun = forms.IntegerField(label=_("Number of years"), min_value=1, max_value=10)


class LimitsForm(Grid):
    """The limits of a scenario as tables; what it does not show stays as it was."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Such as “Ceilings of the RPJMD” or “A tenth less”."),
    )
    quick_wins_per_dimension = forms.IntegerField(
        label=_("Quick Wins for each dimension, at least"),
        min_value=0,
        max_value=20,
        initial=0,
    )
    require_sustainable = forms.MultipleChoiceField(
        label=_("Every programme must say"),
        required=False,
        choices=QUESTION_LABELS,
        widget=forms.CheckboxSelectMultiple,
    )
    promised = Codes(
        label=_("Promised"),
        required=False,
        help_text=_("Codes of programmes that must be in, joined by ;"),
    )
    forbidden = Codes(
        label=_("Ruled out"),
        required=False,
        help_text=_("Codes of programmes that must stay out, joined by ;"),
    )

    def __init__(
        self, *args: Any, base: Limits, known: Known, sources: Sequence[str], **kw: Any
    ) -> None:
        self.base = base
        self.known = known
        self.sources = list(dict.fromkeys([*sources, *(s for s, _y in base.ceilings)]))
        self.years = list(base.calendar)
        initial = {
            "quick_wins_per_dimension": base.quick_wins_per_dimension,
            "require_sustainable": list(base.require_sustainable),
            "promised": base.promised,
            "forbidden": base.forbidden,
        }
        kw["initial"] = initial | kw.get("initial", {})
        super().__init__(*args, **kw)
        self._ceilings()
        self._staff()
        self._floors()
        self._shares()

    def _add(self, name: str, field: forms.Field, initial: Any) -> None:
        field.initial = initial
        field.required = False
        self.fields[name] = field

    def _ceilings(self) -> None:
        for source in self.sources:
            for year in self.years:
                label = f"{source_name(source)} {year}"
                amount = self.base.ceilings.get((source, year), 0)
                self._add(f"ceiling_{source}_{year}", RupiahField(label=label), amount)

    def _staff(self) -> None:
        for code, name in self.known.departments.items():
            for year in self.years:
                fte = self.base.staff.get((code, year))
                field = DecimalText(label=f"{name} {year}")
                self._add(f"staff_{code}_{year}", field, fte)

    def _floors(self) -> None:
        counts = {
            (f.scope, f.code): f.amount
            for f in self.base.floors
            if f.measure == "count"
        }
        for code, name in self.known.dimensions.items():
            least = counts.get(("dimension", code), 0)
            self._add(f"floor_dimension_{code}", DecimalText(label=str(name)), least)
            weight = self.base.weights.get(code, 1.0)
            self._add(f"weight_{code}", DecimalText(label=str(name)), weight)
        for code, words in self.known.districts.items():
            least = counts.get(("district", code), 0)
            self._add(f"floor_district_{code}", DecimalText(label=words), least)

    def _shares(self) -> None:
        shares = [*self.base.shares, *([None] * SHARE_ROWS)]
        self.share_count = max(SHARE_ROWS, len(self.base.shares) + 1)
        senses = [("at_least", _("at least")), ("at_most", _("at most"))]
        for row, share in enumerate(shares[: self.share_count]):
            self._add(
                f"share_{row}_name",
                forms.CharField(label=_("Name"), max_length=80),
                share and share.name,
            )
            self._add(
                f"share_{row}_tag",
                forms.CharField(label=_("Dimension or tag"), max_length=40),
                share and share.tag,
            )
            self._add(
                f"share_{row}_sense",
                forms.ChoiceField(label=_("Kind"), choices=senses),
                share.sense if share else "at_least",
            )
            self._add(
                f"share_{row}_percent",
                DecimalText(label=_("Per cent")),
                share and share.percent,
            )

    def ceiling_rows(self) -> list[GridRow]:
        """One row a source."""
        return [
            GridRow(source_name(s), self.cells(f"ceiling_{s}_{y}" for y in self.years))
            for s in self.sources
        ]

    def staff_rows(self) -> list[GridRow]:
        """One row a department."""
        return [
            GridRow(name, self.cells(f"staff_{code}_{y}" for y in self.years))
            for code, name in self.known.departments.items()
        ]

    def dimension_rows(self) -> list[GridRow]:
        """One row a dimension: the least number of programmes, the weight of points."""
        return [
            GridRow(name, self.cells((f"floor_dimension_{code}", f"weight_{code}")))
            for code, name in self.known.dimensions.items()
        ]

    def district_rows(self) -> list[GridRow]:
        """One row a district: the least number of programmes."""
        return [
            GridRow(name, self.cells((f"floor_district_{code}",)))
            for code, name in self.known.districts.items()
        ]

    def share_rows(self) -> list[list[forms.BoundField]]:
        """One row a mandatory share, with empty rows for new ones."""
        parts = ("name", "tag", "sense", "percent")
        return [
            self.cells(f"share_{row}_{part}" for part in parts)
            for row in range(self.share_count)
        ]

    def as_limits(self) -> Limits:
        """The limits that the form describes."""
        data = self.cleaned_data
        return replace(
            self.base,
            ceilings=self._by_year("ceiling", self.sources, data),
            staff=self._by_year("staff", self.known.departments, data),
            floors=self._as_floors(data),
            shares=self._as_shares(data),
            weights=self._weights(data),
            promised=data["promised"],
            forbidden=data["forbidden"],
            require_sustainable=tuple(data["require_sustainable"]),
            quick_wins_per_dimension=data["quick_wins_per_dimension"],
        )

    def _by_year(
        self, what: str, codes: Iterable[str], data: Mapping[str, Any]
    ) -> dict[tuple[str, int], Any]:
        pairs = ((code, year) for code in codes for year in self.years)
        return {
            (c, y): data[f"{what}_{c}_{y}"] for c, y in pairs if data[f"{what}_{c}_{y}"]
        }

    def _as_floors(self, data: Mapping[str, Any]) -> tuple[Floor, ...]:
        kept = [floor for floor in self.base.floors if floor.measure != "count"]
        counts = [
            Floor(scope, code, data[f"floor_{scope}_{code}"])  # type: ignore[arg-type]
            for scope, codes in (
                ("dimension", self.known.dimensions),
                ("district", self.known.districts),
            )
            for code in codes
            if data[f"floor_{scope}_{code}"]
        ]
        return (*counts, *kept)

    def _as_shares(self, data: Mapping[str, Any]) -> tuple[Share, ...]:
        found = []
        before = {share.name: share for share in self.base.shares}
        for row in range(self.share_count):
            name, tag = (
                data[f"share_{row}_name"].strip(),
                data[f"share_{row}_tag"].strip(),
            )
            if not name or not tag:
                continue
            share = before.get(name, Share(name, tag, "at_least", 0.0))
            sense: Any = data[f"share_{row}_sense"] or "at_least"
            percent = data[f"share_{row}_percent"]
            found.append(replace(share, tag=tag, sense=sense, percent=percent))
        return tuple(found)

    def _weights(self, data: Mapping[str, Any]) -> dict[str, float]:
        weights = {code: data[f"weight_{code}"] for code in self.known.dimensions}
        return {} if set(weights.values()) <= {1.0} else weights


class TomlForm(forms.Form):
    """Limits as the TOML file that `habaring choose` reads."""

    name = forms.CharField(label=_("Name"), max_length=120)
    file = forms.FileField(
        label=_("TOML file"), widget=forms.ClearableFileInput(attrs={"accept": ".toml"})
    )
