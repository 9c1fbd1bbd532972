"""Taxpayers and objects, as an officer fills them in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES, Rules
from habaring.privacy.models import LookReason
from habaring.regions.models import Region
from habaring.revenue.actions.objects import Deed, Described, Part
from habaring.revenue.actions.register import LOOK, Particulars
from habaring.revenue.forms.facts import Rupiah, add_facts, given, standing
from habaring.revenue.models import (
    ObjectState,
    TaxObject,
    Taxpayer,
    TaxpayerKind,
)
from habaring.revenue.registers import Wanted, tax_choices, uses_of, villages
from habaring.shared.fields import choice_of

ANY = _("– any –")
NONE = _("– none –")
WHY = _("Why")
_SAME = (
    "name",
    "address",
    "land_m2",
    "building_m2",
    "land_class",
    "building_class",
    "use",
    "latitude",
    "longitude",
    "illustrative",
)
"""What a form, the register and its actions call by one name."""


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _digits(**attrs: str) -> forms.TextInput:
    return forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "off", **attrs}
    )


def _reason(label: Any = WHY, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, **more)


class TaxpayerForm(forms.Form):
    """A taxpayer. What is sealed is left empty to keep it as it is."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=TaxpayerKind.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Name"), max_length=150)
    number = forms.CharField(
        label=_("NPWPD"),
        max_length=30,
        required=False,
        help_text=_("Leave it empty for the next number."),
    )
    nik = forms.CharField(
        label=_("NIK"),
        max_length=24,
        required=False,
        widget=_digits(),
        help_text=_("16 digits, of a person. It is kept sealed and shown masked."),
    )
    nib = forms.CharField(
        label=_("NIB"),
        max_length=20,
        required=False,
        widget=_digits(),
        help_text=_("13 digits, of a business."),
    )
    phone = forms.CharField(
        label=_("Telephone number"), max_length=30, required=False, widget=_digits()
    )
    email = forms.CharField(label=_("Mail address"), max_length=254, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    illustrative = forms.BooleanField(
        label=_("Example data: nobody is meant"), required=False
    )
    reason = _reason(help_text=_("It stands in the history."))

    def __init__(self, *args: Any, row: Taxpayer | None = None, **kw: Any) -> None:
        if row is not None:
            same = ("kind", "name", "number", "nib", "address", "illustrative")
            kw["initial"] = {name: getattr(row, name) for name in same}
        else:
            kw.setdefault("initial", {"kind": TaxpayerKind.PERSON})
        super().__init__(*args, **kw)
        if row is None:
            del self.fields["reason"]
            return
        self.fields["number"].disabled = True
        keep = _("Leave it empty to keep what is there: {masked}")
        self.fields["nik"].help_text = str(keep).format(masked=row.nik_masked or "–")
        sealed = "•••" if row.contact_sealed else "–"
        for name in ("phone", "email"):
            self.fields[name].help_text = str(keep).format(masked=sealed)

    def particulars(self, *, new: bool) -> Particulars:
        """For the action."""
        data = self.cleaned_data
        sealed = {
            name: data[name] if new or data[name].strip() else None
            for name in ("nik", "phone", "email")
        }
        return Particulars(
            name=data["name"],
            kind=data["kind"],
            number=data["number"] or "",
            nib=data["nib"],
            address=data["address"],
            illustrative=data["illustrative"],
            **sealed,
        )


class OfRegion(forms.Form):
    """A form that names taxpayers of one region by their number."""

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.region = region

    def taxpayer(self, name: str) -> Taxpayer:
        """The taxpayer of a number, or the error of the field."""
        found = Taxpayer.objects.filter(
            region=self.region, number=self.cleaned_data[name].strip(), merged_into=None
        ).first()
        if found is None:
            raise ValidationError(_("There is no taxpayer with this number."))
        return found


class MergeForm(OfRegion):
    """The other entry of the same taxpayer."""

    gone = forms.CharField(
        label=_("NPWPD of the other entry"),
        max_length=30,
        help_text=_("Its objects and bills come here; it points here from then on."),
    )
    reason = _reason(help_text=_("How you know that both are the same."))

    def clean_gone(self) -> Taxpayer:
        return self.taxpayer("gone")


class LinkForm(forms.Form):
    """The account of a taxpayer who stands at the counter."""

    reach = forms.CharField(
        label=_("Telephone number or mail address of the account"),
        max_length=254,
        help_text=_("Exactly as the person signs in. There is no list to search."),
    )
    how = _reason(
        _("How did you know the person?"),
        help_text=_("For example: identity card seen at the counter."),
    )


class UnlinkForm(forms.Form):
    """Why an account no longer acts for a taxpayer."""

    why = _reason()


class LookForm(forms.Form):
    """What of a taxpayer somebody needs to see, and why."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("What do you need to see?"), widget=forms.CheckboxSelectMultiple
    )
    reason_code = forms.ChoiceField(label=_("Why?"), choices=LookReason.choices)
    reason = forms.CharField(
        label=_("For what exactly?"),
        max_length=500,
        help_text=_("The person reads this sentence, with your name beside it."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        # late: the action declares what can be looked at
        from habaring.privacy.looks import FIELDS

        super().__init__(*args, **kw)
        choice_of(self, "fields_wanted").choices = list(FIELDS[LOOK].items())


# Objects


class ObjectForm(OfRegion):
    """What is taxed; the fields follow the tax."""

    holder = forms.CharField(label=_("NPWPD of the holder"), max_length=30)
    number = forms.CharField(label=_("NOP"), max_length=30)
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("Of the business, the billboard, the well."),
    )
    address = forms.CharField(
        label=_("Address of the object"), max_length=300, required=False
    )
    place = forms.ChoiceField(label=_("Village"), required=False)
    land_m2 = Rupiah(label=_("Area of the land (m²)"), initial=0)
    land_class = forms.CharField(label=_("Class of the land"), max_length=4)
    building_m2 = Rupiah(label=_("Area of the building (m²)"), initial=0)
    building_class = forms.CharField(
        label=_("Class of the building"), max_length=4, required=False
    )
    use = forms.ChoiceField(label=_("Use"), required=False)
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, min_value=-11.5, max_value=6.5
    )
    longitude = forms.FloatField(
        label=_("Longitude"), required=False, min_value=94, max_value=142
    )
    since = forms.DateField(label=_("Held since"), widget=Day())
    basis = forms.CharField(
        label=_("By what paper"),
        max_length=200,
        help_text=_("The deed, the letter or the form (SPOP), with its number."),
    )
    illustrative = forms.BooleanField(
        label=_("Example data: nobody is meant"), required=False
    )
    reason = _reason(help_text=_("It stands in the history."))

    def __init__(
        self,
        *args: Any,
        tax: str,
        rules: Rules | None,
        row: TaxObject | None = None,
        **kw: Any,
    ) -> None:
        if row is not None:
            kw["initial"] = _as_is(row)
        super().__init__(*args, **kw)
        self.tax = TAXES[tax]
        self.facts = standing(self.tax)
        known: Any = self.fields
        places = villages(self.region)
        known["place"].choices = [("", _("– by the NOP, or not known –")), *places]
        known["use"].choices = [("", NONE), *uses_of(rules)]
        add_facts(self, self.facts, rules)
        self._fit()
        for name in ("holder", "number", "since", "basis") if row else ("reason",):
            self.fields.pop(name, None)

    def _fit(self) -> None:
        """Leave out what this tax does not ask for."""
        if self.tax.code == "pbb":
            self.fields.pop("name")
            return
        for name in ("land_m2", "land_class", "building_m2", "building_class"):
            self.fields.pop(name)
        number = self.fields["number"]
        number.label, number.required = _("Number"), False
        number.help_text = _("Leave it empty for the next number.")

    def clean_holder(self) -> Taxpayer:
        return self.taxpayer("holder")

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields in sections, for the page."""
        parts = (
            (_("What it is"), ("holder", "number", "name", "use")),
            (
                _("Land and building"),
                ("land_m2", "land_class", "building_m2", "building_class"),
            ),
            (_("What the tax asks for"), [f"f_{fact.key}" for fact in self.facts]),
            (_("Where"), ("address", "place", "latitude", "longitude")),
            (_("Deed"), ("since", "basis", "illustrative", "reason")),
        )
        found = [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in parts
        ]
        return [(title, fields) for title, fields in found if fields]

    def described(self) -> Described:
        """For the action."""
        data = self.cleaned_data
        code = data.get("place")
        return Described(
            tax=self.tax.code,
            number=data.get("number", ""),
            place=Region.objects.get(pk=code) if code else None,
            facts=given(data, self.facts),
            **{name: data[name] for name in _SAME if name in data},
        )

    def deed(self) -> Deed:
        """Since when, and by what."""
        return Deed(self.cleaned_data["since"], self.cleaned_data["basis"])


def _as_is(row: TaxObject) -> dict[str, Any]:
    facts = {f"f_{key}": value for key, value in row.facts.items()}
    return (
        {name: getattr(row, name) for name in _SAME}
        | {"place": row.place_id or ""}
        | facts
    )


class TransferForm(OfRegion):
    """Who holds the object now."""

    to = forms.CharField(label=_("NPWPD of the new holder"), max_length=30)
    on = forms.DateField(label=_("From"), widget=Day())
    basis = forms.CharField(
        label=_("Deed"),
        max_length=200,
        help_text=_("The deed with its number, or the letter of inheritance."),
    )

    def clean_to(self) -> Taxpayer:
        return self.taxpayer("to")

    def deed(self) -> Deed:
        return Deed(self.cleaned_data["on"], self.cleaned_data["basis"])


class SplitForm(TransferForm):
    """What is taken off."""

    field_order = ("number", "land_m2", "building_m2", "to", "on", "basis")

    number = forms.CharField(
        label=_("NOP of the new part"),
        max_length=30,
        help_text=_("18 digits, given by the office; never made from village codes."),
    )
    land_m2 = Rupiah(label=_("Area of the land (m²)"))
    building_m2 = Rupiah(label=_("Area of the building (m²)"), initial=0)

    def part(self) -> Part:
        data = self.cleaned_data
        return Part(data["number"], data["to"], data["land_m2"], data["building_m2"])


class StateForm(forms.Form):
    """Billed, not taxed, closed."""

    state = forms.ChoiceField(
        label=_("State"), choices=ObjectState.choices, widget=forms.RadioSelect
    )
    reason = _reason(
        _("Article or reason"),
        help_text=_("For “not taxed”: the article of the law, such as 38 (3) a."),
    )


class PlaceForm(forms.Form):
    """Which village the first ten digits of NOPs mean."""

    digits = forms.CharField(
        label=_("First ten digits of the NOP"),
        max_length=16,
        widget=_digits(),
        help_text=_("Such as 62.02.060.001."),
    )
    place = forms.ChoiceField(label=_("Village"))

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        choices: Any = self.fields["place"]
        choices.choices = [("", _("– choose –")), *villages(region)]


# Filters


def _search(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search"})
    return forms.CharField(label=label, required=False, max_length=100, widget=widget)


class TaxpayerFilter(forms.Form):
    """Search among taxpayers. A whole NIK goes by POST, never into an address."""

    q = _search(_("Name or NPWPD"))
    jenis = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", ANY), *TaxpayerKind.choices]
    )

    def wanted(self) -> Wanted:
        self.is_valid()
        data = self.cleaned_data
        return Wanted(q=data.get("q", ""), kind=data.get("jenis", ""))


class NikForm(forms.Form):
    """Find a taxpayer by the whole number."""

    nik = forms.CharField(
        label=_("NIK"),
        max_length=24,
        widget=_digits(),
        help_text=_("All 16 digits. Parts of a number find nothing."),
    )


class ObjectFilter(forms.Form):
    """Search among objects."""

    q = _search(_("NOP, name or address"))
    pajak = forms.ChoiceField(label=_("Tax"), required=False)
    keadaan = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", ANY), *ObjectState.choices]
    )
    tempat = forms.ChoiceField(label=_("District"), required=False)
    kurang = forms.ChoiceField(
        label=_("Lacks"),
        required=False,
        choices=[("", ANY), ("class", _("a class")), ("place", _("a village"))],
    )

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        districts = Region.objects.districts_of(region).values_list("code", "name")
        known["tempat"].choices = [("", ANY), *districts]
        known["pajak"].choices = [("", ANY), *tax_choices()]

    def wanted(self) -> Wanted:
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            q=data.get("q", ""),
            tax=data.get("pajak", ""),
            state=data.get("keadaan", ""),
            place=data.get("tempat", ""),
            missing=data.get("kurang", ""),
        )
