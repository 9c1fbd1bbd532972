"""Instruments, as they are filled in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.council import subjects, words
from habaring.council.actions import Fixes, Paper
from habaring.council.forms.decisions import subject_choices
from habaring.council.forms.fields import NONE, Day, PdfField, choices, paper_in
from habaring.council.models import Instrument
from habaring.regions.models import Region
from habaring.shared.fields import choice_of, rows_of


class InstrumentForm(forms.Form):
    """A MoU, decree or regulation."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: choices(words.INSTRUMENT_KINDS)
    )
    number = forms.CharField(
        label=_("Number"),
        required=False,
        max_length=100,
        help_text=_("As printed; leave it empty where it is not known."),
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    signed_on = forms.DateField(label=_("Signed on"), required=False, widget=Day())
    signed_by = forms.CharField(label=_("Signed by"), required=False, max_length=200)
    in_force_from = forms.DateField(
        label=_("In force from"), required=False, widget=Day()
    )
    in_force_until = forms.DateField(
        label=_("In force until"),
        required=False,
        widget=Day(),
        help_text=_("Its last day; you are warned 90 and 30 days before."),
    )
    fixes = forms.ChoiceField(label=_("What it fixes"), required=False)
    supersedes: Any = forms.ModelChoiceField(
        Instrument.objects.none(),
        label=_("Supersedes"),
        required=False,
        empty_label=NONE,
    )
    document = PdfField(label=_("Signed paper"))
    public = forms.BooleanField(
        label=_("The public sees it"), required=False, initial=True
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=300,
        help_text=_("Where the public can read it, if this is not your own record."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real paper"), required=False
    )

    def __init__(
        self, *args: Any, region: Region, row: Instrument | None = None, **kw: Any
    ) -> None:
        if row is not None:
            kw["initial"] = {name: getattr(row, name) for name in _PAPER_FIELDS}
            kw["initial"]["fixes"] = (
                f"{row.fixes_kind}:{row.fixes_ref}" if row.fixes_kind else ""
            )
        super().__init__(*args, **kw)
        self.region, self.row = region, row
        others = Instrument.objects.filter(region=region)
        rows_of(self, "supersedes").queryset = (
            others.exclude(pk=row.pk) if row else others
        )
        offered = subject_choices(region)
        if row is not None and row.fixes_kind:
            offered.append((kw["initial"]["fixes"], row.fixes_label))
        choice_of(self, "fixes").choices = offered

    def as_paper(self) -> Paper:
        """What was typed, for the action."""
        given = dict(self.cleaned_data)
        kind, _, ref = (given.pop("fixes") or "").partition(":")
        return Paper(
            **(given | {"document": paper_in(given["document"])}),
            fixes=self._fixes(kind, ref),
        )

    def _fixes(self, kind: str, ref: str) -> Fixes:
        if not kind:
            return Fixes()
        row = self.row
        if row is not None and (row.fixes_kind, row.fixes_ref) == (kind, ref):
            return Fixes(kind, ref, row.fixes_label)
        label = subjects.label(self.region, kind, ref)
        return Fixes(kind, ref, label or str(subjects.kinds()[kind].name))


_PAPER_FIELDS = (
    "kind",
    "number",
    "title",
    "signed_on",
    "signed_by",
    "in_force_from",
    "in_force_until",
    "supersedes",
    "public",
    "source",
    "illustrative",
)


class InstrumentFilter(forms.Form):
    """How the list of instruments is narrowed."""

    q = forms.CharField(label=_("Search"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=lambda: choices(words.INSTRUMENT_KINDS, empty=_("all kinds")),
    )
    standing = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=(
            ("", _("all")),
            ("in_force", _("in force")),
            ("ended", _("run out or superseded")),
        ),
    )
