"""A region answers: scale, last day, evidence that counts, findings that come back."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import localdate

from habaring.evaluation import proofs
from habaring.evaluation.actions import answering, instruments, rounds
from habaring.evaluation.models import Answer, Entry, Finding
from habaring.evaluation.rules import AnswerRefused, InstrumentRefused, RoundRefused
from habaring.evidence import actions as vault
from habaring.evidence.queries import of
from tests import makers as people
from tests.evaluation import makers

if TYPE_CHECKING:
    from habaring.people.models import Account
    from habaring.regions.models import Region


def sheet(one: Entry, at: datetime) -> proofs.Sheet:
    one = Entry.objects.select_related("round__instrument", "region").get(pk=one.pk)
    return proofs.sheet(one, on=localdate(at))


def test_an_instrument_in_use_keeps_its_text(kotim: "Region", at: datetime) -> None:
    row = makers.instrument(at)
    assert makers.instrument(at) == row
    makers.round_(at)
    with pytest.raises(InstrumentRefused, match="in use"):
        instruments.record_instrument(
            by=None,
            at=at,
            toml=row.toml.replace("weight = 60", "weight = 50").replace(
                "weight = 40", "weight = 50"
            ),
        )
    with pytest.raises(InstrumentRefused, match="sum to"):
        instruments.record_instrument(
            by=None, at=at, toml=row.toml.replace("weight = 60", "weight = 50")
        )


def test_the_packaged_instruments_are_taken_in(db: None, at: datetime) -> None:
    codes = {row.code for row in instruments.load_packaged(by=None, at=at)}
    assert codes == {"kominfo-2022", "kominfo-30-10", "habaring-2026"}


def test_a_stage_of_a_year_is_there_once(kotim: "Region", at: datetime) -> None:
    makers.round_(at)
    with pytest.raises(RoundRefused):
        makers.round_(at)
    with pytest.raises(RoundRefused, match="backwards"):
        makers.round_(at, stage=2, answers_until=date(2020, 1, 1))


def test_a_level_off_the_scale_is_refused(kotim: "Region", at: datetime) -> None:
    one = makers.entry(makers.round_(at), kotim, at)
    for level in ("4.5", "3.3", "-1"):
        with pytest.raises(AnswerRefused):
            answering.answer(
                by=None, at=at, entry=one, question="O1", level=Decimal(level)
            )
    with pytest.raises(AnswerRefused):
        answering.answer(by=None, at=at, entry=one, question="X", level=Decimal(1))


def test_nothing_is_answered_after_the_last_day(kotim: "Region", at: datetime) -> None:
    one = makers.answered(makers.entry(makers.round_(at), kotim, at), at)
    late = makers.later(at, 21)
    with pytest.raises(AnswerRefused, match="last day"):
        answering.answer(by=None, at=late, entry=one, question="O1", level=None)
    with pytest.raises(AnswerRefused, match="last day"):
        answering.submit(by=None, at=late, entry=one)


def test_handing_in_names_what_is_not_answered(kotim: "Region", at: datetime) -> None:
    one = makers.entry(makers.round_(at), kotim, at)
    answering.answer(by=None, at=at, entry=one, question="O1", level=Decimal(0))
    with pytest.raises(AnswerRefused, match=r"3 questions.*O2, I1, I2"):
        answering.submit(by=None, at=at, entry=one)


def test_an_answer_without_evidence_cannot_be_handed_in(
    kotim: "Region", at: datetime
) -> None:
    one = makers.answered(makers.entry(makers.round_(at), kotim, at), at, proven=False)
    with pytest.raises(AnswerRefused, match="4 answers"):
        answering.submit(by=None, at=at, entry=one)


def test_the_lowest_level_needs_no_evidence(kotim: "Region", at: datetime) -> None:
    one = makers.entry(makers.round_(at), kotim, at)
    makers.answered(one, at, "0", proven=False)
    assert sheet(one, at).complete
    assert answering.submit(by=None, at=at, entry=one).state == "submitted"


def test_evidence_of_another_kind_or_year_does_not_count(
    kotim: "Region", at: datetime
) -> None:
    one = makers.entry(makers.round_(at), kotim, at)
    makers.answered(one, at, proven=False)
    answers = {row.question: row for row in Answer.objects.filter(entry=one)}
    makers.prove(answers["O1"], at, kind="picture")
    makers.prove(answers["O2"], at, year=2025)
    makers.prove(answers["I1"], at)
    found = {line.question.code: line.state for line in sheet(one, at).lines}
    assert found == {"O1": "kind", "O2": "year", "I1": "waiting", "I2": "missing"}


def test_a_strict_instrument_wants_a_verdict(kotim: "Region", at: datetime) -> None:
    one = makers.answered(makers.entry(makers.round_(at, proof="valid"), kotim, at), at)
    assert sheet(one, at).uncounted == makers.QUESTIONS
    dewi = people.officer("Dewi", region=kotim, role="inspector")
    for answer in Answer.objects.filter(entry=one):
        (proof,) = of(kotim, proofs.THING, str(answer.pk))
        vault.judge(
            by=dewi, at=at, evidence=proof.evidence, valid=True, reason="Lengkap"
        )
    assert sheet(one, at).valid == 4
    answering.submit(by=None, at=at, entry=one)


def test_what_is_handed_in_stays_until_it_is_taken_back(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    one = makers.submitted(makers.round_(at), kotim, at)
    with pytest.raises(AnswerRefused, match="handed in"):
        answering.answer(by=budi, at=at, entry=one, question="O1", level=None)
    answering.take_back(by=budi, at=at, entry=one)
    with pytest.raises(AnswerRefused):
        answering.take_back(by=budi, at=at, entry=one)
    rounds.begin_reading  # noqa: B018 - is refused below
    with pytest.raises(RoundRefused):
        rounds.begin_reading(by=budi, at=at, round=one.round)


def test_a_year_begins_with_last_years_evidence_and_open_findings(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    first = makers.submitted(makers.round_(at), kotim, at)
    Finding.objects.create(
        region=kotim,
        round=first.round,
        kind="weakness",
        text="Dewan tidak bertemu.",
        years=[2026],
        raised_at=at,
    )
    later = makers.later(at, 200)
    second = makers.entry(makers.round_(later, year=2027), kotim, later)
    answer = Answer.objects.get(entry=second, question="O1")
    assert [p.link.carried for p in of(kotim, proofs.THING, str(answer.pk))] == [True]
    assert Finding.objects.get().years == [2026, 2027]
    makers.answered(second, later, proven=False)
    answer = Answer.objects.get(entry=second, question="O2")
    makers.prove(answer, later)
    with pytest.raises(AnswerRefused, match="no owner"):
        answering.submit(by=budi, at=later, entry=second)
