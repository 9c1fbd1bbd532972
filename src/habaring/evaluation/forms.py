"""Forms of evaluation: they check shape; actions decide."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from habaring.evaluation import words
from habaring.evaluation.actions.assessors import Profile
from habaring.evaluation.actions.awards import Honour, Method
from habaring.evaluation.actions.reading import Given
from habaring.evaluation.actions.rounds import Plan
from habaring.evaluation.models import Assessor, Instrument, Round
from habaring.evaluation.scheme import Scheme
from habaring.evidence.models import Evidence
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.regions.models import Region
from habaring.shared.fields import choice_of, rows_of
from habaring.shared.formats import number
from habaring.shared.refusal import Words

NOT_YET = pgettext_lazy("choice", "– not yet –")
NONE = pgettext_lazy("choice", "– none –")


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def area(rows: int = 3) -> forms.Textarea:
    """Room for some sentences."""
    return forms.Textarea(attrs={"rows": rows})


def level_choices(scheme: Scheme) -> list[tuple[str, Any]]:
    """Every level of the scale, with its words where it has some."""
    language = get_language() or "id"
    found: list[tuple[str, Any]] = [("", NOT_YET)]
    for level in scheme.choices:
        shown = number(float(level), 2 if level.denominator > 2 else 1)
        if level.denominator == 1:
            shown = number(int(level), 0)
        said = scheme.levels.get(level)
        words_ = f"{shown} · {said(language)}" if said else shown
        found.append((code_of(level), words_))
    return found


def code_of(level: Fraction | Decimal | None) -> str:
    """A level as a form sends it: "2.5", "3"."""
    if level is None:
        return ""
    return f"{float(level):g}"


def level_of(said: Any) -> Decimal | None:
    """A level that was sent; None where none was."""
    try:
        return Decimal(said) if said else None
    except InvalidOperation:
        raise forms.ValidationError(
            _("Choose one of the levels in the list.")
        ) from None


class AnswerForm(forms.Form):
    """How far the region is on one question."""

    level = forms.TypedChoiceField(
        label=_("How far the region is"),
        required=False,
        coerce=level_of,
        empty_value=None,
    )
    note = forms.CharField(
        label=_("What makes you say so"), required=False, widget=area(4)
    )

    def __init__(self, *args: Any, scheme: Scheme, **kw: Any) -> None:
        super().__init__(*args, **kw)
        choice_of(self, "level").choices = level_choices(scheme)


class TableForm(forms.Form):
    """A spreadsheet of rows."""

    file = forms.FileField(
        label=_("Spreadsheet"), help_text=_("XLSX or CSV, at most 25 MB.")
    )


class LinkForm(forms.Form):
    """A piece of evidence that is in the vault already."""

    evidence: Any = forms.ModelChoiceField(
        Evidence.objects.none(),
        label=_("Evidence in the vault"),
        empty_label=NOT_YET,
    )

    def __init__(self, *args: Any, rows: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "evidence").queryset = rows


class AppealForm(forms.Form):
    """One question that should be looked at again."""

    question = forms.ChoiceField(label=_("Question"))
    reason = forms.CharField(
        label=_("Reason"),
        widget=area(4),
        help_text=_("Which evidence was overlooked, or read wrongly."),
    )

    def __init__(self, *args: Any, scheme: Scheme, **kw: Any) -> None:
        super().__init__(*args, **kw)
        language = get_language() or "id"
        choice_of(self, "question").choices = [
            (code, f"{code} · {question.text(language)}")
            for code, question in scheme.questions.items()
        ]


class DecisionForm(forms.Form):
    """What becomes of an appeal."""

    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("1", _("granted")), ("0", _("refused"))],
        coerce=lambda said: said == "1",
        widget=forms.RadioSelect,
    )
    level = forms.TypedChoiceField(
        label=_("Level that counts, if granted"),
        required=False,
        coerce=level_of,
        empty_value=None,
    )
    reason = forms.CharField(
        label=_("Reason"), widget=area(4), help_text=_("The region reads it.")
    )

    def __init__(self, *args: Any, scheme: Scheme, **kw: Any) -> None:
        super().__init__(*args, **kw)
        choice_of(self, "level").choices = level_choices(scheme)


class PlanForm(forms.Form):
    """Who deals with a finding, until when, and how."""

    owner: Any = forms.ModelChoiceField(
        Post.objects.none(), label=_("Post"), empty_label=NOT_YET
    )
    due_on = forms.DateField(label=_("Until"), widget=Day())
    action = forms.CharField(label=_("What will be done"), widget=area())

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        posts = Post.objects.filter(region=region, closed_on__isnull=True)
        rows_of(self, "owner").queryset = posts.order_by("code")


class ReportForm(forms.Form):
    """What was done about a finding."""

    proof = forms.CharField(label=_("What was done, and what shows it"), widget=area())


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), widget=area())


class FindingFilter(forms.Form):
    """How the list of findings is narrowed."""

    q = forms.CharField(label=_("Search"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=lambda: [("", _("all kinds")), *words.FINDING_KINDS.items()],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("all")), *words.FINDING_STATES.items()],
    )


class HonourForm(forms.Form):
    """An award of another body, with its document."""

    name_id = forms.CharField(label=_("Name of the award"), max_length=300)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    body = forms.CharField(label=_("Given by"), max_length=200)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("The certificate's number, or where it was reported."),
    )
    document: Any = forms.ModelChoiceField(
        Evidence.objects.none(),
        label=_("Document in the vault"),
        empty_label=NOT_YET,
        help_text=_("An award stands in the book with its document only."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real award"), required=False
    )

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows = Evidence.objects.filter(region=region).kept()
        rows_of(self, "document").queryset = rows

    def honour(self) -> Honour:
        """What was typed, for the action."""
        given = {k: v for k, v in self.cleaned_data.items() if k != "document"}
        return Honour(**given)


# Assessors


class DeclareForm(forms.Form):
    """Whether there is a tie to the region, before anything is read."""

    kind = forms.ChoiceField(
        label=_("Your tie to this region"),
        required=False,
        widget=forms.RadioSelect,
        choices=lambda: [
            ("", _("I have no tie to this region")),
            *words.GROUND_KINDS.items(),
        ],
    )
    note = forms.CharField(
        label=_("In a sentence, where there is one"), required=False, max_length=300
    )


class MarksForm(forms.Form):
    """A level and some words for every question."""

    def __init__(
        self, *args: Any, scheme: Scheme, given: Mapping[str, Any], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.scheme = scheme
        choices = level_choices(scheme)
        for code in scheme.questions:
            row = given.get(code)
            self.fields[f"level-{code}"] = forms.TypedChoiceField(
                label=_("Level"),
                choices=choices,
                required=False,
                coerce=level_of,
                empty_value=None,
                initial=code_of(row.level) if row else "",
            )
            self.fields[f"note-{code}"] = forms.CharField(
                label=_("Why"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=row.note if row else "",
            )

    def given(self) -> dict[str, Given]:
        """What was chosen, by question; those without a level are left out."""
        found = {}
        for code in self.scheme.questions:
            level = self.cleaned_data[f"level-{code}"]
            if level is not None:
                found[code] = Given(level, self.cleaned_data[f"note-{code}"])
        return found


class RemarkForm(forms.Form):
    """A note of the interview, a strength, a weakness, a recommendation."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: list(words.REMARK_KINDS.items())
    )
    question = forms.ChoiceField(label=_("About"), required=False)
    text = forms.CharField(label=_("In words"), widget=area())

    def __init__(self, *args: Any, scheme: Scheme, **kw: Any) -> None:
        super().__init__(*args, **kw)
        language = get_language() or "id"
        choice_of(self, "question").choices = [
            ("", _("the whole")),
            *((m.code, m.name(language)) for m in scheme.measures),
            *((code, code) for code in scheme.questions),
        ]


