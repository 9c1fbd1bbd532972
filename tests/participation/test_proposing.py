"""Proposing: page by page, without scripts, and what is refused."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from habaring.participation.actions import following, proposing
from habaring.participation.actions.following import FollowRefused
from habaring.participation.actions.proposing import (
    Effect,
    Idea,
    Name,
    Place,
    ProposalRefused,
)
from habaring.participation.models import (
    Author,
    Call,
    CallState,
    Photo,
    Proposal,
    ProposalFollow,
    ProposalState,
    Step,
    TakesPart,
)
from habaring.people.entitled.models import Register, RegisterEntry
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.limits import TooMany
from habaring.shared.uploads import PICTURES, accept
from tests import makers as people
from tests.participation import makers
from tests.shared.test_bare_pictures import PLACE, png

pytestmark = pytest.mark.django_db
IDEA = Idea("Lampu jalan", "Gang gelap.", "Pasang lampu.")


@pytest.fixture
def call(kotim: Region, at: datetime) -> Call:
    return makers.call(kotim, at)


@pytest.fixture
def draft(call: Call, alya: Account, at: datetime) -> Proposal:
    return proposing.begin(call=call, name=Name("Alya"), by=alya, at=at)


def _trust(call: Call, person: Account, at: datetime) -> None:
    """Two public proposals: no longer new."""
    for i in range(2):
        makers.proposal(call, at, author=person, number=900 + i, title=f"Lama {i}")


def _ready(draft: Proposal, alya: Account, at: datetime) -> Proposal:
    return proposing.write_idea(proposal=draft, idea=IDEA, by=alya, at=at)


# The actions


def test_an_empty_draft_is_gone_on_with(
    draft: Proposal, call: Call, alya: Account, at: datetime
) -> None:
    again = proposing.begin(call=call, name=Name(""), by=alya, at=at)
    assert again.pk == draft.pk
    assert again.author_name == ""
    _ready(draft, alya, at)
    other = proposing.begin(call=call, name=Name(""), by=alya, at=at)
    assert (draft.number, other.number) == (1, 2)


def test_sent_twice_is_sent_once(draft: Proposal, alya: Account, at: datetime) -> None:
    _ready(draft, alya, at)
    for _i in range(2):
        row = proposing.send(proposal=draft, by=alya, at=at)
    assert row.sent_at == at
    assert Step.objects.filter(proposal=draft).count() == 1


def test_a_new_account_is_held_and_a_known_one_is_public(
    draft: Proposal, call: Call, alya: Account, at: datetime
) -> None:
    _ready(draft, alya, at)
    assert proposing.send(proposal=draft, by=alya, at=at).state == ProposalState.HELD
    _trust(call, alya, at)
    other = proposing.begin(call=call, name=Name(), by=alya, at=at)
    _ready(other, alya, at)
    assert proposing.send(proposal=other, by=alya, at=at).state == ProposalState.PUBLIC


def test_what_is_missing_or_over_is_not_sent(
    draft: Proposal, call: Call, alya: Account, at: datetime
) -> None:
    with pytest.raises(ProposalRefused):
        proposing.send(proposal=draft, by=alya, at=at)
    _ready(draft, alya, at)
    with pytest.raises(ProposalRefused):
        proposing.send(proposal=draft, by=alya, at=at + timedelta(days=22))
    Call.objects.filter(pk=call.pk).update(state=CallState.CLOSED)
    with pytest.raises(ProposalRefused):
        proposing.send(proposal=draft, by=alya, at=at)
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT


def test_somebody_sends_five_a_day(call: Call, alya: Account, at: datetime) -> None:
    for i in range(6):
        row = proposing.begin(call=call, name=Name(), by=alya, at=at)
        _ready(row, alya, at)
        if i < proposing.A_DAY:
            proposing.send(proposal=row, by=alya, at=at)
    with pytest.raises(TooMany):
        proposing.send(proposal=row, by=alya, at=at)
    proposing.send(proposal=row, by=alya, at=at + timedelta(days=1))


def test_a_place_lies_in_the_place_of_the_call(
    draft: Proposal, alya: Account, at: datetime
) -> None:
    tinduk = people.region("62.02.05.2006", "Tinduk", "desa")
    row = proposing.write_place(
        proposal=draft, place=Place(tinduk, "SD 2", -2.53, 112.95), by=alya, at=at
    )
    assert (row.place, row.latitude) == (tinduk, -2.53)
    with pytest.raises(ProposalRefused):
        proposing.write_place(
            proposal=draft, place=Place(people.region("62.01")), by=alya, at=at
        )
    half = proposing.write_place(
        proposal=draft, place=Place(tinduk, "", -2.53, None), by=alya, at=at
    )
    assert half.latitude is None


def test_a_young_proposal_changes_in_public_and_an_old_one_not(
    call: Call, alya: Account, at: datetime
) -> None:
    _trust(call, alya, at)
    row = makers.proposal(call, at, author=alya)
    changed = proposing.write_effect(
        proposal=row, effect=Effect("40 keluarga", "LIV", 1), by=alya, at=at
    )
    assert changed.beneficiaries == "40 keluarga"
    step = Step.objects.get(proposal=row)
    assert step.kind == "changed"
    assert "beneficiaries" in step.details["fields"]
    with pytest.raises(ProposalRefused):
        proposing.write_idea(proposal=row, idea=Idea("", "a", "b"), by=alya, at=at)
    later = at + timedelta(days=15)
    with pytest.raises(ProposalRefused):
        proposing.write_idea(proposal=row, idea=IDEA, by=alya, at=later)
    assert not proposing.changeable(row, at=later)


def test_nobody_writes_in_the_draft_of_another(
    draft: Proposal, citra: Account, at: datetime
) -> None:
    with pytest.raises(Proposal.DoesNotExist):
        proposing.write_idea(proposal=draft, idea=IDEA, by=citra, at=at)


def test_six_pictures_and_no_more(draft: Proposal, alya: Account, at: datetime) -> None:
    for i in range(proposing.PHOTOS):
        proposing.add_photo(
            proposal=draft, picture=_picture(i), caption="", by=alya, at=at
        )
    same = _picture(0)
    proposing.add_photo(proposal=draft, picture=same, caption="", by=alya, at=at)
    assert Photo.objects.count() == proposing.PHOTOS
    with pytest.raises(ProposalRefused):
        proposing.add_photo(
            proposal=draft, picture=_picture(9), caption="", by=alya, at=at
        )
    first = Photo.objects.first()
    assert first is not None
    proposing.drop_photo(proposal=draft, photo=first.pk, by=alya, at=at)
    assert Photo.objects.count() == proposing.PHOTOS - 1


def _picture(i: int):  # type: ignore[no-untyped-def]
    content = png() + bytes([i])
    return accept(SimpleUploadedFile("a.png", content), PICTURES)


def test_a_draft_is_thrown_away_and_a_sent_one_withdrawn(
    draft: Proposal, call: Call, alya: Account, at: datetime
) -> None:
    proposing.drop_draft(proposal=draft, by=alya, at=at)
    assert not Proposal.objects.exists()
    row = makers.proposal(call, at, author=alya)
    with pytest.raises(ProposalRefused):
        proposing.drop_draft(proposal=row, by=alya, at=at)
    proposing.withdraw(proposal=row, reason="Sudah dibangun.", by=alya, at=at)
    row.refresh_from_db()
    assert row.state == ProposalState.WITHDRAWN
    with pytest.raises(ProposalRefused):
        proposing.withdraw(proposal=row, reason="", by=alya, at=at)


def test_coauthors_accept_leave_and_are_not_the_author(
    call: Call, alya: Account, citra: Account, at: datetime
) -> None:
    row = makers.proposal(call, at, author=alya)
    proposing.invite(proposal=row, account=citra, by=alya, at=at)
    assert Author.objects.get().accepted_at is None
    proposing.accept(proposal=row, name="Citra", by=citra, at=at)
    assert Author.objects.get().accepted_at == at
    with pytest.raises(ProposalRefused):
        proposing.accept(proposal=row, name="", by=alya, at=at)
    assert proposing.leave(proposal=row, by=citra, at=at)
    assert not proposing.leave(proposal=row, by=citra, at=at)


def test_support_counts_once_and_hearing_stops_apart(
    call: Call, alya: Account, citra: Account, at: datetime
) -> None:
    row = makers.proposal(call, at, author=alya)
    for _i in range(2):
        following.support(proposal=row, by=citra, at=at)
    following.stop_hearing(proposal=row, by=citra, at=at)
    follow = ProposalFollow.objects.get()
    assert (follow.supports, follow.hears) == (True, False)
    following.follow(proposal=row, by=citra, at=at)
    following.stop_support(proposal=row, by=citra, at=at)
    following.stop_hearing(proposal=row, by=citra, at=at)
    assert not ProposalFollow.objects.exists()
    assert not following.stop_hearing(proposal=row, by=citra, at=at)
    with pytest.raises(FollowRefused):
        following.support(proposal=row, by=alya, at=at)
    following.stop_hearing(proposal=row, by=alya, at=at)
    assert not ProposalFollow.objects.get().hears
    row.state = ProposalState.WITHDRAWN
    with pytest.raises(FollowRefused):
        following.support(proposal=row, by=citra, at=at)


# The pages, without scripts


def _address(name: str, *args: object) -> str:
    return reverse(f"participation:{name}", args=["62.02", *args])


def test_a_villager_proposes_page_by_page(
    kotim: Region, alya: Account, client: Client
) -> None:
    now = datetime.now(tz=UTC)
    tinduk = people.region("62.02.05.2006", "Tinduk", "desa")
    call = makers.call(kotim, now)
    makers.proposal(call, now, title="Lampu jalan di Gang Melati", number=50)
    start = _address("propose", call.pk)
    assert client.get(start).status_code == 302  # to the code
    client.force_login(alya)
    assert client.get(start).status_code == 200
    answer = client.post(start, {"shown": "nobody"}, follow=True)
    row = Proposal.objects.get(author=alya)
    assert b"<script src" in answer.content  # an offer, never needed
    ide = _address("draft", row.number, "ide")
    short = client.post(ide, {"title": "Lampu jalan di Gang Mawar", "lanjut": "ya"})
    assert short.status_code == 422
    row.refresh_from_db()
    assert row.title == "Lampu jalan di Gang Mawar"  # kept, though unfinished
    assert b"Lampu jalan di Gang Mawar" in client.get(_address("mine")).content
    text = {"problem": "Gelap <b>sekali</b>.", "idea": "Pasang lampu surya."}
    done = client.post(ide, {"title": row.title, **text, "lanjut": "ya"})
    assert done.headers["Location"] == _address("draft", row.number, "tempat")
    tempat = _address("draft", row.number, "tempat")
    assert client.post(tempat, {"place": "62.01"}).status_code == 422
    point = {"place": tinduk.pk, "latitude": "-2.533333", "longitude": "112.95"}
    client.post(tempat, {**point, "longitude": ""})
    client.post(tempat, point)
    manfaat = _address("draft", row.number, "manfaat")
    client.post(
        manfaat,
        {
            "beneficiaries": "40 KK",
            "dimension_code": "LIV",
            "rough_cost": "Rp 45.000.000",
        },
    )
    foto = _address("draft", row.number, "foto")
    client.post(
        foto, {"pictures": SimpleUploadedFile("x.png", png()), "caption": "Gang"}
    )
    serupa = _address("draft", row.number, "serupa")
    similar = client.get(serupa).content
    assert b"Gang Melati" in similar
    kirim = _address("draft", row.number, "kirim")
    assert b"Pasang lampu surya." in client.get(kirim).content
    for _i in range(2):
        sent = client.post(kirim, {"lanjut": "ya"})
        assert sent.headers["Location"] == _address("proposal", row.number)
    row.refresh_from_db()
    assert row.state == ProposalState.HELD
    assert (row.latitude, row.rough_cost) == (-2.5333, 45_000_000)
    own = client.get(_address("proposal", row.number)).content.decode()
    assert "&lt;b&gt;sekali&lt;/b&gt;" in own
    assert Client().get(_address("proposal", row.number)).status_code == 404
    photo = Photo.objects.get()
    assert Client().get(_address("photo", row.number, photo.pk)).status_code == 404
    seen = client.get(_address("photo", row.number, photo.pk))
    assert PLACE not in b"".join(seen.streaming_content)  # type: ignore[attr-defined]


def test_later_means_later(kotim: Region, alya: Account, client: Client) -> None:
    now = datetime.now(tz=UTC)
    client.force_login(alya)
    row = proposing.begin(call=makers.call(kotim, now), name=Name(), by=alya, at=now)
    answer = client.post(
        _address("draft", row.number, "ide"), {"title": "Jembatan", "lanjut": "nanti"}
    )
    assert answer.headers["Location"] == _address("mine")
    row.refresh_from_db()
    assert row.title == "Jembatan"
    client.post(_address("drop-draft", row.number))
    assert not Proposal.objects.exists()


def test_drafts_of_others_are_not_there(
    kotim: Region, alya: Account, citra: Account, client: Client
) -> None:
    now = datetime.now(tz=UTC)
    row = proposing.begin(call=makers.call(kotim, now), name=Name(), by=alya, at=now)
    client.force_login(citra)
    assert client.get(_address("draft", row.number, "ide")).status_code == 404
    assert client.get(_address("proposal", row.number)).status_code == 404
    client.force_login(alya)
    assert client.get(_address("draft", row.number, "nama")).status_code == 404


def test_who_may_propose_is_asked(
    kotim: Region, alya: Account, citra: Account, budi: Account, client: Client
) -> None:
    now = datetime.now(tz=UTC)
    register = Register.objects.create(
        region=kotim,
        name="Warga",
        purpose="residents",
        rows=1,
        uploaded_at=now,
        used_from=now,
    )
    listed = makers.call(kotim, now, proposes=TakesPart.REGISTER, register=register)
    officers = makers.call(kotim, now, proposes=TakesPart.OFFICERS)
    client.force_login(alya)
    assert client.get(_address("propose", listed.pk)).status_code == 403
    assert client.get(_address("propose", officers.pk)).status_code == 403
    RegisterEntry.objects.create(
        region=kotim,
        register=register,
        number_hash="a",
        name_hash="b",
        name_masked="A•••",
        account=alya,
        verified_at=now,
    )
    assert client.get(_address("propose", listed.pk)).status_code == 200
    client.force_login(budi)
    assert client.get(_address("propose", officers.pk)).status_code == 200
    over = makers.call(kotim, now, state=CallState.CLOSED)
    assert client.get(_address("propose", over.pk)).status_code == 422


def test_the_public_page_shows_the_thread_and_nobody_s_address(
    kotim: Region, alya: Account, citra: Account, at: datetime, client: Client
) -> None:
    call = makers.call(kotim, at)
    old = makers.proposal(call, at, author=citra, title="Lampu gang")
    row = makers.proposal(
        call, at, author=alya, idea="Lihat http://iklan.example dan\nitu."
    )
    old.state, old.merged_into = ProposalState.MERGED, row
    old.save()
    makers.coauthor(row, citra, at)
    makers.follower(row, citra, at, supports=True)
    page = client.get(_address("proposal", row.number)).content.decode()
    for text in ("Alya", "Citra", "U-0001", "Rp 45.000.000"):
        assert text in page.replace("\u00a0", " ")
    assert "@contoh.id" not in page
    assert 'href="http://iklan' not in page
    gone = client.get(_address("proposal", old.number))
    assert gone.status_code == 200
    assert _address("proposal", row.number) in gone.content.decode()
    assert client.get(_address("proposal", 99)).status_code == 404
    row.state = ProposalState.HIDDEN
    row.save()
    hidden = client.get(_address("proposal", row.number)).content.decode()
    assert "iklan.example" not in hidden
    assert row.title not in hidden


def test_support_and_follow_by_buttons(
    kotim: Region, alya: Account, citra: Account, at: datetime, client: Client
) -> None:
    row = makers.proposal(makers.call(kotim, at), at, author=alya)
    support, follow = _address("support", row.number), _address("follow", row.number)
    assert client.get(support).status_code == 302
    client.force_login(citra)
    assert client.get(support).status_code == 200
    assert client.get(follow).status_code == 200
    client.post(support)
    assert ProposalFollow.objects.filter(supports=True).count() == 1
    client.post(support, {"deed": "stop"})
    client.post(follow, {"deed": "stop"})
    assert not ProposalFollow.objects.exists()
    client.post(follow)
    assert ProposalFollow.objects.get().hears


def test_the_link_of_a_letter_stops_without_signing_in(
    kotim: Region, alya: Account, at: datetime, client: Client
) -> None:
    from habaring.participation import telling

    row = makers.proposal(makers.call(kotim, at), at)
    makers.follower(row, alya, at)
    token = telling.stop_token(alya, row)
    address = _address("stop", row.number, token)
    assert client.get(address).status_code == 200
    assert ProposalFollow.objects.exists()
    client.post(address)
    assert not ProposalFollow.objects.exists()
    assert client.get(_address("stop", row.number, token[:-3])).status_code == 404


def test_a_coauthor_is_asked_by_letter_and_accepts_by_its_link(
    kotim: Region,
    alya: Account,
    citra: Account,
    at: datetime,
    client: Client,
    django_capture_on_commit_callbacks: object,
) -> None:
    row = makers.proposal(makers.call(kotim, at), at, author=alya)
    page = _address("coauthors", row.number)
    client.force_login(citra)
    assert client.get(page).status_code == 404
    client.force_login(alya)
    told = []
    for reach in ("citra@contoh.id", "nobody@contoh.id", "xx"):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            told.append(client.post(page, {"reach": reach}).status_code)
    assert told == [302, 302, 422]
    assert [letter.to for letter in mail.outbox] == [["citra@contoh.id"]]
    link = next(
        line for line in mail.outbox[0].body.splitlines() if "/penulis/" in line
    )
    path = link[link.index("/daerah/") :]
    client.force_login(citra)
    assert client.get(path).status_code == 200
    client.post(path, {"shown": "name", "deed": "accept"})
    assert Author.objects.get().name == "Citra"
    assert b"Citra" in Client().get(_address("proposal", row.number)).content
    client.post(_address("leave", row.number))
    assert not Author.objects.exists()
    assert client.get(path[:-4] + "/").status_code == 404


def test_an_author_changes_and_withdraws(
    kotim: Region, alya: Account, client: Client
) -> None:
    now = datetime.now(tz=UTC)
    call = makers.call(kotim, now)
    _trust(call, alya, now)
    row = makers.proposal(call, now, author=alya)
    client.force_login(alya)
    ide = _address("draft", row.number, "ide")
    assert client.get(ide).status_code == 200
    new = {"title": row.title, "problem": "Lebih gelap.", "idea": row.idea}
    assert client.post(ide, new).headers["Location"] == _address("proposal", row.number)
    assert b"Lebih gelap." in Client().get(_address("proposal", row.number)).content
    withdraw = _address("withdraw", row.number)
    assert client.get(withdraw).status_code == 200
    client.post(withdraw, {"reason": "Sudah dibangun."})
    page = Client().get(_address("proposal", row.number)).content.decode()
    assert "Sudah dibangun." in page
    assert io.StringIO(page).readable()
