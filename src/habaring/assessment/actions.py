"""Record observations and targets, restore an earlier value, publish an index edition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from procrastinate.contrib.django import app

from habaring.assessment import editions, observations, owners
from habaring.assessment.models import (
    Framework,
    IndexEdition,
    Indicator,
    Observation,
    Publication,
    Target,
)
from habaring.assessment.observations import Ground, Key, Known, Row, Share
from habaring.assessment.selection import EditionPlan, Selection, select
from habaring.engines import scoring
from habaring.people.access import EVERYWHERE, Extent
from habaring.people.follows.actions import Published, announce
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.regions.models import LOCAL_KINDS, Region
from habaring.shared import audit, uploads
from habaring.shared.models import Upload
from habaring.shared.refusal import FileRefused, Problem, Refusal
from habaring.shared.uploads import AcceptedFile

LISTED = 200  # problems that a page can show; all are counted


class ObservationsRefused(FileRefused):
    """Rows that cannot be recorded; `problems` names each by sheet, row and column."""


@dataclass(frozen=True)
class Change:
    """One new revision: what stood there before, and what stands there now."""

    region: str
    indicator: str
    year: int
    before: Row | None
    after: Row
    revision: int


@dataclass(frozen=True)
class Recorded:
    """What an upload changed. `unfilled` rows had neither a value nor a status."""

    changes: tuple[Change, ...]
    unchanged: int
    unfilled: int

    @property
    def new(self) -> int:
        return sum(change.before is None for change in self.changes)

    @property
    def corrected(self) -> int:
        return len(self.changes) - self.new


# Observations


@transaction.atomic
def record_observations(
    *,
    region: Region | None,
    rows: Sequence[Row],
    upload: Upload | None,
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> Recorded:
    """Append a revision for each row that says something new; all rows or none.

    Rows may be of `region` and of the regions below it; `region=None` (the platform)
    writes for any. Who reaches some departments only (`within`) writes for `region`
    alone, and what they own (`owners`). Raises ObservationsRefused with every problem.
    Rows that repeat what is known are counted and not stored again.
    """
    filled = [r.settled(region.code if region else "") for r in rows if not r.empty]
    codes = _lock(filled)
    indicators = _indicators(filled)
    revisions = _newest(codes, indicators)
    ground = _ground(codes, indicators, revisions, region=region, at=at, within=within)
    _refuse(observations.problems_of(filled, ground))
    changes = tuple(
        Change(
            region=row.region,
            indicator=row.indicator,
            year=row.year,
            before=ground.current.get(row.key),
            after=row,
            revision=revisions[row.key][1] + 1 if row.key in revisions else 1,
        )
        for row in filled
        if ground.changes(row)
    )
    Observation.objects.bulk_create(
        (_observation(c, indicators[c.indicator], upload, by, at) for c in changes),
        batch_size=2_000,
    )
    found = Recorded(changes, len(filled) - len(changes), len(rows) - len(filled))
    _audit_recording(found, region=region, upload=upload, by=by, at=at)
    return found


def ground_of(region: Region, *, at: datetime, within: Extent = EVERYWHERE) -> Ground:
    """What any row for a region, or for those below it, will be checked against."""
    below = Region.objects.filter(
        code__startswith=f"{region.code}.", kind__in=LOCAL_KINDS
    )
    codes = frozenset({region.code, *below.values_list("code", flat=True)})
    indicators = {row.code: row for row in Indicator.objects.all()}
    revisions = _newest(codes, indicators)
    return _ground(codes, indicators, revisions, region=region, at=at, within=within)


def _ground(
    codes: frozenset[str],
    indicators: Mapping[str, Indicator],
    revisions: Mapping[Key, tuple[Row, int]],
    *,
    region: Region | None,
    at: datetime,
    within: Extent,
) -> Ground:
    share = owners.share(region, within) if region else None
    return Ground(
        indicators={code: _known(found) for code, found in indicators.items()},
        regions=_writable(codes, region, share),
        today=timezone.localdate(at),
        current={key: row for key, (row, _revision) in revisions.items()},
        share=share,
    )


def record_one(
    *, region: Region, row: Row, by: Account, at: datetime, within: Extent = EVERYWHERE
) -> Recorded:
    """The page's form: one row, the same checks as a file of one row."""
    return record_observations(
        region=region, rows=[row], upload=None, by=by, at=at, within=within
    )


