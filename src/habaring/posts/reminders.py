"""Reminders: one letter a person, and each (thing, due day, step) once ever."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import translation

from habaring.people.access import Power
from habaring.people.models import Account, Membership
from habaring.posts.models import Post, Reminder
from habaring.posts.queries import Chart, Owned, chart, owned
from habaring.posts.states import ORDER, WORDS, State, working_day
from habaring.regions.models import Region
from habaring.shared import audit, notices
from habaring.shared.refusal import Words

LINES_AT_MOST = 20
"""A letter names so many things of a region and step; the rest is counted."""
_LOCK = 0x706F7374  # "post": one round at a time, on every machine


@dataclass(frozen=True)
class Group:
    """The things of one region that stand in one state, as a letter shows them."""

    region: Region
    words: Words
    rows: tuple[Owned, ...]
    above: bool  # they are owned by posts below the reader's
    titles: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[str, Owned]]:
        """Title in the reader's language, and the thing."""
        return [
            (self.titles.get(row.key, row.thing.title), row)
            for row in self.rows[:LINES_AT_MOST]
        ]

    @property
    def more(self) -> int:
        return max(0, len(self.rows) - LINES_AT_MOST)


@dataclass(frozen=True)
class Letter:
    """All that one person is reminded of on one day."""

    to: Account
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        return sum(len(group.rows) for group in self.groups)


@dataclass(frozen=True)
class Round:
    """One day's reminders: the letters, and what was reminded of."""

    letters: tuple[Letter, ...]
    steps: tuple[tuple[Region, Owned], ...]


def plan_round(*, at: datetime, on: date) -> Round:
    """What is to be reminded of on a day and was not yet. Writes nothing.

    Nothing on a weekend: what falls due then is told on Monday. What nobody could read
    of waits until somebody can.
    """
    if not working_day(on):
        return Round((), ())
    told: dict[int, list[tuple[Region, Owned, bool]]] = defaultdict(list)
    people: dict[int, Account] = {}
    steps: list[tuple[Region, Owned]] = []
    regions = Region.objects.filter(posts__closed_on__isnull=True).distinct()
    for region in regions:
        held = chart(region, at=at)
        if held.root._state.adding:  # nobody has ever worked here
            continue
        keepers = _keepers(region, at) if held.holder(held.root) is None else []
        for row in _new_steps(region, held, at=at, on=on):
            readers = list(_readers(held, row, keepers))
            for person, above in readers:
                people[person.pk] = person
                told[person.pk].append((region, row, above))
            if readers:
                steps.append((region, row))
    letters = [
        Letter(people[pk], _groups(people[pk], rows, at, on))
        for pk, rows in told.items()
    ]
    return Round(tuple(letters), tuple(steps))


def _new_steps(
    region: Region, held: Chart, *, at: datetime, on: date
) -> Iterator[Owned]:
    rows = owned(region, at=at, on=on, within=held)
    rows = [row for row in rows if row.state != State.ON_TIME and row.thing.due_on]
    if not rows:
        return
    first = min(row.thing.due_on for row in rows if row.thing.due_on)
    known = set(
        Reminder.objects.filter(region=region, due_on__gte=first).values_list(
            "kind", "ref", "due_on", "step"
        )
    )
    for row in rows:
        if (*row.key, row.thing.due_on, str(row.state)) not in known:
            yield row


def _readers(
    held: Chart, row: Owned, keepers: Sequence[Account]
) -> Iterator[tuple[Account, bool]]:
    """Who is told, and whether as the one above: the superior, once it is escalated."""
    first = held.answers(row.post)
    if first is None:
        for keeper in keepers:
            yield keeper, row.post.pk != held.root.pk
        return
    if _can_read(first):
        yield first, row.holder is None
    if row.state != State.ESCALATED:
        return
    above = held.superior(row.post)
    second = held.answers(above) if above else None
    if second is not None and second.pk != first.pk and _can_read(second):
        yield second, True


def _can_read(person: Account) -> bool:
    return bool(person.is_active and person.email)


def _keepers(region: Region, at: datetime) -> list[Account]:
    """Who may fill posts: they are told while nobody holds the secretariat's."""
    rows = (
        Membership.objects.in_force(at)
        .filter(region=region, department=None)
        .select_related("role", "account")
        .order_by("account")
    )
    found = {
        row.account_id: row.account
        for row in rows
        if Power.MANAGE_POSTS in row.role.powers and _can_read(row.account)
    }
    return list(found.values())


def _groups(
    person: Account, rows: Sequence[tuple[Region, Owned, bool]], at: datetime, on: date
) -> tuple[Group, ...]:
    found: dict[tuple[str, bool, State], list[Owned]] = defaultdict(list)
    regions: dict[str, Region] = {}
    for region, row, above in rows:
        regions[region.code] = region
        found[region.code, above, row.state].append(row)
    in_order = sorted(found, key=lambda key: (key[0], key[1], ORDER.index(key[2])))
    return tuple(
        Group(
            regions[code],
            WORDS[state],
            tuple(found[code, above, state]),
            above,
            _titles(regions[code], person.language, at, on),
        )
        for code, above, state in in_order
    )


def _titles(
    region: Region, language: str, at: datetime, on: date
) -> dict[tuple[str, str], str]:
    """The things' titles in another language than that of this round."""
    if language == translation.get_language():
        return {}
    with translation.override(language):
        return {row.key: row.thing.title for row in owned(region, at=at, on=on)}


@transaction.atomic
def send_reminders(*, at: datetime, on: date, address: str = "") -> Round:
    """Write down what is reminded of and send the letters, each step once ever.

    Two rounds at the same time wait for each other; the second finds nothing new.
    `address` is the site's own, for the links.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = plan_round(at=at, on=on)
    posts: dict[str, Post] = {}
    rows = []
    for region, row in found.steps:
        post = row.post
        posts.setdefault(region.code, post)
        rows.append(
            Reminder(
                region=region,
                kind=row.thing.kind,
                ref=row.thing.ref,
                due_on=row.thing.due_on or on,
                step=str(row.state),
                post=post,
                sent_at=at,
            )
        )
    Reminder.objects.bulk_create(rows, batch_size=1000)
    for letter in found.letters:
        _send(letter, on, address)
    for code, post in posts.items():
        count = sum(row.region_id == code for row in rows)
        audit.record(
            by=None,
            at=at,
            verb="posts.reminded",
            subject=post,
            region=code,
            details={"count": count},
        )
    return found


def _send(letter: Letter, on: date, address: str) -> None:
    notices.send_letter(
        to=[str(letter.to.email)],
        template="posts/letters/reminder.txt",
        context={"letter": letter, "on": on, "address": address},
        language=letter.to.language,
    )
