"""What `masterplan` holds about people: who wrote, signed and recorded, votes on items of
SWOT, and remarks on drafts.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.masterplan.models import Remark, SwotVote
from habaring.people.models import Account
from habaring.shared.holdings import Column, Holding, deeds, register

_RECORDED = (
    "ReadinessScore",
    "SwotItem",
    "StrategicIssue",
    "Gap",
    "Strategy",
    "Aim",
    "Alignment",
    "Consultation",
)
deeds(
    "masterplan",
    _("Sections and analysis you wrote or signed, editions you issued"),
    "masterplan.Section.recorded_by",
    "masterplan.Edition.issued_by",
    "masterplan.SignOff.by",
    "masterplan.ReleasedPart.by",
    "masterplan.Remark.disposed_by",
    *(f"masterplan.{name}.recorded_by" for name in _RECORDED),
)


def _remarks(account: Account) -> Iterable[Mapping[str, Any]]:
    rows = Remark.objects.filter(author=account).select_related("section")
    for row in rows:
        yield {
            "section": row.section.heading,
            "text": row.text,
            "name": row.author_name,
            "state": row.get_seen_display(),
            "at": row.at,
        }


def _unname(account: Account, *, by: Account | None, at: datetime) -> int:
    """What was answered in public keeps its text and loses the name."""
    return (
        Remark.objects.filter(author=account)
        .exclude(author_name="")
        .update(author_name="")
    )


register(
    Holding(
        code="masterplan.remarks",
        purpose="taking-part",
        name=_("Remarks you made on drafts of the master plan"),
        columns=(
            Column("section", _("Section")),
            Column("text", _("Remark")),
            Column("name", _("Name shown")),
            Column("state", _("State")),
            Column("at", _("When")),
        ),
        covers=("masterplan.Remark.author", "masterplan.Remark.author_name"),
        collect=_remarks,
        erase=_unname,
        stays=_("A remark that was answered in public stays, without your name."),
    )
)


def _votes(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in SwotVote.objects.filter(account=account).select_related("item"):
        yield {"item": f"{row.item} {row.item.text}", "at": row.at}


def _drop_votes(account: Account, *, by: Account | None, at: datetime) -> int:
    return SwotVote.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="masterplan.votes",
        purpose="taking-part",
        name=_("Items of SWOT that you found important"),
        columns=(Column("item", _("Item")), Column("at", _("When"))),
        covers=("masterplan.SwotVote.account",),
        collect=_votes,
        erase=_drop_votes,
    )
)
