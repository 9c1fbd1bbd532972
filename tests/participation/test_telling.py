"""Steps of a proposal: told once to each whom they concern."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from habaring.participation import tasks, telling, words
from habaring.participation.models import (
    Lineage,
    ProposalFollow,
    Step,
    StepKind,
    Told,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.participation import makers

pytestmark = pytest.mark.django_db


def _letters(capture: object, step: Step, at: datetime) -> list[str]:
    mail.outbox.clear()
    with capture(execute=True):  # type: ignore[operator]
        telling.tell(step=step.pk, region=step.region_id, at=at)
    return sorted(to for letter in mail.outbox for to in letter.to)


def test_author_coauthor_and_follower_hear_once_and_the_doer_never(
    kotim: Region,
    alya: Account,
    budi: Account,
    at: datetime,
    django_capture_on_commit_callbacks: object,
) -> None:
    rina, sari, tono = (people.account(name) for name in ("Rina", "Sari", "Tono"))
    row = makers.proposal(makers.call(kotim, at), at, author=alya)
    makers.coauthor(row, rina, at)
    makers.coauthor(row, tono, at, accepted_at=None)
    makers.follower(row, sari, at)
    makers.follower(row, rina, at)
    makers.follower(row, budi, at)
    step = telling.record_step(proposal=row, kind=StepKind.CHECKED, by=budi, at=at)
    heard = _letters(django_capture_on_commit_callbacks, step, at)
    assert heard == ["alya@contoh.id", "rina@contoh.id", "sari@contoh.id"]
    assert _letters(django_capture_on_commit_callbacks, step, at) == []
    assert Told.objects.filter(step=step).count() == 3


def test_a_merge_is_heard_of_once_by_who_follows_both(
    kotim: Region,
    alya: Account,
    budi: Account,
    at: datetime,
    django_capture_on_commit_callbacks: object,
) -> None:
    call = makers.call(kotim, at)
    older, newer = makers.proposal(call, at), makers.proposal(call, at)
    for row in (older, newer):
        makers.follower(row, alya, at)
    Lineage.objects.create(
        region=kotim, older=older, newer=newer, kind="merge", reason="sama", at=at
    )
    steps = [
        telling.record_step(proposal=row, kind=StepKind.MERGED, by=budi, at=at)
        for row in (older, newer)
    ]
    heard = [
        to
        for step in steps
        for to in _letters(django_capture_on_commit_callbacks, step, at)
    ]
    assert heard == ["alya@contoh.id"]
    later = telling.record_step(
        proposal=newer, kind=StepKind.MERGED, by=budi, at=at + timedelta(days=1)
    )
    assert _letters(django_capture_on_commit_callbacks, later, at) == ["alya@contoh.id"]


def test_who_stopped_hears_no_more(
    kotim: Region,
    alya: Account,
    budi: Account,
    at: datetime,
    django_capture_on_commit_callbacks: object,
) -> None:
    row = makers.proposal(makers.call(kotim, at), at, author=alya)
    ProposalFollow.objects.create(
        region=kotim, proposal=row, account=alya, since=at, hears=False
    )
    step = telling.record_step(proposal=row, kind=StepKind.CHECKED, by=budi, at=at)
    assert _letters(django_capture_on_commit_callbacks, step, at) == []


def test_a_letter_is_in_the_language_of_its_reader_and_shows_how_to_stop(
    kotim: Region,
    alya: Account,
    budi: Account,
    at: datetime,
    django_capture_on_commit_callbacks: object,
) -> None:
    alya.language = "en"
    alya.save()
    row = makers.proposal(makers.call(kotim, at), at, author=alya)
    step = telling.record_step(
        proposal=row,
        kind=StepKind.CHECKED,
        by=budi,
        at=at,
        text="Sesuai Perda 3/2024.",
        details={"verdict": "feasible", "department": "Dinas PU", "cost": 40_000_000},
    )
    _letters(django_capture_on_commit_callbacks, step, at)
    (letter,) = mail.outbox
    assert letter.subject == "U-0001: Checked by a department"
    assert (
        "Dinas PU says that it can be done, for Rp40,000,000."
        in letter.body.replace("Rp 40", "Rp40").replace("\u00a0", "")
    )
    assert "Sesuai Perda 3/2024." in letter.body
    assert f"/daerah/62.02/usulan/{row.number}/berhenti/" in letter.body


def test_every_kind_of_step_has_words(kotim: Region, at: datetime) -> None:
    row = makers.proposal(makers.call(kotim, at), at)
    for kind in StepKind:
        step = Step(region=kotim, proposal=row, kind=kind, at=at, details={})
        assert words.sentence(step)


def test_each_step_leaves_one_job(kotim: Region, budi: Account, at: datetime) -> None:
    row = makers.proposal(makers.call(kotim, at), at)
    step = telling.record_step(proposal=row, kind=StepKind.CHECKED, by=budi, at=at)
    (job,) = ProcrastinateJob.objects.filter(task_name="participation.tell")
    assert job.args == {"step": step.pk, "region": "62.02"}
    assert job.task_name == tasks.tell.name
    assert job.queue_name == tasks.tell.queue
