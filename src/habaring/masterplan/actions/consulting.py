"""Put a draft before the public; remarks, their moderation, their dispositions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from procrastinate.contrib.django import app

from habaring.masterplan import blocks, bound, consulting, letters, queries
from habaring.masterplan.models import (
    Consultation,
    Disposition,
    DraftSection,
    Remark,
    Section,
    Seen,
)
from habaring.participation.moderation import RULES, hold, tidy
from habaring.people.follows.actions import Published, announce
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, limits, walls
from habaring.shared.refusal import Refusal, Words

LONGEST = 4_000
SHORTEST = timedelta(days=1)
AN_HOUR, _TWICE = timedelta(hours=1), timedelta(minutes=10)


class ConsultationRefused(Refusal):
    """A consultation that cannot be opened, prolonged or ended like this."""


class RemarkRefused(Refusal):
    """A remark that cannot be taken, moderated or answered like this."""


@dataclass(frozen=True)
class NewConsultation:
    """What is put before the public: keys of sections, in order, and the period."""

    title: str
    keys: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime
    intro: str = ""
    illustrative: bool = False


@transaction.atomic
def open_consultation(
    *, region: Region, new: NewConsultation, by: Account | None, at: datetime
) -> Consultation:
    """Freeze the sections as they are written now and put them before the public.

    Where it opens later, only the office sees it until then (`move_opening`,
    `withdraw_consultation`). Raises ConsultationRefused for a section without text, a period that is over or
    shorter than a day, and without a title.
    """
    if not new.title.strip() or not new.keys:
        raise _refused(_("It needs a title and at least one section."))
    if new.closes_at - new.opens_at < SHORTEST or new.closes_at <= at:
        raise _refused(_("The period is over already, or shorter than a day."))
    Region.objects.select_for_update().get(pk=region.pk)
    rows = Consultation.objects.filter(region=region)
    row = Consultation.objects.create(
        region=region,
        number=(rows.aggregate(top=Max("number"))["top"] or 0) + 1,
        title=new.title.strip()[:200],
        intro=new.intro.strip(),
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        illustrative=new.illustrative,
        recorded_at=at,
        recorded_by=by,
    )
    DraftSection.objects.bulk_create(
        _frozen(row, order, key, at) for order, key in enumerate(new.keys)
    )
    waits = new.opens_at > at
    _record(row, "prepared" if waits else "opened", by, at, sections=len(new.keys))
    _open_in_time(row, at)
    return row


def _open_in_time(row: Consultation, at: datetime) -> None:
    """Tell followers now, or have a task do it when the draft opens."""
    if row.opens_at <= at:
        announce_opening(consultation=row, at=at)
        return
    task = app.configure_task("masterplan.open_draft", schedule_at=row.opens_at)
    task.defer(consultation=row.pk)  # by name: the task imports this module


@transaction.atomic
def announce_opening(*, consultation: Consultation, at: datetime) -> bool:
    """Tell the followers of the region of a draft that is open now; once.

    False where it is not open at all, or was announced before.
    """
    row = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if row.announced_at is not None or consulting.state_of(row, at) != "open":
        return False
    waited = row.recorded_at < row.opens_at
    row.announced_at = at
    row.save(update_fields=["announced_at"])
    if waited:  # by itself, at its time; pages that are kept are made anew
        _record(row, "announced", None, at)
    page = f"/daerah/{row.region_id}/rencana/konsultasi/{row.number}/"
    news = Published(NewsKind.DRAFT, str(row.pk), row.title, page)
    announce(region=row.region, what=news, at=at)
    return True


@transaction.atomic
def move_opening(
    *, consultation: Consultation, opens_at: datetime, by: Account, at: datetime
) -> Consultation:
    """Open a prepared draft earlier or later; a time that is past opens it now.

    Raises ConsultationRefused once it has opened, and where less than a day would be
    left to say something.
    """
    row = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if consulting.state_of(row, at) != "planned":
        raise _refused(_("It has opened already, or was withdrawn."))
    opens_at = max(opens_at, at)
    if row.closes_at - opens_at < SHORTEST:
        raise _refused(_("The period is over already, or shorter than a day."))
    row.opens_at = opens_at
    row.save(update_fields=["opens_at"])
    _record(row, "moved", by, at)
    _open_in_time(row, at)
    return row


@transaction.atomic
def withdraw_consultation(
    *, consultation: Consultation, by: Account, at: datetime
) -> Consultation:
    """Take a prepared draft back before anybody saw it. Raises ConsultationRefused."""
    row = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if consulting.state_of(row, at) != "planned":
        raise _refused(_("It has opened already, or was withdrawn."))
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    _record(row, "withdrawn", by, at)
    return row


def _frozen(row: Consultation, order: int, key: str, at: datetime) -> DraftSection:
    place = queries.section_place(row.region, key)
    newest = (
        Section.objects.filter(region=row.region, key=key).order_by("-revision").first()
    )
    if place is None or newest is None or not newest.text:
        raise _refused(_("A section that was chosen is not written yet."))
    text = bound.bind(newest.text, row.region, at)
    return DraftSection(
        region=row.region,
        consultation=row,
        order=order,
        key=key,
        heading=place.heading,
        book=place.book,
        revision=newest.revision,
        blocks=blocks.written(text),
        illustrative=newest.illustrative,
    )


@transaction.atomic
def prolong(
    *, consultation: Consultation, closes_at: datetime, by: Account, at: datetime
) -> Consultation:
    """Give people more time, never less. Raises ConsultationRefused."""
    row = Consultation.objects.select_for_update().get(pk=consultation.pk)
    over = consulting.state_of(row, at) in ("ended", "withdrawn")
    if over or closes_at <= row.closes_at or closes_at <= at:
        raise _refused(_("A consultation can only be prolonged, and before it ends."))
    row.closes_at = closes_at
    row.save(update_fields=["closes_at"])
    _record(row, "prolonged", by, at)
    return row


@transaction.atomic
def end_consultation(
    *, consultation: Consultation, by: Account | None, at: datetime
) -> Consultation:
    """End it: the table of dispositions is whole.

    Raises ConsultationRefused while the period runs, or a remark waits for a moderator
    or for its disposition.
    """
    row = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if row.ended_at is not None:
        raise _refused(_("It has ended already."))
    if row.withdrawn_at is not None:
        raise _refused(_("It has opened already, or was withdrawn."))
    if at < row.closes_at:
        raise _refused(_("People may still say something until its last day."))
    waiting = consulting.counts(row).waiting
    if waiting:
        raise _refused(
            ngettext_lazy(
                "%(count)d remark has no disposition yet.",
                "%(count)d remarks have no disposition yet.",
                waiting,
            )
            % {"count": waiting}
        )
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _record(row, "ended", by, at)
    return row


@dataclass(frozen=True)
class Said:
    """What somebody says about a section; `name` is shown and may be empty."""

    section: DraftSection
    text: str
    name: str = ""
    illustrative: bool = False


@transaction.atomic
def remark(
    *, consultation: Consultation, said: Said, by: Account, at: datetime
) -> Remark:
    """A person says something about a draft. It is shown at once, or held as first
    contributions are (participation.moderation).

    The same words again within minutes give the same row. Raises RemarkRefused outside
    the period, for an empty or too long text, and TooMany.
    """
    walls.open_person(by.pk)
    text = _checked(said.text)
    if consulting.state_of(consultation, at) != "open":
        raise _no(_("The consultation is not open now."))
    if said.section.consultation_id != consultation.pk:
        raise _no(_("The draft has no such section."))
    before = Remark.objects.filter(
        consultation=consultation, author=by, text=text, at__gt=at - _TWICE
    ).first()
    if before is not None:
        return before
    limits.spend("consultation.hour", str(by.pk), most=20, per=AN_HOUR, at=at)
    held = hold(by, f"{said.name}\n{text}", at)
    with walls.also(consultation.region_id):
        row = _added(consultation, said, text, at=at)
        row.author, row.seen = by, Seen.HELD if held else Seen.SHOWN
        row.save()
    _told(row, "written", by, at)
    return row


def _added(
    consultation: Consultation, said: Said, text: str, *, at: datetime
) -> Remark:
    """The next remark of a consultation, not yet saved."""
    Consultation.objects.select_for_update().get(pk=consultation.pk)
    rows = Remark.objects.filter(consultation=consultation)
    return Remark(
        region_id=consultation.region_id,
        consultation=consultation,
        number=(rows.aggregate(top=Max("number"))["top"] or 0) + 1,
        section=said.section,
        text=text,
        author_name=tidy(said.name)[:100],
        at=at,
        illustrative=said.illustrative,
    )


@transaction.atomic
def enter_remark(
    *, consultation: Consultation, said: Said, by: Account | None, at: datetime
) -> Remark:
    """An officer enters what was said at a meeting or written on paper; it is shown.

    Raises RemarkRefused before the period and after the end, and as `remark`.
    """
    text = _checked(said.text)
    if consulting.state_of(consultation, at) not in ("open", "answering"):
        raise _no(_("The consultation is not open now."))
    if said.section.consultation_id != consultation.pk:
        raise _no(_("The draft has no such section."))
    row = _added(consultation, said, text, at=at)
    row.save()
    _told(row, "written", by, at)
    return row


@transaction.atomic
def take_back(*, row: Remark, by: Account, at: datetime) -> None:
    """Take one's own remark back while the draft is open; its place stays, empty."""
    walls.open_person(by.pk)
    found = Remark.objects.filter(pk=row.pk, author=by).first()
    if found is None or found.seen not in (Seen.HELD, Seen.SHOWN):
        raise _no(_("It is not yours, or it was hidden or taken back."))
    if found.disposition:
        raise _no(_("It was answered already; the answer refers to it."))
    found.text, found.author_name, found.seen = "", "", Seen.WITHDRAWN
    found.save(update_fields=["text", "author_name", "seen"])
    _told(found, "withdrawn", by, at)


