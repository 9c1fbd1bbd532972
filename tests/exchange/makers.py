"""Rows of the exchange: practices as regions write and publish them."""

from datetime import datetime
from typing import Any

from habaring.exchange.actions import practices
from habaring.exchange.actions.practices import Draft
from habaring.exchange.models import Practice
from habaring.people.models import Account
from habaring.regions.models import Region

WHOLE: dict[str, Any] = {
    "title": "Bank sampah desa",
    "dimension_code": "ENV",
    "summary": "Warga menabung sampah yang dapat didaur ulang.",
    "problem": "Sampah dibuang ke sungai.",
    "solution": "Setiap desa membuka bank sampah dengan buku tabungan.",
    "steps": "Pilih pengurus\nBeli timbangan\nCari pengepul",
    "contact": "Kepala Bidang Persampahan",
    "cost": 250_000_000,
    "tags": ("sampah", "daur ulang"),
}


def draft(**more: Any) -> Draft:
    return Draft(**{**WHOLE, **more})


def begun(
    region: Region, at: datetime, by: Account | None = None, **more: Any
) -> Practice:
    return practices.begin_practice(region=region, draft=draft(**more), by=by, at=at)


def published(
    region: Region, at: datetime, by: Account | None = None, **more: Any
) -> Practice:
    row = begun(region, at, by, **more)
    practices.publish(practice=row, by=by, at=at)
    row.refresh_from_db()
    return row
