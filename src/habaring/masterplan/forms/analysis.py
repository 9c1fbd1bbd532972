"""Forms of the analysis: each makes what its action takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.masterplan import actions, dimensions, situation
from habaring.masterplan.models import (
    Aspect,
    DevelopmentPlan,
    Layer,
    Level,
    Pairing,
    Quadrant,
)
from habaring.masterplan.readiness_sets import ReadinessSet
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.fields import choice_of, rows_of


def area(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=4_000, widget=widget, **more)


class OfRegion(forms.Form):
    """A form whose choices are rows of a region."""

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        super().__init__(*args, **more)
        self.region = region
        if "dimension" in self.fields:
            self.choose("dimension", self.dimension_choices())

    def dimension_choices(self) -> list[tuple[str, Any]]:
        return [("", "—"), *dimensions.choices()]

    def choose(self, name: str, choices: Any) -> None:
        """Give a field its choices."""
        field = choice_of(self, name)
        field.choices = choices

    def record(self, *, by: Account, at: Any, number: int | None) -> object:
        """Write what was filled in; raises the refusals of its action."""
        raise NotImplementedError


class SwotForm(OfRegion):
    """One item of SWOT."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Quadrant.choices, widget=forms.RadioSelect
    )
    dimension = forms.ChoiceField(label=_("Dimension"))
    layer = forms.ChoiceField(label=_("Layer"), choices=Layer.choices)
    text = area(_("Text"))
    origin = forms.CharField(
        label=_("Where it comes from"), required=False, max_length=200
    )

    def dimension_choices(self) -> list[tuple[str, Any]]:
        return [("", "—"), *dimensions.choices(parts=False)]

    def record(self, *, by: Account, at: Any, number: int | None) -> object:
        rows = situation.items(self.region).filter(number=number or 0)
        votes = sum(row.votes_carried for row in rows)
        new = actions.NewSwot(**self.cleaned_data, votes=votes)
        return actions.record_swot(
            region=self.region, new=new, by=by, at=at, number=number
        )


class IssueForm(OfRegion):
    """One priority issue."""

    title = forms.CharField(label=_("Title"), max_length=300)
    dimension = forms.ChoiceField(label=_("Dimension"))
    text = area(_("Text"), required=False)
    origin = forms.CharField(
        label=_("Where it comes from"), required=False, max_length=200
    )

    def record(self, *, by: Account, at: Any, number: int | None) -> object:
        new = actions.NewIssue(**self.cleaned_data)
        return actions.record_issue(
            region=self.region, new=new, by=by, at=at, number=number
        )


class GapForm(OfRegion):
    """One gap and the issue that it feeds."""

    dimension = forms.ChoiceField(label=_("Dimension"))
    now = area(_("Condition now"), 2)
    expected = area(_("Condition expected"), 2)
    cause = area(_("Cause"), 2)
    need = area(_("What closes it"), 2)
    issue = forms.TypedChoiceField(
        label=_("Issue that it feeds"), coerce=int, empty_value=None, required=False
    )
    issue_title = forms.CharField(
        label=_("Or the title of a new issue"), max_length=300, required=False
    )
    about = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        super().__init__(*args, region=region, **more)
        self.choose("issue", [("", "—"), *_issue_choices(region)])

    def record(self, *, by: Account, at: Any, number: int | None) -> object:
        new = actions.NewGap(**self.cleaned_data)
        return actions.record_gap(
            region=self.region, new=new, by=by, at=at, number=number
        )


def _issue_choices(region: Region) -> list[tuple[int, str]]:
    return [(row.number, f"{row}: {row.title}") for row in situation.issues(region)]


