"""The register as a spreadsheet, and what of it is kept."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.shared import sealing
from habaring.shared.nik import NikRefused, read_nik
from habaring.shared.refusal import Problem
from habaring.shared.tables import Column, Rows, TableKind, register

MAX_ROWS = 400_000
"""More than the electorate of Kotim; a larger one comes in several registers."""

ENTITLED = register(
    TableKind(
        "entitled",
        _("Register of entitled people"),
        _("Register of people"),
        columns=(
            Column(
                "nik",
                _("NIK"),
                "text",
                required=True,
                max_length=24,
                help=_("16 digits, written as text. It is not kept, only its mark."),
            ),
            Column(
                "name", _("Name on the card"), "text", required=True, max_length=150
            ),
            Column("village", _("Village code"), "text", max_length=13),
        ),
        key=("nik",),
    )
)


@dataclass(frozen=True)
class Entitled:
    """One person as kept: marks instead of the number and the name."""

    number_hash: str
    name_hash: str
    name_masked: str
    village: str


def plain_name(text: str) -> str:
    """A name as it is compared: letters only, small, without accents or titles' dots."""
    flat = unicodedata.normalize("NFKD", text).casefold()
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w\s]", " ", flat).split())


def mask_name(text: str) -> str:
    """`Siti Rahma` → `S••• R••••`, at most four words."""
    words = text.split()[:4]
    return " ".join(f"{word[:1]}{'•' * min(len(word) - 1, 8)}" for word in words)[:60]


def number_mark(region: str, nik: str) -> str:
    """What stands for an identity number in one region, and in no other."""
    return sealing.keyed_hash(_numbered(region, nik))


def number_marks(region: str, nik: str) -> list[str]:
    """The same under every key of the ring: what to look for during a rotation."""
    return sealing.keyed_hashes(_numbered(region, nik))


def name_mark(number_hash: str, name: str) -> str:
    """What stands for a name beside one number: the same name elsewhere has another."""
    return sealing.keyed_hash(_named(number_hash, name))


def name_marks(number_hash: str, name: str) -> list[str]:
    """The same under every key of the ring."""
    return sealing.keyed_hashes(_named(number_hash, name))


def _numbered(region: str, nik: str) -> str:
    return f"register {region} {nik}"


def _named(number_hash: str, name: str) -> str:
    return f"register name {number_hash} {plain_name(name)}"


def entitled_in(rows: Rows, *, region: str, illustrative: bool) -> list[Entitled]:
    """The people of a file; FileRefused with every number that is none and every
    village of elsewhere. The problems never repeat a number.
    """
    problems: list[Problem] = []
    found = list(_walk(rows, region, illustrative, problems))
    if problems:
        raise rows.refused(problems)
    return found


def _walk(
    rows: Rows,
    region: str,
    illustrative: bool,  # noqa: FBT001 - private
    problems: list[Problem],
) -> Iterator[Entitled]:
    seen: set[str] = set()
    for row in rows:
        try:
            nik = read_nik(str(row["nik"]), illustrative=illustrative)
        except NikRefused as refused:
            problems.append(rows.problem(row, "nik", str(refused)))
            continue
        mark = number_mark(region, nik)
        if mark in seen:
            problems.append(
                rows.problem(row, "nik", _("This NIK is in the file twice."))
            )
            continue
        seen.add(mark)
        village = str(row.get("village") or "")
        if village and not (village == region or village.startswith(f"{region}.")):
            problems.append(
                rows.problem(row, "village", _("This village is not in this region."))
            )
        name: Any = row["name"]
        yield Entitled(mark, name_mark(mark, name), mask_name(name), village)
