"""A count told in words: the answer, each project, each round.

Sentences are made in the language that is active when they are asked for.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.participation.results import Line, Result, Round, Told
from habaring.shared.formats import listing, number, percent, rupiah


def nearest(value: Fraction | None) -> str:
    """A sum in whole rupiah, halves up."""
    return rupiah(None if value is None else int(value + Fraction(1, 2)))


def exactly(value: Fraction) -> str:
    """A sum to the last fraction of a rupiah, where it is not whole."""
    if value.denominator == 1:
        return rupiah(int(value))
    about = number(float(value), 2)
    return f"Rp\u00a0{about} ({value.numerator}/{value.denominator})"


def facts(result: Result, line: Line) -> list[tuple[str, str]]:
    """The numbers of a project, each with its name."""
    money = (
        (_("Paid by each supporter who had enough"), line.price),
        (_("What its supporters had left at the end"), line.money_left),
        (_("Largest cost at which it wins"), line.max_cost),
    )
    found = [
        (_("Cost"), rupiah(line.cost)),
        (
            _("Supporters"),
            _("%(votes)s of %(voters)s voters")
            % {"votes": number(line.votes), "voters": number(result.voters)},
        ),
    ]
    if line.each is not None:
        found.append((_("Cost for each supporter"), rupiah(line.each)))
    found += [(label, exactly(value)) for label, value in money if value is not None]
    if line.votes_needed is not None and not line.won:
        found.append((_("Supporters that were missing"), number(line.votes_needed)))
    return found


# The answer


def answer(result: Result) -> str:
    """How many won, and what of the budget they use."""
    won, every = len(result.winners), len(result.lines)
    if not won:
        return ngettext(
            "The one project did not win.",
            "None of the %(every)s projects won.",
            every,
        ) % {"every": number(every)}
    return ngettext(
        "%(won)s of %(every)s projects won. It costs %(cost)s of the %(budget)s there is; %(left)s is left.",
        "%(won)s of %(every)s projects won. Together they cost %(cost)s of the %(budget)s there is; %(left)s is left.",
        won,
    ) % {
        "won": number(won),
        "every": number(every),
        "cost": rupiah(result.cost),
        "budget": rupiah(result.budget),
        "left": rupiah(result.left),
    }


def turnout_words(result: Result) -> str:
    """How many voted, on screen and on paper, and of how many."""
    voters, paper = result.voters, result.on_paper
    if not voters:
        return _("Nobody voted.")
    values = {
        "voters": number(voters),
        "screen": number(voters - paper),
        "paper": number(paper),
    }
    if paper:
        said = ngettext(
            "%(voters)s person voted: %(screen)s on screen, %(paper)s on paper.",
            "%(voters)s people voted: %(screen)s on screen, %(paper)s on paper.",
            voters,
        )
    else:
        said = ngettext(
            "%(voters)s person voted, on screen.",
            "%(voters)s people voted, all on screen.",
            voters,
        )
    eligible = result.turnout["eligible"]
    more = ""
    if eligible:
        more = " " + _("That is %(share)s of the %(eligible)s in the register.") % {
            "share": percent(voters / eligible),
            "eligible": number(eligible),
        }
    return said % values + more


def satisfied_words(result: Result, *, beside: bool = False) -> str:
    """How many voters see a project of theirs funded."""
    none = result.beside_empty_handed if beside else result.empty_handed
    some = result.voters - none
    return _(
        "%(some)s of %(voters)s voters (%(share)s) get at least one project they chose; %(none)s get none."
    ) % {
        "some": number(some),
        "voters": number(result.voters),
        "share": percent(some / result.voters) if result.voters else "–",
        "none": number(none),
    }


# The rule


def rule_name(name: str) -> str:
    """What people call a rule."""
    return {
        "equal-shares": _("equal shares"),
        "greedy": _("most votes first"),
        "phragmen": _("Phragmén's rule"),
        "max-welfare": _("most votes for the money"),
    }.get(name, name)


def rule_words(rule: Told, *, endowment: Fraction | None = None) -> str:
    """A rule in a sentence or two."""
    said = {
        "equal-shares": _shares_words,
        "greedy": _greedy_words,
        "phragmen": _phragmen_words,
        "max-welfare": _welfare_words,
    }.get(rule["name"])
    words = said(rule, endowment) if said else str(rule["name"])
    return f"{words} {_completion_words(rule['completion'])}".strip()


def _shares_words(rule: Told, endowment: Fraction | None) -> str:
    if endowment is None:
        return _(
            "Every voter gets the same share of the money, and a project is bought when its own supporters can pay for it together."
        )
    return _(
        "Every voter gets the same share of the money, %(share)s, and a project is bought when its own supporters can pay for it together."
    ) % {"share": nearest(endowment)}


def _greedy_words(rule: Told, endowment: Fraction | None) -> str:
    if rule["measure"] == "cardinality":
        return _(
            "Projects are funded one after the other, those with the most votes for their cost first, as long as they fit into the budget."
        )
    return _(
        "Projects are funded one after the other, those with the most votes first, as long as they fit into the budget."
    )


def _phragmen_words(rule: Told, endowment: Fraction | None) -> str:
    return _(
        "Every voter earns money at the same pace, and a project is bought as soon as its own supporters have enough together."
    )


def _welfare_words(rule: Told, endowment: Fraction | None) -> str:
    return _(
        "Of all sets of projects that fit into the budget, the one that voters value most together is funded."
    )


def _completion_words(completion: str) -> str:
    parts = []
    if completion.startswith("add1-over-budget"):
        parts.append(
            _(
                "The shares were then raised rupiah by rupiah, until the next step would have cost more than the budget."
            )
        )
    elif completion.startswith("add1"):
        parts.append(
            _(
                "The shares were then raised rupiah by rupiah, until no further project fitted or the next step would have cost too much."
            )
        )
    if completion.endswith("greedy"):
        parts.append(
            _(
                "What was still left went to the projects with the most votes that fitted."
            )
        )
    return " ".join(parts)


# Projects


def why(result: Result, line: Line) -> str:
    """Why a project won or did not, in a sentence."""
    said = _WON.get(line.reason) if line.won else _LOST.get(line.reason)
    return said(result, line) if said else line.reason


def _bought(result: Result, line: Line) -> str:
    found = result.round_of(line)
    values = {
        "round": line.round or 0,
        "votes": number(line.votes),
        "price": nearest(line.price),
    }
    if result.rule == "greedy":
        return _("Taken in round %(round)s with %(votes)s votes.") % values
    if result.rule == "max-welfare":
        return _("It belongs to the set that the voters value most together.")
    if found is None or line.price is None:
        return _("Bought in round %(round)s by its %(votes)s supporters.") % values
    if found.full == line.votes:
        return (
            ngettext(
                "Bought in round %(round)s by its one supporter, who paid %(price)s.",
                "Bought in round %(round)s: each of its %(votes)s supporters paid %(price)s.",
                line.votes,
            )
            % values
        )
    values["parts"] = listing(_payers(found, nearest(line.price)))
    return (
        _("Bought in round %(round)s by its %(votes)s supporters: %(parts)s.") % values
    )


def _payers(one: Round, price: str) -> list[str]:
    """Who of the supporters paid what: in full, all they had, nothing."""
    counts = (one.full, one.rest, one.line.votes - one.full - one.rest)
    words = (
        _("%(people)s paid %(price)s each"),
        _("%(people)s gave all they had left"),
        _("%(people)s had nothing left"),
    )
    return [
        said % {"people": number(count), "price": price}
        for said, count in zip(words, counts, strict=True)
        if count
    ]


def _completed(result: Result, line: Line) -> str:
    return ngettext(
        "Funded with money that was left over: it had %(votes)s supporter and still fitted.",
        "Funded with money that was left over: it had %(votes)s supporters and still fitted.",
        line.votes,
    ) % {"votes": number(line.votes)}


def _unaffordable(result: Result, line: Line) -> str:
    if result.rule == "phragmen" or line.money_left is None:
        return ngettext(
            "Its %(votes)s supporter did not have enough money for it.",
            "Its %(votes)s supporters did not have enough money together for it.",
            line.votes,
        ) % {"votes": number(line.votes)}
    return ngettext(
        "Its one supporter had %(left)s left of the %(cost)s it costs.",
        "Its %(votes)s supporters had %(left)s left of the %(cost)s it costs.",
        line.votes,
    ) % {
        "votes": number(line.votes),
        "left": nearest(line.money_left),
        "cost": rupiah(line.cost),
    }


def _over_budget(result: Result, line: Line) -> str:
    values = {"cost": rupiah(line.cost), "votes": number(line.votes)}
    if line.money_left is not None and line.money_left < line.cost:
        return ngettext(
            "Its one supporter had %(left)s left of the %(cost)s it costs, and it did not fit into what remained of the budget.",
            "Its %(votes)s supporters had %(left)s left of the %(cost)s it costs, and it did not fit into what remained of the budget.",
            line.votes,
        ) % (values | {"left": nearest(line.money_left)})
    taker = result.lines.get(line.lost_to)
    if taker:
        return _(
            "It costs %(cost)s and did not fit into what was left once “%(taker)s” was taken."
        ) % (values | {"taker": taker.title})
    return _("It costs %(cost)s and did not fit into what was left.") % values


def _conflict(result: Result, line: Line) -> str:
    rival = result.lines.get(line.lost_to)
    if rival is None:
        return _("A project that excludes it had won.")
    return _("Only one of it and “%(rival)s” may be funded, and the other won.") % {
        "rival": rival.title
    }


def _limit(result: Result, line: Line) -> str:
    if line.dimension in result.told["categories"]:
        return _("The %(limit)s for %(place)s were spent on other projects.") % {
            "limit": rupiah(result.told["categories"][line.dimension]),
            "place": result.place_name(line.dimension, "dimensions"),
        }
    if line.district in result.told["districts"]:
        return _("The %(limit)s for %(place)s were spent on other projects.") % {
            "limit": rupiah(result.told["districts"][line.district]),
            "place": result.place_name(line.district, "places"),
        }
    return _("The money for its place or dimension was spent on other projects.")


def _below(result: Result, line: Line) -> str:
    return ngettext(
        "It had %(votes)s supporter; at least %(minimum)s were asked for.",
        "It had %(votes)s supporters; at least %(minimum)s were asked for.",
        line.votes,
    ) % {
        "votes": number(line.votes),
        "minimum": number(result.told["minimum_votes"]),
    }


_WON: Mapping[str, Callable[[Result, Line], str]] = {
    "bought": _bought,
    "completed": _completed,
    "free": lambda result, line: _("It costs nothing, and somebody supports it."),
}
_LOST: Mapping[str, Callable[[Result, Line], str]] = {
    "unaffordable": _unaffordable,
    "over_budget": _over_budget,
    "no_support": lambda result, line: _("Nobody chose it."),
    "below_minimum": _below,
    "dearer_than_budget": lambda result, line: (
        _("It costs %(cost)s, more than the whole budget of %(budget)s.")
        % {"cost": rupiah(line.cost), "budget": rupiah(result.budget)}
    ),
    "conflict": _conflict,
    "limit": _limit,
    "not_best": lambda result, line: _(
        "The voters value another set of projects more, and there is no room for both."
    ),
}


def change(line: Line) -> str:
    """At which cost, or with how many more supporters, a loser would have won."""
    cost = int(line.max_cost) if line.max_cost is not None else 0  # down: it must win
    more = line.votes_needed or 0
    values = {"cost": rupiah(cost), "more": number(more)}
    if line.won or (cost <= 0 and not more):
        return ""
    if not more:
        return _("It would have won at %(cost)s or less.") % values
    if cost <= 0:
        return (
            ngettext(
                "It would have won with %(more)s more supporter.",
                "It would have won with %(more)s more supporters.",
                more,
            )
            % values
        )
    return (
        ngettext(
            "It would have won at %(cost)s or less, or with %(more)s more supporter.",
            "It would have won at %(cost)s or less, or with %(more)s more supporters.",
            more,
        )
        % values
    )


def taken_words(result: Result, line: Line) -> str:
    """What took most of the money of a loser's supporters."""
    paid = result.taken_from(line)
    if line.won or not paid:
        return ""
    shown = [
        _("“%(title)s” (%(money)s)") % {"title": one.line.title, "money": rupiah(sum_)}
        for one, sum_ in paid[:3]
    ]
    return _("Its supporters' money went above all to %(projects)s.") % {
        "projects": listing(shown)
    }


