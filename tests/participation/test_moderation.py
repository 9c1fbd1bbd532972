"""Publishing, hiding with a reason, appeals that another moderator decides."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from habaring.participation import waiting
from habaring.participation.actions import discussing, moderating
from habaring.participation.actions.discussing import Report
from habaring.participation.actions.moderating import (
    Decided,
    DecidedByAnother,
    Hiding,
    NotAppealable,
    NotModerable,
    ReasonMissing,
)
from habaring.participation.models import (
    Appeal,
    Comment,
    Flag,
    Moderation,
    Proposal,
    ProposalState,
    Step,
    Told,
    Visibility,
)
from habaring.participation.waiting import Wanted
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers as people
from tests.participation import makers

pytestmark = pytest.mark.django_db
RULE = Hiding(rule="insult", reason="Menghina ketua RT.")


@pytest.fixture
def idea(kotim: Region, alya: Account, at: datetime) -> Proposal:
    return makers.proposal(makers.call(kotim, at), at, alya)


@pytest.fixture
def dewi(kotim: Region) -> Account:
    """A second moderator of Kotim."""
    return people.officer("Dewi", region=kotim)


@pytest.fixture
def row(idea: Proposal, alya: Account, at: datetime) -> Comment:
    return comment(idea, alya, at)


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def comment(proposal: Proposal, by: Account, at: datetime, **more: Any) -> Comment:
    given: dict[str, Any] = {
        "side": "for",
        "text": "Kalimat yang kasar",
        "author_name": "Alya",
        "visibility": Visibility.SHOWN,
    }
    return Comment.objects.create(
        region=proposal.region, proposal=proposal, author=by, at=at, **(given | more)
    )


def hidden(row: Comment, by: Account, at: datetime) -> Moderation:
    return moderating.hide(item=row, by=by, hiding=RULE, at=at)


def work(proposal: Proposal, rest: str = "") -> str:
    return f"/ruang-kerja/{proposal.region_id}/dengar/moderasi/{rest}"


def public(proposal: Proposal, rest: str) -> str:
    return f"/daerah/{proposal.region_id}/usulan/{rest}"


# Publishing


def test_a_held_text_is_published_and_its_author_told(
    row: Comment,
    budi: Account,
    at: datetime,
    mailoutbox: list[Any],
    committed: Callable[[], Any],
) -> None:
    Comment.objects.update(visibility=Visibility.HELD)
    with committed():
        moderating.publish(item=row, by=budi, at=at)
    row.refresh_from_db()
    assert row.visibility == Visibility.SHOWN
    assert [letter.to for letter in mailoutbox] == [[row.author.email]]
    assert "sudah terbit" in mailoutbox[0].subject


def test_a_held_proposal_is_published_with_its_step(
    idea: Proposal, budi: Account, at: datetime
) -> None:
    Proposal.objects.update(state=ProposalState.HELD)
    moderating.publish(item=idea, by=budi, at=at)
    idea.refresh_from_db()
    assert idea.state == ProposalState.PUBLIC
    step = Step.objects.get()
    assert step.kind == "published"
    assert Told.objects.get(step=step).account == idea.author


def test_publishing_many_is_all_or_nothing(
    idea: Proposal, row: Comment, alya: Account, budi: Account, at: datetime
) -> None:
    held = comment(idea, alya, at, visibility=Visibility.HELD)
    with pytest.raises(NotModerable):
        moderating.publish_all(items=[held, row], by=budi, at=at)
    held.refresh_from_db()
    assert held.visibility == Visibility.HELD
    assert moderating.publish_all(items=[held], by=budi, at=at) == 1


# Hiding


def test_hiding_tells_everybody_the_rule_and_the_author_how_to_appeal(
    idea: Proposal,
    row: Comment,
    budi: Account,
    at: datetime,
    mailoutbox: list[Any],
    committed: Callable[[], Any],
) -> None:
    with committed():
        hidden(row, budi, at)
    page = Client().get(public(idea, f"{idea.number}/diskusi/")).content.decode()
    assert "Kalimat yang kasar" not in page
    assert "Hinaan atau ancaman" in page
    assert "Menghina ketua RT." in page
    letter = mailoutbox[0]
    assert "Menghina ketua RT." in letter.body
    assert "/usulan/tulisan-saya/" in letter.body


@pytest.mark.parametrize("hiding", [Hiding("insult", " "), Hiding("bosan", "Ya")])
def test_nothing_is_hidden_without_a_rule_and_a_reason(
    row: Comment, budi: Account, at: datetime, hiding: Hiding
) -> None:
    with pytest.raises(ReasonMissing):
        moderating.hide(item=row, by=budi, hiding=hiding, at=at)
    row.refresh_from_db()
    assert row.visibility == Visibility.SHOWN


@pytest.mark.parametrize("state", ["withdrawn", "hidden"])
def test_what_is_gone_is_not_hidden_again(
    row: Comment, budi: Account, at: datetime, state: str
) -> None:
    Comment.objects.update(visibility=state)
    with pytest.raises(NotModerable):
        hidden(row, budi, at)


def test_a_hidden_proposal_leaves_a_step_and_is_shown_again(
    idea: Proposal, budi: Account, at: datetime
) -> None:
    moderating.hide(item=idea, by=budi, hiding=RULE, at=at)
    idea.refresh_from_db()
    assert idea.state == ProposalState.HIDDEN
    with pytest.raises(ReasonMissing):
        moderating.show(item=idea, by=budi, reason="", at=at)
    moderating.show(item=idea, by=budi, reason="Keliru.", at=at)
    idea.refresh_from_db()
    assert idea.state == ProposalState.PUBLIC
    assert [step.kind for step in Step.objects.all()] == ["hidden", "shown"]
    with pytest.raises(NotModerable):
        moderating.show(item=idea, by=budi, reason="Lagi.", at=at)


def test_a_merged_proposal_is_not_hidden(
    idea: Proposal, budi: Account, at: datetime
) -> None:
    other = makers.proposal(idea.call, at)
    Proposal.objects.filter(pk=idea.pk).update(state="merged", merged_into=other)
    with pytest.raises(NotModerable):
        moderating.hide(item=idea, by=budi, hiding=RULE, at=at)


def test_reports_are_settled_by_any_deed(
    idea: Proposal, row: Comment, budi: Account, citra: Account, at: datetime
) -> None:
    report = Report("insult", "Tolong")
    values: dict[str, Any] = {"proposal": idea, "report": report, "at": at}
    discussing.flag(comment=row, by=citra, **values)
    discussing.flag(comment=row, by=budi, **values)
    discussing.flag(by=citra, **values)
    assert moderating.keep(item=row, by=budi, at=at) == 2
    assert Flag.objects.get(settled_at=None).comment is None
    moderating.hide(item=idea, by=budi, hiding=RULE, at=at)
    assert not Flag.objects.filter(settled_at=None).exists()


# Appeals


def test_another_moderator_grants_an_appeal(
    row: Comment,
    alya: Account,
    budi: Account,
    dewi: Account,
    at: datetime,
    mailoutbox: list[Any],
    committed: Callable[[], Any],
) -> None:
    deed = hidden(row, budi, at)
    made = moderating.appeal(deed=deed, by=alya, text="Itu kutipan.", at=at)
    yes = Decided("granted", "Benar, itu kutipan.")
    with committed():
        moderating.decide(appeal=made, by=dewi, decided=yes, at=at)
    row.refresh_from_db()
    assert row.visibility == Visibility.SHOWN
    assert [letter.subject.split("(")[0].strip() for letter in mailoutbox] == [
        "Permintaan tinjau ulang Anda dikabulkan"
    ]
    assert "Benar, itu kutipan." in mailoutbox[0].body
    with pytest.raises(DecidedByAnother):
        moderating.decide(appeal=made, by=dewi, decided=yes, at=at)


def test_a_refused_appeal_stays_hidden(
    row: Comment, alya: Account, budi: Account, dewi: Account, at: datetime
) -> None:
    made = moderating.appeal(deed=hidden(row, budi, at), by=alya, text="Mohon", at=at)
    no = Decided("refused", "Tetap menghina.")
    moderating.decide(appeal=made, by=dewi, decided=no, at=at)
    row.refresh_from_db()
    assert row.visibility == Visibility.HIDDEN


def test_who_hid_it_does_not_decide_and_learns_who_can(
    row: Comment, alya: Account, budi: Account, at: datetime
) -> None:
    made = moderating.appeal(deed=hidden(row, budi, at), by=alya, text="Mohon", at=at)
    yes = Decided("granted", "Ya")
    with pytest.raises(DecidedByAnother) as alone:
        moderating.decide(appeal=made, by=budi, decided=yes, at=at)
    assert "pengelola platform" in str(alone.value.next)
    people.officer("Dewi", region=row.region)
    with pytest.raises(DecidedByAnother) as refused:
        moderating.decide(appeal=made, by=budi, decided=yes, at=at)
    assert "moderator lain" in str(refused.value.next)
    made.refresh_from_db()
    assert made.outcome == ""


def test_an_appeal_is_the_authors_and_is_made_once(
    row: Comment, alya: Account, budi: Account, citra: Account, at: datetime
) -> None:
    deed = hidden(row, budi, at)
    for by, text in ((citra, "Bukan saya"), (alya, "  ")):
        with pytest.raises(NotAppealable):
            moderating.appeal(deed=deed, by=by, text=text, at=at)
    moderating.appeal(deed=deed, by=alya, text="Satu", at=at)
    with pytest.raises(NotAppealable):
        moderating.appeal(deed=deed, by=alya, text="Dua", at=at)


def test_what_is_shown_again_needs_no_appeal(
    row: Comment, alya: Account, budi: Account, at: datetime
) -> None:
    deed = hidden(row, budi, at)
    moderating.show(item=row, by=budi, reason="Keliru.", at=at)
    with pytest.raises(NotAppealable):
        moderating.appeal(deed=deed, by=alya, text="Mohon", at=at)


def test_no_text_and_no_name_stands_in_the_audit_trail(
    row: Comment, alya: Account, budi: Account, dewi: Account, at: datetime
) -> None:
    made = moderating.appeal(
        deed=hidden(row, budi, at), by=alya, text="Kata rahasia", at=at
    )
    decided = Decided("granted", "Baik")
    moderating.decide(appeal=made, by=dewi, decided=decided, at=at)
    kept = str(list(AuditEntry.objects.values_list("details", "reason")))
    assert "Kata rahasia" not in kept
    assert "Kalimat yang kasar" not in kept
    assert "Alya" not in kept


# The queue


def test_the_queue_lists_both_kinds_with_search_and_filters(
    idea: Proposal, alya: Account, at: datetime
) -> None:
    comment(idea, alya, at, text="Lampu padam", visibility=Visibility.HELD)
    makers.proposal(idea.call, at, alya, title="Sumur bor", state=ProposalState.HELD)
    found = waiting.items(
        idea.region, list(waiting.keys(idea.region, "held", Wanted()))
    )
    assert {one.kind for one in found} == {"comment", "proposal"}
    for wanted, count in (
        (Wanted(words="padam"), 1),
        (Wanted(words="sumur"), 1),
        (Wanted(kind="proposal"), 1),
        (Wanted(words="tidak ada"), 0),
    ):
        assert waiting.keys(idea.region, "held", wanted).count() == count, wanted


def test_only_moderators_of_the_region_see_the_queue(
    idea: Proposal, row: Comment, alya: Account, budi: Account, citra: Account
) -> None:
    Comment.objects.update(visibility=Visibility.HELD)
    for person, status in ((alya, 403), (citra, 403), (budi, 200)):
        client = Client()
        client.force_login(person)
        answer = client.get(work(idea))
        assert answer.status_code == status, person
        assert ("Kalimat yang kasar" in answer.content.decode()) == (status == 200)
        place = work(idea, f"comment/{row.pk}/")
        assert client.get(place).status_code == status
        answer = client.post(place, {"deed": "publish"})
        assert answer.status_code == (302 if status == 200 else 403)


def test_an_item_of_another_region_is_not_found(
    idea: Proposal, budi: Account, alya: Account, at: datetime
) -> None:
    far = makers.proposal(makers.call(people.region("62.01"), at), at)
    strange = comment(far, alya, at, visibility=Visibility.HELD)
    client = Client()
    client.force_login(budi)
    assert client.get(work(idea, f"comment/{strange.pk}/")).status_code == 404
    client.post(
        work(idea), {"item": [f"c{strange.pk}", "x1", "c", "c99999999999999999"]}
    )
    strange.refresh_from_db()
    assert strange.visibility == Visibility.HELD


def test_the_work_room_publishes_hides_and_decides(
    idea: Proposal, alya: Account, budi: Account, dewi: Account, at: datetime
) -> None:
    rows = [
        comment(idea, alya, at, text=f"Teks {n}", visibility=Visibility.HELD)
        for n in range(3)
    ]
    client, other, author = Client(), Client(), Client()
    client.force_login(budi)
    other.force_login(dewi)
    author.force_login(alya)
    assert "Teks 2" in client.get(work(idea)).content.decode()
    client.post(work(idea), {"item": [f"c{rows[0].pk}", f"c{rows[1].pk}"]})
    assert Comment.objects.filter(visibility=Visibility.SHOWN).count() == 2
    place = work(idea, f"comment/{rows[2].pk}/")
    wrong = client.post(place, {"deed": "hide", "rule": "insult", "reason": ""})
    assert wrong.status_code == 422
    client.post(place, {"deed": "hide", "rule": "insult", "reason": "Kasar."})
    assert "Teks 2" in client.get(work(idea, "?tumpukan=hidden")).content.decode()
    mine = author.get(public(idea, "tulisan-saya/")).content.decode()
    assert "Kasar." in mine
    deed = Moderation.objects.get(deed="hide")
    place = public(idea, f"banding/{deed.pk}/")
    assert author.get(place).status_code == 200
    assert client.get(place).status_code == 404
    assert author.post(place, {"text": ""}).status_code == 422
    author.post(place, {"text": "Itu tidak kasar."})
    made = Appeal.objects.get()
    assert "Itu tidak kasar." in client.get(work(idea, "banding/")).content.decode()
    place = work(idea, f"banding/{made.pk}/")
    given = {"outcome": "granted", "answer": "Setuju."}
    assert client.get(place).status_code == 200
    assert client.post(place, given).status_code == 422
    assert other.post(place, given).status_code == 302
    assert other.get(place).status_code == 200
    rows[2].refresh_from_db()
    assert rows[2].visibility == Visibility.SHOWN


# What everybody reads


def test_the_public_record_counts_and_names_nobody(
    idea: Proposal,
    row: Comment,
    alya: Account,
    budi: Account,
    dewi: Account,
    at: datetime,
) -> None:
    made = moderating.appeal(deed=hidden(row, budi, at), by=alya, text="Mohon", at=at)
    moderating.decide(appeal=made, by=dewi, decided=Decided("granted", "Benar."), at=at)
    moderating.hide(item=idea, by=budi, hiding=Hiding("advertising", "Iklan."), at=at)
    told = waiting.told(idea.region)
    assert (told.hidden, told.shown_again, told.appeals, told.granted) == (2, 1, 1, 1)
    page = Client().get(public(idea, "moderasi/")).content.decode()
    assert "Menghina ketua RT." in page
    assert "dikabulkan" in page
    for word in ("Kalimat yang kasar", "Alya", "Budi", "Dewi", idea.title):
        assert word not in page
    page = Client().get(public(idea, "moderasi/?aturan=advertising")).content.decode()
    assert "Menghina ketua RT." not in page


def test_an_open_appeal_is_not_public(
    idea: Proposal, row: Comment, alya: Account, budi: Account, at: datetime
) -> None:
    moderating.appeal(deed=hidden(row, budi, at), by=alya, text="Kata Alya", at=at)
    page = Client().get(public(idea, "moderasi/")).content.decode()
    assert "Kata Alya" not in page
