"""Saving a file of the register: rows go into a temporary table and from there, in a
few statements, into the register. The same file again changes nothing.

All of it is one transaction: a file that was cut off left nothing behind.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from habaring.people.entitled.tables import mask_name
from habaring.revenue.register_files import Known
from habaring.shared import sealing
from habaring.shared.nik import mask_nik

Good = Sequence[tuple[Any, ...]]
Seal = Callable[[str, str], bytes]


@dataclass(frozen=True)
class Into:
    """Where rows go, and what is written beside them."""

    region: str
    at: datetime
    on: date
    by: int | None
    basis: str
    illustrative: bool

    @property
    def values(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "at": self.at,
            "on": self.on,
            "by": self.by,
            "basis": self.basis[:200],
            "illustrative": self.illustrative,
        }


def save(kind: str, good: Good, known: Known, into: Into) -> dict[str, int]:
    """Save the rows of a file; how many were new, changed and left as they were."""
    return _SAVERS[kind](good, known, into)


# Taxpayers

_TAXPAYER_COLUMNS = (
    "number text, name text, name_masked text, kind text, nik_sealed bytea,"
    " nik_hash text, nik_masked text, nib text, contact_sealed bytea, address text"
)
_NEW_TAXPAYERS = """
INSERT INTO revenue_taxpayer (region_id, number, kind, name, name_masked, nik_sealed,
    nik_hash, nik_masked, nib, contact_sealed, address, illustrative, recorded_at)
SELECT %(region)s, s.number, coalesce(nullif(s.kind, ''), 'person'), s.name,
    s.name_masked, s.nik_sealed, s.nik_hash, s.nik_masked, s.nib, s.contact_sealed,
    s.address, %(illustrative)s, %(at)s
FROM staged_taxpayer s
WHERE NOT EXISTS (SELECT FROM revenue_taxpayer t
    WHERE t.region_id = %(region)s AND t.number = s.number)
"""
_CHANGED_TAXPAYERS = """
UPDATE revenue_taxpayer t SET name = s.name, name_masked = s.name_masked,
    kind = coalesce(nullif(s.kind, ''), t.kind),
    nik_sealed = coalesce(s.nik_sealed, t.nik_sealed),
    nik_hash = coalesce(nullif(s.nik_hash, ''), t.nik_hash),
    nik_masked = coalesce(nullif(s.nik_masked, ''), t.nik_masked),
    nib = coalesce(nullif(s.nib, ''), t.nib),
    contact_sealed = coalesce(s.contact_sealed, t.contact_sealed),
    address = coalesce(nullif(s.address, ''), t.address)
FROM staged_taxpayer s
WHERE t.region_id = %(region)s AND t.number = s.number AND (
    t.name <> s.name OR s.nik_sealed IS NOT NULL OR s.contact_sealed IS NOT NULL
    OR (s.kind <> '' AND s.kind <> t.kind) OR (s.nib <> '' AND s.nib <> t.nib)
    OR (s.address <> '' AND s.address <> t.address))
"""


def _save_taxpayers(good: Good, known: Known, into: Into) -> dict[str, int]:
    seal = sealing.sealer()
    rows = (_sealed(row, known, seal) for row in good)
    _stage("staged_taxpayer", _TAXPAYER_COLUMNS, rows)
    changed = _run(_CHANGED_TAXPAYERS, into)
    new = _run(_NEW_TAXPAYERS, into)
    return {"new": new, "changed": changed, "same": len(good) - new - changed}


def _sealed(row: tuple[Any, ...], known: Known, seal: Seal) -> tuple[Any, ...]:
    """A row with its number and contact sealed; what is there already is left out."""
    number, name, kind, nik, nib, phone, email, address = row
    there, contact = known.taxpayers.get(number, ("", None))
    about = f"revenue.taxpayer:{known.region}:{number}"
    mark = known.mark(nik) if nik else ""
    fresh = bool(nik) and mark != there
    return (
        number,
        name,
        mask_name(name),
        kind,
        seal(nik, f"{about}:nik") if fresh else None,
        mark if fresh else "",
        mask_nik(nik) if fresh else "",
        nib,
        _contact((phone, email), contact, f"{about}:contact", seal),
        address,
    )


def _contact(
    given: tuple[str, str], before: bytes | None, about: str, seal: Seal
) -> bytes | None:
    phone, email = given
    if not phone and not email:
        return None
    known = json.loads(sealing.open_sealed(before, about=about)) if before else {}
    told = {
        "phone": phone or known.get("phone", ""),
        "email": email or known.get("email", ""),
    }
    return None if told == known else seal(json.dumps(told), about)


# Objects

_OBJECT_COLUMNS = (
    "tax text, number text, holder text, name text, address text, place text,"
    " land_m2 bigint, building_m2 bigint, land_class text, building_class text,"
    " use text, latitude float8, longitude float8, state text, exempt_reason text"
)
_FOUND = """
CREATE TEMP TABLE found_object ON COMMIT DROP AS
SELECT s.*, t.id AS taxpayer_id, coalesce(p.place_id, s.place, o.place_id) AS place_id,
    o.id AS object_id, o.taxpayer_id AS before
