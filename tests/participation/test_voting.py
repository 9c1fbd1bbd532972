"""Setting a vote up, publishing it, changing, extending and cancelling it."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from habaring.participation import box, vote_rules
from habaring.participation.actions import voting
from habaring.participation.choices import Choice
from habaring.participation.models import (
    Call,
    CallState,
    Check,
    Proposal,
    ProposalState,
    Step,
    StepKind,
    Vote,
    VoteState,
)
from habaring.participation.vote_rules import Rules, RulesRefused
from habaring.people.entitled import actions as registers
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from habaring.shared.models import AuditEntry
from tests import makers as people
from tests.participation import box_makers, makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> datetime:
    """PostgreSQL asks its own clock: when the test's transaction began."""
    return now() - timedelta(minutes=1)


@pytest.fixture
def call(kotim: Region, today: datetime) -> Call:
    return makers.call(kotim, today, budget=300_000_000)


def feasible(call: Call, at: datetime, cost: int, **more: Any) -> Proposal:
    row = makers.proposal(call, at, **more)
    checked(row, at, cost=cost)
    return row


def checked(row: Proposal, at: datetime, *, cost: int | None = None) -> Check:
    department, _new = Department.objects.get_or_create(
        region=row.region,
        code="PUPR",
        defaults={"name_id": "Dinas PUPR", "name_en": "Public works"},
    )
    return Check.objects.create(
        region=row.region,
        proposal=row,
        department=department,
        asked_at=at,
        verdict="feasible" if cost is not None else "not_feasible",
        cost=cost,
        reason="Sudah dilihat di lapangan.",
        decided_at=at,
    )


@pytest.fixture
def three(call: Call, today: datetime) -> list[Proposal]:
    return [
        feasible(call, today, cost, title=title)
        for title, cost in (("Lampu", 45_000_000), ("Sumur", 120_000_000), ("Buku", 9))
    ]


def rules(at: datetime, **more: Any) -> Rules:
    given: dict[str, Any] = {
        "name": "Pilih usulan 2027",
        "budget": 300_000_000,
        "opens_at": at,
        "closes_at": at + timedelta(days=7),
        "votes_by": "code",
        "most": 2,
    }
    return Rules(**(given | more))


@pytest.fixture
def drafted(call: Call, three: list[Proposal], budi: Account, today: datetime) -> Vote:
    return voting.draft_vote(call=call, rules=rules(today), by=budi, at=today)


def test_only_public_and_feasible_proposals_stand_for_election(
    call: Call, three: list[Proposal], today: datetime
) -> None:
    unchecked = makers.proposal(call, today)
    refused = feasible(call, today, 5)
    checked(refused, today + timedelta(hours=1))
    hidden = feasible(call, today, 5, state=ProposalState.HIDDEN)
    dearer = three[0]
    checked(dearer, today + timedelta(hours=1), cost=50_000_000)
    found = dict(voting.electable(call))
    assert set(found) == set(three)
    assert found[dearer] == 50_000_000  # the newest check counts
    assert not {unchecked, refused, hidden} & set(found)


def test_a_draft_holds_every_option_and_nobody_outside_sees_it(
    drafted: Vote, three: list[Proposal], client: Client
) -> None:
    assert [option.code for option in drafted.options.all()] == [
        str(row.number) for row in three
    ]
    page = reverse("participation:vote", args=[drafted.region_id, drafted.pk])
    assert client.get(page).status_code == 404
    assert AuditEntry.objects.filter(verb="participation.vote.drafted").exists()


def test_publishing_freezes_draws_and_tells(
    drafted: Vote, three: list[Proposal], budi: Account, today: datetime, client: Client
) -> None:
    checked(three[0], today + timedelta(hours=1), cost=60_000_000)
    vote = voting.publish(vote=drafted, by=budi, at=today)
    assert vote.state == VoteState.PUBLISHED
    assert vote.options.get(code=str(three[0].number)).cost == 60_000_000
    order = [option.code for option in vote.options.order_by("tie_rank")]
    assert order == sorted(
        order,
        key=lambda code: hashlib.sha256(f"{vote.tie_seed}{code}".encode()).hexdigest(),
    )
    assert Step.objects.filter(kind=StepKind.ON_BALLOT).count() == 3
    page = client.get(reverse("participation:vote", args=[vote.region_id, vote.pk]))
    assert vote.rules_sha256.encode() in page.content
    assert vote.tie_seed.encode() in page.content
    file = client.get(
        reverse("participation:vote-rules", args=[vote.region_id, vote.pk])
    )
    assert hashlib.sha256(file.content).hexdigest() == vote.rules_sha256
    told = json.loads(file.content)
    assert told["tie_seed"] == vote.tie_seed
    assert [one["code"] for one in told["options"]] == order
    with pytest.raises(voting.VoteRefused):
        voting.publish(vote=vote, by=budi, at=today)


