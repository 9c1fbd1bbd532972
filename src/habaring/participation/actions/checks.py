"""The verbs of the technical check: ask departments, answer, take the question back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation import moderation, telling
from habaring.participation.models import Check, Proposal, ProposalState, StepKind
from habaring.people.access import EVERYWHERE, Extent, NotAllowed
from habaring.people.models import Account
from habaring.regions.models import Department
from habaring.shared import audit
from habaring.shared.refusal import Refusal

SUBACTIVITY = r"\d\.\d{2}\.\d{2}\.[12]\.\d{2}\.\d{2,4}"
"""A sub-activity's code. Source: domain.md 3.2 (Kepmendagri 900.1-2850/2025)."""
LONGEST_REASON = 4_000
MOST_AT_ONCE = 200
MOST_COST = 10**15  # rupiah: more than the budget of any region


class CheckRefused(Refusal):
    """A check that cannot be asked for or answered."""


@dataclass(frozen=True)
class Answer:
    """What a department found: whether it can be done, and always why.

    `cost` (whole rupiah, of the whole proposal) is needed for a yes.
    """

    verdict: str
    reason: str
    cost: int | None = None
    legal_ground: str = ""
    subactivity_code: str = ""


@dataclass(frozen=True)
class Asked:
    """What came of asking: the new checks, and how many waited already."""

    new: tuple[Check, ...] = ()
    waiting_already: int = 0
    passed_over: tuple[str, ...] = field(default=())  # codes of what is not public


@transaction.atomic
def ask(
    *,
    proposals: Sequence[Proposal],
    departments: Sequence[Department],
    due_on: date | None,
    by: Account | None,
    at: datetime,
    on: date,
) -> Asked:
    """Ask departments whether proposals can be done, until a day.

    A department that is asked already is not asked twice; one that answered before is
    asked again (after a change). A proposal that is not public is passed over and
    named. Raises CheckRefused without a department or proposal, for a department that
    is closed or of another region, and for a day that has passed.
    """
    _refuse_question(proposals, departments, due_on, on)
    rows = list(
        Proposal.objects.select_for_update()
        .filter(pk__in=[row.pk for row in proposals])
        .order_by("number")
    )
    open_now = set(
        Check.objects.filter(proposal__in=rows, verdict="").values_list(
            "proposal_id", "department_id"
        )
    )
    made: list[Check] = []
    already = 0
    over: list[str] = []
    for row in rows:
        if row.state != ProposalState.PUBLIC:
            over.append(row.code)
            continue
        fresh = [one for one in departments if (row.pk, one.pk) not in open_now]
        already += len(departments) - len(fresh)
        made += _asked(row, fresh, due_on, by=by, at=at)
    return Asked(tuple(made), already, tuple(over))


def _asked(
    row: Proposal,
    departments: Sequence[Department],
    due_on: date | None,
    *,
    by: Account | None,
    at: datetime,
) -> list[Check]:
    if not departments:
        return []
    made = [
        Check.objects.create(
            region_id=row.region_id,
            proposal=row,
            department=one,
            asked_at=at,
            asked_by=by,
            due_on=due_on,
        )
        for one in departments
    ]
    if row.department_id is None:
        row.department = departments[0]
        row.save(update_fields=["department"])
    telling.record_step(
        proposal=row,
        kind=StepKind.CHECK_ASKED,
        by=by,
        at=at,
        details={
            "department": ", ".join(one.name_id for one in departments),
            "due_on": due_on.isoformat() if due_on else "",
        },
    )
    audit.record(
        by=by,
        at=at,
        verb="participation.check.asked",
        subject=row,
        region=row.region_id,
        details={
            "departments": [one.code for one in departments],
            "due_on": due_on.isoformat() if due_on else "",
        },
    )
    return made


def _refuse_question(
    proposals: Sequence[Proposal],
    departments: Sequence[Department],
    due_on: date | None,
    on: date,
) -> None:
    if not proposals or not departments:
        raise CheckRefused(
            what=_("Choose at least one proposal and one department."),
            why=_("Somebody must check something."),
        )
    if len(proposals) > MOST_AT_ONCE:
        raise CheckRefused(
            what=_("These are too many proposals at once."),
            next=_("Narrow the list, and ask for at most 200 at a time."),
        )
    region = proposals[0].region_id
    if {row.region_id for row in proposals} | {
        one.region_id for one in departments
    } != {region}:
        raise CheckRefused(
            what=_("A department checks proposals of its own region."),
            next=_("Choose a department from the list."),
        )
    if any(one.closed_on is not None and one.closed_on <= on for one in departments):
        raise CheckRefused(
            what=_("This department is closed."),
            why=_("Nobody there would answer."),
            next=_("Choose the department that took over its work."),
        )
    if due_on is not None and due_on < on:
        raise CheckRefused(
            what=_("This day has passed already."),
            next=_("Choose a day from today on."),
        )


