"""The verbs of rules: propose, approve by somebody else, refuse, withdraw; value classes.

Nothing is assessed by a rule that one person alone put in. Its text never changes; a
new rule ends the one before it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.engines import taxing
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import assessing
from habaring.revenue.actions.issue import CannotIssue, reason_in
from habaring.revenue.models import RuleState, TaxRule, ValueClass
from habaring.revenue.problem_words import problem_words
from habaring.shared import audit, formats
from habaring.shared.models import Upload
from habaring.shared.refusal import FileRefused, Problem, Refusal

DAY = timedelta(days=1)
SHOWN = 100


class RuleRefused(Refusal):
    """The rule cannot be proposed, approved or withdrawn as it stands."""


class RuleNotRead(FileRefused):
    """The text is no rule of this region; every problem is named, nothing is saved."""


@transaction.atomic
def propose(*, region: Region, text: str, by: Account | None, at: datetime) -> TaxRule:
    """Put a rule forward; it waits for a second person.

    Raises:
        RuleNotRead: everything that the engine finds wrong with the text.
        RuleRefused: the same text waits or holds already.
    """
    text = text.replace("\r\n", "\n").strip() + "\n"
    rules = read(region, text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    alive = (RuleState.PROPOSED, RuleState.APPROVED)
    same = TaxRule.objects.filter(region=region, sha256=sha256, state__in=alive)
    if same.exists():
        raise RuleRefused(
            _("This rule is here already."),
            _("The same text waits for approval or is in force."),
            _("Change what should be different, then propose it."),
        )
    row = TaxRule.objects.create(
        region=region,
        tax=rules.tax,
        begins_on=rules.in_force_from,
        ends_on=rules.in_force_to,
        text=text,
        sha256=sha256,
        bylaw=rules.by_law[:200],
        illustrative=rules.example,
        proposed_at=at,
        proposed_by=by,
    )
    return _told(row, "revenue.rule.proposed", by=by, at=at)


def read(region: Region, text: str) -> taxing.Rules:
    """What a text says; RuleNotRead with every problem at once."""
    try:
        rules = taxing.read_rules(text)
    except taxing.Refused as refused:
        problems = [
            Problem("", None, "", problem_words(one))
            for one in refused.problems[:SHOWN]
        ]
        raise _not_read(problems, len(refused.problems) + refused.more) from refused
    if rules.region != region.code:
        why = format_lazy(
            _("The rule is for {other}; here is {code}."),
            other=rules.region,
            code=region.code,
        )
        raise _not_read([Problem("", None, "", why)], 1)
    return rules


def _not_read(problems: Sequence[Problem], count: int) -> RuleNotRead:
    return RuleNotRead(
        _("The rule was not proposed."),
        format_lazy(_("Problems found: {count}."), count=count),
        _("Mend them and send it again; nothing was saved."),
        problems=problems,
        count=count,
    )


@transaction.atomic
def approve(*, rule: TaxRule, by: Account | None, at: datetime) -> TaxRule:
    """Put a proposed rule in force; the one before it ends on the day before.

    `by` is never who proposed it. Raises RuleRefused for that, for a rule that does not
    wait, and where it would hold on the same days as another one.
    """
    row = _locked(rule, RuleState.PROPOSED)
    if by is not None and by.pk == row.proposed_by_id:
        raise RuleRefused(
            _("Somebody else has to approve this rule."),
            _("You proposed it; a tax rule is decided by two people."),
            _("Ask a colleague who may approve rules."),
        )
    others = _overlapping(row)
    later = next((one for one in others if one.begins_on >= row.begins_on), None)
    if later is not None:
        raise RuleRefused(
            _("Another rule holds on the same days."),
            format_lazy(
                _("The rule of {bylaw} holds from {day}."),
                bylaw=later.bylaw,
                day=formats.day(later.begins_on),
            ),
            _(
                "Propose the rule with an end before that day, or withdraw the other one."
            ),
        )
    for one in others:
        one.ends_on = row.begins_on - DAY
        one.save(update_fields=["ends_on"])
    row.state, row.decided_at, row.decided_by = RuleState.APPROVED, at, by
    row.save(update_fields=["state", "decided_at", "decided_by"])
    return _told(row, "revenue.rule.approved", by=by, at=at)


def _overlapping(row: TaxRule) -> list[TaxRule]:
    rows = (
        TaxRule.objects.select_for_update(of=("self",))
        .filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=row.begins_on),
            region=row.region_id,
            tax=row.tax,
            state=RuleState.APPROVED,
        )
        .exclude(pk=row.pk)
    )
    if row.ends_on is not None:
        rows = rows.filter(begins_on__lte=row.ends_on)
    return list(rows)


@transaction.atomic
def refuse(*, rule: TaxRule, reason: str, by: Account, at: datetime) -> TaxRule:
    """Say no to a proposed rule, with a reason; RuleRefused where it does not wait."""
    return _ended(rule, RuleState.PROPOSED, RuleState.REFUSED, reason, by=by, at=at)


@transaction.atomic
def withdraw(*, rule: TaxRule, reason: str, by: Account, at: datetime) -> TaxRule:
    """Take an approved rule out of force, with a reason. The rule that it ended holds
    again. Bills that were assessed by it keep pointing at it.
    """
    row = _ended(rule, RuleState.APPROVED, RuleState.WITHDRAWN, reason, by=by, at=at)
    before = TaxRule.objects.select_for_update(of=("self",)).filter(
        region=row.region_id,
        tax=row.tax,
        state=RuleState.APPROVED,
        ends_on=row.begins_on - DAY,
    )
    for one in before:
        one.ends_on = _holds_until(one, row)
        one.save(update_fields=["ends_on"])
    return row


def _holds_until(rule: TaxRule, gone: TaxRule) -> date | None:
    """The end a rule has without the one that ended it: its own, or the next one's."""
    ends = [assessing.rules_of(rule).in_force_to]
    following = TaxRule.objects.filter(
        region=rule.region_id,
        tax=rule.tax,
        state=RuleState.APPROVED,
        begins_on__gt=gone.begins_on,
    ).order_by("begins_on")
    after = following.first()
    ends.append(after.begins_on - DAY if after else None)
    return min((one for one in ends if one is not None), default=None)


