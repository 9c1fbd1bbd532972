"""What the country is narrowed by, and what the programme office fills in."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from habaring.guidance.actions.cohorts import Call, Rating
from habaring.guidance.method_files import LARGEST
from habaring.guidance.methods import criteria, requirements
from habaring.guidance.models import Cohort, Enrolment
from habaring.guidance.progress import Country, Wanted
from habaring.guidance.standing import CODES, WORDS, Stands
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.uploads import DOCUMENTS, PICTURES, AcceptedFile, accept

BY_CODE = {code: stands for stands, code in CODES.items()}


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CountryFilter(forms.Form):
    """All of it stays in the address."""

    q = forms.CharField(
        label=_("Name or code"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    provinsi = forms.ChoiceField(label=_("Province"), required=False)
    keadaan = forms.ChoiceField(label=_("Programme standing"), required=False)
    angkatan = forms.TypedChoiceField(
        label=_("Cohort"), required=False, coerce=int, empty_value=None
    )
    tahun = forms.TypedChoiceField(
        label=_("As at the end of"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self, *args: Any, years: Iterable[int], provinces: Any, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        every = [(year, str(year)) for year in sorted(years, reverse=True)]
        known["provinsi"].choices = [("", _("all provinces")), *provinces.items()]
        known["keadaan"].choices = [
            ("", _("all")),
            *((code, WORDS[stands]) for code, stands in BY_CODE.items()),
        ]
        known["angkatan"].choices = [("", _("all cohorts")), *every]
        known["tahun"].choices = [("", _("today")), *every]

    def wanted(self) -> tuple[Wanted, int | None]:
        """What was asked, and for which year."""
        if not self.is_valid():
            return Wanted(), None
        given = self.cleaned_data
        stands: Stands | None = BY_CODE.get(given["keadaan"])
        return (
            Wanted(given["q"].strip(), given["provinsi"], stands, given["angkatan"]),
            given["tahun"],
        )


def filter_for(data: Any, country: Country) -> CountryFilter:
    """The filter with what there is to choose from."""
    return CountryFilter(data or None, years=country.years, provinces=country.provinces)


class CohortForm(forms.Form):
    """A cohort's year, seats and days; the weights of its criteria."""

    year = forms.IntegerField(label=_("Year"), min_value=2017, max_value=2100)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=514, initial=50)
    from_on = forms.DateField(
        label=_("First day for applications"), required=False, widget=Day()
    )
    until_on = forms.DateField(
        label=_("Last day for applications"), required=False, widget=Day()
    )
    per_province = forms.IntegerField(
        label=_("At most from one province"),
        required=False,
        min_value=1,
        max_value=514,
        help_text=_("Leave it empty for no bound."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real cohort"), required=False
    )

    def __init__(self, *args: Any, cohort: Cohort, fixed: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.cohort, self.asks = cohort, criteria(cohort)
        for one in self.asks:
            self.fields[f"weight_{one.code}"] = forms.IntegerField(
                label=_("Weight of “%(name)s”") % {"name": one.name},
                min_value=1,
                max_value=100,
                initial=one.weight,
                disabled=fixed,
            )
        if cohort.pk:
            self.fields["year"].disabled = True
        self.fields["per_province"].disabled = fixed

    def as_call(self) -> Call:
        """What was typed, for the action."""
        given = self.cleaned_data
        method = dict(self.cohort.method)
        method["criteria"] = [
            one | {"weight": given[f"weight_{one['code']}"]}
            for one in method["criteria"]
        ]
        method["per_province"] = given["per_province"]
        return Call(
            year=given["year"],
            seats=given["seats"],
            apply_from=_midnight(given["from_on"]),
            apply_until=_midnight(given["until_on"], last=True),
            method=method,
            illustrative=given["illustrative"],
        )


def cohort_initial(cohort: Cohort) -> dict[str, Any]:
    """A cohort as its form shows it."""
    return {
        "year": cohort.year,
        "seats": cohort.seats,
        "from_on": _day(cohort.apply_from),
        "until_on": _day(cohort.apply_until),
        "per_province": cohort.method.get("per_province"),
        "illustrative": cohort.illustrative,
    }


def _day(moment: datetime | None) -> date | None:
    return localtime(moment).date() if moment else None


def _midnight(day: date | None, *, last: bool = False) -> datetime | None:
    if day is None:
        return None
    return make_aware(datetime.combine(day, time(23, 59, 59) if last else time.min))


class MethodForm(forms.Form):
    """A method as TOML: typed here, or a file in its place."""

    text = forms.CharField(
        label=_("The method"),
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=_(
            "TOML. Each criterion has a code, a name, a weight and, better still, its"
            " reason (why_id). The weights come to 100."
        ),
    )
    file = forms.FileField(
        label=_("Or a file (TOML)"),
        required=False,
        help_text=_("It takes the place of what is typed above."),
    )

    def clean_file(self) -> str:
        """The text of the file; empty where none was chosen."""
        given = self.cleaned_data["file"]
        if not given:
            return ""
        content = given.read(LARGEST + 1)
        try:
            if len(content) <= LARGEST:
                return str(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
        raise forms.ValidationError(_("This is no text file of at most 64 KB."))

    @property
    def method(self) -> str:
        """The TOML that was sent."""
        return str(self.cleaned_data["file"] or self.cleaned_data["text"])


class RatingForm(forms.Form):
    """Points of one application, and what it meets."""

    def __init__(self, *args: Any, enrolment: Enrolment, **kw: Any) -> None:
        super().__init__(*args, **kw)
        cohort = enrolment.cohort
        said = getattr(enrolment, "application", None)
        self.required, self.asked = requirements(cohort), criteria(cohort)
        for one in self.required:
            first = enrolment.meets or (said.meets if said else {})
            self.fields[f"meets_{one.code}"] = forms.BooleanField(
                label=str(one.name), required=False, initial=bool(first.get(one.code))
            )
        for one in self.asked:
            measured = one.kind != "points"
            self.fields[f"points_{one.code}"] = forms.DecimalField(
                label=_("%(name)s (weight %(weight)s)")
                % {"name": one.name, "weight": one.weight},
                required=False,
                min_value=None if measured else 0,
                max_value=None if measured else one.most,
                max_digits=12,
                decimal_places=2,
                initial=enrolment.points.get(one.code),
                help_text=""
                if measured
                else _("From 0 to %(most)s.") % {"most": one.most},
            )

    def as_rating(self) -> Rating:
        """What was typed, for the action."""
        given = self.cleaned_data
        return Rating(
            {
                one.code: str(given[f"points_{one.code}"])
                for one in self.asked
                if given[f"points_{one.code}"] is not None
            },
            {one.code: given[f"meets_{one.code}"] for one in self.required},
        )


class ReasonForm(forms.Form):
    """A reason that everybody reads."""

    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea)


class MaybeReasonForm(forms.Form):
    """Words that are asked for only where something is missing."""

    reason = forms.CharField(
        label=_("Words with it"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea,
    )


class FinishForm(forms.Form):
    """The end of guidance."""

    award = forms.CharField(
        label=_("Award"),
        required=False,
        max_length=200,
        help_text=_("As it was given, for example of completion."),
    )


class MentorForm(forms.Form):
    """A mentor and a region."""

    region = forms.CharField(
        label=_("Region code"), max_length=5, help_text=_("Such as 62.02.")
    )
    email = forms.EmailField(
        label=_("Mail address of the account"),
        required=False,
        help_text=_("Empty: a mentor of earlier years, without an account here."),
    )
    name = forms.CharField(label=_("Name"), max_length=150)
    institution = forms.CharField(
        label=_("Institution"), required=False, max_length=200
    )
    expertise = forms.CharField(label=_("Expertise"), required=False, max_length=200)
    since = forms.DateField(label=_("From"), widget=Day())

    def clean_region(self) -> Region:
        """The kabupaten or kota of the code."""
        found = Region.objects.local().filter(code=self.cleaned_data["region"]).first()
        if found is None:
            raise forms.ValidationError(_("No kabupaten or kota has this code."))
        return found

    def clean_email(self) -> Account | None:
        """The account, where an address was given."""
        given = self.cleaned_data["email"]
        if not given:
            return None
        found = Account.objects.filter(email__iexact=given, is_active=True).first()
        if found is None:
            raise forms.ValidationError(
                _("Nobody has an account with this address. Invite this person first.")
            )
        return found


class OptionalFile(forms.FileField):
    """A document that is looked at before it is kept."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, **more)

    def clean(self, data: Any, initial: Any = None) -> AcceptedFile | None:
        """The file, accepted by its content; None where none was chosen."""
        found = super().clean(data, initial)
        return accept(found, (*DOCUMENTS, *PICTURES)) if found else None
