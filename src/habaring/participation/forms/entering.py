"""A proposal that an officer enters for somebody else."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from habaring.council.models import Meeting
from habaring.council.words import DIMENSIONS
from habaring.participation.actions.entering import LONGEST_TEXT, Entered, Source
from habaring.participation.actions.proposing import Effect, Idea, Place
from habaring.participation.forms.calls import NONE, Rupiah
from habaring.participation.models import Call, Origin, Proposal
from habaring.participation.queries import places
from habaring.regions.models import Department, Region


def _long() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 4})


class EnterForm(forms.Form):
    """On one page: what, where, from whom."""

    call: Any = forms.ModelChoiceField(Call.objects.none(), label=_("Call"))
    title = forms.CharField(
        label=_("The idea in one line"),
        max_length=150,
        help_text=_("In the person's own words."),
    )
    problem = forms.CharField(
        label=_("What is the problem?"), max_length=LONGEST_TEXT, widget=_long()
    )
    idea = forms.CharField(
        label=_("What should be done?"), max_length=LONGEST_TEXT, widget=_long()
    )
    place = forms.ChoiceField(label=_("Place"), required=False)
    place_text = forms.CharField(
        label=_("Where, in words"), required=False, max_length=200
    )
    beneficiaries = forms.CharField(
        label=_("Who benefits"), required=False, max_length=300
    )
    dimension = forms.ChoiceField(
        label=_("Dimension"),
        required=False,
        choices=[("", _("– not chosen –")), *DIMENSIONS.items()],
    )
    rough_cost = Rupiah(label=_("Rough cost"), required=False)
    department: Any = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Whose matter it is"),
        required=False,
        empty_label=_("– not known yet –"),
    )
    origin = forms.ChoiceField(
        label=_("Comes from"), choices=Origin.choices, widget=forms.RadioSelect
    )
    origin_text = forms.CharField(
        label=_("Which one"),
        required=False,
        max_length=200,
        help_text=_("The business, community, department or meeting, in words."),
    )
    meeting: Any = forms.ModelChoiceField(
        Meeting.objects.none(),
        label=_("Meeting on this platform"),
        required=False,
        empty_label=NONE,
    )
    name = forms.CharField(
        label=_("Name of the person"), required=False, max_length=100
    )
    consent = forms.BooleanField(
        label=_("The person agrees to be named in public"), required=False
    )
    on_paper = forms.BooleanField(label=_("It came on a paper sheet"), required=False)
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real proposal"), required=False
    )

    def __init__(
        self,
        *args: Any,
        region: Region,
        calls: Iterable[Call],
        within: Region | None = None,
        row: Proposal | None = None,
        **kw: Any,
    ) -> None:
        """`within`: the district or village that the officer enters for."""
        if row is not None:
            kw["initial"] = _initial(row)
        super().__init__(*args, **kw)
        self.row = row
        known: Any = self.fields
        whole = within or region
        known["call"].queryset = Call.objects.filter(pk__in=[one.pk for one in calls])
        nothing = [] if within else [("", _("– no place –"))]
        known["place"].choices = [
            *nothing,
            (whole.pk, whole.full_name),
            *places(whole),
        ]
        known["place"].required = within is not None
        known["department"].queryset = Department.objects.filter(
            region=region, closed_on=None
        )
        known["department"].label_from_instance = lambda one: one.name
        known["meeting"].queryset = Meeting.objects.filter(region=region)
        known["meeting"].label_from_instance = _meeting
        if row is not None:
            known["call"].disabled = True

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        if given.get("name") and not given.get("consent"):
            self.add_error(
                "consent",
                _("Tick this where the person agrees, or leave the name out."),
            )
        return given

    def as_entered(self) -> Entered:
        """For the action."""
        given = self.cleaned_data
        code = given["place"]
        return Entered(
            call=given["call"],
            idea=Idea(given["title"], given["problem"], given["idea"]),
            place=Place(
                region=Region.objects.get(pk=code) if code else None,
                text=given["place_text"],
                latitude=self.row.latitude if self.row else None,
                longitude=self.row.longitude if self.row else None,
            ),
            effect=Effect(
                given["beneficiaries"], given["dimension"], given["rough_cost"]
            ),
            source=Source(
                origin=given["origin"],
                text=given["origin_text"],
                meeting=given["meeting"],
                name=given["name"],
                consent=given["consent"],
                on_paper=given["on_paper"],
                department=given["department"],
                illustrative=given["illustrative"],
            ),
            number=self.row.number if self.row else 0,
        )


def _meeting(row: Meeting) -> str:
    day = date_format(localtime(row.starts_at), "DATE_FORMAT")
    return f"{row.title}, {day}"


def _initial(row: Proposal) -> dict[str, Any]:
    same = (
        "call",
        "title",
        "problem",
        "idea",
        "place_text",
        "beneficiaries",
        "rough_cost",
        "department",
        "origin",
        "origin_text",
        "meeting",
        "on_paper",
        "illustrative",
    )
    return {name: getattr(row, name) for name in same} | {
        "place": row.place_id or "",
        "dimension": row.dimension_code,
        "name": row.author_name,
        "consent": bool(row.author_name),
    }


class SheetForm(forms.Form):
    """A spreadsheet of proposals."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("XLSX or CSV. Start from the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
