"""Forms of the people pages: they check shape; `rules` and `actions` decide."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from habaring.people.actions import Offer, Place, Term
from habaring.people.models import HeldIn, Role
from habaring.regions.models import CODE_PATTERN, Department, Region, RegionKind
from habaring.shared.fields import choice_of, rows_of

FEW_BELOW = 1500  # no kabupaten has more districts and villages than that


class Day(forms.DateInput):
    """A day, typed or picked."""

    input_type = "date"

    def format_value(self, value: object) -> str | None:
        return (
            value.isoformat()
            if isinstance(value, date)
            else super().format_value(value)
        )


def first_moment(day: date | None) -> datetime | None:
    """The start of a day, where the region's people are."""
    return make_aware(datetime.combine(day, time.min)) if day else None


def after(day: date | None) -> datetime | None:
    """The first moment after a last day."""
    return first_moment(day + timedelta(days=1)) if day else None


class PeopleFilter(forms.Form):
    """How the list of people is narrowed."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.SearchInput())
    peran = forms.ChoiceField(label=_("Role"), required=False)
    opd = forms.ChoiceField(label=_("Department"), required=False)
    badan = forms.ChoiceField(label=_("Body"), required=False)
    keadaan = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("in force or to come")),
            ("berlaku", _("in force")),
            ("segera", _("ending within 30 days")),
            ("nanti", _("not yet in force")),
            ("berakhir", _("ended")),
            ("semua", _("all")),
        ],
    )

    def __init__(
        self, *args: Any, region: Region | None, bodies: Mapping[int, str], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        roles = [(role.code, role.name) for role in Role.objects.all() if role.is_given]
        departments = Department.objects.filter(region=region) if region else ()
        for name, choices in (
            ("peran", roles),
            ("opd", [(one.code, one.name) for one in departments]),
            ("badan", [(str(key), label) for key, label in bodies.items()]),
        ):
            if choices:
                _choices(self, name, [("", _("all")), *choices])
            else:
                del self.fields[name]


def _choices(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = choice_of(form, name)
    field.choices = choices


class GiveRole(forms.Form):
    """Which role, where, from when to when, and why: of an offer or a grant."""

    role = forms.ChoiceField(
        label=_("Role"), help_text=_("What each role comes to do stands below.")
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("the whole region"),
        help_text=_("For officers of one department. Left open: all departments."),
    )
    body = forms.TypedChoiceField(
        label=_("Body"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("For members of a council or team. Left open: all bodies."),
    )
    place = forms.ChoiceField(
        label=_("District or village"),
        required=False,
        help_text=_("Only for roles of a district or village."),
    )
    regions = forms.CharField(
        label=_("Regions"),
        required=False,
        help_text=_(
            "Official codes, such as 62.02, one or several. Empty for the whole platform."
        ),
    )
    since = forms.DateField(
        label=_("First day"),
        required=False,
        widget=Day(),
        help_text=_("Left open: from now on."),
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=Day(),
        help_text=_("Left open: without an end."),
    )
    note = forms.CharField(
        label=_("Why this role"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it, and it stays on the record."),
    )

    def __init__(
        self,
        *args: Any,
        region: Region | None,
        roles: Iterable[Role],
        bodies: Mapping[int, str],
        **more: Any,
    ) -> None:
        """`region` is None on the platform's page, where codes of regions are typed."""
        super().__init__(*args, **more)
        self.region = region
        self.roles = {role.code: role for role in roles}
        _choices(
            self,
            "role",
            [
                ("", _("Choose a role")),
                *((role.code, role.name) for role in self.roles.values()),
            ],
        )
        held = {role.held_in for role in self.roles.values()}
        self._offer_parts(held, bodies)

    def _offer_parts(self, held: set[str], bodies: Mapping[int, str]) -> None:
        """Only the parts of a place that this page and these roles know."""
        region = self.region
        if region is None:
            for name in ("department", "body", "place"):
                del self.fields[name]
            return
        del self.fields["regions"]
        departments = Department.objects.filter(region=region, closed_on__isnull=True)
        if departments:
            field = rows_of(self, "department")
            field.queryset = departments
        else:
            del self.fields["department"]
        if bodies:
            _choices(self, "body", [("", _("the whole region")), *bodies.items()])
        else:
            del self.fields["body"]
        below = _below(region) if held & {HeldIn.DISTRICT, HeldIn.VILLAGE} else []
        if below:
            _choices(self, "place", [("", _("none")), *below])
        else:
            del self.fields["place"]

    def clean_regions(self) -> list[Region]:
        """The regions by their codes, in the order in which they were typed."""
        codes = list(
            dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["regions"].strip()))
        )
        codes = [code for code in codes if code]
        known = Region.objects.in_bulk(
            [code for code in codes if re.fullmatch(CODE_PATTERN, code)]
        )
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(
                _("No region has the code %(codes)s.") % {"codes": ", ".join(unknown)}
            )
        return [known[code] for code in codes]

    @property
    def chosen(self) -> Role:
        """The role that was chosen; only once the form is valid."""
        return self.roles[self.cleaned_data["role"]]

    def offer(self) -> Offer:
        """What was filled in; only once the form is valid."""
        data = self.cleaned_data
        regions = data.get("regions") or []
        region = regions[0] if regions else self.region
        if data.get("place"):
            region = Region.objects.get(code=data["place"])
        return Offer(
            role=self.chosen,
            place=Place(region, data.get("department"), data.get("body")),
            term=Term(first_moment(data["since"]), after(data["until"]), data["note"]),
            full_name=data.get("full_name", ""),
            also_in=tuple(one.code for one in regions[1:]),
        )


def _below(region: Region) -> list[tuple[str, list[tuple[str, str]]]]:
    """Districts with their villages, for a grouped list; nothing for a province."""
    if not region.is_local:
        return []
    rows = list(Region.objects.within(region).order_by("code")[:FEW_BELOW])
    villages: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.kind == RegionKind.DISTRICT:
            villages[row.code] = [(row.code, row.full_name)]
        else:
            parent = row.code.rpartition(".")[0]
            villages.setdefault(parent, []).append((row.code, row.full_name))
    return [(found[0][1], found) for found in villages.values()]


class Invite(GiveRole):
    """Whom to invite, in what role, where."""

    email = forms.EmailField(
        label=_("Mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    full_name = forms.CharField(
        label=_("Full name"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("So that you recognise the invitation in the list."),
    )
    field_order = ("email", "full_name")


class EndDay(forms.Form):
    """A new last day of a role, with the reason."""

    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=Day(),
        help_text=_("Left open: without an end."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)


class Reason(forms.Form):
    """Why a role ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It stays on the record. The person can read it."),
    )


class Spreadsheet(forms.Form):
    """A list of people to invite."""

    file = forms.FileField(
        label=_("Spreadsheet (XLSX or CSV)"),
        help_text=_("One row a role of one person."),
    )
