"""What comes back on paper: the two spreadsheets, read and judged before anything is
saved.

One names who voted on paper, the other what the sheets say. They share no row, number
or order, and none of the two files is kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation import choices, printing
from habaring.participation.actions import casting
from habaring.participation.choices import Choice, ChoiceRefused, Sheet
from habaring.participation.models import Ballot, BallotKind, PaperBatch, Vote, Voter
from habaring.participation.models.votes import Channel
from habaring.participation.receipts import check_serial
from habaring.people.entitled.models import RegisterEntry
from habaring.people.entitled.tables import name_marks, number_marks
from habaring.shared.nik import NikRefused, read_nik
from habaring.shared.refusal import Problem, Refusal, Words
from habaring.shared.tables import Column, Row, Rows, TableKind, register

MOST_ROWS = 5_000
"""More than any polling place has; one file holds one place."""

VOTERS = register(
    TableKind(
        "paper_voters",
        _("Who voted on paper"),
        _("Paper voters"),
        columns=(
            Column(
                "nik",
                _("NIK"),
                required=True,
                max_length=24,
                help=_("16 digits, written as text, as on the attendance list."),
            ),
            Column("name", _("Name on the card"), required=True, max_length=150),
        ),
        help=_("One row for each voter of the attendance list. The file is not kept."),
    )
)
BALLOTS = register(
    TableKind(
        "paper_ballots",
        _("What the sheets say"),
        _("Paper ballots"),
        columns=(
            Column(
                "number",
                _("Sheet number"),
                required=True,
                max_length=20,
                help=_("As printed, such as K7QM-3XRT."),
            ),
            Column(
                "choice",
                _("Choice"),
                max_length=1000,
                help=_(
                    "The numbers of the projects with spaces between: 1 4 7. On a"
                    " ranking, the best first. With points: 1=3 4=2. Empty: a blank"
                    " sheet."
                ),
            ),
        ),
        help=_("One row for each sheet in the box, in any order. No names."),
    )
)


@dataclass(frozen=True)
class PaperVoter:
    """Somebody of the register who voted on paper."""

    entry: int
    district: str


@dataclass(frozen=True)
class PaperBallot:
    """What one sheet says."""

    number: str
    choice: Choice


# Who voted


def voters_in(rows: Rows, vote: Vote) -> list[PaperVoter]:
    """The people of a file; FileRefused with every row that cannot be ticked off.

    The region must be open. The problems never repeat a number or a name.
    """
    problems: list[Problem] = []
    marked = list(_marked(rows, vote, problems))
    entries = _entries(vote, marked)
    voted = _voted(vote, entries)
    found: dict[int, PaperVoter] = {}
    for row, marks in marked:
        entry = next((entries[mark] for mark in marks if mark in entries), None)
        wrong = _why_not(vote, row, entry, voted)
        if entry is not None and not wrong and entry.pk in found:
            wrong = ("nik", _("This person is in the file twice."))
        if wrong:
            problems.append(rows.problem(row, *wrong))
        elif entry is not None:
            found[entry.pk] = PaperVoter(entry.pk, casting.district_of(vote, entry))
    if problems:
        raise rows.refused(sorted(problems, key=lambda one: one.row or 0))
    return list(found.values())


def _marked(
    rows: Rows, vote: Vote, problems: list[Problem]
) -> Iterator[tuple[Row, list[str]]]:
    example = bool(vote.register and vote.register.illustrative)
    for row in rows:
        try:
            nik = read_nik(str(row["nik"]), illustrative=example)
        except NikRefused as refused:
            problems.append(rows.problem(row, "nik", str(refused)))
            continue
        yield row, number_marks(vote.region_id, nik)


def _entries(
    vote: Vote, marked: list[tuple[Row, list[str]]]
) -> Mapping[str, RegisterEntry]:
    wanted = [mark for _row, marks in marked for mark in marks]
    rows = RegisterEntry.objects.filter(
        region=vote.region_id, register=vote.register_id
    )
    found: dict[str, RegisterEntry] = {}
    for start in range(0, len(wanted), 5_000):
        for entry in rows.filter(number_hash__in=wanted[start : start + 5_000]):
            found[entry.number_hash] = entry
    return found


def _voted(vote: Vote, entries: Mapping[str, RegisterEntry]) -> Mapping[int, str]:
    keys = [entry.pk for entry in entries.values()]
    rows = Voter.objects.filter(region=vote.region_id, vote=vote, entry__in=keys)
    return {int(entry or 0): how for entry, how in rows.values_list("entry", "channel")}


def _why_not(
    vote: Vote, row: Row, entry: RegisterEntry | None, voted: Mapping[int, str]
) -> tuple[str, Words] | None:
    """The column and the sentence of what stands against a row."""
    if entry is None:
        return "nik", _("This NIK is not in the register of this vote.")
    if entry.name_hash not in name_marks(entry.number_hash, str(row["name"])):
        return "name", _("The register has another name with this NIK.")
    if entry.pk in voted:
        return "nik", already(voted[entry.pk])
    try:
        casting.district_of(vote, entry)
    except casting.NotOfThisVote as refused:
        return "nik", str(refused)
    return None


def already(how: str) -> Words:
    """Why somebody is not ticked off twice."""
    if how == Channel.SCREEN:
        return _("This person has voted on screen. Their sheet must not be counted.")
    return _("This person has been ticked off as a paper voter before.")


# What was voted


def ballots_in(rows: Rows, vote: Vote, *, district: str = "") -> list[PaperBallot]:
    """The sheets of a file; FileRefused with every number and choice that is wrong.

    The region must be open.
    """
    sheet = choices.sheet_of(vote, district=district)
    printed = printing.printed(vote)
    problems: list[Problem] = []
    found: dict[str, PaperBallot] = {}
    for row in rows:
        number = check_serial(str(row["number"]))
        wrong = _wrong_number(vote, number, found, printed)
        if wrong:
            problems.append(rows.problem(row, "number", wrong))
        choice, sentences = _choice(sheet, str(row.get("choice") or ""))
        problems += [rows.problem(row, "choice", words) for words in sentences]
        if not wrong:
            found[number] = PaperBallot(number, choice)
    taken = _taken(vote, found)
    problems += [
        rows.problem(
            row, "number", _("A sheet with this number is in the box already.")
        )
        for row in (rows if taken else ())
        if check_serial(str(row["number"])) in taken
    ]
    if problems:
        raise rows.refused(sorted(problems, key=lambda one: one.row or 0))
    return list(found.values())


def _wrong_number(
    vote: Vote, number: str, found: Mapping[str, PaperBallot], printed: int
) -> Words:
    if not number:
        return _("This is no sheet number: a character is wrong, missing or too many.")
    if number in found:
        return _("This sheet is in the file twice.")
    if not printing.was_printed(vote, number, sheets=printed):
        return _("No sheet with this number was printed for this vote.")
    return ""


def _taken(vote: Vote, found: Iterable[str]) -> set[str]:
    rows = Ballot.objects.filter(
        region=vote.region_id, vote=vote, number__in=list(found)
    )
    return set(rows.values_list("number", flat=True))


def _choice(sheet: Sheet, text: str) -> tuple[Choice, list[Words]]:
    """What a cell says, and what is wrong with it."""
    points = sheet.vote.ballot == BallotKind.POINTS
    parts = [part for part in re.split(r"[\s,;>]+", text.strip()) if part]
    codes: list[str] = []
    given: list[int] = []
    for part in parts:
        code, sign, number = part.partition("=") if points else (part, "", "")
        if points and (not sign or not re.fullmatch(r"[0-9]{1,6}", number)):
            words = _("“{part}” is no project with its points; write it like 4=2.")
            return Choice(), [format_lazy(words, part=part[:20])]
        codes.append(code.upper() if code.upper() in sheet.costs else code)
        given.append(int(number) if points else 0)
    choice = _in_order(sheet, codes, given if points else [])
    try:
        choices.check(sheet, choice, empty=True)
    except ChoiceRefused as refused:
        return choice, refused.problems
    return choice, []


def _in_order(sheet: Sheet, codes: list[str], given: list[int]) -> Choice:
    """In the order of the ballot, except on a ranking; no points is not chosen."""
    if sheet.vote.ballot == BallotKind.RANKING:
        return Choice(tuple(codes))
    if given:
        pairs = [pair for pair in zip(codes, given, strict=True) if pair[1]]
        return Choice(
            tuple(code for code, _n in pairs), tuple(number for _c, number in pairs)
        )
    place = {code: n for n, code in enumerate(sheet.costs)}
    return Choice(tuple(sorted(codes, key=lambda code: place.get(code, len(place)))))


# Places


@dataclass(frozen=True)
class PollingPlace:
    """How much paper one polling place has had so far."""

    name: str
    voters: int
    ballots: int

    @property
    def missing(self) -> int:
        """Voters whose sheets were not brought in yet."""
        return self.voters - self.ballots


class MoreThanVoters(Refusal):
    """A place would have more sheets than people who voted there on paper."""


def places(vote: Vote) -> list[PollingPlace]:
    """Every place of which voters or ballots were brought in. The region must be open."""
    rows = PaperBatch.objects.filter(region=vote.region_id, vote=vote)
    sums: dict[str, dict[str, int]] = {}
    counted = rows.exclude(kind="sheets").order_by().values("place", "kind")
    for row in counted.annotate(n=Sum("rows")):
        sums.setdefault(row["place"], {})[row["kind"]] = row["n"]
    return [
        PollingPlace(name, some.get("voters", 0), some.get("ballots", 0))
        for name, some in sorted(sums.items())
    ]


def check_room(vote: Vote, place: str, more: int) -> None:
    """Raise MoreThanVoters where a place would have more sheets than paper voters."""
    held = next((one for one in places(vote) if one.name == place), None)
    missing = held.missing if held else 0
    if more > missing:
        raise MoreThanVoters(
            what=_("There are more sheets than people who voted on paper there."),
            why=format_lazy(
                _("{place}: {more} sheets in the file, {missing} voters without one."),
                place=place,
                more=more,
                missing=missing,
            ),
            next=_("Bring in the list of voters first, or look for a sheet too many."),
        )
