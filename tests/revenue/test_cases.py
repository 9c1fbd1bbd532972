"""Requests about bills: what each decision does to the bill and the books."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing, ledger, remedies
from habaring.revenue.actions import cases as actions
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Case,
    CaseKind,
    CaseState,
    Posting,
    Source,
)
from habaring.shared import walls
from tests import makers as people
from tests.revenue import makers
from tests.revenue.makers import AT

pytestmark = pytest.mark.django_db
ON = date(2026, 1, 6)
NEXT = AT + timedelta(days=1)


@pytest.fixture
def bill(kotim: Region, alya: Person) -> Bill:
    walls.open_everywhere()
    owner = makers.taxpayer(kotim, account=alya)
    made = makers.bill(kotim, makers.object(kotim, owner))
    line = ledger.Line(Account.RECEIVABLE, Account.TAX, made.amount, "pbb")
    ledger.post(
        region=kotim.code,
        day=ON,
        lines=[line],
        source=Source.BILL,
        source_key=str(made.id),
        at=AT,
    )
    return Bill.objects.get(region=kotim, id=made.id)


def file(bill: Bill, kind: CaseKind, person: Person | None, **values: int) -> Case:
    asked = actions.Asked(kind, "Luas tanah saya salah dicatat.", values)
    filer = actions.Filer(account=person)
    return actions.file(
        region=bill.region, bill=bill.id, asked=asked, filer=filer, at=NEXT
    )


def decide(case: Case, by: Person, **more: Any) -> Case:
    """Decide it; what gives money away is confirmed by a second officer."""
    told = {"outcome": CaseState.GRANTED, "text": "Sesuai hasil ukur ulang."} | more
    at = NEXT + timedelta(days=2)
    decision = actions.Decision(**told)
    row = actions.decide(
        region=case.region, case=case.pk, decision=decision, by=by, at=at
    )
    if row.state != CaseState.PROPOSED:
        return row
    other = people.officer("Dian", region=case.region, role="tax_officer")
    return actions.confirm(region=case.region, case=case.pk, by=other, at=at)


def again(bill: Bill) -> Bill:
    return Bill.objects.get(region=bill.region_id, id=bill.id)


def balance(region: Region, account: Account) -> int:
    """Debits less credits."""
    rows = Posting.objects.filter(region=region)
    debit = sum(rows.filter(debit=account).values_list("amount", flat=True))
    return debit - sum(rows.filter(credit=account).values_list("amount", flat=True))


def pay(bill: Bill, amount: int, reference: str = "r1") -> None:
    notice = ledger.Notice(
        bill.region_id, "va:bank", reference, bill.id, amount, NEXT, b"x" * 32
    )
    assert ledger.pay(notice, at=NEXT, day=ON).outcome == "posted"


def test_an_objection_holds_the_bill_and_lowers_it(
    bill: Bill, alya: Person, head: Person
) -> None:
    case = file(bill, CaseKind.OBJECTION, alya, land_m2=200)
    assert again(bill).state == BillState.OBJECTION
    assert case.due_on == date(2027, 1, 6)
    facts = {**bill.facts, "land_m2": 200}
    decide(case, head, facts=facts)
    now = again(bill)
    # 200 m2 x 400,000 + 84,000,000 less 10,000,000, 40 %, 0.1 %
    assert now.amount == 61_600
    assert now.state == BillState.ISSUED
    assert assessing.steps_of(now).payable == now.amount
    assert Case.objects.get(pk=case.pk).change == -16_000
    assert balance(bill.region, Account.RECEIVABLE) == 61_600
    assert balance(bill.region, Account.REDUCTION) == 16_000


def test_what_was_paid_before_is_owed_back_and_paid_back_once(
    bill: Bill, alya: Person, head: Person
) -> None:
    pay(bill, bill.amount)
    case = file(bill, CaseKind.CORRECTION, alya)
    decide(case, head, amount=60_000)
    row = again(bill)
    assert remedies.refundable(row) == 17_600
    refund = file(row, CaseKind.REFUND, alya)
    with pytest.raises(actions.CaseRefused, match="17"):
        decide(refund, head, amount=17_601)
    decide(refund, head)
    assert remedies.refundable(again(bill)) == 0
    assert balance(bill.region, Account.OVERPAID) == 0
    assert CaseKind.REFUND not in remedies.can_ask(again(bill), ON)


def test_instalments_share_out_every_rupiah_and_move_the_due_date(
    bill: Bill, alya: Person, head: Person
) -> None:
    case = file(bill, CaseKind.INSTALMENT, alya, parts=3)
    decide(case, head, parts=3, first_on=date(2026, 2, 10))
    parts = list(case.parts.order_by("number"))
    assert [part.amount for part in parts] == [25_867, 25_867, 25_866]
    # 0.6 % of 77,600, of 51,733, of 25,866, rounded down
    assert [part.interest for part in parts] == [465, 310, 155]
    assert [part.due_on for part in parts][-1] == date(2026, 4, 10)
    now = again(bill)
    assert (now.state, now.due_on) == (BillState.INSTALMENT, date(2026, 4, 10))
    assert now.amount == bill.amount + 930
    assert balance(bill.region, Account.INTEREST) == -930
    assert balance(bill.region, Account.TAX) == -bill.amount


def test_a_waiver_for_one_bill_leaves_the_others_alone(
    bill: Bill, alya: Person, head: Person
) -> None:
    other = makers.bill(bill.region, makers.object(bill.region, bill.taxpayer))
    late = date(2026, 12, 10)
    Bill.objects.filter(region=bill.region_id).update(due_on=date(2026, 1, 1))
    case = file(bill, CaseKind.WAIVER, alya)
    decide(case, head, percent=100, until=date(2026, 12, 31))
    waivers = assessing.waivers_of(bill.region_id, late, [bill.id, other.id])
    assert assessing.owed_on(again(bill), late, waivers=waivers).interest == 0
    assert assessing.owed_on(again(other), late, waivers=waivers).interest > 0
    assert assessing.waivers_of(bill.region_id, late, [other.id]) == []


def test_refusing_leaves_the_bill_and_tells_the_person(
    bill: Bill,
    alya: Person,
    head: Person,
    django_capture_on_commit_callbacks: Any,
) -> None:
    case = file(bill, CaseKind.OBJECTION, alya)
    with django_capture_on_commit_callbacks(execute=True):
        decide(case, head, outcome=CaseState.REFUSED, text="Luas sudah diukur ulang.")
    now = again(bill)
    assert (now.amount, now.state) == (bill.amount, BillState.ISSUED)
    if alya.email:
        assert "Luas sudah diukur ulang." in mail.outbox[-1].body


def test_who_entered_it_does_not_decide_it(bill: Bill, head: Person) -> None:
    asked = actions.Asked(CaseKind.CORRECTION, "Nama pemilik sudah berganti.", {})
    case = actions.file(
        region=bill.region,
        bill=bill.id,
        asked=asked,
        filer=actions.Filer(officer=head),
        at=NEXT,
    )
    with pytest.raises(actions.CaseRefused):
        decide(case, head, amount=1)
    assert Case.objects.get(pk=case.pk).state == CaseState.FILED


def test_too_late_twice_and_without_a_reason_are_refused(
    bill: Bill, alya: Person
) -> None:
    file(bill, CaseKind.CORRECTION, alya)
    with pytest.raises(actions.CaseRefused, match=r"already|sudah"):
        file(bill, CaseKind.CORRECTION, alya)
    with pytest.raises(actions.CaseRefused):
        file(bill, CaseKind.REFUND, alya)  # nothing was paid too much
    asked = actions.Asked(CaseKind.OBJECTION, "salah", {})
    filer = actions.Filer(account=alya)
    with pytest.raises(actions.CaseRefused):
        actions.file(region=bill.region, bill=bill.id, asked=asked, filer=filer, at=AT)
    late = AT + timedelta(days=120)
    asked = actions.Asked(CaseKind.OBJECTION, "Luas tanah saya salah.", {})
    with pytest.raises(actions.CaseRefused):
        actions.file(
            region=bill.region, bill=bill.id, asked=asked, filer=filer, at=late
        )
    assert Case.objects.count() == 1


def test_an_objection_never_raises_a_bill(
    bill: Bill, alya: Person, head: Person
) -> None:
    case = file(bill, CaseKind.OBJECTION, alya)
    with pytest.raises(actions.CaseRefused):
        decide(case, head, amount=bill.amount + 1)


def test_the_same_day_of_a_later_month_or_its_last() -> None:
    assert remedies.months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert remedies.months_after(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert remedies.months_after(date(2026, 10, 5), 3) == date(2027, 1, 5)


def test_a_person_asks_with_a_picture_is_asked_for_more_and_takes_it_back(
    client: Client, bill: Bill, alya: Person, head: Person, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(alya)
    code = bill.region_id
    page = client.get(reverse("revenue:ask-choose", args=[code, bill.id]))
    assert page.status_code == 200
    to = reverse("revenue:ask", args=[code, bill.id, "correction"])
    picture = SimpleUploadedFile("sertifikat.pdf", b"%PDF-1.4\n%contoh\n%%EOF\n")
    sent = {"reason": "Luas tanah di sertifikat 200 meter.", "land_m2": "200"}
    answer = client.post(to, {**sent, "file_1": picture})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    walls.open_everywhere()
    case = Case.objects.get()
    assert case.asked["land_m2"] == 200
    upload = case.documents.get()
    back = client.get(reverse("revenue:case-document", args=[code, case.pk, upload.pk]))
    assert b"".join(back.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    walls.open_everywhere()
    actions.ask_for_more(
        region=bill.region,
        case=case.pk,
        text="Foto sertifikat halaman dua.",
        by=head,
        at=NEXT,
    )
    page = client.get(reverse("revenue:case", args=[code, case.pk]))
    assert "Foto sertifikat halaman dua." in page.content.decode()
    client.post(reverse("revenue:case-withdraw", args=[code, case.pk]))
    walls.open_everywhere()
    assert Case.objects.get().state == CaseState.WITHDRAWN
    assert again(bill).state == BillState.ISSUED


def test_somebody_else_sees_neither_bill_nor_request(
    client: Client, bill: Bill, alya: Person
) -> None:
    case = file(bill, CaseKind.OBJECTION, alya)
    client.force_login(people.account("Dodi"))
    code = bill.region_id
    for name, ids in (("ask-choose", [bill.id]), ("case", [case.pk])):
        assert (
            client.get(reverse(f"revenue:{name}", args=[code, *ids])).status_code == 404
        )


def test_the_office_sees_the_queue_and_decides_on_the_page(
    client: Client, bill: Bill, alya: Person, head: Person
) -> None:
    case = file(bill, CaseKind.OBJECTION, alya, land_m2=200)
    client.force_login(head)
    code = bill.region_id
    queue = client.get(reverse("revenue-work:cases", args=[code]))
    assert "Siti Contoh" in queue.content.decode()
    page = client.get(reverse("revenue-work:case", args=[code, case.pk]))
    assert page.status_code == 200
    to = reverse("revenue-work:decide-case", args=[code, case.pk])
    bad = client.post(to, {"outcome": "granted", "text": "ya"})
    assert bad.status_code == 422
    sent = {"outcome": "granted", "text": "Sesuai sertifikat.", "land_m2": "200"}
    good = client.post(
        to,
        sent
        | {"land_value": "400000", "building_m2": "70", "building_value": "1200000"},
    )
    assert good.status_code == 302, good.content.decode()[-2000:]
    walls.open_everywhere()
    assert again(bill).amount == 61_600
