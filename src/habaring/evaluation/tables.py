"""Answers, findings, results and a round as tables to keep."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.evaluation import words
from habaring.evaluation.models import Finding, Result
from habaring.evaluation.proofs import Sheet
from habaring.evaluation.queries import EntryLine
from habaring.shared.tables import Column, TableKind, Value, register

PROOF_STATES = {
    "valid": _("valid evidence"),
    "waiting": _("evidence waits for a verdict"),
    "not_asked": _("no evidence needed"),
    "kind": _("evidence of another kind"),
    "year": _("evidence of another year"),
    "refused": _("evidence not accepted or run out"),
    "missing": _("no evidence"),
    "unanswered": _("not answered"),
}
PROOF_TONES = {
    "valid": "good",
    "waiting": "info",
    "not_asked": "",
    "unanswered": "",
}
ANSWERS = register(
    TableKind(
        "evaluation-answers",
        _("Self-assessment"),
        _("Self-assessment"),
        (
            Column("question", _("Question"), "code"),
            Column("text", _("In words")),
            Column("measure", _("Measure")),
            Column("level", _("Level"), "decimal"),
            Column("note", _("What makes you say so")),
            Column("state", _("Evidence"), "choice", choices=PROOF_STATES),
            Column("pieces", _("Pieces of evidence"), "whole"),
        ),
        key=("question",),
    )
)
FINDINGS = register(
    TableKind(
        "evaluation-findings",
        _("Findings"),
        _("Findings"),
        (
            Column("kind", _("Kind"), "choice", choices=words.FINDING_KINDS),
            Column("text", _("Finding")),
            Column("years", _("Years")),
            Column("state", _("State"), "choice", choices=words.FINDING_STATES),
            Column("owner", _("Post")),
            Column("due_on", _("Until"), "date"),
            Column("action", _("What will be done")),
            Column("proof", _("What was done, and what shows it")),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("text",),
    )
)
RESULTS = register(
    TableKind(
        "evaluation-results",
        _("Results"),
        _("Results"),
        (
            Column("code", _("Code"), "code"),
            Column("region", _("Region")),
            Column("year", _("Year"), "year"),
            Column("stage", _("Stage"), "whole"),
            Column("index", _("Achievement index"), "decimal"),
            Column("improvement", _("Improvement"), "decimal"),
            Column("rank", _("Rank"), "whole"),
            Column("rank_low", _("Best rank it could hold"), "whole"),
            Column("rank_high", _("Worst rank it could hold"), "whole"),
            Column("ranked", _("Regions ranked"), "whole"),
            Column("province_rank", _("Rank in the province"), "whole"),
            Column("source", _("Source")),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("code", "year", "stage"),
    )
)
ROUND = register(
    TableKind(
        "evaluation-round",
        _("Regions of a round"),
        _("Regions of a round"),
        (
            Column("code", _("Code"), "code"),
            Column("region", _("Region")),
            Column("state", _("State"), "choice", choices=words.ENTRY_STATES),
            Column("answered", _("Answered"), "whole"),
            Column("readings", _("Readings"), "whole"),
            Column("done", _("Readings handed in"), "whole"),
            Column("apart", _("Difference of the first two"), "decimal"),
            Column("third", _("A third should read"), "yes_no"),
        ),
        key=("code",),
    )
)


def answer_rows(sheet: Sheet) -> list[dict[str, Value]]:
    """The self-assessment, one row a question."""
    language = get_language() or "id"
    measures = {m.code: m.name(language) for m in sheet.scheme.measures}
    return [
        {
            "question": line.question.code,
            "text": line.question.text(language),
            "measure": measures[line.question.measure],
            "level": line.answer.level if line.answer else None,
            "note": line.answer.note if line.answer else "",
            "state": line.state,
            "pieces": len(line.proofs),
        }
        for line in sheet.lines
    ]


def finding_rows(rows: Iterable[Finding]) -> list[dict[str, Value]]:
    """Findings as rows."""
    return [
        {
            "kind": row.kind,
            "text": row.text,
            "years": ", ".join(map(str, row.years)),
            "state": row.state,
            "owner": row.owner.name if row.owner else "",
            "due_on": row.due_on,
            "action": row.action,
            "proof": row.proof,
            "example": row.illustrative,
        }
        for row in rows
    ]


def result_rows(rows: Iterable[Result]) -> list[dict[str, Value]]:
    """Results as rows."""
    return [
        {
            "code": row.region_id,
            "region": row.region.name,
            "year": row.year,
            "stage": row.stage,
            "index": row.index,
            "improvement": row.improvement,
            "rank": row.rank,
            "rank_low": row.rank_low,
            "rank_high": row.rank_high,
            "ranked": row.ranked,
            "province_rank": row.province_rank,
            "source": row.source,
            "example": row.illustrative,
        }
        for row in rows
    ]


def round_rows(lines: Iterable[EntryLine]) -> list[dict[str, Value]]:
    """The regions of a round as rows: progress, no marks."""
    return [
        {
            "code": line.entry.region_id,
            "region": line.entry.region.name,
            "state": line.entry.state,
            "answered": line.answered,
            "readings": len(line.readings),
            "done": line.done,
            "apart": line.apart,
            "third": line.third,
        }
        for line in lines
    ]
