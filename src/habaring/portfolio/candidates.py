"""Candidates as they come in and go out: the table, one entry, what can be wrong.

Pure: nothing here asks the database. A page's form, a file and the demo all make the
same `Entry`, and the same checks speak about each.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.portfolio.funding import SOURCES
from habaring.shared.refusal import Problem, Words
from habaring.shared.tables import Bilingual, Column, TableKind, Value, family

LONGEST_WORK = 10
QUICK_WIN_MONTHS = 12
CODE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
PROPOSAL = r"U-\d{1,8}"
SUBACTIVITY = r"\d\.\d{2}\.\d{2}\.[12]\.\d{2}\.\d{2,4}"
_SPLIT = re.compile(r"[;,\s]+")


@dataclass(frozen=True)
class Known:
    """The codes that a region knows: what a candidate may name."""

    dimensions: Mapping[str, Bilingual]
    districts: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, Words | Bilingual] = field(default_factory=dict)
    sources: Mapping[str, Words] = field(default_factory=lambda: SOURCES)


@dataclass(frozen=True)
class Entry:
    """One candidate as it comes in. `costs` maps (year of work, source) to rupiah.

    `sheet` and `row` say where it stood in a file; they are no part of what it is.
    """

    code: str
    name: str
    dimension: str
    earliest: int
    latest: int
    duration: int = 1
    description: str = ""
    district: str = ""
    department: str = ""
    owner: str = ""
    months: int | None = None
    quick_win: bool = False
    requires: tuple[str, ...] = ()
    group: str = ""
    staff: float = 0.0
    outcomes: Mapping[str, float] = field(default_factory=dict)
    costs: Mapping[tuple[int, str], int] = field(default_factory=dict)
    running: Mapping[str, int] = field(default_factory=dict)
    running_cost_paid_by: str = ""
    owner_after: str = ""
    sdg: tuple[int, ...] = ()
    environment_effect: str = ""
    tags: tuple[str, ...] = ()
    origin_kind: str = ""
    origin_text: str = ""
    proposal: str = ""
    rpjmd_mission: str = ""
    subactivity_code: str = ""
    illustrative: bool = False
    sheet: str = field(default="", compare=False)
    row: int | None = field(default=None, compare=False)

    @property
    def total_cost(self) -> int:
        """Rupiah over the years of work, running costs left out."""
        return sum(self.costs.values())


_WHAT = (
    Column(
        "code",
        _("Code"),
        "text",
        required=True,
        pattern=CODE,
        max_length=40,
        help=_("Letters, digits, points and dashes, without spaces, such as KTM-01."),
    ),
    Column("name", _("Name"), "text", required=True, max_length=200),
    Column("description", _("Description"), "text"),
)
_WHO = (
    Column(
        "owner",
        _("Owner (a post)"),
        "text",
        max_length=150,
        help=_("The post that answers for it, not a person's name."),
    ),
    Column(
        "months",
        _("Months"),
        "whole",
        minimum=1,
        maximum=120,
        help=_("How long the work takes; a Quick Win takes at most 12 months."),
    ),
    Column(
        "duration_years",
        _("Years of work"),
        "whole",
        required=True,
        minimum=1,
        maximum=LONGEST_WORK,
    ),
    Column(
        "earliest_year",
        _("Earliest start"),
        "year",
        required=True,
        minimum=2000,
        maximum=2100,
    ),
    Column(
        "latest_year",
        _("Latest start"),
        "year",
        required=True,
        minimum=2000,
        maximum=2100,
    ),
    Column("quick_win", _("Quick Win"), "yes_no"),
    Column(
        "requires",
        _("Requires"),
        "text",
        help=_("Codes of the programmes that must be finished first, joined by ;"),
    ),
    Column(
        "group",
        _("Either-or group"),
        "text",
        max_length=40,
        help=_("At most one programme of a group is chosen."),
    ),
    Column(
        "staff_fte", _("Staff (full-time posts)"), "decimal", minimum=0, maximum=100_000
    ),
    Column(
        "tags", _("Tags"), "text", help=_("Words for mandatory shares, joined by ;")
    ),
)
_LASTING = (
    Column("running_cost_paid_by", _("Running cost paid by"), "text", max_length=200),
    Column("owner_after", _("Owner after the project"), "text", max_length=200),
    Column(
        "sdg",
        _("SDG"),
        "text",
        help=_("Numbers of the Sustainable Development Goals, 1 to 17, joined by ;"),
    ),
    Column(
        "environment_effect", _("Effect on the environment"), "text", max_length=300
    ),
)
ORIGINS: Mapping[str, Words] = {
    "person": _("a person"),
    "meeting": _("a meeting"),
    "department": _("a department"),
    "document": _("a document"),
    "proposal": _("a proposal"),
    "practice": _("a practice of another region"),
}
_FROM = (
    Column("origin_kind", _("Came from"), "choice", choices=ORIGINS),
    Column("origin_text", _("Came from, in words"), "text", max_length=300),
    Column(
        "proposal",
        _("Number of the proposal"),
        "text",
        pattern=PROPOSAL,
        max_length=12,
        help=_("Where people proposed it here, such as U-0012."),
    ),
    Column(
        "rpjmd_mission",
        _("RPJMD mission"),
        "text",
        max_length=40,
        help=_("Period and number of the mission, such as 2025-2029/3."),
    ),
    Column(
        "subactivity_code",
        _("Sub-activity code"),
        "text",
        pattern=SUBACTIVITY,
        max_length=20,
        help=_("As in the ministry's list, such as 2.16.03.2.02.0014."),
    ),
    Column("example", _("Example"), "yes_no"),
)


def table_kind(known: Known) -> TableKind:
    """The table of candidates of a region, with the codes that it knows."""
    places = (
        Column(
            "dimension", _("Dimension"), "code", required=True, choices=known.dimensions
        ),
        Column("district", _("District"), "code", choices=known.districts),
        Column("department", _("Department"), "code", choices=known.departments),
    )
    years = range(1, LONGEST_WORK + 1)
    return TableKind(
        code="candidates",
        title=_("Candidate programmes"),
        sheet=_("Candidates"),
        columns=(
            *_WHAT,
            *places,
            *_WHO,
            *family(
                "cost_{source}_{n}",
                _("Cost {source}, year {n}"),
                {"source": list(known.sources), "n": years},
                kind="rupiah",
                minimum=0,
            ),
            *family(
                "running_{source}",
                _("Running cost a year {source}"),
                {"source": list(known.sources)},
                kind="rupiah",
                minimum=0,
            ),
            *family(
                "outcome_{dimension}",
                _("Outcome {dimension}"),
                {"dimension": list(known.dimensions)},
                kind="decimal",
            ),
            *_LASTING,
            *_FROM,
        ),
        key=("code",),
        help=_(
            "One row a programme. Costs are rupiah by year of work and source; outcomes "
            "are points a year once it is in service."
        ),
    )


HEADED = {
    "duration": "duration_years",
    "earliest": "earliest_year",
    "latest": "latest_year",
    "staff": "staff_fte",
    "illustrative": "example",
}
"""What the columns of a file call some fields of an entry."""

_TEXTS = (
    "description",
    "district",
    "department",
    "owner",
    "group",
    "running_cost_paid_by",
    "owner_after",
    "environment_effect",
    "origin_kind",
    "origin_text",
    "proposal",
    "rpjmd_mission",
    "subactivity_code",
)


def entry_from(
    values: Mapping[str, Value], *, sheet: str = "", row: int | None = None
) -> Entry:
    """An entry from the typed cells of one row; absent and empty cells are the same."""
    given: Mapping[str, Any] = values
    texts = {name: str(given.get(name) or "") for name in _TEXTS}
    return Entry(
        code=given["code"],
        name=given["name"],
        dimension=given["dimension"],
        earliest=given["earliest_year"],
        latest=given["latest_year"],
        duration=given["duration_years"],
        months=given.get("months"),
        quick_win=bool(given.get("quick_win")),
        illustrative=bool(given.get("example")),
        staff=float(given.get("staff_fte") or 0),
        requires=_parts(given.get("requires")),
        tags=_parts(given.get("tags")),
        sdg=tuple(_number(part) for part in _parts(given.get("sdg"))),
        costs=dict(sorted(_costs(given))),
        running=dict(sorted(_named(given, "running_"))),
        outcomes=dict(sorted((k, float(v)) for k, v in _named(given, "outcome_"))),
        sheet=sheet,
        row=row,
        **texts | {"proposal": _proposal(texts["proposal"])},
    )


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _SPLIT.split(text or "") if part))


def _proposal(code: str) -> str:
    """U-12 as it is shown everywhere: U-0012."""
    digits = code.removeprefix("U-")
    known = digits.isascii() and digits.isdigit()
    return f"U-{int(digits):04d}" if known else code


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _named(given: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, amount in given.items():
        if name.startswith(prefix) and amount and name != "running_cost_paid_by":
            yield name.removeprefix(prefix), amount


def _costs(given: Mapping[str, Any]) -> Iterator[tuple[tuple[int, str], int]]:
    for name, amount in _named(given, "cost_"):
        source, _mark, year = name.rpartition("_")
        yield (int(year), source), amount


def row_of(entry: Entry) -> dict[str, Value]:
    """The cells of one entry: what `entry_from` turns back into the same entry."""
    skipped = {"sheet", "row", "costs", "running", "outcomes"}
    plain = {
        HEADED.get(f.name, f.name): getattr(entry, f.name)
        for f in fields(entry)
        if f.name not in skipped
    }
    for name in ("requires", "tags", "sdg"):
        plain[name] = "; ".join(str(part) for part in plain[name])
    many: dict[str, Any] = {}
    many.update({f"cost_{s}_{y}": v for (y, s), v in entry.costs.items()})
    many.update({f"running_{s}": v for s, v in entry.running.items()})
    many.update({f"outcome_{d}": v for d, v in entry.outcomes.items()})
    return {
        name: (None if value == "" else value) for name, value in (plain | many).items()
    }


def problems(
    entries: Sequence[Entry], known: Known, others: Mapping[str, Sequence[str]]
) -> list[Problem]:
    """All that is wrong with these entries, in the order of their rows.

    `others` maps the codes that the region has already to what each requires; an entry
    with the same code takes the place of the one that is there.
    """
    found = [p for entry in entries for p in _of_one(entry, known)]
    found += list(_repeated(entries))
    requires = {code: tuple(needed) for code, needed in others.items()}
    requires.update({entry.code: entry.requires for entry in entries})
    places = {entry.code: entry for entry in entries}
    for entry in entries:
        for code in entry.requires:
            if code not in requires:
                found.append(_at(entry, "requires", _unknown_required(code)))
    for cycle in cycles(requires):
        first = next((places[code] for code in cycle if code in places), None)
        if first is not None:
            found.append(_at(first, "requires", _cycle(cycle)))
    return sorted(found, key=lambda p: (p.sheet, p.row or 0))


def _at(entry: Entry, column: str, message: Words) -> Problem:
    labels = {c.code: c.label for c in (*_WHAT, *_WHO, *_LASTING, *_FROM)}
    heading = str(labels.get(HEADED.get(column, column), column))
    return Problem(entry.sheet, entry.row, heading, message)


def _unknown_required(code: str) -> Words:
    return format_lazy(
        _(
            "It requires “{code}”, which is no programme here. Add that programme, or take the code out."
        ),
        code=code,
    )


def _cycle(cycle: Sequence[str]) -> Words:
    if len(cycle) == 2:
        return _("It requires itself. Take its own code out.")
    return format_lazy(
        _("Each of these waits for the next: {cycle}. Take one of the links out."),
        cycle=" → ".join(cycle),
    )


def _repeated(entries: Sequence[Entry]) -> Iterator[Problem]:
    times = Counter(entry.code for entry in entries)
    seen: set[str] = set()
    for entry in entries:
        if times[entry.code] > 1 and entry.code in seen:
            words = _(
                "The code “{code}” stands in more than one row. Keep one of them."
            )
            yield _at(entry, "code", format_lazy(words, code=entry.code))
        seen.add(entry.code)


def _of_one(entry: Entry, known: Known) -> Iterator[Problem]:
    yield from _form(entry)
    yield from _codes(entry, known)
    yield from _years(entry)
    yield from _money(entry)


def _form(entry: Entry) -> Iterator[Problem]:
    if not re.fullmatch(CODE, entry.code):
        words = _(
            "“{code}” cannot be a code. Use letters, digits, points and dashes, without spaces."
        )
        yield _at(entry, "code", format_lazy(words, code=entry.code))
    if not entry.name.strip():
        yield _at(entry, "name", _("A name is needed."))
    if any(not 1 <= goal <= 17 for goal in entry.sdg):
        yield _at(
            entry, "sdg", _("The goals are numbered 1 to 17. Write numbers joined by ;")
        )
    if entry.origin_kind and entry.origin_kind not in ORIGINS:
        yield _at(
            entry,
            "origin_kind",
            _(
                "Choose a person, a meeting, a department, a document, a proposal or a practice."
            ),
        )


def _codes(entry: Entry, known: Known) -> Iterator[Problem]:
    pairs: list[tuple[str, str, Mapping[str, object]]] = [
        ("dimension", entry.dimension, known.dimensions),
        ("district", entry.district, known.districts),
        ("department", entry.department, known.departments),
        *(("outcome_" + code, code, known.dimensions) for code in entry.outcomes),
    ]
    names = {
        "dimension": _("Dimension"),
        "district": _("District"),
        "department": _("Department"),
    }
    for column, code, codes in pairs:
        if (code or column == "dimension") and code not in codes:
            words = _(
                "“{code}” is not known here. The template of this table lists every code."
            )
            label = str(names.get(column, column))
            yield Problem(entry.sheet, entry.row, label, format_lazy(words, code=code))


def _years(entry: Entry) -> Iterator[Problem]:
    if entry.latest < entry.earliest:
        words = _(
            "The latest start {latest} is before the earliest start {earliest}. Exchange them or mend one."
        )
        yield _at(
            entry,
            "latest",
            format_lazy(words, latest=entry.latest, earliest=entry.earliest),
        )
    if not 1 <= entry.duration <= LONGEST_WORK:
        words = _("The work must take from 1 to {most} years.")
        yield _at(entry, "duration", format_lazy(words, most=LONGEST_WORK))
    if entry.months is not None and entry.months < 1:
        yield _at(entry, "months", _("The work takes at least one month."))


def _money(entry: Entry) -> Iterator[Problem]:
    for (year, source), amount in entry.costs.items():
        column = f"cost_{source}_{year}"
        if amount < 0:
            yield _at(entry, column, _("A cost cannot be negative. Write 0 or more."))
        if not 1 <= year <= entry.duration:
            words = _(
                "There is a cost in year {year}, but the work takes {years} years. Move the cost or lengthen the work."
            )
            yield _at(
                entry, column, format_lazy(words, year=year, years=entry.duration)
            )
    for source, amount in entry.running.items():
        if amount < 0:
            yield _at(
                entry,
                f"running_{source}",
                _("A cost cannot be negative. Write 0 or more."),
            )
    if entry.staff < 0:
        yield _at(
            entry, "staff", _("The staff need cannot be negative. Write 0 or more.")
        )


def cycles(requires: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Each circle of prerequisites once, closed: ("A", "B", "A")."""
    done: set[str] = set()
    found: list[tuple[str, ...]] = []
    for start in requires:
        path: list[str] = []
        stack = [(start, False)]
        while stack:
            code, leaving = stack.pop()
            if leaving:
                done.add(path.pop())
            elif code in path:
                found.append((*path[path.index(code) :], code))
            elif code not in done and code in requires:
                path.append(code)
                stack.append((code, True))
                stack.extend((needed, False) for needed in requires[code])
    return found


