"""What `habaring count` says: problems, the course of a count, why a project lost."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from habaring.engines.counting import (
    Completion,
    Measure,
    Outcome,
    Problem,
    Reason,
    Round,
    RuleName,
    Story,
)
from habaring.shared.formats import number

PROBLEMS: Mapping[str, str] = {
    "not_utf8": gettext_noop("this is not UTF-8 text"),
    "line_too_long": gettext_noop("longer than %(limit)s bytes"),
    "control_character": gettext_noop("there is a control character"),
    "quotes": gettext_noop("quotation marks do not pair up"),
    "outside": gettext_noop("something stands before the first section"),
    "section_missing": gettext_noop("the section %(section)s is missing"),
    "section_again": gettext_noop("the section %(section)s is out of order"),
    "column_missing": gettext_noop("%(section)s has no column %(column)s"),
    "column_again": gettext_noop("the column %(column)s comes twice"),
    "cells": gettext_noop("%(found)s cells where the heading has %(expected)s"),
    "key_again": gettext_noop("the key %(key)s comes twice"),
    "key_missing": gettext_noop("META has no key %(key)s"),
    "not_a_count": gettext_noop("%(key)s is not a whole number: %(value)s"),
    "not_money": gettext_noop("%(key)s is not an amount: %(value)s"),
    "negative": gettext_noop("%(key)s is below zero: %(value)s"),
    "too_many_digits": gettext_noop("%(key)s has too many digits: %(value)s"),
    "vote_type": gettext_noop("no kind of ballot is called %(value)s"),
    "default_score": gettext_noop(
        "points for projects that a ballot leaves out are not supported"
    ),
    "num_projects": gettext_noop(
        "META says %(expected)s projects, there are %(found)s"
    ),
    "num_votes": gettext_noop("META says %(expected)s votes, there are %(found)s"),
    "id_missing": gettext_noop("there is no id"),
    "id_comma": gettext_noop("the id %(id)s has a comma or a line break in it"),
    "project_again": gettext_noop("the project %(id)s comes twice"),
    "voter_again": gettext_noop("the voter %(id)s comes twice"),
    "unknown_project": gettext_noop(
        "a vote for %(id)s, which is not among the projects"
    ),
    "empty_entry": gettext_noop("the ballot has an empty place"),
    "points_missing": gettext_noop("%(points)s points for %(projects)s projects"),
    "too_long": gettext_noop(
        "%(found)s projects on a ballot, at most %(limit)s allowed"
    ),
    "too_short": gettext_noop(
        "%(found)s projects on a ballot, at least %(limit)s asked"
    ),
    "choose_one": gettext_noop("%(found)s projects where one is to be chosen"),
    "too_many_points": gettext_noop(
        "%(found)s points given, at most %(limit)s allowed"
    ),
    "too_few_points": gettext_noop("%(found)s points given, at least %(limit)s asked"),
    "twice_in_ballot": gettext_noop("%(id)s stands twice in one ballot; counted once"),
    "over_knapsack": gettext_noop(
        "the ballot costs %(found)s where %(limit)s are allowed; kept"
    ),
    "votes_differ": gettext_noop(
        "the column votes says %(expected)s for %(id)s, the ballots say %(found)s"
    ),
    "tie_column": gettext_noop("the column tie_order must number all projects from 1"),
    "count_key": gettext_noop("%(key)s is not known: %(value)s"),
    "conflict_unknown": gettext_noop(
        "count_conflicts names %(id)s, which is not among the projects"
    ),
    "budgets_differ": gettext_noop("%(key)s: %(found)s amounts for %(expected)s names"),
    "rule_kind": gettext_noop("the rule %(rule)s does not fit ballots of %(kind)s"),
    "measure_kind": gettext_noop(
        "the measure %(measure)s does not fit ballots of %(kind)s"
    ),
    "completion": gettext_noop("only equal shares is completed, not %(rule)s"),
}


def problem_words(problem: Problem) -> str:
    """One problem in the reader's language, with its line."""
    if problem.code not in PROBLEMS:
        return problem.text
    words = _(PROBLEMS[problem.code]) % problem.params
    if not problem.line:
        return words
    return _("line %(line)s: %(problem)s") % {"line": problem.line, "problem": words}


_RULES = {
    RuleName.EQUAL_SHARES: gettext_noop("equal shares"),
    RuleName.GREEDY: gettext_noop("greedy"),
    RuleName.PHRAGMEN: gettext_noop("Phragmén's rule"),
    RuleName.MAX_WELFARE: gettext_noop("the most benefit in all"),
}
_MEASURES = {
    Measure.COST: gettext_noop("a project is worth its cost"),
    Measure.CARDINALITY: gettext_noop("every project is worth the same"),
    Measure.BORDA: gettext_noop(
        "by the place on the ballot, the last is worth nothing"
    ),
    Measure.BORDA_ONE: gettext_noop(
        "by the place on the ballot, the last is worth one"
    ),
    Measure.SCORE: gettext_noop("by the points given"),
}
_COMPLETIONS = {
    Completion.NONE: gettext_noop("nothing is done with what is left over"),
    Completion.GREEDY: gettext_noop("what is left over is spent greedily"),
    Completion.ADD1: gettext_noop(
        "every voter gets one more until nothing fits any more"
    ),
    Completion.ADD1_GREEDY: gettext_noop(
        "every voter gets one more until nothing fits any more; the rest greedily"
    ),
    Completion.ADD1_OVER_BUDGET: gettext_noop(
        "every voter gets one more until the next step would cost too much"
    ),
    Completion.ADD1_OVER_BUDGET_GREEDY: gettext_noop(
        "every voter gets one more until the next step would cost too much; the rest"
        " greedily"
    ),
}
_REASONS = {
    Reason.FREE: gettext_noop("it costs nothing and somebody supports it"),
    Reason.UNAFFORDABLE: gettext_noop("its supporters did not have its cost together"),
    Reason.OVER_BUDGET: gettext_noop("it did not fit into the money that was left"),
    Reason.NO_SUPPORT: gettext_noop("nobody supports it"),
    Reason.BELOW_MINIMUM: gettext_noop("it has fewer supporters than asked for"),
    Reason.DEARER_THAN_BUDGET: gettext_noop("it costs more than the whole budget"),
    Reason.CONFLICT: gettext_noop("one that excludes it had won"),
    Reason.LIMIT: gettext_noop("its category or district had no more money"),
    Reason.NOT_BEST: gettext_noop("another set of projects is worth more"),
}


