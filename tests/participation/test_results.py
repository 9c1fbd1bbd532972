"""The pages of a result: for everyone, and in the work room."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from habaring.engines.counting import audit_json
from habaring.participation.actions import counting as actions
from habaring.participation.choices import Choice
from habaring.participation.models import Count, Vote, VoteState
from habaring.participation.outcomes import proof_of
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.participation import box_makers as makers
from tests.participation.test_counting import BALLOTS, change, counted

pytestmark = pytest.mark.django_db


def address(name: str, vote: Vote, *more: object) -> str:
    return reverse(f"participation:{name}", args=[vote.region_id, vote.pk, *more])


def page(client: Client, where: str, language: str = "en") -> str:
    client.cookies["bahasa"] = language
    answer = client.get(where)
    assert answer.status_code == 200, where
    return answer.content.decode().replace("\u00a0", " ")


def test_the_result_answers_first_and_gives_each_project_its_reason(
    client: Client, kotim: Region, at: datetime
) -> None:
    vote = counted(kotim, at)
    text = page(client, address("result", vote))
    assert "3 of 4 projects won." in text or "of 4 projects won." in text
    for count in Count.objects.filter(vote=vote):
        for told in count.told["projects"].values():
            assert told["title"] in text
        assert count.ballots_sha256 in text
        assert count.record_sha256 in text
    assert "style=" not in text


def test_the_same_page_in_indonesian_has_no_english(
    client: Client, kotim: Region, at: datetime
) -> None:
    text = page(client, address("result", counted(kotim, at)), "id")
    assert "Hitung ulang sendiri" in text
    for words in ("Recount", "Bought", "supporters", "voters", "Chosen", "funded"):
        assert words not in text


def test_every_project_and_round_has_its_page(
    client: Client, kotim: Region, at: datetime
) -> None:
    vote = counted(kotim, at)
    count = Count.objects.get(vote=vote)
    for code, told in count.told["projects"].items():
        assert told["title"] in page(
            client, address("result-project", vote, "semua", code)
        )
    numbers = range(1, len(count.told["rounds"]) + 1)
    for number in numbers:
        text = page(client, address("result-round", vote, "semua", number))
        assert ('rel="next"' in text) is (number < numbers[-1])
        assert ('rel="prev"' in text) is (number > 1)
    story = page(client, address("result-rounds", vote, "semua"))
    assert story.count('id="putaran-') >= len(numbers)
    missing = address("result-round", vote, "semua", len(numbers) + 1)
    assert client.get(missing).status_code == 404


def test_the_files_are_the_very_bytes(
    client: Client, kotim: Region, at: datetime
) -> None:
    vote = counted(kotim, at)
    count = Count.objects.get(vote=vote)
    ballots = client.get(address("result-ballots", vote, "semua"))
    record = client.get(address("result-record", vote, "semua"))
    assert sha256(ballots.content).hexdigest() == count.ballots_sha256
    assert sha256(record.content).hexdigest() == count.record_sha256
    assert record.content == audit_json(count.record)
    assert client.get(address("result-beside", vote, "semua")).status_code == 200
    for form in ("csv", "xlsx"):
        where = address("result-projects", vote, "semua", form)
        assert client.get(where).status_code == 200
    for kind in ("svg", "png", "csv"):
        where = address("result-picture", vote, "semua", "uang-pemilih", kind)
        assert client.get(where).status_code == 200
    checker = reverse("participation:checker", args=[kotim.code])
    assert b"Fraction" in client.get(checker).content


def test_a_file_that_was_exchanged_is_noticed(kotim: Region, at: datetime) -> None:
    count = Count.objects.get(vote=counted(kotim, at))
    proof = proof_of(count)
    assert proof.same
    assert proof.sealed
    count.ballots = bytes(count.ballots) + b"X1;4\n"
    count.ballots_sha256 = sha256(count.ballots).hexdigest()
    assert proof_of(count).same
    assert not proof_of(count).sealed


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (VoteState.OPEN, "There is no result yet"),
        (VoteState.CLOSED, "The ballots are being counted"),
        (VoteState.CANCELLED, "This vote was cancelled"),
    ],
)
def test_before_the_count_the_page_says_where_it_stands(
    client: Client, kotim: Region, at: datetime, state: VoteState, words: str
) -> None:
    vote = makers.vote(
        kotim,
        at + timedelta(days=3000),
        state=state,
        cancelled_reason="Surat suara salah cetak.",
    )
    text = page(client, address("result", vote))
    assert words in text
    assert client.get(address("result-ballots", vote, "semua")).status_code == 404


@pytest.mark.parametrize(
    ("ballots", "more", "words"),
    [
        ((), {}, "No ballot was cast"),
        (BALLOTS, {"budget": 10**12}, "Everything is funded"),
        (BALLOTS, {"budget": 1_000}, "No project won"),
    ],
)
def test_edges_have_their_own_words(
    client: Client,
    kotim: Region,
    at: datetime,
    ballots: object,
    more: dict[str, Any],
    words: str,
) -> None:
    assert words in page(client, address("result", counted(kotim, at, ballots, **more)))


def test_a_tie_tells_which_published_order_broke_it(
    client: Client, kotim: Region, at: datetime
) -> None:
    options = [("Kiri", 100), ("Kanan", 100)]
    vote = counted(kotim, at, [("1",), ("2",)], options=options, budget=150)
    text = page(client, address("result", vote))
    assert "<h2>Ties</h2>" in text
    assert "there it has place 1." in text


def test_a_draft_has_no_result_page(
    client: Client, kotim: Region, at: datetime
) -> None:
    vote = makers.vote(kotim, at, state=VoteState.DRAFT)
    assert client.get(address("result", vote)).status_code == 404


def test_few_queries(
    client: Client, kotim: Region, at: datetime, django_assert_max_num_queries: object
) -> None:
    where = address("result", counted(kotim, at))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(where)


def test_districts_stand_side_by_side_and_each_has_its_page(
    client: Client, kotim: Region, at: datetime
) -> None:
    from habaring.participation import closing

    codes = ("62.02.05", "62.02.06")
    vote = makers.vote(
        kotim,
        at - timedelta(days=7),
        options=(),
        per_district=True,
        district_budgets=dict.fromkeys(codes, 100),
    )
    for place, code in enumerate(codes, 1):
        makers.option(
            vote, str(place), f"Sumur {place}", 90, at=at, district=people.region(code)
        )
    makers.fill(vote, [Choice(("1",)), Choice(("2",))], districts=codes)
    makers.end(vote)
    assert closing.count_vote(vote=vote.pk, region=kotim.code, clock=lambda: at)
    text = page(client, address("result", vote))
    assert "Sumur 1" in text
    assert "Sumur 2" in text
    one = page(client, address("result-place", vote, "62.02.05"))
    assert "Sumur 2" not in one
    assert "suara-62.02-" in one


# The work room


def work(name: str, vote: Vote, *more: object) -> str:
    return reverse(f"participation-work:{name}", args=[vote.region_id, vote.pk, *more])


def test_only_who_runs_votes_closes_one(
    client: Client, kotim: Region, budi: Account, citra: Account, at: datetime
) -> None:
    vote = makers.vote(kotim, at - timedelta(days=7))
    client.force_login(citra)
    assert client.post(work("close-vote", vote)).status_code == 403
    client.force_login(budi)
    assert client.get(work("close-vote", vote)).status_code == 405
    assert client.post(work("close-vote", vote)).status_code == 302
    vote.refresh_from_db()
    assert vote.state == VoteState.CLOSED
    assert client.get(work("counting", vote)).status_code == 200
    again = client.post(work("close-vote", vote))
    assert again.status_code == 302
    assert again["Location"] == work("counting", vote)


def test_the_page_of_the_count_says_that_it_failed(
    client: Client, kotim: Region, budi: Account, at: datetime
) -> None:
    vote = makers.vote(kotim, at - timedelta(days=7))
    makers.end(vote)
    actions.note_failure(vote=vote, problem="SealError", at=at)
    client.force_login(budi)
    assert "SealError" in page(client, work("counting", vote))


def test_the_council_changes_a_result_on_its_page(
    client: Client, kotim: Region, budi: Account, citra: Account, at: datetime
) -> None:
    vote = counted(kotim, at)
    told = change(kotim, at)
    sent = {
        "winners": ["4"],
        "decision": told.decision.pk,
        "reason": "Jembatan putus sesudah pemungutan suara.",
    }
    where = work("override", vote, "semua")
    client.force_login(citra)
    assert client.post(where, sent).status_code == 403
    client.force_login(budi)
    assert client.get(where).status_code == 200
    over = client.post(where, sent | {"winners": ["1", "2", "3", "4"]})
    assert over.status_code == 422
    assert client.post(where, sent).status_code == 302
    assert client.post(where, sent).status_code == 422
    text = page(client, address("result", vote))
    first = text.index("The council changed this result")
    assert first < text.index("Not chosen")
    assert "Jembatan putus sesudah pemungutan suara." in text
    assert told.decision.number in text
