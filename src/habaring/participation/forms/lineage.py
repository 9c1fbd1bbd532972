"""Joining and parting proposals, as it is filled in."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.participation.actions.lineage import LONGEST_REASON, MOST_PARTS, Part
from habaring.participation.forms.calls import Rupiah
from habaring.participation.models import Proposal
from habaring.regions.models import Region

_NUMBER = re.compile(r"(?:U-)?0*(\d{1,8})", re.IGNORECASE)


def _reason(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody reads it, and all whom it concerns are told."),
    )


class MergeForm(forms.Form):
    """Into which one, and why."""

    into = forms.CharField(
        label=_("Goes on in"),
        max_length=12,
        help_text=_("The number of the other proposal, such as U-0012."),
    )
    reason = _reason(_("Why do they belong together?"))

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.region = region

    def clean_into(self) -> Proposal:
        found = _NUMBER.fullmatch(self.cleaned_data["into"].strip())
        row = (
            Proposal.objects.filter(region=self.region, number=int(found[1])).first()
            if found
            else None
        )
        if row is None:
            raise forms.ValidationError(
                _("There is no proposal with this number here. Look it up in the list.")
            )
        return row


class ReasonForm(forms.Form):
    """Why a merge is taken back."""

    reason = _reason(_("Why is it taken back?"))


class PassForm(forms.Form):
    """A word with what is passed on."""

    reason = _reason(_("A word about it"), required=False)


class SplitForm(forms.Form):
    """Two to eight new proposals, with the old texts in them to begin with."""

    reason = _reason(_("Why is it split?"))

    def __init__(self, *args: Any, row: Proposal, parts: int, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.parts = max(2, min(MOST_PARTS, parts))
        for n in range(1, self.parts + 1):
            self._fields_of(n, row)

    def _fields_of(self, n: int, row: Proposal) -> None:
        texts = (("problem", _("Problem"), row.problem), ("idea", _("Idea"), row.idea))
        self.fields[f"title_{n}"] = forms.CharField(
            label=_("Title"), max_length=150, initial=row.title
        )
        for name, label, text in texts:
            self.fields[f"{name}_{n}"] = forms.CharField(
                label=label,
                max_length=5_000,
                initial=text,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        self.fields[f"cost_{n}"] = Rupiah(label=_("Rough cost"), required=False)

    def groups(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The fields of each part."""
        names = ("title", "problem", "idea", "cost")
        return [
            (n, [self[f"{name}_{n}"] for name in names])
            for n in range(1, self.parts + 1)
        ]

    def clean(self) -> dict[str, Any] | None:
        titles = [
            str(self.cleaned_data.get(f"title_{n}", n)).casefold()
            for n in range(1, self.parts + 1)
        ]
        if len(set(titles)) < len(titles):
            raise forms.ValidationError(
                _("Two parts have the same title. Say in each what it asks for.")
            )
        return self.cleaned_data

    def as_parts(self) -> list[Part]:
        """For the action."""
        given = self.cleaned_data
        return [
            Part(
                title=given[f"title_{n}"],
                problem=given[f"problem_{n}"],
                idea=given[f"idea_{n}"],
                rough_cost=given[f"cost_{n}"],
            )
            for n in range(1, self.parts + 1)
        ]
