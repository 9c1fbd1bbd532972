"""The demo of the exchange: the real practices with their sources; then, all of it
illustrative, a practice of Kotim that two neighbours adopted, thanks, a question, an
offer, a visit, and one that Kotim adopted itself.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from habaring.exchange.actions import adopting, practices, surviving, talking
from habaring.exchange.actions.practices import Draft, Origin
from habaring.exchange.models import Adoption, MeetingKind, MeetingState, Practice
from habaring.exchange.shapes import Plans, shape_of
from habaring.exchange.shipped import record_shipped
from habaring.portfolio.inputs import entry_of
from habaring.portfolio.models import Candidate
from habaring.regions.models import Region

DAY = timedelta(days=1)


def tell(region: Region, text: str, *, at: datetime) -> None:
    """Real practices first, then the example."""
    record_shipped(at=at)
    told = tomllib.loads(text)
    own = _practice(region, told["practice"], at=at - 900 * DAY)
    practices.publish(practice=own, by=None, at=at - 890 * DAY)
    own.refresh_from_db()
    failed = _practice(region, told["failure"], at=at - 300 * DAY)
    practices.publish(practice=failed, by=None, at=at - 290 * DAY)
    for one in told["adoption"]:
        _adopted(own, one, at=at)
    _talk(own, told, at=at)
    _own_adoption(region, told["own_adoption"], at=at)


def _practice(region: Region, told: Mapping[str, Any], *, at: datetime) -> Practice:
    code = told.get("programme", "")
    candidate = Candidate.objects.filter(region=region, code=code).first()
    shape = shape_of(entry_of(candidate)) if candidate else {}
    words = {
        **told["draft"],
        "tags": tuple(told["draft"]["tags"]),
        "indicators": tuple(told["draft"].get("indicators", ())),
    }
    return practices.begin_practice(
        region=region,
        draft=Draft(**words),
        by=None,
        at=at,
        origin=Origin(code if candidate else "", shape, illustrative=True),
    )


def _adopted(own: Practice, told: Mapping[str, Any], *, at: datetime) -> None:
    """An adoption 800 days ago; asked twice since, and answered or silent."""
    region = Region.objects.get(code=told["region"])
    since = at - 800 * DAY
    row = _adopt(region, own, told["why"], at=since)
    first = at - 435 * DAY
    check = surviving.ask(adoption=row, at=first, on=localdate(first))
    if "answer" in told:
        said = first + 9 * DAY
        surviving.answer(
            check=check,
            reply=surviving.Reply(**told["answer"]),
            by=None,
            at=said,
            on=localdate(said),
        )
        adopting.thank(adoption=row, text=told["thanks"], by=None, at=said)
    second = at - 70 * DAY
    surviving.ask(adoption=row, at=second, on=localdate(second))


def _adopt(region: Region, practice: Practice, why: str, *, at: datetime) -> Adoption:
    year = localdate(at).year + 1
    code = adopting.free_code(region, practice)
    return adopting.adopt(
        region=region,
        practice=practice,
        plans=Plans(code, year, year + 3, why, illustrative=True),
        by=None,
        at=at,
    )


def _talk(own: Practice, told: Mapping[str, Any], *, at: datetime) -> None:
    asker = Region.objects.get(code=told["talk"]["region"])
    question = talking.ask(
        region=asker,
        practice=own,
        text=told["talk"]["question"],
        by=None,
        at=at - 40 * DAY,
        illustrative=True,
    )
    talking.answer(
        region=own.region,
        question=question,
        text=told["talk"]["answer"],
        by=None,
        at=at - 38 * DAY,
    )
    talking.open_offer(
        region=own.region,
        offer=talking.Offer(
            told["offer"]["title"],
            told["offer"]["text"],
            tuple(told["offer"]["dimensions"]),
            illustrative=True,
        ),
        by=None,
        at=at - 30 * DAY,
    )
    _visit(own, asker, told["visit"], at=at)


def _visit(
    own: Practice, asker: Region, told: Mapping[str, str], *, at: datetime
) -> None:
    asked, day = at - 35 * DAY, localdate(at) - 20 * DAY
    wish = talking.Wish(
        host=own.region,
        kind=MeetingKind.VISIT,
        purpose=told["purpose"],
        proposed_on=day,
        people=6,
        practice=own,
        illustrative=True,
    )
    row = talking.ask_meeting(
        region=asker, wish=wish, by=None, at=asked, on=localdate(asked)
    )
    steps = (
        (own.region, talking.Done(MeetingState.ACCEPTED, "", day), at - 33 * DAY),
        (asker, talking.Done(MeetingState.HELD, told["report"], day), at - 18 * DAY),
    )
    for region, done, moment in steps:
        row = talking.go_on(
            region=region,
            meeting=row,
            done=done,
            by=None,
            at=moment,
            on=localdate(moment),
        )


def _own_adoption(region: Region, told: Mapping[str, str], *, at: datetime) -> None:
    practice = Practice.objects.get(region=told["region"], title=told["title"])
    _adopt(region, practice, told["why"], at=at)
