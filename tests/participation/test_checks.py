"""The technical check: asked, answered with a public reason, asked again."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from habaring.participation import checking, office
from habaring.participation.actions import checks
from habaring.participation.actions.checks import Answer, CheckRefused
from habaring.participation.models import Check, Proposal, ProposalState, StepKind
from habaring.people.access import Extent, NotAllowed, Power
from habaring.people.models import Account
from habaring.posts import things
from habaring.posts.things import Asked
from habaring.regions.models import Department, Region
from tests import makers as people
from tests.participation import makers

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 20)
YES = Answer("feasible", "Tanahnya milik desa.", 40_000_000, "Perda 3/2024")
NO = Answer("not_feasible", "Jalan itu milik provinsi.")


@pytest.fixture
def pu(kotim: Region) -> Department:
    return Department.objects.create(region=kotim, code="pu", name_id="Dinas PU")


@pytest.fixture
def dishub(kotim: Region) -> Department:
    return Department.objects.create(region=kotim, code="hub", name_id="Dishub")


@pytest.fixture
def row(kotim: Region, at: datetime) -> Proposal:
    return makers.proposal(makers.call(kotim, at), at)


def _ask(row: Proposal, *of: Department, by: Account, at: datetime) -> checks.Asked:
    return checks.ask(
        proposals=[row], departments=of, due_on=DUE, by=by, at=at, on=at.date()
    )


def test_asked_answered_public_and_told(
    row: Proposal, pu: Department, budi: Account, at: datetime
) -> None:
    (check,) = _ask(row, pu, by=budi, at=at).new
    again = _ask(row, pu, by=budi, at=at)
    assert (again.new, again.waiting_already) == ((), 1)
    row.refresh_from_db()
    assert row.department == pu
    assert checking.standing(row).waiting == (check,)
    checks.answer(check=check, answer=YES, by=budi, at=at)
    stands = checking.standing(row)
    assert (stands.verdict, stands.cost, stands.changed) == (
        "feasible",
        40_000_000,
        False,
    )
    steps = list(row.steps.values_list("kind", "text"))
    assert steps == [("check_asked", ""), ("checked", "Tanahnya milik desa.")]
    assert list(checking.feasible(row.region)) == [row]


def test_one_no_is_a_no_until_that_department_says_yes(
    row: Proposal, pu: Department, dishub: Department, budi: Account, at: datetime
) -> None:
    first, second = _ask(row, pu, dishub, by=budi, at=at).new
    checks.answer(check=first, answer=NO, by=budi, at=at)
    checks.answer(check=second, answer=YES, by=budi, at=at)
    assert checking.standing(row).verdict == "not_feasible"
    assert list(checking.feasible(row.region)) == []
    assert list(checking.refused(row.region)) == [row]
    later = at + timedelta(days=2)
    Proposal.objects.filter(pk=row.pk).update(changed_at=later)
    row.refresh_from_db()
    assert checking.standing(row).changed
    (again,) = _ask(row, pu, by=budi, at=later).new
    checks.answer(check=again, answer=YES, by=budi, at=later + timedelta(hours=1))
    assert checking.standing(row).verdict == "feasible"
    assert list(checking.feasible(row.region)) == [row]


@pytest.mark.parametrize(
    "answer",
    [
        Answer("not_feasible", "  "),
        Answer("feasible", "Bisa."),
        Answer("feasible", "Bisa.", -1),
        Answer("maybe", "Bisa.", 1),
        Answer("feasible", "Bisa.", 1, subactivity_code="2.16.03"),
        Answer("feasible", "Bisa.", 1, subactivity_code="2.16.03.3.02.0014"),
    ],
)
def test_an_answer_that_is_incomplete_is_refused(
    answer: Answer, row: Proposal, pu: Department, budi: Account, at: datetime
) -> None:
    (check,) = _ask(row, pu, by=budi, at=at).new
    with pytest.raises(CheckRefused):
        checks.answer(check=check, answer=answer, by=budi, at=at)
    assert not Check.objects.get().verdict


def test_what_cannot_be_asked_is_refused(
    row: Proposal, pu: Department, budi: Account, at: datetime
) -> None:
    def ask(departments: list[Department], due: date | None = None) -> None:
        checks.ask(
            proposals=[row],
            departments=departments,
            due_on=due,
            by=budi,
            at=at,
            on=at.date(),
        )

    other = Department.objects.create(
        region=people.region("62.01"), code="x", name_id="Lain"
    )
    closed = Department.objects.create(
        region=row.region, code="y", name_id="Tutup", closed_on=date(2026, 1, 1)
    )
    for departments, due in (
        ([], None),
        ([other], None),
        ([closed], None),
        ([pu], date(2026, 11, 1)),
    ):
        with pytest.raises(CheckRefused):
            ask(departments, due)
    Proposal.objects.filter(pk=row.pk).update(state=ProposalState.HIDDEN)
    told = _ask(row, pu, by=budi, at=at)
    assert (told.new, told.passed_over) == ((), (row.code,))


def test_a_department_answers_for_itself_alone_and_once(
    row: Proposal, pu: Department, dishub: Department, budi: Account, at: datetime
) -> None:
    (check,) = _ask(row, pu, by=budi, at=at).new
    mine = Extent(departments=frozenset({dishub.pk}))
    with pytest.raises(NotAllowed):
        checks.answer(check=check, answer=YES, by=budi, at=at, within=mine)
    checks.answer(check=check, answer=YES, by=budi, at=at)
    with pytest.raises(CheckRefused):
        checks.answer(check=check, answer=NO, by=budi, at=at)
    with pytest.raises(CheckRefused):
        checks.take_back(check=check, by=budi, at=at)


def test_a_question_to_the_wrong_department_is_taken_back(
    row: Proposal, pu: Department, budi: Account, at: datetime
) -> None:
    (check,) = _ask(row, pu, by=budi, at=at).new
    checks.take_back(check=check, by=budi, at=at)
    assert not Check.objects.exists()


def test_a_check_is_a_thing_of_the_department_and_waits_on_its_desk(
    row: Proposal, pu: Department, kotim: Region, budi: Account, at: datetime
) -> None:
    (check,) = _ask(row, pu, by=budi, at=at).new
    kind = things.kinds()["proposal_check"]
    (thing,) = kind.things(kotim, at.date())
    assert (thing.ref, thing.due_on, thing.department) == (str(check.pk), DUE, pu.pk)
    sari = people.officer("Sari", region=kotim, role="officer", department=pu)
    part = {Power.CHECK_PROPOSALS: Extent(departments=frozenset({pu.pk}))}
    lines = things.waiting(Asked(sari, kotim, frozenset(), at.date(), part))
    assert any(row.title in str(line.title) for line in lines)
    Proposal.objects.filter(pk=row.pk).update(state=ProposalState.WITHDRAWN)
    assert not list(kind.things(kotim, at.date()))


def test_a_department_officer_answers_on_the_page(
    client: Client,
    row: Proposal,
    pu: Department,
    dishub: Department,
    kotim: Region,
    budi: Account,
    at: datetime,
) -> None:
    client.force_login(budi)
    room = "/ruang-kerja/62.02/dengar/"
    given = {"usulan": [row.number], "tanya-departments": [pu.pk, dishub.pk]}
    answer = client.post(f"{room}periksa/minta/?q=lampu", given)
    assert answer.status_code == 302
    assert answer["Location"].endswith("usulan/?q=lampu")
    mine, other = Check.objects.order_by("department__name_id").reverse()
    assert mine.department == pu or other.department == pu
    mine, other = (mine, other) if mine.department == pu else (other, mine)
    sari = people.officer("Sari", region=kotim, role="officer", department=pu)
    client.force_login(sari)
    page = client.get(f"{room}periksa/").content.decode()
    assert f"periksa/{mine.pk}/" in page
    assert f"periksa/{other.pk}/" not in page
    assert client.get(f"{room}periksa/{other.pk}/").status_code == 302
    typed = {
        "verdict": "feasible",
        "cost": "Rp 45.000.000",
        "reason": "Bisa.",
        "subactivity_code": "2.16.03.2.02.0014",
    }
    bad = client.post(f"{room}periksa/{mine.pk}/", typed | {"cost": ""})
    assert bad.status_code == 422
    assert client.post(f"{room}periksa/{mine.pk}/", typed).status_code == 302
    mine.refresh_from_db()
    assert (mine.cost, mine.subactivity_code) == (45_000_000, "2.16.03.2.02.0014")
    assert client.post(f"{room}periksa/minta/", given).status_code == 403
    assert "Bisa." in client.get(f"{room}usulan/{row.number}/").content.decode()
    assert row.steps.filter(kind=StepKind.CHECKED).count() == 1


def test_filters_of_the_list_by_check(
    row: Proposal, pu: Department, kotim: Region, budi: Account, at: datetime
) -> None:
    fresh = makers.proposal(row.call, at, title="Jembatan gantung")

    def found(**wanted: str) -> list[Proposal]:
        return list(office.narrowed(kotim, wanted, DUE + timedelta(days=1)))

    (check,) = _ask(row, pu, by=budi, at=at).new
    assert found(periksa="belum") == [fresh]
    assert found(periksa="menunggu") == [row] == found(periksa="terlambat")
    checks.answer(check=check, answer=YES, by=budi, at=at)
    assert found(periksa="layak") == [row]
    assert found(periksa="tidak") == [] == found(periksa="berubah")
    assert found(opd="pu") == [row]
    assert found(q="jembatan") == [fresh] == found(q=fresh.code)
    assert found(keadaan="public", asal="citizen", urut="dukungan") == [fresh, row]
