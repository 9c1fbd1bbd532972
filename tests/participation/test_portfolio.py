"""Chosen proposals become candidates with their origin, once; their thread is whole."""

from datetime import datetime

import pytest
from django.test import Client

from habaring.participation.actions import checks, lineage
from habaring.participation.actions.checks import Answer
from habaring.participation.models import Count, Option, Proposal, StepKind
from habaring.people.models import Account
from habaring.portfolio import actions, candidates, gathering, inputs, queries
from habaring.portfolio.actions import CandidatesRefused
from habaring.portfolio.funding import UNSET
from habaring.portfolio.gathering import GatheringRefused, Plans
from habaring.portfolio.models import Candidate
from habaring.regions.models import Department, Region
from habaring.web import thread
from tests import makers as people
from tests.participation import makers
from tests.portfolio.makers import entry

pytestmark = pytest.mark.django_db
PLANS = Plans(2027, 2030)


@pytest.fixture(autouse=True)
def _dimensions(monkeypatch: pytest.MonkeyPatch) -> None:
    from habaring.shared.tables import Bilingual

    known = {"ENV": Bilingual("Lingkungan", "Environment")}
    monkeypatch.setattr(queries, "dimensions", lambda: known)


@pytest.fixture
def row(kotim: Region, alya: Account, at: datetime) -> Proposal:
    village = people.region("62.02.06.1001", "Ketapang", "kelurahan")
    call = makers.call(kotim, at)
    return makers.proposal(call, at, author=alya, place=village, dimension_code="ENV")


def _checked(row: Proposal, by: Account, at: datetime) -> Department:
    office = Department.objects.create(
        region=row.region, code="pu", name_id="Dinas PU", name_en=""
    )
    told = checks.ask(
        proposals=[row],
        departments=[office],
        due_on=None,
        by=by,
        at=at,
        on=at.date(),
    )
    answer = Answer(
        "feasible", "Bisa.", 42_000_000, subactivity_code="2.16.03.2.02.0014"
    )
    checks.answer(check=told.new[0], answer=answer, by=by, at=at)
    return office


def _counted(row: Proposal, at: datetime, *, won: bool = True) -> Option:
    option = makers.counted(row, at)
    Count.objects.create(
        region=row.region,
        vote=option.vote,
        ballots=b"",
        ballots_sha256="0" * 64,
        record={},
        record_sha256="0" * 64,
        told={
            "winners": [option.code] if won else [],
            "projects": {option.code: {"votes": 312}},
        },
        engine_version="1",
        voters=900,
        counted_at=at,
    )
    return option


def _gather(row: Proposal, by: Account, at: datetime, **how: object) -> list[str]:
    found = gathering.choices(row.region, **how)  # type: ignore[arg-type]
    told = gathering.gather_proposals(
        region=row.region, chosen=found, plans=PLANS, by=by, at=at
    )
    return list(told.new)


def test_a_winner_becomes_a_candidate_with_its_origin_once(
    row: Proposal, budi: Account, at: datetime
) -> None:
    office = _checked(row, budi, at)
    vote = _counted(row, at).vote
    assert _gather(row, budi, at, vote=vote) == ["U-0001"]
    made = Candidate.objects.get()
    assert made.proposal == row
    assert made.origin_kind == "proposal"
    assert made.origin_text == "U-0001 Lampu jalan di Gang Mawar, 312 suara"
    assert made.costs == [{"year": 1, "source": UNSET, "amount": 40_000_000}]
    assert (made.department, made.district_id) == (office, "62.02.06")
    assert made.subactivity_code == "2.16.03.2.02.0014"
    assert row.steps.filter(kind=StepKind.CANDIDATE).count() == 1
    assert _gather(row, budi, at, vote=vote) == []
    assert Candidate.objects.count() == 1
    assert row.steps.filter(kind=StepKind.CANDIDATE).count() == 1


def test_what_lost_is_not_taken_over(
    row: Proposal, budi: Account, at: datetime
) -> None:
    vote = _counted(row, at, won=False).vote
    assert gathering.choices(row.region, vote=vote) == []
    with pytest.raises(GatheringRefused):
        _gather(row, budi, at, vote=vote)


