"""The real practices that the package ships, from public sources, as unconfirmed."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from django.db import transaction

from habaring.exchange.actions import practices
from habaring.exchange.actions.practices import Draft, Origin
from habaring.exchange.models import Licence, Practice
from habaring.regions.models import Region


@dataclass(frozen=True)
class Shipped:
    """One practice of the facts, with the code of its region."""

    region: str
    draft: Draft


def shipped() -> Iterator[Shipped]:
    """All of `facts/practices.toml`, in its order."""
    folder = resources.files("habaring.exchange").joinpath("facts")
    told = tomllib.loads(folder.joinpath("practices.toml").read_text("utf-8"))
    for row in told["practice"]:
        title, address = told["sources"][row["source"]]
        yield Shipped(
            row["region"],
            Draft(
                title=row["title"],
                dimension_code=row["dimension"],
                summary=row["summary"],
                begun_year=row.get("year"),
                output=row.get("output", ""),
                licence=Licence.ASK,
                tags=tuple(row["tags"]),
                source_title=title,
                source_url=address,
            ),
        )


@transaction.atomic
def record_shipped(*, at: datetime) -> int:
    """Publish those that are not there yet; how many. Regions unknown here are left out."""
    made = 0
    for one in shipped():
        region = Region.objects.filter(code=one.region).first()
        title = one.draft.title
        if (
            region is None
            or Practice.objects.filter(region=region, title=title).exists()
        ):
            continue
        row = practices.begin_practice(
            region=region,
            draft=one.draft,
            by=None,
            at=at,
            origin=Origin(confirmed=False),
        )
        practices.publish(practice=row, by=None, at=at)
        made += 1
    return made
