"""Text that is bound to data: {{ipm:2024}} becomes "IPM 2024: 72,66" and stays current
until an edition freezes it.

    {{ipm:2024}}                 name, year and value of an indicator (by name or code)
    {{nilai:K01 tahun=2024}}     the value alone; without a year the newest
    {{sasaran:K01 tahun=2029}}   the target of a year
    {{skor:GOV}} {{skor:INDEX}}  the score of the newest index edition
    {{kesiapan:infrastructure tahun=2026}}
    {{rencana:biaya}} {{rencana:program}}   of the adopted plan
    {{penduduk}} {{luas}} {{kecamatan}} {{desa}} {{kelurahan}}   of the official register
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.assessment.models import EditionScore, Indicator, Observation, Target
from habaring.masterplan import readiness
from habaring.portfolio.models import Plan
from habaring.portfolio.queries import money, plan_items
from habaring.regions.models import Region
from habaring.shared import formats
from habaring.shared.refusal import Refusal, Words

MARKER = re.compile(
    r"\{\{\s*(?P<kind>\w+)\s*(?::\s*(?P<name>[^\s{}=]+))?(?P<more>(?:\s+\w+=[^\s{}]+)*)\s*\}\}"
)
LOOSE = re.compile(r"\{\{[^{}]*\}\}|\{\{|\}\}")
OPENED = re.compile(r"\{\{\s*[^\s{}]+(?:\s+\w+=\w+)?")
CLOSED = re.compile(r"[^\s{}]+(?:\s+\w+=\w+)?\s*\}\}$")
OPEN, MIDDLE, END = "\ue000", "\ue001", "\ue002"
"""Private signs around a value in a text that `blocks.spans` cuts: address, words."""

ALIASES: Mapping[str, str] = {
    "ipm": "K01",
    "kemiskinan": "K06",
    "gini": "K07c",
    "pengangguran": "K08",
    "pertumbuhan": "K09",
    "inflasi": "K10b",
    "internet": "K13",
    "sanitasi": "K16a",
    "listrik": "K17",
    "iklh": "K18",
    "spbe": "K23",
    "stunting": "K29a",
}
"""Short names of indicators that plans quote most."""

REGISTER: Mapping[str, tuple[str, int, Words]] = {
    "penduduk": ("population", 0, gettext_lazy("Population")),
    "luas": ("area_km2", 2, gettext_lazy("Area in km²")),
    "kecamatan": ("districts", 0, gettext_lazy("Districts")),
    "desa": ("villages", 0, gettext_lazy("Villages (desa)")),
    "kelurahan": ("urban_villages", 0, gettext_lazy("Urban villages (kelurahan)")),
}


class UnknownMarker(Refusal):
    """A text asks for a value that does not exist."""


@dataclass(frozen=True)
class Marker:
    """One marker as it was typed."""

    typed: str
    kind: str
    name: str
    more: Mapping[str, str]

    @property
    def year(self) -> int | None:
        year = self.more.get("tahun") or self.more.get("year") or ""
        return int(year) if year.isdigit() and len(year) == 4 else None


@dataclass(frozen=True)
class Value:
    """What a marker shows: `shown` in the text, `label` in lists, and where it stands."""

    marker: str
    shown: str
    label: str
    url: str
    source: str
    illustrative: bool = False


def markers(text: str) -> list[Marker]:
    """Every marker of a text, in order."""
    return [_read(found) for found in MARKER.finditer(text)]


def _read(found: "re.Match[str]") -> Marker:
    pairs = (pair.partition("=") for pair in (found["more"] or "").split())
    more = {key.lower(): value for key, _sign, value in pairs}
    name = found["name"] or ""
    kind = found["kind"].lower()
    if name.isdigit() and len(name) == 4:  # {{ipm:2024}}
        more.setdefault("tahun", name)
        return Marker(found[0], "angka", kind, more)
    return Marker(found[0], kind, name, more)


class Reader:
    """Looks values up for one region at a moment; each kind of row is read once."""

    def __init__(self, region: Region, at: datetime) -> None:
        self.region = region
        self.at = at

    def value(self, marker: Marker) -> Value | None:
        """What a marker shows; None where there is no such value."""
        if marker.kind in REGISTER and not marker.name:
            return self._register(marker)
        maker = {
            "angka": self._worded,
            "nilai": self._plain,
            "value": self._plain,
            "sasaran": self._target,
            "target": self._target,
            "skor": self._score,
            "score": self._score,
            "kesiapan": self._readiness,
            "readiness": self._readiness,
            "rencana": self._plan,
            "plan": self._plan,
        }.get(marker.kind)
        if maker is not None:
            return maker(marker)
        if not marker.name and self._indicator(marker.kind):  # {{ipm}}
            return self._worded(Marker(marker.typed, "angka", marker.kind, marker.more))
        return None

    @cached_property
    def _indicators(self) -> Mapping[str, Indicator]:
        return {row.code.lower(): row for row in Indicator.objects.all()}

    @cached_property
    def _values(self) -> Mapping[int, list[Observation]]:
        """Indicator → its current values, by year."""
        found: dict[int, list[Observation]] = {}
        rows = Observation.objects.filter(region=self.region).known_at(self.at)
        for row in rows.current():
            if row.value is not None:
                found.setdefault(row.indicator_id, []).append(row)
        for every in found.values():
            every.sort(key=lambda row: row.year)
        return found

    def _indicator(self, name: str) -> Indicator | None:
        code = ALIASES.get(name.lower(), name)
        return self._indicators.get(code.lower())

    def _observed(self, marker: Marker) -> tuple[Indicator, Observation] | None:
        indicator = self._indicator(marker.name)
        if indicator is None:
            return None
        rows = self._values.get(indicator.pk, [])
        if marker.year is not None:
            rows = [row for row in rows if row.year == marker.year]
        return (indicator, rows[-1]) if rows else None

    def _plain(self, marker: Marker) -> Value | None:
        found = self._observed(marker)
        if found is None:
            return None
        indicator, row = found
        return Value(
            marker=marker.typed,
            shown=formats.number(row.value, indicator.decimals),
            label=f"{indicator.name} {row.year}",
            url=reverse(
                "assessment:indicator", args=[self.region.code, indicator.code]
            ),
            source=row.source,
            illustrative=row.illustrative,
        )

    def _worded(self, marker: Marker) -> Value | None:
        plain = self._plain(marker)
        found = self._observed(marker)
        if plain is None or found is None:
            return None
        short = marker.name.lower()
        whole = len(short) > 4 or short not in ALIASES  # IPM, but Inflasi
        name = found[0].name if short not in ALIASES else short
        name = (
            name if name != short else (short.capitalize() if whole else short.upper())
        )
        shown = f"{name} {found[1].year}: {plain.shown}"
        return Value(
            plain.marker,
            shown,
            plain.label,
            plain.url,
            plain.source,
            plain.illustrative,
        )

    def _target(self, marker: Marker) -> Value | None:
        indicator = self._indicator(marker.name)
        if indicator is None:
            return None
        rows = Target.objects.filter(region=self.region, indicator=indicator)
        if marker.year is not None:
            rows = rows.filter(year=marker.year)
        row = rows.order_by("year").last()
        if row is None:
            return None
        return Value(
            marker=marker.typed,
            shown=formats.number(row.value, indicator.decimals),
            label=_("Target of %(name)s for %(year)d")
            % {"name": indicator.name, "year": row.year},
            url=reverse(
                "assessment:indicator", args=[self.region.code, indicator.code]
            ),
            source=row.source,
            illustrative=row.illustrative,
        )

    def _score(self, marker: Marker) -> Value | None:
        rows = EditionScore.objects.filter(
            region=self.region, group=marker.name.upper(), score__isnull=False
        ).select_related("edition")
        if marker.year is not None:
            rows = rows.filter(edition__year=marker.year)
        row = rows.order_by("edition__year", "edition__published_at").last()
        if row is None:
            return None
        return Value(
            marker=marker.typed,
            shown=formats.number(row.score, 1),
            label=_("Score %(group)s, edition %(year)d")
            % {"group": row.group, "year": row.edition.year},
            url=reverse("assessment:standing", args=[self.region.code]),
            source=_("Index edition %(year)d") % {"year": row.edition.year},
            illustrative=row.edition.illustrative,
        )

    def _readiness(self, marker: Marker) -> Value | None:
        year = marker.year or next(iter(readiness.years(self.region)), None)
        if year is None:
            return None
        whole = readiness.readiness(self.region, year)
        element = whole.element(marker.name.lower())
        mean = element.mean if element else None if marker.name else whole.mean
        if mean is None:
            return None
        name = element.element.name if element else _("all elements")
        return Value(
            marker=marker.typed,
            shown=formats.number(mean, 2),
            label=_("Readiness, %(element)s, %(year)d")
            % {"element": name, "year": year},
            url=reverse("masterplan:analysis", args=[self.region.code, "kesiapan"]),
            source=_("Readiness of %(year)d") % {"year": year},
            illustrative=whole.illustrative,
        )

    def _plan(self, marker: Marker) -> Value | None:
        plan = Plan.objects.filter(region=self.region, replaced_at=None).first()
        if plan is None:
            return None
        if marker.name.lower() in ("biaya", "cost"):
            shown, label = (
                formats.rupiah_short(money(plan).total),
                _("Cost of the plan"),
            )
        elif marker.name.lower() in ("program", "programmes"):
            shown, label = (
                formats.number(len(plan_items(plan))),
                _("Programmes of the plan"),
            )
        else:
            return None
        return Value(
            marker=marker.typed,
            shown=shown,
            label=label,
            url=reverse("masterplan:plan", args=[self.region.code]),
            source=_("The adopted plan"),
            illustrative=plan.illustrative,
        )

    def _register(self, marker: Marker) -> Value | None:
        name, decimals, label = REGISTER[marker.kind]
        value = getattr(self.region, name)
        if value is None:
            return None
        return Value(
            marker=marker.typed,
            shown=formats.number(value, decimals),
            label=str(label),
            url=reverse("web:region", args=[self.region.code]),
            source=self.region.decree or _("official register of regions"),
        )

    def why_not(self, marker: Marker) -> str:
        """Why there is no such value, as exactly as it is known."""
        measured = marker.kind in ("angka", "nilai", "value") or not marker.name
        name = marker.name or marker.kind
        indicator = self._indicator(name) if measured else None
        if indicator is None:
            return _("“%(typed)s” names no value that is known for this region.") % {
                "typed": marker.typed
            }
        years = [row.year for row in self._values.get(indicator.pk, [])]
        words = {"typed": marker.typed, "name": indicator.name}
        if not years:
            return (
                _("“%(typed)s”: “%(name)s” has no value for this region yet.") % words
            )
        return _("“%(typed)s”: “%(name)s” is known for %(years)s only.") % {
            **words,
            "years": formats.listing(sorted({str(year) for year in years})),
        }

    def near(self, typed: str) -> list[str]:
        """Markers that exist and look most like this one, three at most."""
        wanted = " ".join(typed.strip("{} ").lower().split())
        if not wanted:
            return []
        here = [value.marker for value in self.offered()]
        here += [f"{{{{{word}}}}}" for word in self._years_of(typed)]
        known = {one.strip("{}").lower(): one for one in here}
        found = difflib.get_close_matches(wanted, known, n=3, cutoff=0.6)
        return [known[one] for one in found]

    def _years_of(self, typed: str) -> Iterator[str]:
        """Every year of the indicator that a marker names."""
        for marker in markers(typed):
            name = marker.name or marker.kind
            indicator = self._indicator(name)
            rows = self._values.get(indicator.pk, []) if indicator else []
            for row in rows:
                if marker.kind == "angka":
                    yield f"{name}:{row.year}"
                else:
                    yield f"{marker.kind}:{name} tahun={row.year}"

    def offered(self) -> Iterator[Value]:
        """What can be bound here, with what it shows now: for the list to pick from."""
        every = (self._facts(), self._numbers(), self._scores(), self._elements())
        for typed in (one for some in every for one in some):
            yield from self._offer(f"{{{{{typed}}}}}")

    def frequent(self) -> Iterator[Value]:
        """The few that plans quote most: for the page of a section."""
        for typed in (*ALIASES, "penduduk", "skor:INDEX", "rencana:biaya"):
            yield from self._offer(f"{{{{{typed}}}}}")

    def _facts(self) -> Iterator[str]:
        yield from REGISTER
        yield from ("rencana:biaya", "rencana:program")

    def _numbers(self) -> Iterator[str]:
        short = {code: name for name, code in ALIASES.items()}
        for indicator in sorted(self._indicators.values(), key=lambda row: row.code):
            rows = self._values.get(indicator.pk, [])
            if rows and indicator.code in short:
                yield f"{short[indicator.code]}:{rows[-1].year}"
            if rows:
                yield f"nilai:{indicator.code} tahun={rows[-1].year}"
        targets = Target.objects.filter(region=self.region)
        for target in targets.select_related("indicator"):
            yield f"sasaran:{target.indicator.code} tahun={target.year}"

    def _scores(self) -> Iterator[str]:
        scores = EditionScore.objects.filter(region=self.region, score__isnull=False)
        for group in sorted(set(scores.values_list("group", flat=True))):
            yield f"skor:{group}"

    def _elements(self) -> Iterator[str]:
        for year in readiness.years(self.region)[:1]:
            for element in readiness.readiness(self.region, year).elements:
                yield f"kesiapan:{element.element.code} tahun={year}"

    def _offer(self, typed: str) -> Iterator[Value]:
        for marker in markers(typed):
            found = self.value(marker)
            if found is not None:
                yield found


def check(text: str, region: Region, at: datetime) -> list[Value]:
    """The values that a text binds; UnknownMarker names the first that does not exist."""
    if "{{" not in text and "}}" not in text:
        return []
    reader = Reader(region, at)
    left = MARKER.sub("", text)
    broken = LOOSE.search(left)
    if broken is not None:
        typed = _whole(left, broken)
        raise _unknown(typed, _broken(typed), reader.near(typed))
    found = []
    for marker in markers(text):
        value = reader.value(marker)
        if value is None:
            near = reader.near(marker.typed)
            raise _unknown(marker.typed, reader.why_not(marker), near)
        found.append(value)
    return found


def _whole(left: str, broken: "re.Match[str]") -> str:
    """Braces with what belongs to them where only two of the four are there."""
    if broken[0] == "{{":
        around = OPENED.match(left, broken.start())
    elif broken[0] == "}}":
        around = CLOSED.search(left[: broken.end()])
    else:
        around = None
    return around[0] if around else broken[0]


def _broken(typed: str) -> Words:
    if not (typed.startswith("{{") and typed.endswith("}}")):
        return _("“%(typed)s” is not whole: it begins with {{ and ends with }}.") % {
            "typed": typed
        }
    return _("“%(typed)s” names no value that is known for this region.") % {
        "typed": typed
    }


def _unknown(typed: str, why: Words, near: Sequence[str]) -> UnknownMarker:
    following = _("Pick one from the list of values, or write the number itself.")
    if near:
        either = " " + _("or") + " "
        following = _("Did you mean %(markers)s? Else write the number itself.") % {
            "markers": either.join(near)
        }
    return UnknownMarker(what=_("The text was not saved."), why=why, next=following)


def bind(text: str, region: Region, at: datetime) -> str:
    """The text with its values, each between private signs for `blocks.spans`.

    A value that is gone since it was written says so; it is never left out.
    """
    if "{{" not in text:
        return text
    reader = Reader(region, at)

    def shown(found: "re.Match[str]") -> str:
        value = reader.value(_read(found))
        if value is None:
            return _("[no value: %(typed)s]") % {"typed": found[0].strip("{} ")}
        mark = f" ({_('example')})" if value.illustrative else ""
        return f"{OPEN}{value.url}{MIDDLE}{value.shown}{mark}{END}"

    return MARKER.sub(shown, text)
