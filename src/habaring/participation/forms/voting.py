"""Setting up a vote: every choice with one plain sentence, defaults good enough."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import BallotKind, Call, TakesPart
from habaring.participation.vote_rules import DEFAULT_MEASURE, District, Rules
from habaring.people.entitled.models import Register

BALLOTS = [
    (
        BallotKind.APPROVAL,
        _("Crosses: each voter ticks up to a number of projects. The simplest one."),
    ),
    (
        BallotKind.KNAPSACK,
        _("Budget: each voter ticks projects that fit into the budget together."),
    ),
    (
        BallotKind.RANKING,
        _("Ranking: each voter puts projects in order, the best first."),
    ),
    (
        BallotKind.POINTS,
        _("Points: each voter shares out a number of points among projects."),
    ),
]
RULES = [
    (
        "equal-shares",
        _(
            "Equal shares: every voter holds the same part of the budget, and a project"
            " is bought by those who support it. Small groups get something too."
        ),
    ),
    (
        "phragmen",
        _(
            "Phragmén: voters earn money as time goes by, and buy a project as soon as"
            " its supporters can pay. Fair as well; for crosses only."
        ),
    ),
    (
        "greedy",
        _(
            "Most votes for the money: the project with the most votes first, as long as"
            " it fits. Familiar, but a majority can take everything."
        ),
    ),
    (
        "max-welfare",
        _(
            "Greatest sum: the set of projects within the budget that gives the voters"
            " the most in all."
        ),
    ),
]
MEASURES = [
    ("", _("As fits the ballot")),
    ("cost", _("Its cost: supporters of a dear project get more")),
    ("cardinality", _("One: every funded project is worth the same")),
    ("borda-1", _("Its place in the ranking, the last one gets 1")),
    ("borda", _("Its place in the ranking, the last one gets 0")),
    ("score", _("The points it was given")),
]
COMPLETIONS = [
    (
        "add1-greedy",
        _("Raise everyone's part a little until nothing more fits; then most votes"),
    ),
    ("add1", _("Raise everyone's part a little until nothing more fits")),
    ("greedy", _("Most votes for the money")),
    ("none", _("Leave it over")),
]
TIES = [
    ("", _("The published order alone")),
    ("max_votes", _("More votes first, then the published order")),
    ("min_cost", _("The cheaper one first, then the published order")),
]
VOTERS = [
    (
        TakesPart.REGISTER,
        _("People in a register: safest, and needed for paper and for districts."),
    ),
    (
        TakesPart.CODE,
        _("Anyone who confirms a telephone number or mail address: easiest to join."),
    ),
]


class Moment(forms.DateTimeInput):
    """Day and time, with the browser's picker where it has one."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class VoteForm(forms.Form):
    """The rules of a vote. `districts`: those that have projects."""

    name = forms.CharField(label=_("Name of the vote"), max_length=150)
    budget = forms.IntegerField(
        label=_("Budget in rupiah"),
        min_value=1,
        max_value=10**15,
        help_text=_("What all chosen projects may cost together."),
    )
    opens_at = forms.DateTimeField(
        label=_("Opens"),
        widget=Moment(),
        help_text=_("The first moment in which somebody can vote."),
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"),
        widget=Moment(),
        help_text=_(
            "The last moment, for paper too: leave time to type in the sheets before it."
        ),
    )
    ballot = forms.ChoiceField(
        label=_("What a voter does"), choices=BALLOTS, widget=forms.RadioSelect
    )
    most = forms.IntegerField(
        label=_("At most so many projects"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("How many projects one voter may tick or rank. Empty: any number."),
    )
    points = forms.IntegerField(
        label=_("Points of each voter"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Only for a ballot with points."),
    )
    rule = forms.ChoiceField(
        label=_("How it is counted"), choices=RULES, widget=forms.RadioSelect
    )
    votes_by = forms.ChoiceField(
        label=_("Who may vote"), choices=VOTERS, widget=forms.RadioSelect
    )
    register = forms.ModelChoiceField(
        Register.objects.none(),
        label=_("Register of voters"),
        required=False,
        empty_label=_("none"),
        help_text=_("Only registers of people who may vote, and that are in use."),
    )
    paper = forms.BooleanField(
        label=_("Paper sheets are taken in too"),
        required=False,
        help_text=_("Needs a register: whoever votes on paper is ticked off in it."),
    )
    per_district = forms.BooleanField(
        label=_("Each district counts its own projects with its own money"),
        required=False,
        help_text=_("A voter then sees the projects of their own district only."),
    )
    measure = forms.ChoiceField(
        label=_("What a project is worth to its supporters"),
        choices=MEASURES,
        required=False,
        help_text=_("Decides what counts as a good result for a voter."),
    )
    completion = forms.ChoiceField(
        label=_("What happens with money left over"),
        choices=COMPLETIONS,
        help_text=_("Only for equal shares, which can leave money over."),
    )
    ties = forms.ChoiceField(
        label=_("If two projects are equal"),
        choices=TIES,
        required=False,
        help_text=_(
            "The order is drawn when the vote is published, before any ballot."
        ),
    )
    minimum_votes = forms.IntegerField(
        label=_("Fewest supporters"),
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text=_("A project with fewer supporters is not funded. 0: no such limit."),
    )
    conflicts = forms.CharField(
        label=_("Projects that exclude each other"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One line for each group, with the numbers of its proposals: “12, 15”. At"
            " most one of a group is funded."
        ),
    )
    beside = forms.ChoiceField(
        label=_("Another rule to compare with"),
        choices=[
            ("greedy", _("Most votes for the money")),
            ("equal-shares", _("Equal shares")),
            ("phragmen", _("Phragmén")),
            ("", _("none")),
        ],
        required=False,
        help_text=_(
            "The result page shows what it would have chosen from the same ballots."
        ),
    )

    MAIN = ("name", "budget", "opens_at", "closes_at", "ballot", "most", "points")
    VOTERS = ("votes_by", "register", "paper", "per_district")
    MORE = ("measure", "completion", "ties", "minimum_votes", "conflicts", "beside")

    def __init__(
        self,
        *args: Any,
        call: Call,
        districts: Sequence[District] = (),
        proposals: Sequence[tuple[int, str]] = (),
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        register: Any = self.fields["register"]
        register.queryset = Register.objects.filter(
            region=call.region_id,
            purpose="electorate",
            used_from__isnull=False,
            withdrawn_at__isnull=True,
        )
        self.districts = districts
        for one in districts:
            self.fields[f"budget-{one.region.code}"] = forms.IntegerField(
                label=one.region.name, min_value=0, max_value=10**15, required=False
            )
        self.fields["proposals"] = forms.MultipleChoiceField(
            label=_("Projects on the ballot"),
            choices=[(str(number), title) for number, title in proposals],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )

    @property
    def district_fields(self) -> list[Any]:
        """The budgets of the districts."""
        return [self[f"budget-{one.region.code}"] for one in self.districts]

    @property
    def more_fields(self) -> list[Any]:
        """What most leave as it is."""
        return [self[name] for name in self.MORE]

    @property
    def more_open(self) -> bool:
        """Whether one of those has to be mended."""
        return any(name in self.errors for name in self.MORE)

    def as_rules(self) -> Rules:
        """What was filled in, as rules."""
        given: dict[str, Any] = {
            name: self.cleaned_data[name]
            for name in Rules.__dataclass_fields__
            if name in self.cleaned_data
        }
        budgets = {
            one.region.code: self.cleaned_data.get(f"budget-{one.region.code}") or 0
            for one in self.districts
        }
        given["measure"] = given["measure"] or DEFAULT_MEASURE[given["ballot"]]
        given["minimum_votes"] = given["minimum_votes"] or 0
        given["ties"] = tuple(filter(None, [given["ties"]]))
        given["conflicts"] = tuple(_groups(self.cleaned_data["conflicts"]))
        given["district_budgets"] = {c: sum_ for c, sum_ in budgets.items() if sum_}
        if given["beside"] == given["rule"] or (
            given["beside"] == "phragmen"
            and given["ballot"] in (BallotKind.RANKING, BallotKind.POINTS)
        ):
            given["beside"] = "greedy" if given["rule"] != "greedy" else "equal-shares"
        return Rules(**given)

    def numbers(self) -> list[int]:
        """The numbers of the proposals that were ticked."""
        return [int(number) for number in self.cleaned_data["proposals"]]


def _groups(text: str) -> list[tuple[str, ...]]:
    """Codes by line; a single one excludes nothing."""
    lines = (line.replace(",", " ").split() for line in text.splitlines())
    rows = (tuple(dict.fromkeys(_code(word) for word in line)) for line in lines)
    return [row for row in rows if len(row) > 1]


def _code(word: str) -> str:
    """`U-0012` and `12` are the same proposal."""
    bare = word.upper().removeprefix("U-")
    return bare.lstrip("0") or "0"


def filled(rules: Rules, codes: Sequence[str]) -> Mapping[str, Any]:
    """Rules as the form shows them."""
    fits = DEFAULT_MEASURE[rules.ballot] == rules.measure
    return {
        **{name: getattr(rules, name) for name in Rules.__dataclass_fields__},
        "measure": "" if fits else rules.measure,
        "ties": rules.ties[0] if rules.ties else "",
        "conflicts": "\n".join(", ".join(one) for one in rules.conflicts),
        "proposals": list(codes),
        **{f"budget-{code}": sum_ for code, sum_ in rules.district_budgets.items()},
    }


class ExtendForm(forms.Form):
    """A later close, and why."""

    closes_at = forms.DateTimeField(label=_("New close"), widget=Moment())
    reason = forms.CharField(
        label=_("Public reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone reads it on the page of the vote."),
    )


class CancelForm(forms.Form):
    """Why a vote is called off."""

    reason = forms.CharField(
        label=_("Public reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone reads it on the page of the vote. Ballots stay shut."),
    )


class OptionFilter(forms.Form):
    """Search among the projects of a ballot."""

    q = forms.CharField(
        label=_("Search projects"), required=False, widget=forms.SearchInput()
    )
    kecamatan = forms.ChoiceField(label=_("District"), required=False)
    urut = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Number")),
            ("murah", _("Cheapest first")),
            ("mahal", _("Dearest first")),
        ],
    )

    def __init__(self, *args: Any, districts: Sequence[District], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field: Any = self.fields["kecamatan"]
        field.choices = [
            ("", _("all")),
            *((one.region.code, one.region.name) for one in districts),
        ]
        if len(districts) < 2:
            del self.fields["kecamatan"]


def moments(at: datetime) -> tuple[datetime, datetime]:
    """When a vote set up now would open and close: a week ahead, for two weeks."""
    opens = (at + timedelta(days=7)).replace(hour=8, minute=0, second=0, microsecond=0)
    closes = (opens + timedelta(days=14)).replace(hour=20)
    return opens, closes