@transaction.atomic
def take_file(
    *,
    region: Region,
    file: AcceptedFile,
    rows: Sequence[Row],
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> tuple[Upload, Recorded]:
    """Keep an uploaded file and record its rows; the file is kept only if all are."""
    upload = _upload(region, file, rows, kind="observations", by=by, at=at)
    found = record_observations(
        region=region, rows=rows, upload=upload, by=by, at=at, within=within
    )
    uploads.keep(file)
    return upload, found


@transaction.atomic
def take_target_file(
    *,
    region: Region,
    file: AcceptedFile,
    rows: Sequence[Row],
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> tuple[Upload, int]:
    """Keep an uploaded file of targets and set them; the number that changed."""
    upload = _upload(region, file, rows, kind="targets", by=by, at=at)
    changed = record_targets(
        region=region, rows=rows, upload=upload, by=by, at=at, within=within
    )
    uploads.keep(file)
    return upload, changed


def _upload(
    region: Region,
    file: AcceptedFile,
    rows: Sequence[Row],
    *,
    kind: str,
    by: Account | None,
    at: datetime,
) -> Upload:
    return Upload.objects.create(
        region_code=region.code,
        kind=kind,
        name=file.name,
        sha256=file.sha256,
        size=file.size,
        rows=len(rows),
        uploaded_at=at,
        uploaded_by=by,
        illustrative=any(row.illustrative for row in rows),
    )


def restore(
    *,
    observation: Observation,
    reason: str,
    by: Account,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> Recorded:
    """Undo: append a revision that says again what an earlier one said."""
    if not reason.strip():
        raise ObservationsRefused(
            _("The earlier value was not restored."),
            _("A correction needs its reason, so that others can follow it."),
            _("Write in one sentence why the earlier value is right."),
        )
    row = row_of(observation)
    again = replace(row, note=reason.strip())
    return record_one(region=observation.region, row=again, by=by, at=at, within=within)


def row_of(observation: Observation) -> Row:
    """A stored revision as the row that would record it; needs `indicator` loaded."""
    return Row(
        indicator=observation.indicator.code,
        year=observation.year,
        value=observation.value,
        status=observation.status,
        provisional=observation.provisional,
        source=observation.source,
        source_url=observation.source_url,
        released_on=observation.released_on,
        note=observation.note,
        illustrative=observation.illustrative,
        region=observation.region_id,
    )


def _lock(rows: Iterable[Row]) -> frozenset[str]:
    """The regions of the rows that exist, locked in order: revisions never collide."""
    codes = {row.region for row in rows}
    locked = Region.objects.select_for_update(no_key=True).filter(code__in=codes)
    return frozenset(locked.order_by("code").values_list("code", flat=True))


def _indicators(rows: Iterable[Row]) -> dict[str, Indicator]:
    codes = {row.indicator for row in rows}
    return {i.code: i for i in Indicator.objects.filter(code__in=codes)}


def _known(indicator: Indicator) -> Known:
    return Known(
        indicator.code, indicator.minimum, indicator.maximum, indicator.decimals
    )


def _writable(
    codes: frozenset[str], region: Region | None, share: Share | None
) -> frozenset[str]:
    if region is None:
        return codes
    if share is not None:
        return frozenset({region.code})
    return frozenset(
        code
        for code in codes
        if code == region.code or code.startswith(f"{region.code}.")
    )


def _newest(
    codes: frozenset[str], indicators: Mapping[str, Indicator]
) -> dict[Key, tuple[Row, int]]:
    rows = (
        Observation.objects.current()
        .filter(region__in=codes, indicator__in=indicators.values())
        .select_related("indicator")
    )
    found = ((row_of(row), row.revision) for row in rows)
    return {row.key: (row, revision) for row, revision in found}


def _observation(
    change: Change,
    indicator: Indicator,
    upload: Upload | None,
    by: Account | None,
    at: datetime,
) -> Observation:
    row = change.after
    return Observation(
        region_id=row.region,
        indicator=indicator,
        year=row.year,
        revision=change.revision,
        value=row.value,
        status=row.status,
        provisional=row.provisional,
        source=row.source,
        source_url=row.source_url,
        released_on=row.released_on,
        note=row.note,
        illustrative=row.illustrative,
        upload=upload,
        recorded_at=at,
        recorded_by=by,
    )


def _audit_recording(
    found: Recorded,
    *,
    region: Region | None,
    upload: Upload | None,
    by: Account | None,
    at: datetime,
) -> None:
    regions = sorted({change.region for change in found.changes})
    if not regions and upload is None:
        return
    subject = upload or region or Region.objects.get(code=regions[0])
    audit.record(
        by=by,
        at=at,
        verb="assessment.observations.recorded",
        subject=subject,
        region=region.code if region else audit.PLATFORM,
        details={
            "new": found.new,
            "corrected": found.corrected,
            "unchanged": found.unchanged,
            "regions": len(regions),
            "rows": [[c.indicator, c.year, c.revision] for c in found.changes[:200]],
        },
    )


def _refuse(problems: Sequence[Problem]) -> None:
    if not problems:
        return
    count = len(problems)
    raise ObservationsRefused(
        _("Nothing was saved."),
        ngettext_lazy(
            "%(count)d problem was found.", "%(count)d problems were found.", count
        )
        % {"count": count},
        _("Mend what is named below and send it again."),
        problems=problems[:LISTED],
        count=count,
    )


# Targets


@transaction.atomic
def record_targets(
    *,
    region: Region,
    rows: Sequence[Row],
    upload: Upload | None,
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> int:
    """Set dated targets, each with the document that sets it; the number changed.

    `within` as for observations. Raises ObservationsRefused with every problem; then none is set.
    """
    filled = [row.settled(region.code) for row in rows]
    codes = _lock(filled)
    indicators = _indicators(filled)
    ground = _ground(codes, indicators, {}, region=region, at=at, within=within)
    _refuse(observations.target_problems(filled, ground))
    return sum(_set(row, indicators[row.indicator], by=by, at=at) for row in filled)


@transaction.atomic
def withdraw_target(
    *,
    target: Target,
    reason: str,
    by: Account,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> None:
    """Take back a target that no document sets any more; the trail keeps it."""
    owners.refuse_outside(target.region, target.indicator.code, within)
    if not reason.strip():
        raise ObservationsRefused(
            _("The target was not withdrawn."),
            _("Withdrawing needs its reason."),
            _("Write which document ended the target."),
        )
    audit.record(
        by=by,
        at=at,
        verb="assessment.target.withdrawn",
        subject=target,
        region=target.region_id,
        reason=reason.strip(),
        details=_said(target),
    )
    target.delete()


def _set(row: Row, indicator: Indicator, *, by: Account | None, at: datetime) -> bool:
    before = Target.objects.filter(
        region=row.region, indicator=indicator, year=row.year
    ).first()
    same = before is not None and (
        before.value,
        before.source,
        before.illustrative,
    ) == (
        row.value,
        row.source,
        row.illustrative,
    )
    if same:
        return False
    told = _said(before) if before else None
    target = before or Target(region_id=row.region, indicator=indicator, year=row.year)
    target.value = row.value or Decimal(0)
    target.source, target.illustrative = row.source, row.illustrative
    target.save()
    audit.record(
        by=by,
        at=at,
        verb="assessment.target.set",
        subject=target,
        region=row.region,
        details={"before": told, "after": _said(target)},
    )
    return True


def _said(target: Target) -> dict[str, str | int]:
    return {
        "indicator": target.indicator.code,
        "year": target.year,
        "value": str(target.value),
        "source": target.source,
    }


# Editions


def publish_edition(
    *,
    region: Region,
    plan: EditionPlan,
    by: Account | None,
    at: datetime,
    progress: editions.Progress | None = None,
) -> IndexEdition:
    """Freeze an index edition: the two files, every value used, every score.

    What is scored is what the two files say when read back, so that `habaring score`
    gives the same numbers. Computed first, from what was known `at`; then stored in one
    transaction. Raises EditionRefused.
    """
    made = editions.prepare(region, plan, at=at, progress=progress)
    return _store(made, region=region, by=by, at=at)


def check(*, region: Region, chosen: Selection, at: datetime) -> None:
    """Raise EditionRefused if the edition of a preview could not be published."""
    editions.check_plan(region, chosen.plan, at)
    editions.check_selection(chosen)


@transaction.atomic
def _store(
    made: editions.Prepared, *, region: Region, by: Account | None, at: datetime
) -> IndexEdition:
    Region.objects.select_for_update(no_key=True).get(code=region.code)
    plan = made.chosen.plan
    editions.refuse_same(region, plan, made.sha256)
    edition = IndexEdition.objects.create(
        region=region,
        framework=plan.framework,
        year=plan.year,
        number=editions.next_number(region, plan.year),
        scope=editions.scope_of(region, plan, by, at),
        peers=len(plan.peers),
        note=plan.note.strip(),
        draws=plan.draws,
        seed=plan.seed,
        engine_version=scoring.ENGINE,
        table_csv=made.table,
        framework_toml=made.framework,
        sha256=made.sha256,
        record=made.scores.as_record(),
        illustrative=made.chosen.illustrative,
        published_at=at,
        published_by=by,
    )
    editions.store_scores(edition, made.scores)
    editions.store_values(edition, made.chosen, made.scores)
    audit.record(
        by=by,
        at=at,
        verb="assessment.edition.published",
        subject=edition,
        region=region.code,
        reason=plan.note.strip(),
        details={"year": plan.year, "peers": len(plan.peers), "sha256": made.sha256},
    )
    page = f"/daerah/{region.code}/kondisi/edisi/{edition.pk}/"
    news = Published(NewsKind.INDEX, str(edition.pk), str(plan.year), page)
    announce(region=region, what=news, at=at)
    return edition


@transaction.atomic
def ask_publication(
    *, region: Region, plan: EditionPlan, by: Account, at: datetime
) -> Publication:
    """Have an edition made in the background; the task leaves with the transaction.

    Raises EditionRefused for what can be seen at once.
    """
    check(region=region, chosen=select(plan, at=at), at=at)
    asked = Publication.objects.create(
        region=region, plan=plan_as_json(plan), asked_at=at, asked_by=by
    )
    app.configure_task("habaring.assessment.tasks.publish").defer(publication=asked.pk)
    return asked


def run_publication(*, publication: Publication, at: datetime) -> None:
    """Make the edition that was asked for; run twice, it makes one."""
    if publication.state in ("done", "refused"):
        return
    rows = Publication.objects.filter(pk=publication.pk)
    rows.update(state="running", done=0)

    def progress(done: int, _draws: int) -> None:
        rows.update(done=done)

    plan = plan_from_json(publication.plan)
    try:
        ready = editions.prepare(publication.region, plan, at=at, progress=progress)
        with transaction.atomic():
            made = _store(
                ready, region=publication.region, by=publication.asked_by, at=at
            )
            rows.update(state="done", done=plan.draws, edition=made)
    except Refusal as refused:
        told = [str(refused.what), str(refused.why), str(refused.next)]
        rows.update(state="refused", refusal=told)


def plan_as_json(plan: EditionPlan) -> dict[str, Any]:
    """A plan for keeping, regions by their codes."""
    return {
        "framework": plan.framework.code,
        "year": plan.year,
        "peers": [region.code for region in plan.peers],
        "note": plan.note,
        "draws": plan.draws,
        "seed": plan.seed,
        "aggregation": plan.aggregation,
    }


def plan_from_json(kept: Mapping[str, Any]) -> EditionPlan:
    """The plan that `plan_as_json` kept."""
    return EditionPlan(
        framework=Framework.objects.get(code=kept["framework"]),
        year=kept["year"],
        peers=tuple(Region.objects.filter(code__in=kept["peers"])),
        note=kept["note"],
        draws=kept["draws"],
        seed=kept["seed"],
        aggregation=kept["aggregation"],
    )
