"""`habaring score TABLE.csv FRAMEWORK.toml`: an index from two plain files."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from habaring.assessment.score_files import read_choices, read_framework, read_table
from habaring.assessment.score_words import sentence
from habaring.engines.scoring import Refused, Scores, score
from habaring.shared.formats import number
from habaring.shared.refusal import Refusal


class ScoreRefused(Refusal):
    """The files cannot be scored; `why` has one line for each problem."""

    def __str__(self) -> str:
        return "\n".join([str(self.what), str(self.why)])


class Command(BaseCommand):
    """Score regions: index, ranks, and the ranks other choices would give."""

    help = "Score regions from a table and a framework, without a database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE.csv", type=Path)
        parser.add_argument("framework", metavar="FRAMEWORK.toml", type=Path)
        parser.add_argument("--draws", metavar="N", type=_count, default=0)
        parser.add_argument("--seed", metavar="S", type=_count, default=0)
        parser.add_argument("--year", metavar="Y", type=_count, default=None)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            read = read_table(_text(options["table"]), year=options["year"])
            framework = _text(options["framework"])
            scores = score(
                read.table,
                read_framework(framework),
                draws=options["draws"],
                seed=options["seed"],
                choices=read_choices(framework),
                progress=_progress if sys.stderr.isatty() else None,
            )
        except Refused as refused:
            lines = [sentence(problem) for problem in refused.problems]
            raise ScoreRefused(
                _("The files cannot be scored:"), "\n".join(f"- {x}" for x in lines)
            ) from refused
        if options["json"]:
            record = {"year": read.year} | scores.as_record()
            self.stdout.write(json.dumps(record, ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write(_report(scores, dict(read.names)))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScoreRefused(
            _("%(file)s is not UTF-8 text.") % {"file": path},
            _("Save it as CSV UTF-8 and try again."),
        ) from error
    except OSError as error:
        raise ScoreRefused(
            _("%(file)s cannot be read.") % {"file": path}, error.strerror or ""
        ) from error


def _progress(done: int, draws: int) -> None:
    end = "\n" if done == draws else ""
    sys.stderr.write(f"\r{done}/{draws}{end}")


def _report(scores: Scores, names: dict[str, str]) -> str:
    """A table for people: best first, those not ranked last, then the notes."""
    heading = [_("Rank"), _("Code"), _("Region"), _("Index")]
    if scores.intervals:
        heading.insert(1, _("Ranks 5–95 %"))
    heading += [*scores.groups[:-1], _("Coverage")]
    order = sorted(
        range(len(scores.units)), key=lambda row: (scores.rank[row] or 10**9, row)
    )
    lines = [heading, *(_line(scores, names, row) for row in order)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    out = [
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    if scores.sensitivity:
        out += ["", _("What moves the ranking (total share, 5–95 %):")]
        out += [
            f"  {s.choice}: {number(s.total, 2)} ({number(s.total_low, 2)}–{number(s.total_high, 2)})"
            for s in scores.sensitivity.shares
        ]
    if scores.notes:
        out += ["", _("Notes:"), *(f"- {sentence(note)}" for note in scores.notes)]
    return "\n".join(out)


def _line(scores: Scores, names: dict[str, str], row: int) -> list[str]:
    unit = scores.units[row]
    place = str(scores.rank[row]) if scores.rank[row] else "–"
    line = [place, unit, names.get(unit, ""), number(scores.index[row], 2)]
    if scores.intervals:
        low, high = scores.intervals.low[row], scores.intervals.high[row]
        line.insert(1, f"{low}–{high}" if scores.rank[row] else "–")
    line += [number(value, 1) for value in scores.group_scores[row, :-1]]
    return [*line, f"{number(100 * scores.coverage[row], 0)} %"]
