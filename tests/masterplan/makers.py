"""A region with an index, an adopted plan and a set of books."""

from datetime import datetime
from typing import Any

from habaring.assessment.models import IndexEdition
from habaring.masterplan import actions, sets
from habaring.masterplan.actions import Issue, NewDevelopmentPlan
from habaring.masterplan.models import BookTemplate, DevelopmentPlan, Edition
from habaring.portfolio.actions import adopt_plan
from habaring.portfolio.models import Plan
from habaring.regions.models import Region
from tests.assessment import makers as assessment
from tests.portfolio import makers as portfolio

MILLIARD = 1_000_000_000


def index(region: Region) -> IndexEdition:
    """Four regions of the province compared, in a framework of four dimensions."""
    assessment.framework()
    peers = assessment.province()
    return assessment.edition(region, peers)


def plan(region: Region, at: datetime, *entries: Any, **more: Any) -> Plan:
    """An adopted plan: two programmes, of which one is a Quick Win; a third is too dear."""
    portfolio.place(region.code)
    rows = list(entries) or [
        portfolio.entry(
            "GOV-01",
            name="Satu pintu layanan",
            description="Layanan daring di satu alamat.",
            rpjmd_mission="2025-2029/2",
            running={"PAD": MILLIARD // 10},
        ),
        portfolio.entry(
            "GOV-02",
            name="Bayar pajak dari mana pun",
            quick_win=True,
            months=9,
            costs={(1, "PAD"): MILLIARD},
            sdg=(16,),
            origin_text="Warga Baamang",
            origin_kind="person",
        ),
        portfolio.entry(
            "GOV-03", name="Gedung pusat kendali", costs={(1, "PAD"): 90 * MILLIARD}
        ),
    ]
    scenario = portfolio.done(region, at, rows, **more)
    decision = portfolio.decision(region, at)
    return adopt_plan(scenario=scenario, decision=decision, by=None, at=at)


def book_set(at: datetime) -> BookTemplate:
    return actions.load_set(toml=sets.shipped(), region=None, by=None, at=at)


def development_plan(region: Region, at: datetime, **more: Any) -> DevelopmentPlan:
    given: dict[str, Any] = {
        "first_year": 2025,
        "last_year": 2029,
        "vision_id": "Maju dan berkelanjutan",
        "vision_en": "Forward, and to last",
        "missions": ((1, "Manusia", "People"), (2, "Tata kelola", "Governance")),
        "source": "Perda contoh",
    }
    new = NewDevelopmentPlan(**(given | more))
    return actions.record_development_plan(region=region, new=new, by=None, at=at)


def edition(region: Region, at: datetime, **more: Any) -> Edition:
    """An edition whose files are not set yet."""
    given: dict[str, Any] = {
        "region": region,
        "template": book_set(at),
        "title": "Masterplan Kotim",
    }
    issue = Issue(**(given | more))
    return actions.issue_edition(issue=issue, by=None, at=at, in_background=False)
