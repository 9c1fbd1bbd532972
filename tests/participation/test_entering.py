"""Officers enter proposals for others: with origin, consent, and within their place."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.test import Client

from habaring.participation.actions import entering
from habaring.participation.actions.entering import Entered, EnteringRefused, Source
from habaring.participation.actions.proposing import Effect, Idea, Place
from habaring.participation.models import Call, CallState, Origin, Proposal
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.council import makers as councils
from tests.participation import makers

pytestmark = pytest.mark.django_db
IDEA = Idea("Sumur bor di RT 4", "Air sungai keruh.", "Bor satu sumur.")


@pytest.fixture
def call(kotim: Region, at: datetime) -> Call:
    return makers.call(kotim, at)


@pytest.fixture
def baamang(kotim: Region) -> Region:
    return people.region("62.02.05")


def _enter(region: Region, row: Entered, by: Account, at: datetime) -> Proposal:
    return entering.enter(region=region, rows=[row], by=by, at=at).new[0]


def test_a_proposal_for_a_person_without_a_telephone(
    call: Call, kotim: Region, budi: Account, at: datetime
) -> None:
    row = Entered(call, IDEA, source=Source(name="Pak Karto", on_paper=True))
    with pytest.raises(EnteringRefused):
        _enter(kotim, row, budi, at)
    agreed = replace(row, source=replace(row.source, consent=True))
    made = _enter(kotim, agreed, budi, at)
    assert (made.author, made.entered_by, made.author_name) == (None, budi, "Pak Karto")
    assert made.on_paper
    assert made.state == "public"
    nameless = _enter(kotim, Entered(call, IDEA), budi, at)
    assert nameless.author_name == ""
    assert made.steps.get().details["entered"] is True


def test_origin_is_recorded_with_the_meeting(
    call: Call, kotim: Region, budi: Account, at: datetime
) -> None:
    meeting = councils.meeting(councils.body(kotim, at), at)
    source = Source(origin=Origin.MEETING, text="Musdes Pelangsian", meeting=meeting)
    made = _enter(kotim, Entered(call, IDEA, source=source), budi, at)
    assert (made.origin, made.origin_text, made.meeting) == (
        "meeting",
        "Musdes Pelangsian",
        meeting,
    )


def test_what_is_wrong_is_told_and_nothing_is_saved(
    call: Call, kotim: Region, budi: Account, at: datetime
) -> None:
    closed = makers.call(kotim, at, state=CallState.CLOSED, closed_at=at)
    wrong = [
        Entered(closed, IDEA),
        Entered(call, replace(IDEA, title=" ")),
        Entered(call, IDEA, Place(region=people.region("62.01"))),
        Entered(call, IDEA, effect=Effect(dimension_code="XYZ")),
        Entered(call, IDEA, effect=Effect(rough_cost=-5)),
        Entered(call, IDEA, source=Source(origin="moon")),
        Entered(call, IDEA, source=Source(origin=Origin.BUSINESS)),
        Entered(call, IDEA, number=99),
    ]
    with pytest.raises(EnteringRefused) as refused:
        entering.enter(region=kotim, rows=[Entered(call, IDEA), *wrong], by=budi, at=at)
    assert refused.value.count == len(wrong)
    assert not Proposal.objects.exists()


def test_what_an_officer_entered_is_corrected_a_citizens_is_not(
    call: Call, kotim: Region, alya: Account, budi: Account, at: datetime
) -> None:
    made = _enter(kotim, Entered(call, IDEA), budi, at)
    row = Entered(call, replace(IDEA, title="Sumur bor di RT 5"), number=made.number)
    told = entering.enter(region=kotim, rows=[row], by=budi, at=at)
    assert [one.title for one in told.changed] == ["Sumur bor di RT 5"]
    assert entering.enter(region=kotim, rows=[row], by=budi, at=at).unchanged == 1
    own = makers.proposal(call, at, author=alya, number=77)
    with pytest.raises(EnteringRefused):
        entering.enter(
            region=kotim, rows=[replace(row, number=own.number)], by=budi, at=at
        )


def test_a_district_officer_enters_for_the_district_alone(
    client: Client, call: Call, kotim: Region, baamang: Region, at: datetime
) -> None:
    siti = people.officer("Siti", region=baamang, role="district_officer")
    row = Entered(call, IDEA, Place(region=baamang))
    entering.enter(region=kotim, rows=[row], by=siti, at=at, within=baamang)
    for place in (kotim, people.region("62.02.06"), None):
        with pytest.raises(EnteringRefused):
            entering.enter(
                region=kotim,
                rows=[replace(row, place=Place(region=place))],
                by=siti,
                at=at,
                within=baamang,
            )
    client.force_login(siti)
    assert client.get("/ruang-kerja/62.02/dengar/masukkan/").status_code == 403
    page = client.get("/ruang-kerja/62.02.05/dengar/masukkan/")
    assert page.status_code == 200
    typed = {
        "call": call.pk,
        "title": "Titian kayu",
        "problem": "Lapuk.",
        "idea": "Ganti.",
        "place": "62.02.05",
        "origin": "citizen",
    }
    answer = client.post("/ruang-kerja/62.02.05/dengar/masukkan/", typed)
    assert answer.status_code == 302
    made = Proposal.objects.get(title="Titian kayu")
    assert (made.region, made.place, made.entered_by) == (kotim, baamang, siti)
    elsewhere = typed | {"place": "62.02.06"}
    answer = client.post("/ruang-kerja/62.02.05/dengar/masukkan/", elsewhere)
    assert answer.status_code == 422


def test_a_member_of_parliament_enters_in_a_call_for_pokir(
    client: Client, kotim: Region, at: datetime
) -> None:
    call = makers.call(
        kotim, at, kind="pokir", proposes="officers", name="Pokir DPRD 2027"
    )
    dewi = people.officer("Dewi", region=kotim, role="parliament")
    client.force_login(dewi)
    page = client.get("/ruang-kerja/62.02/dengar/masukkan/").content.decode()
    assert "Pokir DPRD 2027" in page
    typed = {
        "call": call.pk,
        "title": "Jalan usaha tani",
        "problem": "Becek.",
        "idea": "Perkeras.",
        "origin": "council",
        "origin_text": "Reses dapil 2",
        "lagi": "1",
    }
    answer = client.post("/ruang-kerja/62.02/dengar/masukkan/", typed)
    assert answer.status_code == 302
    assert f"panggilan={call.pk}" in answer["Location"]
    made = Proposal.objects.get()
    assert made.origin == "council"
    correct = client.get(f"/ruang-kerja/62.02/dengar/masukkan/{made.number}/")
    assert correct.status_code == 200


def test_who_holds_no_such_role_enters_nothing(
    client: Client, call: Call, alya: Account, citra: Account
) -> None:
    for person in (alya, citra):
        client.force_login(person)
        for page in ("", "unggah/", "templat.xlsx"):
            answer = client.get(f"/ruang-kerja/62.02/dengar/masukkan/{page}")
            assert answer.status_code == 403
