"""What people fill in: candidates, scenarios, adoption, and how lists are narrowed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.council.models import Decision
from habaring.engines.choosing import Limits
from habaring.portfolio.candidates import (
    CODE,
    LONGEST_WORK,
    ORIGINS,
    PROPOSAL,
    Entry,
    Known,
)
from habaring.portfolio.fields import Codes, DecimalText, Grid, GridRow, RupiahField
from habaring.portfolio.funding import source_name
from habaring.portfolio.gathering import Choice, Plans
from habaring.portfolio.models import LimitSet
from habaring.shared.fields import choice_of, rows_of

# Candidates


class CandidateForm(Grid):
    """One candidate, on one page; the same rules as a file."""

    code = forms.RegexField(
        f"^{CODE}$",
        label=_("Code"),
        help_text=_(
            "Letters, digits, points and dashes, without spaces, such as KTM-01."
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    dimension = forms.ChoiceField(label=_("Dimension"))
    district = forms.ChoiceField(label=_("District"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    owner = forms.CharField(
        label=_("Owner (a post)"),
        required=False,
        max_length=150,
        help_text=_("The post that answers for it, not a person's name."),
    )
    earliest = forms.IntegerField(
        label=_("Earliest start"), min_value=2000, max_value=2100
    )
    latest = forms.IntegerField(label=_("Latest start"), min_value=2000, max_value=2100)
    duration = forms.IntegerField(
        label=_("Years of work"), min_value=1, max_value=LONGEST_WORK, initial=1
    )
    months = forms.IntegerField(
        label=_("Months"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=_("How long the work takes; a Quick Win takes at most 12 months."),
    )
    quick_win = forms.BooleanField(label=_("Quick Win"), required=False)
    requires = Codes(
        label=_("Requires"),
        required=False,
        help_text=_("Codes of the programmes that must be finished first, joined by ;"),
    )
    group = forms.CharField(
        label=_("Either-or group"),
        required=False,
        max_length=40,
        help_text=_("At most one programme of a group is chosen."),
    )
    staff = DecimalText(label=_("Staff (full-time posts)"), required=False)
    tags = Codes(
        label=_("Tags"),
        required=False,
        help_text=_("Words for mandatory shares, joined by ;"),
    )
    running_cost_paid_by = forms.CharField(
        label=_("Who pays the running cost after completion?"),
        required=False,
        max_length=200,
    )
    owner_after = forms.CharField(
        label=_("Who owns it after the project?"), required=False, max_length=200
    )
    sdg = Codes(
        label=_("Which Sustainable Development Goals does it serve?"),
        required=False,
        help_text=_(
            "Numbers of the Sustainable Development Goals, 1 to 17, joined by ;"
        ),
    )
    environment_effect = forms.CharField(
        label=_("What is its effect on the environment?"),
        required=False,
        max_length=300,
    )
    origin_kind = forms.ChoiceField(label=_("Came from"), required=False)
    origin_text = forms.CharField(
        label=_("Came from, in words"), required=False, max_length=300
    )
    proposal = forms.RegexField(
        f"^{PROPOSAL}$",
        label=_("Number of the proposal"),
        required=False,
        help_text=_("Where people proposed it here, such as U-0012."),
    )
    rpjmd_mission = forms.CharField(
        label=_("RPJMD mission"),
        required=False,
        max_length=40,
        help_text=_("Period and number of the mission, such as 2025-2029/3."),
    )
    subactivity_code = forms.CharField(
        label=_("Sub-activity code"),
        required=False,
        max_length=20,
        help_text=_("As in the ministry's list, such as 2.16.03.2.02.0014."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real programme"), required=False
    )

    def __init__(
        self,
        *args: Any,
        known: Known,
        sources: Sequence[str],
        entry: Entry | None = None,
        of_department: bool = False,
        **kw: Any,
    ) -> None:
        """`of_department`: who fills it in may do so for the known departments alone."""
        self.known = known
        self.years = range(1, max(5, entry.duration if entry else 1) + 1)
        self.sources = _with_own(sources, entry)
        self.entry = entry
        kw.setdefault("initial", _initial(entry))
        super().__init__(*args, **kw)
        nothing = [("", _("not chosen"))]
        self._choices("dimension", [*nothing, *known.dimensions.items()])
        self._choices(
            "district", [("", _("the whole region")), *known.districts.items()]
        )
        none = [] if of_department and len(known.departments) == 1 else nothing
        self._choices("department", [*none, *known.departments.items()])
        self.fields["department"].required = of_department
        self._choices("origin_kind", [*nothing, *ORIGINS.items()])
        if entry is not None:
            self.fields["code"].disabled = True
        self._grids(entry)

    def _choices(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        field.choices = list(choices)  # type: ignore[attr-defined]

    def _grids(self, entry: Entry | None) -> None:
        for source in self.sources:
            words = source_name(source)
            for year in self.years:
                label = format_lazy(_("Cost {source}, year {n}"), source=words, n=year)
                amount = entry.costs.get((year, source), 0) if entry else 0
                self.fields[f"cost_{source}_{year}"] = RupiahField(
                    label=label, required=False, initial=amount
                )
            running = entry.running.get(source, 0) if entry else 0
            label = format_lazy(_("Running cost a year {source}"), source=words)
            self.fields[f"running_{source}"] = RupiahField(
                label=label, required=False, initial=running
            )
        for code, name in self.known.dimensions.items():
            label = format_lazy(_("Outcome {dimension}"), dimension=name)
            points = entry.outcomes.get(code, 0.0) if entry else 0.0
            self.fields[f"outcome_{code}"] = DecimalText(
                label=label, required=False, initial=points
            )

    def cost_rows(self) -> list[GridRow]:
        """One row a source: its years, then the running cost."""
        return [
            GridRow(
                source_name(source),
                self.cells(
                    [*(f"cost_{source}_{y}" for y in self.years), f"running_{source}"]
                ),
            )
            for source in self.sources
        ]

    def outcome_rows(self) -> list[GridRow]:
        """One row a dimension."""
        return [
            GridRow(name, self.cells([f"outcome_{code}"]))
            for code, name in self.known.dimensions.items()
        ]

    def clean_sdg(self) -> tuple[int, ...]:
        goals = self.cleaned_data["sdg"]
        if not all(goal.isdigit() and 1 <= int(goal) <= 17 for goal in goals):
            raise forms.ValidationError(
                _("The goals are numbered 1 to 17. Write numbers joined by ;")
            )
        return tuple(int(goal) for goal in goals)

    def as_entry(self) -> Entry:
        """The entry that the form describes."""
        data = self.cleaned_data
        plain = {name: data[name] for name in _PLAIN if name in data}
        return Entry(
            **plain,
            costs=dict(
                sorted(
                    ((y, s), data[f"cost_{s}_{y}"])
                    for s in self.sources
                    for y in self.years
                    if data[f"cost_{s}_{y}"]
                )
            ),
            running={
                s: data[f"running_{s}"]
                for s in sorted(self.sources)
                if data[f"running_{s}"]
            },
            outcomes={
                d: data[f"outcome_{d}"]
                for d in sorted(self.known.dimensions)
                if data[f"outcome_{d}"]
            },
        )


_PLAIN = tuple(name for name in CandidateForm.base_fields)


def _with_own(sources: Sequence[str], entry: Entry | None) -> list[str]:
    own = {s for _y, s in entry.costs} | set(entry.running) if entry else set()
    return [*sources, *sorted(own - set(sources))]


def _initial(entry: Entry | None) -> dict[str, Any]:
    if entry is None:
        return {}
    return {name: getattr(entry, name) for name in _PLAIN}


class UploadForm(forms.Form):
    """A spreadsheet of candidates."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_(
            "XLSX or CSV. Start from the template: it has your current candidates."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class WithdrawForm(forms.Form):
    """Why a candidate is taken out."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class CandidateFilter(forms.Form):
    """How the list of candidates is narrowed and sorted."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.SearchInput())
    dimensi = forms.ChoiceField(label=_("Dimension"), required=False)
    opd = forms.ChoiceField(label=_("Department"), required=False)
    kecamatan = forms.ChoiceField(label=_("District"), required=False)
    jenis = forms.ChoiceField(
        label=_("Quick Win"),
        required=False,
        choices=[("", _("all")), ("ya", _("Quick Wins")), ("tidak", _("others"))],
    )
    skenario = forms.ChoiceField(label=_("Chosen in scenario"), required=False)
    urut = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("", _("code")),
            ("nama", _("name")),
            ("biaya", _("cost, largest first")),
            ("baru", _("latest change")),
        ],
    )

    def __init__(
        self, *args: Any, known: Known, scenarios: Iterable[tuple[int, str]], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        every = [("", _("all"))]
        for name, choices in (
            ("dimensi", known.dimensions.items()),
            ("opd", known.departments.items()),
            ("kecamatan", known.districts.items()),
            ("skenario", [(str(pk), words) for pk, words in scenarios]),
        ):
            choice_of(self, name).choices = [*every, *choices]


# Proposals into candidates


class GatherForm(forms.Form):
    """Which proposals become candidates, and what they need to be told beside that."""

    earliest = forms.IntegerField(
        label=_("Earliest start"), min_value=2000, max_value=2100
    )
    latest = forms.IntegerField(label=_("Latest start"), min_value=2000, max_value=2100)

    def __init__(
        self,
        *args: Any,
        choices: Sequence[Choice],
        dimensions: Mapping[str, Any],
        year: int,
        **kw: Any,
    ) -> None:
        kw["initial"] = {"earliest": year, "latest": year + 4}
        super().__init__(*args, **kw)
        self.choices = choices
        for one in choices:
            if not one.open:
                continue
            number = one.proposal.number
            self.fields[f"take_{number}"] = forms.BooleanField(
                label=one.proposal.title, required=False, initial=one.vote is not None
            )
            self.fields[f"dimension_{number}"] = forms.ChoiceField(
                label=_("Dimension"),
                required=False,
                choices=[("", _("not chosen")), *dimensions.items()],
                initial=one.proposal.dimension_code,
            )

    def lines(self) -> list[tuple[Choice, Any, Any]]:
        """Each proposal with its box and its dimension; None where it has neither."""
        return [
            (
                one,
                self[f"take_{one.proposal.number}"] if one.open else None,
                self[f"dimension_{one.proposal.number}"] if one.open else None,
            )
            for one in self.choices
        ]

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        if given.get("earliest") and given.get("latest", 2100) < given["earliest"]:
            self.add_error("latest", _("The latest start is before the earliest."))
        return given

    def chosen(self) -> list[Choice]:
        """What is ticked."""
        return [
            one
            for one in self.choices
            if self.cleaned_data.get(f"take_{one.proposal.number}")
        ]

    def as_plans(self) -> Plans:
        """For the action."""
        given = self.cleaned_data
        return Plans(
            earliest=given["earliest"],
            latest=given["latest"],
            dimensions={
                one.proposal.code: given.get(f"dimension_{one.proposal.number}", "")
                for one in self.choices
            },
        )


# Scenarios


class DraftForm(forms.Form):
    """A scenario to be drafted."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What this scenario tries.")
    )
    limit_set: Any = forms.ModelChoiceField(LimitSet.objects.none(), label=_("Limits"))
    seconds = forms.TypedChoiceField(
        label=_("Time for the search"),
        coerce=int,
        choices=[
            (10, _("10 seconds")),
            (20, _("20 seconds")),
            (60, _("1 minute")),
            (300, _("5 minutes")),
        ],
        initial=20,
        help_text=_("It ends sooner when the plan is proven to be near the best."),
    )

    def __init__(self, *args: Any, limit_sets: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "limit_set").queryset = limit_sets
        rows_of(self, "limit_set").empty_label = None


class DeriveForm(forms.Form):
    """A scenario made from another by changing its ceilings."""

    name = forms.CharField(label=_("Name"), max_length=120)
    percent = forms.IntegerField(
        label=_("Change of the ceilings in per cent"),
        min_value=-100,
        max_value=1000,
        initial=-10,
        help_text=_("−10 is a tenth less, 10 a tenth more."),
    )
    sources = forms.MultipleChoiceField(
        label=_("Only these sources"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    years = forms.TypedMultipleChoiceField(
        label=_("Only these years"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, limits: Limits, **kw: Any) -> None:
        super().__init__(*args, **kw)
        sources = dict.fromkeys(source for source, _year in limits.ceilings)
        choice_of(self, "sources").choices = [(s, source_name(s)) for s in sources]
        choice_of(self, "years").choices = [(y, str(y)) for y in limits.calendar]


class CompareForm(forms.Form):
    """Two scenarios to be put side by side."""

    a = forms.ChoiceField(label=_("Scenario"))
    b = forms.ChoiceField(label=_("compared with"))

    def __init__(
        self, *args: Any, scenarios: Iterable[tuple[int, str]], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        choices = [(str(pk), name) for pk, name in scenarios]
        for name in ("a", "b"):
            choice_of(self, name).choices = choices


class AdoptForm(forms.Form):
    """The decision that makes a scenario the plan."""

    decision: Any = forms.ModelChoiceField(
        Decision.objects.none(), label=_("Council decision"), empty_label=None
    )
    sure = forms.BooleanField(
        label=_("I have checked that the council decided on exactly this scenario.")
    )

    def __init__(self, *args: Any, decisions: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "decision").queryset = decisions
