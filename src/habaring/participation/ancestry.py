"""What became of a proposal by merges and splits, and what it is made of.

A merge counts while the older row says `merged_into`; its row of `Lineage` stays when it
is taken back, beside one of kind "undo".
"""

from habaring.participation.models import Lineage, Proposal


def living(proposal: Proposal) -> Proposal:
    """The proposal in which this one goes on, through any chain of merges: itself where
    it was not merged.
    """
    seen: set[int] = set()
    here = proposal
    while here.merged_into is not None and here.pk not in seen:
        seen.add(here.pk)
        here = here.merged_into
    return here


def taken_in(proposal: Proposal) -> list[Proposal]:
    """Those that were merged into this one, and those merged into them, oldest first."""
    found: list[Proposal] = []
    fresh = [proposal.pk]
    while fresh:
        rows = list(
            Proposal.objects.filter(merged_into__in=fresh)
            .select_related("call")
            .order_by("number")
        )
        known = {row.pk for row in found}
        rows = [row for row in rows if row.pk not in known]
        found += rows
        fresh = [row.pk for row in rows]
    return sorted(found, key=lambda row: row.number)


def parts(proposal: Proposal) -> list[Proposal]:
    """What it was split into."""
    rows = Lineage.objects.filter(older=proposal, kind="split").select_related("newer")
    return [row.newer for row in rows]


def whole(proposal: Proposal) -> Proposal | None:
    """What it was split off from."""
    row = (
        Lineage.objects.filter(newer=proposal, kind="split")
        .select_related("older")
        .first()
    )
    return row.older if row else None


def last_merge(proposal: Proposal) -> Lineage | None:
    """The merge that is in force, where it is merged."""
    if proposal.merged_into_id is None:
        return None
    return (
        Lineage.objects.filter(
            older=proposal, newer=proposal.merged_into_id, kind="merge"
        )
        .order_by("-at", "-pk")
        .first()
    )
