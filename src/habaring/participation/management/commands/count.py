"""`habaring count ELECTION.pb`: the winners of a vote, with the whole story of the count.

It reads one file and no database, and needs none of the platform's apps: `habaring.cli`
starts it without them.
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from habaring.engines import counting
from habaring.participation.management.commands._count_words import (
    problem_words,
    report,
)
from habaring.shared.refusal import Refusal

LARGEST_FILE = 2**30
TIES = ("max_votes", "min_cost", "max_cost")


class CountRefused(Refusal):
    """There is no count; `why` has one line for each problem."""

    def __str__(self) -> str:
        return "\n".join(str(part) for part in (self.what, self.why) if part)


class Command(BaseCommand):
    """Count a vote on a budget, with a reason for each project."""

    help = "Count a vote in a Pabulib file, without a database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", metavar="ELECTION.pb", type=Path)
        rules, measures = list(counting.RuleName), list(counting.Measure)
        completions = list(counting.Completion)
        parser.add_argument("--rule", choices=[one.value for one in rules])
        parser.add_argument("--measure", choices=[one.value for one in measures])
        parser.add_argument("--completion", choices=[one.value for one in completions])
        parser.add_argument("--ties", metavar="WORD,…", type=_ties)
        parser.add_argument("--limits", action="store_true")
        parser.add_argument("--lenient", action="store_true")
        parser.add_argument("--explain", action="store_true")
        parser.add_argument("--verify", metavar="AUDIT.json", type=Path)
        parser.add_argument("--out", metavar="FILE.pb", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["election"]
        data = _bounded(path)
        try:
            election = counting.read_pabulib(data, lenient=options["lenient"])
            if options["limits"]:
                election = replace(election, limits=counting.limits_in(election))
            rule = _rule(election, options)
            progress = _progress if sys.stderr.isatty() else None
            outcome = counting.count(
                election, rule, explain=options["explain"], progress=progress
            )
            written = b""
            if options["out"]:
                written = counting.write_pabulib(election, outcome=outcome)
        except counting.Refused as refused:
            raise _told(path, refused) from refused
        record = counting.audit(outcome, data=data)
        if options["verify"]:
            _verify(record, options["verify"])
        if options["out"]:
            _write(options["out"], written)
        self._say_notes(election.notes)
        if options["json"]:
            self.stdout.write(counting.audit_json(record).decode(), ending="")
        else:
            self.stdout.write("\n".join(report(outcome)))
        if options["verify"] and not options["json"]:
            self.stdout.write(_("The published record says the same."))

    def _say_notes(self, notes: Iterable[counting.Problem]) -> None:
        """What is odd in the file, shortly; the record has all of it."""
        told = [problem_words(note) for note in notes]
        for words in told[:5]:
            self.stderr.write(words)
        if len(told) > 5:
            self.stderr.write(_("and %(count)s more") % {"count": len(told) - 5})


def _ties(text: str) -> tuple[str, ...]:
    words = tuple(word for word in text.split(",") if word)
    for word in words:
        if word not in TIES:
            raise ArgumentTypeError(f"{word!r} is not one of {', '.join(TIES)}")
    return words


def _bounded(path: Path) -> bytes:
    """The file, unless it cannot be an election: then without taking it all in.

    Raises:
        CountRefused: no file, too large, or a line without an end.
    """
    what = _("%(file)s is refused:") % {"file": path}
    chunks: list[bytes] = []
    size = lines = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(2 * counting.MAX_LINE):
                if len(chunk) > counting.MAX_LINE and b"\n" not in chunk:
                    words = problem_words(_endless(lines + 1))
                    raise CountRefused(what, f"- {words}")
                lines += chunk.count(b"\n")
                size += len(chunk)
                if size > LARGEST_FILE:
                    raise CountRefused(what, _("It is larger than 1 GB."))
                chunks.append(chunk)
    except OSError as error:
        raise CountRefused(what, error.strerror or "") from error
    return b"".join(chunks)


def _endless(line: int) -> counting.Problem:
    limit = {"limit": counting.MAX_LINE}
    return counting.Problem("line_too_long", "too long", limit, line)


def _rule(election: counting.Election, options: dict[str, Any]) -> counting.Rule:
    """What is asked for; else what the file names; else the usual for its ballots."""
    named = counting.rule_in(election)
    rule = named or counting.Rule(measure=counting.usual_measure(election.kind))
    asked: dict[str, Any] = {}
    if options["rule"]:
        asked["name"] = counting.RuleName(options["rule"])
        if asked["name"] != rule.name:
            asked["completion"] = counting.Completion.NONE
    if options["measure"]:
        asked["measure"] = counting.Measure(options["measure"])
    if options["completion"]:
        asked["completion"] = counting.Completion(options["completion"])
    if options["ties"] is not None:
        asked["ties"] = options["ties"]
    return replace(rule, **asked)


def _progress(step: int) -> None:
    sys.stderr.write("\r" + _("step %(step)s") % {"step": step})
    sys.stderr.flush()


def _told(path: Path, refused: counting.Refused) -> CountRefused:
    lines = [f"- {problem_words(problem)}" for problem in refused.problems]
    if refused.more:
        lines.append(_("and %(count)s more") % {"count": refused.more})
    return CountRefused(_("%(file)s is refused:") % {"file": path}, "\n".join(lines))


def _verify(record: dict[str, Any], path: Path) -> None:
    """Do nothing if the published record says the same.

    Raises:
        CountRefused: where it does not.
    """
    try:
        published = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        what = _("%(file)s is refused:") % {"file": path}
        raise CountRefused(what, _("It is no record of a count.")) from error
    ours = json.loads(counting.audit_json(record))
    found = counting.differences(ours, published)
    if found or not isinstance(published, dict) or "winners" not in published:
        what = _("%(file)s does not say what this count gives. It differs at:")
        lines = [f"- {place}" for place in found[:20]] or ["- winners"]
        raise CountRefused(what % {"file": path}, "\n".join(lines))


def _write(path: Path, written: bytes) -> None:
    try:
        path.write_bytes(written)
    except OSError as error:
        what = _("%(file)s cannot be written:") % {"file": path}
        raise CountRefused(what, error.strerror or "") from error