FROM staged_object s
JOIN revenue_taxpayer t ON t.region_id = %(region)s AND t.number = s.holder
LEFT JOIN revenue_nopplace p ON s.tax = 'pbb' AND p.region_id = %(region)s
    AND p.prefix = left(s.number, 10)
LEFT JOIN revenue_taxobject o ON o.region_id = %(region)s AND o.tax = s.tax
    AND o.number = s.number
"""
_CHANGED_OBJECTS = """
UPDATE revenue_taxobject o SET taxpayer_id = f.taxpayer_id, name = f.name,
    address = f.address, place_id = f.place_id, land_m2 = f.land_m2,
    building_m2 = f.building_m2, land_class = f.land_class,
    building_class = f.building_class, use = coalesce(f.use, o.use),
    latitude = coalesce(f.latitude, o.latitude),
    longitude = coalesce(f.longitude, o.longitude), state = coalesce(f.state, o.state),
    exempt_reason = coalesce(f.exempt_reason, o.exempt_reason)
FROM found_object f WHERE o.id = f.object_id AND o.region_id = %(region)s AND (
    (o.taxpayer_id, o.name, o.address, o.land_m2, o.building_m2, o.land_class,
        o.building_class)
    IS DISTINCT FROM (f.taxpayer_id, f.name, f.address, f.land_m2, f.building_m2,
        f.land_class, f.building_class)
    OR o.place_id IS DISTINCT FROM f.place_id
    OR (f.use IS NOT NULL AND f.use <> o.use)
    OR (f.latitude IS NOT NULL AND f.latitude IS DISTINCT FROM o.latitude)
    OR (f.longitude IS NOT NULL AND f.longitude IS DISTINCT FROM o.longitude)
    OR (f.state IS NOT NULL AND f.state <> o.state)
    OR (f.exempt_reason IS NOT NULL AND f.exempt_reason <> o.exempt_reason))
"""
_NEW_OBJECTS = """
INSERT INTO revenue_taxobject (region_id, tax, number, name, address, place_id,
    taxpayer_id, land_m2, building_m2, land_class, building_class, use, facts, latitude,
    longitude, state, exempt_reason, illustrative, recorded_at)
SELECT %(region)s, f.tax, f.number, f.name, f.address, f.place_id, f.taxpayer_id,
    f.land_m2, f.building_m2, f.land_class, f.building_class, coalesce(f.use, ''), '{}',
    f.latitude, f.longitude, coalesce(f.state, 'active'), coalesce(f.exempt_reason, ''),
    %(illustrative)s, %(at)s
FROM found_object f WHERE f.object_id IS NULL
"""
_HELD = """
INSERT INTO revenue_holding (region_id, object_id, taxpayer_id, begins_on, basis,
    recorded_at, recorded_by_id)
SELECT %(region)s, o.id, f.taxpayer_id, %(on)s, %(basis)s, %(at)s, %(by)s
FROM found_object f JOIN revenue_taxobject o
    ON o.region_id = %(region)s AND o.tax = f.tax AND o.number = f.number
