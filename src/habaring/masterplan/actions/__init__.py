"""Everything that is written about the master plan, by subject."""

from habaring.masterplan.actions.books import (
    AlreadyWithdrawn,
    Issue,
    MissionsMissing,
    NewDevelopmentPlan,
    NoPlan,
    NothingChanged,
    PeriodWrong,
    ReasonMissing,
    SetOfOthers,
    issue_edition,
    load_set,
    record_development_plan,
    set_files,
    withdraw_edition,
    write_section,
)

__all__ = [
    "AlreadyWithdrawn",
    "Issue",
    "MissionsMissing",
    "NewDevelopmentPlan",
    "NoPlan",
    "NothingChanged",
    "PeriodWrong",
    "ReasonMissing",
    "SetOfOthers",
    "issue_edition",
    "load_set",
    "record_development_plan",
    "set_files",
    "withdraw_edition",
    "write_section",
]
