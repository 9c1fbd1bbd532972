"""The vault: what may be put, who judges, what a year begins with."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from habaring.evidence import actions, queries, words
from habaring.evidence.actions import EvidenceRefused, VerdictRefused
from habaring.evidence.models import Verdict
from habaring.people.access import Extent
from habaring.shared.models import AuditEntry
from tests import makers as people
from tests.evidence.makers import evidence, paper

if TYPE_CHECKING:
    from habaring.people.models import Account
    from habaring.regions.models import Region


def test_a_file_is_kept_by_its_checksum_and_audited(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = evidence(kotim, budi, at, year=2025, valid_until=date(2027, 1, 1))
    assert len(row.sha256) == 64
    assert row.verdict == words.WAITING
    assert AuditEntry.objects.get(verb="evidence.evidence.put").region_code == "62.02"


def test_the_same_bytes_twice_are_shown_not_refused(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    first = evidence(kotim, budi, at, upload=paper(words="sama"))
    second = evidence(kotim, budi, at, title="Lain", upload=paper(words="sama"))
    assert list(queries.twins(kotim, second.sha256, but=second.pk)) == [first]
    assert queries.doubled(kotim) == {first.sha256}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"kind": "rumour"},
        {"year": 1990},
        {"valid_from": date(2026, 5, 1), "valid_until": date(2026, 4, 1)},
    ],
)
def test_what_makes_no_sense_is_refused(
    kotim: "Region", budi: "Account", at: datetime, wrong: dict[str, object]
) -> None:
    with pytest.raises(EvidenceRefused):
        evidence(kotim, budi, at, **{"upload": paper(), **wrong})


def test_an_officer_puts_evidence_for_their_own_department_alone(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    with pytest.raises(EvidenceRefused):
        evidence(kotim, budi, at, within=Extent(departments=frozenset({1})))


def test_nobody_judges_their_own_evidence(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = evidence(kotim, budi, at)
    with pytest.raises(VerdictRefused):
        actions.judge(by=budi, at=at, evidence=row, valid=True, reason="Lengkap")
    assert not Verdict.objects.exists()


def test_a_verdict_has_a_reason_and_is_never_changed(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = evidence(kotim, budi, at)
    dewi = people.officer("Dewi", region=kotim, role="inspector")
    with pytest.raises(VerdictRefused):
        actions.judge(by=dewi, at=at, evidence=row, valid=True, reason=" ")
    said = actions.judge(
        by=dewi, at=at, evidence=row, valid=False, reason="Tanpa tanda tangan"
    )
    row.refresh_from_db()
    assert row.verdict == words.REFUSED
    with pytest.raises(IntegrityError, match="only appended"), transaction.atomic():
        Verdict.objects.filter(pk=said.pk).update(reason="lain")


def test_mending_asks_for_another_look(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = evidence(kotim, budi, at)
    dewi = people.officer("Dewi", region=kotim, role="inspector")
    actions.judge(by=dewi, at=at, evidence=row, valid=True, reason="Lengkap")
    mended = actions.mend(
        by=budi,
        at=at,
        evidence=row,
        kind="decree",
        title="SK",
        details=actions.Details(),
    )
    assert mended.verdict == words.WAITING


def test_what_ran_out_proves_nothing(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = evidence(kotim, budi, at, valid_until=date(2026, 1, 1))
    with pytest.raises(EvidenceRefused):
        actions.link(by=budi, at=at, evidence=row, thing="readiness", key="a")
    dewi = people.officer("Dewi", region=kotim, role="inspector")
    with pytest.raises(VerdictRefused):
        actions.judge(by=dewi, at=at, evidence=row, valid=True, reason="Lengkap")


def test_the_meter_counts_each_key_by_its_best_proof(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    dewi = people.officer("Dewi", region=kotim, role="inspector")

    def proves(key: str, *, valid: bool | None) -> None:
        row = evidence(kotim, budi, at, title=f"{key} {valid}")
        actions.link(by=budi, at=at, evidence=row, thing="t", key=key)
        if valid is not None:
            actions.judge(by=dewi, at=at, evidence=row, valid=valid, reason="Dilihat")

    proves("a", valid=False)
    proves("a", valid=True)
    proves("b", valid=None)
    proves("c", valid=False)
    meter = queries.meter(kotim, "t", ["a", "b", "c", "d"], on=at.date())
    assert (meter.valid, meter.waiting) == (("a",), ("b",))
    assert (meter.refused, meter.missing) == (("c",), ("d",))
    assert not meter.complete
    assert meter.share_valid == 0.25


def test_a_year_begins_from_the_verdicts_of_the_last(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    dewi = people.officer("Dewi", region=kotim, role="inspector")
    good = evidence(kotim, budi, at, title="Perbup")
    bad = evidence(kotim, budi, at, title="Notulen")
    over = evidence(kotim, budi, at, title="SK", valid_until=date(2026, 12, 31))
    for row in (good, bad, over):
        actions.link(by=budi, at=at, evidence=row, thing="readiness", key="2026/1")
    actions.judge(by=dewi, at=at, evidence=good, valid=True, reason="Berlaku")
    actions.judge(by=dewi, at=at, evidence=bad, valid=False, reason="Tanpa tanggal")
    later = at + timedelta(days=120)
    carried = actions.carry(
        by=budi,
        at=later,
        region=kotim,
        thing="readiness",
        keys={"2026/1": "2027/1"},
    )
    assert carried.links == 1
    assert {one.pk for one in carried.left} == {bad.pk, over.pk}
    (proof,) = queries.of(kotim, "readiness", "2027/1", on=later.date())
    assert proof.state == words.VALID
    assert proof.link.carried


def test_withdrawn_evidence_proves_nothing_until_it_is_brought_back(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = evidence(kotim, budi, at)
    actions.link(by=budi, at=at, evidence=row, thing="t", key="a")
    with pytest.raises(EvidenceRefused):
        actions.withdraw(by=budi, at=at, evidence=row, reason="")
    actions.withdraw(by=budi, at=at, evidence=row, reason="Keliru")
    assert queries.of(kotim, "t", "a") == []
    with pytest.raises(EvidenceRefused):
        actions.link(by=budi, at=at, evidence=row, thing="t", key="b")
    actions.bring_back(by=budi, at=at, evidence=row)
    assert len(queries.of(kotim, "t", "a")) == 1
