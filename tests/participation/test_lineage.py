"""Merging, taking back, splitting, passing on: nobody is lost, nobody hears twice."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from habaring.participation import ancestry, telling
from habaring.participation.actions import checks, lineage
from habaring.participation.actions.lineage import LineageRefused, Part
from habaring.participation.models import (
    Author,
    Call,
    CallState,
    Lineage,
    Proposal,
    ProposalFollow,
    ProposalState,
    Step,
    StepKind,
)
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from tests import makers as people
from tests.participation import makers

pytestmark = pytest.mark.django_db
PARTS = [
    Part("Lampu jalan", "Gelap.", "Pasang lampu.", 30_000_000),
    Part("Pos ronda", "Tidak ada.", "Bangun pos.", 15_000_000),
]


@pytest.fixture
def call(kotim: Region, at: datetime) -> Call:
    return makers.call(kotim, at)


def _merge(older: Proposal, into: Proposal, by: Account, at: datetime) -> Lineage:
    return lineage.merge(older=older, into=into, reason="Sama.", by=by, at=at)


def test_a_merge_brings_everybody_along_and_counts_supporters_once(
    call: Call, alya: Account, budi: Account, at: datetime
) -> None:
    rina, sari, tono = (people.account(name) for name in ("Rina", "Sari", "Tono"))
    older = makers.proposal(call, at, author=alya)
    newer = makers.proposal(call, at, author=rina)
    makers.coauthor(older, sari, at)
    makers.follower(older, tono, at, supports=True)
    makers.follower(older, budi, at, supports=True)
    makers.follower(newer, tono, at, supports=False)
    makers.follower(newer, budi, at, supports=True)
    _merge(older, newer, budi, at)
    older.refresh_from_db()
    assert older.state == ProposalState.MERGED
    assert older.merged_into == newer
    came = Author.objects.filter(proposal=newer, from_proposal=older)
    assert set(came.values_list("account", flat=True)) == {alya.pk, sari.pk}
    supporters = newer.followers.filter(supports=True)
    assert set(supporters.values_list("account", flat=True)) == {tono.pk, budi.pk}
    assert newer.followers.count() == 2
    assert newer.steps.get().details == {"from": older.code}
    assert older.steps.get().path == telling.page_of(newer)


def test_who_stands_on_both_hears_of_a_merge_once(
    call: Call,
    alya: Account,
    budi: Account,
    at: datetime,
    django_capture_on_commit_callbacks: object,
) -> None:
    older = makers.proposal(call, at, author=alya)
    newer = makers.proposal(call, at)
    makers.follower(newer, alya, at)
    _merge(older, newer, budi, at)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        for step in Step.objects.order_by("pk"):
            telling.tell(step=step.pk, region=step.region_id, at=at)
    assert [letter.to for letter in mail.outbox] == [["alya@contoh.id"]]


def test_a_chain_of_merges_leads_to_the_last(
    call: Call, alya: Account, budi: Account, at: datetime
) -> None:
    a, b, c = (makers.proposal(call, at) for _n in range(3))
    makers.follower(a, alya, at, supports=True)
    _merge(a, b, budi, at)
    _merge(b, c, budi, at + timedelta(days=1))
    a = Proposal.objects.get(pk=a.pk)
    assert ancestry.living(a) == c
    assert ancestry.taken_in(c) == [a, b]
    assert c.followers.get().account == alya


def test_what_cannot_be_merged_is_refused(
    call: Call, citra: Account, budi: Account, at: datetime
) -> None:
    one, other = makers.proposal(call, at), makers.proposal(call, at)
    elsewhere = makers.proposal(makers.call(people.region("62.01"), at), at)
    held = makers.proposal(call, at, state=ProposalState.HELD)
    for older, into in ((one, one), (one, elsewhere), (one, held), (held, one)):
        with pytest.raises(LineageRefused):
            _merge(older, into, budi, at)
    with pytest.raises(LineageRefused):
        lineage.merge(older=one, into=other, reason="  ", by=budi, at=at)
    _merge(one, other, budi, at)
    with pytest.raises(LineageRefused):  # a ring
        _merge(other, one, budi, at)
    with pytest.raises(LineageRefused):  # a merged one
        _merge(one, held, budi, at)
    assert Lineage.objects.count() == 1


def test_one_on_a_ballot_is_not_merged_or_split(
    call: Call, budi: Account, at: datetime
) -> None:
    one, other = makers.proposal(call, at), makers.proposal(call, at)
    makers.on_ballot(one, at)
    for older, into in ((one, other), (other, one)):
        with pytest.raises(LineageRefused):
            _merge(older, into, budi, at)
    with pytest.raises(LineageRefused):
        lineage.split(proposal=one, parts=PARTS, reason="Dua.", by=budi, at=at)


def test_a_wrong_merge_is_taken_back_with_those_who_came(
    call: Call, alya: Account, budi: Account, at: datetime
) -> None:
    rina, sari = people.account("Rina"), people.account("Sari")
    older, newer = makers.proposal(call, at, author=alya), makers.proposal(call, at)
    third = makers.proposal(call, at)
    makers.follower(older, rina, at, supports=True)
    makers.follower(older, sari, at, supports=True)
    makers.follower(newer, sari, at)
    makers.follower(third, rina, at, supports=True)
    later = at + timedelta(hours=1)
    _merge(older, newer, budi, later)
    _merge(third, newer, budi, later)
    at = later + timedelta(hours=1)
    lineage.take_back_merge(proposal=older, reason="Keliru.", by=budi, at=at)
    older.refresh_from_db()
    assert older.state == ProposalState.PUBLIC
    assert older.merged_into is None
    assert not Author.objects.filter(proposal=newer).exists()
    rows = dict(newer.followers.values_list("account", "supports"))
    assert rows == {sari.pk: False, rina.pk: True}  # Rina came with the third, too
    assert older.steps.latest("pk").kind == StepKind.UNMERGED
    _merge(older, newer, budi, at + timedelta(hours=1))  # and once more, rightly
    assert ancestry.living(Proposal.objects.get(pk=older.pk)) == newer


def test_a_merge_that_others_built_on_stays(
    call: Call, kotim: Region, budi: Account, at: datetime
) -> None:
    older, newer = makers.proposal(call, at), makers.proposal(call, at)
    _merge(older, newer, budi, at)
    office = Department.objects.create(region=kotim, code="pu", name_id="Dinas PU")
    checks.ask(
        proposals=[newer],
        departments=[office],
        due_on=None,
        by=budi,
        at=at + timedelta(days=1),
        on=at.date(),
    )
    with pytest.raises(LineageRefused):
        lineage.take_back_merge(proposal=older, reason="Keliru.", by=budi, at=at)
    with pytest.raises(LineageRefused):  # it is not merged at all
        lineage.take_back_merge(proposal=newer, reason="Keliru.", by=budi, at=at)


def test_a_split_gives_each_part_its_people_but_no_supporters(
    call: Call, alya: Account, budi: Account, at: datetime
) -> None:
    rina = people.account("Rina")
    whole = makers.proposal(call, at, author=alya, beneficiaries="RT 4")
    makers.follower(whole, rina, at, supports=True)
    made = lineage.split(proposal=whole, parts=PARTS, reason="Dua.", by=budi, at=at)
    whole.refresh_from_db()
    assert whole.state == ProposalState.SPLIT
    assert [row.title for row in made] == ["Lampu jalan", "Pos ronda"]
    assert {row.author for row in made} == {alya}
    assert {row.beneficiaries for row in made} == {"RT 4"}
    assert ancestry.parts(whole) == made
    assert ancestry.whole(made[0]) == whole
    follows = ProposalFollow.objects.filter(proposal__in=made, account=rina)
    assert list(follows.values_list("supports", flat=True)) == [False, False]
    for parts in (PARTS[:1], [PARTS[0], Part("", "x", "y")]):
        with pytest.raises(LineageRefused):
            lineage.split(proposal=made[0], parts=parts, reason="x", by=budi, at=at)


def test_passing_on_keeps_address_people_and_thread(
    call: Call, alya: Account, budi: Account, kotim: Region, at: datetime
) -> None:
    row = makers.proposal(call, at, author=alya)
    with pytest.raises(LineageRefused):
        lineage.pass_on(proposal=row, reason="", by=budi, at=at)
    call.passes_to = makers.call(
        kotim, at, name="Musrenbang kecamatan", state=CallState.CLOSED, closed_at=at
    )
    call.save()
    with pytest.raises(LineageRefused):
        lineage.pass_on(proposal=row, reason="", by=budi, at=at)
    Call.objects.filter(pk=call.passes_to.pk).update(state=CallState.OPEN)
    number = row.number
    passed = lineage.pass_on(proposal=row, reason="Disepakati.", by=budi, at=at)
    assert passed.call == call.passes_to
    assert passed.number == number
    assert passed.steps.get().details["call"] == "Musrenbang kecamatan"


def test_an_officer_merges_splits_and_takes_back_on_pages(
    client: Client, call: Call, alya: Account, budi: Account, at: datetime
) -> None:
    older, newer = makers.proposal(call, at, author=alya), makers.proposal(call, at)
    client.force_login(budi)
    room = "/ruang-kerja/62.02/dengar/usulan/"
    assert older.title in client.get(room).content.decode()
    answer = client.post(
        f"{room}{older.number}/gabung/", {"into": newer.code, "reason": "Sama."}
    )
    assert answer.status_code == 302
    page = client.get(f"{room}{older.number}/").content.decode()
    assert f"{room}{newer.number}/" in page
    assert f"{room}{older.number}/lepas/" in page
    answer = client.post(f"{room}{older.number}/lepas/", {"reason": "Keliru."})
    assert answer.status_code == 302
    form = client.get(f"{room}{older.number}/pecah/?bagian=3").content.decode()
    assert form.count(older.problem) == 3
    given = {"reason": "Tiga hal."}
    for n in (1, 2, 3):
        given |= {f"title_{n}": f"Bagian {n}", f"problem_{n}": "a", f"idea_{n}": "b"}
    answer = client.post(f"{room}{older.number}/pecah/?bagian=3", given)
    assert answer.status_code == 302
    assert Proposal.objects.filter(state=ProposalState.PUBLIC).count() == 4
    bad = client.post(
        f"{room}{newer.number}/gabung/", {"into": "U-9999", "reason": "x"}
    )
    assert bad.status_code == 422


def test_a_stranger_and_a_citizen_open_no_page_of_the_office(
    client: Client, call: Call, alya: Account, citra: Account, at: datetime
) -> None:
    row = makers.proposal(call, at)
    room = "/ruang-kerja/62.02/dengar/usulan/"
    for person in (alya, citra):
        client.force_login(person)
        for page in ("", f"{row.number}/", f"{row.number}/gabung/", "unduh.csv"):
            assert client.get(room + page).status_code in (403, 404)
