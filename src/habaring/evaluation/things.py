"""Findings as things that posts own, and what waits in an evaluation."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habaring.evaluation.models import Entry, Finding, Reading, Result
from habaring.evaluation.words import TO_DO
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

SOON = timedelta(days=7)


def _findings(region: Region, on: date) -> Iterator[Thing]:
    rows = Finding.objects.filter(region=region, kind__in=TO_DO, state="open")
    for row in rows.filter(owner__isnull=False):
        yield Thing(
            kind="finding",
            ref=str(row.pk),
            title=row.text[:120],
            url=reverse("evaluation-work:finding", args=[region.code, row.pk]),
            due_on=row.due_on,
            updated_on=localdate(row.raised_at),
            post=row.owner_id,
            illustrative=row.illustrative,
        )


register(
    Kind(
        code="finding",
        one=gettext_lazy("finding of the evaluation"),
        many=gettext_lazy("findings of the evaluation"),
        things=_findings,
        rhythm=Rhythm(remind_before_days=14, escalate_after_days=14),
        power=Power.TAKE_PART_IN_GUIDANCE,
        order=90,
    )
)


def _answering(asked: Asked) -> QuerySet[Entry]:
    return Entry.objects.filter(
        region=asked.region, state="answering", round__state="open"
    )


def _to_answer(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _answering(asked).select_related("round"):
        until = row.round.answers_until
        close = asked.on <= until <= asked.on + SOON
        yield Waiting(
            _("Answer the evaluation: %(name)s") % {"name": row.round.name},
            _("Every answer needs evidence that is valid and complete."),
            reverse("evaluation-work:entry", args=[asked.region.code, row.pk]),
            on=until,
            weight=Weight.WEEK if close else Weight.NEXT,
        )


def _ownerless(asked: Asked) -> QuerySet[Finding]:
    return Finding.objects.filter(
        region=asked.region, kind__in=TO_DO, state="open", owner=None
    )


def _to_plan(asked: Asked, count: int) -> Iterator[Waiting]:
    yield Waiting(
        ngettext(
            "%(n)d finding has no owner",
            "%(n)d findings have no owner",
            count,
        )
        % {"n": count},
        _("A finding comes back each year until it is closed."),
        reverse("evaluation-work:findings", args=[asked.region.code]),
        weight=Weight.CONFIRM,
    )


def _announced(asked: Asked) -> QuerySet[Result]:
    return Result.objects.standing().filter(
        region=asked.region,
        round__state="announced",
        round__appeals_until__gte=asked.on,
    )


def _to_appeal(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _announced(asked).select_related("round"):
        entry = Entry.objects.filter(round=row.round_id, region=asked.region).first()
        if entry is not None and row.round is not None:
            yield Waiting(
                _("The result of the evaluation is there: %(name)s")
                % {"name": row.round.name},
                _("You may appeal until the last day."),
                reverse("evaluation-work:result", args=[asked.region.code, entry.pk]),
                on=row.round.appeals_until,
                weight=Weight.WEEK,
            )


def _reported(asked: Asked) -> QuerySet[Finding]:
    rows = Finding.objects.filter(region=asked.region, state="reported")
    return rows.exclude(reported_by=asked.account)


def _to_close(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _reported(asked)[:3]:
        yield Waiting(
            _("A finding is reported as done"),
            row.text[:120],
            reverse("evaluation-work:finding", args=[asked.region.code, row.pk]),
            weight=Weight.CONFIRM,
        )


def _unread(asked: Asked) -> QuerySet[Reading]:
    return Reading.objects.filter(
        region=asked.region, assessor=asked.account, state__in=["asked", "reading"]
    )


def _to_read(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _unread(asked).select_related("entry__round"):
        yield Waiting(
            _("Read this region's evaluation"),
            row.state_words,
            reverse("evaluation-work:reading", args=[asked.region.code, row.pk]),
            on=row.entry.round.readings_until,
            weight=Weight.CONFIRM,
        )


register_lines(
    "evaluation",
    Line(_answering, _to_answer, Power.TAKE_PART_IN_GUIDANCE),
    Line(_ownerless, _to_plan, Power.TAKE_PART_IN_GUIDANCE),
    Line(_announced, _to_appeal, Power.TAKE_PART_IN_GUIDANCE),
    Line(_reported, _to_close, Power.JUDGE_EVIDENCE),
    Line(_unread, _to_read, Power.ASSESS),
)
