"""Rows of the analysis: items, strategies, gaps, aims, targets of RPJMDs."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from habaring.assessment.models import Framework
from habaring.evidence import actions as vault
from habaring.evidence.models import Evidence
from habaring.masterplan import actions
from habaring.masterplan.actions import (
    NewAim,
    NewGap,
    NewPlanTarget,
    NewStrategy,
    NewSwot,
)
from habaring.masterplan.models import (
    Aim,
    DevelopmentPlan,
    Gap,
    PlanTarget,
    Strategy,
    SwotItem,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.uploads import accept
from tests.assessment import makers as assessment

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def ground() -> None:
    """A framework in force."""
    if not Framework.objects.exists():
        assessment.framework()


def evidence(
    region: Region, at: datetime, key: str = "", *, by: Account | None = None
) -> Evidence:
    """A kept file that proves an answer of readiness, by key "2026/nature.1"."""
    file = SimpleUploadedFile("bukti.pdf", PDF, "application/pdf")
    row = vault.put(
        by=by,
        at=at,
        region=region,
        upload=accept(file, ("pdf",)),
        kind="report",
        title="Laporan",
    )
    if key:
        vault.link(by=by, at=at, evidence=row, thing="readiness", key=key)
    return row


def answer(
    region: Region, at: datetime, question: str, score: int | None, year: int = 2026
) -> None:
    actions.record_readiness(
        region=region,
        year=year,
        answer=actions.Answer(question, score),
        by=None,
        at=at,
    )


def swot(region: Region, at: datetime, kind: str, text: str, **more: Any) -> SwotItem:
    ground()
    given = {"kind": kind, "dimension": "GOV", "layer": "structure", "text": text}
    new = NewSwot(**(given | more))
    return actions.record_swot(region=region, new=new, by=None, at=at)


def strategy(
    region: Region, at: datetime, kind: str, *items: SwotItem, **more: Any
) -> Strategy:
    given: dict[str, Any] = {
        "kind": kind,
        "dimension": "GOV",
        "text": f"Strategi {kind}",
        "items": tuple(item.number for item in items),
    }
    new = NewStrategy(**(given | more))
    return actions.record_strategy(region=region, new=new, by=None, at=at)


def gap(region: Region, at: datetime, **more: Any) -> Gap:
    ground()
    given: dict[str, Any] = {
        "dimension": "GOV",
        "now": "Satu",
        "expected": "Empat",
        "cause": "Tidak ada orang",
        "need": "Pelatihan",
        "issue_title": "Aparatur",
    }
    new = NewGap(**(given | more))
    return actions.record_gap(region=region, new=new, by=None, at=at)


def plan_target(
    plan: DevelopmentPlan, at: datetime, code: str, text: str, mission: int = 1
) -> PlanTarget:
    new = NewPlanTarget(mission=mission, code=code, text=text)
    return actions.record_plan_target(plan=plan, new=new, by=None, at=at)


def aims(region: Region, at: datetime) -> Aim:
    """A vision, a mission and a goal; the goal is given."""
    ground()
    above: Aim | None = None
    for level in ("vision", "mission", "goal"):
        new = NewAim(level, f"Uji {level}", above=above.number if above else None)
        above = actions.record_aim(region=region, new=new, by=None, at=at)
    assert above is not None
    return above


def target(
    region: Region, at: datetime, goal: Aim, text: str, *serves: PlanTarget
) -> Aim:
    new = NewAim(
        "target",
        text,
        above=goal.number,
        dimension="GOV",
        serves=tuple(one.pk for one in serves),
    )
    return actions.record_aim(region=region, new=new, by=None, at=at)