def report(outcome: Outcome) -> Iterator[str]:
    """The count as lines of text: rule, winners in order, losers with their reasons."""
    yield from _opening(outcome)
    names = {project.id: project.name for project in outcome.election.projects}
    bought = {one.project: one for one in outcome.rounds}
    yield ""
    yield _("Won, in the order bought:") if outcome.winners else _("Nothing won.")
    for place, id_ in enumerate(outcome.winners, 1):
        story = outcome.stories[id_]
        yield f"{place:>3}. {_titled(id_, names)}"
        yield f"     {_won(outcome, story, bought.get(id_))}"
    losers = [s for s in outcome.stories.values() if not s.won]
    if losers:
        yield ""
        yield _("Did not win:")
    for story in losers:
        yield f"  –  {_titled(story.id, names)}"
        yield f"     {_lost(outcome, story)}"


def _opening(outcome: Outcome) -> Iterator[str]:
    election, rule = outcome.election, outcome.rule
    named = [election.meta.get(key, "") for key in ("description", "instance")]
    yield " ".join(part for part in named if part)
    yield _("%(projects)s projects, %(voters)s voters, budget %(budget)s.") % {
        "projects": number(len(election.projects)),
        "voters": number(election.ballots.voters),
        "budget": _money(outcome, election.budget),
    }
    told = [_(_RULES[rule.name]), _(_MEASURES[rule.measure])]
    if rule.name == RuleName.EQUAL_SHARES:
        told.append(_(_COMPLETIONS[rule.completion]))
    yield _("Rule: %(rule)s.") % {"rule": "; ".join(told)}
    yield _("%(winners)s projects won for %(cost)s; %(left)s are left.") % {
        "winners": number(len(outcome.winners)),
        "cost": _money(outcome, outcome.cost),
        "left": _money(outcome, outcome.left),
    }
    if outcome.endowment is not None:
        words = _("Every voter had %(money)s, of which %(steps)s were added in steps.")
        yield words % {
            "money": _money(outcome, outcome.endowment),
            "steps": number(outcome.steps),
        }
    for tied in outcome.ties:
        words = _("%(winner)s stood equal with %(others)s; the order of ties decided.")
        yield words % {"winner": tied[0], "others": ", ".join(tied[1:])}


def _titled(id_: str, names: Mapping[str, str]) -> str:
    return f"{id_}  {names[id_]}".rstrip()


def _won(outcome: Outcome, story: Story, one: Round | None) -> str:
    values = {
        "cost": _money(outcome, story.cost),
        "votes": number(story.votes),
        "price": "" if story.price is None else _money(outcome, story.price),
    }
    told = _("costs %(cost)s, %(votes)s supporters") % values
    if one is None:
        return f"{told}; {_(_REASONS[Reason.FREE])}."
    if one.phase == "completion":
        return told + _("; bought with money left over.")
    if outcome.rule.name != RuleName.EQUAL_SHARES:
        return f"{told}."
    if story.price is not None:
        told += _("; %(full)s pay %(price)s each") % {
            "full": number(one.full),
            "price": values["price"],
        }
    if one.rest:
        told += _("; %(rest)s pay the last they have, %(money)s together") % {
            "rest": number(one.rest),
            "money": _money(outcome, one.from_rest),
        }
    return f"{told}."


def _lost(outcome: Outcome, story: Story) -> str:
    told = _("costs %(cost)s, %(votes)s supporters; ") % {
        "cost": _money(outcome, story.cost),
        "votes": number(story.votes),
    }
    told += f"{_(_REASONS.get(story.reason, Reason.UNAFFORDABLE))}"
    if story.lost_to:
        told += f" ({story.lost_to})"
    if story.money_left is not None and story.reason == Reason.UNAFFORDABLE:
        told += _(": they had %(money)s left") % {
            "money": _money(outcome, story.money_left)
        }
    if story.max_cost is not None:
        told += _("; at a cost of %(cost)s it would have won") % {
            "cost": _money(outcome, story.max_cost)
        }
    if story.votes_needed is not None:
        told += _("; %(votes)s more supporters would have made it win") % {
            "votes": number(story.votes_needed)
        }
    return f"{told}."


def _money(outcome: Outcome, units: int | Fraction) -> str:
    """An amount cut to two decimals where it is not whole (the audit is exact)."""
    value = Fraction(units) / outcome.election.scale
    code = outcome.election.meta.get("currency", "")
    mark = "Rp" if code == "IDR" else code
    cents = value.numerator * 100 // value.denominator
    told = (
        number(cents // 100)
        if value.denominator == 1
        else number(Decimal(cents) / 100, 2)
    )
    return f"{mark} {told}".strip()
