"""What is missing before a region can close a stage, each with its reason.

Which gates a stage has is data (`Stage.gates`); what each asks is here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.guidance import queries
from habaring.guidance.models import (
    Assignment,
    Attendance,
    Sitting,
    WorkState,
)
from habaring.guidance.models.work import DONE
from habaring.shared import formats


@dataclass(frozen=True)
class Missing:
    """One gate that is not met: what is missing, why it is asked, where to do it."""

    gate: str
    what: str
    why: str
    url: str


@dataclass(frozen=True)
class Asked:
    """A sitting whose gates are looked at: its region is open."""

    sitting: Sitting
    rule: Mapping[str, Any]
    on: date

    def at(self, name: str, *args: object) -> str:
        code = self.sitting.region_id
        return reverse(f"guidance-work:{name}", args=[code, *args])

    @property
    def page(self) -> str:
        return self.at("sitting", self.sitting.pk)


def missing(sitting: Sitting, *, on: date) -> tuple[Missing, ...]:
    """All gates of the stage that are not met; empty: it can be closed."""
    found = []
    for rule in sitting.stage.gates:
        check = _CHECKS.get(rule["kind"])
        one = check(Asked(sitting, rule, on)) if check else None
        if one is not None:
            found.append(one)
    return tuple(found)


def known(kind: str) -> bool:
    """Whether a gate of this kind can be looked at."""
    return kind in _CHECKS


def _stage_before(asked: Asked) -> Missing | None:
    stage = asked.sitting.stage
    before = Sitting.objects.filter(
        enrolment=asked.sitting.enrolment_id,
        stage__number=stage.number - 1,
        closed_at__isnull=False,
    )
    if stage.number == 1 or before.exists():
        return None
    return Missing(
        "stage_before",
        _("The stage before is not closed."),
        _("Each stage builds on the work of the one before."),
        asked.at("desk"),
    )


def _held(asked: Asked) -> Missing | None:
    if asked.sitting.held:
        return None
    return Missing(
        "held",
        _("The days were not held yet."),
        _("A stage is closed after its days."),
        asked.page,
    )


def _agreement(asked: Asked) -> Missing | None:
    rows = queries.agreements(asked.sitting.region, on=asked.sitting.starts_on)
    if any(row.holds for row in rows):
        return None
    return Missing(
        "agreement",
        _("No agreement (MoU) with the ministry is in force."),
        _("Guidance rests on it."),
        reverse("council-work:instruments", args=[asked.sitting.region_id]),
    )


def _attended(asked: Asked) -> Missing | None:
    least = int(asked.rule.get("least", 1))
    came = (
        Attendance.objects.filter(participant__sitting=asked.sitting)
        .values("participant")
        .distinct()
        .count()
    )
    if came >= least:
        return None
    return Missing(
        "attended",
        _("%(came)s of at least %(least)s people are noted as present.")
        % {"came": formats.number(came), "least": formats.number(least)},
        _("A plan that few people made is carried by few."),
        asked.at("attendance", asked.sitting.pk),
    )


def _pillars(asked: Asked) -> Missing | None:
    least = int(asked.rule.get("least", 1))
    came = Attendance.objects.filter(participant__sitting=asked.sitting)
    pillars = came.values_list("participant__pillar", flat=True).distinct().count()
    if pillars >= least:
        return None
    return Missing(
        "pillars",
        ngettext(
            "Only %(n)s of the five pillars came; %(least)s are asked for.",
            "Only %(n)s of the five pillars came; %(least)s are asked for.",
            pillars,
        )
        % {"n": formats.number(pillars), "least": formats.number(least)},
        _("Government, academia, business, community and media write it together."),
        asked.at("attendance", asked.sitting.pk),
    )


def _work(asked: Asked, states: tuple[str, ...]) -> list[str]:
    """Names of the stage's assignments that are not in one of these states."""
    rows = Assignment.objects.filter(
        enrolment=asked.sitting.enrolment_id, template__stage=asked.sitting.stage_id
    ).select_related("template")
    open_rows = [row.template.name for row in rows if row.state not in states]
    there = {row.template_id for row in rows}
    absent = asked.sitting.stage.templates.exclude(pk__in=there)
    return [*open_rows, *(row.name for row in absent)]


_HANDED_IN = (WorkState.SUBMITTED, WorkState.REVIEW, *DONE)


def _handed_in(asked: Asked) -> Missing | None:
    names = _work(asked, tuple(map(str, _HANDED_IN)))
    if not names:
        return None
    return Missing(
        "handed_in",
        _("Not handed in: %(names)s.") % {"names": formats.listing(names)},
        _("The mentor reads what was handed in, not what was meant."),
        asked.at("assignments"),
    )


def _approved(asked: Asked) -> Missing | None:
    handed_in = set(_work(asked, tuple(map(str, _HANDED_IN))))
    names = [one for one in _work(asked, tuple(map(str, DONE))) if one not in handed_in]
    if not names:
        return None
    return Missing(
        "approved",
        _("Waiting for the mentor's approval: %(names)s.")
        % {"names": formats.listing(names)},
        _("What enters the book was read by somebody from outside."),
        asked.at("assignments"),
    )


def _booked(asked: Asked) -> Missing | None:
    names = _work(asked, (str(WorkState.BOOKED),))
    if not names:
        return None
    return Missing(
        "booked",
        _("Not in the book yet: %(names)s.") % {"names": formats.listing(names)},
        _("The last stage ends with the finished books."),
        asked.at("assignments"),
    )


_CHECKS: dict[str, Callable[[Asked], Missing | None]] = {
    "stage_before": _stage_before,
    "held": _held,
    "agreement": _agreement,
    "attended": _attended,
    "pillars": _pillars,
    "handed_in": _handed_in,
    "approved": _approved,
    "booked": _booked,
}