# The ministry


class RoundForm(forms.Form):
    """A stage of a year's evaluation."""

    year = forms.IntegerField(label=_("Year"), min_value=2017, max_value=2100)
    stage = forms.TypedChoiceField(
        label=_("Stage"), choices=lambda: list(words.STAGES.items()), coerce=int
    )
    instrument: Any = forms.ModelChoiceField(
        Instrument.objects.all(),
        label=_("Evaluation instrument"),
        empty_label=NOT_YET,
    )
    name_id = forms.CharField(label=_("Name (Indonesian)"), max_length=300)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    opens_on = forms.DateField(label=_("Regions answer from"), widget=Day())
    answers_until = forms.DateField(label=_("Last day to answer"), widget=Day())
    readings_until = forms.DateField(label=_("Last day to read"), widget=Day())
    third_step = forms.DecimalField(
        label=_("A third reads from this difference on"),
        required=False,
        min_value=0,
        max_digits=4,
        decimal_places=2,
        help_text=_("In levels of the index; empty: as the instrument says."),
    )
    appeal_days = forms.IntegerField(
        label=_("Days to appeal"), min_value=1, max_value=90, initial=14
    )

    def plan(self) -> Plan:
        """What was typed, for the action."""
        step = self.cleaned_data["third_step"]
        given = self.cleaned_data | {"third_step": None if step is None else str(step)}
        return Plan(**given)


class DaysForm(forms.Form):
    """The days of a round."""

    opens_on = forms.DateField(label=_("Regions answer from"), widget=Day())
    answers_until = forms.DateField(label=_("Last day to answer"), widget=Day())
    readings_until = forms.DateField(label=_("Last day to read"), widget=Day())

    def __init__(self, *args: Any, row: Round, **kw: Any) -> None:
        names = ("opens_on", "answers_until", "readings_until")
        kw["initial"] = {name: getattr(row, name) for name in names}
        super().__init__(*args, **kw)


