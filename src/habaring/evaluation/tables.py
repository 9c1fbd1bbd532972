"""Answers, findings, results and a round as tables to keep."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.evaluation import words
from habaring.evaluation.actions.answering import Said
from habaring.evaluation.actions.records import Past
from habaring.evaluation.models import Finding, Result
from habaring.evaluation.proofs import Sheet
from habaring.evaluation.queries import EntryLine
from habaring.regions.models import Region
from habaring.shared.tables import Column, Rows, TableKind, Value, register

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
            Column("question", _("Question"), "code", required=True),
            Column("text", _("In words"), shown_only=True),
            Column("measure", _("Measure"), shown_only=True),
            Column("level", _("Level"), "decimal"),
            Column("note", _("What makes you say so")),
            Column(
                "state",
                _("Evidence"),
                "choice",
                choices=PROOF_STATES,
                shown_only=True,
            ),
            Column("pieces", _("Pieces of evidence"), "whole", shown_only=True),
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
            Column("code", _("Code"), "code", required=True),
            Column("region", _("Region"), shown_only=True),
            Column("year", _("Year"), "year", required=True),
            Column("stage", _("Stage"), "whole", minimum=1, maximum=2),
            Column("index", _("Achievement index"), "decimal", required=True),
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


def said(given: Mapping[str, Any]) -> Said:
    """One row of a sheet of answers."""
    return Said(given["question"], given.get("level"), given.get("note") or "")


def past_in(rows: Rows) -> list[tuple[Region, Past]]:
    """The results of a file; FileRefused where a region is not known, or no source is
    given.
    """
    codes = {str(row["code"]) for row in rows}
    regions = {one.code: one for one in Region.objects.filter(code__in=codes)}
    problems = [
        rows.problem(row, "code", _("No region has this code."))
        for row in rows
        if row["code"] not in regions
    ] + [
        rows.problem(row, "source", _("Write where it was published."))
        for row in rows
        if not row.get("source")
    ]
    if problems:
        raise rows.refused(problems)
    return [(regions[str(row["code"])], _past(row.values)) for row in rows]


def _past(given: Mapping[str, Any]) -> Past:
    return Past(
        year=given["year"],
        index=given["index"],
        source=given["source"],
        stage=given.get("stage") or 2,
        improvement=given.get("improvement"),
        rank=given.get("rank"),
        ranked=given.get("ranked"),
        province_rank=given.get("province_rank"),
        illustrative=bool(given.get("example")),
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
