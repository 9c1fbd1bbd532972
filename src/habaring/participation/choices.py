"""What a ballot says, and whether it may say so: on screen, on paper, in a file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.participation.models import BallotKind, Option, Vote
from habaring.shared.formats import rupiah
from habaring.shared.refusal import Refusal, Words


@dataclass(frozen=True)
class Choice:
    """Codes of options: best first on a ranking, else in the order of the ballot.

    `points` stand beside the codes of a points ballot; otherwise there are none.
    """

    codes: tuple[str, ...] = ()
    points: tuple[int, ...] = ()


class ChoiceRefused(Refusal):
    """A ballot that does not keep to the rules of its vote; `problems` are sentences."""

    def __init__(self, problems: list[Words]) -> None:
        self.problems = problems
        super().__init__(
            what=_("This choice cannot be cast."),
            why=" ".join(str(problem) for problem in problems),
            next=_("Change it and go on; nothing was cast yet."),
        )


@dataclass(frozen=True)
class Sheet:
    """What one voter is asked: the vote, what each option costs, by code, in the order
    of the ballot, and the budget (of the voter's district where each has its own).
    """

    vote: Vote
    costs: Mapping[str, int]
    budget: int


def options_of(vote: Vote, *, district: str = "") -> QuerySet[Option]:
    """The options of a voter of that district ("" where the whole place votes)."""
    rows = vote.options.select_related("district").order_by("id")
    return rows.filter(district=district) if vote.per_district else rows


def sheet(vote: Vote, options: Iterable[Option], *, district: str = "") -> Sheet:
    """The sheet of a voter of that district, out of its options."""
    costs = {option.code: option.cost for option in options}
    budget = vote.budget
    if vote.per_district:
        budget = int(vote.district_budgets.get(district, 0))
    return Sheet(vote, costs, budget)


def sheet_of(vote: Vote, *, district: str = "") -> Sheet:
    """The same, read from the database."""
    return sheet(vote, options_of(vote, district=district), district=district)


def check(sheet: Sheet, choice: Choice, *, empty: bool = False) -> None:
    """Raise ChoiceRefused with everything wrong.

    An empty choice passes where `empty` says so: a blank sheet of paper was cast, too.
    """
    problems = list(_problems(sheet, choice))
    if not choice.codes and not empty:
        problems.append(_("Choose at least one project."))
    if problems:
        raise ChoiceRefused(problems)


def _problems(sheet: Sheet, choice: Choice) -> Iterator[Words]:
    vote, costs, codes = sheet.vote, sheet.costs, choice.codes
    for code in sorted(set(codes) - set(costs)):
        yield format_lazy(_("Project {code} is not on this ballot."), code=code)
    if len(set(codes)) < len(codes):
        yield _("A project is chosen twice.")
    if vote.most and len(codes) > vote.most:
        yield format_lazy(
            ngettext_lazy(
                "You chose {chosen} projects; at most {most} is allowed.",
                "You chose {chosen} projects; at most {most} are allowed.",
                vote.most,
            ),
            chosen=len(codes),
            most=vote.most,
        )
    total = sum(costs.get(code, 0) for code in codes)
    if vote.ballot == BallotKind.KNAPSACK and total > sheet.budget:
        yield format_lazy(
            _("Your projects cost {total} together; the budget is {budget}."),
            total=rupiah(total),
            budget=rupiah(sheet.budget),
        )
    yield from _point_problems(vote, choice)


def _point_problems(vote: Vote, choice: Choice) -> Iterator[Words]:
    if vote.ballot != BallotKind.POINTS:
        if choice.points:
            yield _("This ballot has no points.")
        return
    if len(choice.points) != len(choice.codes) or min(choice.points, default=1) < 1:
        yield _("Each chosen project gets at least one point.")
    if vote.points and sum(choice.points) > vote.points:
        yield format_lazy(
            _("You gave {given} points; you have {points}."),
            given=sum(choice.points),
            points=vote.points,
        )
