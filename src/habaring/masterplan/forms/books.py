"""Forms of the master plan: they check shape; actions decide."""

from itertools import zip_longest
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.assessment.models import IndexEdition
from habaring.masterplan.models import BookTemplate
from habaring.regions.models import Region
from habaring.shared.fields import rows_of


class SectionText(forms.Form):
    """One written section."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_(
            "An empty line begins a new paragraph; a line that begins with “- ” is an item of "
            "a list; “## ” makes a heading; **bold**, *italic*."
        ),
    )


class DevelopmentPlanForm(forms.Form):
    """An RPJMD: one line a mission, in their order."""

    first_year = forms.IntegerField(
        label=_("First year"), min_value=2000, max_value=2100
    )
    last_year = forms.IntegerField(label=_("Last year"), min_value=2000, max_value=2100)
    vision_id = forms.CharField(
        label=_("Vision"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    missions_id = forms.CharField(
        label=_("Missions"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One line for each mission, in their order, without numbers."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("The bylaw with its number and year, or where it was published."),
    )
    vision_en = forms.CharField(
        label=_("Vision in English"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    missions_en = forms.CharField(
        label=_("Missions in English"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("As many lines as above, or leave it empty."),
    )

    def clean(self) -> dict[str, Any]:
        """`missions` for the action: number, Indonesian, English."""
        data = super().clean() or {}
        local = _lines(data.pop("missions_id", ""))
        english = _lines(data.pop("missions_en", ""))
        if english and len(english) != len(local):
            self.add_error(
                "missions_en",
                _("There are %(local)d missions above and %(english)d lines here.")
                % {"local": len(local), "english": len(english)},
            )
        pairs = zip_longest(local, english, fillvalue="")
        data["missions"] = tuple(
            (number, *pair) for number, pair in enumerate(pairs, start=1)
        )
        return data


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class IssueEdition(forms.Form):
    """What an edition is made of."""

    title = forms.CharField(label=_("Title of the edition"), max_length=300)
    template = forms.ModelChoiceField(
        label=_("Set of books"), queryset=BookTemplate.objects.none(), empty_label=None
    )
    index_edition = forms.ModelChoiceField(
        label=_("Index edition"),
        queryset=IndexEdition.objects.none(),
        required=False,
        help_text=_("The books quote its figures as they were published."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
    )

    def __init__(self, *args: object, region: Region, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # Django's own signature
        sets = rows_of(self, "template")
        index = rows_of(self, "index_edition")
        sets.queryset = BookTemplate.objects.filter(
            Q(region=region) | Q(region__isnull=True)
        )
        index.queryset = (
            IndexEdition.objects.filter(scores__region=region)
            .distinct()
            .defer("record", "table_csv", "framework_toml")
            .select_related("region")
            .order_by("-year", "-published_at")
        )
        index.empty_label = _("without an index edition")
        index.initial = index.queryset.first()
        index.label_from_instance = edition_label  # type: ignore[method-assign, assignment]  # Django's own way


def edition_label(edition: IndexEdition) -> str:
    """How an index edition is called in a list of choices."""
    return f"{edition.year} · {edition.region.name} · {edition.number}"


class Withdraw(forms.Form):
    """The public reason of a withdrawal."""

    reason = forms.CharField(
        label=_("Public reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
