"""The first page of the work room: what waits for this person today, across domains.

Each domain tells what waits in its `things.py` (posts/things.py); here the lines are put
in order and under headings, region by region.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.posts import things
from habaring.posts.things import Asked, Waiting, Weight
from habaring.regions.models import Region
from habaring.shared.refusal import Words

SHOWN_OF_A_REGION = 8
"""Lines of one region on the page that shows several."""

HEADINGS: tuple[tuple[int, Words], ...] = (
    (Weight.NEXT, gettext_lazy("Next steps")),
    (Weight.WEEK, gettext_lazy("This week")),
    (Weight.TODAY, gettext_lazy("Today")),
    (Weight.LATE, gettext_lazy("Late")),
    (Weight.ESCALATED, gettext_lazy("Late for long")),
)


@dataclass(frozen=True)
class Door:
    """One thing that a person may do: where, what, and why."""

    title: str
    why: str
    url: str


@dataclass(frozen=True)
class Heap:
    """Lines that are equally urgent, under one heading."""

    heading: Words
    lines: tuple[Waiting, ...]


@dataclass(frozen=True)
class Desk:
    """What waits for one person in one region."""

    region: Region
    lines: tuple[Waiting, ...]

    @property
    def heaps(self) -> list[Heap]:
        """Everything, the most urgent heading first."""
        return [Heap(words, tuple(rows)) for words, rows in groupby(self.lines, _head)]

    @property
    def first(self) -> tuple[Waiting, ...]:
        return self.lines[:SHOWN_OF_A_REGION]

    @property
    def more(self) -> int:
        return max(0, len(self.lines) - SHOWN_OF_A_REGION)

    @property
    def urgent(self) -> int:
        """How many are late or due today."""
        return sum(line.weight <= Weight.TODAY for line in self.lines)


def _head(line: Waiting) -> Words:
    return next(words for weight, words in HEADINGS if line.weight >= weight)


def desk(account: Account, region: Region, *, at: datetime, on: date) -> Desk:
    """What waits for a person in a region; refused where they may not work."""
    access.require(account, Power.SEE_WORK_ROOM, at=at, region=region)
    held = access.powers(account, at=at, region=region)
    parts = {
        power: access.extent(account, power, at=at, region=region)
        for power in access.IN_PART
    }
    asked = Asked(account, region, held, on, parts)
    return Desk(region, tuple(things.waiting(asked)))


def desks(account: Account, regions: Iterable[Region], *, at: datetime) -> list[Desk]:
    """The desks of several regions: those with the most urgent lines first."""
    on = localdate(at)
    found = [
        desk(account, region, at=at, on=on)
        for region in regions
        if Power.SEE_WORK_ROOM in access.powers(account, at=at, region=region)
    ]
    found.sort(key=lambda one: (-one.urgent, one.region.code))
    return found


def doors(region: Region, powers: frozenset[Power]) -> list[Door]:
    """Everything that the person's roles open in this region."""
    every = (
        (
            Power.RECORD_OBSERVATIONS,
            "assessment-work:overview",
            _("Report numbers"),
            _("Upload or type observations, set targets, publish an index edition."),
        ),
        (
            Power.MANAGE_CALLS,
            "participation-work:desk",
            _("Listen"),
            _("Calls, proposals, votes: what people say and what becomes of it."),
        ),
        (
            Power.ISSUE_BILLS,
            "revenue-work:desk",
            _("Local taxes"),
            _("Rules, a year's bills, what has come in, papers to deliver."),
        ),
        (
            Power.TAKE_PAYMENTS,
            "revenue-work:counter",
            _("Counter"),
            _("Find a bill, take the cash, hand over the receipt."),
        ),
        (
            Power.RECONCILE,
            "revenue-work:reconciling",
            _("Reconciliation"),
            _("Files of banks against the books, findings, days to close."),
        ),
        (
            Power.CHECK_PROPOSALS,
            "participation-work:checks",
            _("Technical checks"),
            _("Say whether a proposal can be done, what it costs, and why."),
        ),
        (
            Power.ENTER_PROPOSALS,
            "participation-work:enter",
            _("Enter proposals for others"),
            _("For a person without a telephone, a meeting, a business."),
        ),
        (
            Power.RECORD_CANDIDATES,
            "portfolio-work:overview",
            _("Choose programmes"),
            _("Candidates, limits, scenarios, the adopted plan."),
        ),
        (
            Power.RECORD_DECISIONS,
            "council-work:desk",
            _("Council and decisions"),
            _("The body formed by decree, and what it decided."),
        ),
        (
            Power.WRITE_PLAN,
            "masterplan-work:desk",
            _("Write the master plan"),
            _("Sections, missions, editions of the books."),
        ),
        (
            Power.SEE_WORK_ROOM,
            "workshop-work:desk",
            _("Workshops"),
            _("Ideas, SWOT and priorities of many people at once."),
        ),
        (
            Power.SEE_WORK_ROOM,
            "guidance-work:desk",
            _("Guidance"),
            _("The cohort, four stages, assignments, the mentor's remarks."),
        ),
        (
            Power.SEE_WORK_ROOM,
            "evaluation-work:desk",
            _("Evaluation"),
            _("Answers with evidence, results, findings, awards."),
        ),
        (
            Power.SEE_WORK_ROOM,
            "evidence-work:vault",
            _("Evidence"),
            _("Files that prove something, and whether they are valid."),
        ),
        (
            Power.ASSESS,
            "evaluation-platform:own",
            _("My readings"),
            _("Regions that the ministry asked you to assess."),
        ),
        (
            Power.SEE_WORK_ROOM,
            "posts-work:posts",
            _("Posts and owners"),
            _("Who owns each number, programme and section, and how fresh it is."),
        ),
        (
            Power.MANAGE_REGION,
            "regions-work:departments",
            _("Departments"),
            _("Open, rename, merge or close a department."),
        ),
        (
            Power.MANAGE_PEOPLE,
            "people-work:people",
            _("People and roles"),
            _("Invite officers, give and end roles."),
        ),
        (
            Power.MANAGE_API,
            "api-work:tokens",
            _("Programming interface"),
            _("Tokens for programs, and webhooks that tell them what happens."),
        ),
        (
            Power.PROTECT_PERSONAL_DATA,
            "privacy-work:queue",
            _("Personal data"),
            _("Requests, who looked, data breaches, retention."),
        ),
        (
            Power.SEE_AUDIT,
            "history-work:history",
            _("History"),
            _("Who did what, from what to what, when and why."),
        ),
    )
    return [
        Door(title, why, _address(name, region))
        for power, name, title, why in every
        if power in powers
    ]


def _address(name: str, region: Region) -> str:
    """A page of the region's room; one's own readings lie outside of all regions."""
    outside = name.split(":")[0].endswith("-platform")
    return reverse(name, args=[] if outside else [region.code])
