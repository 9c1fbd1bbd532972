"""The verbs that end a round: announce to the regions, publish for everybody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.evaluation import ranking, results, telling
from habaring.evaluation.actions.awards import give_all
from habaring.evaluation.actions.reading import let_out, third_wanted
from habaring.evaluation.actions.rounds import locked
from habaring.evaluation.models import (
    Appeal,
    Entry,
    Finding,
    Mark,
    Reading,
    Remark,
    Result,
    Round,
)
from habaring.evaluation.results import Outcome, decimal, plain
from habaring.evaluation.rules import RoundRefused
from habaring.people.follows.actions import Published
from habaring.people.follows.actions import announce as tell_followers
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.shared import audit


@transaction.atomic
def announce(*, by: Account | None, at: datetime, round: Round) -> Round:
    """Tell each region its result: the marks become its own to see, without names; the
    findings are its to deal with; the days to appeal begin.

    Needs the rows of all regions open. Raises RoundRefused while an entry that was handed
    in has too few readings, one is still being read, or two differ and no third has read.
    """
    row = locked(round, ("reading",))
    _refuse_unread(row)
    found = results.outcomes(row)
    row.state, row.announced_at = "announced", at
    row.appeals_until = localdate(at) + timedelta(days=row.appeal_days)
    row.method = {
        "seed": results.seed_of(row),
        "draws": ranking.DRAWS,
        "sway": ranking.SWAY,
        "inside": ranking.INSIDE,
    }
    row.save(update_fields=["state", "announced_at", "appeals_until", "method"])
    _write(row, found, by=by, at=at)
    for one in found:
        _show(row, one, at=at)
    _told(row, "announced", by=by, at=at)
    return row


def _refuse_unread(row: Round) -> None:
    entries = Entry.objects.filter(round=row, state="submitted").select_related(
        "round__instrument"
    )
    if not entries:
        raise RoundRefused(_("There is nothing to announce."))
    open_now = []
    for entry in entries:
        states = list(
            Reading.objects.filter(entry=entry).values_list("state", flat=True)
        )
        done = states.count("submitted")
        waiting = "asked" in states or "reading" in states
        if done < row.readers or waiting or third_wanted(entry):
            open_now.append(entry.region_id)
    if open_now:
        raise RoundRefused(
            ngettext_lazy(
                "%(n)d region is not read to the end.",
                "%(n)d regions are not read to the end.",
                len(open_now),
            )
            % {"n": len(open_now)},
            ", ".join(sorted(open_now)[:8]),
            _("Wait for its readers, or ask a third where two lie far apart."),
        )


def _write(
    row: Round,
    found: Sequence[Outcome],
    *,
    by: Account | None,
    at: datetime,
    public: bool = False,
) -> None:
    Result.objects.standing().filter(round=row).update(replaced_at=at)
    Result.objects.bulk_create(
        Result(
            region=one.entry.region,
            year=row.year,
            stage=row.stage,
            round=row,
            index=decimal(one.grade.index),
            measures=plain(one.grade.measures),
            dimensions=plain(one.grade.dimensions),
            own=plain(one.own.measures) | plain({"index": one.own.index}),
            # sorted by the index, so that their order tells nothing
            readings=[
                {"index": float(decimal(r.index)), "measures": plain(r.measures)}
                for r in sorted(one.readings, key=lambda r: r.index)
            ],
            uncounted=list(one.grade.uncounted),
            improvement=decimal(one.improvement)
            if one.improvement is not None
            else None,
            band=one.band,
            rank=one.rank.rank,
            rank_low=one.rank.low,
            rank_high=one.rank.high,
            ranked=one.rank.among,
            province_rank=one.province_rank,
            province_ranked=one.province_ranked,
            announced_at=row.announced_at or at,
            published_at=at if public else None,
            recorded_by=by,
            illustrative=row.illustrative or one.entry.illustrative,
        )
        for one in found
    )


def _show(row: Round, one: Outcome, *, at: datetime) -> None:
    """Let the region see its marks, make findings of the remarks, end the roles."""
    code = one.entry.region_id
    readings = list(Reading.objects.filter(entry=one.entry, state="submitted"))
    for table in (Mark, Remark):
        table.objects.filter(reading__in=readings).update(shown_to=code)
    Reading.objects.filter(pk__in=[r.pk for r in readings]).update(shown_to=code)
    let_out(one.entry, {r.assessor_id for r in readings}, at=at)
    remarks = Remark.objects.filter(reading__in=readings, dropped_at=None).exclude(
        kind="interview"
    )
    Finding.objects.bulk_create(
        Finding(
            region=one.entry.region,
            round=row,
            kind=remark.kind,
            question=remark.question,
            text=remark.text,
            years=[row.year],
            raised_at=at,
            illustrative=row.illustrative or one.entry.illustrative,
        )
        for remark in remarks.order_by("kind", "question", "text")
    )
    one.entry.round = row
    telling.announced(one.entry)
    audit.record(
        by=None,
        at=at,
        verb="evaluation.result.announced",
        subject=one.entry,
        region=code,
        details={"year": row.year, "stage": row.stage},
    )


@transaction.atomic
def publish(*, by: Account | None, at: datetime, round: Round) -> Round:
    """Publish a round: appeals that were granted count, ranks are drawn, awards given.

    Needs the rows of all regions open. Raises RoundRefused before the days to appeal are
    over, and while an appeal waits.
    """
    row = locked(round, ("announced",))
    if row.appeals_until and localdate(at) <= row.appeals_until:
        raise RoundRefused(
            _("The regions may still appeal."),
            format_lazy(_("They may until {day}."), day=row.appeals_until),
            _("Publish on the day after."),
        )
    if Appeal.objects.filter(entry__round=row, state="filed").exists():
        raise RoundRefused(
            _("An appeal waits for a decision."),
            next=_("Decide it first; a granted one changes the result."),
        )
    _write(row, results.outcomes(row, appeals=True), by=by, at=at, public=True)
    row.state, row.published_at = "published", at
    row.save(update_fields=["state", "published_at"])
    give_all(row, by=by, at=at)
    _told(row, "published", by=by, at=at)
    published = Result.objects.filter(round=row, published_at=at)
    for one in published.select_related("region"):
        audit.record(
            by=by,
            at=at,
            verb="evaluation.result.published",
            subject=row,
            region=one.region_id,
            details={"year": row.year, "stage": row.stage},
        )
        page = reverse("evaluation:region", args=[one.region_id])
        ref = f"{row.year}-{row.stage}"
        news = Published(NewsKind.EVALUATION, ref, row.name, page)
        tell_followers(region=one.region, what=news, at=at)
    return row


def _told(row: Round, deed: str, *, by: Account | None, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evaluation.round.{deed}",
        subject=row,
        details={"year": row.year, "stage": row.stage},
    )
