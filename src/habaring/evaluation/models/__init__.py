"""Evaluation in tables: instruments and rounds, answers, blind readings, results."""

from habaring.evaluation.models.assessors import Assessor, ConflictGround
from habaring.evaluation.models.reading import Mark, Reading, Remark
from habaring.evaluation.models.results import (
    Appeal,
    Award,
    AwardRule,
    Finding,
    Result,
)
from habaring.evaluation.models.rounds import Answer, Entry, Instrument, Round

__all__ = [
    "Answer",
    "Appeal",
    "Assessor",
    "Award",
    "AwardRule",
    "ConflictGround",
    "Entry",
    "Finding",
    "Instrument",
    "Mark",
    "Reading",
    "Remark",
    "Result",
    "Round",
]