def test_the_secretariat_picks_what_departments_call_feasible(
    row: Proposal, budi: Account, at: datetime
) -> None:
    assert gathering.choices(row.region) == []
    (unchecked,) = gathering.choices(row.region, proposals=[row])
    assert unchecked.why_not
    with pytest.raises(GatheringRefused):
        _gather(row, budi, at, proposals=[row])
    _checked(row, budi, at)
    assert _gather(row, budi, at) == ["U-0001"]
    assert Candidate.objects.get().total_cost == 42_000_000


def test_a_code_in_use_and_a_dimension_that_is_missing(
    row: Proposal, budi: Account, at: datetime
) -> None:
    _checked(row, budi, at)
    Proposal.objects.filter(pk=row.pk).update(dimension_code="")
    found = gathering.choices(row.region)
    with pytest.raises(GatheringRefused):
        gathering.gather_proposals(
            region=row.region, chosen=found, plans=PLANS, by=budi, at=at
        )
    taken = entry("U-0001", dimension="ENV", outcomes={}, district="", department="")
    actions.record_candidates(
        region=row.region, rows=[taken], upload=None, by=budi, at=at
    )
    plans = Plans(2027, 2030, {"U-0001": "ENV"})
    told = gathering.gather_proposals(
        region=row.region, chosen=found, plans=plans, by=budi, at=at
    )
    assert told.new == ("U-0001-2",)


def test_the_origin_goes_through_revisions_and_files(
    row: Proposal, kotim: Region, budi: Account, at: datetime
) -> None:
    _checked(row, budi, at)
    _gather(row, budi, at)
    made = queries.current_candidates(kotim).get()
    out = candidates.row_of(inputs.entry_of(made))
    assert out["proposal"] == "U-0001"
    back = candidates.entry_from(out)
    told = actions.record_candidates(
        region=kotim, rows=[back], upload=None, by=budi, at=at
    )
    assert told.unchanged == ("U-0001",)
    renamed = candidates.entry_from(out | {"name": "Penerangan", "proposal": "U-1"})
    actions.record_candidates(region=kotim, rows=[renamed], upload=None, by=budi, at=at)
    assert queries.current_candidates(kotim).get().proposal == row
    wrong = candidates.entry_from(out | {"proposal": "U-0999"})
    with pytest.raises(CandidatesRefused):
        actions.record_candidates(
            region=kotim, rows=[wrong], upload=None, by=budi, at=at
        )


def test_the_thread_is_whole_both_ways(
    row: Proposal, budi: Account, at: datetime
) -> None:
    twin = makers.proposal(row.call, at)
    lineage.merge(older=twin, into=row, reason="Sama.", by=budi, at=at)
    _checked(row, budi, at)
    _gather(row, budi, at)
    made = queries.current_candidates(row.region).get()
    before = [str(knot.text) for knot in thread.of_candidate(made)]
    assert any(twin.code in text for text in before)
    after = [knot.url for knot in thread.of_proposal(row, working=True)]
    assert "/ruang-kerja/62.02/pilih/kandidat/U-0001/" in after
    public = [knot.url for knot in thread.of_proposal(row)]
    assert not any("/pilihan/program/" in url for url in public)  # no plan yet
    twin.refresh_from_db()
    merged = [str(knot.text) for knot in thread.of_proposal(twin)]
    assert any("Dinas PU" in text for text in merged)


def test_the_page_shows_what_would_be_made_and_makes_it(
    client: Client, row: Proposal, budi: Account, at: datetime
) -> None:
    _checked(row, budi, at)
    _counted(row, at)
    client.force_login(budi)
    page = client.get("/ruang-kerja/62.02/pilih/usulan/")
    assert "312 suara" in page.content.decode()
    number = row.number
    given = {f"take_{number}": "on", f"dimension_{number}": "ENV"}
    none = client.post(
        "/ruang-kerja/62.02/pilih/usulan/", {"earliest": 2027, "latest": 2030}
    )
    assert none.status_code == 422
    answer = client.post(
        "/ruang-kerja/62.02/pilih/usulan/", given | {"earliest": 2027, "latest": 2030}
    )
    assert answer.status_code == 302
    assert Candidate.objects.get().proposal == row
    after = client.get("/ruang-kerja/62.02/pilih/usulan/").content.decode()
    assert "/ruang-kerja/62.02/pilih/kandidat/U-0001/" in after


def test_a_stranger_takes_nothing_over(
    client: Client, kotim: Region, citra: Account
) -> None:
    client.force_login(citra)
    assert client.get("/ruang-kerja/62.02/pilih/usulan/").status_code == 403
