"""What `evaluation` holds about people: assessors, their ties, and official deeds."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.evaluation.models import Assessor, ConflictGround, Reading
from habaring.people.models import Account
from habaring.shared.holdings import Column, Holding, deeds, register


def _profile(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Assessor.objects.filter(account=account).select_related("home"):
        yield {
            "institution": row.institution,
            "home": row.home.name,
            "since": row.added_at,
        }


register(
    Holding(
        code="evaluation.assessor",
        purpose="meetings",
        name=_("Your place on the list of assessors"),
        columns=(
            Column("institution", _("Institution")),
            Column("home", _("Home")),
            Column("since", _("Since")),
        ),
        covers=("evaluation.Assessor.account",),
        collect=_profile,
        stays=_("Who assessed for the ministry is an archive of the evaluation."),
        legal_reference="UU 43/2009 (Kearsipan)",
        officer_decides=True,
    )
)


def _ties(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in ConflictGround.objects.filter(account=account).select_related("region"):
        yield {"region": row.region.name, "kind": row.kind_words, "note": row.note}


register(
    Holding(
        code="evaluation.ties",
        purpose="meetings",
        name=_("Ties to regions that you declared or that were recorded"),
        columns=(
            Column("region", _("Region")),
            Column("kind", _("Kind")),
            Column("note", _("Note")),
        ),
        covers=("evaluation.ConflictGround.account",),
        collect=_ties,
        stays=_(
            "A tie keeps a person from assessing a region; forgotten, it would not."
        ),
        legal_reference="UU 30/2014 (Administrasi Pemerintahan) 42-43",
        officer_decides=True,
    )
)


def _readings(account: Account) -> Iterable[Mapping[str, Any]]:
    rows = Reading.objects.filter(assessor=account).order_by("asked_at")
    rows = rows.select_related("region")
    for row in rows:
        yield {
            "region": row.region.name,
            "state": row.state_words,
            "at": row.submitted_at,
        }


register(
    Holding(
        code="evaluation.readings",
        purpose="record",
        name=_("Regions that you assessed"),
        columns=(
            Column("region", _("Region")),
            Column("state", _("State")),
            Column("at", _("Handed in")),
        ),
        covers=(
            "evaluation.Reading.assessor",
            "evaluation.Mark.assessor",
            "evaluation.Remark.assessor",
        ),
        collect=_readings,
        stays=_("Marks are what a published result rests on."),
        legal_reference="UU 43/2009 (Kearsipan)",
    )
)
deeds(
    "evaluation",
    _("Evaluations that you ran, answered and decided on"),
    "evaluation.Instrument.recorded_by",
    "evaluation.Round.made_by",
    "evaluation.Entry.submitted_by",
    "evaluation.Answer.changed_by",
    "evaluation.Assessor.added_by",
    "evaluation.ConflictGround.recorded_by",
    "evaluation.Reading.asked_by",
    "evaluation.Result.recorded_by",
    "evaluation.Finding.reported_by",
    "evaluation.Finding.closed_by",
    "evaluation.Appeal.filed_by",
    "evaluation.Appeal.decided_by",
    "evaluation.AwardRule.published_by",
    "evaluation.Award.given_by",
)
