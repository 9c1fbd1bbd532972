"""What a round comes to: announcement, appeals, publication, awards, findings."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from habaring.evaluation import queries
from habaring.evaluation.actions import (
    appeals,
    awards,
    closing,
    findings,
    reading,
    records,
    rounds,
)
from habaring.evaluation.models import (
    Appeal,
    Award,
    AwardRule,
    Finding,
    Mark,
    Result,
    Round,
)
from habaring.evaluation.rules import (
    AppealRefused,
    AwardRefused,
    FindingRefused,
    RoundRefused,
)
from habaring.people.follows.actions import follow
from habaring.people.follows.models import News, NewsKind
from habaring.people.models import Membership
from habaring.shared import walls
from tests import makers as people
from tests.council.makers import post
from tests.evaluation import makers
from tests.evidence.makers import evidence

if TYPE_CHECKING:
    from habaring.evaluation.models import Entry
    from habaring.people.models import Account
    from habaring.regions.models import Region


@pytest.fixture
def entries(kotim: "Region", at: datetime) -> list["Entry"]:
    """Two regions that handed in, being read."""
    row = makers.round_(at)
    kobar = people.region("62.01")
    found = [makers.submitted(row, region, at) for region in (kotim, kobar)]
    rounds.begin_reading(by=None, at=at, round=row)
    for one in found:
        one.refresh_from_db()
    return found


def read_all(entries: list["Entry"], at: datetime) -> Round:
    """Kotim 3 and 3, Kotawaringin Barat 2 and 2.5; one weakness is noted."""
    eko, fani = makers.assessor("Eko", at), makers.assessor("Fani", at)
    first, second = entries
    mine = makers.assigned(first, eko, at)
    reading.declare(by=eko, at=at, reading=mine)
    given = {code: reading.Given(Decimal(3)) for code in makers.QUESTIONS}
    reading.mark(by=eko, at=at, reading=mine, given=given)
    for kind in ("weakness", "strength", "interview"):
        reading.remark(by=eko, at=at, reading=mine, kind=kind, text=f"Uji {kind}.")
    reading.hand_in(by=eko, at=at, reading=mine)
    makers.read(first, fani, at, "3")
    makers.read(second, eko, at, "2")
    makers.read(second, fani, at, "2.5")
    return Round.objects.get(pk=first.round_id)


def test_nothing_is_announced_before_all_is_read(
    entries: list["Entry"], at: datetime
) -> None:
    row = entries[0].round
    makers.read(entries[0], makers.assessor("Eko", at), at)
    with pytest.raises(RoundRefused, match=r"62\.01, 62\.02"):
        closing.announce(by=None, at=at, round=row)


def test_two_that_differ_hold_the_announcement_until_a_third_has_read(
    entries: list["Entry"], at: datetime
) -> None:
    first, second = entries
    people_ = [makers.assessor(name, at) for name in ("Eko", "Fani", "Gita")]
    for account, level in zip(people_, ("1", "3"), strict=False):
        makers.read(first, account, at, level)
        makers.read(second, account, at, "2")
    with pytest.raises(RoundRefused, match=r"62\.02"):
        closing.announce(by=None, at=at, round=first.round)
    makers.read(first, people_[2], at, "2.5")
    closing.announce(by=None, at=at, round=first.round)
    assert Result.objects.get(region="62.02").index == Decimal("2.5")


def test_the_announcement_tells_the_region_and_nobody_else(
    entries: list["Entry"], at: datetime
) -> None:
    row = read_all(entries, at)
    assert set(Mark.objects.values_list("shown_to", flat=True)) == {""}
    closing.announce(by=None, at=at, round=row)
    assert set(Mark.objects.values_list("shown_to", flat=True)) == {"62.01", "62.02"}
    found = Result.objects.get(region="62.02")
    assert (found.index, found.rank, found.band) == (Decimal(3), 1, "high")
    assert found.own["index"] == 3.0
    assert found.published_at is None
    assert queries.results(found.region) == []
    assert sorted(Finding.objects.values_list("kind", flat=True)) == [
        "strength",
        "weakness",
    ]
    held = Membership.objects.in_force(makers.later(at, 1)).filter(role="assessor")
    assert not held.exists()


def test_evidence_that_was_refused_after_all_takes_its_answer_out(
    entries: list["Entry"], at: datetime
) -> None:
    from habaring.evaluation.proofs import THING
    from habaring.evidence import actions as vault
    from habaring.evidence.queries import of

    row = read_all(entries, at)
    answer = entries[0].answers.get(question="O1")
    (proof,) = of(entries[0].region, THING, str(answer.pk))
    vault.judge(
        by=None, at=at, evidence=proof.evidence, valid=False, reason="Sudah dicabut"
    )
    closing.announce(by=None, at=at, round=row)
    found = Result.objects.get(region="62.02")
    assert found.uncounted == ["O1"]
    assert found.index == Decimal("2.1")  # output 1.5 × 60 %, impact 3 × 40 %


def test_appeals_are_filed_within_their_days(
    entries: list["Entry"], budi: "Account", at: datetime
) -> None:
    one = entries[1]

    def file(day: int, question: str = "O1", reason: str = "Bukti terlewat") -> Appeal:
        return appeals.file_appeal(
            by=budi,
            at=makers.later(at, day),
            entry=one,
            question=question,
            reason=reason,
        )

    with pytest.raises(AppealRefused, match="not announced"):
        file(0)
    row = read_all(entries, at)
    closing.announce(by=None, at=at, round=row)
    with pytest.raises(AppealRefused):
        file(1, question="X")
    with pytest.raises(AppealRefused):
        file(1, reason=" ")
    made = file(14)
    with pytest.raises(AppealRefused, match="already"):
        file(14)
    with pytest.raises(AppealRefused):
        file(15, question="O2")
    eko = Mark.objects.filter(reading__entry=one).first().assessor  # type: ignore[union-attr]
    with pytest.raises(AppealRefused, match="read this entry"):
        appeals.decide(by=eko, at=at, appeal=made, granted=False, reason="Tetap")
    with pytest.raises(AppealRefused, match="level"):
        appeals.decide(by=budi, at=at, appeal=made, granted=True, reason="Benar")
    with pytest.raises(RoundRefused, match="appeal waits"):
        closing.publish(by=None, at=makers.later(at, 15), round=row)
    appeals.decide(
        by=budi, at=at, appeal=made, granted=True, reason="Benar", level=Decimal(4)
    )
    closing.publish(by=None, at=makers.later(at, 15), round=row)
    found = Result.objects.public().get(region="62.01")
    output = Fraction(4 + Fraction(9, 4)) / 2
    expected = output * 60 / 100 + Fraction(9, 4) * 40 / 100
    assert found.index == Decimal(str(float(expected)))
    assert Result.objects.filter(region="62.01").count() == 2


def test_nothing_is_published_while_regions_may_appeal(
    entries: list["Entry"], at: datetime
) -> None:
    row = read_all(entries, at)
    closing.announce(by=None, at=at, round=row)
    with pytest.raises(RoundRefused, match="may still appeal"):
        closing.publish(by=None, at=makers.later(at, 14), round=row)


def test_publication_gives_ranks_improvement_and_awards(
    entries: list["Entry"], kotim: "Region", at: datetime
) -> None:
    past = records.Past(2025, Decimal("2.75"), "Berita daerah, 5 Desember 2025")
    records.record_past(by=None, at=at, region=kotim, past=past)
    row = read_all(entries, at)
    closing.announce(by=None, at=at, round=row)
    closing.publish(by=None, at=makers.later(at, 15), round=row)
    (before, now) = queries.results(kotim)
    assert (before.year, before.index) == (2025, Decimal("2.75"))
    assert (now.year, now.stage, now.improvement) == (2026, 1, Decimal("0.25"))
    found = Result.objects.public().get(region=kotim, year=2026)
    assert (found.rank, found.ranked, found.province_rank) == (1, 2, 1)
    assert found.rank_low == found.rank_high == 1
    given = Award.objects.filter(rule__isnull=False)
    assert [(one.rule.code, one.region_id) for one in given if one.rule] == [
        ("best", "62.02")
    ]  # governance wants 3.5 at least


def test_an_award_needs_its_method_before_anybody_reads(
    entries: list["Entry"], budi: "Account", at: datetime
) -> None:
    method = awards.Method("Inovasi", "", "index", "Indeks tertinggi.", "")
    with pytest.raises(AwardRefused, match="too late"):
        awards.publish_method(by=budi, at=at, round=entries[0].round, method=method)
    fresh = makers.round_(at, stage=2)
    assert awards.publish_method(by=budi, at=at, round=fresh, method=method).places == 1
    with pytest.raises(AwardRefused, match="already"):
        awards.publish_method(by=budi, at=at, round=fresh, method=method)
    with pytest.raises(AwardRefused, match="does not measure"):
        awards.publish_method(
            by=budi,
            at=at,
            round=fresh,
            method=awards.Method("Lain", "", "beauty", "Indah.", ""),
        )
    with pytest.raises(AwardRefused, match="method in words"):
        awards.publish_method(
            by=budi,
            at=at,
            round=fresh,
            method=awards.Method("Lain", "", "index", " ", ""),
        )


def test_equal_in_all_share_an_award(entries: list["Entry"], at: datetime) -> None:
    rule = AwardRule.objects.get(round=entries[0].round, code="best")
    first = Result(region=entries[0].region, index=Decimal("3.2"))
    second = Result(region=entries[1].region, index=Decimal("3.2"))
    found = awards.winners(rule, [first, second])
    assert [(place, one.region_id) for place, one, _value in found] == [
        (1, "62.01"),
        (1, "62.02"),
    ]


def test_an_award_of_others_stands_with_its_document_only(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    paper = evidence(people.region("62.01"), budi, at, kind="decree")
    honour = awards.Honour(2022, "Penghargaan", "Kominfo", "Antara, 14 Desember 2022")
    with pytest.raises(AwardRefused, match="vault"):
        awards.record_award(by=budi, at=at, region=kotim, honour=honour, document=paper)
    own = evidence(kotim, budi, at, kind="decree")
    with pytest.raises(AwardRefused):
        awards.record_award(
            by=budi,
            at=at,
            region=kotim,
            honour=awards.Honour(2022, "Penghargaan", "Kominfo", " "),
            document=own,
        )
    made = awards.record_award(
        by=budi, at=at, region=kotim, honour=honour, document=own
    )
    with pytest.raises(AwardRefused):
        awards.revoke_award(by=budi, at=at, award=made, reason="")
    awards.revoke_award(by=budi, at=at, award=made, reason="Salah daerah")
    with pytest.raises(AwardRefused):
        awards.revoke_award(by=budi, at=at, award=made, reason="Lagi")


def test_a_past_result_needs_its_source(kotim: "Region", at: datetime) -> None:
    for past in (
        records.Past(2022, Decimal(3), " "),
        records.Past(2022, Decimal(11), "Berita"),
        records.Past(2016, Decimal(3), "Berita"),
    ):
        with pytest.raises(RoundRefused):
            records.record_past(by=None, at=at, region=kotim, past=past)


def test_a_finding_is_done_when_another_person_says_so(
    entries: list["Entry"], kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = read_all(entries, at)
    closing.announce(by=None, at=at, round=row)
    weakness = Finding.objects.get(region=kotim, kind="weakness")
    strength = Finding.objects.get(region=kotim, kind="strength")
    owner = post(kotim, "kadis")
    dewi = people.officer("Dewi", region=kotim, role="inspector")

    def plan(finding: Finding, day: int = 30, action: str = "Rapat tiap bulan") -> None:
        findings.plan(
            by=budi,
            at=at,
            finding=finding,
            owner=owner,
            due_on=makers.day(at, day),
            action=action,
        )

    with pytest.raises(FindingRefused, match="nothing to do"):
        plan(strength)
    with pytest.raises(FindingRefused, match="gone by"):
        plan(weakness, day=-1)
    with pytest.raises(FindingRefused):
        plan(weakness, action=" ")
    with pytest.raises(FindingRefused, match="owner"):
        findings.report(by=budi, at=at, finding=weakness, proof="Sudah")
    plan(weakness)
    with pytest.raises(FindingRefused):
        findings.close(by=dewi, at=at, finding=weakness, reason="Baik")
    findings.report(by=budi, at=at, finding=weakness, proof="Notulen tiga rapat")
    with pytest.raises(FindingRefused, match="yourself"):
        findings.close(by=budi, at=at, finding=weakness, reason="Baik")
    with pytest.raises(FindingRefused, match="words"):
        findings.close(by=dewi, at=at, finding=weakness, reason=" ")
    back = findings.send_back(by=dewi, at=at, finding=weakness, reason="Baru dua")
    assert back.state == "open"
    findings.report(by=budi, at=at, finding=weakness, proof="Tiga notulen")
    closed = findings.close(by=dewi, at=at, finding=weakness, reason="Lengkap")
    assert (closed.state, closed.to_do) == ("closed", False)


def test_followers_hear_of_a_published_result_once(
    entries: list["Entry"], alya: "Account", at: datetime
) -> None:
    for one in entries:
        follow(account=alya, region=one.region, at=at)
    row = read_all(entries, at)
    closing.announce(by=None, at=at, round=row)
    closing.publish(by=None, at=makers.later(at, 15), round=row)
    walls.open_everywhere()
    news = News.objects.filter(kind=NewsKind.EVALUATION).order_by("region")
    assert [one.region_id for one in news] == ["62.01", "62.02"]
    assert {one.ref for one in news} == {f"{row.year}-{row.stage}"}
