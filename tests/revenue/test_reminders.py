"""Reminders: once for each occasion, by the way a person wants, ended by one link."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import reminders
from habaring.revenue.actions import mine as actions
from habaring.revenue.models import Bill, FamilyLink, Reminder, ReminderWay
from habaring.shared import gateways
from tests.revenue import makers

pytestmark = pytest.mark.django_db

ISSUED = datetime(2026, 2, 2, 2, 0, tzinfo=UTC)
DUE = date(2026, 9, 30)


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, 1, 30, tzinfo=UTC)


@pytest.fixture
def bill(kotim: Region, alya: Account) -> Bill:
    row = makers.bill(kotim, due_on=DUE, issued_at=ISSUED)
    FamilyLink.objects.create(
        region=kotim, account=alya, object=row.object, label="", added_at=ISSUED
    )
    return row


@pytest.fixture
def run(
    settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Callable[[datetime], int]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def once(at: datetime) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return reminders.remind("62.02", at=at)

    return once


def test_each_occasion_is_told_once(bill: Bill, run: Callable[[datetime], int]) -> None:
    told = []
    at = ISSUED
    while at < day(2026, 11, 15):
        told += [at.date()] * run(at)
        at += timedelta(days=1)
    occasions = Reminder.objects.order_by("sent_at").values_list("occasion", flat=True)
    assert list(occasions) == ["issued", "30-days", "7-days", "late"]
    assert told[0] == ISSUED.date()
    assert told[1] == date(2026, 8, 31)
    assert told[2] == date(2026, 9, 23)
    assert told[3] == date(2026, 10, 1)
    assert len(mail.outbox) == 4


def test_the_letter_says_what_how_much_and_how_to_stop(
    bill: Bill, run: Callable[[datetime], int]
) -> None:
    run(day(2026, 9, 25))
    text = mail.outbox[0].body.replace("\xa0", " ")
    assert "Rp 77.600" in text
    assert "62.02.060.001.012-0034.0" in text
    assert "/pajak/saya/" in text
    assert "Siti" not in text
    assert "{" not in text


def test_a_day_that_was_missed_is_made_up_for(
    bill: Bill, run: Callable[[datetime], int]
) -> None:
    run(day(2026, 9, 27))
    assert Reminder.objects.get().occasion == "7-days"


def test_who_has_paid_hears_nothing(bill: Bill, run: Callable[[datetime], int]) -> None:
    Bill.objects.filter(region="62.02", id=bill.id).update(received=bill.amount)
    assert run(day(2026, 9, 25)) == 0


def test_old_debts_are_not_for_reminders(
    bill: Bill, run: Callable[[datetime], int]
) -> None:
    assert run(day(2026, 12, 1)) == 0


def test_several_bills_come_in_one_letter(
    bill: Bill, kotim: Region, alya: Account, run: Callable[[datetime], int]
) -> None:
    other = makers.bill(kotim, makers.object(kotim), due_on=DUE, issued_at=ISSUED)
    other.taxpayer.account = alya
    other.taxpayer.save()
    run(day(2026, 9, 25))
    assert len(mail.outbox) == 1
    assert "155.200" in mail.outbox[0].body
    assert Reminder.objects.count() == 2


def test_a_telephone_gets_a_message_instead(
    bill: Bill,
    alya: Account,
    run: Callable[[datetime], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[gateways.Message] = []
    monkeypatch.setattr(gateways, "send", lambda one, at: sent.append(one))
    alya.phone = "+6281234567890"
    alya.save()
    region = bill.region
    actions.set_reminders(account=alya, region=region, way=ReminderWay.PHONE, at=ISSUED)
    run(day(2026, 9, 25))
    assert sent[0].kind is gateways.Kind.REMINDER
    assert "77.600" in sent[0].text
    assert not mail.outbox


def test_one_link_stops_them_without_signing_in(
    bill: Bill, alya: Account, client: Client, run: Callable[[datetime], int]
) -> None:
    token = reminders.stop_token(alya, bill.region)
    address = f"/daerah/62.02/pajak/pengingat/{token}/"
    assert client.get(address).status_code == 200
    assert run(day(2026, 9, 25)) == 1  # a mail program that opens links stops nothing
    client.post(address)
    assert run(day(2026, 10, 5)) == 0
    assert client.get(address[:-4] + "/").status_code == 404


def test_only_regions_with_a_list_are_asked(bill: Bill) -> None:
    assert reminders.regions() == ["62.02"]
