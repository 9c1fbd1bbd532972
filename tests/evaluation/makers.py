"""Rounds, entries and readings with sensible values; a small instrument of four questions."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from habaring.evaluation.actions import (
    answering,
    assessors,
    instruments,
    reading,
    rounds,
)
from habaring.evaluation.models import Answer, Entry, Instrument, Reading, Round
from habaring.evaluation.proofs import THING
from habaring.evidence import actions as vault
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.evidence.makers import evidence

SMALL = """
code = "kecil"
year = 2026
name_id = "Instrumen kecil"
name_en = "Small instrument"
source = "uji"
proof = "{proof}"
third_step = 0.5
[scale]
min = 0
max = 4
step = 0.5
[[level]]
level = 0
name_id = "belum"
[[level]]
level = 4
name_id = "penuh"
[[band]]
code = "low"
from = 0
name_id = "Rendah"
[[band]]
code = "high"
from = 3
name_id = "Tinggi"
[[dimension]]
code = "GOV"
name_id = "Tata kelola"
[[dimension]]
code = "ECO"
name_id = "Ekonomi"
[[measure]]
code = "output"
weight = 60
name_id = "Output"
[[measure.question]]
code = "O1"
text_id = "Ada perda"
evidence = ["regulation"]
[[measure.question]]
code = "O2"
text_id = "Rapat tahun ini"
evidence = ["minutes"]
this_year = true
[[measure]]
code = "impact"
weight = 40
name_id = "Dampak"
[[measure.question]]
code = "I1"
dimension = "GOV"
text_id = "Manfaat tata kelola"
[[measure.question]]
code = "I2"
dimension = "ECO"
text_id = "Manfaat ekonomi"
[[award]]
code = "best"
name_id = "Terbaik"
measured = "index"
places = 1
method_id = "Indeks tertinggi."
[[award]]
code = "gov"
name_id = "Terbaik tata kelola"
measured = "dimension:GOV"
minimum = 3.5
method_id = "Nilai tata kelola tertinggi, paling rendah 3,5."
"""
QUESTIONS = ("O1", "O2", "I1", "I2")
KINDS = {"O1": "regulation", "O2": "minutes", "I1": "data", "I2": "data"}


def instrument(at: datetime, *, proof: str = "present") -> Instrument:
    text = SMALL.replace("{proof}", proof)
    return instruments.record_instrument(by=None, at=at, toml=text)


def round_(
    at: datetime, *, year: int = 2026, proof: str = "present", **more: Any
) -> Round:
    """A round that regions answer."""
    today = at.date()
    plan = rounds.Plan(
        **{
            "year": year,
            "stage": 1,
            "instrument": instrument(at, proof=proof),
            "name_id": f"Evaluasi {year}",
            "name_en": f"Evaluation {year}",
            "opens_on": today,
            "answers_until": today + timedelta(days=20),
            "readings_until": today + timedelta(days=40),
            **more,
        }
    )
    made = rounds.make_round(by=None, at=at, plan=plan)
    return rounds.open_round(by=None, at=at, round=made)


def entry(row: Round, region: Region, at: datetime) -> Entry:
    return rounds.invite(by=None, at=at, round=row, regions=[region])[0]


def answered(
    one: Entry, at: datetime, level: str = "3", *, proven: bool = True, **levels: str
) -> Entry:
    """All questions answered, each with a fitting piece of evidence."""
    for code in QUESTIONS:
        said = answering.answer(
            by=None,
            at=at,
            entry=one,
            question=code,
            level=Decimal(levels.get(code, level)),
        )
        if proven:
            prove(said, at)
    return one


def prove(said: Answer, at: datetime, **more: Any) -> Any:
    kind = more.pop("kind", KINDS[said.question])
    title = f"Bukti {said.question} {said.pk}"
    row = evidence(said.region, None, at, kind=kind, title=title, **more)
    return vault.link(by=None, at=at, evidence=row, thing=THING, key=str(said.pk))


def submitted(row: Round, region: Region, at: datetime, level: str = "3") -> Entry:
    one = answered(entry(row, region, at), at, level)
    return answering.submit(by=None, at=at, entry=one)


def assessor(name: str, at: datetime, home: str = "33.74") -> Account:
    """Somebody on the list, from another province unless told."""
    person = people.account(name)
    profile = assessors.Profile(people.region(home), "Universitas Uji")
    assessors.record_assessor(by=None, at=at, account=person, profile=profile)
    return person


def assigned(one: Entry, account: Account, at: datetime) -> Reading:
    return reading.assign(by=None, at=at, entry=one, account=account)


def read(one: Entry, account: Account, at: datetime, level: str = "3") -> Reading:
    """Assigned, declared, marked and handed in."""
    mine = assigned(one, account, at)
    reading.declare(by=account, at=at, reading=mine)
    given = {code: reading.Given(Decimal(level)) for code in QUESTIONS}
    reading.mark(by=account, at=at, reading=mine, given=given)
    return reading.hand_in(by=account, at=at, reading=mine)


def later(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)


def day(at: datetime, days: int = 0) -> date:
    return (at + timedelta(days=days)).date()