def _ended(
    rule: TaxRule,
    was: RuleState,
    becomes: RuleState,
    reason: str,
    *,
    by: Account,
    at: datetime,
) -> TaxRule:
    row = _locked(rule, was)
    try:
        row.reason = reason_in(reason)
    except CannotIssue as no_reason:
        raise RuleRefused(no_reason.what, no_reason.why, no_reason.next) from no_reason
    row.state = becomes
    if becomes == RuleState.REFUSED:
        row.decided_at, row.decided_by = at, by if by.pk != row.proposed_by_id else None
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    verb = f"revenue.rule.{becomes.value}"
    return _told(row, verb, by=by, at=at, reason=row.reason)


def _locked(rule: TaxRule, state: RuleState) -> TaxRule:
    row = TaxRule.objects.select_for_update(of=("self",)).get(
        pk=rule.pk, region=rule.region_id
    )
    if row.state != state:
        raise RuleRefused(
            _("This cannot be done with the rule as it stands."),
            format_lazy(_("It is {state}."), state=RuleState(row.state).label),
            _("Look at the rule again; somebody else may have decided."),
        )
    return row


def _told(
    row: TaxRule, verb: str, *, by: Account | None, at: datetime, reason: str = ""
) -> TaxRule:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"tax": row.tax, "begins_on": row.begins_on.isoformat()},
    )
    return row


# Value classes


@dataclass(frozen=True)
class ClassValue:
    """What a square metre of a class is worth from a year on. Rupiah."""

    kind: str
    code: str
    year: int
    value: int
    basis: str


@dataclass(frozen=True)
class Recorded:
    """What recording changed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def record_classes(
    *,
    region: Region,
    rows: Sequence[ClassValue],
    by: Account | None,
    at: datetime,
    upload: Upload | None = None,
    illustrative: bool = False,
) -> Recorded:
    """Record value classes, new or other than before. What bills were made from stays in
    the bills.
    """
    known = {
        (row.kind, row.code, row.year): row
        for row in ValueClass.objects.select_for_update().filter(region=region)
    }
    new, changed, same = [], 0, 0
    for one in rows:
        before = known.get((one.kind, one.code, one.year))
        if before is None:
            new.append(_class(region, one, at, illustrative=illustrative))
        elif (before.value, before.basis) == (one.value, one.basis):
            same += 1
        else:
            before.value, before.basis, before.recorded_at = one.value, one.basis, at
            before.save(update_fields=["value", "basis", "recorded_at"])
            changed += 1
    ValueClass.objects.bulk_create(new)
    if new or changed:
        audit.record(
            by=by,
            at=at,
            verb="revenue.classes.recorded",
            subject=upload or region,
            region=region.code,
            details={"new": len(new), "changed": changed},
        )
    return Recorded(len(new), changed, same)


def _class(
    region: Region, one: ClassValue, at: datetime, *, illustrative: bool
) -> ValueClass:
    return ValueClass(
        region=region,
        kind=one.kind,
        code=one.code,
        year=one.year,
        value=one.value,
        basis=one.basis,
        illustrative=illustrative,
        recorded_at=at,
    )
