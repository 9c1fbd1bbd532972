"""Tables of guidance: cohorts, stages and their days, work handed in."""

from habaring.guidance.models.cohorts import (
    Application,
    Cohort,
    CohortState,
    Enrolment,
    Mentorship,
    Standing,
)
from habaring.guidance.models.stages import (
    AgendaItem,
    AssignmentTemplate,
    Attendance,
    CameBy,
    Participant,
    Pillar,
    Sitting,
    Speaker,
    Stage,
)
from habaring.guidance.models.work import (
    Assignment,
    Remark,
    Submission,
    SubmissionPiece,
    WorkState,
)

__all__ = [
    "AgendaItem",
    "Application",
    "Assignment",
    "AssignmentTemplate",
    "Attendance",
    "CameBy",
    "Cohort",
    "CohortState",
    "Enrolment",
    "Mentorship",
    "Participant",
    "Pillar",
    "Remark",
    "Sitting",
    "Speaker",
    "Stage",
    "Standing",
    "Submission",
    "SubmissionPiece",
    "WorkState",
]
