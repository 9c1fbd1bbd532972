"""Reasons, limits and conflicts of the engine, in plain words for the reader.

Every function answers in the active language; nothing here decides anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.engines.choosing import Reason
from habaring.portfolio.funding import source_name
from habaring.shared.formats import listing, number, rupiah_short

_MOST_NAMED = 3


@dataclass(frozen=True)
class Names:
    """What codes are called, for sentences; a code without a name stands for itself."""

    programmes: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, Any] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, Any] = field(default_factory=dict)

    def programme(self, code: str) -> str:
        """The name with its code, as lists show it."""
        name = self.programmes.get(code)
        return f"{name} ({code})" if name else code

    def dimension(self, code: str) -> str:
        return str(self.dimensions.get(code, code))

    def district(self, code: str) -> str:
        return str(self.districts.get(code, code))

    def department(self, code: str) -> str:
        return str(self.departments.get(code, code))


def question_words(question: str) -> str:
    """A question of sustainability, as a requirement."""
    return {
        "running_cost": _("who pays the running cost after completion"),
        "owner_after": _("who owns it after the project"),
        "sdg": _("which Sustainable Development Goals it serves"),
        "environment": _("what its effect on the environment is"),
    }.get(question, question)


# Limits


def limit_words(name: str, names: Names) -> str:
    """A limit by the engine's name for it: "ceiling:PAD:2027" → "the 2027 ceiling of
    own revenue (PAD)".
    """
    kind, *parts = name.split(":")
    words = _LIMITS.get(kind)
    return words(parts, names) if words and parts else name


def _ceiling(parts: list[str], names: Names) -> str:
    *pool, year = parts
    return _("the %(year)s ceiling of %(source)s") % {
        "year": year,
        "source": source_name(":".join(pool)),
    }


def _staff(parts: list[str], names: Names) -> str:
    *department, year = parts
    return _("the %(year)s staff of %(department)s") % {
        "year": year,
        "department": names.department(":".join(department)),
    }


def _floor(parts: list[str], names: Names) -> str:
    scope, code, *measure = parts
    place = names.dimension(code) if scope == "dimension" else names.district(code)
    return {
        "rupiah": _("the least money for %(place)s"),
        "outcome": _("the least outcome for %(place)s"),
    }.get("".join(measure), _("the least number of programmes for %(place)s")) % {
        "place": place
    }


def _pair(parts: list[str], names: Names) -> str:
    first, second = parts[0], parts[-1]
    return _("%(second)s must be finished before %(first)s begins") % {
        "first": names.programme(first),
        "second": names.programme(second),
    }


_LIMITS: Mapping[str, Callable[[list[str], Names], str]] = {
    "ceiling": _ceiling,
    "staff": _staff,
    "floor": _floor,
    "requires": _pair,
    "share": lambda p, n: _("the mandatory share “%(name)s”") % {"name": ":".join(p)},
    "promised": lambda p, n: (
        _("the promise of %(programme)s") % {"programme": n.programme(p[0])}
    ),
    "forbidden": lambda p, n: (
        _("the ban on %(programme)s") % {"programme": n.programme(p[0])}
    ),
    "group": lambda p, n: _("the either-or group “%(group)s”") % {"group": ":".join(p)},
    "quick_wins": lambda p, n: (
        _("the Quick Wins asked for in %(dimension)s")
        % {"dimension": n.dimension(p[0])}
    ),
    "sustainable": lambda p, n: (
        _("the requirement to say %(question)s") % {"question": question_words(p[0])}
    ),
}


def limits_listing(limits: tuple[str, ...], names: Names) -> str:
    """A few limits as part of a sentence; the rest as a number."""
    shown = [limit_words(name, names) for name in limits[:_MOST_NAMED]]
    rest = len(limits) - len(shown)
    if rest > 0:
        shown.append(
            ngettext("%(count)s other", "%(count)s others", rest) % {"count": rest}
        )
    return listing(shown)


# Programmes in and out


@dataclass(frozen=True)
class Explained:
    """A reason in words: why, and what would change it (empty where nothing would)."""

    why: str
    change: str = ""


def explain(
    reason: Reason, names: Names, *, cost: int = 0, rival: str = ""
) -> Explained:
    """Why a programme is in or out, and what would take it out or bring it in.

    `cost` is its total cost today in rupiah, to stand beside the cost that would fit;
    `rival` is the code of the programme that was chosen from its either-or group.
    """
    if reason.chosen:
        return Explained(_inside(reason, names))
    if reason.kind == "either_or" and rival:
        return Explained(*_behind(rival, names))
    why = _outside(reason, names)
    return Explained(why, _brings_in(reason, names, cost))


def _behind(rival: str, names: Names) -> tuple[str, str]:
    told = {"rival": names.programme(rival)}
    return (
        _("%(rival)s is in instead: only one of the two may be.") % told,
        _("It would come in if %(rival)s were ruled out and it then fits.") % told,
    )


def _inside(reason: Reason, names: Names) -> str:
    if reason.kind == "promised":
        lost = reason.params.get("points_lost") or 0
        if lost > 0.05:
            return _(
                "It was promised. Keeping the promise costs the plan about %(points)s points."
            ) % {"points": number(lost, 1)}
        return _("It was promised.")
    if reason.kind == "chosen":
        return _worth(reason)
    if reason.kind == "requires":
        return _awaited(reason, names)
    return _("It is needed to keep to %(limits)s.") % {
        "limits": limits_listing(reason.limits, names)
    }


def _worth(reason: Reason) -> str:
    if reason.regret > 0.05:
        return _("Without it the plan would lose at least %(points)s points.") % {
            "points": number(reason.regret, 1)
        }
    return _("It brings more for its money than those left out.")


def _awaited(reason: Reason, names: Names) -> str:
    waiting = [n.split(":")[1] for n in reason.limits if n.startswith("requires:")]
    return _("It must be finished before these begin: %(programmes)s.") % {
        "programmes": listing([names.programme(code) for code in waiting])
    }


def _outside(reason: Reason, names: Names) -> str:
    first = reason.limits[0] if reason.limits else ""
    parts = first.split(":")[1:]
    return {
        "forbidden": lambda: _("The limits rule it out by name."),
        "not_sustainable": lambda: (
            _("It does not say %(questions)s.") % {"questions": _questions(reason)}
        ),
        "no_time": lambda: _no_time(reason),
        "either_or": lambda: (
            _("Another programme of the group “%(group)s” is in, and only one may be.")
            % {"group": ":".join(parts)}
        ),
        "requires": lambda: _needs(reason, names),
        "ceiling": lambda: (
            _("There is not enough money: it would go over %(limits)s.")
            % {"limits": limits_listing(reason.limits, names)}
        ),
        "staff": lambda: (
            _("There are not enough people: it would go over %(limits)s.")
            % {"limits": limits_listing(reason.limits, names)}
        ),
        "low_outcome": lambda: _("It would fit, but it adds no points to the plan."),
        "synergy": lambda: _(
            "It would fit, but beside the chosen programmes it takes more points than it adds."
        ),
        "not_found": lambda: _("No plan was found in the time given."),
    }.get(
        reason.kind,
        lambda: (
            _("It would break %(limits)s.")
            % {"limits": limits_listing(reason.limits, names)}
        ),
    )()


def _questions(reason: Reason) -> str:
    asked = [
        name.split(":", 1)[1]
        for name in reason.limits
        if name.startswith("sustainable:")
    ]
    return listing([question_words(question) for question in asked])


def _no_time(reason: Reason) -> str:
    return _("It cannot start and end before the end of %(last_year)s.") % {
        "last_year": reason.params.get("last_year", "")
    }


def _needs(reason: Reason, names: Names) -> str:
    needed = [
        name.split(":")[-1] for name in reason.limits if name.startswith("requires:")
    ]
    return _(
        "It needs %(programmes)s first, which is not finished in time in this plan."
    ) % {"programmes": listing([names.programme(code) for code in needed])}


def _brings_in(reason: Reason, names: Names, cost: int) -> str:
    ways = [
        *_cheaper(reason, cost),
        *_instead_of(reason, names),
        *_other_ways(reason, names),
    ]
    if not ways and reason.kind in ("ceiling", "staff"):
        ways = [
            _("Raise %(limits)s, or spread its work over other years.")
            % {"limits": limits_listing(reason.limits, names)}
        ]
    return " ".join(ways)


def _cheaper(reason: Reason, cost: int) -> list[str]:
    """The cost that would fit, unless it is so low that nobody could build for it."""
    if not reason.enters_at or reason.enters_at * 4 < cost:
        return []
    return [
        _(
            "It would fit beside the plan at a total cost of %(enters)s (today %(cost)s)."
        )
        % {"enters": rupiah_short(reason.enters_at), "cost": rupiah_short(cost)}
    ]


def _instead_of(reason: Reason, names: Names) -> list[str]:
    if not reason.displaced_by:
        return []
    shown = [names.programme(code) for code in reason.displaced_by[:_MOST_NAMED]]
    rest = len(reason.displaced_by) - len(shown)
    if rest > 0:
        shown.append(
            ngettext("%(count)s other", "%(count)s others", rest) % {"count": rest}
        )
    return [
        _("To make room, %(programmes)s would have to leave.")
        % {"programmes": listing(shown)}
    ]


def _other_ways(reason: Reason, names: Names) -> list[str]:
    told = {
        "not_sustainable": _(
            "Answer it on the candidate's page, or do not require it."
        ),
        "no_time": _(
            "Allow an earlier start, shorten the work, or plan for more years."
        ),
        "low_outcome": _("Give its outcome, or promise it."),
        "forbidden": _("Take the ban out of the limits."),
        "requires": _("It would come in together with what it needs."),
        "not_found": _("Give the search more time."),
    }.get(reason.kind)
    return [told] if told else []


# Conflicts


@dataclass(frozen=True)
class Way:
    """One limit of a contradiction, and what giving way alone would take."""

    limit: str
    words: str
    way_out: str


def conflict_ways(conflict: Mapping[str, Any], names: Names) -> tuple[Way, ...]:
    """The contradicting limits in words, each with what would have to change; first
    those that the engine picked to be told of a long set.
    """
    shown = set(conflict.get("params", {}).get("shown", ()))
    ways = [
        Way(clash["name"], limit_words(clash["name"], names), _way_out(clash, names))
        for clash in conflict.get("conflict", ())
    ]
    return tuple(sorted(ways, key=lambda way: way.limit not in shown))


def _way_out(clash: Mapping[str, Any], names: Names) -> str:
    parts = clash["name"].split(":")
    amount = clash.get("amount")
    words = _WAYS.get(clash["kind"])
    if words is None:
        return str(clash.get("sentence", ""))
    least = "" if clash.get("exact", True) else _("at least") + " "
    return words() % {
        "amount": least + _amount(amount, clash.get("unit")),
        "what": _what(clash["kind"], parts, names),
        "year": parts[-1],
    }


def _what(kind: str, parts: list[str], names: Names) -> str:
    middle = ":".join(parts[1:-1])
    words: Mapping[str, Callable[[], str]] = {
        "ceiling": lambda: str(source_name(middle)),
        "staff": lambda: names.department(middle),
        "promised": lambda: names.programme(parts[1]),
        "forbidden": lambda: names.programme(parts[1]),
        "requires": lambda: names.programme(parts[1]),
        "not_sustainable": lambda: question_words(parts[1]),
        "quick_wins": lambda: names.dimension(parts[1]),
        "floor": lambda: _floor_place(parts, names),
    }
    return words[kind]() if kind in words else ":".join(parts[1:])


def _floor_place(parts: list[str], names: Names) -> str:
    scope, code = parts[1], parts[2]
    return names.dimension(code) if scope == "dimension" else names.district(code)


def _amount(amount: float | None, unit: str | None) -> str:
    if amount is None:
        return ""
    if unit == "rupiah":
        return rupiah_short(round(amount))
    words = {
        "fte": _("%(number)s full-time posts"),
        "programmes": _("%(number)s programmes"),
        "points": _("%(number)s points"),
    }.get(unit or "", "%(number)s")
    return words % {"number": number(amount)}


_WAYS: Mapping[str, Callable[[], str]] = {
    "ceiling": lambda: _("Raise the %(year)s ceiling of %(what)s by %(amount)s."),
    "staff": lambda: _("Find %(amount)s more for %(what)s in %(year)s."),
    "share": lambda: _(
        "Change the mandatory share “%(what)s”: %(amount)s is on the wrong side of it."
    ),
    "floor": lambda: _("Ask for %(amount)s less in %(what)s."),
    "quick_wins": lambda: _(
        "Ask for %(amount)s fewer Quick Wins in %(what)s, or bring a candidate that keeps the rules."
    ),
    "promised": lambda: _("Take back the promise of %(what)s."),
    "forbidden": lambda: _("Allow %(what)s."),
    "not_sustainable": lambda: _("Do not require every programme to say %(what)s."),
    "either_or": lambda: _("Allow more than one programme of the group “%(what)s”."),
    "requires": lambda: _("Let %(what)s begin without what it requires."),
}


def problem_words(problem: Mapping[str, Any], names: Names) -> str:
    """Something wrong with frozen inputs, found before any search."""
    params = dict(problem.get("params") or {})
    row = str(problem.get("row", ""))
    code = row.split(":", 1)[-1]
    words = _PROBLEMS.get(str(problem.get("code")))
    if words is None:
        return f"{row}: {problem.get('sentence', '')}"
    params["programme"] = names.programme(code)
    if "source" in params:
        params["source"] = source_name(str(params["source"]))
    if isinstance(params.get("codes"), list):
        params["codes"] = listing([names.programme(c) for c in params["codes"]])
    if isinstance(params.get("cycle"), list):
        params["cycle"] = " → ".join(params["cycle"])
    params["place"] = _place(params, names)
    try:
        return words() % params
    except KeyError:
        return f"{row}: {problem.get('sentence', '')}"


def _place(params: Mapping[str, Any], names: Names) -> str:
    code = str(params.get("code", ""))
    return (
        names.district(code)
        if params.get("scope") == "district"
        else names.dimension(code)
    )


_PROBLEMS: Mapping[str, Callable[[], str]] = {
    "promised_zero_ceiling": lambda: _(
        "%(programme)s is promised, but it needs %(source)s in %(year)s, where the ceiling is zero; every other start meets a zero too. Raise that ceiling, or take back the promise."
    ),
    "promised_no_time": lambda: _(
        "%(programme)s is promised, but it cannot start and end within the years of the plan. Take back the promise, or plan for more years."
    ),
    "promised_either_or": lambda: _(
        "%(codes)s are promised, but only one of the group “%(group)s” may be chosen. Take back one promise."
    ),
    "promised_forbidden": lambda: _(
        "%(programme)s is both promised and ruled out. Take one of the two back."
    ),
    "unknown_code": lambda: _(
        "The limits name %(code)s, which is no candidate here. Take it out of the limits, or record the candidate."
    ),
    "unknown_place": lambda: _(
        "A least amount is asked for %(place)s, but no candidate is there. Take it out, or bring a candidate."
    ),
    "unknown_tag": lambda: _(
        "A mandatory share names %(tag)s, but no candidate has that dimension or tag."
    ),
    "unknown_requires": lambda: _(
        "%(programme)s requires %(code)s, which is no candidate here."
    ),
    "cycle": lambda: _(
        "Each of these waits for the next: %(cycle)s. Take one of the links out."
    ),
    "no_weight": lambda: _(
        "The dimension %(dimension)s has no weight in the limits, but %(programme)s uses it."
    ),
    "zero_outcomes": lambda: _(
        "Every outcome is zero, so no plan is better than another. Give the candidates their outcomes."
    ),
    "horizon_too_short": lambda: _(
        "The years %(first)s–%(last)s are too few: no programme can start and end within them."
    ),
    "no_candidates": lambda: _("There is no programme to choose."),
}
