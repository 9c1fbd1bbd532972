"""The bodies of Kotim: what is public fact, and examples of seats and a meeting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate, make_aware

from habaring.council import actions
from habaring.council.actions import attendance, meetings, minutes
from habaring.council.models import Council, Decision, Meeting
from habaring.council.queries import seats_on
from habaring.posts.models import Post
from habaring.regions.models import Region

NEXT_IN_DAYS = 30


@dataclass(frozen=True)
class Telling:
    """Whose bodies, what is known of them, and when it is told."""

    region: Region
    facts: Mapping[str, Any]
    at: datetime


def form(telling: Telling) -> Council:
    """Record the memorandum, the council, the team with its groups, and who sits."""
    region, facts, at = telling.region, telling.facts, telling.at
    paper = actions.Paper(**facts["memorandum"])
    actions.record_instrument(region=region, paper=paper, by=None, at=at)
    bodies = {}
    for kind in ("council", "team"):
        bodies[kind] = actions.record_council(
            region=region,
            body=actions.Body(**facts[kind], kind=kind),
            by=None,
            at=at,
        )
        for name, institution, pillar, post in facts["council_seats"][kind]:
            sitting = actions.Sitting(
                name,
                institution,
                pillar,
                from_on=localdate(at) - timedelta(days=NEXT_IN_DAYS),
                post=post,
                illustrative=True,
            )
            actions.record_seat(body=bodies[kind], sitting=sitting, by=None, at=at)
    actions.make_groups(team=bodies["team"], by=None, at=at, illustrative=True)
    return bodies["council"]


def meet(telling: Telling, body: Council) -> Meeting:
    """The meeting of the day before, held by hand: most seats came, minutes approved."""
    told, at = telling.facts["meeting"], telling.at
    meeting = _planned(telling, body, told, days=-1)
    for seat in seats_on(body, localdate(meeting.starts_at))[:5]:
        arrival = attendance.Arrival(way="hand", seat=seat)
        attendance.attend(
            meeting=meeting, arrival=arrival, by=None, at=meeting.starts_at
        )
    held = meetings.close_meeting(meeting=meeting, by=None, at=at)
    written = minutes.write_minutes(meeting=held, text=told["minutes"], by=None, at=at)
    minutes.approve_minutes(minutes=written, by=None, at=at)
    following = _planned(
        telling, body, telling.facts["next_meeting"], days=NEXT_IN_DAYS
    )
    meetings.invite(meeting=following, by=None, at=at, links=lambda _summons: "")
    return Meeting.objects.get(pk=held.pk)


def _planned(
    telling: Telling, body: Council, told: Mapping[str, Any], *, days: int
) -> Meeting:
    day = localdate(telling.at) + timedelta(days=days)
    starts = make_aware(datetime.combine(day, time(9)))
    plan = meetings.Plan(
        told["title"],
        starts,
        starts + timedelta(hours=2, minutes=30),
        place=told["place"],
        illustrative=True,
    )
    made = meetings.plan_meeting(body=body, plan=plan, by=None, at=telling.at)
    for title, length, presenter in told["agenda"]:
        item = meetings.Item(title, length, presenter)
        meetings.add_item(meeting=made, item=item, by=None, at=telling.at)
    return made


def decide(telling: Telling, meeting: Meeting, *, scenario: int) -> Decision:
    """The decision on a scenario, made in a meeting with its quorum."""
    ruling = actions.Ruling(
        **telling.facts["decision"],
        decided_on=localdate(meeting.starts_at),
        meeting=meeting,
        votes=actions.Votes(5),
        about=[actions.About("scenario", str(scenario))],
    )
    return actions.record_decision(
        region=telling.region,
        council=meeting.body,
        ruling=ruling,
        by=None,
        at=telling.at,
    )


def follow(telling: Telling, decision: Decision) -> None:
    """What follows from the decision, given to the region's first posts."""
    posts = list(Post.objects.filter(region=telling.region).order_by("pk")[:2])
    if not posts:
        return
    for i, told in enumerate(telling.facts["council_tasks"]):
        errand = actions.Errand(
            title=told["title"],
            owner=posts[i % len(posts)],
            due_on=decision.decided_on + timedelta(days=told["days"]),
            decision=decision,
            illustrative=True,
        )
        actions.record_task(errand=errand, by=None, at=telling.at)
