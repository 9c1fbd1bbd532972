"""Write sections, issue an edition and set its books, withdraw it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from habaring import __version__
from habaring.assessment.models import IndexEdition
from habaring.masterplan import book as books
from habaring.masterplan import sets
from habaring.masterplan.docx import set_docx
from habaring.masterplan.html import set_html
from habaring.masterplan.models import (
    BookTemplate,
    DevelopmentPlan,
    Edition,
    EditionFile,
    Mission,
    Section,
)
from habaring.masterplan.pdf import set_pdf
from habaring.people.models import Account
from habaring.portfolio.models import Plan
from habaring.regions.models import Region
from habaring.shared import audit, fonts
from habaring.shared.refusal import Refusal

SETTERS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    "pdf": set_pdf,
    "docx": set_docx,
    "html": set_html,
}


class NothingChanged(Refusal):
    """The section was saved without a change."""


class NoPlan(Refusal):
    """There is no adopted plan to write a book of."""


class MissionsMissing(Refusal):
    """A development plan was given without missions."""


class ReasonMissing(Refusal):
    """A withdrawal needs a public reason."""


class OtherBytes(Refusal):
    """A frozen book, set again, is not the file that was issued."""


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
    """Append a revision of one written section."""
    newest = (
        Section.objects.select_for_update()
        .filter(region=region, key=key)
        .order_by("-revision")
        .first()
    )
    clean = text.strip().replace("\r\n", "\n")
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
        details={"missions": len(new.missions)},
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
    record["software"] = software()
    edition = Edition.objects.create(
        region=region,
        number=number,
        title=issue.title,
        template=issue.template,
        plan=plan,
        index_edition=issue.index_edition,
        language=issue.language,
        record=record,
        sha256=checksum(record),
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
    if in_background:  # by name: the task imports this module
        app.configure_task("masterplan.set_files").defer(edition_id=edition.pk)
    return edition


def software() -> dict[str, str]:
    """What set the books: another version may give other bytes for the same text."""
    return {
        "habaring": __version__,
        "typst": version("typst"),
        "python-docx": version("python-docx"),
        "font": fonts.digest(),
    }


def checksum(record: Mapping[str, Any]) -> str:
    """SHA-256 of the record as canonical JSON."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def set_book(edition: Edition, code: str, form: str) -> bytes:
    """One book of a frozen edition in one format, the same bytes each time."""
    book = next(one for one in edition.record["books"] if one["code"] == code)
    short = edition.sha256[:12]
    return SETTERS[form]({**book, "footer_line": f"{book['footer_line']} · {short}"})


def kept_file(file: EditionFile) -> Path:
    """Where the bytes of a set book lie."""
    return Path(settings.MEDIA_ROOT) / "editions" / file.sha256[:2] / file.sha256


def set_files(
    *,
    edition: Edition,
    progress: Callable[[int, int], None] | None = None,
) -> list[EditionFile]:
    """Set every book in every format and keep them. Done again, it changes nothing."""
    wanted = [
        (book["code"], form) for book in edition.record["books"] for form in SETTERS
    ]
    files = []
    for done, (code, form) in enumerate(wanted, start=1):
        content = set_book(edition, code, form)
        digest = hashlib.sha256(content).hexdigest()
        file, _made = EditionFile.objects.get_or_create(
            edition=edition,
            book=code,
            format=form,
            defaults={"sha256": digest, "size": len(content)},
        )
        if file.sha256 != digest:
            raise other_bytes(edition, code, form)
        path = kept_file(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(".part")
        waiting.write_bytes(content)
        waiting.rename(path)
        files.append(file)
        if progress:
            progress(done, len(wanted))
    return files


def other_bytes(edition: Edition, code: str, form: str) -> OtherBytes:
    """Why a frozen book came out different: most often another version of a program."""
    then, today = edition.record["software"], software()
    changed = [
        f"{name} {then.get(name)} → {today[name]}"
        for name in today
        if then.get(name) != today[name]
    ]
    return OtherBytes(
        what=_("%(file)s is not the file that was issued.")
        % {"file": f"{code}.{form}"},
        why=_("Set with other versions: %(changed)s")
        % {"changed": ", ".join(changed) or "–"},
        next=_(
            "Set it with the versions that the edition names, or read the kept file."
        ),
    )


@transaction.atomic
def withdraw_edition(
    *, edition: Edition, reason: str, by: Account, at: datetime
) -> Edition:
    """Mark an edition as withdrawn; it stays readable with the reason on it."""
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
