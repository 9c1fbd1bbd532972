"""The verbs of a region that answers: answer, hand in, take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.evaluation.models import Answer, Entry, Finding
from habaring.evaluation.proofs import Sheet, sheet
from habaring.evaluation.rules import AnswerRefused, scheme_of_round
from habaring.evaluation.words import TO_DO
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.refusal import Words

SHOWN = 8  # codes named in one refusal


@transaction.atomic
def answer(
    *,
    by: Account | None,
    at: datetime,
    entry: Entry,
    question: str,
    level: Decimal | None,
    note: str = "",
) -> Answer:
    """Say how far the region is on one question; None takes the answer away.

    Raises AnswerRefused after the last day, once it was handed in, for a question that
    the instrument does not have, and for a level that is not on its scale.
    """
    row = _answering(entry, at=at)
    scheme = scheme_of_round(row.round)
    if question not in scheme.questions:
        raise AnswerRefused(_("The instrument has no such question."))
    if level is not None and not scheme.allows(Fraction(level)):
        raise AnswerRefused(
            _("This level is not on the scale."),
            format_lazy(
                _("Levels go from {low} to {high}."),
                low=float(scheme.low),
                high=float(scheme.high),
            ),
            _("Choose one of the levels in the list."),
        )
    made, _new = Answer.objects.update_or_create(
        entry=row,
        question=question,
        defaults={
            "region": row.region,
            "level": level,
            "note": note.strip(),
            "changed_at": at,
            "changed_by": by,
        },
    )
    _told(row, "answered", by=by, at=at, question=question)
    return made


@dataclass(frozen=True)
class Said:
    """One answer of a sheet."""

    question: str
    level: Decimal | None
    note: str = ""


@transaction.atomic
def answer_all(
    *, by: Account | None, at: datetime, entry: Entry, said: Sequence[Said]
) -> int:
    """Answer by a sheet: all of it or nothing; what did not change is left alone. How
    many answers changed. Refuses as `answer` does, naming the question.
    """
    there = {row.question: row for row in Answer.objects.filter(entry=entry)}
    changed = 0
    for one in said:
        old = there.get(one.question)
        if old and (old.level, old.note) == (one.level, one.note.strip()):
            continue
        try:
            answer(
                by=by,
                at=at,
                entry=entry,
                question=one.question,
                level=one.level,
                note=one.note,
            )
        except AnswerRefused as refused:
            refused.what = format_lazy(
                "{question}: {what}", question=one.question, what=refused.what
            )
            raise
        changed += 1
    return changed


@transaction.atomic
def submit(*, by: Account | None, at: datetime, entry: Entry) -> Entry:
    """Hand the answers in to be read.

    Raises AnswerRefused, with the questions named, while one is not answered or rests on
    evidence that does not count, and while a finding of before has no owner and day.
    """
    row = _answering(entry, at=at)
    found = sheet(row, on=localdate(at))
    _refuse_gaps(found)
    _refuse_findings(row)
    row.state, row.submitted_at, row.submitted_by = "submitted", at, by
    row.uncounted = list(found.uncounted)
    row.save(update_fields=["state", "submitted_at", "submitted_by", "uncounted"])
    _told(row, "submitted", by=by, at=at)
    return row


@transaction.atomic
def take_back(*, by: Account, at: datetime, entry: Entry) -> Entry:
    """Undo the handing in while regions may still answer."""
    row = _locked(entry)
    if row.state != "submitted":
        raise AnswerRefused(_("It is not handed in."))
    _refuse_closed(row, at=at)
    row.state, row.submitted_at, row.submitted_by = "answering", None, None
    row.save(update_fields=["state", "submitted_at", "submitted_by"])
    _told(row, "taken_back", by=by, at=at)
    return row


def _locked(entry: Entry) -> Entry:
    return (
        Entry.objects.select_for_update(of=("self",))
        .select_related("round__instrument", "region")
        .get(pk=entry.pk)
    )


def _answering(entry: Entry, *, at: datetime) -> Entry:
    row = _locked(entry)
    _refuse_closed(row, at=at)
    if row.state != "answering":
        raise AnswerRefused(
            _("The answers are handed in."),
            _("What assessors may read does not change under their eyes."),
            _("Take them back first, while the round is open."),
        )
    return row


def _refuse_closed(row: Entry, *, at: datetime) -> None:
    if row.round.state != "open":
        raise AnswerRefused(
            _("This round takes no answers now."),
            row.round.state_words,
            _("Ask the programme office."),
        )
    if localdate(at) > row.round.answers_until:
        raise AnswerRefused(
            _("The last day to answer is over."),
            format_lazy(_("It was {day}."), day=row.round.answers_until),
            _("Ask the programme office for more time."),
        )


def _refuse_gaps(found: Sheet) -> None:
    if found.unanswered:
        raise AnswerRefused(
            ngettext_lazy(
                "%(n)d question is not answered.",
                "%(n)d questions are not answered.",
                len(found.unanswered),
            )
            % {"n": len(found.unanswered)},
            _codes([line.question.code for line in found.unanswered]),
            _("Choose the lowest level where nothing is there yet."),
        )
    if found.unproven and found.scheme.without != "counted":
        raise AnswerRefused(
            ngettext_lazy(
                "%(n)d answer has no evidence that counts.",
                "%(n)d answers have no evidence that counts.",
                len(found.unproven),
            )
            % {"n": len(found.unproven)},
            _codes(list(found.uncounted)),
            _("Add evidence of the right kind and year, or lower the answer."),
        )


def _codes(codes: list[str]) -> Words:
    more = len(codes) - SHOWN
    named = ", ".join(codes[:SHOWN])
    return f"{named} +{more}" if more > 0 else named


def _refuse_findings(row: Entry) -> None:
    open_now = Finding.objects.filter(
        region=row.region, kind__in=TO_DO, owner=None
    ).exclude(state="closed")
    if count := open_now.count():
        raise AnswerRefused(
            ngettext_lazy(
                "%(n)d finding of an earlier evaluation has no owner.",
                "%(n)d findings of earlier evaluations have no owner.",
                count,
            )
            % {"n": count},
            _("A finding comes back each year until it is closed."),
            _("Give each an owner and a day first."),
        )


def _told(
    row: Entry, deed: str, *, by: Account | None, at: datetime, question: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evaluation.entry.{deed}",
        subject=row,
        region=row.region_id,
        details={"year": row.round.year, "stage": row.round.stage}
        | ({"question": question} if question else {}),
    )
