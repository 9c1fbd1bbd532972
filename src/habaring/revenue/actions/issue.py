"""The verbs of a year's run: prepare, start, stop, go on, call off."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import assessing, issuing
from habaring.revenue.models import Issue, IssuePart, IssueState
from habaring.shared import audit
from habaring.shared.refusal import Refusal, Words

LEAST_REASON = 10
"""Letters: a word alone is no reason."""


class CannotIssue(Refusal):
    """The run cannot be prepared, begun, stopped or called off."""


@dataclass(frozen=True)
class Plan:
    """A run to prepare. Bills that changed by more than `review_percent` wait."""

    year: int
    due_on: date
    review_percent: int = 50
    illustrative: bool = False


@transaction.atomic
def prepare(*, region: Region, plan: Plan, by: Account | None, at: datetime) -> Issue:
    """Prepare the bills of a year: count, reckon and show them before any is written.

    Raises:
        NoRule: no approved rule holds on 1 January of the year.
        CannotIssue: the year was prepared already, or would be due before it begins.
    """
    rule = assessing.in_force(region, issuing.TAX, assessing.day_of(plan.year))
    if _of_year(region, plan.year):
        raise CannotIssue(
            format_lazy(_("The year {year} is prepared already."), year=plan.year),
            _("A year has one run, so that nobody is billed twice."),
            _("Go on with that run, or call it off while no bill is written."),
        )
    if plan.due_on < assessing.day_of(plan.year):
        raise CannotIssue(
            _("The last day to pay lies before the year."),
            _("People need time to pay after the bill is issued."),
            _("Choose a later day."),
        )
    issue = Issue.objects.create(
        region=region,
        tax=issuing.TAX,
        year=plan.year,
        rule=rule,
        due_on=plan.due_on,
        review_percent=plan.review_percent,
        illustrative=plan.illustrative or rule.illustrative,
        prepared_at=at,
        prepared_by=by,
    )
    _told(issue, "revenue.issue.prepared", by=by, at=at)
    _forecast_later(issue)
    return issue


def _of_year(region: Region, year: int) -> bool:
    rows = Issue.objects.filter(region=region, tax=issuing.TAX, year=year)
    return rows.exclude(state=IssueState.CANCELLED).exists()


def _forecast_later(issue: Issue) -> None:
    _later("revenue.forecast_issue", issue)


def _later(task: str, issue: Issue) -> None:
    # late: the queue comes along, which commands do without
    from procrastinate.contrib.django import app

    app.configure_task(task).defer(issue=issue.pk, region=issue.region_id)


@transaction.atomic
def reckon_again(*, issue: Issue, by: Account, at: datetime) -> Issue:
    """Forecast a prepared run anew, after the register or the classes were mended.

    Raises CannotIssue once bills were written.
    """
    row = _locked(issue, IssueState.PREPARED)
    IssuePart.objects.filter(region=row.region_id, issue=row).update(reckoned_at=None)
    _told(row, "revenue.issue.reckoned", by=by, at=at)
    _forecast_later(row)
    return row


@transaction.atomic
def start(*, issue: Issue, by: Account | None, at: datetime) -> Issue:
    """Begin to write the bills.

    Raises CannotIssue where it is not prepared, or the forecast is not complete.
    """
    row = _locked(issue, IssueState.PREPARED)
    parts = IssuePart.objects.filter(region=row.region_id, issue=row)
    if not parts.exists() or parts.filter(reckoned_at=None).exists():
        raise CannotIssue(
            _("The bills are still being reckoned."),
            _("Nothing is written before somebody has seen what it comes to."),
            _("Wait until the forecast is complete."),
        )
    row.started_at, row.started_by = at, by
    return _running(row, "revenue.issue.started", by=by, at=at)


@transaction.atomic
def stop(*, issue: Issue, by: Account, at: datetime) -> Issue:
    """Stop after the village that is being written; CannotIssue where it does not run."""
    row = _locked(issue, IssueState.RUNNING)
    row.state = IssueState.STOPPED
    row.save(update_fields=["state"])
    return _told(row, "revenue.issue.stopped", by=by, at=at)


@transaction.atomic
def go_on(*, issue: Issue, by: Account, at: datetime) -> Issue:
    """Go on with a run that was stopped; CannotIssue where it was not."""
    row = _locked(issue, IssueState.STOPPED)
    return _running(row, "revenue.issue.continued", by=by, at=at)


@transaction.atomic
def call_off(*, issue: Issue, reason: str, by: Account, at: datetime) -> Issue:
    """Call a prepared run off; CannotIssue once bills were written, or for no reason."""
    row = _locked(issue, IssueState.PREPARED)
    text = reason_in(reason)
    row.state, row.ended_at = IssueState.CANCELLED, at
    row.save(update_fields=["state", "ended_at"])
    return _told(row, "revenue.issue.cancelled", by=by, at=at, reason=text)


def reason_in(text: str) -> str:
    """A reason that somebody can understand later; CannotIssue where it is too short."""
    text = text.strip()
    if len(text) < LEAST_REASON:
        raise CannotIssue(
            _("A reason is missing."),
            _("Who reads this later must understand why it was done."),
            _("Write the reason in a sentence."),
        )
    return text


_STANDS: dict[IssueState, Words] = {
    IssueState.PREPARED: _("It is prepared and not begun."),
    IssueState.RUNNING: _("It is running."),
    IssueState.STOPPED: _("It is stopped."),
    IssueState.DONE: _("It is done."),
    IssueState.CANCELLED: _("It was called off."),
}


def _locked(issue: Issue, *states: IssueState) -> Issue:
    row = Issue.objects.select_for_update(of=("self",)).get(
        pk=issue.pk, region=issue.region_id
    )
    if row.state not in states:
        raise CannotIssue(
            _("This cannot be done with the run as it stands."),
            _STANDS[IssueState(row.state)],
            _("Look at the run again; somebody else may have changed it."),
        )
    return row


def _running(row: Issue, verb: str, *, by: Account | None, at: datetime) -> Issue:
    row.state = IssueState.RUNNING
    row.save(update_fields=["state", "started_at", "started_by"])
    _later("revenue.run_issue", row)
    return _told(row, verb, by=by, at=at)


def _told(
    row: Issue, verb: str, *, by: Account | None, at: datetime, reason: str = ""
) -> Issue:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"year": row.year},
    )
    return row
