"""Revisions of candidates: what writes them, with what their rows name."""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import Proposal, ProposalState
from habaring.people.models import Account
from habaring.portfolio.candidates import Entry
from habaring.portfolio.inputs import fields_of
from habaring.portfolio.models import Candidate
from habaring.regions.models import Department, Region
from habaring.shared import audit
from habaring.shared.models import Upload
from habaring.shared.refusal import Problem


@dataclass
class Maker:
    """Writes revisions, with what is the same for all of them."""

    region: Region
    upload: Upload | None
    by: Account | None
    at: datetime
    rows: InitVar[Sequence[Entry]] = ()
    departments: Mapping[str, int] = field(init=False)
    proposals: Mapping[str, int] = field(init=False)

    def __post_init__(self, rows: Sequence[Entry]) -> None:
        pairs = Department.objects.filter(region=self.region).values_list("code", "pk")
        self.departments = dict(pairs)
        self.proposals = _proposals(self.region, rows)

    def unknown_proposals(self, rows: Sequence[Entry]) -> list[Problem]:
        """Rows that name a proposal which the region does not have."""
        words = _(
            "There is no proposal {code} here. Look its number up, or leave it out."
        )
        return [
            Problem(
                row.sheet,
                row.row,
                str(_("Number of the proposal")),
                format_lazy(words, code=row.proposal),
            )
            for row in rows
            if row.proposal and row.proposal not in self.proposals
        ]

    def revision(self, entry: Entry, before: Candidate | None) -> Candidate:
        if before is not None:
            Candidate.objects.filter(pk=before.pk).update(superseded_at=self.at)
        return Candidate.objects.create(
            region=self.region,
            code=entry.code,
            revision=before.revision + 1 if before else 1,
            upload=self.upload,
            recorded_at=self.at,
            recorded_by=self.by,
            **fields_of(entry, self.departments, self.proposals),
        )

    def audit(self, told: Mapping[str, Sequence[str]]) -> None:
        if told["new"] or told["changed"]:
            audit.record(
                by=self.by,
                at=self.at,
                verb="portfolio.candidates.recorded",
                subject=self.upload or self.region,
                region=self.region.code,
                details={**told, "unchanged": len(told["unchanged"])},
            )


def _proposals(region: Region, rows: Sequence[Entry]) -> dict[str, int]:
    """The keys of the proposals that rows name, by the code as the row writes it."""
    named = {row.proposal: _number(row.proposal) for row in rows if row.proposal}
    found = dict(
        Proposal.objects.filter(region=region, number__in=set(named.values()))
        .exclude(state=ProposalState.DRAFT)
        .values_list("number", "pk")
    )
    return {code: found[number] for code, number in named.items() if number in found}


def _number(code: str) -> int:
    """12 of U-0012; 0, which no proposal has, of what is no such code."""
    digits = code.removeprefix("U-")
    return (
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
    )
