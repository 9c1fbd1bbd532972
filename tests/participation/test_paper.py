"""Paper: sheets with numbers, voters ticked off once, sheets counted once."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from habaring.participation import box, choices, paper, printing
from habaring.participation.actions import casting
from habaring.participation.actions import paper as actions
from habaring.participation.actions.paper import NoPaper, TooManySheets
from habaring.participation.choices import Choice
from habaring.participation.models import (
    Ballot,
    BallotKind,
    PaperBatch,
    TakesPart,
    Vote,
    Voter,
)
from habaring.participation.paper import MoreThanVoters, PaperBallot
from habaring.participation.receipts import ALPHABET, check_serial, serial_of, value_of
from habaring.people.entitled.models import RegisterEntry
from habaring.people.entitled.tables import name_mark, number_mark
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import FileRefused
from habaring.shared.tables import Rows, read
from tests import makers as people
from tests.participation import box_makers, makers

pytestmark = pytest.mark.django_db
NIKS = ("6202059901900001", "6202059902900002", "6202059903900003")
NAMES = ("Siti Rahma", "Amat Jaya", "Rusmini")
PLACE = "TPS 03 Baamang Hulu"


@pytest.fixture
def today() -> datetime:
    """PostgreSQL takes ballots by its own clock."""
    return now()


@pytest.fixture
def vote(kotim: Region, today: datetime) -> Vote:
    """Open today, on paper too; three people may vote."""
    return paper_vote(kotim, today)


def paper_vote(region: Region, at: datetime, **more: Any) -> Vote:
    register = box_makers.electorate(region, at, people=0)
    register.illustrative = True
    register.save()
    for nik, name in zip(NIKS, NAMES, strict=True):
        mark = number_mark(region.code, nik)
        row = box_makers.entry(register, mark, village="62.02.05.1001")
        RegisterEntry.objects.filter(pk=row.pk).update(name_hash=name_mark(mark, name))
    given: dict[str, Any] = {
        "votes_by": TakesPart.REGISTER,
        "register": register,
        "paper": True,
    }
    return box_makers.vote(region, at, **(given | more))


def table(kind: Any, *rows: tuple[str, ...]) -> Rows:
    heads = ",".join(column.code for column in kind.columns)
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    file = io.BytesIO("\n".join([heads, *lines]).encode())
    return read(file, kind, today=now().date())


def printed(vote: Vote, by: Account, at: datetime, number: int = 5) -> list[str]:
    batch = actions.print_sheets(vote=vote, number=number, place=PLACE, by=by, at=at)
    return printing.serials(batch)


def tick_off(vote: Vote, by: Account, at: datetime, people: int = 3) -> PaperBatch:
    rows = table(paper.VOTERS, *list(zip(NIKS, NAMES, strict=True))[:people])
    return actions.record_paper_voters(
        vote=vote, place=PLACE, people=paper.voters_in(rows, vote), by=by, at=at
    )


def bring_in(
    vote: Vote, by: Account, at: datetime, *rows: tuple[str, str], place: str = PLACE
) -> PaperBatch:
    found = paper.ballots_in(table(paper.BALLOTS, *rows), vote)
    return actions.record_paper_ballots(
        vote=vote, place=place, ballots=found, by=by, at=at
    )


def problems(refused: pytest.ExceptionInfo[FileRefused]) -> list[tuple[Any, ...]]:
    return [(one.row, one.column) for one in refused.value.problems]


# Numbers


def test_numbers_come_once_without_order_and_are_known_again(
    vote: Vote, budi: Account, today: datetime
) -> None:
    first = printed(vote, budi, today, 200)
    second = printed(vote, budi, today, 200)
    assert len({*first, *second}) == 400
    assert first != sorted(first)
    assert all(check_serial(number) == number for number in first)
    assert all(printing.was_printed(vote, n, sheets=400) for n in (*first, *second))
    assert not any(printing.was_printed(vote, n, sheets=200) for n in second)


def test_numbers_of_another_vote_are_not_of_this_one(
    vote: Vote, kotim: Region, budi: Account, today: datetime
) -> None:
    other = box_makers.vote(kotim, today, call=vote.call)
    numbers = printed(vote, budi, today, 50)
    assert not any(printing.was_printed(other, n, sheets=50) for n in numbers)


@pytest.mark.parametrize("value", [0, 1, 31, 32, 2**35 - 1, 123456789])
def test_a_value_comes_back_from_its_serial(value: int) -> None:
    assert value_of(serial_of(value)) == value
    assert check_serial(serial_of(value)) == serial_of(value)


def test_every_single_mistake_in_a_number_is_noticed(
    vote: Vote, budi: Account, today: datetime
) -> None:
    number = printed(vote, budi, today, 1)[0]
    for place, right in enumerate(number):
        for wrong in ALPHABET:
            if wrong != right:
                assert not check_serial(number[:place] + wrong + number[place + 1 :])


def test_sheets_are_of_a_published_vote_that_takes_paper(
    vote: Vote, kotim: Region, budi: Account, today: datetime
) -> None:
    screen = box_makers.vote(kotim, today, call=vote.call)
    with pytest.raises(NoPaper):
        printed(screen, budi, today)
    with pytest.raises(NoPaper):
        printed(vote, budi, vote.closes_at)
    for number in (0, 501):
        with pytest.raises(TooManySheets):
            printed(vote, budi, today, number)
    assert not PaperBatch.objects.exists()


# PDFs


@pytest.mark.parametrize("kind", list(BallotKind))
def test_ballot_sheets_are_set_for_each_kind(vote: Vote, kind: BallotKind) -> None:
    vote.ballot, vote.points = kind, 10
    content = printing.ballot_sheets(vote, ["K7QM3XRT", "00000000"], place=PLACE)
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") == 2 or b"/Count 2" in content


def test_the_proposal_sheet_is_one_page_and_for_everybody(
    kotim: Region, at: datetime
) -> None:
    call = makers.call(kotim, at, details='<b>#panik $x$ \\ " </b>', name="#let x = 1")
    content = printing.proposal_sheet(call)
    assert b"/Count 1" in content
    place = f"/daerah/62.02/usulan/panggilan/{call.pk}/lembar.pdf"
    answer = Client().get(place)
    assert answer["Content-Type"] == "application/pdf"
    call.state = "closed"
    call.save()
    assert Client().get(place).status_code == 404


# Voters


def test_voters_are_ticked_off_and_cannot_vote_on_screen(
    vote: Vote, alya: Account, budi: Account, today: datetime
) -> None:
    RegisterEntry.objects.filter(
        number_hash=number_mark(vote.region_id, NIKS[0])
    ).update(account=alya, verified_at=today)
    tick_off(vote, budi, today)
    assert Voter.objects.filter(vote=vote, channel="paper").count() == 3
    person = casting.person_of(vote=vote, account=alya, at=today)
    with pytest.raises(box.VotedAlready) as refused:
        casting.cast(
            sheet=choices.sheet_of(vote),
            person=person,
            receipt=box.new_receipt(),
            choice=Choice(("1",)),
            at=today,
        )
    assert "kertas" in str(refused.value)


def test_who_voted_on_screen_is_not_ticked_off(
    vote: Vote, alya: Account, budi: Account, today: datetime
) -> None:
    RegisterEntry.objects.filter(
        number_hash=number_mark(vote.region_id, NIKS[1])
    ).update(account=alya, verified_at=today)
    casting.cast(
        sheet=choices.sheet_of(vote),
        person=casting.person_of(vote=vote, account=alya, at=today),
        receipt=box.new_receipt(),
        choice=Choice(("1",)),
        at=today,
    )
    with pytest.raises(FileRefused) as refused:
        tick_off(vote, budi, today)
    assert problems(refused) == [(3, "nik")]
    assert "layar" in str(refused.value.problems[0].message)
    assert not Voter.objects.filter(channel="paper").exists()
    assert not PaperBatch.objects.exists()


def test_every_wrong_row_of_voters_is_named_and_nobody_is_ticked_off(
    vote: Vote, budi: Account, today: datetime
) -> None:
    tick_off(vote, budi, today, people=1)
    rows = table(
        paper.VOTERS,
        (NIKS[0], NAMES[0]),  # ticked off before
        (NIKS[1], "Orang Lain"),
        (NIKS[2], "RUSMINI"),
        (NIKS[2], "Rusmini"),  # twice
        ("6202059904900099", "Tidak Ada"),
        ("12", "Pendek"),
    )
    with pytest.raises(FileRefused) as refused:
        paper.voters_in(rows, vote)
    assert problems(refused) == [
        (2, "nik"),
        (3, "name"),
        (5, "nik"),
        (6, "nik"),
        (7, "nik"),
    ]
    told = " ".join(str(one) for one in refused.value.problems)
    assert "6202" not in told
    assert Voter.objects.count() == 1


def test_a_district_without_a_ballot_is_named(
    kotim: Region, budi: Account, today: datetime
) -> None:
    vote = paper_vote(
        kotim, today, per_district=True, district_budgets={"62.02.06": 1_000_000}
    )
    rows = table(paper.VOTERS, (NIKS[0], NAMES[0]))
    with pytest.raises(FileRefused) as refused:
        paper.voters_in(rows, vote)
    assert problems(refused) == [(2, "nik")]


def test_nothing_is_brought_in_before_the_opening_or_after_the_close(
    vote: Vote, budi: Account, today: datetime
) -> None:
    rows = table(paper.VOTERS, (NIKS[0], NAMES[0]))
    people_found = paper.voters_in(rows, vote)
    for at in (vote.opens_at - timedelta(seconds=1), vote.closes_at):
        with pytest.raises(box.BoxClosed):
            actions.record_paper_voters(
                vote=vote, place=PLACE, people=people_found, by=budi, at=at
            )
        with pytest.raises(box.BoxClosed):
            actions.record_paper_ballots(
                vote=vote, place=PLACE, ballots=[], by=budi, at=at
            )


def test_two_files_at_once_tick_nobody_off_twice(
    vote: Vote, budi: Account, today: datetime
) -> None:
    rows = table(paper.VOTERS, (NIKS[0], NAMES[0]))
    found = paper.voters_in(rows, vote)
    values: dict[str, Any] = {
        "vote": vote,
        "place": PLACE,
        "people": found,
        "by": budi,
        "at": today,
    }
    actions.record_paper_voters(**values)
    with pytest.raises(box.VotedAlready):
        actions.record_paper_voters(**values)
    assert PaperBatch.objects.count() == 1


# Sheets


def test_sheets_go_into_the_box_and_are_counted(
    vote: Vote, budi: Account, today: datetime
) -> None:
    numbers = printed(vote, budi, today)
    tick_off(vote, budi, today)
    shown = f"{numbers[1][:4].lower()} {numbers[1][4:]}"
    bring_in(vote, budi, today, (numbers[0], "4 1"), (shown, ""), (numbers[2], "2"))
    assert box.check_receipt(vote, numbers[0]).channel == "paper"
    box_makers.end(vote)
    counted = dict(box.ballots_of(vote))
    assert counted == {
        numbers[0]: Choice(("1", "4")),
        numbers[1]: Choice(),
        numbers[2]: Choice(("2",)),
    }


def test_every_wrong_sheet_is_named_and_none_goes_in(
    vote: Vote, budi: Account, today: datetime
) -> None:
    numbers = printed(vote, budi, today)
    tick_off(vote, budi, today)
    bring_in(vote, budi, today, (numbers[0], "1"))
    never = serial_of(12345)
    assert not printing.was_printed(vote, never, sheets=5)
    with pytest.raises(FileRefused) as refused:
        bring_in(
            vote,
            budi,
            today,
            (numbers[0], "1"),  # in the box already
            (numbers[1], "1 2 3"),  # at most two
            (numbers[2], "9"),
            (numbers[3], "1"),
            (numbers[3], "1"),  # twice
            (never, "1"),
            ("K7QM-3XRX", "1"),
            (numbers[4], "1 1"),
        )
    assert problems(refused) == [
        (2, "number"),
        (3, "choice"),
        (4, "choice"),
        (6, "number"),
        (7, "number"),
        (8, "number"),
        (9, "choice"),
    ]
    assert Ballot.objects.count() == 1


def test_there_are_never_more_sheets_than_paper_voters_of_a_place(
    vote: Vote, budi: Account, today: datetime
) -> None:
    numbers = printed(vote, budi, today)
    with pytest.raises(MoreThanVoters):
        bring_in(vote, budi, today, (numbers[0], "1"))
    tick_off(vote, budi, today, people=1)
    with pytest.raises(MoreThanVoters):
        bring_in(vote, budi, today, (numbers[0], "1"), (numbers[1], "1"))
    with pytest.raises(MoreThanVoters):
        bring_in(vote, budi, today, (numbers[0], "1"), place="TPS 04")
    bring_in(vote, budi, today, (numbers[0], "1"))
    assert [one.missing for one in paper.places(vote)] == [0]
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "text", "choice"),
    [
        (BallotKind.RANKING, "4 > 1", Choice(("4", "1"))),
        (BallotKind.KNAPSACK, "2;1", Choice(("1", "2"))),
        (BallotKind.POINTS, "4=2, 1=8", Choice(("4", "1"), (2, 8))),
        (BallotKind.POINTS, "4=0 1=1", Choice(("1",), (1,))),
    ],
)
def test_each_kind_of_ballot_is_read(
    kotim: Region,
    budi: Account,
    today: datetime,
    kind: BallotKind,
    text: str,
    choice: Choice,
) -> None:
    vote = paper_vote(kotim, today, ballot=kind, points=10)
    numbers = printed(vote, budi, today)
    rows = table(paper.BALLOTS, (numbers[0], text))
    assert paper.ballots_in(rows, vote) == [PaperBallot(numbers[0], choice)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BallotKind.KNAPSACK, "4 2"),  # over the budget
        (BallotKind.POINTS, "4"),
        (BallotKind.POINTS, "4=x"),
        (BallotKind.POINTS, "4=9 1=2"),  # eleven of ten
        (BallotKind.RANKING, "1.4"),
        (BallotKind.APPROVAL, "1=2"),
    ],
)
def test_what_a_sheet_cannot_say_is_refused(
    kotim: Region, budi: Account, today: datetime, kind: BallotKind, text: str
) -> None:
    vote = paper_vote(kotim, today, ballot=kind, points=10)
    numbers = printed(vote, budi, today)
    with pytest.raises(FileRefused) as refused:
        paper.ballots_in(table(paper.BALLOTS, (numbers[0], text)), vote)
    assert problems(refused) == [(2, "choice")]


def test_nothing_joins_names_with_sheets(
    vote: Vote, budi: Account, today: datetime
) -> None:
    numbers = printed(vote, budi, today)
    tick_off(vote, budi, today)
    bring_in(vote, budi, today, *((number, "1") for number in numbers[:3]))
    kept = str(list(AuditEntry.objects.values_list("details", "reason", "subject_ref")))
    for secret in (*NIKS, *NAMES, *numbers):
        assert secret not in kept
    assert not PaperBatch.objects.exclude(upload=None).exists()
    columns = {field.name for field in Voter._meta.get_fields()}
    assert columns.isdisjoint({"batch", "number", "at", "place"})


# Pages


def test_the_paper_room_prints_ticks_off_and_brings_in(
    vote: Vote, budi: Account
) -> None:
    client = Client()
    client.force_login(budi)
    place = f"/ruang-kerja/62.02/dengar/suara/{vote.pk}/kertas/"
    assert client.get(place).status_code == 200
    given: dict[str, Any] = {"deed": "print", "p-number": "3", "p-place": PLACE}
    assert client.post(place, given).status_code == 302
    batch = PaperBatch.objects.get()
    pdf = client.get(f"{place}{batch.pk}/surat-suara.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert client.get(f"{place}daftar-hadir.pdf?l-place=TPS&l-lines=30").content[
        :4
    ] == (b"%PDF")
    for name in ("pemilih.xlsx", "lembar.xlsx"):
        assert client.get(place + name).status_code == 200
    text = "nik,name\n" + "\n".join(map(",".join, zip(NIKS, NAMES, strict=True)))
    file = SimpleUploadedFile("pemilih.csv", text.encode())
    given = {"deed": "voters", "v-place": PLACE, "v-file": file}
    assert client.post(place, given).status_code == 302
    bad = SimpleUploadedFile("lembar.csv", b"number,choice\nK7QM-3X,1\n")
    answer = client.post(place, {"deed": "ballots", "b-place": PLACE, "b-file": bad})
    assert answer.status_code == 422
    assert "bukan nomor lembar" in answer.content.decode()
    numbers = printing.serials(batch)
    good = SimpleUploadedFile("lembar.csv", f"number,choice\n{numbers[0]},1\n".encode())
    answer = client.post(place, {"deed": "ballots", "b-place": PLACE, "b-file": good})
    assert answer.status_code == 302
    assert Ballot.objects.get().number == numbers[0]


def test_only_who_runs_votes_here_sees_the_paper(
    vote: Vote, alya: Account, citra: Account
) -> None:
    moderator = people.officer("Dewi", region=vote.region, role="planner")
    place = f"/ruang-kerja/62.02/dengar/suara/{vote.pk}/kertas/"
    for person in (alya, citra, moderator):
        client = Client()
        client.force_login(person)
        for rest in ("", "pemilih.xlsx", "daftar-hadir.pdf?l-place=a&l-lines=20"):
            assert client.get(place + rest).status_code == 403, rest
        assert client.post(place, {"deed": "print"}).status_code == 403


def test_a_vote_on_screen_alone_has_no_paper_room(
    kotim: Region, budi: Account, today: datetime
) -> None:
    vote = box_makers.vote(kotim, today)
    client = Client()
    client.force_login(budi)
    place = f"/ruang-kerja/62.02/dengar/suara/{vote.pk}/kertas/"
    assert client.get(place).status_code == 404
