"""Write the catalogue: indicators, frameworks, dimensions, places, crosswalks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from habaring.assessment.catalogue import Catalogue, FrameworkEntry
from habaring.assessment.models import (
    Crosswalk,
    Dimension,
    DimensionAlias,
    Framework,
    FrameworkIndicator,
    Indicator,
)
from habaring.shared import audit

if TYPE_CHECKING:
    from habaring.people.models import Account


@dataclass(frozen=True)
class CatalogueChange:
    """How many rows were written, by kind; none where all stood so already."""

    written: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.written.values())


@transaction.atomic
def record_catalogue(
    *, catalogue: Catalogue, by: "Account | None", at: datetime
) -> CatalogueChange:
    """Bring the catalogue to what is given; the same again writes nothing.

    Nothing is taken away: an indicator that is no longer listed keeps its values.
    Published editions are not touched; they carry their own copy of the framework.
    """
    written = {
        "indicators": _upsert(Indicator, catalogue.indicators, key=("code",)),
        "frameworks": _upsert(
            Framework, [entry.values for entry in catalogue.frameworks], key=("code",)
        ),
    }
    frameworks = Framework.objects.in_bulk(field_name="code")
    for kind in ("dimensions", "aliases", "places", "crosswalks"):
        written[kind] = 0
    for entry in catalogue.frameworks:
        framework = frameworks[entry.code]
        written["dimensions"] += _write_dimensions(entry, framework)
        written["aliases"] += _write_aliases(entry, framework)
        written["places"] += _write_places(entry, framework)
    for entry in catalogue.frameworks:
        written["crosswalks"] += _write_crosswalks(entry, frameworks)
    change = CatalogueChange(written)
    if change.total:
        audit.record(
            by=by,
            at=at,
            verb="assessment.catalogue.recorded",
            subject=frameworks[catalogue.frameworks[0].code],
            details=dict(written),
        )
    return change


def _upsert(
    model: type[models.Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: tuple[str, ...],
) -> int:
    """Write the rows that are new or differ, in one statement; gives how many."""
    if not rows:
        return 0
    columns = list(rows[0])
    manager = model._default_manager
    known = {tuple(row[k] for k in key): row for row in manager.values(*columns)}
    changed = [
        row
        for row in rows
        if any(
            known.get(tuple(row[k] for k in key), {}).get(column, row) != row[column]
            for column in columns
        )
    ]
    manager.bulk_create(
        [model(**row) for row in changed],
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=[column for column in columns if column not in key] or list(key),
    )
    return len(changed)


def _dimension_ids(framework: Framework) -> dict[str, int]:
    return dict(framework.dimensions.values_list("code", "id"))


def _write_dimensions(entry: FrameworkEntry, framework: Framework) -> int:
    count = 0
    for below in (False, True):  # the dimensions first, then their parts
        ids = _dimension_ids(framework)
        rows = [
            {
                **{
                    k: v for k, v in asdict(d).items() if k not in {"aliases", "parent"}
                },
                "framework_id": framework.pk,
                "parent_id": ids.get(d.parent),
            }
            for d in entry.dimensions
            if bool(d.parent) is below
        ]
        count += _upsert(Dimension, rows, key=("framework_id", "code"))
    return count


def _write_aliases(entry: FrameworkEntry, framework: Framework) -> int:
    ids = _dimension_ids(framework)
    rows = [
        {"dimension_id": ids[d.code], **asdict(alias)}
        for d in entry.dimensions
        for alias in d.aliases
    ]
    return _upsert(DimensionAlias, rows, key=("dimension_id", "alias"))


def _write_places(entry: FrameworkEntry, framework: Framework) -> int:
    ids = _dimension_ids(framework)
    indicators = dict(Indicator.objects.values_list("code", "id"))
    rows = [
        {
            **{
                k: v
                for k, v in asdict(p).items()
                if k not in {"indicator", "dimension"}
            },
            "framework_id": framework.pk,
            "indicator_id": indicators[p.indicator],
            "dimension_id": ids[p.dimension],
        }
        for p in entry.places
    ]
    return _upsert(FrameworkIndicator, rows, key=("framework_id", "indicator_id"))


def _write_crosswalks(
    entry: FrameworkEntry, frameworks: Mapping[str, Framework]
) -> int:
    targets = _dimension_ids(frameworks[entry.code])
    rows = [
        {
            "source_id": _dimension_ids(frameworks[c.framework])[c.source],
            "target_id": targets[c.target],
            "kind": c.kind,
            "note": c.note,
        }
        for c in entry.crosswalks
    ]
    return _upsert(Crosswalk, rows, key=("source_id", "target_id"))
