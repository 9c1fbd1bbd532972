"""Practices, who adopted them and how they fare, and what regions say to each other."""

from habaring.exchange.models.adoptions import Adoption, SurvivalCheck, Thanks
from habaring.exchange.models.practices import (
    Licence,
    Practice,
    PracticeState,
    PracticeVersion,
    Result,
)
from habaring.exchange.models.talks import (
    Answer,
    Meeting,
    MeetingKind,
    MeetingState,
    MeetingStep,
    MentorOffer,
    Question,
)

__all__ = [
    "Adoption",
    "Answer",
    "Licence",
    "Meeting",
    "MeetingKind",
    "MeetingState",
    "MeetingStep",
    "MentorOffer",
    "Practice",
    "PracticeState",
    "PracticeVersion",
    "Question",
    "Result",
    "SurvivalCheck",
    "Thanks",
]
