from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from habaring.exchange import letters, queries
from habaring.exchange.actions import adopting, practices, surviving
from habaring.exchange.actions.adopting import AdoptionRefused
from habaring.exchange.actions.surviving import AnswerRefused, Reply
from habaring.exchange.models import Adoption, Practice, SurvivalCheck
from habaring.exchange.shapes import Plans
from habaring.exchange.survival import State
from habaring.people.models import Account
from habaring.portfolio.actions import CandidatesRefused, record_candidates
from habaring.portfolio.funding import UNSET
from habaring.portfolio.queries import current_candidates
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests.exchange import makers
from tests.portfolio import makers as portfolio

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both")]
PLANS = Plans("A-1", 2027, 2029, why="Sungai kami sama.")
ALIVE = Reply("running", "better", "yes", "Jalan terus.")


@pytest.fixture
def practice(origin: Region, citra: Account, at: datetime) -> Practice:
    return makers.published(
        origin, at, citra, indicators=("K31a",), lessons="Bayar pengurusnya."
    )


@pytest.fixture
def adoption(practice: Practice, here: Region, budi: Account, at: datetime) -> Adoption:
    return adopting.adopt(region=here, practice=practice, plans=PLANS, by=budi, at=at)


def test_adopting_makes_a_candidate_that_says_where_it_came_from(
    adoption: Adoption, here: Region, practice: Practice
) -> None:
    row = current_candidates(here).get(code="A-1")
    assert row.name == "Bank sampah desa"
    assert row.origin_kind == "practice"
    assert row.origin_text == ("Kabupaten Kotawaringin Barat, P-1: Bank sampah desa")
    assert "Bayar pengurusnya." in row.description
    assert "K31a" in row.description
    assert row.costs == [{"year": 1, "source": UNSET, "amount": 250_000_000}]
    assert queries.origin_of("62.02", "A-1") == adoption
    assert queries.passed_on(practice) == [adoption]


def test_the_shape_of_a_programme_is_copied_whole(
    origin: Region, here: Region, budi: Account, citra: Account, at: datetime
) -> None:
    entry = portfolio.entry(
        "X-1",
        department="",
        duration=2,
        costs={(1, "PAD"): 5, (2, "DAU"): 7},
        staff=1.5,
        months=9,
    )
    record_candidates(region=origin, rows=[entry], upload=None, by=None, at=at)
    candidate = current_candidates(origin).get(code="X-1")
    row = practices.from_programme(candidate=candidate, by=citra, at=at)
    draft = makers.draft(title="Program X-1", dimension_code="GOV")
    practices.write(practice=row, draft=draft, by=citra, at=at)
    practices.publish(practice=row, by=citra, at=at)
    row.refresh_from_db()
    adopting.adopt(region=here, practice=row, plans=PLANS, by=budi, at=at)
    made = current_candidates(here).get(code="A-1")
    assert (made.duration_years, made.staff_fte, made.months) == (2, 1.5, 9)
    assert made.costs == [
        {"year": 1, "source": UNSET, "amount": 5},
        {"year": 2, "source": UNSET, "amount": 7},
    ]
    with pytest.raises(practices.PracticeRefused, match="practice already"):
        practices.from_programme(candidate=candidate, by=citra, at=at)


