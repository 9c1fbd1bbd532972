"""What of the exchange waits for somebody: yearly checks, questions, visits; and each
adoption is a thing that is kept up.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.exchange import queries
from habaring.exchange.models import MeetingState, SurvivalCheck
from habaring.exchange.survival import year_after
from habaring.people.access import Power
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Line,
    Thing,
    Waiting,
    Weight,
    register,
    register_lines,
)
from habaring.regions.models import Region

SHOWN = 20  # lines of one sort on a desk
ANSWER_WITHIN = timedelta(days=30)
"""A question of the year is late a month after it was asked."""


def _adoptions(region: Region, on: date) -> Iterator[Thing]:
    for one in queries.adoptions(region=region, on=on):
        row = one.row
        if row.undone_at or one.standing.next_on is None:
            continue
        asked = [c.asked_on for c in one.checks if c.answered_on is None]
        answered = [c.answered_on for c in one.checks if c.answered_on]
        adopted = localdate(row.adopted_at)
        yield Thing(
            kind="adoption",
            ref=str(row.pk),
            title=row.practice.title,
            url=reverse("exchange-work:adoption", args=[region.code, row.pk]),
            due_on=(asked[-1] if asked else year_after(max([adopted, *answered])))
            + ANSWER_WITHIN,
            updated_on=max([adopted, *answered]),
            public_url=reverse(
                "exchange:practice", args=[row.practice.region_id, row.practice.number]
            ),
            illustrative=row.illustrative,
        )


def _unanswered(asked: Asked) -> QuerySet[SurvivalCheck]:
    return SurvivalCheck.objects.filter(region=asked.region, answered_on__isnull=True)


def _checks(asked: Asked, _count: int) -> Iterator[Waiting]:
    for check in queries.waiting_answers(asked.region):
        title = check.adoption.practice.title
        yield Waiting(
            _("Is “%(title)s” still alive?") % {"title": title},
            _("Three questions; silent for 12 months it counts as unknown."),
            reverse("exchange-work:check", args=[asked.region.code, check.pk]),
            check.asked_on + ANSWER_WITHIN,
            Weight.CONFIRM,
        )


def _questions(asked: Asked, _count: int) -> Iterator[Waiting]:
    for question in queries.open_questions(asked.region)[:SHOWN]:
        yield Waiting(
            _("%(region)s asks about “%(title)s”")
            % {"region": question.region.full_name, "title": question.practice.title},
            question.text[:140],
            reverse("exchange-work:answer", args=[asked.region.code, question.pk]),
            weight=Weight.CONFIRM,
        )


def _meetings(asked: Asked, _count: int) -> Iterator[Waiting]:
    region = asked.region
    for meeting in queries.open_meetings(region)[:SHOWN]:
        if meeting.state == MeetingState.ASKED and meeting.host_id == region.pk:
            yield Waiting(
                _("%(region)s asks for a visit or mentoring")
                % {"region": meeting.region.full_name},
                meeting.purpose[:140],
                reverse("exchange-work:meeting", args=[region.code, meeting.pk]),
                meeting.proposed_on,
                Weight.CONFIRM,
            )


register(
    Kind(
        code="adoption",
        one=gettext_lazy("adopted practice"),
        many=gettext_lazy("adopted practices"),
        things=_adoptions,
        rhythm=Rhythm(remind_before_days=0, escalate_after_days=60),
        power=Power.SHARE_PRACTICES,
        order=70,
    )
)
register_lines(
    "exchange",
    Line(lambda asked: _unanswered(asked)[:1], _checks, Power.SHARE_PRACTICES),
    Line(
        lambda asked: queries.open_questions(asked.region)[:1],
        _questions,
        Power.SHARE_PRACTICES,
    ),
    Line(
        lambda asked: queries.open_meetings(asked.region)[:1],
        _meetings,
        Power.SHARE_PRACTICES,
    ),
)
