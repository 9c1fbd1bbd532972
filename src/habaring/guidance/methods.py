"""A cohort's method as the engine takes it, and the engine's reasons in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from habaring.engines import selecting
from habaring.guidance.models import Cohort, Enrolment
from habaring.shared import formats
from habaring.shared.tables.kinds import Bilingual

MOST = 4
"""Points of a criterion where the method names no other bound."""


@dataclass(frozen=True)
class Ask:
    """A criterion or requirement as people read it. `weight` 0: a requirement."""

    code: str
    name: Bilingual
    weight: int = 0
    kind: str = "points"
    most: int = MOST
    why: Bilingual | str = ""


def criteria(cohort: Cohort) -> tuple[Ask, ...]:
    """What points are given for."""
    return tuple(
        Ask(
            one["code"],
            Bilingual(one["name_id"], one.get("name_en") or one["name_id"]),
            int(one["weight"]),
            one.get("kind", "points"),
            int(one.get("most", MOST)),
            why(one),
        )
        for one in cohort.method.get("criteria", [])
    )


def requirements(cohort: Cohort) -> tuple[Ask, ...]:
    """What must be there."""
    return tuple(
        Ask(
            one["code"],
            Bilingual(one["name_id"], one.get("name_en") or one["name_id"]),
            why=why(one),
        )
        for one in cohort.method.get("requirements", [])
    )


def why(told: Mapping[str, Any]) -> Bilingual | str:
    """The reason that stands beside a criterion, a requirement or the whole method."""
    words = str(told.get("why_id", ""))
    return Bilingual(words, str(told.get("why_en") or words)) if words else ""


def as_method(cohort: Cohort) -> selecting.Method:
    """For `selecting.select`. The lot's seed is the year: nobody can choose it."""
    told: Mapping[str, Any] = cohort.method
    return selecting.Method(
        criteria=tuple(
            selecting.Criterion(
                one.code,
                Fraction(one.weight),
                one.kind,  # type: ignore[arg-type]  # checked when it was recorded
                Fraction(one.most),
            )
            for one in criteria(cohort)
        ),
        seats=cohort.seats,
        requirements=tuple(one.code for one in requirements(cohort)),
        tie_break=tuple(told.get("tie_break", ())),
        per_province=told.get("per_province"),
        seed=str(cohort.year),
    )


def selection(cohort: Cohort, rows: Iterable[Enrolment]) -> selecting.Selection:
    """What the method gives for these applications as they are rated now."""
    return selecting.select(
        [
            selecting.Applicant(
                row.region_id,
                {code: Fraction(value) for code, value in row.points.items()},
                row.meets,
            )
            for row in rows
        ],
        as_method(cohort),
    )


def kept(reason: selecting.Reason, parts: Iterable[selecting.Part]) -> dict[str, Any]:
    """A reason as it is kept with the row, to be told in any language."""
    return {
        "why": reason.why,
        "of": list(reason.of),
        "tied": list(reason.tied),
        "parted_by": reason.parted_by,
        "cut": None if reason.cut is None else str(reason.cut),
        "parts": [
            {"criterion": p.criterion, "value": str(p.value), "score": str(p.score)}
            for p in parts
        ],
    }


def told(why: Mapping[str, Any], cohort: Cohort) -> str:
    """The reason in the reader's words."""
    if not why:
        return ""
    names = {
        one.code: str(one.name) for one in (*criteria(cohort), *requirements(cohort))
    }
    of = formats.listing([names.get(code, code) for code in why.get("of", [])])
    cut = formats.number(float(Fraction(why["cut"])), 2) if why.get("cut") else "–"
    first = {
        "chosen": _("Chosen: its score reaches the last seat (%(cut)s)."),
        "reserve": _("On the reserve list: the last seat went at %(cut)s."),
        "province": _(
            "On the reserve list: its province has as many seats as the method allows."
        ),
        "requirement": _("Not chosen: these requirements are not met: %(of)s."),
        "missing": _("Not chosen: these points are missing: %(of)s."),
        "decided": _("Decided by a person, for the reason given."),
    }[why["why"]] % {"cut": cut, "of": of}
    return " ".join(part for part in (first, _tie(why, names)) if part)


def _tie(why: Mapping[str, Any], names: Mapping[str, str]) -> str:
    tied = why.get("tied") or []
    if not tied:
        return ""
    by = why.get("parted_by", "")
    words = ngettext(
        "Equal score with %(codes)s; parted by %(by)s.",
        "Equal score with %(codes)s; parted by %(by)s.",
        len(tied),
    )
    how = {
        "lot": _("the lot (SHA-256 of year and code)"),
        "province": _("the bound of the province"),
    }.get(by, names.get(by, by))
    return words % {"codes": formats.listing(list(tied)), "by": how}


def language() -> str:
    """The reader's language, id where none is set."""
    return get_language() or "id"
