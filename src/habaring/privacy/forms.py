"""Forms of the data pages: they check shape; actions decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from habaring.privacy.looks import FIELDS
from habaring.privacy.models import (
    BreachStep,
    LookReason,
    RequestKind,
    RequestState,
)
from habaring.regions.models import Region
from habaring.shared.fields import choice_of, rows_of


class Moment(forms.DateTimeInput):
    """Day and time, with the browser's picker where it has one."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _words(rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": rows}), max_length=4000, **more
    )


class NameForm(forms.Form):
    """One's own name, mended."""

    full_name = forms.CharField(label=_("Name"), max_length=150)


class RegionChoice(forms.Form):
    """A form that begins with a region."""

    region: Any = forms.ModelChoiceField(
        Region.objects.none(), label=_("Region"), empty_label=None
    )

    def __init__(self, *args: Any, regions: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "region").queryset = regions


class IdentityForm(RegionChoice):
    """What stands on the identity card."""

    nik = forms.CharField(
        label=_("NIK"),
        max_length=24,
        help_text=_("16 digits, as on your identity card. Kept sealed."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name_on_card = forms.CharField(label=_("Name on the card"), max_length=150)
    birth_on = forms.DateField(label=_("Birth date"), required=False, widget=Day())


class AskForm(RegionChoice):
    """Ask the data protection officer of a region."""

    kind = forms.ChoiceField(
        label=_("What do you ask for?"), choices=RequestKind.choices
    )
    words = _words(
        label=_("In your words"),
        required=False,
        help_text=_("Do not write your NIK here."),
    )


class EraseForm(forms.Form):
    """The last question before everything goes."""

    sure = forms.BooleanField(label=_("I understand that this cannot be undone."))


class CounterForm(forms.Form):
    """A request taken in at the counter, by mail or by telephone."""

    reach = forms.CharField(
        label=_("The person's mail address or telephone number"),
        max_length=254,
        help_text=_("Exactly as in the account. There is no list to search."),
    )
    kind = forms.ChoiceField(label=_("What is asked for?"), choices=RequestKind.choices)
    words = _words(label=_("In the person's words"), required=False)
    proof = forms.CharField(
        label=_("How did you know the person?"),
        max_length=200,
        help_text=_("For example: identity card seen at the counter."),
    )


class LookForm(forms.Form):
    """Why somebody needs to see what is masked, and what of it."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("What do you need to see?"), widget=forms.CheckboxSelectMultiple
    )
    reason_code = forms.ChoiceField(label=_("Why?"), choices=LookReason.choices)
    reason = forms.CharField(
        label=_("For what exactly?"),
        max_length=500,
        help_text=_("The person reads this sentence, with your name beside it."),
    )

    def __init__(self, *args: Any, kind: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        choice_of(self, "fields_wanted").choices = list(FIELDS[kind].items())


class FindForm(forms.Form):
    """Find an identity by its whole number."""

    nik = forms.CharField(
        label=_("NIK"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("All 16 digits. Parts of a number find nothing."),
    )


class AnswerForm(forms.Form):
    """The answer to a request."""

    state = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (RequestState.DONE, _("Done as asked")),
            (RequestState.REFUSED, _("Refused, with the reason")),
        ],
        widget=forms.RadioSelect,
    )
    answer = _words(
        label=_("What does the person read?"),
        help_text=_("What was done, or why it cannot be done and which law says so."),
    )


class BreachForm(forms.Form):
    """A breach as it was discovered."""

    title = forms.CharField(label=_("Title"), max_length=200)
    discovered_at = forms.DateTimeField(
        label=_("Discovered"),
        widget=Moment(),
        help_text=_("The 72 hours run from here."),
    )
    what = _words(4, label=_("What happened?"))
    data_kinds = _words(
        2, label=_("Which kinds of data?"), help_text=_("For example: names, NIK.")
    )
    people_count = forms.IntegerField(
        label=_("How many people?"),
        required=False,
        min_value=0,
        max_value=400_000_000,
        help_text=_("Leave it empty while it is not known."),
    )
    cause = _words(label=_("Cause, as far as known"), required=False)
    measures = _words(label=_("What was done at once"), required=False)
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real breach"), required=False
    )


class StepForm(forms.Form):
    """One more step in dealing with a breach."""

    step = forms.ChoiceField(label=_("Step"), choices=BreachStep.choices)
    happened_at = forms.DateTimeField(label=_("When"), widget=Moment())
    text = _words(label=_("In words"))

    def clean_step(self) -> BreachStep:
        try:
            return BreachStep(self.cleaned_data["step"])
        except ValueError as error:  # the choices already refuse it
            raise ValidationError(_("Choose a step.")) from error
