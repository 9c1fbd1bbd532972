"""Candidates and limits come in: new, changed, unchanged, and every refusal."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from habaring.people.models import Account
from habaring.portfolio import choose_files, queries
from habaring.portfolio.actions import (
    CandidatesRefused,
    LimitsRefused,
    NewLimits,
    record_candidates,
    record_limits,
    record_one,
    withdraw_candidate,
)
from habaring.portfolio.candidates import Entry, cycles
from habaring.portfolio.inputs import entry_of
from habaring.portfolio.models import Candidate, LimitSet
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Refusal
from tests import makers as makers_of_rows
from tests.portfolio import makers
from tests.portfolio.makers import entry


@pytest.fixture
def kotim(kotim: Region) -> Region:
    return makers.place()


PLACED: dict[str, Any] = {"code": "A", "sheet": "Data", "row": 3}


def record(
    region: Region, at: datetime, *rows: Entry, by: Account | None = None
) -> Any:
    return record_candidates(region=region, rows=rows, upload=None, by=by, at=at)


def refused(region: Region, at: datetime, *rows: Entry) -> list[str]:
    with pytest.raises(CandidatesRefused) as caught:
        record(region, at, *rows)
    assert not Candidate.objects.exists()
    with override("en"):
        return [f"{p.place}: {p.message}" for p in caught.value.problems]


def test_a_candidate_comes_back_as_it_went_in(
    kotim: Region, budi: Account, at: datetime
) -> None:
    full = entry(
        "A",
        description="Jaringan untuk desa",
        district="62.02.05",
        months=8,
        quick_win=True,
        group="jaringan",
        staff=2.5,
        costs={(1, "PAD"): 10, (1, "DAK"): 20},
        running={"PAD": 5},
        running_cost_paid_by="APBD",
        owner_after="Dinas Kominfo",
        sdg=(9, 11),
        environment_effect="Lebih sedikit perjalanan",
        tags=("infrastruktur",),
        origin_kind="meeting",
        origin_text="Musrenbang Baamang",
        rpjmd_mission="2025-2029/3",
        subactivity_code="2.16.03.2.02.0014",
        illustrative=True,
    )
    told = record(kotim, at, full, by=budi)
    assert told.new == ("A",)
    row = queries.current_candidates(kotim).get()
    assert entry_of(row) == full
    assert row.recorded_by == budi
    assert AuditEntry.objects.get(verb="portfolio.candidates.recorded").by == budi


def test_new_changed_and_unchanged_are_counted_apart(
    kotim: Region, at: datetime
) -> None:
    record(kotim, at, entry("A"), entry("B"))
    later = at + timedelta(hours=1)
    told = record(kotim, later, entry("A"), entry("B", name="Lain"), entry("C"))
    assert (told.new, told.changed, told.unchanged) == (("C",), ("B",), ("A",))
    assert Candidate.objects.filter(code="B").count() == 2
    assert queries.current_candidates(kotim).get(code="B").revision == 2


def test_candidates_that_a_file_does_not_name_stay(kotim: Region, at: datetime) -> None:
    record(kotim, at, entry("A"))
    record(kotim, at + timedelta(hours=1), entry("B"))
    assert [row.code for row in queries.current_candidates(kotim)] == ["A", "B"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dimension": "XXX"}, "“XXX”"),
        ({"district": "62.01.01"}, "“62.01.01”"),
        ({"department": "9.99"}, "“9.99”"),
        ({"outcomes": {"ZZZ": 1.0}}, "“ZZZ”"),
        ({"costs": {(1, "PAD"): -5}}, "negative"),
        ({"running": {"PAD": -5}}, "negative"),
        ({"staff": -1.0}, "negative"),
        ({"earliest": 2030, "latest": 2027}, "2027"),
        ({"costs": {(2, "PAD"): 5}}, "in year 2"),
        ({"duration": 0, "costs": {}}, "10"),
        ({"months": 0}, "one month"),
        ({"sdg": (18,)}, "17"),
        ({"code": "tidak boleh"}, "“tidak boleh”"),
        ({"name": " "}, "A name"),
        ({"origin_kind": "mimpi"}, "a meeting"),
        ({"requires": ("X",)}, "“X”"),
    ],
)
def test_each_problem_is_refused_with_its_row(
    kotim: Region, at: datetime, wrong: dict[str, Any], told: str
) -> None:
    messages = refused(
        kotim,
        at,
        entry("OK"),
        entry(**{**PLACED, **wrong}),
    )
    assert len(messages) == 1
    assert "row 3" in messages[0].lower()
    assert told in messages[0]


def test_a_code_that_stands_twice_is_refused(kotim: Region, at: datetime) -> None:
    assert "“A”" in refused(kotim, at, entry("A", row=2), entry("A", row=3))[0]


def test_a_cycle_is_shown_as_a_path(kotim: Region, at: datetime) -> None:
    rows = (
        entry("A", requires=("B",), row=2),
        entry("B", requires=("C",), row=3),
        entry("C", requires=("A",), row=4),
    )
    assert "A → B → C → A" in refused(kotim, at, *rows)[0]


def test_a_cycle_through_what_is_there_already_is_found(
    kotim: Region, at: datetime
) -> None:
    record(kotim, at, entry("A"), entry("B", requires=("A",)))
    with pytest.raises(CandidatesRefused) as caught:
        record(kotim, at + timedelta(hours=1), entry("A", requires=("B",)))
    assert "→" in str(caught.value.problems[0].message)
    assert Candidate.objects.count() == 2


def test_one_that_requires_itself_is_a_cycle(kotim: Region, at: datetime) -> None:
    assert "itself" in refused(kotim, at, entry("A", requires=("A",)))[0]


def test_every_cycle_is_found_once() -> None:
    assert cycles({"A": ["B"], "B": ["A"], "C": ["D"], "D": []}) == [("A", "B", "A")]


def test_every_problem_is_told_at_once(kotim: Region, at: datetime) -> None:
    rows = [entry(f"K{n}", dimension="XXX", row=n) for n in range(2, 12)]
    assert len(refused(kotim, at, *rows)) == 10


def test_a_quick_win_that_breaks_its_rules_is_a_warning(
    kotim: Region, at: datetime
) -> None:
    slow = entry("A", quick_win=True, months=14, duration=2, owner="", costs={})
    told = record(kotim, at, slow)
    assert len(told.warnings) == 3
    assert "12" in str(told.warnings[0].message)


def test_a_withdrawn_candidate_is_out_but_stays(
    kotim: Region, budi: Account, at: datetime
) -> None:
    record_one(region=kotim, entry=entry("A"), by=budi, at=at)
    row = Candidate.objects.get()
    withdraw_candidate(candidate=row, reason="Sudah didanai provinsi", by=budi, at=at)
    assert not queries.current_candidates(kotim).exists()
    assert Candidate.objects.count() == 1
    again = record_one(region=kotim, entry=entry("A"), by=budi, at=at + timedelta(1))
    assert again.new == ("A",)
    assert queries.current_candidates(kotim).get().revision == 2


def test_a_withdrawal_is_refused_without_a_reason_or_while_required(
    kotim: Region, budi: Account, at: datetime
) -> None:
    record(kotim, at, entry("A"), entry("B", requires=("A",)))
    row = Candidate.objects.get(code="A")
    with pytest.raises(CandidatesRefused):
        withdraw_candidate(candidate=row, reason=" ", by=budi, at=at)
    with pytest.raises(CandidatesRefused, match="B"):
        withdraw_candidate(candidate=row, reason="Batal", by=budi, at=at)
    other = Candidate.objects.get(code="B")
    withdraw_candidate(candidate=other, reason="Batal", by=budi, at=at)
    with pytest.raises(CandidatesRefused):
        withdraw_candidate(candidate=other, reason="Batal", by=budi, at=at)


def test_limits_are_appended_and_name_the_set_before(
    kotim: Region, budi: Account, at: datetime
) -> None:
    first = makers.limit_set(kotim, at)
    new = NewLimits(name="Lebih hemat", toml=first.toml, changed_from=first)
    second = record_limits(region=kotim, limits=new, by=budi, at=at)
    assert second.changed_from == first
    with pytest.raises(Exception, match="only appended"):
        LimitSet.objects.filter(pk=first.pk).update(name="Lain")


def test_limits_that_cannot_be_read_are_refused(
    kotim: Region, budi: Account, at: datetime
) -> None:
    for name, toml in [
        ("", choose_files.limits_to_toml(makers.limits())),
        ("A", "ini bukan [toml"),
    ]:
        with pytest.raises(Refusal):
            record_limits(region=kotim, limits=NewLimits(name, toml), by=budi, at=at)
    assert not LimitSet.objects.exists()


def test_limits_of_another_region_are_no_forerunner(
    kotim: Region, budi: Account, at: datetime
) -> None:
    there = makers.limit_set(makers_of_rows.region("62.01"), at)
    with pytest.raises(LimitsRefused):
        record_limits(
            region=kotim,
            limits=NewLimits("A", there.toml, changed_from=there),
            by=budi,
            at=at,
        )
