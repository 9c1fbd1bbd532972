"""The verbs of this domain: form bodies, seat people, meet, decide, follow up."""

from habaring.council.actions.bodies import (
    Body,
    Sitting,
    change_council,
    dissolve_council,
    end_seat,
    make_groups,
    record_council,
    record_seat,
    record_seats,
)
from habaring.council.actions.decisions import (
    About,
    Errand,
    Ruling,
    Votes,
    close_task,
    record_decision,
    record_task,
)
from habaring.council.actions.instruments import (
    Fixes,
    Paper,
    change_instrument,
    record_instrument,
    record_instruments,
)
from habaring.council.actions.rules import (
    CouncilRefused,
    DecisionRefused,
    InstrumentRefused,
    SeatRefused,
    TaskRefused,
)

__all__ = [
    "About",
    "Body",
    "CouncilRefused",
    "DecisionRefused",
    "Errand",
    "Fixes",
    "InstrumentRefused",
    "Paper",
    "Ruling",
    "SeatRefused",
    "Sitting",
    "TaskRefused",
    "Votes",
    "change_council",
    "change_instrument",
    "close_task",
    "dissolve_council",
    "end_seat",
    "make_groups",
    "record_council",
    "record_decision",
    "record_instrument",
    "record_instruments",
    "record_seat",
    "record_seats",
    "record_task",
]
