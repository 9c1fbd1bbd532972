"""One ballot in the published file, found by its number without reading all the rest."""

from dataclasses import dataclass

from habaring.participation.choices import Choice
from habaring.participation.models import Vote


@dataclass(frozen=True)
class Published:
    """A ballot as it stands in the file: its line, what it says, its district."""

    line: str
    choice: Choice
    district: str = ""


def in_file(vote: Vote, number: str) -> Published | None:
    """The line that begins with this number in one of the vote's files of ballots."""
    for district, kept in vote.counts.values_list("district", "ballots"):
        data = bytes(kept)
        votes = data.rfind(b"\nVOTES")
        start = data.find(f"\n{number};".encode(), votes)
        if votes < 0 or start < 0:
            continue
        heading = _line(data, _end(data, votes + 1) + 1)
        line = _line(data, start + 1)
        cells = dict(zip(heading.split(";"), line.split(";"), strict=False))
        choice = Choice(
            tuple(_listed(cells.get("vote", ""))),
            tuple(int(text) for text in _listed(cells.get("points", ""))),
        )
        return Published(line, choice, district or "")
    return None


def _end(data: bytes, start: int) -> int:
    found = data.find(b"\n", start)
    return len(data) if found < 0 else found


def _line(data: bytes, start: int) -> str:
    return data[start : _end(data, start)].decode().rstrip("\r")


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
