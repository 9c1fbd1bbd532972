"""Rows for choosing: a framework of two dimensions, candidates, limits."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from habaring.assessment.models import Dimension, Framework
from habaring.council.actions import Body, Ruling, record_council, record_decision
from habaring.council.models import Decision
from habaring.engines.choosing import Limits
from habaring.people.models import Account
from habaring.portfolio import choose_files
from habaring.portfolio.actions import (
    Draft,
    NewLimits,
    draft_scenario,
    record_candidates,
    record_limits,
)
from habaring.portfolio.candidates import Entry
from habaring.portfolio.models import LimitSet, Scenario
from habaring.portfolio.running import run_scenario
from habaring.regions.models import Department, Region
from tests import makers

MILLIARD = 1_000_000_000


def framework() -> Framework:
    made = Framework.objects.create(
        code="kominfo-2022",
        year=2022,
        authority="Kominfo",
        name_id="Enam dimensi",
        name_en="Six dimensions",
        status="in_force",
    )
    for order, (code, name_id, name_en) in enumerate(
        [
            ("GOV", "Tata Kelola", "Governance"),
            ("ENV", "Lingkungan", "Environment"),
        ]
    ):
        Dimension.objects.create(
            framework=made, code=code, name_id=name_id, name_en=name_en, order=order
        )
    return made


def department(region: Region, code: str = "2.16") -> Department:
    return Department.objects.get_or_create(
        region=region,
        code=code,
        defaults={"name_id": "Dinas Kominfo", "name_en": "Communications Office"},
    )[0]


def place(code: str = "62.02") -> Region:
    """A region that can choose: a framework, a department, two districts."""
    region = makers.region(code)
    if not Framework.objects.exists():
        framework()
    department(region)
    makers.region("62.02.05")
    makers.region("62.02.06")
    return region


def entry(code: str, **more: Any) -> Entry:
    base = Entry(
        code=code,
        name=f"Program {code}",
        dimension="GOV",
        earliest=2027,
        latest=2030,
        owner="Kepala Dinas",
        department="2.16",
        costs={(1, "PAD"): 2 * MILLIARD},
        outcomes={"GOV": 5.0},
    )
    return replace(base, **more)


def limits(**more: Any) -> Limits:
    given: dict[str, Any] = {
        "start_year": 2027,
        "years": 5,
        "ceilings": {("PAD", year): 3 * MILLIARD for year in range(2027, 2032)},
    }
    return Limits(**(given | more))


def limit_set(region: Region, at: datetime, **more: Any) -> LimitSet:
    new = NewLimits(name="Dasar", toml=choose_files.limits_to_toml(limits(**more)))
    return record_limits(region=region, limits=new, by=None, at=at)


def scenario(
    region: Region, at: datetime, entries: list[Entry] | None = None, **more: Any
) -> Scenario:
    """A drafted scenario; three candidates unless others are given."""
    rows = entries or [entry("A"), entry("B"), entry("C", quick_win=True, months=6)]
    record_candidates(region=region, rows=rows, upload=None, by=None, at=at)
    draft = Draft(name="Skenario dasar", limit_set=limit_set(region, at, **more))
    return draft_scenario(region=region, draft=draft, by=None, at=at)


def done(
    region: Region, at: datetime, entries: list[Entry] | None = None, **more: Any
) -> Scenario:
    """A scenario that has run."""
    made = scenario(region, at, entries, **more)
    run_scenario(scenario=made.pk, region=made.region_id, clock=lambda: at)
    made.refresh_from_db()
    return made


def decision(
    region: Region, at: datetime, by: Account | None = None, number: str = "1/2026"
) -> Decision:
    council = region.councils.first() or record_council(
        region=region, body=Body(name="Dewan Smart City"), by=by, at=at
    )
    ruling = Ruling(
        number=number,
        decided_on=at.date(),
        title="Rencana kota cerdas 2027–2031",
        reason="Paling banyak hasil untuk uang yang ada.",
        illustrative=True,
    )
    return record_decision(region=region, council=council, ruling=ruling, by=by, at=at)
