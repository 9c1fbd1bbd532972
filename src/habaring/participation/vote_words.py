"""The rules of a vote as plain sentences, for its page and for paper."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.participation.models import BallotKind, TakesPart, Vote
from habaring.shared.formats import rupiah
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Said:
    """One rule: what it is about, and the sentence."""

    about: Words
    sentence: Words


def rules_in_words(vote: Vote) -> list[Said]:
    """Everything that decides the result, in the order in which people ask."""
    return [
        Said(_("What you do"), how_to(vote)),
        Said(_("Who may vote"), _VOTERS[vote.votes_by]),
        Said(_("How it is counted"), _RULES.get(vote.rule, vote.rule)),
        *_left_over(vote),
        *_limits(vote),
        Said(_("If two are equal"), _tie(vote)),
        *_paper(vote),
    ]


def how_to(vote: Vote, *, budget: int | None = None) -> Words:
    """What a voter does, in a sentence or two. `budget`: of the voter's district."""
    most = vote.most
    if vote.ballot == BallotKind.KNAPSACK:
        return format_lazy(
            _("Tick the projects you want, as long as they cost at most {budget}."),
            budget=rupiah(vote.budget if budget is None else budget),
        )
    if vote.ballot == BallotKind.POINTS:
        return format_lazy(
            _("Share out up to {points} points among the projects you want."),
            points=vote.points or 0,
        )
    if vote.ballot == BallotKind.RANKING:
        return _("Put the projects you want in order: 1 is the best.") + (
            " "
            + format_lazy(
                ngettext_lazy(
                    "One place can be given.", "Up to {most} places can be given.", most
                ),
                most=most,
            )
            if most
            else ""
        )
    if most:
        return format_lazy(
            ngettext_lazy(
                "Tick one project that you want.",
                "Tick up to {most} projects that you want.",
                most,
            ),
            most=most,
        )
    return _("Tick all projects that you want.")


_VOTERS: dict[str, Words] = {
    TakesPart.REGISTER: _(
        "People in the register of voters. You show once, with your identity number and"
        " name, that you stand in it."
    ),
    TakesPart.CODE: _(
        "Anyone who confirms a telephone number or mail address: one person, one ballot."
    ),
    TakesPart.OFFICERS: _("Officers of the region."),
}
_RULES: dict[str, Words] = {
    "equal-shares": _(
        "Equal shares: every voter holds the same part of the budget. A project is"
        " bought by its supporters together; the one that costs each of them least for"
        " what it is worth comes first. Whoever has paid has less left for the next."
    ),
    "greedy": _(
        "Most votes for the money: projects come in the order of their votes, and each"
        " is funded that still fits into the budget."
    ),
    "phragmen": _(
        "Phragmén: every voter earns money at the same pace, and a project is bought as"
        " soon as its supporters can pay for it together."
    ),
    "max-welfare": _(
        "Greatest sum: of all sets of projects within the budget, the one that gives"
        " the voters the most in all."
    ),
}
_LEFT_OVER: dict[str, Words] = {
    "add1": _(
        "Everyone's part is raised little by little and the count begun again, until"
        " nothing more fits."
    ),
    "add1-greedy": _(
        "Everyone's part is raised little by little and the count begun again, until"
        " nothing more fits; what is left then goes to the projects with most votes."
    ),
    "greedy": _("It goes to the projects with most votes that still fit."),
    "none": _("It stays unspent."),
}


def _left_over(vote: Vote) -> Iterator[Said]:
    if vote.rule == "equal-shares" and vote.completion in _LEFT_OVER:
        yield Said(_("Money left over"), _LEFT_OVER[vote.completion])


def _limits(vote: Vote) -> Iterator[Said]:
    if vote.per_district:
        yield Said(
            _("Districts"),
            _("Each district votes on its own projects and has its own money."),
        )
    if vote.minimum_votes:
        yield Said(
            _("Fewest supporters"),
            format_lazy(
                _("A project with fewer than {votes} supporters is not funded."),
                votes=vote.minimum_votes,
            ),
        )
    if vote.conflicts:
        groups = "; ".join(", ".join(one) for one in vote.conflicts)
        yield Said(
            _("Projects that exclude each other"),
            format_lazy(_("At most one of each group: {groups}."), groups=groups),
        )


def _tie(vote: Vote) -> Words:
    if "max_votes" in vote.ties:
        return _("The one with more votes, then the order published below.")
    if "min_cost" in vote.ties:
        return _("The cheaper one, then the order published below.")
    return _("The order published below decides; it was drawn before the first ballot.")


def _paper(vote: Vote) -> Iterator[Said]:
    if vote.paper:
        yield Said(
            _("Paper sheets"),
            _(
                "Paper sheets are counted with the others. Whoever votes on paper is"
                " ticked off in the register and cannot vote on screen as well."
            ),
        )