def quick_win_faults(entry: Entry) -> tuple[str, ...]:
    """What speaks against a Quick Win claim: "months", "owner", "unfunded"."""
    months = entry.months if entry.months is not None else 12 * entry.duration
    checks = {
        "months": months > QUICK_WIN_MONTHS,
        "owner": not entry.owner.strip(),
        "unfunded": entry.total_cost <= 0,
    }
    return tuple(name for name, fails in checks.items() if fails)


FAULTS: Mapping[str, Words] = {
    "months": _("A Quick Win takes at most 12 months; this one takes longer."),
    "owner": _("A Quick Win needs an owner: name the post that answers for it."),
    "unfunded": _("A Quick Win needs money: give its cost and source."),
}


def warnings(entries: Iterable[Entry]) -> list[Problem]:
    """What may stand, but should be looked at: Quick Win claims that break the rules,
    programmes without money or without an outcome.
    """
    found = []
    for entry in entries:
        if entry.quick_win:
            found += [
                _at(entry, "quick_win", FAULTS[fault])
                for fault in quick_win_faults(entry)
            ]
        elif not entry.costs:
            found.append(
                _at(
                    entry,
                    "",
                    _("It has no cost yet, so it takes no money from any limit."),
                )
            )
        if not any(entry.outcomes.values()):
            found.append(
                _at(
                    entry,
                    "",
                    _(
                        "It has no outcome yet, so it will only be chosen when it is promised."
                    ),
                )
            )
    return found
