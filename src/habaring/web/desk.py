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
class Way:
    """Where a power leads: the named page of a region, what it is, and why.

    `icon`: of those that belong to no stage, and stand at the side of every page.
    """

    power: Power
    name: str
    title: Words
    why: Words
    icon: str = ""


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


DOORS: tuple[Way, ...] = (
    Way(
        Power.RECORD_OBSERVATIONS,
        "assessment-work:overview",
        gettext_lazy("Report numbers"),
        gettext_lazy(
            "Upload or type observations, set targets, publish an index edition."
        ),
    ),
    Way(
        Power.MANAGE_CALLS,
        "participation-work:desk",
        gettext_lazy("Listen"),
        gettext_lazy(
            "Calls, proposals, votes: what people say and what becomes of it."
        ),
    ),
    Way(
        Power.ISSUE_BILLS,
        "revenue-work:desk",
        gettext_lazy("Local taxes"),
        gettext_lazy("Rules, a year's bills, what has come in, papers to deliver."),
    ),
    Way(
        Power.TAKE_PAYMENTS,
        "revenue-work:counter",
        gettext_lazy("Counter"),
        gettext_lazy("Find a bill, take the cash, hand over the receipt."),
    ),
    Way(
        Power.RECONCILE,
        "revenue-work:reconciling",
        gettext_lazy("Reconciliation"),
        gettext_lazy("Files of banks against the books, findings, days to close."),
    ),
    Way(
        Power.CHECK_PROPOSALS,
        "participation-work:checks",
        gettext_lazy("Technical checks"),
        gettext_lazy("Say whether a proposal can be done, what it costs, and why."),
    ),
    Way(
        Power.ENTER_PROPOSALS,
        "participation-work:enter",
        gettext_lazy("Enter proposals for others"),
        gettext_lazy("For a person without a telephone, a meeting, a business."),
    ),
    Way(
        Power.RECORD_CANDIDATES,
        "portfolio-work:overview",
        gettext_lazy("Choose programmes"),
        gettext_lazy("Candidates, limits, scenarios, the adopted plan."),
    ),
    Way(
        Power.RECORD_DECISIONS,
        "council-work:desk",
        gettext_lazy("Council and decisions"),
        gettext_lazy("The body formed by decree, and what it decided."),
        icon="listen",
    ),
    Way(
        Power.WRITE_PLAN,
        "masterplan-work:desk",
        gettext_lazy("Write the master plan"),
        gettext_lazy("Sections, missions, editions of the books."),
    ),
    Way(
        Power.SEE_WORK_ROOM,
        "workshop-work:desk",
        gettext_lazy("Workshops"),
        gettext_lazy("Ideas, SWOT and priorities of many people at once."),
    ),
    Way(
        Power.SEE_WORK_ROOM,
        "guidance-work:desk",
        gettext_lazy("Guidance"),
        gettext_lazy("The cohort, four stages, assignments, the mentor's remarks."),
    ),
    Way(
        Power.SEE_WORK_ROOM,
        "evaluation-work:desk",
        gettext_lazy("Evaluation"),
        gettext_lazy("Answers with evidence, results, findings, awards."),
    ),
    Way(
        Power.SEE_WORK_ROOM,
        "evidence-work:vault",
        gettext_lazy("Evidence"),
        gettext_lazy("Files that prove something, and whether they are valid."),
    ),
    Way(
        Power.ASSESS,
        "evaluation-platform:own",
        gettext_lazy("My readings"),
        gettext_lazy("Regions that the ministry asked you to assess."),
    ),
    Way(
        Power.SEE_WORK_ROOM,
        "posts-work:posts",
        gettext_lazy("Posts and owners"),
        gettext_lazy(
            "Who owns each number, programme and section, and how fresh it is."
        ),
        icon="inbox",
    ),
    Way(
        Power.MANAGE_REGION,
        "regions-work:departments",
        gettext_lazy("Departments"),
        gettext_lazy("Open, rename, merge or close a department."),
        icon="place",
    ),
    Way(
        Power.MANAGE_PEOPLE,
        "people-work:people",
        gettext_lazy("People and roles"),
        gettext_lazy("Invite officers, give and end roles."),
        icon="person",
    ),
    Way(
        Power.MANAGE_API,
        "api-work:tokens",
        gettext_lazy("Programming interface"),
        gettext_lazy("Tokens for programs, and webhooks that tell them what happens."),
        icon="link",
    ),
    Way(
        Power.PROTECT_PERSONAL_DATA,
        "privacy-work:queue",
        gettext_lazy("Personal data"),
        gettext_lazy("Requests, who looked, data breaches, retention."),
        icon="lock",
    ),
    Way(
        Power.SEE_AUDIT,
        "history-work:history",
        gettext_lazy("History"),
        gettext_lazy("Who did what, from what to what, when and why."),
        icon="history",
    ),
)
"""What a region's work room has, in the order of its first page."""


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
    return [
        Door(str(way.title), str(way.why), _address(way.name, region))
        for way in DOORS
        if way.power in powers
    ]


def office(code: str, powers: frozenset[Power]) -> list[tuple[Words, str, str]]:
    """What belongs to no stage of the cycle, by power: title, address, icon."""
    return [
        (way.title, reverse(way.name, args=[code]), way.icon)
        for way in DOORS
        if way.icon and way.power in powers
    ]


def _address(name: str, region: Region) -> str:
    """A page of the region's room; one's own readings lie outside of all regions."""
    outside = name.split(":")[0].endswith("-platform")
    return reverse(name, args=[] if outside else [region.code])
