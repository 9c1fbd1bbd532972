"""Where a result goes, and what is still missing for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.masterplan import dimensions, readiness_sets
from habaring.masterplan.actions.analysing import (
    NewGap,
    NewIssue,
    NewStrategy,
    NewSwot,
)
from habaring.masterplan.models import (
    Aspect,
    Layer,
    Pairing,
    Quadrant,
    StrategicIssue,
    SwotItem,
)
from habaring.portfolio.candidates import CODE, Entry
from habaring.regions.models import Region
from habaring.shared.fields import choice_of
from habaring.workshop import queries
from habaring.workshop.actions import carrying
from habaring.workshop.actions.carrying import Hand, Load
from habaring.workshop.models import Carried, Destination


def _long(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **more
    )


class CarryForm(forms.Form):
    """What all destinations share: the text, and how it is sorted."""

    parts = True  # whether sub-dimensions can be chosen

    def __init__(self, *args: Any, load: Load, year: int, **more: Any) -> None:
        super().__init__(*args, **{**more, "initial": self.start(load, year)})
        self.load, self.of_year = load, year
        dimension = self.fields.get("dimension")
        if isinstance(dimension, forms.ChoiceField):
            dimension.choices = dimensions.choices(parts=self.parts)
        self.fill(load.region, year)

    def start(self, load: Load, year: int) -> dict[str, Any]:
        return {
            "kind": queries.kind_of(load.notes),
            "layer": queries.layers_of(load.notes),
            "dimension": queries.dimension_of(load.notes),
            "title": load.choice.title,
            "name": load.choice.title,
            "text": load.text,
            "now": load.text,
            "year": year,
            "earliest": year + 1,
            "latest": year + 4,
        }

    def fill(self, region: Region, year: int) -> None:
        """Choices that depend on the region."""

    def carry(self, hand: Hand) -> Carried:
        """Carry it on. The form is valid."""
        raise NotImplementedError


class SwotForm(CarryForm):
    """Into SWOT."""

    parts = False
    kind = forms.ChoiceField(label=_("What it is"), choices=Quadrant.choices)
    dimension = forms.ChoiceField(label=_("Dimension"))
    layer = forms.ChoiceField(label=_("Layer"), choices=Layer.choices)
    text = _long(_("Text"))

    def carry(self, hand: Hand) -> Carried:
        given = self.cleaned_data
        names = ("kind", "dimension", "layer", "text")
        new = NewSwot(**{name: given[name] for name in names})
        return carrying.to_swot(self.load, new, hand)


class IssueForm(CarryForm):
    """Into the priority issues."""

    dimension = forms.ChoiceField(label=_("Dimension"))
    title = forms.CharField(label=_("Title"), max_length=300)
    text = _long(_("Text"), required=False)

    def carry(self, hand: Hand) -> Carried:
        given = self.cleaned_data
        new = NewIssue(given["dimension"], given["title"], given["text"])
        return carrying.to_issue(self.load, new, hand)


def _issues(region: Region) -> list[tuple[str, str]]:
    rows = StrategicIssue.objects.filter(region=region, withdrawn_at=None)
    return [("", "–"), *((str(row.number), f"{row} {row.title}") for row in rows)]


class GapForm(CarryForm):
    """Into the gaps."""

    dimension = forms.ChoiceField(label=_("Dimension"))
    now = _long(_("The condition now"))
    expected = _long(_("The condition expected"))
    cause = _long(_("Cause"))
    need = _long(_("What closes it"))
    issue = forms.ChoiceField(label=_("Feeds the issue"), required=False)
    issue_title = forms.CharField(
        label=_("Or a new issue"), max_length=300, required=False
    )

    def fill(self, region: Region, year: int) -> None:
        field = choice_of(self, "issue")
        field.choices = _issues(region)

    def carry(self, hand: Hand) -> Carried:
        given = dict(self.cleaned_data)
        number = given.pop("issue")
        new = NewGap(**given, issue=int(number) if number else None)
        return carrying.to_gap(self.load, new, hand)


class StrategyForm(CarryForm):
    """Into the strategies."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Pairing.choices)
    dimension = forms.ChoiceField(label=_("Dimension"))
    aspect = forms.ChoiceField(
        label=_("Works on"), choices=[("", "–"), *Aspect.choices], required=False
    )
    items = forms.MultipleChoiceField(
        label=_("Rests on these items of SWOT"), widget=forms.CheckboxSelectMultiple
    )
    text = _long(_("Text"))
    issue = forms.ChoiceField(label=_("Answers the issue"), required=False)

    def start(self, load: Load, year: int) -> dict[str, Any]:
        return {**super().start(load, year), "kind": ""}

    def fill(self, region: Region, year: int) -> None:
        choice_of(self, "issue").choices = _issues(region)
        rows = SwotItem.objects.filter(region=region, withdrawn_at=None)
        choice_of(self, "items").choices = [
            (str(row.number), f"{row} {row.text[:80]}")
            for row in rows.order_by("kind", "number")
        ]

    def carry(self, hand: Hand) -> Carried:
        given = self.cleaned_data
        new = NewStrategy(
            kind=given["kind"],
            dimension=given["dimension"],
            text=given["text"],
            items=tuple(int(number) for number in given["items"]),
            aspect=given["aspect"],
            issue=int(given["issue"]) if given["issue"] else None,
        )
        return carrying.to_strategy(self.load, new, hand)


class ReadinessForm(CarryForm):
    """Under a question of readiness."""

    year = forms.IntegerField(label=_("Year"), min_value=2017, max_value=2100)
    question = forms.ChoiceField(label=_("Question"))

    def fill(self, region: Region, year: int) -> None:
        field = choice_of(self, "question")
        chosen = readiness_sets.for_year(year)
        field.choices = [
            (question.code, f"{element.name}: {question.text}")
            for element, question in chosen.questions()
        ]

    def carry(self, hand: Hand) -> Carried:
        given = self.cleaned_data
        return carrying.to_readiness(self.load, given["year"], given["question"], hand)


class CandidateForm(CarryForm):
    """Into the long list of candidates."""

    parts = False
    code = forms.RegexField(
        f"^{CODE}$",
        label=_("Code of the new candidate"),
        help_text=_(
            "Letters, digits, points and dashes, without spaces, such as KTM-01."
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    dimension = forms.ChoiceField(label=_("Dimension"))
    earliest = forms.IntegerField(
        label=_("Earliest start"), min_value=2000, max_value=2100
    )
    latest = forms.IntegerField(label=_("Latest start"), min_value=2000, max_value=2100)
    text = _long(_("Description"), required=False)

    def carry(self, hand: Hand) -> Carried:
        given = self.cleaned_data
        entry = Entry(
            code=given["code"],
            name=given["name"],
            dimension=given["dimension"],
            earliest=given["earliest"],
            latest=given["latest"],
            description=given["text"],
            origin_kind="meeting",
        )
        return carrying.to_candidate(self.load, entry, hand)


FORMS: dict[str, type[CarryForm]] = {
    Destination.SWOT: SwotForm,
    Destination.ISSUE: IssueForm,
    Destination.GAP: GapForm,
    Destination.STRATEGY: StrategyForm,
    Destination.READINESS: ReadinessForm,
    Destination.CANDIDATE: CandidateForm,
}
