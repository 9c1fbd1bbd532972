"""Rules of two people; value classes; what a rule says beside another."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from habaring.revenue import assessing, rule_examples, rulebook
from habaring.revenue.actions import rules
from habaring.revenue.models import RuleState, TaxRule, ValueClass
from tests import makers as people
from tests.revenue import makers

if TYPE_CHECKING:
    from django.test import Client

    from habaring.people.models import Account
    from habaring.regions.models import Region

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)
REASON = "Perda baru dibatalkan gubernur."
NEXT = makers.rule_text().replace("2024-01-05", "2027-01-01")


@pytest.fixture
def sari(kotim: "Region") -> "Account":
    return people.officer("Sari", region=kotim, role="tax_officer")


@pytest.fixture
def hendra(kotim: "Region") -> "Account":
    return people.officer("Hendra", region=kotim, role="tax_head")


def proposed(region: "Region", by: "Account", text: str = "") -> TaxRule:
    return rules.propose(region=region, text=text or makers.rule_text(), by=by, at=AT)


def test_a_rule_holds_once_a_second_person_approved_it(
    kotim: "Region", sari: "Account", hendra: "Account"
) -> None:
    row = proposed(kotim, sari)
    with pytest.raises(assessing.NoRule):
        assessing.in_force(kotim, "pbb", date(2026, 1, 1))
    rules.approve(rule=row, by=hendra, at=AT)
    assert assessing.in_force(kotim, "pbb", date(2026, 1, 1)) == row


def test_the_proposer_never_approves(kotim: "Region", sari: "Account") -> None:
    row = proposed(kotim, sari)
    with pytest.raises(rules.RuleRefused):
        rules.approve(rule=row, by=sari, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRule.objects.filter(pk=row.pk).update(state="approved", decided_by=sari)
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRule.objects.filter(pk=row.pk).update(state="approved")


def test_what_a_rule_says_cannot_be_changed(kotim: "Region") -> None:
    row = makers.rule(kotim)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        TaxRule.objects.filter(pk=row.pk).update(text="lain")


def test_everything_wrong_is_named_at_once(kotim: "Region", sari: "Account") -> None:
    text = makers.rule_text().replace("percent = 0.2\n", "percent = 0.9\n")
    text = text.replace('tax = "pbb"', 'tax = "pbb"\nsalah = 1')
    with pytest.raises(rules.RuleNotRead) as refused:
        proposed(kotim, sari, text)
    assert refused.value.count == len(refused.value.problems) > 0
    assert not TaxRule.objects.exists()
    with pytest.raises(rules.RuleNotRead) as refused:
        proposed(kotim, sari, makers.rule_text().replace('"62.02"', '"62.01"'))
    assert "62.01" in str(refused.value.problems[0].message)


def test_a_new_rule_ends_the_one_before(
    kotim: "Region", sari: "Account", hendra: "Account"
) -> None:
    old = makers.rule(kotim)
    new = proposed(kotim, sari, NEXT)
    rules.approve(rule=new, by=hendra, at=AT)
    old.refresh_from_db()
    assert old.ends_on == date(2026, 12, 31)
    assert assessing.in_force(kotim, "pbb", date(2026, 12, 31)) == old
    assert assessing.in_force(kotim, "pbb", date(2027, 1, 1)) == new
    rules.withdraw(rule=new, reason=REASON, by=sari, at=AT)
    assert assessing.in_force(kotim, "pbb", date(2027, 1, 1)) == old


def test_two_rules_never_hold_on_one_day(
    kotim: "Region", sari: "Account", hendra: "Account"
) -> None:
    later = makers.rule(kotim, text=NEXT, begins_on=date(2027, 1, 1))
    row = proposed(kotim, sari)
    with pytest.raises(rules.RuleRefused, match=later.bylaw[:5]):
        rules.approve(rule=row, by=hendra, at=AT)


def test_a_refused_rule_keeps_its_reason(
    kotim: "Region", sari: "Account", hendra: "Account"
) -> None:
    row = proposed(kotim, sari)
    with pytest.raises(rules.RuleRefused):
        rules.refuse(rule=row, reason="", by=hendra, at=AT)
    rules.refuse(rule=row, reason=REASON, by=hendra, at=AT)
    row.refresh_from_db()
    assert (row.state, row.reason) == (RuleState.REFUSED, REASON)
    assert proposed(kotim, sari).pk != row.pk


def test_rules_beside_each_other_mark_what_differs() -> None:
    from habaring.engines import taxing

    now = taxing.read_rules(makers.rule_text())
    text = NEXT.replace("amount = 10_000_000", "amount = 12_000_000")
    found = rulebook.compared(now, taxing.read_rules(text))
    marked = [line for part in found for line in part.lines if line.differs]
    assert [line.proposed.value for line in marked if line.proposed] == [
        line.proposed.value
        for line in marked
        if line.proposed and "12.000.000" in line.proposed.value
    ]
    assert len(marked) == 1


def test_classes_keep_their_history(kotim: "Region", sari: "Account") -> None:
    def record(*rows: tuple[str, int, int]) -> rules.Recorded:
        values = [rules.ClassValue("land", *row, "Keputusan contoh") for row in rows]
        return rules.record_classes(region=kotim, rows=values, by=sari, at=AT)

    record(("A32", 2020, 400_000))
    told = record(("A32", 2020, 400_000), ("A32", 2026, 500_000))
    assert (told.new, told.changed, told.unchanged) == (1, 0, 1)
    assert assessing.class_values("62.02", 2025)["land", "A32"] == 400_000
    assert assessing.class_values("62.02", 2026)["land", "A32"] == 500_000
    (line,) = rulebook.class_lines(kotim, 2026)
    assert line.before is not None
    assert str(line.change) == "0.25"
    assert ValueClass.objects.count() == 2


def test_an_officer_proposes_and_the_head_approves_on_screen(
    kotim: "Region", sari: "Account", hendra: "Account", client: "Client"
) -> None:
    client.force_login(sari)
    room = "/ruang-kerja/62.02/pajak/aturan/"
    sent = client.post(f"{room}usul/", {"text": makers.rule_text()})
    row = TaxRule.objects.get()
    assert sent.status_code == 302
    assert client.post(f"{room}{row.pk}/", {"deed": "approve"}).status_code == 422
    client.force_login(hendra)
    assert client.post(f"{room}{row.pk}/", {"deed": "approve"}).status_code == 302
    page = client.get("/daerah/62.02/pajak/aturan/pbb/").content.decode()
    assert "UU 1/2022" in page
    assert "contoh" in page


def test_a_proposed_rule_is_not_public(kotim: "Region", client: "Client") -> None:
    makers.rule(kotim, state=RuleState.PROPOSED)
    assert client.get("/daerah/62.02/pajak/aturan/pbb/").status_code == 404


def test_a_region_without_rules_begins_from_an_example(
    kotim: "Region", sari: "Account", client: "Client"
) -> None:
    for tax in rule_examples.taxes():
        text = rule_examples.text(tax, kotim, on=AT.date())
        row = proposed(kotim, sari, text)
        assert row.illustrative
        assert row.begins_on == date(2026, 1, 1)
    assert len(rule_examples.taxes()) == 13
    assert rule_examples.text("../62.02/pbb", kotim, on=AT.date()) == ""
    client.force_login(sari)
    page = client.get("/ruang-kerja/62.02/pajak/aturan/usul/?contoh=bphtb")
    assert "tax = &quot;bphtb&quot;" in page.content.decode()
