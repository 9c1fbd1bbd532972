"""What every verb of this domain refuses in the same words."""

from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Refusal
from habaring.shared.uploads import AcceptedFile, keep


class DecisionRefused(Refusal):
    """The decision cannot be recorded as it stands."""


class CouncilRefused(Refusal):
    """The body cannot be recorded as it stands."""


class SeatRefused(Refusal):
    """The seat cannot be recorded or ended like this."""


class InstrumentRefused(Refusal):
    """The instrument cannot be recorded as it stands."""


class MeetingRefused(Refusal):
    """The meeting does not allow this now."""


class AttendanceRefused(Refusal):
    """The attendance cannot be recorded."""


class MinutesRefused(Refusal):
    """The minutes cannot be written or approved like this."""


class TaskRefused(Refusal):
    """The follow-up cannot be recorded or closed like this."""


def refuse_future(day: date | None, *, at: datetime, kind: type[Refusal]) -> None:
    """Only what has happened is recorded."""
    if day is not None and day > localdate(at):
        raise kind(
            _("The day lies in the future."),
            why=_("Only what has happened is recorded."),
            next=_("Mend the day, or come back when it has been decided."),
        )


def refuse_backwards(
    first: date | None, last: date | None, kind: type[Refusal]
) -> None:
    """The last day is not before the first."""
    if first is not None and last is not None and last < first:
        raise kind(
            _("The last day lies before the first."),
            next=_("Mend one of the two days."),
        )


def one_line(text: str) -> str:
    """The text without doubled and outer spaces."""
    return " ".join(text.split())


def kept(paper: AcceptedFile | None) -> dict[str, str]:
    """Keep a paper, if there is one; the fields that name it in a row."""
    if paper is None:
        return {}
    keep(paper)
    return {"document_sha256": paper.sha256, "document_name": paper.name}