@transaction.atomic
def answer(
    *,
    check: Check,
    answer: Answer,
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> Check:
    """Say whether a proposal can be done, with a reason that everyone reads.

    Raises NotAllowed for a department out of reach, CheckRefused where it was answered
    already, the proposal is not public any more, the reason is missing, a yes has no
    cost, or the code is not of a sub-activity's form.
    """
    row = (
        Check.objects.select_for_update(of=("self",))
        .select_related("proposal", "department")
        .get(pk=check.pk)
    )
    _refuse_outside(row, within)
    _refuse_settled(row)
    found = _clean(answer)
    row.verdict, row.reason, row.cost = found.verdict, found.reason, found.cost
    row.legal_ground, row.subactivity_code = found.legal_ground, found.subactivity_code
    row.decided_at, row.decided_by = at, by
    row.save()
    telling.record_step(
        proposal=row.proposal,
        kind=StepKind.CHECKED,
        by=by,
        at=at,
        text=row.reason,
        details={
            "department": row.department.name_id,
            "verdict": row.verdict,
            "cost": row.cost,
        },
    )
    audit.record(
        by=by,
        at=at,
        verb="participation.check.answered",
        subject=row.proposal,
        region=row.region_id,
        reason=row.reason,
        details={
            "department": row.department.code,
            "verdict": row.verdict,
            "cost": row.cost,
        },
    )
    return row


def _clean(given: Answer) -> Answer:
    reason = moderation.tidy(given.reason)[:LONGEST_REASON]
    if not reason:
        raise CheckRefused(
            what=_("A check needs a reason."),
            why=_("Everybody reads it, whether it is a yes or a no."),
            next=_("Write in plain words why, in two or three sentences."),
        )
    if given.verdict not in ("feasible", "not_feasible"):
        raise CheckRefused(what=_("Say whether it can be done or not."))
    yes = given.verdict == "feasible"
    if yes and given.cost is None:
        raise CheckRefused(
            what=_("A proposal that can be done needs its cost."),
            why=_("People vote on it within a budget."),
            next=_("Write your best estimate in whole rupiah."),
        )
    if given.cost is not None and not 0 <= given.cost <= MOST_COST:
        raise CheckRefused(
            what=_("This cost cannot be right."),
            next=_("Write whole rupiah, digits only, such as 1.500.000.000."),
        )
    code = given.subactivity_code.strip()
    if code and not re.fullmatch(SUBACTIVITY, code):
        raise CheckRefused(
            what=format_lazy(_("“{code}” is no code of a sub-activity."), code=code),
            next=_("Write it as in the ministry's list, such as 2.16.03.2.02.0014."),
        )
    return Answer(
        verdict=given.verdict,
        reason=reason,
        cost=given.cost if yes else None,
        legal_ground=" ".join(given.legal_ground.split())[:300],
        subactivity_code=code if yes else "",
    )


@transaction.atomic
def take_back(*, check: Check, by: Account, at: datetime) -> None:
    """Take a question back that nobody has answered: asked of the wrong department."""
    row = (
        Check.objects.select_for_update(of=("self",))
        .select_related("proposal", "department")
        .get(pk=check.pk)
    )
    if row.verdict:
        raise CheckRefused(
            what=_("This check was answered already."),
            why=_("An answer that people have read stays."),
            next=_("Ask the department again, where something has changed."),
        )
    audit.record(
        by=by,
        at=at,
        verb="participation.check.taken_back",
        subject=row.proposal,
        region=row.region_id,
        details={"department": row.department.code},
    )
    row.delete()


def _refuse_outside(row: Check, within: Extent) -> None:
    if not within.has_department(row.department_id):
        raise NotAllowed(
            what=_("This check is not for your department."),
            why=format_lazy(_("It was asked of {name}."), name=row.department.name),
            next=_("Ask that department, or your region's secretariat."),
        )


def _refuse_settled(row: Check) -> None:
    if row.verdict:
        raise CheckRefused(
            what=_("This check was answered already."),
            why=_(
                "Somebody of your department was faster, or the page was sent twice."
            ),
            next=_("Look at the answer on the proposal's page."),
        )
    if row.proposal.state != ProposalState.PUBLIC:
        raise CheckRefused(
            what=_("This proposal is not public any more."),
            why=_("It was merged, split, withdrawn or hidden since."),
            next=_("Look at its page: where it goes on, check that one."),
        )