# Rounds


def round_words(result: Result, one: Round) -> str:
    """One round as it would be told aloud."""
    values = {
        "title": one.line.title,
        "votes": number(one.line.votes),
        "cost": rupiah(one.line.cost),
        "price": nearest(one.price),
    }
    if result.rule == "equal-shares" and not one.completion:
        return f"{_first_of(one, values)} {_paid(one, values)}"
    if result.rule == "phragmen":
        return (
            _(
                "The %(votes)s supporters of “%(title)s” were the first to have %(cost)s together."
            )
            % values
        )
    if one.completion:
        return (
            _(
                "Money was left over. Of the projects that still fitted, “%(title)s” came first: %(votes)s votes, %(cost)s."
            )
            % values
        )
    if result.rule == "max-welfare":
        return (
            _("“%(title)s” belongs to the best set: %(votes)s votes, %(cost)s.")
            % values
        )
    return (
        _(
            "Of the projects that fitted, “%(title)s” came first: %(votes)s votes, %(cost)s."
        )
        % values
    )


def _first_of(one: Round, values: Mapping[str, str]) -> str:
    if one.effective is not None:
        return _(
            "Of the projects that their own supporters could still pay for, “%(title)s” had the most support, counting only money that was left."
        ) % dict(values)
    return _(
        "Of the projects that their own supporters could still pay for, “%(title)s” asked the least of each."
    ) % dict(values)


