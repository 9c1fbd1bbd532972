"""Published indices that are one line of arithmetic, used as data and as golden tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, prod

from habaring.engines.scoring._values import Problem, Refused


def weighted_sum(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Weighted mean of `values`, weights scaled to sum to 1.

    SPBE (Permenpan RB 59/2020): 13, 25, 16.5 and 45.5 over its four domains.
    Smart-city evaluation: 10, 20, 30, 20 and 20 over its five measures. Refuses when
    the two do not name the same things: a missing part is never zero.
    """
    problems = [
        Problem("no_value", f"{name} has a weight but no value.", {"name": name})
        for name in weights
        if name not in values
    ]
    problems += [
        Problem("no_weight", f"{name} has a value but no weight.", {"name": name})
        for name in values
        if name not in weights
    ]
    total = sum(weights.values())
    if not problems and (total <= 0 or min(weights.values()) < 0):
        problems.append(Problem("bad_weight", "The weights do not sum above zero."))
    if problems:
        raise Refused(tuple(problems))
    return sum(values[name] * weight for name, weight in weights.items()) / total


def mean(values: Mapping[str, float]) -> float:
    """Plain mean: the Impact measure is the mean of the six dimensions."""
    return weighted_sum(values, dict.fromkeys(values, 1.0))


@dataclass(frozen=True)
class Goalposts:
    """Lower and upper goalposts of income; the other parts have the same everywhere."""

    low: float
    high: float


UNDP = Goalposts(100.0, 75_000.0)  # GNI per head, PPP dollars; technical note 1
BPS = Goalposts(1_007.436, 26_572.352)  # adjusted spending per head, thousand rupiah


def human_development_index(
    *,
    life: float,
    expected_schooling: float,
    mean_schooling: float,
    income: float,
    goalposts: Goalposts = UNDP,
) -> float:
    """HDI from 0 to 1: geometric mean of life, education and the logarithm of income.

    Years, years, years, and income in the unit of its goalposts. Each part is capped
    at 1; one at or below its lower goalpost is refused, as the mean is geometric.
    """
    at_school = min(expected_schooling / 18.0, 1.0) + min(mean_schooling / 15.0, 1.0)
    low, high = goalposts.low, goalposts.high
    parts = {
        "life": (life - 20.0) / (85.0 - 20.0),
        "education": at_school / 2.0,
        "income": log(income / low) / log(high / low) if income > 0 else 0.0,
    }
    problems = [
        Problem("not_above", f"{name} is at or below its goalpost.", {"name": name})
        for name, part in parts.items()
        if part <= 0
    ]
    if problems:
        raise Refused(tuple(problems))
    return float(prod(min(part, 1.0) for part in parts.values()) ** (1.0 / 3.0))