class InviteForm(forms.Form):
    """The regions of a round, by their codes."""

    regions = forms.CharField(
        label=_("Codes of regions"),
        widget=area(),
        help_text=_("Such as 62.02; several with a comma or on lines of their own."),
    )

    def clean_regions(self) -> list[Region]:
        """The regions named; each code must be one of a regency or city."""
        said = self.cleaned_data["regions"].replace(",", " ").split()
        found = list(Region.objects.filter(code__in=said))
        known = {one.code for one in found if one.code.count(".") == 1}
        if missing := [code for code in said if code not in known]:
            raise forms.ValidationError(
                _("No regency or city has this code: %(codes)s")
                % {"codes": ", ".join(missing)}
            )
        return found


class AssignForm(forms.Form):
    """Who reads an entry."""

    assessor: Any = forms.ModelChoiceField(Account.objects.none(), label=_("Assessor"))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        on_list = Assessor.objects.filter(active=True).values("account")
        rows = Account.objects.filter(pk__in=on_list, is_active=True)
        rows_of(self, "assessor").queryset = rows.order_by("full_name")


class AssessorForm(forms.Form):
    """Somebody for the list of assessors."""

    email = forms.EmailField(
        label=_("Mail address of the account"),
        help_text=_("The person needs an account here first."),
    )
    home = forms.CharField(
        label=_("Code of the province or region where they live or work"),
        max_length=13,
        help_text=_("Such as 33.74; nobody assesses a region of the own province."),
    )
    institution = forms.CharField(label=_("Institution"), max_length=200)
    expertise = forms.CharField(label=_("Expertise"), max_length=200, required=False)
    active = forms.BooleanField(
        label=_("May be asked to read"), required=False, initial=True
    )

    def __init__(self, *args: Any, row: Assessor | None = None, **kw: Any) -> None:
        if row is not None:
            kw["initial"] = {
                "home": row.home_id,
                "institution": row.institution,
                "expertise": row.expertise,
                "active": row.active,
            }
        super().__init__(*args, **kw)
        if row is not None:
            del self.fields["email"]

    def clean_email(self) -> Account:
        """The account with this address."""
        found = Account.objects.filter(
            email__iexact=self.cleaned_data["email"], is_active=True
        ).first()
        if found is None:
            raise forms.ValidationError(
                _("Nobody has an account with this address yet.")
            )
        return found

    def clean_home(self) -> Region:
        """The region with this code."""
        found = Region.objects.filter(code=self.cleaned_data["home"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("No region has this code."))
        return found

    def profile(self) -> Profile:
        """What was typed, for the action."""
        given = {k: v for k, v in self.cleaned_data.items() if k != "email"}
        return Profile(**given)


class GroundForm(forms.Form):
    """A tie between an assessor and a region."""

    region = forms.CharField(label=_("Code of the region"), max_length=13)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: list(words.GROUND_KINDS.items())
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    since = forms.DateField(label=_("Since"), required=False, widget=Day())
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=Day(),
        help_text=_("Afterwards it is no ground any more; empty: it always is."),
    )

    def clean_region(self) -> Region:
        """The region with this code."""
        found = Region.objects.filter(code=self.cleaned_data["region"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("No region has this code."))
        return found


class MethodForm(forms.Form):
    """An award and what decides about it."""

    name_id = forms.CharField(label=_("Name (Indonesian)"), max_length=300)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    measured = forms.ChoiceField(label=_("Decided by"))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=10, initial=1)
    minimum = forms.DecimalField(
        label=_("From this level on"),
        required=False,
        min_value=0,
        max_digits=4,
        decimal_places=2,
    )
    method_id = forms.CharField(label=_("Method (Indonesian)"), widget=area())
    method_en = forms.CharField(
        label=_("Method (English)"), widget=area(), required=False
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        choice_of(self, "measured").choices = choices

    def method(self) -> Method:
        """What was typed, for the action."""
        return Method(**self.cleaned_data)


class InstrumentFile(forms.Form):
    """An instrument as a TOML file."""

    file = forms.FileField(
        label=_("Evaluation instrument"), help_text=_("TOML, at most 256 KB.")
    )

    def clean_file(self) -> str:
        """The text of the file."""
        content = self.cleaned_data["file"].read(256 * 1024 + 1)
        try:
            if len(content) <= 256 * 1024:
                return str(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
        raise forms.ValidationError(_("This is no TOML file of at most 256 KB."))


def _provinces() -> list[tuple[str, Words]]:
    rows = Region.objects.provinces().filter(closed_on__isnull=True)
    return [("", _("all provinces")), *rows.values_list("code", "name")]


class YearFilter(forms.Form):
    """How a year's results are narrowed."""

    q = forms.CharField(label=_("Region"), required=False)
    province = forms.ChoiceField(
        label=_("Province"), required=False, choices=_provinces
    )