def test_the_origin_is_told_by_letter_and_in_its_trail(
    practice: Practice,
    here: Region,
    budi: Account,
    at: datetime,
    django_capture_on_commit_callbacks: pytest.FixtureRequest,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        adopting.adopt(region=here, practice=practice, plans=PLANS, by=budi, at=at)
    told = [letter for letter in mail.outbox if "mengadopsi" in letter.subject]
    assert [letter.to for letter in told] == [["citra@contoh.id"]]
    assert "Sungai kami sama." in told[0].body
    regions = AuditEntry.objects.filter(verb="exchange.adoption.adopted")
    assert set(regions.values_list("region_code", flat=True)) == {"62.01", "62.02"}


def test_one_s_own_and_what_is_not_public_are_refused(
    practice: Practice, here: Region, origin: Region, citra: Account, at: datetime
) -> None:
    def adopt(region: Region, row: Practice) -> None:
        adopting.adopt(region=region, practice=row, plans=PLANS, by=citra, at=at)

    with pytest.raises(AdoptionRefused, match="your own"):
        adopt(origin, practice)
    draft = makers.begun(origin, at, citra, title="Belum")
    with pytest.raises(AdoptionRefused, match="not published"):
        adopt(here, draft)
    practices.withdraw(practice=practice, reason="Keliru.", by=citra, at=at)
    practice.refresh_from_db()
    with pytest.raises(AdoptionRefused, match="not published"):
        adopt(here, practice)


def test_twice_is_refused_and_so_is_a_code_that_is_taken(
    adoption: Adoption, practice: Practice, here: Region, budi: Account, at: datetime
) -> None:
    with pytest.raises(AdoptionRefused, match="adopted this practice already"):
        adopting.adopt(region=here, practice=practice, plans=PLANS, by=budi, at=at)
    other = makers.published(practice.region, at, title="Lain")
    with pytest.raises(CandidatesRefused, match="A-1"):
        adopting.adopt(region=here, practice=other, plans=PLANS, by=budi, at=at)
    assert Adoption.objects.count() == 1
    assert adopting.free_code(here, other) == "A-62.01-2"


def test_undone_the_candidate_goes_and_the_adoption_stays_on_record(
    adoption: Adoption, practice: Practice, here: Region, budi: Account, at: datetime
) -> None:
    with pytest.raises(AdoptionRefused, match="needs a reason"):
        adopting.undo(adoption=adoption, reason="", by=budi, at=at)
    adopting.undo(adoption=adoption, reason="Ada yang lebih murah.", by=budi, at=at)
    assert not current_candidates(here).filter(code="A-1").exists()
    told = queries.adoptions(practice=practice, on=at.date())
    assert [one.standing.state for one in told] == [State.UNDONE]
    with pytest.raises(AdoptionRefused, match="undone already"):
        adopting.undo(adoption=adoption, reason="Lagi.", by=budi, at=at)
    again = Plans("A-2", 2027, 2029)
    adopting.adopt(region=here, practice=practice, plans=again, by=budi, at=at)


def test_thanks_stand_on_the_page_and_go_by_letter(
    adoption: Adoption,
    practice: Practice,
    budi: Account,
    at: datetime,
    client: Client,
    django_capture_on_commit_callbacks: pytest.FixtureRequest,
) -> None:
    with pytest.raises(AdoptionRefused, match="empty"):
        adopting.thank(adoption=adoption, text=" ", by=budi, at=at)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        adopting.thank(adoption=adoption, text="Hemat setahun.", by=budi, at=at)
    assert any("Hemat setahun." in letter.body for letter in mail.outbox)
    page = client.get(reverse("exchange:practice", args=["62.01", practice.number]))
    assert "Hemat setahun." in page.content.decode()


def test_a_year_later_the_questions_go_out_once(
    adoption: Adoption,
    at: datetime,
    django_capture_on_commit_callbacks: pytest.FixtureRequest,
) -> None:
    day = at.date()
    assert surviving.ask_due(at=at, on=day + timedelta(days=364)) == 0
    on = date(day.year + 1, day.month, day.day)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert surviving.ask_due(at=at, on=on) == 1
    assert surviving.ask_due(at=at, on=on) == 0
    letter = mail.outbox[-1]
    assert letter.to == ["budi@contoh.id"]
    assert letter.body.count("/praktik/kabar/") == 3


def test_one_click_of_the_letter_answers_without_signing_in(
    adoption: Adoption, at: datetime, client: Client
) -> None:
    check = surviving.ask(adoption=adoption, at=at, on=at.date())
    link = letters.answer_links(check)["changed"]
    path = link[link.index("/praktik/") :]
    page = client.get(path)
    assert page.status_code == 200
    assert page.context["form"]["running"].value() == "changed"
    missing = client.post(path, {"running": "changed"})
    assert missing.status_code == 422
    sent = {"running": "changed", "effect": "same", "advice": "yes", "note": ""}
    assert client.post(path, sent).status_code == 200
    check.refresh_from_db()
    assert (check.running, check.answered_by) == ("changed", None)
    assert client.post(path, sent).status_code == 422
    assert client.get("/praktik/kabar/tidak-ada/").status_code == 404


def test_answers_are_whole_and_given_once(
    adoption: Adoption, budi: Account, at: datetime
) -> None:
    check = surviving.ask(adoption=adoption, at=at, on=at.date())

    def answer(reply: Reply) -> SurvivalCheck:
        return surviving.answer(check=check, reply=reply, by=budi, at=at, on=at.date())

    with pytest.raises(AnswerRefused, match="missing"):
        answer(Reply("running", "", "yes"))
    answer(ALIVE)
    with pytest.raises(AnswerRefused, match="answered already"):
        answer(ALIVE)
    found = queries.adoptions(practice=adoption.practice, on=at.date())
    assert found[0].standing.state == State.RUNNING


def test_silent_for_twelve_months_it_is_unknown_until_somebody_answers(
    adoption: Adoption, budi: Account, at: datetime
) -> None:
    first = date(at.year + 1, at.month, at.day)
    surviving.ask_due(at=at, on=first)
    later = date(at.year + 2, at.month, at.day)

    def state(on: date) -> State:
        return queries.adoptions(practice=adoption.practice, on=on)[0].standing.state

    assert state(later - timedelta(days=1)) == State.YOUNG
    assert state(later) == State.UNKNOWN
    check = SurvivalCheck.objects.get()
    surviving.answer(check=check, reply=ALIVE, by=budi, at=at, on=later)
    assert state(later) == State.RUNNING


def test_an_undone_adoption_is_not_asked_and_takes_no_answer(
    adoption: Adoption, budi: Account, at: datetime
) -> None:
    check = surviving.ask(adoption=adoption, at=at, on=at.date())
    adopting.undo(adoption=adoption, reason="Sudah ada.", by=budi, at=at)
    with pytest.raises(AnswerRefused, match="undone"):
        surviving.answer(check=check, reply=ALIVE, by=budi, at=at, on=at.date())
    assert surviving.ask_due(at=at, on=date(at.year + 3, 1, 1)) == 0


def test_an_adopted_programme_is_not_offered_as_ones_own(
    here: Region, practice: Practice, budi: Account, at: datetime
) -> None:
    entry = portfolio.entry("OWN-1")
    record_candidates(region=here, rows=[entry], upload=None, by=None, at=at)
    adopting.adopt(region=here, practice=practice, plans=PLANS, by=budi, at=at)
    assert [row.code for row in queries.own_programmes(here)] == ["OWN-1"]
    adopted = current_candidates(here).get(code="A-1")
    with pytest.raises(practices.PracticeRefused, match="adopted from another region"):
        practices.from_programme(candidate=adopted, by=budi, at=at)
