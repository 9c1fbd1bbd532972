"""The number of a proposal: counted within its region, never given twice."""

from django.db import connection

from habaring.participation.models import Proposal
from habaring.regions.models import Region
from habaring.shared import walls


def next_number(region: Region) -> int:
    """The next free number of a region; others wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))",
            [f"participation.number:{region.code}"],
        )
    with walls.also(region.code):
        newest = Proposal.objects.filter(region=region).order_by("-number").first()
    return newest.number + 1 if newest else 1
