"""A year's run: what it bills, what it holds back, that nothing is billed twice."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from django.db.models import Sum

from habaring.engines.taxing import _many
from habaring.revenue import assessing, issuing
from habaring.revenue.actions import bills as acts
from habaring.revenue.actions import issue as runs
from habaring.revenue.models import (
    Bill,
    BillState,
    Issue,
    IssuePart,
    IssueState,
    Posting,
    TaxObject,
)
from tests import makers as people
from tests.revenue import makers

if TYPE_CHECKING:
    from habaring.people.models import Account
    from habaring.regions.models import Region

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)
DUE = date(2026, 9, 30)
REASON = "Sudah diperiksa di lapangan."


def clock() -> datetime:
    return AT


@pytest.fixture
def sari(kotim: "Region") -> "Account":
    return people.officer("Sari", region=kotim, role="tax_officer")


def prepared(region: "Region", *, review_percent: int = 50) -> Issue:
    plan = runs.Plan(2026, DUE, review_percent)
    issue = runs.prepare(region=region, plan=plan, by=None, at=AT)
    issuing.forecast(issue=issue.pk, region=region.code, clock=clock)
    issue.refresh_from_db()
    return issue


def issued(region: "Region", *, review_percent: int = 50) -> Issue:
    issue = prepared(region, review_percent=review_percent)
    runs.start(issue=issue, by=None, at=AT)
    assert issuing.run(issue=issue.pk, region=region.code, clock=clock)
    issue.refresh_from_db()
    return issue


def two_villages(region: "Region") -> list[TaxObject]:
    makers.rule(region)
    makers.classes(region)
    owner = makers.taxpayer(region)
    return [
        makers.object(region, owner),
        makers.object(region, owner, number="620207000200100010", land_m2=900),
        makers.object(region, use="worship"),
        makers.object(region, land_m2=20_000, building_m2=0, use="food"),
    ]


def posted(region: "Region") -> int:
    rows = Posting.objects.filter(region=region, debit="1.1.4")
    return int(rows.aggregate(n=Sum("amount"))["n"])


def test_a_forecast_writes_no_bill_and_says_what_the_run_will_come_to(
    kotim: "Region",
) -> None:
    two_villages(kotim)
    issue = prepared(kotim)
    told = issuing.numbers_of(issue)
    assert (told.objects, told.bills, told.held, told.unready) == (4, 4, 0, 0)
    assert issue.objects_counted == 4
    assert not Bill.objects.exists()
    runs.start(issue=issue, by=None, at=AT)
    issuing.run(issue=issue.pk, region="62.02", clock=clock)
    assert issuing.numbers_of(issue).total == told.total > 0


def test_the_run_bills_every_object_by_its_facts_and_posts_the_sum(
    kotim: "Region",
) -> None:
    two_villages(kotim)
    issue = issued(kotim)
    bills = list(Bill.objects.filter(region=kotim).select_related("rule"))
    assert len(bills) == 4
    for bill in bills:
        assert assessing.steps_of(bill).payable == bill.amount
        assert (bill.issue_id, bill.due_on, bill.state) == (issue.pk, DUE, "issued")
    assert posted(kotim) == sum(bill.amount for bill in bills)
    assert issue.state == IssueState.DONE
    assert issue.ended_at == AT


def test_what_a_run_bills_is_what_a_single_assessment_gives(kotim: "Region") -> None:
    objects = two_villages(kotim)
    issued(kotim)
    for obj in objects:
        bill = Bill.objects.get(region=kotim, number=obj.number)
        facts = assessing.facts_of(obj, 2026)
        assert bill.facts == facts
        assert (
            assessing.assess(bill.rule, facts, on=date(2026, 1, 1)).payable
            == bill.amount
        )


def test_the_villages_of_a_large_run_are_no_small_rolls(
    kotim: "Region", monkeypatch: pytest.MonkeyPatch
) -> None:
    two_villages(kotim)
    issue = prepared(kotim)
    runs.start(issue=issue, by=None, at=AT)
    most = max(part.objects_counted for part in issue.parts.all())
    assert most < issue.objects_counted
    monkeypatch.setattr(_many, "FEW", most)
    monkeypatch.setattr(_many, "_one_by_one", None)
    assert issuing.run(issue=issue.pk, region=kotim.code, clock=clock)
    for bill in Bill.objects.filter(region=kotim):
        assert assessing.steps_of(bill).total == bill.amount


def test_a_taxpayer_has_the_deduction_once_in_the_region(kotim: "Region") -> None:
    small, large, *_ = two_villages(kotim)
    issued(kotim)
    first = {
        bill.number: bill.facts["first"] for bill in Bill.objects.filter(region=kotim)
    }
    assert (first[small.number], first[large.number]) == (False, True)


def test_the_deduction_stays_decided_when_a_run_goes_on(kotim: "Region") -> None:
    small, large, *_ = two_villages(kotim)
    issue = prepared(kotim)
    runs.start(issue=issue, by=None, at=AT)
    part = IssuePart.objects.get(issue=issue, prefix=large.number[:10])
    issuing.issue_part(issue, part, at=AT)
    TaxObject.objects.filter(pk=small.pk).update(land_m2=90_000)
    issuing.run(issue=issue.pk, region="62.02", clock=clock)
    first = {
        bill.number: bill.facts["first"] for bill in Bill.objects.filter(region=kotim)
    }
    assert (first[small.number], first[large.number]) == (False, True)


def test_a_bill_that_changed_too_much_waits_and_is_not_in_the_books(
    kotim: "Region",
) -> None:
    obj, *_ = two_villages(kotim)
    makers.bill(kotim, obj, year=2025, amount=20_000)
    issue = issued(kotim, review_percent=50)
    bill = Bill.objects.get(region=kotim, number=obj.number, year=2026)
    assert (bill.state, bill.before) == (BillState.REVIEW, 20_000)
    told = issuing.numbers_of(issue)
    assert (told.bills, told.held, told.before) == (4, 1, 20_000)
    others = Bill.objects.filter(region=kotim, year=2026).exclude(id=bill.id)
    assert posted(kotim) == others.aggregate(n=Sum("amount"))["n"] == told.total


def test_a_change_of_just_the_percentage_does_not_wait(kotim: "Region") -> None:
    obj, *_ = two_villages(kotim)
    issued_amount = 81_600  # its deduction is on the larger object
    makers.bill(kotim, obj, year=2025, amount=issued_amount // 3 * 2)
    issued(kotim, review_percent=50)
    bill = Bill.objects.get(region=kotim, number=obj.number, year=2026)
    assert (bill.amount, bill.state) == (issued_amount, BillState.ISSUED)


def test_an_object_without_a_value_is_named_and_left_out(kotim: "Region") -> None:
    two_villages(kotim)
    makers.object(kotim, land_class="Z99")
    makers.object(kotim, use="castle")
    issue = issued(kotim)
    assert issuing.numbers_of(issue).unready == 2
    assert Bill.objects.filter(region=kotim).count() == 4


def test_running_twice_bills_once(kotim: "Region") -> None:
    two_villages(kotim)
    issue = issued(kotim)
    before = posted(kotim)
    IssuePart.objects.filter(issue=issue).update(done_at=None)
    Issue.objects.filter(pk=issue.pk).update(state=IssueState.RUNNING)
    issuing.run(issue=issue.pk, region="62.02", clock=clock)
    assert Bill.objects.filter(region=kotim).count() == 4
    assert posted(kotim) == before


def test_a_year_has_one_run(kotim: "Region", sari: "Account") -> None:
    two_villages(kotim)
    issue = prepared(kotim)
    with pytest.raises(runs.CannotIssue, match="2026"):
        prepared(kotim)
    runs.call_off(issue=issue, reason=REASON, by=sari, at=AT)
    assert prepared(kotim).pk != issue.pk


def test_nothing_is_issued_without_a_rule(kotim: "Region") -> None:
    with pytest.raises(assessing.NoRule):
        prepared(kotim)


def test_a_run_that_was_stopped_goes_on(kotim: "Region", sari: "Account") -> None:
    two_villages(kotim)
    issue = prepared(kotim)
    runs.start(issue=issue, by=sari, at=AT)
    runs.stop(issue=issue, by=sari, at=AT)
    assert not issuing.run(issue=issue.pk, region="62.02", clock=clock)
    assert not Bill.objects.filter(region=kotim).exists()
    runs.go_on(issue=issue, by=sari, at=AT)
    assert issuing.run(issue=issue.pk, region="62.02", clock=clock)
    assert Bill.objects.filter(region=kotim).count() == 4


def test_a_run_cannot_start_before_it_was_reckoned(kotim: "Region") -> None:
    two_villages(kotim)
    plan = runs.Plan(year=2026, due_on=DUE)
    issue = runs.prepare(region=kotim, plan=plan, by=None, at=AT)
    with pytest.raises(runs.CannotIssue):
        runs.start(issue=issue, by=None, at=AT)


# Bills that are there


def held(region: "Region") -> Bill:
    obj, *_ = two_villages(region)
    makers.bill(region, obj, year=2025, amount=20_000)
    issued(region)
    return Bill.objects.get(region=region, number=obj.number, year=2026)


def test_a_released_bill_enters_the_books(kotim: "Region", sari: "Account") -> None:
    bill = held(kotim)
    before = posted(kotim)
    acts.release(region=kotim, bills=[bill.id], reason=REASON, by=sari, at=AT)
    bill.refresh_from_db()
    assert bill.state == BillState.ISSUED
    assert posted(kotim) - before == bill.amount
    told = issuing.numbers_of(Issue.objects.get())
    assert (told.held, told.total) == (0, posted(kotim))


def test_a_held_bill_is_reckoned_again_from_the_mended_register(
    kotim: "Region", sari: "Account"
) -> None:
    bill = held(kotim)
    before = posted(kotim)
    TaxObject.objects.filter(pk=bill.object_id).update(land_m2=100)
    one = [bill.id]
    assert acts.reckon_again(region=kotim, bills=one, reason=REASON, by=sari, at=AT)
    bill.refresh_from_db()
    assert bill.facts["land_m2"] == 100
    assert assessing.steps_of(bill).payable == bill.amount == posted(kotim) - before


def test_a_bill_is_not_released_twice_nor_without_a_reason(
    kotim: "Region", sari: "Account"
) -> None:
    bill = held(kotim)
    with pytest.raises(runs.CannotIssue):
        acts.release(region=kotim, bills=[bill.id], reason=" ", by=sari, at=AT)
    acts.release(region=kotim, bills=[bill.id], reason=REASON, by=sari, at=AT)
    with pytest.raises(runs.CannotIssue):
        acts.release(region=kotim, bills=[bill.id], reason=REASON, by=sari, at=AT)


def test_a_cancelled_bill_is_taken_out_of_the_books(
    kotim: "Region", sari: "Account"
) -> None:
    two_villages(kotim)
    issued(kotim)
    bill = Bill.objects.filter(region=kotim, amount__gt=0).latest("id")
    row = acts.cancel(region=kotim, bill=bill.id, reason=REASON, by=sari, at=AT)
    assert row.state == BillState.CANCELLED
    back = Posting.objects.get(region=kotim, source="bill", source_key=str(bill.id))
    assert (back.credit, back.amount) == ("1.1.4", bill.amount)
    obj = TaxObject.objects.get(pk=bill.object_id)
    new = acts.issue_one(obj=obj, year=2026, due_on=DUE, by=sari, at=AT)
    assert (new.seq, new.amount) == (1, bill.amount)


def test_a_paid_bill_is_not_cancelled(kotim: "Region", sari: "Account") -> None:
    bill = makers.bill(kotim, received=1_000)
    with pytest.raises(runs.CannotIssue):
        acts.cancel(region=kotim, bill=bill.id, reason=REASON, by=sari, at=AT)


def test_only_issued_bills_are_delivered(kotim: "Region", sari: "Account") -> None:
    one, other = makers.bill(kotim), makers.bill(kotim, state=BillState.CANCELLED)
    both = [one.id, other.id]
    assert acts.deliver(region=kotim, bills=both, by=sari, at=AT) == 1
    one.refresh_from_db()
    assert one.state == BillState.SENT


def test_an_object_registered_later_gets_its_bill_once(kotim: "Region") -> None:
    two_villages(kotim)
    issued(kotim)
    late = makers.object(kotim)
    bill = acts.issue_one(obj=late, year=2026, due_on=DUE, by=None, at=AT)
    assert bill.amount == makers.AMOUNT
    with pytest.raises(runs.CannotIssue):
        acts.issue_one(obj=late, year=2026, due_on=DUE, by=None, at=AT)
