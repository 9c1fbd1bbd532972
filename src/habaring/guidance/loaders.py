"""`habaring load cohorts FILE`: who took part in earlier years, with sources."""

from collections import Counter

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from habaring.guidance import shipped
from habaring.guidance.actions.lists import ListedRegion, ListedYear, record_lists
from habaring.guidance.tables import COHORTS, listed_in
from habaring.regions.models import Region
from habaring.shared.loading import Loader, Request, register
from habaring.shared.tables import read

OFFICIAL = {one["year"]: one for one in shipped.cohorts()}


def years_of(rows: list[ListedRegion], *, full: set[int]) -> list[ListedYear]:
    """What is published of each year as a whole. A list is whole where all its rows come
    from whole lists (`full`) and are as many as the ministry counted.
    """
    counts = Counter(one.year for one in rows)
    found = []
    for year, count in sorted(counts.items()):
        told = OFFICIAL.get(year, {})
        official = told.get("official_count")
        whole = year in full and (official is None or count >= official)
        found.append(ListedYear(year, official, whole, told.get("source", "")))
    return found


def _cohorts(request: Request) -> str:
    known = set(Region.objects.local().values_list("code", flat=True))
    with request.path.open("rb") as file:
        rows = read(file, COHORTS, today=localdate(request.at))
        problems = [
            rows.problem(row, "region_code", _("No kabupaten or kota has this code."))
            for row in rows
            if row["region_code"] not in known
        ]
        if problems:
            raise rows.refused(problems)
        listed = list(listed_in(rows))
        partial = {
            row["cohort_year"]
            for row in rows
            if row.get("status") != "verified_full_list"
        }
    full = {one.year for one in listed} - partial
    new, before = record_lists(
        years=years_of(listed, full=full), rows=listed, by=None, at=request.at
    )
    return f"{new} new, {before} as before."


register(Loader("cohorts", "regions of earlier cohorts (CSV, XLSX)", _cohorts))