def test_a_later_title_or_cost_does_not_reach_a_published_ballot(
    drafted: Vote, three: list[Proposal], budi: Account, today: datetime
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    Proposal.objects.filter(pk=three[0].pk).update(title="Lain sama sekali")
    checked(three[0], today + timedelta(hours=1), cost=1)
    option = vote.options.get(code=str(three[0].number))
    assert (option.title, option.cost) == ("Lampu", 45_000_000)
    assert vote_rules.checksum(vote) == vote.rules_sha256


def test_before_the_first_ballot_a_change_is_public(
    drafted: Vote, three: list[Proposal], budi: Account, today: datetime, client: Client
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    before = vote.rules_sha256
    voting.change_vote(
        vote=vote,
        rules=rules(today, most=1),
        proposals=[three[0].number, three[1].number],
        by=budi,
        at=today,
    )
    vote.refresh_from_db()
    assert vote.most == 1
    assert vote.options.count() == 2
    assert vote.rules_sha256 == vote_rules.checksum(vote) != before
    page = client.get(
        reverse("participation:vote", args=[vote.region_id, vote.pk]),
        headers={"Accept-Language": "en"},
    )
    assert vote.rules_sha256.encode() in page.content


def test_from_the_first_ballot_on_nothing_changes(
    drafted: Vote, budi: Account, today: datetime
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    code = vote.options.first().code  # type: ignore[union-attr]
    box.put_ballot(vote, box.new_receipt(), Choice((code,)))
    assert voting.locked(vote)
    with pytest.raises(voting.RulesLocked):
        voting.change_vote(vote=vote, rules=rules(today, most=1), by=budi, at=today)
    vote.refresh_from_db()
    assert vote.most == 2


@pytest.mark.parametrize(
    "change",
    [
        {"budget": 0},
        {"most": 0},
        {"ballot": "points"},
        {"ballot": "points", "points": 10, "rule": "phragmen"},
        {"ballot": "ranking", "rule": "phragmen"},
        {"measure": "score"},
        {"measure": "borda"},
        {"measure": "beauty"},
        {"rule": "lottery"},
        {"ties": ("coin",)},
        {"opens_at": datetime(2030, 1, 1, tzinfo=now().tzinfo)},
        {"votes_by": "register"},
        {"paper": True},
        {"per_district": True},
        {"conflicts": (("1", "99"),)},
    ],
)
def test_what_cannot_be_held_or_counted_is_refused(
    call: Call,
    three: list[Proposal],
    budi: Account,
    today: datetime,
    change: dict[str, Any],
) -> None:
    with pytest.raises(RulesRefused) as refused:
        voting.draft_vote(call=call, rules=rules(today, **change), by=budi, at=today)
    assert refused.value.problems
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "phragmen"},
        {"rule": "max-welfare"},
        {"rule": "greedy", "ties": ("max_votes",)},
        {"ballot": "knapsack"},
        {"ballot": "ranking", "measure": "borda-1"},
        {"ballot": "points", "points": 10, "measure": "score", "rule": "greedy"},
        {"completion": "none", "minimum_votes": 3},
    ],
)
def test_what_can_be_counted_is_taken(
    call: Call,
    three: list[Proposal],
    budi: Account,
    today: datetime,
    change: dict[str, Any],
) -> None:
    vote = voting.draft_vote(call=call, rules=rules(today, **change), by=budi, at=today)
    assert voting.publish(vote=vote, by=budi, at=today).rules_sha256


def test_one_project_is_no_vote(call: Call, budi: Account, today: datetime) -> None:
    feasible(call, today, 5)
    with pytest.raises(RulesRefused):
        voting.draft_vote(call=call, rules=rules(today), by=budi, at=today)


def test_a_cancelled_call_has_no_vote(
    call: Call, three: list[Proposal], budi: Account, today: datetime
) -> None:
    call.state, call.closed_reason = CallState.CANCELLED, "Tidak jadi."
    call.save()
    with pytest.raises(RulesRefused):
        voting.draft_vote(call=call, rules=rules(today), by=budi, at=today)


