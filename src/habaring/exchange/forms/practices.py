"""Write a practice, find one, withdraw one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.exchange.actions.practices import Draft
from habaring.exchange.forms.fields import Money, Words, choices
from habaring.exchange.models import Licence, Result
from habaring.shared.uploads import TABLES


def _long(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PracticeForm(forms.Form):
    """One practice on one page: what, why, how, for how much, and what came of it."""

    title = forms.CharField(
        label=_("Title"),
        max_length=150,
        help_text=_("What it is, in the words that others would search for."),
    )
    dimension_code = forms.ChoiceField(label=_("Dimension"))
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=400,
        widget=_long(2),
        help_text=_("One or two sentences: they stand in the list."),
    )
    problem = forms.CharField(
        label=_("The problem that it solves"), required=False, widget=_long()
    )
    solution = forms.CharField(
        label=_("What was done"), required=False, widget=_long(5)
    )
    steps = forms.CharField(
        label=_("How to do it"),
        required=False,
        widget=_long(6),
        help_text=_("One step a line, for somebody who begins tomorrow."),
    )
    lessons = forms.CharField(
        label=_("What others should do differently"), required=False, widget=_long()
    )
    begun_year = forms.IntegerField(
        label=_("Begun in"), required=False, min_value=2000, max_value=2100
    )
    cost = Money(label=_("Cost to set up"), required=False)
    running_cost = Money(label=_("Running cost a year"), required=False)
    cost_note = forms.CharField(
        label=_("What the cost holds, and who paid"), required=False, max_length=300
    )
    output = forms.CharField(
        label=_("Output"),
        required=False,
        widget=_long(2),
        help_text=_("What was made, with its number: 26 clinics, 40 traders."),
    )
    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=Result.choices,
        help_text=_("A failure that is told saves others the money."),
    )
    outcome = forms.CharField(
        label=_("The outcome, in words"), required=False, widget=_long(3)
    )
    indicators = Words(
        label=_("Indicators"),
        required=False,
        help_text=_("Codes of the catalogue by which it can be measured: K31a, K34a."),
    )
    value_before = forms.DecimalField(
        label=_("Value before"),
        required=False,
        localize=True,
        help_text=_("Of the first indicator, in its unit."),
    )
    year_before = forms.IntegerField(
        label=_("in the year"), required=False, min_value=2000, max_value=2100
    )
    value_after = forms.DecimalField(
        label=_("Value after"), required=False, localize=True
    )
    year_after = forms.IntegerField(
        label=_("in the year"), required=False, min_value=2000, max_value=2100
    )
    regulation = forms.CharField(
        label=_("Regulation"),
        required=False,
        widget=_long(2),
        help_text=_("Number and title of the regulation it rests on."),
    )
    contact = forms.CharField(
        label=_("Who answers questions (a post)"), required=False, max_length=200
    )
    contact_address = forms.CharField(
        label=_("Address of the office"),
        required=False,
        max_length=200,
        help_text=_("Mail or telephone of the office, not of a person."),
    )
    licence = forms.ChoiceField(label=_("Licence"), choices=Licence.choices)
    tags = Words(
        label=_("Words to find it by"), required=False, help_text=_("Joined by commas.")
    )
    source_title = forms.CharField(label=_("Source"), required=False, max_length=300)
    source_url = forms.URLField(
        label=_("Address of the source"),
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    change = forms.CharField(
        label=_("What is new in this version"), required=False, max_length=300
    )

    GROUPS = (
        (_("What it is"), ("title", "dimension_code", "summary", "tags")),
        (_("Why and how"), ("problem", "solution", "steps", "lessons", "begun_year")),
        (_("Money"), ("cost", "running_cost", "cost_note")),
        (
            _("What came of it"),
            (
                "output",
                "result",
                "outcome",
                "indicators",
                "value_before",
                "year_before",
                "value_after",
                "year_after",
            ),
        ),
        (
            _("For those who want to do it too"),
            (
                "regulation",
                "contact",
                "contact_address",
                "licence",
                "source_title",
                "source_url",
                "change",
            ),
        ),
    )

    def __init__(
        self, *args: Any, dimensions: Mapping[str, Any], draft: Draft | None, **kw: Any
    ) -> None:
        kw.setdefault(
            "initial", draft.columns() if draft else {"result": Result.UNMEASURED}
        )
        super().__init__(*args, **kw)
        field: Any = self.fields["dimension_code"]
        field.choices = choices(dimensions, _("not chosen"))

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def as_draft(self) -> Draft:
        """For the action."""
        return Draft(**self.cleaned_data)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=_("The reason, for everybody to read"), max_length=500, widget=_long(3)
    )


class UploadForm(forms.Form):
    """A spreadsheet of practices."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(
            attrs={"accept": ",".join(f".{kind}" for kind in sorted(TABLES))}
        ),
    )


class PracticeFilter(forms.Form):
    """How the list is narrowed; all of it stands in the address."""

    q = forms.CharField(
        label=_("Words or a question"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    masalah = forms.ChoiceField(label=_("Problem"), required=False)
    dimensi = forms.ChoiceField(label=_("Dimension"), required=False)
    hasil = forms.ChoiceField(
        label=_("What came of it"),
        required=False,
        choices=[("", _("anything")), *Result.choices],
    )
    mirip = forms.ChoiceField(label=_("Regions like"), required=False)

    def __init__(
        self,
        *args: Any,
        problems: Mapping[str, str],
        dimensions: Mapping[str, Any],
        regions: Mapping[str, str],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        known["masalah"].choices = choices(problems, _("anything"))
        known["dimensi"].choices = choices(dimensions, _("all"))
        known["mirip"].choices = choices(regions, _("all regions"))

    def wanted(self) -> dict[str, Any]:
        """What was understood; what makes no sense is left out."""
        self.is_valid()
        return self.cleaned_data
