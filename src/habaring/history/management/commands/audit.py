"""`habaring audit verify | prove | check | seal`: the chain of days."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.history import actions, queries, tasks
from habaring.shared import walls
from habaring.shared.refusal import Refusal

PATIENCE = 60.0  # seconds


class ChainBroken(Refusal):
    """Rows and seals do not agree; the lines before name each place."""


class Command(BaseCommand):
    """Check the audit trail against its seals, or prove one entry."""

    help = "Check the sealed audit trail, prove one entry, or seal the ended days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        one = verbs.add_parser("verify", help="compute every seal again and compare")
        one.add_argument("--from", dest="since", metavar="DAY", type=_day)
        one.add_argument("--seals", metavar="FILE.csv", type=Path)
        one.add_argument("--json", action="store_true")
        one = verbs.add_parser("prove", help="the path from an entry to its seal")
        one.add_argument("entry", metavar="ENTRY", type=_entry)
        one = verbs.add_parser("check", help="check such a path; needs no database")
        one.add_argument("proof", metavar="PROOF.json", type=Path)
        verbs.add_parser("seal", help="seal the days that have ended")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['what']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        published = None
        if options["seals"]:
            published = queries.read_seals(_text(options["seals"]))
        with transaction.atomic():
            walls.open_everywhere()
            verdict = queries.verify(since=options["since"], published=published)
        if options["json"]:
            self.stdout.write(json.dumps(_record(verdict), ensure_ascii=False))
        else:
            self._tell(verdict)
        if not verdict.holds:
            raise ChainBroken(
                _("The audit trail was changed."),
                str(verdict.findings[0]),
                _(
                    "Keep a copy of the database as it is, and compare it with a backup."
                ),
            )

    def _tell(self, verdict: queries.Verdict) -> None:
        for one in verdict.findings:
            self.stderr.write(f"  {one}")
        for name in verdict.redacted:
            self.stdout.write(_("redacted: %(row)s") % {"row": name})
        if verdict.holds:
            told = ngettext(
                "%(days)d day holds, with %(rows)d rows.",
                "%(days)d days hold, with %(rows)d rows.",
                verdict.days,
            )
            self.stdout.write(told % {"days": verdict.days, "rows": verdict.rows})
            if verdict.compared:
                told = _("%(count)d published seals are the stored ones.")
                self.stdout.write(told % {"count": verdict.compared})

    def _prove(self, options: dict[str, Any]) -> None:
        proof = queries.prove(options["entry"])
        self.stdout.write(json.dumps(proof, indent=1))

    def _check(self, options: dict[str, Any]) -> None:
        try:
            proof = json.loads(_text(options["proof"]))
            holds = queries.proof_holds(proof)
        except (KeyError, TypeError, ValueError):
            holds = False
        if not holds:
            raise ChainBroken(
                _("The proof does not hold."),
                _("Its path does not lead to the hash of its day."),
                _("Take it again with “habaring audit prove”."),
            )
        top = proof["seal_of_the_day"]
        told = _("The proof holds: the entry stands in the day %(day)s, hash %(hash)s.")
        self.stdout.write(told % top)

    def _seal(self, options: dict[str, Any]) -> None:
        if not tasks.settled(PATIENCE):
            raise Refusal(
                _("No day was sealed."),
                _("A transaction that may still write to an ended day is running."),
                _("Try again when it has ended."),
            )
        days = actions.seal(at=timezone.now())
        told = ngettext("%(count)d day sealed.", "%(count)d days sealed.", len(days))
        self.stdout.write(told % {"count": len(days)})


def _record(verdict: queries.Verdict) -> dict[str, Any]:
    return {
        "holds": verdict.holds,
        "days": verdict.days,
        "rows": verdict.rows,
        "compared": verdict.compared,
        "redacted": verdict.redacted,
        "findings": [
            {
                "day": one.day.isoformat(),
                "region": one.region,
                "what": one.what,
                "row": one.row,
            }
            for one in verdict.findings
        ],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day such as 2026-10-01") from None


def _entry(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not the id of an entry") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            _("The file cannot be read."), str(error), _("Check its name and place.")
        ) from None