class StrategyForm(OfRegion):
    """One strategy with the items that it rests on."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Pairing.choices, widget=forms.RadioSelect
    )
    text = area(_("Text"))
    items = forms.TypedMultipleChoiceField(
        label=_("Rests on"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least one item of each of the two letters of its kind."),
    )
    dimension = forms.ChoiceField(label=_("Dimension or sub-dimension"))
    aspect = forms.ChoiceField(
        label=_("Aspect"), choices=[("", "—"), *Aspect.choices], required=False
    )
    issue = forms.TypedChoiceField(
        label=_("Issue that it meets"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        super().__init__(*args, region=region, **more)
        rows = sorted(
            situation.items(region),
            key=lambda row: ("SWOT".index(row.kind), -situation.votes_of(row)),
        )
        self.choose("items", [(row.number, f"{row} {row.text}") for row in rows])
        self.choose("issue", [("", "—"), *_issue_choices(region)])

    def record(self, *, by: Account, at: Any, number: int | None) -> object:
        data = {**self.cleaned_data, "items": tuple(self.cleaned_data["items"])}
        return actions.record_strategy(
            region=self.region,
            new=actions.NewStrategy(**data),
            by=by,
            at=at,
            number=number,
        )


class AimForm(OfRegion):
    """A vision, mission, goal or target."""

    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    text = area(_("Text"))
    above = forms.TypedChoiceField(
        label=_("Stands under"), coerce=int, empty_value=None, required=False
    )
    dimension = forms.ChoiceField(label=_("Dimension"), required=False)
    indicator = forms.CharField(label=_("Indicator"), required=False, max_length=300)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=60)
    baseline = forms.DecimalField(label=_("Baseline"), required=False, localize=True)
    baseline_year = forms.IntegerField(
        label=_("Year of the baseline"), required=False, min_value=2000, max_value=2100
    )
    target = forms.DecimalField(label=_("Target"), required=False, localize=True)
    target_year = forms.IntegerField(
        label=_("Year of the target"), required=False, min_value=2000, max_value=2100
    )
    serves = forms.TypedMultipleChoiceField(
        label=_("Targets of the RPJMD that it serves"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A target of the smart city serves at least one."),
    )
    sdg = forms.CharField(label=_("SDG"), required=False, max_length=40)

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        super().__init__(*args, region=region, **more)
        above = situation.aims(region).exclude(level=Level.TARGET)
        self.choose(
            "above",
            [
                ("", "—"),
                *((a.number, f"{a.get_level_display()}: {a.text[:90]}") for a in above),
            ],
        )
        self.choose("serves", served_choices(region))

    def record(self, *, by: Account, at: Any, number: int | None) -> object:
        data = dict(self.cleaned_data)
        names = ("indicator", "unit", "baseline", "baseline_year", "target")
        measure = {name: data.pop(name) for name in (*names, "target_year")}
        data["serves"] = tuple(data["serves"])
        new = actions.NewAim(**data, measure=actions.Measure(**measure))
        return actions.record_aim(
            region=self.region, new=new, by=by, at=at, number=number
        )


def served_choices(region: Region) -> list[tuple[int, str]]:
    """The RPJMD's targets, newest period first."""
    return [
        (row.pk, f"{row.development_plan.code} · {row.code} {row.text}")
        for row in situation.plan_targets(region)
    ]


def period_of(plan: DevelopmentPlan) -> str:
    """How an RPJMD is called in a list of choices."""
    return plan.code


class PlanTargetForm(OfRegion):
    """One target of an RPJMD."""

    plan = forms.ModelChoiceField(
        label="RPJMD", queryset=DevelopmentPlan.objects.none(), empty_label=None
    )
    mission = forms.IntegerField(label=_("Number of the mission"), min_value=1)
    code = forms.CharField(label=_("Code"), max_length=20)
    objective = area(_("Objective (tujuan)"), 2, required=False)
    text = area(_("Target (sasaran)"), 2)
    indicator = forms.CharField(label=_("Indicator"), required=False, max_length=300)
    source = forms.CharField(label=_("Source"), required=False, max_length=300)

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        super().__init__(*args, region=region, **more)
        plan = rows_of(self, "plan")
        plan.queryset = DevelopmentPlan.objects.filter(region=region).order_by(
            "-first_year"
        )
        plan.label_from_instance = period_of  # type: ignore[method-assign, assignment]  # Django's own way

    def record(self, *, by: Account, at: Any, number: int | None) -> object:
        data = dict(self.cleaned_data)
        plan = data.pop("plan")
        new = actions.NewPlanTarget(**data)
        return actions.record_plan_target(plan=plan, new=new, by=by, at=at)


class AnswerForm(forms.Form):
    """The answer to one question of readiness."""

    score = forms.TypedChoiceField(
        label=_("Score"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    note = area(_("Note"), 3, required=False)

    def __init__(self, *args: Any, chosen: ReadinessSet, **more: Any) -> None:
        super().__init__(*args, **more)
        score = choice_of(self, "score")
        score.choices = [
            ("", _("not answered")),
            *((number, f"{number} · {word}") for number, word in chosen.levels.items()),
        ]


class ProofForm(forms.Form):
    """A file for the vault that proves an answer, or one that lies there already."""

    file = forms.FileField(label=_("File"), required=False)
    title = forms.CharField(
        label=_("Title of the file"), required=False, max_length=300
    )
    known = forms.TypedChoiceField(
        label=_("Or a document of the vault"),
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, vault: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        known = choice_of(self, "known")
        known.choices = [("", "—"), *vault]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("known") and not (data.get("file") and data.get("title")):
            raise forms.ValidationError(
                _("Choose a document, or send a file with its title.")
            )
        return data


class PartFilter(forms.Form):
    """Search and filters of a list."""

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    dimensi = forms.ChoiceField(label=_("Dimension"), required=False)
    ditarik = forms.BooleanField(label=_("With those taken back"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = choice_of(self, "dimensi")
        field.choices = [("", _("all")), *dimensions.choices()]


class SheetForm(forms.Form):
    """A spreadsheet of one part."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_(
            "CSV or XLSX, with the headings of the file you can download here."
        ),
    )
