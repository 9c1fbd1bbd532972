"""A region with something at every address, and tokens for it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from habaring.api import actions
from habaring.api.actions import SCOPES, Issued, NewToken
from habaring.api.models import WebhookSubscription
from habaring.assessment.actions import record_targets
from habaring.assessment.models import Target
from habaring.assessment.observations import Row
from habaring.people.access import Power
from habaring.people.models import Account, Role
from habaring.portfolio import actions as portfolio
from habaring.regions.models import BudgetFigure, Region
from tests import makers
from tests.assessment import makers as assessment
from tests.exchange import makers as sharing
from tests.participation.test_counting import counted
from tests.portfolio import makers as choosing

EVERY = tuple(power.value for power in SCOPES)


def mighty(name: str, region: Region) -> Account:
    """Somebody who may do everything in a region."""
    Role.objects.get_or_create(
        code="mighty",
        defaults={
            "name_id": "Semua",
            "powers": [power.value for power in Power],
            "second_step": False,
        },
    )
    return makers.officer(name, region=region, role="mighty")


def token(
    person: Account,
    region: Region,
    at: datetime,
    *scopes: str,
    networks: tuple[str, ...] = (),
    days: int = 30,
) -> Issued:
    new = NewToken(name="Uji", scopes=scopes or EVERY, networks=networks, days=days)
    return actions.issue_token(region=region, new=new, by=person, at=at)


def bearer(issued: Issued) -> dict[str, Any]:
    return {"HTTP_AUTHORIZATION": f"Bearer {issued.secret}"}


def town(at: datetime, by: Account | None = None) -> dict[str, Any]:
    """Kotim with values, an edition, a plan adopted by a council, a second scenario."""
    assessment.framework()
    regions = assessment.province()
    kotim = next(region for region in regions if region.code == "62.02")
    edition = assessment.edition(kotim, regions)
    choosing.department(kotim)
    makers.region("62.02.05")
    decision = choosing.decision(kotim, at)
    plan = portfolio.adopt_plan(
        scenario=choosing.done(kotim, at), decision=decision, by=None, at=at
    )
    BudgetFigure.objects.create(
        region=kotim,
        year=2024,
        stage="original",
        account="revenue",
        amount=2 * 10**12,
        source="DJPK",
    )
    spare = choosing.done(kotim, at, [choosing.entry("D")])
    later = choosing.decision(kotim, at, number="2/2026")
    return {
        "region": kotim,
        "vote": counted(kotim, at),
        "edition": edition,
        "plan": plan,
        "decision": decision,
        "later": later,
        "spare": spare,
        "body": decision.council,
        "practice": sharing.published(kotim, at),
    }


def webhook(
    person: Account, region: Region, at: datetime, address: str = "https://example.org/"
) -> WebhookSubscription:
    made = actions.open_webhook(
        region=region, address=address, kinds=(), by=person, at=at
    )
    return made.subscription


def target(region: Region, at: datetime) -> Target:
    row = Row("K01", 2029, Decimal(80), source="RPJMD")
    record_targets(region=region, rows=[row], upload=None, by=None, at=at)
    return Target.objects.get(region=region, indicator__code="K01", year=2029)


def right_bodies(*, body: int, decision: int) -> dict[str, Any]:
    """For each write of the API a body that is right, by the name of the operation."""
    reason = {"reason": "Sudah tidak berlaku."}
    candidate = {
        "code": "Z",
        "name": "Program Z",
        "dimension": "GOV",
        "earliest_year": 2027,
        "latest_year": 2028,
        "costs": [{"year": 1, "source": "APBD", "amount": 10**9}],
    }
    value = {"indicator": "K01", "year": 2022, "value": "70.5", "source": "BPS"}
    return {
        "record_observations": {"rows": [value]},
        "set_targets": {"rows": [{**value, "year": 2030}]},
        "withdraw_target": reason,
        "record_candidates": {"rows": [candidate]},
        "withdraw_candidate": reason,
        "adopt_plan": {"decision": decision},
        "record_body": {"name": "Forum Kota Cerdas"},
        "record_decision": {
            "body": body,
            "number": "9/2026",
            "decided_on": "2026-10-01",
            "title": "Rencana aksi",
            "reason": "Disepakati semua.",
        },
        "open_webhook": {"address": "https://example.org/h", "events": []},
    }
