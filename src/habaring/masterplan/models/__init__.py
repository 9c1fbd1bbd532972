"""Tables of the master plan, by subject."""

from habaring.masterplan.models.aims import Aim, Alignment, Level, PlanTarget
from habaring.masterplan.models.analysis import (
    Aspect,
    Citation,
    Gap,
    Layer,
    Pairing,
    Quadrant,
    ReadinessScore,
    ReleasedPart,
    StrategicIssue,
    Strategy,
    SwotItem,
    SwotVote,
)
from habaring.masterplan.models.books import (
    BookTemplate,
    Edition,
    EditionFile,
    Section,
)
from habaring.masterplan.models.consultation import (
    Consultation,
    Disposition,
    DraftSection,
    Remark,
    Seen,
    SignOff,
)
from habaring.masterplan.models.plans import DevelopmentPlan, Mission

__all__ = [
    "Aim",
    "Alignment",
    "Aspect",
    "BookTemplate",
    "Citation",
    "Consultation",
    "DevelopmentPlan",
    "Disposition",
    "DraftSection",
    "Edition",
    "EditionFile",
    "Gap",
    "Layer",
    "Level",
    "Mission",
    "Pairing",
    "PlanTarget",
    "Quadrant",
    "ReadinessScore",
    "ReleasedPart",
    "Remark",
    "Section",
    "Seen",
    "SignOff",
    "StrategicIssue",
    "Strategy",
    "SwotItem",
    "SwotVote",
]
