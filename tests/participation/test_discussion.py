"""Writing for and against: who may, what waits, what stays when it is taken back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from habaring.participation import discussion as threads
from habaring.participation.actions import discussing
from habaring.participation.actions.discussing import (
    DiscussionClosed,
    NotChangeable,
    NotFlaggable,
    Report,
    Said,
    TextRefused,
)
from habaring.participation.discussion import Asked, Reader
from habaring.participation.models import (
    Comment,
    Flag,
    Proposal,
    ProposalState,
    Side,
    Visibility,
)
from habaring.participation.moderation import Hold, addresses_in, hold, tidy
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.limits import TooMany
from tests import makers as people
from tests.participation import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def idea(kotim: Region, at: datetime) -> Proposal:
    return makers.proposal(makers.call(kotim, at), at)


@pytest.fixture
def known(alya: Account, idea: Proposal, at: datetime) -> Account:
    """Alya once two of her contributions are public."""
    for n in range(2):
        said(idea, alya, at - timedelta(days=1), text=f"Pendapat lama {n}")
    Comment.objects.filter(author=alya).update(visibility=Visibility.SHOWN)
    return alya


def said(
    proposal: Proposal,
    by: Account,
    at: datetime,
    *,
    side: Side = Side.FOR,
    text: str = "Setuju, gang kami gelap.",
    under: Comment | None = None,
) -> Comment:
    words = Said(side=side, text=text, name=by.full_name, under=under)
    return discussing.write(proposal=proposal, by=by, said=words, at=at)


def comment(proposal: Proposal, by: Account, at: datetime, **more: Any) -> Comment:
    """A row as it lies, without the rules of writing."""
    given: dict[str, Any] = {"side": Side.FOR, "text": "Setuju.", "author_name": "A"}
    return Comment.objects.create(
        region=proposal.region, proposal=proposal, author=by, at=at, **(given | more)
    )


def address(proposal: Proposal, rest: str = "diskusi/") -> str:
    return f"/daerah/{proposal.region_id}/usulan/{proposal.number}/{rest}"


# What waits


def test_first_two_contributions_wait_and_the_third_is_shown(
    idea: Proposal, alya: Account, at: datetime
) -> None:
    assert said(idea, alya, at, text="Satu").visibility == Visibility.HELD
    assert said(idea, alya, at, text="Dua").visibility == Visibility.HELD
    Comment.objects.filter(author=alya).update(visibility=Visibility.SHOWN)
    assert said(idea, alya, at, text="Tiga").visibility == Visibility.SHOWN


def test_public_proposals_count_for_trust_and_hidden_ones_do_not(
    idea: Proposal, alya: Account, at: datetime
) -> None:
    makers.proposal(idea.call, at, alya)
    assert hold(alya, "Setuju", at) is Hold.NEW_ACCOUNT
    makers.proposal(idea.call, at, alya, state=ProposalState.HIDDEN)
    assert hold(alya, "Setuju", at) is Hold.NEW_ACCOUNT
    makers.proposal(idea.call, at, alya)
    assert hold(alya, "Setuju", at) is None


def test_two_addresses_wait_whoever_wrote_them(
    known: Account, budi: Account, at: datetime
) -> None:
    text = "Lihat https://a.example.com/x dan toko-murah.xyz"
    assert hold(known, text, at) is Hold.ADDRESSES
    assert hold(budi, text, at) is Hold.ADDRESSES
    assert hold(known, "Lihat kotimkab.go.id saja", at) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Setuju. Jalan rusak.Segera diperbaiki", 0),
        ("pukul 07.30 di Jl. H.M. Arsyad", 0),
        ("www.judi.top dan JUDI.COM/slot", 2),
        ("http://1.2.3.4/ https://x.y", 2),
    ],
)
def test_addresses_are_counted_with_and_without_http(text: str, count: int) -> None:
    assert addresses_in(text) == count


def test_an_officer_is_never_new(budi: Account, at: datetime) -> None:
    assert hold(budi, "Setuju", at) is None


def test_text_is_kept_plain_with_its_lines() -> None:
    text = "Satu\r\ndua  \n\n\n\n<b>tiga</b>\u202e\u0000 "
    assert tidy(text) == "Satu\ndua\n\n<b>tiga</b>"


# Writing


def test_a_button_pressed_twice_writes_once(
    idea: Proposal, known: Account, at: datetime
) -> None:
    first = said(idea, known, at)
    assert said(idea, known, at + timedelta(seconds=5)) == first


def test_an_answer_to_an_answer_stands_below_the_same_first_one(
    idea: Proposal, known: Account, at: datetime
) -> None:
    top = said(idea, known, at, text="Satu")
    answer = said(idea, known, at, text="Dua", under=top)
    deeper = said(idea, known, at, text="Tiga", under=answer)
    assert (answer.under, deeper.under) == (top, top)


@pytest.mark.parametrize("state", ["held", "withdrawn", "hidden"])
def test_nothing_is_written_where_the_proposal_is_not_public(
    idea: Proposal, known: Account, at: datetime, state: str
) -> None:
    idea.state = state
    with pytest.raises(DiscussionClosed):
        said(idea, known, at)


def test_nothing_is_written_in_a_cancelled_call(
    idea: Proposal, known: Account, at: datetime
) -> None:
    idea.call.state = "cancelled"
    with pytest.raises(DiscussionClosed):
        said(idea, known, at)


def test_what_is_hidden_cannot_be_answered(
    idea: Proposal, known: Account, at: datetime
) -> None:
    top = comment(idea, known, at, visibility=Visibility.HIDDEN)
    with pytest.raises(DiscussionClosed):
        said(idea, known, at, under=top)


@pytest.mark.parametrize("text", ["", " \n\u200b", "x" * 2001])
def test_no_text_and_too_much_text_are_refused(
    idea: Proposal, known: Account, at: datetime, text: str
) -> None:
    with pytest.raises(TextRefused):
        said(idea, known, at, text=text)


def test_fifteen_an_hour_are_enough(
    idea: Proposal, known: Account, at: datetime
) -> None:
    for n in range(15):
        said(idea, known, at, text=f"Pendapat {n}")
    with pytest.raises(TooMany):
        said(idea, known, at, text="Satu lagi")


def test_an_official_answer_is_marked_and_told_to_who_asked(
    idea: Proposal,
    known: Account,
    budi: Account,
    at: datetime,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    top = said(idea, known, at, side=Side.QUESTION, text="Kapan?")
    words = Said(
        side=Side.QUESTION, text="Bulan Maret.", name="Dinas Perhubungan", under=top
    )
    with django_capture_on_commit_callbacks(execute=True):
        row = discussing.answer_officially(proposal=idea, by=budi, said=words, at=at)
    assert row.official
    assert row.author_name == "Dinas Perhubungan"
    assert row.visibility == Visibility.SHOWN
    letter = mailoutbox[0]
    assert letter.to == [known.email]
    assert "Dinas Perhubungan" in letter.subject
    assert "Bulan Maret." in letter.body
    assert f"/diskusi/{top.pk}/" in letter.body


# Changing and taking back


def test_a_text_can_be_changed_for_a_quarter_of_an_hour(
    idea: Proposal, known: Account, at: datetime
) -> None:
    row = said(idea, known, at)
    words = Said(side=Side.AGAINST, text="Ternyata tidak.")
    soon, late = at + timedelta(minutes=14), at + timedelta(minutes=15)
    changed = discussing.change(comment=row, by=known, said=words, at=soon)
    assert (changed.text, changed.side) == ("Ternyata tidak.", Side.AGAINST)
    assert changed.changed_at == soon
    with pytest.raises(NotChangeable):
        discussing.change(comment=row, by=known, said=words, at=late)


def test_addresses_cannot_be_slipped_in_by_a_change(
    idea: Proposal, known: Account, at: datetime
) -> None:
    row = said(idea, known, at)
    words = Said(side=Side.FOR, text="https://a.com https://b.com")
    changed = discussing.change(comment=row, by=known, said=words, at=at)
    assert changed.visibility == Visibility.HELD


def test_nobody_changes_or_withdraws_the_words_of_another(
    idea: Proposal, known: Account, budi: Account, at: datetime
) -> None:
    row = said(idea, known, at)
    words = Said(side=Side.FOR, text="Lain")
    with pytest.raises(NotChangeable):
        discussing.change(comment=row, by=budi, said=words, at=at)
    with pytest.raises(NotChangeable):
        discussing.withdraw(comment=row, by=budi, at=at)


def test_a_withdrawn_text_is_gone_and_its_place_stays(
    idea: Proposal, known: Account, at: datetime
) -> None:
    row = said(idea, known, at, text="Rahasia")
    discussing.withdraw(comment=row, by=known, at=at)
    row.refresh_from_db()
    assert (row.text, row.author_name) == ("", "")
    assert row.visibility == Visibility.WITHDRAWN
    page = Client().get(address(idea)).content.decode()
    assert "Rahasia" not in page
    assert "Ditarik oleh penulisnya" in page


def test_what_nobody_saw_is_deleted_when_withdrawn(
    idea: Proposal, alya: Account, at: datetime
) -> None:
    row = said(idea, alya, at)
    discussing.withdraw(comment=row, by=alya, at=at)
    assert not Comment.objects.filter(pk=row.pk).exists()


# Reporting


def test_a_person_reports_a_thing_once(
    idea: Proposal, known: Account, budi: Account, at: datetime
) -> None:
    row = said(idea, known, at)
    report = Report("insult", "Kasar")
    values: dict[str, Any] = {
        "proposal": idea,
        "by": budi,
        "report": report,
        "at": at,
    }
    assert discussing.flag(comment=row, **values)
    assert not discussing.flag(comment=row, **values)
    assert discussing.flag(**values)
    assert Flag.objects.count() == 2
    row.refresh_from_db()
    assert row.visibility == Visibility.SHOWN


def test_what_is_not_shown_cannot_be_reported(
    idea: Proposal, known: Account, budi: Account, at: datetime
) -> None:
    row = comment(idea, known, at, visibility=Visibility.HELD)
    with pytest.raises(NotFlaggable):
        discussing.flag(
            proposal=idea, comment=row, by=budi, report=Report("insult"), at=at
        )


# Pages


def test_the_page_shows_both_sides_and_counts_only_what_is_shown(
    idea: Proposal, known: Account, at: datetime
) -> None:
    comment(idea, known, at, text="Saya dukung")
    comment(idea, known, at, side=Side.AGAINST, text="Saya tolak")
    comment(idea, known, at, text="Teks tertahan", visibility=Visibility.HELD)
    comment(idea, known, at, text="Teks terlarang", visibility=Visibility.HIDDEN)
    page = Client().get(address(idea)).content.decode()
    assert "Saya dukung" in page
    assert "Saya tolak" in page
    assert "Teks tertahan" not in page
    assert "Teks terlarang" not in page
    counted = threads.counts(idea)
    assert counted.total == 4  # two old ones of Alya, two shown now


def test_a_held_text_is_shown_to_its_author_alone(
    idea: Proposal, alya: Account, budi: Account, at: datetime
) -> None:
    said(idea, alya, at, text="Masih menunggu")
    own, other = Client(), Client()
    own.force_login(alya)
    other.force_login(budi)
    assert "Masih menunggu" in own.get(address(idea)).content.decode()
    assert "Masih menunggu" not in other.get(address(idea)).content.decode()


def test_markup_is_shown_as_typed_and_addresses_are_no_links(
    idea: Proposal, known: Account, at: datetime
) -> None:
    said(idea, known, at, text="<script>x</script> https://spam.example\nbaris dua")
    page = Client().get(address(idea)).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert 'href="https://spam.example' not in page
    assert "<br>baris dua" in page


def test_filters_and_words_narrow_the_list(
    idea: Proposal, known: Account, at: datetime
) -> None:
    top = comment(idea, known, at, side=Side.AGAINST, text="Boros sekali")
    comment(idea, known, at, under=top, text="Tidak boros, murah")
    page = Client().get(address(idea, "diskusi/?sisi=against")).content.decode()
    assert "Boros sekali" in page
    assert "Pendapat lama" not in page
    page = Client().get(address(idea, "diskusi/?q=murah")).content.decode()
    assert "Tidak boros, murah" in page
    assert "Boros sekali" not in page
    page = Client().get(address(idea, "diskusi/?q=tidakada")).content.decode()
    assert "Tidak ada yang cocok" in page


def test_a_held_draft_or_hidden_proposal_has_no_discussion_page(
    idea: Proposal, at: datetime
) -> None:
    for state in ("held", "hidden", "draft"):
        Proposal.objects.filter(pk=idea.pk).update(state=state)
        assert Client().get(address(idea)).status_code == 404


def test_a_thread_pages_its_answers(
    idea: Proposal, known: Account, at: datetime
) -> None:
    top = comment(idea, known, at, text="Pokok")
    for n in range(30):
        comment(idea, known, at + timedelta(minutes=n), under=top, text=f"Jawab {n}.")
    page = Client().get(address(idea)).content.decode()
    assert "Jawab 4." in page
    assert "Jawab 5." not in page
    assert "25 jawaban lagi" in page
    second = Client().get(address(idea, f"diskusi/{top.pk}/?halaman=2"))
    assert "Jawab 29." in second.content.decode()


def test_queries_do_not_grow_with_the_discussion(
    idea: Proposal,
    known: Account,
    at: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    tops = Comment.objects.bulk_create(
        Comment(
            region=idea.region,
            proposal=idea,
            author=known,
            side=list(Side)[n % 3],
            text=f"Pendapat {n}",
            at=at + timedelta(seconds=n),
            visibility=("hidden" if n % 7 == 0 else "shown"),
        )
        for n in range(3000)
    )
    Comment.objects.bulk_create(
        Comment(
            region=idea.region,
            proposal=idea,
            author=known,
            side=Side.FOR,
            text=f"Jawaban {n}",
            under=tops[n],
            at=at,
        )
        for n in range(3000)
    )
    reader = Reader(None, at)
    with django_assert_max_num_queries(6):
        page = threads.side_rows(idea, Side.FOR, Asked(), reader)[:10]
        assert len(threads.lines(page, reader, answers=True)) == 10
        threads.counts(idea)
        threads.tops(idea, reader)
    with django_assert_max_num_queries(20):
        assert Client().get(address(idea)).status_code == 200


def test_writing_needs_a_code(idea: Proposal) -> None:
    answer = Client().get(address(idea, "diskusi/tulis/"))
    assert answer.status_code == 302
    assert "diskusi%2Ftulis" in answer["Location"]


def test_a_citizen_writes_on_the_page_and_what_was_typed_is_kept(
    idea: Proposal, alya: Account
) -> None:
    client = Client()
    client.force_login(alya)
    place = address(idea, "diskusi/tulis/")
    wrong = client.post(place, {"side": "", "text": "Sudah diketik", "name": "Alya"})
    assert wrong.status_code == 422
    assert "Sudah diketik" in wrong.content.decode()
    right = client.post(
        place, {"side": "for", "text": "Sudah diketik", "name": "Alya"}, follow=True
    )
    page = right.content.decode()
    assert "menunggu" in page
    assert Comment.objects.get().visibility == Visibility.HELD


def test_only_officers_speak_for_an_office(
    idea: Proposal, alya: Account, budi: Account
) -> None:
    place = address(idea, "diskusi/tulis/")
    given = {"side": "question", "text": "Resmi", "voice": "region", "name": ""}
    citizen, officer = Client(), Client()
    citizen.force_login(alya)
    officer.force_login(budi)
    citizen.post(place, given)
    assert not Comment.objects.get().official
    officer.post(place, given | {"text": "Sungguh resmi"})
    row = Comment.objects.get(official=True)
    assert row.author_name == idea.region.full_name


def test_change_withdraw_and_report_pages_work(
    idea: Proposal, known: Account, budi: Account
) -> None:
    row = comment(idea, known, now())
    own, other = Client(), Client()
    own.force_login(known)
    other.force_login(budi)
    place = address(idea, f"diskusi/{row.pk}/ubah/")
    assert own.get(place).status_code == 200
    assert other.get(place).status_code == 404
    own.post(place, {"side": "against", "text": "Lain"})
    row.refresh_from_db()
    assert (row.side, row.text) == ("against", "Lain")
    place = address(idea, f"lapor/?komentar={row.pk}")
    assert other.get(place).status_code == 200
    assert other.post(place, {"reason": ""}).status_code == 422
    assert other.post(place, {"reason": "insult"}).status_code == 302
    assert Flag.objects.get().comment == row
    place = address(idea, f"diskusi/{row.pk}/tarik/")
    assert own.get(place).status_code == 200
    own.post(place)
    row.refresh_from_db()
    assert row.visibility == Visibility.WITHDRAWN


def test_a_stranger_region_is_kept_apart(
    idea: Proposal, citra: Account, at: datetime
) -> None:
    other = makers.proposal(makers.call(people.region("62.01"), at), at)
    client = Client()
    client.force_login(citra)
    place = address(idea, "diskusi/tulis/")
    client.post(
        place, {"side": "for", "text": "Dari jauh", "voice": "region", "name": "C"}
    )
    row = Comment.objects.get()
    assert not row.official
    assert row.proposal == idea != other