def test_districts_need_projects_in_districts_and_money(
    kotim: Region, call: Call, budi: Account, today: datetime
) -> None:
    for code in ("62.02.05", "62.02.06"):
        feasible(call, today, 5, place=people.region(code))
    register = box_makers.electorate(kotim, today)
    given = {"votes_by": "register", "register": register, "per_district": True}
    with pytest.raises(RulesRefused):
        voting.draft_vote(call=call, rules=rules(today, **given), by=budi, at=today)
    given["district_budgets"] = {"62.02.05": 10, "62.02.06": 20}
    vote = voting.draft_vote(call=call, rules=rules(today, **given), by=budi, at=today)
    assert vote.district_budgets == given["district_budgets"]
    assert {option.district_id for option in vote.options.all()} == {
        "62.02.05",
        "62.02.06",
    }


def test_the_close_moves_later_with_a_public_reason(
    drafted: Vote, budi: Account, today: datetime, client: Client
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    later = vote.closes_at + timedelta(days=2)
    asked: dict[str, Any] = {"vote": vote, "by": budi, "at": today}
    with pytest.raises(voting.VoteRefused):
        voting.extend(closes_at=later, reason="", **asked)
    with pytest.raises(voting.VoteRefused):
        voting.extend(closes_at=today, reason="Lebih cepat saja.", **asked)
    reason = "Banjir memutus jalan ke tiga desa."
    before = vote.rules_sha256
    voting.extend(closes_at=later, reason=reason, **asked)
    vote.refresh_from_db()
    assert vote.closes_at == later
    assert vote_rules.checksum(vote) == before  # the count is not touched
    page = client.get(reverse("participation:vote", args=[vote.region_id, vote.pk]))
    assert reason.encode() in page.content
    with pytest.raises(voting.VoteRefused):
        voting.extend(
            vote=vote,
            closes_at=later + timedelta(days=1),
            reason=reason,
            by=budi,
            at=later,
        )


def test_a_cancelled_vote_says_why_and_keeps_the_box_shut(
    drafted: Vote, budi: Account, today: datetime, client: Client
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    box.put_ballot(vote, box.new_receipt(), Choice(("1",)))
    with pytest.raises(voting.VoteRefused):
        voting.cancel(vote=vote, reason=" ", by=budi, at=today)
    reason = "Anggaran dicabut oleh pemerintah pusat."
    vote = voting.cancel(vote=vote, reason=reason, by=budi, at=today)
    page = client.get(reverse("participation:vote", args=[vote.region_id, vote.pk]))
    assert reason.encode() in page.content
    assert vote.ballots.count() == 1
    with pytest.raises(box.BoxShut):
        box.ballots_of(vote)
    with pytest.raises(voting.VoteRefused):
        voting.cancel(vote=vote, reason=reason, by=budi, at=today)


def test_a_draft_can_be_thrown_away_and_nothing_else(
    drafted: Vote, budi: Account, today: datetime
) -> None:
    voting.drop_draft(vote=drafted, by=budi, at=today)
    assert not Vote.objects.exists()


def test_a_published_vote_cannot_be_thrown_away(
    drafted: Vote, budi: Account, today: datetime
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    with pytest.raises(voting.VoteRefused):
        voting.drop_draft(vote=vote, by=budi, at=today)


def test_the_clock_opens_a_vote_and_tells_when_it_locked(
    drafted: Vote, budi: Account, today: datetime
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    assert voting.running(today) == [(vote.region_id, vote.pk)]
    voting.look_after(region=vote.region_id, vote=vote.pk, at=today)
    vote.refresh_from_db()
    assert (vote.state, vote.locked_at) == (VoteState.OPEN, None)
    box.put_ballot(vote, box.new_receipt(), Choice(("1",)))
    voting.look_after(region=vote.region_id, vote=vote.pk, at=today)
    vote.refresh_from_db()
    assert vote.locked_at is not None
    assert (vote.locked_at.minute, vote.locked_at.second) == (0, 0)


# Pages


@pytest.fixture
def desk(client: Client, budi: Account) -> Client:
    client.force_login(budi)
    return client


def work(name: str, *args: Any) -> str:
    return reverse(f"participation-work:{name}", args=["62.02", *args])


def test_an_officer_sets_up_previews_and_publishes(
    desk: Client, call: Call, three: list[Proposal]
) -> None:
    assert work("new-vote", call.pk).encode() in desk.get(work("votes")).content
    page = desk.get(work("new-vote", call.pk))
    form = page.context["form"]
    sent = {
        name: value
        for name, value in form.initial.items()
        if value not in (None, False, [])
    }
    for name in ("opens_at", "closes_at"):
        sent[name] = sent[name].strftime("%Y-%m-%dT%H:%M")
    made = desk.post(work("new-vote", call.pk), sent)  # nothing was changed
    vote = Vote.objects.get()
    assert made.status_code == 302, made.content.decode()
    assert desk.get(work("preview-vote", vote.pk)).status_code == 200
    assert desk.post(work("publish-vote", vote.pk)).status_code == 302
    vote.refresh_from_db()
    assert vote.state == VoteState.PUBLISHED
    assert desk.get(work("vote", vote.pk)).status_code == 200


def test_a_change_and_its_refusal_stand_on_the_page(
    desk: Client, drafted: Vote, three: list[Proposal]
) -> None:
    page = desk.get(work("edit-vote", drafted.pk))
    assert page.status_code == 200
    sent = {
        "name": "Lain",
        "budget": "300000000",
        "opens_at": "2030-01-01T08:00",
        "closes_at": "2030-01-08T20:00",
        "ballot": "points",
        "points": "10",
        "rule": "phragmen",
        "votes_by": "code",
        "completion": "none",
        "proposals": [str(row.number) for row in three],
    }
    refused = desk.post(work("edit-vote", drafted.pk), sent)
    assert refused.status_code == 422
    assert "Phragm" in refused.content.decode()
    taken = desk.post(work("edit-vote", drafted.pk), sent | {"rule": "equal-shares"})
    assert taken.status_code == 302, taken.content.decode()
    drafted.refresh_from_db()
    assert (drafted.points, drafted.measure) == (10, "score")


def test_without_the_power_nobody_runs_votes(
    client: Client, kotim: Region, drafted: Vote, citra: Account
) -> None:
    head = people.officer("Kepala", region=kotim, role="inspector")
    for who, expected in ((head, 403), (citra, 403)):
        client.force_login(who)
        for name in ("publish-vote", "cancel-vote", "extend-vote", "drop-vote"):
            assert client.post(work(name, drafted.pk)).status_code == expected
    drafted.refresh_from_db()
    assert drafted.state == VoteState.DRAFT


def test_the_office_cancels_and_extends_with_reasons(
    desk: Client, drafted: Vote, budi: Account, today: datetime
) -> None:
    vote = voting.publish(vote=drafted, by=budi, at=today)
    assert desk.post(work("cancel-vote", vote.pk), {"reason": ""}).status_code == 422
    assert desk.post(work("cancel-vote", vote.pk), {"reason": "x"}).status_code == 422
    later = (vote.closes_at + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    sent = {"closes_at": later, "reason": "Banjir memutus jalan ke desa."}
    assert desk.post(work("extend-vote", vote.pk), sent).status_code == 302
    reason = {"reason": "Anggaran dicabut oleh pusat."}
    assert desk.post(work("cancel-vote", vote.pk), reason).status_code == 302
    vote.refresh_from_db()
    assert vote.state == VoteState.CANCELLED


def test_search_and_order_of_the_projects(
    client: Client, kotim: Region, today: datetime
) -> None:
    many = [(f"Usulan {n}", n * 1_000_000) for n in range(1, 13)]
    vote = box_makers.vote(kotim, today, options=many)
    page = reverse("participation:vote", args=["62.02", vote.pk])
    found = client.get(page, {"q": "usulan 12"}).context["page"]
    assert [option.title for option in found.rows] == ["Usulan 12"]
    dear = client.get(page, {"urut": "mahal"}).context["page"]
    assert dear.rows[0].title == "Usulan 12"


def test_the_electorate_stays_until_the_count(
    kotim: Region, budi: Account, today: datetime
) -> None:
    register = box_makers.electorate(kotim, today)
    vote = box_makers.vote(kotim, today, votes_by="register", register=register)
    with pytest.raises(registers.RegisterUnusable, match="Pilih usulan 2027"):
        registers.withdraw(register=register, by=budi, at=today, reason="Keliru")
    voting.cancel(vote=vote, reason="Pemilihnya keliru dihitung", by=budi, at=today)
    registers.withdraw(register=register, by=budi, at=today, reason="Keliru")
