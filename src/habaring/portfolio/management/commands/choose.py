"""`habaring choose CANDIDATES.csv LIMITS.toml`: a funded schedule from two plain files."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from habaring.engines.choosing import (
    Candidate,
    Choice,
    Conflict,
    FrontierPoint,
    Limits,
    Progress,
    Refused,
    choose,
    frontier,
)
from habaring.portfolio.choose_files import candidates_from_csv, limits_from_toml
from habaring.portfolio.reasons import Names, conflict_ways, explain, problem_words
from habaring.shared.formats import number, percent, rupiah
from habaring.shared.refusal import FileRefused, Refusal


class ChooseRefused(Refusal):
    """There is no plan; `why` has one line for each problem."""

    def __str__(self) -> str:
        return "\n".join(str(part) for part in (self.what, self.why) if part)


class Command(BaseCommand):
    """Choose which programmes to fund and when, with a reason for each."""

    help = "Choose and schedule programmes from two files, without a database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("candidates", metavar="CANDIDATES.csv", type=Path)
        parser.add_argument("limits", metavar="LIMITS.toml", type=Path)
        parser.add_argument("--gap", metavar="G", type=_within(0, 1), default=0.002)
        parser.add_argument("--seconds", metavar="S", type=_within(0, 1e6), default=15)
        parser.add_argument("--seed", metavar="N", type=int, default=0)
        parser.add_argument("--frontier", metavar="N", type=int, default=0)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        candidates = _read(options["candidates"], candidates_from_csv)
        limits = _read(options["limits"], limits_from_toml)
        choice = _choose(candidates, limits, options)
        points: tuple[FrontierPoint, ...] = ()
        if options["frontier"] > 0:
            points = frontier(candidates, limits, options["frontier"])
        if options["json"]:
            record = choice.as_record() | {"frontier": [asdict(p) for p in points]}
            self.stdout.write(json.dumps(record, ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write(_report(candidates, choice, points))


def _within(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not low <= value <= high:
            raise ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
        return value

    return read


def _read(path: Path, reader: Callable[[str], Any]) -> Any:
    what = _("%(file)s is refused:") % {"file": path}
    try:
        return reader(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ChooseRefused(what, _("It is not UTF-8 text.")) from error
    except OSError as error:
        raise ChooseRefused(what, error.strerror or "") from error
    except FileRefused as refused:
        lines = [f"- {problem}" for problem in refused.problems]
        raise ChooseRefused(what, "\n".join(lines) or refused.why) from refused


def _choose(
    candidates: list[Candidate], limits: Limits, options: dict[str, Any]
) -> Choice:
    names = Names(programmes={c.code: c.name for c in candidates})
    try:
        return choose(
            candidates,
            limits,
            gap=options["gap"],
            seconds=options["seconds"],
            seed=options["seed"],
            progress=_progress if sys.stderr.isatty() else None,
        )
    except Refused as refused:
        lines = [f"- {problem_words(asdict(p), names)}" for p in refused.problems]
        raise ChooseRefused(_("The files are refused:"), "\n".join(lines)) from refused
    except Conflict as conflict:
        ways = conflict_ways(conflict.as_record(), names)
        lines = [f"- {way.words}: {way.way_out}" for way in ways]
        what = _("No plan can keep all of these limits together:")
        raise ChooseRefused(what, "\n".join(lines)) from conflict


def _progress(progress: Progress) -> None:
    gap = "" if progress.gap is None else percent(progress.gap, 2)
    best = "" if progress.best is None else number(progress.best, 1)
    sys.stderr.write(
        f"{number(progress.elapsed, 1)} s  {progress.phase}  {best}  {gap}\n"
    )


def _report(
    candidates: list[Candidate],
    choice: Choice,
    points: tuple[FrontierPoint, ...],
) -> str:
    names = Names(programmes={c.code: c.name for c in candidates})
    out = [_summary(choice), ""]
    inside = [c for c in candidates if choice.starts[c.code] is not None]
    for c in sorted(inside, key=lambda c: (choice.starts[c.code] or 0, c.code)):
        cost = rupiah(c.total_cost)
        out.append(f"{choice.starts[c.code]}  {c.code}  {c.name}  {cost}")
    out += ["", _("Left out:")]
    for c in candidates:
        if choice.starts[c.code] is None:
            told = explain(choice.reasons[c.code], names, cost=c.total_cost)
            out.append(f"{c.code}  {c.name}. {told.why} {told.change}".rstrip())
    out += ["", _("Money by source and year:")]
    for (pool, year), use in choice.ledger.items():
        paid = use.cost + use.topped_up - use.received
        out.append(f"{pool} {year}: {rupiah(paid)} / {rupiah(use.ceiling)}")
    if points:
        out += ["", _("If all ceilings changed (points at most):")]
    for point in points:
        value = "–" if point.ceiling is None else number(point.ceiling, 1)
        out.append(f"{percent(point.factor, 0)}  {value}")
    return "\n".join(out)


def _summary(choice: Choice) -> str:
    if not choice.feasible:
        return _("No plan was found in the time given; there may be one.")
    values = {
        "count": len(choice.chosen),
        "points": number(choice.objective, 2),
        "gap": percent(choice.gap, 2),
    }
    return (
        _(
            "%(count)s programmes, %(points)s points; no plan can be more than %(gap)s better."
        )
        % values
    )