def _paid(one: Round, given: Mapping[str, str]) -> str:
    values = dict(given)
    if one.price is None:
        return _("Its %(votes)s supporters paid its %(cost)s together.") % values
    if one.full == one.line.votes:
        return (
            ngettext(
                "Its one supporter paid its %(cost)s.",
                "Each of its %(votes)s supporters paid %(price)s: together %(cost)s.",
                one.full,
            )
            % values
        )
    values["parts"] = listing(_payers(one, values["price"]))
    return _("Of its %(votes)s supporters %(parts)s: together %(cost)s.") % values


def tie_words(one: Round) -> str:
    """Which published question parted it from what stood equal; empty without a tie."""
    if not one.tied:
        return ""
    values = {
        "others": listing([f"“{other.title}”" for other in one.tied]),
        "place": one.line.tie_rank,
    }
    said = {
        "max_votes": _(
            "It stood equal with %(others)s; the one with more votes comes first."
        ),
        "min_cost": _("It stood equal with %(others)s; the cheaper one comes first."),
        "max_cost": _("It stood equal with %(others)s; the dearer one comes first."),
    }.get(
        one.decided_by,
        _(
            "It stood equal with %(others)s. The order that was drawn and published before the vote decided: there it has place %(place)s."
        ),
    )
    return said % values
