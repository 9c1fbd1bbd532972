"""The yearly check: ask who adopted three questions, take the answers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.exchange import letters, survival
from habaring.exchange.models import Adoption, SurvivalCheck
from habaring.exchange.models.adoptions import Advice, Effect, Running
from habaring.people.models import Account
from habaring.shared import audit, walls
from habaring.shared.refusal import Refusal


class AnswerRefused(Refusal):
    """An answer that cannot be taken."""


@dataclass(frozen=True)
class Reply:
    """The three answers, by their codes, and a sentence."""

    running: str
    effect: str
    advice: str
    note: str = ""


@transaction.atomic
def ask_due(*, at: datetime, on: date) -> int:
    """Send the questions that are due; how many. A second round the same day sends none.

    Runs over all regions: a task opens them.
    """
    rows = (
        Adoption.objects.filter(undone_at__isnull=True)
        .select_related("region", "practice__region")
        .prefetch_related("checks")
    )
    sent = 0
    for row in rows:
        asked = [
            survival.Asked(one.asked_on, one.answered_on, one.running)
            for one in row.checks.all()
        ]
        if survival.due(survival.Adopted(row.adopted_at.date()), asked, on=on):
            ask(adoption=row, at=at, on=on)
            sent += 1
    return sent


@transaction.atomic
def ask(*, adoption: Adoption, at: datetime, on: date) -> SurvivalCheck:
    """Put the three questions to the adopting region."""
    check = SurvivalCheck.objects.create(
        region=adoption.region, adoption=adoption, asked_on=on, asked_at=at
    )
    _record("asked", check, by=None, at=at)
    context = {
        "adoption": adoption,
        "practice": adoption.practice,
        "links": letters.answer_links(check),
        "address": letters.adoption_page(adoption),
    }
    letters.tell(adoption.region, "survival", context, at=at)
    return check


@transaction.atomic
def answer(
    *,
    check: SurvivalCheck,
    reply: Reply,
    by: Account | None,
    at: datetime,
    on: date,
) -> SurvivalCheck:
    """Take the answers, once. Raises AnswerRefused where one is missing, where it was
    answered before, or where the adoption was undone.
    """
    with walls.also(check.region_id):  # a letter's link comes without an account
        row = SurvivalCheck.objects.select_for_update().get(pk=check.pk)
        _refuse(row, reply)
        row.running, row.effect, row.advice = reply.running, reply.effect, reply.advice
        row.note = reply.note.strip()[:500]
        row.answered_on, row.answered_at, row.answered_by = on, at, by
        row.save()
        _record("answered", row, by=by, at=at)
    return row


def _refuse(row: SurvivalCheck, reply: Reply) -> None:
    if row.adoption.undone_at:
        raise AnswerRefused(
            _("This adoption was undone."), why=_("There is nothing to ask any more.")
        )
    if row.answered_on:
        raise AnswerRefused(
            _("These questions are answered already."),
            why=_("Somebody of your region was first."),
            next=_("The next ones come in a year."),
        )
    known = (
        reply.running in Running.values
        and reply.effect in Effect.values
        and reply.advice in Advice.values
    )
    if not known:
        raise AnswerRefused(
            _("An answer is missing."), next=_("Choose one answer to each question.")
        )


def _record(
    what: str, check: SurvivalCheck, *, by: Account | None, at: datetime
) -> None:
    adoption = check.adoption
    for region in (adoption.region_id, adoption.practice.region_id):
        audit.record(
            by=by,
            at=at,
            verb=f"exchange.survival.{what}",
            subject=check,
            region=region,
            details={"region": adoption.region_id, "running": check.running},
        )
