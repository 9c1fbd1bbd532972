"""What the addresses of evidence and evaluation need: one of each, of nobody who asks."""

from datetime import timedelta
from decimal import Decimal

from django.utils.timezone import localdate, now

from habaring.evaluation.actions import assessors, instruments
from habaring.evaluation.models import (
    Answer,
    Appeal,
    Assessor,
    Award,
    Entry,
    Finding,
    Instrument,
    Reading,
    Remark,
    Result,
    Round,
)
from habaring.evaluation.proofs import THING
from habaring.evidence import actions as vault
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from tests import makers as people
from tests.evidence.makers import evidence

YEAR = 2099


def made(region: Region, keeper: Account) -> None:
    """An announced round with a result, an appeal, a reading; evidence; an award."""
    at = now()
    with walls.within(walls.EVERYWHERE):
        row, reader = _round(), _reader()
        entry = Entry.objects.create(
            round=row, region=region, opened_at=at, state="submitted", submitted_at=at
        )
        answer = Answer.objects.create(
            entry=entry, region=region, question="B1", level=Decimal(2), changed_at=at
        )
        paper = evidence(region, None, at, title="Uji dinding", kind="data")
        vault.link(by=keeper, at=at, evidence=paper, thing=THING, key=str(answer.pk))
        _told(row, entry, reader)
        Award.objects.create(
            region=region,
            year=2022,
            name_id="Uji",
            body="Uji",
            source="Uji",
            document=paper,
            given_at=at,
        )


def _round() -> Round:
    at, today = now(), localdate(now())
    if not Instrument.objects.filter(code="kominfo-2022").exists():
        instruments.load_packaged(by=None, at=at)
    return Round.objects.get_or_create(
        year=YEAR,
        stage=1,
        defaults={
            "instrument": Instrument.objects.get(code="kominfo-2022"),
            "name_id": "Uji dinding",
            "name_en": "Walls",
            "opens_on": today - timedelta(days=90),
            "answers_until": today - timedelta(days=60),
            "readings_until": today - timedelta(days=30),
            "appeals_until": today + timedelta(days=9),
            "state": "announced",
            "announced_at": at,
            "made_at": at,
        },
    )[0]


def _reader() -> Account:
    found = Assessor.objects.filter(institution="Uji dinding").first()
    if found is not None:
        return found.account
    reader = people.account("Pembaca")
    profile = assessors.Profile(people.region("33.74"), "Uji dinding")
    assessors.record_assessor(by=None, at=now(), account=reader, profile=profile)
    return reader


def _told(row: Round, entry: Entry, reader: Account) -> None:
    at, region = now(), entry.region
    reading = Reading.objects.create(
        entry=entry, region=region, assessor=reader, place=1, asked_at=at
    )
    Remark.objects.create(
        reading=reading, assessor=reader, kind="weakness", text="Uji", at=at
    )
    Appeal.objects.create(
        region=region, entry=entry, question="B1", reason="Uji", filed_at=at
    )
    Finding.objects.create(
        region=region,
        round=row,
        kind="weakness",
        text="Uji dinding",
        years=[YEAR],
        raised_at=at,
    )
    Result.objects.create(
        region=region,
        year=YEAR,
        stage=1,
        round=row,
        index=Decimal(3),
        announced_at=at,
        published_at=at,
    )
