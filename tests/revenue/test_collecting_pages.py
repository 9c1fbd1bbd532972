"""The pages of collecting: what officers and taxpayers do on them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from habaring.people.models import Account as Person
from habaring.posts import things
from habaring.posts.things import Asked
from habaring.regions.models import Region
from habaring.revenue import case_things, letters
from habaring.revenue.actions import cases as actions
from habaring.revenue.models import (
    Bill,
    BillState,
    Case,
    CaseKind,
    CaseState,
    CollectionLetter,
    WaiverProgramme,
    WriteOff,
)
from habaring.shared import walls
from tests import makers as people
from tests.revenue import makers

pytestmark = pytest.mark.django_db
GOOD = "Sesuai keputusan bupati."


@pytest.fixture
def officers(kotim: Region) -> tuple[Client, Client]:
    """The head, and somebody of the office."""
    walls.open_everywhere()
    head, clerk = Client(), Client()
    head.force_login(people.officer("Hendra", region=kotim, role="tax_head"))
    clerk.force_login(people.officer("Candra", region=kotim, role="tax_officer"))
    return head, clerk


@pytest.fixture
def bill(kotim: Region, alya: Person) -> Bill:
    """Past due since last year."""
    walls.open_everywhere()
    on = localdate(now())
    return makers.owed(kotim, alya, year=on.year - 1, due_on=date(on.year - 1, 9, 30))


def to(name: str, *ids: Any) -> str:
    return reverse(f"revenue-work:{name}", args=["62.02", *ids])


def again(bill: Bill) -> Bill:
    walls.open_everywhere()
    return Bill.objects.get(region=bill.region_id, id=bill.id)


def test_a_demand_is_written_printed_delivered_and_taken_back(
    bill: Bill, alya: Person, officers: tuple[Client, Client]
) -> None:
    head, _clerk = officers
    assert head.get(to("collection")).status_code == 200
    page = head.get(to("collect", "stpd"))
    assert "Siti Contoh" in page.content.decode()
    assert head.get(to("collect", "apa")).status_code == 404
    assert head.post(to("collect", "stpd"), {}).status_code == 422
    done = head.post(to("collect", "stpd"), {"pilih": [bill.id]})
    assert done.status_code == 302
    walls.open_everywhere()
    letter = CollectionLetter.objects.get()
    assert again(bill).state == BillState.COLLECTED
    assert letter.number in head.get(to("letters")).content.decode()
    for name, ids in (("letter-sheet", [letter.pk]), ("letter-sheets", [])):
        sheet = head.get(to(name, *ids))
        assert sheet.content.startswith(b"%PDF")
    own = Client()
    own.force_login(alya)
    mine = own.get(reverse("revenue:mine-bill", args=["62.02", bill.id]))
    assert letter.number in mine.content.decode()
    paper = reverse("revenue:mine-letter", args=["62.02", bill.id, letter.pk])
    assert own.get(paper).status_code == 200
    stranger = Client()
    stranger.force_login(people.account("Dodi"))
    assert stranger.get(paper).status_code == 404
    page_of = to("letter", letter.pk)
    assert head.post(page_of, {"deed": "deliver", "day": ""}).status_code == 422
    day = localdate(now()).isoformat()
    assert head.post(page_of, {"deed": "deliver", "day": day}).status_code == 302
    assert head.post(page_of, {"deed": "take_back", "reason": "ya"}).status_code == 422
    sent = {"deed": "take_back", "reason": GOOD}
    assert head.post(page_of, sent).status_code == 302
    assert again(bill).state == BillState.SENT
    assert head.get(page_of).status_code == 200


def test_every_letter_can_be_set(bill: Bill, officers: tuple[Client, Client]) -> None:
    from habaring.revenue import collecting
    from habaring.revenue.actions import collecting as verbs
    from habaring.revenue.models import LetterCause

    walls.open_everywhere()
    eka = people.officer("Eka", region=bill.region, role="tax_head")
    for cause in (LetterCause.OBJECTION, LetterCause.APPEAL, LetterCause.FILING):
        told = verbs.Fine(cause, 30_000, 100_000, 30)
        verbs.fine(region=bill.region, bill=bill.id, fine=told, by=eka, at=now())
    rows = collecting.letter_lines(CollectionLetter.objects.all(), localdate(now()))
    assert letters.sheets(bill.region, rows).startswith(b"%PDF")
    fine = Bill.objects.filter(document="STPD").first()
    assert fine is not None
    head, _clerk = officers
    assert head.get(to("bill", fine.id)).status_code == 200
    page = Client().get(
        reverse("revenue:bill-later", args=["62.02", fine.number, fine.year, fine.seq])
    )
    assert page.status_code == 200
    assert "30" in page.content.decode()


def test_a_write_off_on_the_pages_needs_two_people(
    kotim: Region, alya: Person, officers: tuple[Client, Client]
) -> None:
    head, clerk = officers
    walls.open_everywhere()
    old = makers.owed(kotim, alya, year=2019, due_on=date(2019, 9, 30))
    assert "2019" in head.get(to("expiring")).content.decode()
    assert head.get(to("acknowledge", old.id)).status_code == 200
    late = {"day": localdate(now()).isoformat(), "text": "Surat nomor 5."}
    assert head.post(to("acknowledge", old.id), late).status_code == 422
    sent = {"kind": "expired", "basis": "SK 1 (contoh)", "reason": GOOD}
    assert head.post(to("expiring"), sent).status_code == 422
    assert head.post(to("expiring"), sent | {"pilih": [old.id]}).status_code == 302
    walls.open_everywhere()
    row = WriteOff.objects.get()
    page = to("write-off", row.pk)
    agree = {"deed": "agree", "text": GOOD}
    assert head.post(page, agree).status_code == 422
    assert clerk.post(page, {"deed": "agree", "text": ""}).status_code == 422
    assert clerk.post(page, agree).status_code == 302
    assert again(old).state == BillState.EXPIRED
    assert clerk.post(page, agree).status_code == 422
    assert clerk.post(page, {"deed": "restore", "reason": GOOD}).status_code == 302
    walls.open_everywhere()
    back = WriteOff.objects.get(undoes=row)
    assert head.post(to("write-off", back.pk), agree).status_code == 302
    assert again(old).state == BillState.ISSUED
    assert head.get(to("write-offs")).status_code == 200


def test_a_programme_on_the_pages_needs_two_people(
    bill: Bill, officers: tuple[Client, Client]
) -> None:
    head, clerk = officers
    on = localdate(now())
    terms = {
        "name": "Bebas denda (contoh)",
        "tax": "pbb",
        "first_year": on.year - 1,
        "last_year": on.year,
        "percent": 100,
        "begins_on": on.isoformat(),
        "ends_on": (on + timedelta(days=30)).isoformat(),
        "basis": "Perbup contoh",
    }
    assert head.get(to("propose-waiver")).status_code == 200
    wrong = terms | {"last_year": on.year - 2}
    assert head.post(to("propose-waiver"), wrong).status_code == 422
    assert head.post(to("propose-waiver"), terms).status_code == 302
    walls.open_everywhere()
    row = WaiverProgramme.objects.get()
    page = to("waiver", row.pk)
    agree = {"deed": "agree", "text": GOOD}
    assert head.post(page, agree).status_code == 422
    assert clerk.post(page, agree).status_code == 302
    shown = head.get(page).content.decode()
    assert "77.600" in shown
    assert head.post(page, {"deed": "stop", "text": GOOD}).status_code == 302
    assert head.get(to("waivers")).status_code == 200


def asked(bill: Bill, person: Person, kind: CaseKind, **values: int) -> Case:
    told = actions.Asked(kind, "Panen terlambat tahun ini.", values)
    filer = actions.Filer(account=person)
    return actions.file(
        region=bill.region, bill=bill.id, asked=told, filer=filer, at=now()
    )


def test_money_that_goes_back_waits_for_the_second_officer_on_the_page(
    bill: Bill, alya: Person, officers: tuple[Client, Client]
) -> None:
    head, clerk = officers
    makers.paid(bill, 200_000, now())
    case = asked(bill, alya, CaseKind.REFUND)
    decided = {"outcome": "granted", "text": GOOD, "amount": "50000"}
    assert head.post(to("decide-case", case.pk), decided).status_code == 302
    page = to("case", case.pk)
    assert "50.000" in clerk.get(page).content.decode()
    confirm = to("confirm-case", case.pk)
    assert head.post(confirm, {"deed": "confirm"}).status_code == 422
    assert clerk.post(confirm, {"deed": "back", "text": ""}).status_code == 422
    back = {"deed": "back", "text": "Nomor rekening belum ada."}
    assert clerk.post(confirm, back).status_code == 302
    assert head.post(to("decide-case", case.pk), decided).status_code == 302
    own = Client()
    own.force_login(alya)
    public = reverse("revenue:case", args=["62.02", case.pk])
    assert own.get(public).status_code == 200
    assert clerk.post(confirm, {"deed": "confirm"}).status_code == 302
    walls.open_everywhere()
    assert Case.objects.get(pk=case.pk).asked["paid_back"] == 50_000
    assert "50.000" in own.get(public).content.decode()


def test_a_broken_plan_is_ended_on_the_page(
    bill: Bill, alya: Person, officers: tuple[Client, Client]
) -> None:
    head, _clerk = officers
    case = asked(bill, alya, CaseKind.INSTALMENT, parts=3)
    first = localdate(now()) + timedelta(days=5)
    granted = {"outcome": "granted", "text": GOOD, "parts": 3, "first_on": first}
    assert head.post(to("decide-case", case.pk), granted).status_code == 302
    end = to("end-plan", case.pk)
    assert head.post(end, {"text": GOOD}).status_code == 422
    walls.open_everywhere()
    case.parts.filter(number=1).update(due_on=first - timedelta(days=10))
    assert "Siti Contoh" in head.get(to("plans")).content.decode()
    assert head.post(end, {"text": ""}).status_code == 422
    assert head.post(end, {"text": GOOD}).status_code == 302
    own = Client()
    own.force_login(alya)
    page = own.get(reverse("revenue:case", args=["62.02", case.pk]))
    assert GOOD in page.content.decode()
    walls.open_everywhere()
    assert Case.objects.get(pk=case.pk).state == CaseState.ENDED


def test_a_fine_is_demanded_on_the_page_of_a_lost_objection(
    bill: Bill, alya: Person, officers: tuple[Client, Client]
) -> None:
    head, _clerk = officers
    Bill.objects.filter(id=bill.id).update(issued_at=now())
    case = asked(again(bill), alya, CaseKind.OBJECTION)
    refused = {"outcome": "refused", "text": "Luas sudah diukur ulang."}
    assert head.post(to("decide-case", case.pk), refused).status_code == 302
    fine = to("case-fine", case.pk)
    assert head.post(fine, {"deed": "fine"}).status_code == 422
    assert head.post(fine, {"deed": "appeal", "outcome": "lost"}).status_code == 422
    lost = {"deed": "appeal", "outcome": "lost", "text": "Putusan nomor 5."}
    assert head.post(fine, lost).status_code == 302
    assert head.get(to("case", case.pk)).status_code == 200
    assert head.post(fine, {"deed": "fine"}).status_code == 302
    walls.open_everywhere()
    assert CollectionLetter.objects.get().principal == 46_560
    assert head.get(to("case", case.pk)).status_code == 200


def test_the_desk_tells_what_waits(
    bill: Bill, alya: Person, officers: tuple[Client, Client]
) -> None:
    from habaring.people.access import Power

    walls.open_everywhere()
    asked(bill, alya, CaseKind.CORRECTION)
    dian = people.officer("Dian", region=bill.region, role="tax_head")
    who = Asked(
        region=bill.region,
        account=dian,
        powers=frozenset({Power.DECIDE_TAX_CASES}),
        on=localdate(now()),
    )
    lines = things.told(who, case_things.LINES)
    assert len(lines) == 2
    nobody = Asked(dian, bill.region, frozenset(), who.on)
    assert not things.told(nobody, case_things.LINES)
