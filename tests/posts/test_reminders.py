from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from habaring.people.models import Account, Membership, Role
from habaring.posts import actions
from habaring.posts.models import Reminder
from habaring.posts.reminders import LINES_AT_MOST, plan_round, send_reminders
from habaring.regions.models import Region
from tests import makers
from tests.posts.makers import TODAY, Matters, hold, post

pytestmark = pytest.mark.django_db


def letters(
    capture: DjangoCaptureOnCommitCallbacks, at: datetime, days: int = 0
) -> dict[str, str]:
    """What is sent on a day, by address; each address gets one letter."""
    mail.outbox.clear()
    with capture(execute=True):
        send_reminders(at=at, on=TODAY + timedelta(days=days), address="https://x.id")
    found = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert len(found) == len(mail.outbox)
    return found


def test_each_step_is_told_once_ever_in_one_letter(
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    head = post(kotim, "kadis", at=at)
    below = post(kotim, "kabid", at=at, superior=head)
    hold(head, "Dewi", at=at)
    hold(below, "Eka", at=at)
    matters.add(kotim, "a", due=3, post=below)
    matters.add(kotim, "b", due=-2, post=below)
    matters.add(kotim, "c", due=90, post=below)
    capture = django_capture_on_commit_callbacks
    first = letters(capture, at)
    assert set(first) == {"eka@contoh.id"}
    assert "Urusan a" in first["eka@contoh.id"]
    assert "Urusan b" in first["eka@contoh.id"]
    assert "Urusan c" not in first["eka@contoh.id"]
    assert letters(capture, at) == {}
    assert letters(capture, at, days=1) == {}
    later = letters(capture, at, days=4)  # Friday: a is late since Thursday's due day
    assert "Urusan a" in later["eka@contoh.id"]
    assert "Urusan b" not in later["eka@contoh.id"]
    escalated = letters(capture, at, days=10)  # b late for 12 days
    assert set(escalated) == {"eka@contoh.id", "dewi@contoh.id"}
    assert "Urusan b" in escalated["dewi@contoh.id"]
    assert "Urusan a" not in escalated["dewi@contoh.id"]
    assert Reminder.objects.count() == 4


def test_a_person_with_two_posts_in_two_regions_gets_one_letter(
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    kobar = makers.region("62.01")
    dewi = hold(post(kotim, "kadis", at=at), "Dewi", at=at).account
    actions.ensure_root(region=kobar, by=None, at=at)
    makers.officer("Gita", region=kobar)
    other = post(kobar, "kadis", at=at)
    Membership.objects.create(
        account=dewi, role=Role.objects.get(code="officer"), region=kobar, since=at
    )
    dewi = Account.objects.get(pk=dewi.pk)
    actions.fill_post(
        post=other, account=dewi, acting=True, since=TODAY, by=None, at=at
    )
    matters.add(kotim, "a", due=-1, post=post(kotim, "x", at=at))
    matters.add(kotim, "b", due=-1)
    actions.assign(
        region=kotim,
        keys=[("matter", "a"), ("matter", "b")],
        post=kotim.posts.get(code="kadis"),
        by=None,
        at=at,
    )
    matters.add(kobar, "c", due=0, post=other)
    sent = letters(django_capture_on_commit_callbacks, at)
    assert list(sent) == ["dewi@contoh.id"]
    assert all(f"Urusan {ref}" in sent["dewi@contoh.id"] for ref in "abc")
    assert "Kabupaten Kotawaringin Barat" in sent["dewi@contoh.id"]


def test_a_vacant_post_is_told_to_the_one_above_and_on_top_to_who_fills_posts(
    kotim: Region,
    budi: Account,
    matters: Matters,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    matters.add(kotim, "a", due=-1)
    sent = letters(django_capture_on_commit_callbacks, at)
    assert set(sent) == {"budi@contoh.id"}


def test_what_nobody_can_read_waits(
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    one = post(kotim, "kadis", at=at)
    matters.add(kotim, "a", due=-1, post=one)
    assert letters(django_capture_on_commit_callbacks, at) == {}
    assert not Reminder.objects.exists()
    hold(one, "Dewi", at=at)
    assert set(letters(django_capture_on_commit_callbacks, at)) == {"dewi@contoh.id"}


def test_the_weekend_is_quiet_and_monday_tells(
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    one = post(kotim, "kadis", at=at)
    hold(one, "Dewi", at=at)
    matters.add(kotim, "a", due=5, post=one)  # a Saturday
    capture = django_capture_on_commit_callbacks
    assert "Urusan a" in letters(capture, at)["dewi@contoh.id"]
    assert [bool(letters(capture, at, days=n)) for n in (5, 6, 7)] == [
        False,
        False,
        True,
    ]


def test_the_letter_counts_what_it_does_not_name(
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    one = post(kotim, "kadis", at=at)
    hold(one, "Dewi", at=at)
    for n in range(LINES_AT_MOST + 7):
        matters.add(kotim, f"{n:03}", due=-1, post=one)
    body = letters(django_capture_on_commit_callbacks, at)["dewi@contoh.id"]
    assert body.count("Urusan") == LINES_AT_MOST
    assert "7" in body.splitlines()[-3] or "dan 7 lagi" in body
    assert Reminder.objects.count() == LINES_AT_MOST + 7


def test_the_database_keeps_a_step_from_being_told_twice(
    kotim: Region, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    row: dict[str, Any] = {
        "region": kotim,
        "kind": "matter",
        "ref": "a",
        "due_on": TODAY,
        "step": "late",
        "post": one,
        "sent_at": at,
    }
    Reminder.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(**row)


def test_two_rounds_wait_for_each_other(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    send_reminders(at=at, on=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone()[0] >= 1


def test_a_round_asks_no_more_for_many_things(
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    one = post(kotim, "kadis", at=at)
    hold(one, "Dewi", at=at)
    for n in range(1000):
        matters.add(kotim, f"{n}", due=-1, post=one)
    with django_assert_max_num_queries(8):
        assert len(plan_round(at=at, on=TODAY).steps) == 1000


def test_the_command_shows_and_sends_nothing_then_sends(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    hold(one, "Dewi", at=at)
    matters.add(kotim, "a", due=-1, post=one)
    day = TODAY.isoformat()
    shown = StringIO()
    call_command("remind", "--on", day, "--show", stdout=shown)
    assert "Urusan a" in shown.getvalue()
    assert "nothing sent" in shown.getvalue()
    assert not Reminder.objects.exists()
    told = StringIO()
    call_command("remind", "--on", day, stdout=told)
    assert told.getvalue() == "1 letters, 1 things.\n"
    call_command("remind", "--on", day, stdout=told)
    assert told.getvalue().endswith("0 letters, 0 things.\n")
    with pytest.raises(CommandError):
        call_command("remind", "--on", "kemarin")
