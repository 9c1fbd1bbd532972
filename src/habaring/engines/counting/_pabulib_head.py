"""META and PROJECTS of a Pabulib file as they stand, before they mean anything."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from habaring.engines.counting._pabulib_text import (
    SECTIONS,
    Found,
    Lines,
    heading_of,
    records,
)

NEEDED_KEYS = ("num_projects", "num_votes", "budget", "vote_type")
_NEEDED_COLUMNS = {
    "META": ("key", "value"),
    "PROJECTS": ("project_id", "cost"),
    "VOTES": ("voter_id", "vote"),
}
_NEXT = {"": "META", "META": "PROJECTS", "PROJECTS": "VOTES"}

Records = Iterator[tuple[int, list[str]]]


@dataclass
class Head:
    """`line_of` gives the line of a key or section; `rows` the projects, cell by column;
    `vote_columns` the heading of the votes, which begin where `Lines` stands.
    """

    meta: dict[str, str] = field(default_factory=dict)
    line_of: dict[str, int] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def vote_columns(self) -> tuple[str, ...]:
        return self.columns["VOTES"]


def read_head(lines: Lines, found: Found) -> Head:
    """Everything above the first vote; what is wrong is put down in `found`."""
    head = Head()
    stream = records(lines)
    now = ""
    for line, cells in stream:
        section = heading_of(cells)
        if section and section == _NEXT.get(now):
            now = section
            _open(section, stream, head, found)
        elif section or not now:
            code = "section_again" if section else "outside"
            found.wrong(code, line, section=section)
        elif now == "META":
            _take_meta(line, cells, head, found)
        else:
            _take_project(line, cells, head, found)
        if now in ("", "VOTES"):
            break
    _check_complete(head, lines.number, found)
    return head


def _check_complete(head: Head, last: int, found: Found) -> None:
    for section in SECTIONS:
        if section not in head.columns:
            found.wrong("section_missing", last, section=section)
    for key in NEEDED_KEYS:
        if key not in head.meta and "PROJECTS" in head.columns:
            found.wrong("key_missing", key=key)


def _open(section: str, stream: Records, head: Head, found: Found) -> None:
    line, cells = next(stream, (0, []))
    for column in _NEEDED_COLUMNS[section]:
        if column not in cells:
            found.wrong("column_missing", line, column=column, section=section)
    for column, times in Counter(cells).items():
        if times > 1:
            found.wrong("column_again", line, column=column)
    head.columns[section] = tuple(cells)
    head.line_of[section] = line


def _take_meta(line: int, cells: list[str], head: Head, found: Found) -> None:
    key = cells[0]
    if len(cells) != 2:
        found.mended("cells", line, found=len(cells), expected=2)
    if key in head.meta:
        found.wrong("key_again", line, key=key)
    head.meta[key] = ";".join(cells[1:])
    head.line_of[key] = line


def _take_project(line: int, cells: list[str], head: Head, found: Found) -> None:
    columns = head.columns["PROJECTS"]
    if len(cells) != len(columns):
        found.mended("cells", line, found=len(cells), expected=len(columns))
        cells += [""] * (len(columns) - len(cells))
    head.rows.append((line, dict(zip(columns, cells, strict=False))))
