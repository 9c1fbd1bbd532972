"""What the addresses of the analysis need: one of each, made by nobody who asks."""

from datetime import timedelta

from django.utils.timezone import now

from habaring.masterplan import actions, sets
from habaring.masterplan.actions import consulting
from habaring.masterplan.models import BookTemplate
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from tests import makers as people
from tests.masterplan import analysis_makers as makers

KEY = "buku-3.pengantar"


def made(region: Region, keeper: Account) -> None:
    """A released SWOT, an answer with evidence, a draft before the public."""
    at = now()
    with walls.within(region.code):
        makers.swot(region, at, "S", "Uji dinding")
        year = at.year
        makers.answer(region, at, "nature.1", 3, year=year)
        makers.evidence(region, at, f"{year}/nature.1", by=keeper)
        for part in ("swot", "kesiapan"):
            actions.release(region=region, part=part, by=keeper, at=at)
        _consultation(region, keeper)


def _consultation(region: Region, keeper: Account) -> None:
    at = now()
    if not BookTemplate.objects.exists():
        actions.load_set(toml=sets.shipped(), region=None, by=None, at=at)
    actions.write_section(
        region=region, key=KEY, text=f"Uji dinding {at}.", by=keeper, at=at
    )
    row = consulting.open_consultation(
        region=region,
        new=consulting.NewConsultation(
            title="Uji dinding",
            keys=(KEY,),
            opens_at=at - timedelta(days=1),
            closes_at=at + timedelta(days=9),
        ),
        by=keeper,
        at=at,
    )
    writer = people.account("Penanggap")
    said = consulting.Said(row.sections.get(), "Uji dinding.")
    remark = consulting.remark(consultation=row, said=said, by=writer, at=at)
    consulting.moderate(
        row=remark, verdict=consulting.Verdict(shown=True), by=keeper, at=at
    )
