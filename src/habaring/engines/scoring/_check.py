"""Everything that can be wrong with a framework or a table, found in one pass."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import isfinite

import numpy as np

from habaring.engines.scoring._values import (
    AGGREGATIONS,
    DIRECTIONS,
    NORMALISATIONS,
    WEIGHTS,
    Choices,
    Framework,
    Group,
    Indicator,
    Problem,
    Refused,
    Table,
)

_BYTES = 4_000_000_000  # of tables and ranks together
_MANY = 50  # cells named one by one; a page cannot show more


def refuse_bad_framework(framework: Framework) -> None:
    """Raise `Refused` with every problem of the framework; do nothing if it is sound."""
    problems = [
        *_names(framework),
        *_settings(framework),
        *_tree(framework),
        *_weights(framework),
        *_directions_and_goalposts(framework),
    ]
    if problems:
        raise Refused(tuple(problems))


def refuse_bad_table(table: Table) -> None:
    """Raise `Refused` with every problem of the table; NaN is not one."""
    shape = (len(table.units), len(table.indicators))
    problems = [
        *_twice("unit", table.units),
        *_twice("column", table.indicators),
    ]
    if not table.units:
        problems.append(Problem("no_units", "The table has no rows."))
    if table.values.shape != shape:
        problems.append(
            Problem(
                "wrong_shape",
                f"The values are {table.values.shape}, the row and column names {shape}.",
                {"values": list(table.values.shape), "names": list(shape)},
            )
        )
    elif table.imputed is not None and table.imputed.shape != shape:
        problems.append(
            Problem("wrong_shape", "The marks of imputed values have another shape.")
        )
    else:
        problems += _not_finite(table)
    if problems:
        raise Refused(tuple(problems))


def refuse_bad_choices(choices: Choices, framework: Framework) -> None:
    """Raise `Refused` when the draws could not be made as asked."""
    problems = [
        *_not_one_of("normalisation", choices.normalisations, NORMALISATIONS),
        *_not_one_of("aggregation", choices.aggregations, AGGREGATIONS),
    ]
    if not 0 <= choices.weight_spread < 1:
        problems.append(
            Problem(
                "bad_spread",
                f"The spread of weights is {choices.weight_spread}; it must be at least 0 and below 1.",
                {"value": choices.weight_spread},
            )
        )
    if choices.imputations < 1 or choices.donors < 1 or not choices.aggregations:
        problems.append(
            Problem("bad_choices", "Draws need an imputation, a donor, an aggregation.")
        )
    if not choices.floor > 0:
        problems.append(
            Problem(
                "bad_floor",
                f"The floor of draws is {choices.floor}; it must be above 0.",
                {"value": choices.floor},
            )
        )
    if "goalposts" in choices.normalisations:
        problems += _without_goalposts(framework)
    if problems:
        raise Refused(tuple(problems))


def refuse_too_much(units: int, indicators: int, draws: int, choices: Choices) -> None:
    """Raise `Refused` when the draws would not fit into memory."""
    tables = choices.imputations * len(choices.normalisations)
    size = 8 * tables * units * indicators + 8 * units * draws
    if size > _BYTES:
        raise Refused(
            (
                Problem(
                    "too_much",
                    f"{draws} draws over {units} units and {indicators} indicators in {tables} versions "
                    f"need {size / 1e9:.1f} GB; ask for fewer draws or imputations.",
                    {
                        "draws": draws,
                        "units": units,
                        "indicators": indicators,
                        "gigabytes": size / 1e9,
                    },
                ),
            )
        )


def _names(framework: Framework) -> Iterator[Problem]:
    codes = [group.code for group in framework.groups]
    codes += [indicator.code for indicator in framework.indicators]
    yield from _twice("code", codes)
    if not framework.indicators:
        yield Problem("no_indicators", "The framework has no indicators.")


def _settings(framework: Framework) -> Iterator[Problem]:
    yield from _not_one_of("normalisation", (framework.normalisation,), NORMALISATIONS)
    yield from _not_one_of("weights", (framework.weights,), WEIGHTS)
    aggregations = [framework.aggregation]
    aggregations += [g.aggregation for g in framework.groups if g.aggregation]
    yield from _not_one_of("aggregation", aggregations, AGGREGATIONS)
    if not 0 <= framework.min_coverage <= 1:
        yield Problem(
            "bad_coverage",
            f"The least coverage is {framework.min_coverage}; it must be between 0 and 1.",
            {"value": framework.min_coverage},
        )
    if framework.floor is not None and not 0 < framework.floor < 100:
        yield Problem(
            "bad_floor",
            f"The floor is {framework.floor}; it must be above 0 and below 100.",
            {"value": framework.floor},
        )


def _tree(framework: Framework) -> Iterator[Problem]:
    parents = {group.code: group.parent for group in framework.groups}
    roots = [code for code, parent in parents.items() if parent is None]
    if len(roots) != 1:
        yield Problem(
            "not_one_root",
            f"One group must have no parent, here {len(roots)} have none: {', '.join(roots) or 'none'}.",
            {"roots": roots},
        )
    for child in _children(framework):
        if child.parent is not None and child.parent not in parents:
            yield Problem(
                "unknown_parent",
                f"{child.code}: its parent {child.parent} is not a group of the framework.",
                {"code": child.code, "parent": child.parent},
            )
    for code in parents:
        if _in_a_circle(code, parents):
            yield Problem("circle", f"{code} is above itself.", {"code": code})


def _children(framework: Framework) -> list[Group | Indicator]:
    return [*framework.groups, *framework.indicators]


def _in_a_circle(code: str, parents: dict[str, str | None]) -> bool:
    above = parents[code]
    for _ in parents:
        if above is None or above == code:
            break
        above = parents.get(above)
    return above == code


def _weights(framework: Framework) -> Iterator[Problem]:
    total: dict[str | None, float] = {}
    for child in _children(framework):
        if not (isfinite(child.weight) and child.weight >= 0):
            yield Problem(
                "bad_weight",
                f"{child.code}: its weight is {child.weight}; it must be 0 or more.",
                {"code": child.code, "weight": child.weight},
            )
        total[child.parent] = total.get(child.parent, 0.0) + child.weight
    for parent, weight in total.items():
        if framework.weights == "given" and parent is not None and weight == 0:
            yield Problem(
                "no_weight",
                f"{parent}: the weights of everything in it are 0.",
                {"code": parent},
            )


def _directions_and_goalposts(framework: Framework) -> Iterator[Problem]:
    for indicator in framework.indicators:
        if indicator.direction not in DIRECTIONS:
            yield Problem(
                "unknown_direction",
                f"{indicator.code}: the direction is {indicator.direction!r}; it must be higher or lower.",
                {"code": indicator.code, "direction": indicator.direction},
            )
        yield from _bad_goalposts(indicator)
    if framework.normalisation == "goalposts":
        yield from _without_goalposts(framework)


def _bad_goalposts(indicator: Indicator) -> Iterator[Problem]:
    low, high = indicator.goal_low, indicator.goal_high
    if low is None and high is None:
        return
    params = {"code": indicator.code, "low": low, "high": high}
    if low is None or high is None:
        yield Problem(
            "half_goalposts", f"{indicator.code}: only one goalpost is given.", params
        )
    elif not (isfinite(low) and isfinite(high) and low < high):
        yield Problem(
            "bad_goalposts",
            f"{indicator.code}: the low goalpost {low} is not below the high one {high}.",
            params,
        )


def _without_goalposts(framework: Framework) -> Iterator[Problem]:
    for indicator in framework.indicators:
        if indicator.goal_low is None and indicator.goal_high is None:
            yield Problem(
                "no_goalposts",
                f"{indicator.code}: normalising by goalposts needs its two goalposts.",
                {"code": indicator.code},
            )


def _twice(what: str, names: Iterable[str]) -> Iterator[Problem]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Problem(
                "twice",
                f"The {what} {name} is given {times} times.",
                {"what": what, "name": name, "times": times},
            )


def _not_one_of(
    what: str, given: Iterable[str], known: Iterable[str]
) -> Iterator[Problem]:
    known = tuple(known)
    for value in given:
        if value not in known:
            yield Problem(
                "unknown_choice",
                f"The {what} {value!r} is not known; it must be one of {', '.join(known)}.",
                {"what": what, "value": value, "known": list(known)},
            )


def _not_finite(table: Table) -> list[Problem]:
    cells = np.argwhere(np.isinf(table.values))
    return [
        Problem(
            "not_finite",
            f"{table.units[row]}, {table.indicators[column]}: the value is not a finite number.",
            {"unit": table.units[row], "indicator": table.indicators[column]},
        )
        for row, column in cells[:_MANY]
    ]
