"""`habaring tax RULES.toml OBJECTS.csv --on DAY`: a whole roll without a database.

It needs none of the platform's apps: `habaring.cli` starts it without them. Columns of
the two files: docs/algorithms/taxing.md.
"""

import csv
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habaring.engines import taxing
from habaring.revenue.problem_words import problem_words
from habaring.shared.formats import number, rupiah
from habaring.shared.refusal import Refusal

if TYPE_CHECKING:
    from habaring.engines.taxing import Problem, Roll, Rules
    from habaring.revenue.management.commands._tax_files import Objects

PIECE = 20_000  # rows written at once
LARGEST_RULES = 2**20


class TaxRefused(Refusal):
    """There is no roll; `why` has one line for each problem."""

    def __str__(self) -> str:
        return "\n".join(str(part) for part in (self.what, self.why) if part)


class Command(BaseCommand):
    """What each object of a file owes, with every step."""

    help = "Assess a roll from two files, without a database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rules", metavar="RULES.toml", type=Path)
        parser.add_argument("objects", metavar="OBJECTS.csv", type=Path)
        parser.add_argument("--on", metavar="DAY", type=_day, required=True)
        parser.add_argument("--classes", metavar="FILE.csv", type=Path)
        parser.add_argument("--out", metavar="FILE.csv", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        rules = _rules(options["rules"])
        objects = _objects(options["objects"], rules, options["classes"])
        roll, objects = _roll(rules, objects, options)
        if options["out"]:
            with _written(options["out"]) as file:
                _write(file, roll, objects)
        elif not options["json"]:
            _write(sys.stdout, roll, objects)
        told = _totals(roll)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for line in _report(rules, told):
            self.stderr.write(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a day like 2026-01-01") from error


def _rules(path: Path) -> "Rules":
    try:
        if path.stat().st_size > LARGEST_RULES:
            raise _refused(path, [_("It is larger than 1 MB.")])
        return taxing.read_rules(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(path, [error.strerror or ""]) from error
    except UnicodeDecodeError as error:
        raise _refused(path, [_("this is not UTF-8 text")]) from error
    except taxing.Refused as refused:
        told = [problem_words(one) for one in refused.problems]
        raise _refused(path, told, refused.more) from refused


def _objects(path: Path, rules: "Rules", classes: Path | None) -> "Objects":
    from habaring.revenue.management.commands import _tax_files as files

    reading = classes or path
    try:
        worth = files.read_classes(reading) if classes else None
        reading = path
        return files.read_objects(path, rules, worth)
    except OSError as error:
        raise _refused(reading, [error.strerror or ""]) from error
    except files.Unreadable as unreadable:
        told = [_on_line(line, words) for line, words in unreadable.problems]
        more = unreadable.count - len(unreadable.problems)
        raise _refused(reading, told, more) from unreadable


def _roll(
    rules: "Rules", objects: "Objects", options: dict[str, Any]
) -> "tuple[Roll, Objects]":
    """The roll, and the objects with the deduction given where it belongs."""
    on = options["on"]
    table = objects.table
    once = any(one.once for one in rules.deductions)
    try:
        if once and "first" not in table and objects.taxpayer is not None:
            first = taxing.first_objects(
                rules,
                table,
                taxpayer=objects.taxpayer,
                number=objects.number,
                on=on,
            )
            objects = replace(objects, table={**table, "first": first})
        return taxing.assess_many(rules, objects.table, on=on), objects
    except taxing.Refused as refused:
        told = [_problem(one, objects) for one in refused.problems]
        at_rules = any(one.code == "not_in_force" for one in refused.problems)
        path = options["rules" if at_rules else "objects"]
        raise _refused(path, told, refused.more) from refused


def _problem(problem: "Problem", objects: "Objects") -> str:
    words = problem_words(problem)
    if problem.row is None:
        return words
    return _on_line(int(objects.lines[problem.row]), words)


def _on_line(line: int, words: str) -> str:
    told = {"line": line, "problem": words}
    return _("line %(line)s: %(problem)s") % told if line else words


def _refused(path: Path, problems: Sequence[str], more: int = 0) -> TaxRefused:
    lines = [f"- {problem}" for problem in problems]
    if more:
        lines.append(_("and %(count)s more") % {"count": number(more)})
    return TaxRefused(_("%(file)s is refused:") % {"file": path}, "\n".join(lines))


@contextmanager
def _written(path: Path) -> Iterator[IO[str]]:
    """A file that is there whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        what = _("%(file)s cannot be written:") % {"file": path}
        raise TaxRefused(what, error.strerror or "") from error


def _write(file: IO[str], roll: "Roll", objects: "Objects") -> None:
    """One row an object: number, taxpayer, facts, every step, the rate with its article."""
    rules = roll.rules
    facts = [one for one in taxing.TAXES[rules.tax].facts if one.key in objects.table]
    head = ["number", *["taxpayer"] * (objects.taxpayer is not None)]
    head += [one.key for one in facts]
    head += [f"step_{key}" for key in roll.steps]
    mark = ["contoh"] * rules.example
    write = csv.writer(file, lineterminator="\n")
    write.writerow([*head, "rate_percent", "rate_article", *["example"] * len(mark)])
    uses = ["", *(use.key for use in rules.uses)]
    rates = [
        ("", ""),
        *((taxing.percent(one.part), one.article) for one in rules.rates),
    ]
    for start in range(0, len(roll), PIECE):
        part = slice(start, start + PIECE)
        columns: list[Sequence[Any]] = [_decoded(objects.number[part])]
        if objects.taxpayer is not None:
            columns.append(_decoded(objects.taxpayer[part]))
        columns += [_cells(one, objects.table[one.key][part], uses) for one in facts]
        columns += [column[part].tolist() for column in roll.steps.values()]
        tiers = [rates[place + 1] for place in roll.tier[part].tolist()]
        columns += list(zip(*tiers, strict=True))
        columns += [mark * len(tiers)] * len(mark)
        write.writerows(zip(*columns, strict=True))


def _decoded(texts: Any) -> list[str]:
    return [text.decode() for text in texts.tolist()]


def _cells(fact: "taxing.Fact", column: Any, uses: Sequence[str]) -> list[Any]:
    values: list[Any] = column.tolist()
    if fact.kind == "use":
        return [uses[value + 1] for value in values]
    if fact.kind == "quantity":
        return [f"{value // 1000}.{value % 1000:03}" for value in values]
    if fact.kind == "yes":
        return [int(value) for value in values]
    return values


def _totals(roll: "Roll") -> dict[str, Any]:
    """The sums of a roll, for a record."""
    rules = roll.rules
    totals = {key: _sum(column) for key, column in roll.steps.items()}
    beside = sum(totals[one.key] for one in rules.beside)
    by_rate = []
    for place, tier in enumerate(rules.rates):
        held = roll.tier == place
        by_rate.append(
            {
                "percent": taxing.percent(tier.part),
                "use": tier.use or "",
                "above": tier.above,
                "up_to": tier.up_to,
                "article": tier.article,
                "objects": int(held.sum()),
                "total": _sum(roll.total[held]),
            }
        )
    named = ("tax", "region", "code", "by_law", "example", "sha256")
    return {
        "rules": {key: getattr(rules, key) for key in named},
        "on": roll.on.isoformat(),
        "objects": len(roll),
        "excluded": int((roll.tier < 0).sum()),
        "totals": totals,
        "payable": totals["total"] + beside,
        "rates": by_rate,
    }


def _sum(column: Any) -> int:
    """Whole, also where 64 bits would not hold it."""
    high, low = column >> 32, column & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())


def _report(rules: "Rules", told: dict[str, Any]) -> Iterator[str]:
    """The sums in words."""
    english = (get_language() or "id").startswith("en")
    yield rules.name_en if english else rules.name_id
    if rules.example:
        yield _("These rules are an example; they were not read from a by-law.")
    words = _("%(objects)s objects, %(excluded)s of them excluded, on %(day)s.")
    yield words % {
        "objects": number(told["objects"]),
        "excluded": number(told["excluded"]),
        "day": told["on"],
    }
    names = taxing.TAXES[rules.tax].steps
    beside = {one.key: (one.name_id, one.name_en) for one in rules.beside}
    for key, amount in told["totals"].items():
        if key in names:
            pair = (names[key].label_id, names[key].label_en)
        else:
            pair = beside[key]
        yield f"  {pair[english]}: {rupiah(amount)}"
