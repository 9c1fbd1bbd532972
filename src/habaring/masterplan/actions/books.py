"""Write sections, issue an edition and set its books, withdraw it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from habaring.assessment.models import IndexEdition
from habaring.masterplan import book as books
from habaring.masterplan import bound, sets, setting
from habaring.masterplan.models import (
    BookTemplate,
    DevelopmentPlan,
    Edition,
    EditionFile,
    Mission,
    Section,
)
from habaring.people.follows.actions import Published, announce
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.portfolio.models import Plan
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal


class NothingChanged(Refusal):
    """The section was saved without a change."""


class NoPlan(Refusal):
    """There is no adopted plan to write a book of."""


class MissionsMissing(Refusal):
    """A development plan was given without missions."""


class ReasonMissing(Refusal):
    """A withdrawal needs a public reason."""


class PeriodWrong(Refusal):
    """A development plan ends before it begins."""


class AlreadyWithdrawn(Refusal):
    """An edition is withdrawn once."""


class SetOfOthers(Refusal):
    """A set of books of this code belongs to another region, or to every region."""


@transaction.atomic
def write_section(
    *,
    region: Region,
    key: str,
    text: str,
    by: Account | None,
    at: datetime,
    illustrative: bool = False,
) -> Section:
    """Append a revision of one written section.

    Raises NothingChanged, and UnknownMarker where it binds a value that does not exist.
    """
    newest = (
        Section.objects.select_for_update()
        .filter(region=region, key=key)
        .order_by("-revision")
        .first()
    )
    clean = text.strip().replace("\r\n", "\n")
    bound.check(clean, region, at)
    if newest is not None and newest.text == clean:
        raise NothingChanged(
            what=_("Nothing was saved."),
            why=_("The text is the same as before."),
            next=_("Change the text, or leave the page."),
        )
    section = Section.objects.create(
        region=region,
        key=key,
        revision=newest.revision + 1 if newest else 1,
        text=clean,
        illustrative=illustrative,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb="masterplan.section.written",
        subject=section,
        region=region.code,
        details={"key": key, "revision": section.revision},
    )
    return section


@transaction.atomic
def load_set(
    *, toml: str, region: Region | None, by: Account | None, at: datetime
) -> BookTemplate:
    """Record a set of books; refuses what cannot be read, keeps what is the same."""
    read = sets.read(toml)
    books.check(read)
    template, made = BookTemplate.objects.get_or_create(
        code=read.code,
        defaults={
            "region": region,
            "title": read.title,
            "toml": toml,
            "recorded_at": at,
        },
    )
    if template.region_id != (region.pk if region else None):
        raise SetOfOthers(
            what=_("This set of books was not loaded."),
            why=_("There is a set “%(code)s” already, and it is not of this region.")
            % {"code": read.code},
            next=_("Give your set another code."),
        )
    if not made and template.toml == toml:
        return template
    template.title, template.toml, template.recorded_at = read.title, toml, at
    template.save()
    audit.record(
        by=by,
        at=at,
        verb="masterplan.book_set.loaded",
        subject=template,
        region=region.code if region else audit.PLATFORM,
    )
    return template


@dataclass(frozen=True)
class NewDevelopmentPlan:
    """An RPJMD as a person types it: its period, vision, missions, source."""

    first_year: int
    last_year: int
    vision_id: str
    vision_en: str
    missions: tuple[tuple[int, str, str], ...]  # number, Indonesian, English
    source: str
    illustrative: bool = False


@transaction.atomic
def record_development_plan(
    *, region: Region, new: NewDevelopmentPlan, by: Account | None, at: datetime
) -> DevelopmentPlan:
    """Record an RPJMD with its missions, or replace what was recorded of its period."""
    if not new.missions:
        raise MissionsMissing(
            what=_("The RPJMD was not saved."),
            why=_("It has no mission."),
            next=_("Write at least one mission."),
        )
    if new.last_year <= new.first_year:
        raise PeriodWrong(
            what=_("The RPJMD was not saved."),
            why=_("It ends before it begins."),
            next=_("Mend its first and last year."),
        )
    before = [
        str(mission.text_id)
        for mission in Mission.objects.filter(
            development_plan__region=region,
            development_plan__first_year=new.first_year,
        )
    ]
    plan, _made = DevelopmentPlan.objects.update_or_create(
        region=region,
        first_year=new.first_year,
        defaults={
            "last_year": new.last_year,
            "vision_id": new.vision_id,
            "vision_en": new.vision_en,
            "source": new.source,
            "illustrative": new.illustrative,
        },
    )
    plan.missions.all().delete()
    Mission.objects.bulk_create(
        Mission(development_plan=plan, number=number, text_id=text, text_en=english)
        for number, text, english in new.missions
    )
    audit.record(
        by=by,
        at=at,
        verb="masterplan.development_plan.recorded",
        subject=plan,
        region=region.code,
        details={
            "missions": [text for _number, text, _english in new.missions],
            "before": before,
        },
    )
    return plan


@dataclass(frozen=True)
class Issue:
    """What an edition is made of."""

    region: Region
    template: BookTemplate
    title: str
    language: str = "id"
    index_edition: IndexEdition | None = None


@transaction.atomic
def issue_edition(
    *, issue: Issue, by: Account | None, at: datetime, in_background: bool = True
) -> Edition:
    """Freeze all that the books say; they are set in the background, or by the caller
    with `set_files`.

    Raises NoPlan while no plan is in force.
    """
    region = Region.objects.select_for_update().get(pk=issue.region.pk)
    plan = (
        Plan.objects.filter(region=region, replaced_at__isnull=True)
        .select_related("decision", "scenario")
        .first()
    )
    if plan is None:
        raise NoPlan(
            what=_("The books were not issued."),
            why=_("This region has no adopted plan yet."),
            next=_("Adopt a scenario with a decision of the council first."),
        )
    number = (
        Edition.objects.filter(region=region).aggregate(top=Max("number"))["top"] or 0
    ) + 1
    record = books.assemble(
        books.Inputs(
            region=region,
            plan=plan,
            index_edition=issue.index_edition,
            template=issue.template,
            language=issue.language,
            number=number,
            title=issue.title,
            at=at,
        )
    )
    record["software"] = setting.software()
    edition = Edition.objects.create(
        region=region,
        number=number,
        title=issue.title,
        template=issue.template,
        plan=plan,
        index_edition=issue.index_edition,
        language=issue.language,
        record=record,
        sha256=setting.checksum(record),
        illustrative=record["illustrative"],
        issued_at=at,
        issued_by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb="masterplan.edition.issued",
        subject=edition,
        region=region.code,
        details={"number": number, "sha256": edition.sha256},
    )
    page = f"/daerah/{region.code}/rencana/edisi/{number}/"
    news = Published(NewsKind.BOOK, str(edition.pk), edition.title, page)
    announce(region=region, what=news, at=at)
    if in_background:  # by name: the task imports this module
        app.configure_task("masterplan.set_files").defer(edition_id=edition.pk)
    return edition


def set_files(
    *,
    edition: Edition,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> list[EditionFile]:
    """Set every book in every format and keep them. Done again, it changes nothing.

    Raises OtherBytes when a book that was set before comes out different.
    """
    wanted = [
        (book["code"], form)
        for book in edition.record["books"]
        for form in setting.SETTERS
    ]
    contents = []
    for done, (code, form) in enumerate(wanted, start=1):
        contents.append((code, form, setting.set_book(edition, code, form)))
        if progress:
            progress(done, len(wanted))
    return _keep_files(edition, contents, at)


@transaction.atomic
def _keep_files(
    edition: Edition, contents: list[tuple[str, str, bytes]], at: datetime
) -> list[EditionFile]:
    files, new = [], 0
    for code, form, content in contents:
        digest = hashlib.sha256(content).hexdigest()
        file, made = EditionFile.objects.get_or_create(
            edition=edition,
            book=code,
            format=form,
            defaults={"sha256": digest, "size": len(content)},
        )
        setting.refuse_other(file, content)
        setting.keep(content, file)
        files.append(file)
        new += made
    if new:
        audit.record(
            by=None,
            at=at,
            verb="masterplan.edition.set",
            subject=edition,
            region=edition.region_id,
            details={"files": new},
        )
    return files


@transaction.atomic
def withdraw_edition(
    *, edition: Edition, reason: str, by: Account, at: datetime
) -> Edition:
    """Mark an edition as withdrawn; it stays readable with the reason on it."""
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if edition.withdrawn_at is not None:
        raise AlreadyWithdrawn(
            what=_("The edition was not withdrawn."),
            why=_("It is withdrawn already."),
            next=_("Its reason stands on its page."),
        )
    if not reason.strip():
        raise ReasonMissing(
            what=_("The edition was not withdrawn."),
            why=_("A withdrawal needs a public reason."),
            next=_("Write why it is withdrawn."),
        )
    edition.withdrawn_at = at
    edition.withdrawal_reason = reason.strip()
    edition.save(update_fields=["withdrawn_at", "withdrawal_reason"])
    audit.record(
        by=by,
        at=at,
        verb="masterplan.edition.withdrawn",
        subject=edition,
        region=edition.region_id,
        reason=reason,
    )
    return edition
