"""How a file says what is to be counted: our keys, and Pabulib's own limits."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from habaring.engines.counting._pabulib_text import (
    Amount,
    Found,
    amount,
    whole_number,
)
from habaring.engines.counting._values import (
    Completion,
    Election,
    Kind,
    Limits,
    Measure,
    Rule,
    RuleName,
)

RULE = "count_rule"
MEASURE = "count_measure"
COMPLETION = "count_completion"
TIES = "count_ties"
MINIMUM_VOTES = "count_minimum_votes"
CONFLICTS = "count_conflicts"
OWN_KEYS = (RULE, MEASURE, COMPLETION, TIES, MINIMUM_VOTES, CONFLICTS)
TIE_WORDS = ("max_votes", "min_cost", "max_cost")

_USUAL_MEASURE = {
    Kind.APPROVAL: Measure.COST,
    Kind.CHOOSE_ONE: Measure.COST,
    Kind.CUMULATIVE: Measure.SCORE,
    Kind.SCORING: Measure.SCORE,
    Kind.ORDINAL: Measure.BORDA,
}
_NAMES = {
    "category": ("categories", "budget_per_category"),
    "neighborhood": ("neighborhoods", "budget_per_neighborhood"),
    "district": ("districts", "budget_per_district"),
}
Words = TypeVar("Words", bound=StrEnum)


def usual_measure(kind: Kind) -> Measure:
    """What a funded project is worth where nobody says otherwise."""
    return _USUAL_MEASURE[kind]


def rule_in(election: Election) -> Rule | None:
    """The rule that the file itself names in `count_rule`, None if it names none.

    Raises:
        Refused: a key of ours has a value that is not known.
    """
    found = Found()
    rule = read_rule(election.meta, election.kind, {}, found)
    found.check()
    return rule


def read_rule(
    meta: Mapping[str, str], kind: Kind, line_of: Mapping[str, int], found: Found
) -> Rule | None:
    """The same while a file is read: what is wrong goes into `found`."""
    if RULE not in meta:
        return None
    name = _one_of(RuleName, RULE, RuleName.EQUAL_SHARES, meta, line_of, found)
    usual = usual_measure(kind)
    measure = _one_of(Measure, MEASURE, usual, meta, line_of, found)
    last = Completion.NONE
    completion = _one_of(Completion, COMPLETION, last, meta, line_of, found)
    ties = tuple(word for word in meta.get(TIES, "").split(",") if word)
    for word in ties:
        if word not in TIE_WORDS:
            found.wrong("count_key", line_of.get(TIES, 0), key=TIES, value=word[:40])
    return Rule(name, measure, completion, ties)


def _one_of(
    words: type[Words],
    key: str,
    otherwise: Words,
    meta: Mapping[str, str],
    line_of: Mapping[str, int],
    found: Found,
) -> Words:
    value = meta.get(key, otherwise.value)
    if value in {word.value for word in words}:
        return words(value)
    found.wrong("count_key", line_of.get(key, 0), key=key, value=value[:40])
    return otherwise


def own_limits(
    meta: Mapping[str, str],
    line_of: Mapping[str, int],
    ids: Collection[str],
    scale: int,
    found: Found,
) -> Limits:
    """The limits of a file that names its rule, in 1/`scale`."""
    minimum = 0
    if MINIMUM_VOTES in meta:
        line = line_of.get(MINIMUM_VOTES, 0)
        minimum = max(0, whole_number(meta[MINIMUM_VOTES], MINIMUM_VOTES, line, found))
    conflicts = []
    for said in meta.get(CONFLICTS, "").split(",,"):
        names = frozenset(said.split(",")) if said else frozenset()
        for name in sorted(names - set(ids)):
            line = line_of.get(CONFLICTS, 0)
            found.wrong("conflict_unknown", line, id=name[:40])
        if names:
            conflicts.append(names)
    amounts = {of: amounts_of(of, meta, line_of, found) for of in _NAMES}
    units = {
        of: {
            name: digits * scale // 10**decimals
            for name, (digits, decimals) in given.items()
        }
        for of, given in amounts.items()
    }
    return Limits(
        minimum_votes=minimum,
        conflicts=tuple(sorted(conflicts, key=sorted)),
        categories=units["category"],
        districts=units["neighborhood"] | units["district"],
    )


def limits_in(election: Election) -> Limits:
    """The limits that a file of another town names in Pabulib's own words.

    A least score is a least number of votes only where a ballot approves.

    Raises:
        Refused: they cannot be read.
    """
    found = Found()
    ids = [project.id for project in election.projects]
    limits = own_limits(election.meta, {}, ids, election.scale, found)
    minimum = limits.minimum_votes
    threshold = "min_project_score_threshold"
    if threshold in election.meta and election.kind in (Kind.APPROVAL, Kind.CHOOSE_ONE):
        minimum = whole_number(election.meta[threshold], threshold, 0, found)
    found.check()
    return Limits(minimum, limits.conflicts, limits.categories, limits.districts)


def amounts_of(
    of: str, meta: Mapping[str, str], line_of: Mapping[str, int], found: Found
) -> dict[str, Amount]:
    """Budgets by name, of "category", "neighborhood" or "district"; often none."""
    names_key, budgets_key = _NAMES[of]
    if names_key not in meta or budgets_key not in meta:
        return {}
    names = [name.strip() for name in meta[names_key].split(",")]
    given = [text.strip() for text in meta[budgets_key].split(",")]
    line = line_of.get(budgets_key, 0)
    if len(names) != len(given) or len(set(names)) != len(names):
        values = {"key": budgets_key, "found": len(given), "expected": len(names)}
        found.wrong("budgets_differ", line, **values)
        return {}
    read = [amount(text, budgets_key, line, found) for text in given]
    return dict(zip(names, read, strict=True))