@dataclass(frozen=True)
class Verdict:
    """What a moderator decides: show, or hide by a word of RULES and with a reason."""

    shown: bool
    rule: str = ""
    reason: str = ""


@transaction.atomic
def moderate(*, row: Remark, verdict: Verdict, by: Account, at: datetime) -> Remark:
    """Let everybody see a remark, or hide it by a rule and a reason, which are public.

    Raises RemarkRefused without both, and for what its author took back.
    """
    found = Remark.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if found.seen == Seen.WITHDRAWN:
        raise _no(_("Its author took it back."))
    reason = tidy(verdict.reason)
    if not verdict.shown and (verdict.rule not in RULES or not reason):
        raise _no(_("Everybody must be able to read by which rule, and why."))
    found.seen = Seen.SHOWN if verdict.shown else Seen.HIDDEN
    found.rule = "" if verdict.shown else verdict.rule
    found.rule_reason = "" if verdict.shown else reason
    found.save(update_fields=["seen", "rule", "rule_reason"])
    _told(found, "shown" if verdict.shown else "hidden", by, at)
    return found


@transaction.atomic
def dispose(
    *, row: Remark, disposition: str, reason: str, by: Account | None, at: datetime
) -> Remark:
    """Say what becomes of a remark, and why; it can be changed until the end.

    An author with an address gets a letter, and another where the outcome changes.
    Raises RemarkRefused without a reason, for a remark that nobody sees, and after the
    consultation ended.
    """
    found = (
        Remark.objects.select_for_update(of=("self",))
        .select_related("consultation", "section", "author")
        .get(pk=row.pk)
    )
    before = found.disposition
    said = tidy(reason)
    if disposition not in Disposition.values or not said:
        raise _no(_("A disposition says what becomes of the remark, and why."))
    if found.seen != Seen.SHOWN:
        raise _no(_("It waits for a moderator, was hidden or taken back."))
    if found.consultation.ended_at is not None:
        raise _no(_("The consultation has ended; its table stands."))
    found.disposition, found.reason = disposition, said
    found.disposed_at, found.disposed_by = at, by
    found.save(update_fields=["disposition", "reason", "disposed_at", "disposed_by"])
    _told(found, "disposed", by, at)
    if disposition != before:
        letters.disposed(found, changed=bool(before))
    return found


def _checked(text: str) -> str:
    clean = tidy(text)
    if not clean:
        raise _no(_("There is no text."))
    if len(clean) > LONGEST:
        raise _no(_("A remark has at most 4,000 characters."))
    return clean


def _record(
    row: Consultation, deed: str, by: Account | None, at: datetime, **details: object
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"masterplan.consultation.{deed}",
        subject=row,
        region=row.region_id,
        details={"number": row.number, **details},
    )


def _told(row: Remark, deed: str, by: Account | None, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"masterplan.remark.{deed}",
        subject=row,
        region=row.region_id,
        details={"number": row.number},
    )


def _refused(why: Words) -> ConsultationRefused:
    return ConsultationRefused(
        what=_("The consultation was not changed."),
        why=why,
        next=_("Mend that, and try again."),
    )


def _no(why: Words) -> RemarkRefused:
    return RemarkRefused(
        what=_("Nothing was saved."), why=why, next=_("Look at the page again.")
    )
