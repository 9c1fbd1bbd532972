"""The verbs of rounds: make, open, invite regions, change the days, begin the reading."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.evaluation.models import (
    Answer,
    AwardRule,
    Entry,
    Finding,
    Instrument,
    Round,
)
from habaring.evaluation.proofs import THING
from habaring.evaluation.rules import RoundRefused, scheme_of, scheme_of_round
from habaring.evaluation.words import TO_DO
from habaring.evidence.actions import carry
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit

OPEN = ("draft", "open")


@dataclass(frozen=True)
class Plan:
    """A round as it is planned. `third_step` None: that of the instrument."""

    year: int
    stage: int
    instrument: Instrument
    name_id: str
    name_en: str
    opens_on: date
    answers_until: date
    readings_until: date
    third_step: str | None = None
    appeal_days: int = 14
    illustrative: bool = False


@transaction.atomic
def make_round(*, by: Account | None, at: datetime, plan: Plan) -> Round:
    """Plan a stage of a year's evaluation; the instrument's awards come with it.

    Raises RoundRefused where the stage is there already or the days run backwards.
    """
    if Round.objects.filter(year=plan.year, stage=plan.stage).exists():
        raise RoundRefused(
            _("This stage of this year is there already."),
            next=_("Open it in the list, and change its days there."),
        )
    _refuse_days(plan.opens_on, plan.answers_until, plan.readings_until)
    scheme = scheme_of(plan.instrument)
    row = Round.objects.create(
        year=plan.year,
        stage=plan.stage,
        instrument=plan.instrument,
        name_id=plan.name_id.strip(),
        name_en=plan.name_en.strip(),
        opens_on=plan.opens_on,
        answers_until=plan.answers_until,
        readings_until=plan.readings_until,
        third_step=plan.third_step or str(float(scheme.third_step)),
        appeal_days=plan.appeal_days,
        made_at=at,
        made_by=by,
        illustrative=plan.illustrative,
    )
    AwardRule.objects.bulk_create(
        AwardRule(
            round=row,
            code=prize.code,
            name_id=prize.name.id,
            name_en=prize.name.en,
            measured=prize.measured,
            places=prize.places,
            minimum=str(float(prize.minimum)) if prize.minimum is not None else None,
            method_id=prize.method.id,
            method_en=prize.method.en,
            published_at=at,
            published_by=by,
        )
        for prize in scheme.prizes
    )
    _told(row, "made", by=by, at=at)
    return row


@transaction.atomic
def change_days(
    *,
    by: Account,
    at: datetime,
    round: Round,
    opens_on: date,
    answers_until: date,
    readings_until: date,
) -> Round:
    """Move the days of a round that is not announced yet."""
    row = locked(round, ("draft", "open", "reading"))
    _refuse_days(opens_on, answers_until, readings_until)
    row.opens_on, row.answers_until = opens_on, answers_until
    row.readings_until = readings_until
    row.save(update_fields=["opens_on", "answers_until", "readings_until"])
    _told(row, "days_changed", by=by, at=at)
    return row


@transaction.atomic
def open_round(*, by: Account | None, at: datetime, round: Round) -> Round:
    """Let the regions answer."""
    row = locked(round, ("draft",))
    row.state = "open"
    row.save(update_fields=["state"])
    _told(row, "opened", by=by, at=at)
    return row


@transaction.atomic
def invite(
    *, by: Account | None, at: datetime, round: Round, regions: Iterable[Region]
) -> list[Entry]:
    """Take regions into a round that regions may still answer; who is in it stays.

    Each begins from its last year: evidence that still holds is linked to the same
    questions, open findings come back. Must run with the regions' rows open.
    """
    row = locked(round, OPEN)
    there = set(Entry.objects.filter(round=row).values_list("region_id", flat=True))
    new = [region for region in regions if region.pk not in there]
    return [_enter(row, region, by=by, at=at) for region in new]


def _enter(row: Round, region: Region, *, by: Account | None, at: datetime) -> Entry:
    entry = Entry.objects.create(
        round=row, region=region, opened_at=at, illustrative=row.illustrative
    )
    scheme = scheme_of_round(row)
    answers = Answer.objects.bulk_create(
        Answer(entry=entry, region=region, question=code, changed_at=at)
        for code in scheme.questions
    )
    new = {answer.question: str(answer.pk) for answer in answers}
    old = (
        Entry.objects.filter(region=region, round__opens_on__lt=row.opens_on)
        .exclude(pk=entry.pk)
        .order_by("-round__opens_on", "-round__stage")
        .first()
    )
    if old is not None:
        keys = {
            str(answer.pk): new[answer.question]
            for answer in Answer.objects.filter(entry=old)
            if answer.question in new
        }
        carry(by=by, at=at, region=region, thing=THING, keys=keys)
    for finding in Finding.objects.filter(region=region, kind__in=TO_DO).exclude(
        state="closed"
    ):
        if row.year not in finding.years:
            finding.years = [*finding.years, row.year]
            finding.save(update_fields=["years"])
    audit.record(
        by=by,
        at=at,
        verb="evaluation.region.invited",
        subject=entry,
        region=region.code,
        details={"year": row.year, "stage": row.stage},
    )
    return entry


@transaction.atomic
def begin_reading(*, by: Account | None, at: datetime, round: Round) -> Round:
    """Stop taking answers; what was handed in goes to the assessors.

    Raises RoundRefused where no region has handed anything in.
    """
    row = locked(round, ("open",))
    if not Entry.objects.filter(round=row, state="submitted").exists():
        raise RoundRefused(
            _("No region has handed in its answers yet."),
            next=_("Wait for them, or move the last day."),
        )
    row.state = "reading"
    row.save(update_fields=["state"])
    _told(row, "reading_begun", by=by, at=at)
    return row


def locked(round: Round, states: Iterable[str]) -> Round:
    """The round, held until the end of the transaction, where its state allows the step."""
    row = (
        Round.objects.select_for_update(of=("self",))
        .select_related("instrument")
        .get(pk=round.pk)
    )
    if row.state not in states:
        raise RoundRefused(
            format_lazy(
                _("The round does not allow this: {state}."), state=row.state_words
            ),
            next=_("Look at the steps on the round's page."),
        )
    return row


def _refuse_days(opens: date, answers: date, readings: date) -> None:
    if not opens <= answers <= readings:
        raise RoundRefused(
            _("The days run backwards."),
            _("Regions answer first, then assessors read."),
            _("Put the days in this order."),
        )


def _told(row: Round, deed: str, *, by: Account | None, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evaluation.round.{deed}",
        subject=row,
        details={"year": row.year, "stage": row.stage},
    )