WHERE f.before IS DISTINCT FROM f.taxpayer_id
"""


def _save_objects(good: Good, known: Known, into: Into) -> dict[str, int]:
    return _objects(good, into)


def _objects(rows: Iterable[tuple[Any, ...]], into: Into) -> dict[str, int]:
    staged = _stage("staged_object", _OBJECT_COLUMNS, rows)
    _plain("DROP TABLE IF EXISTS pg_temp.found_object")
    _run(_FOUND, into)
    _plain("ANALYZE found_object")
    changed = _run(_CHANGED_OBJECTS, into)
    new = _run(_NEW_OBJECTS, into)
    held = _run(_HELD, into)
    return {
        "new": new,
        "changed": changed,
        "same": staged - new - changed,
        "holders": held,
    }


def _save_sismiop(good: Good, known: Known, into: Into) -> dict[str, int]:
    """Holders first, one row each; then the objects, whose use and state stay."""
    holders: dict[str, tuple[Any, ...]] = {}
    for _nop, holder, name, nik, phone, address, *_rest in good:
        there = holders.get(holder)
        if there is None:
            holders[holder] = (holder, name, "", nik, "", phone, "", address)
    people = _save_taxpayers(list(holders.values()), known, into)
    objects = _objects(
        (
            ("pbb", nop, holder, "", where, None, land, building, lc, bc) + (None,) * 5
            for nop, holder, _name, _nik, _phone, _home, where, land, building, lc, bc in good
        ),
        into,
    )
    return objects | {
        "taxpayers": people["new"],
        "taxpayers_changed": people["changed"],
    }


# The small ones

_SAVED_PLACES = """
INSERT INTO revenue_nopplace AS there (region_id, prefix, place_id)
SELECT %(region)s, prefix, place FROM staged_place
ON CONFLICT (region_id, prefix) DO UPDATE SET place_id = excluded.place_id
WHERE there.place_id <> excluded.place_id
RETURNING (xmax = 0)
"""
_PLACED = """
UPDATE revenue_taxobject o SET place_id = p.place_id
FROM revenue_nopplace p
WHERE o.region_id = %(region)s AND p.region_id = %(region)s AND o.tax = 'pbb'
    AND p.prefix = left(o.number, 10) AND o.place_id IS DISTINCT FROM p.place_id
"""
_SAVED_READINGS = """
INSERT INTO revenue_tapreading AS there
    (region_id, object_id, year, period, turnover, recorded_at)
SELECT %(region)s, object, year, period, turnover, %(at)s FROM staged_reading
ON CONFLICT (object_id, year, period) DO UPDATE
    SET turnover = excluded.turnover, recorded_at = excluded.recorded_at
WHERE there.turnover <> excluded.turnover
RETURNING (xmax = 0)
"""


def _save_places(good: Good, known: Known, into: Into) -> dict[str, int]:
    _stage("staged_place", "prefix text, place text", good)
    counts = _upserted(_SAVED_PLACES, into, len(good))
    return counts | {"placed": _run(_PLACED, into)}


def _save_readings(good: Good, known: Known, into: Into) -> dict[str, int]:
    columns = "object bigint, year int, period int, turnover bigint"
    _stage("staged_reading", columns, good)
    return _upserted(_SAVED_READINGS, into, len(good))


def _upserted(sql: str, into: Into, rows: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, into.values)
        made = [new for (new,) in cursor.fetchall()]
    new = sum(made)
    return {"new": new, "changed": len(made) - new, "same": rows - len(made)}


_SAVERS: dict[str, Callable[[Good, Known, Into], dict[str, int]]] = {
    "taxpayers": _save_taxpayers,
    "tax-objects": _save_objects,
    "sismiop": _save_sismiop,
    "nop-places": _save_places,
    "tap-readings": _save_readings,
}


def _stage(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> int:
    """Rows into a temporary table: COPY goes where no wall stands."""
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        cursor.execute(f"ANALYZE {table}")
    return count


def _run(sql: str, into: Into) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, into.values)
        return int(cursor.rowcount)


def _plain(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
