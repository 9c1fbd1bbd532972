"""Technical checks as they stand: which ones count, which wait, which are out of date.

Of each department the newest decided check counts. A proposal can be done where none of
them says no and one says yes; its cost is that of the newest yes, since each answers for
the whole proposal.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from habaring.participation.models import Check, Proposal, ProposalState
from habaring.people.access import Extent
from habaring.regions.models import Region


@dataclass(frozen=True)
class Standing:
    """The checks of one proposal: those that count, those that wait, and the verdict
    ("feasible", "not_feasible" or empty: nobody has answered). `cost` is whole rupiah.
    """

    counted: tuple[Check, ...] = ()
    waiting: tuple[Check, ...] = ()
    changed: bool = False  # the proposal changed after it was checked

    @property
    def verdict(self) -> str:
        verdicts = {row.verdict for row in self.counted}
        return next(
            (one for one in ("not_feasible", "feasible") if one in verdicts), ""
        )

    @property
    def newest_yes(self) -> Check | None:
        """The check whose cost, legal ground and code count."""
        said = [row for row in self.counted if row.verdict == "feasible"]
        return max(said, key=_decided, default=None)

    @property
    def cost(self) -> int | None:
        return self.newest_yes.cost if self.newest_yes else None


def _decided(row: Check) -> tuple[float, int]:
    return (row.decided_at.timestamp() if row.decided_at else 0.0, row.pk)


def standings(proposals: Iterable[Proposal]) -> dict[int, Standing]:
    """The standing of each proposal, by its key: one query."""
    rows = {row.pk: row for row in proposals}
    found: dict[int, list[Check]] = defaultdict(list)
    for check in Check.objects.filter(proposal__in=rows).select_related("department"):
        found[check.proposal_id].append(check)
    return {key: _standing(row, found[key]) for key, row in rows.items()}


def standing(proposal: Proposal) -> Standing:
    """How one proposal stands."""
    return standings([proposal])[proposal.pk]


def _standing(proposal: Proposal, checks: Sequence[Check]) -> Standing:
    newest: dict[int, Check] = {}
    for check in checks:
        known = newest.get(check.department_id)
        if check.verdict and (known is None or _decided(check) > _decided(known)):
            newest[check.department_id] = check
    counted = tuple(sorted(newest.values(), key=_decided))
    waiting = tuple(
        sorted((c for c in checks if not c.verdict), key=lambda c: (c.asked_at, c.pk))
    )
    changed = any(
        c.decided_at is not None and proposal.changed_at > c.decided_at for c in counted
    )
    return Standing(counted, waiting, changed)


def waiting_for(region: Region, within: Extent) -> QuerySet[Check]:
    """Checks that wait for the departments in reach, the one due first at the top."""
    rows = Check.objects.filter(
        region=region, verdict="", proposal__state=ProposalState.PUBLIC
    )
    if not within.whole:
        rows = rows.filter(department__in=within.departments)
    return rows.select_related("proposal__call", "department").order_by(
        "due_on", "asked_at", "pk"
    )


def feasible(region: Region) -> QuerySet[Proposal]:
    """Public proposals of which no department says no and one says yes."""
    return Proposal.objects.public().filter(
        Exists(_counted().filter(verdict="feasible")),
        ~Exists(_counted().filter(verdict="not_feasible")),
        region=region,
    )


def refused(region: Region) -> QuerySet[Proposal]:
    """Proposals of which a department says that they cannot be done."""
    no = _counted().filter(verdict="not_feasible")
    return Proposal.objects.filter(Exists(no), region=region)


def _counted() -> QuerySet[Check]:
    """Of the proposal outside, the newest decided check of each department."""
    same = Check.objects.filter(
        proposal=OuterRef("proposal"), department=OuterRef("department")
    ).exclude(verdict="")
    newest = same.order_by("-decided_at", "-pk").values("pk")[:1]
    return Check.objects.filter(proposal=OuterRef("pk"), pk=newest)


def late(check: Check, on: date) -> bool:
    """Whether its day has passed without an answer."""
    return not check.verdict and check.due_on is not None and check.due_on < on


def answered(region: Region, within: Extent) -> QuerySet[Check]:
    """What the departments in reach have answered, the newest first."""
    rows = Check.objects.filter(region=region).exclude(verdict="")
    if not within.whole:
        rows = rows.filter(department__in=within.departments)
    return rows.select_related("proposal__call", "department").order_by(
        "-decided_at", "-pk"
    )
