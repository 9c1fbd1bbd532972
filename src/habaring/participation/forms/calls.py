"""Calls, as they are filled in."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from habaring.council.words import DIMENSIONS
from habaring.participation.actions.calls import Round
from habaring.participation.models import Call, CallKind, CallState, TakesPart
from habaring.participation.queries import places
from habaring.people.entitled.models import Register
from habaring.regions.models import Region

ANY = _("– any –")
NONE = _("– none –")


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Rupiah(forms.IntegerField):
    """Whole rupiah; dots and “Rp” are taken as people write them."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric"})
        super().__init__(widget=widget, min_value=0, max_value=10**15, **more)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.replace("Rp", "").replace(".", "").replace(" ", "")
        return super().to_python(value)


class CallForm(forms.Form):
    """A call, one page; days begin and end at midnight of the region."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CallKind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=150, help_text=_("Short: it heads the page.")
    )
    question = forms.CharField(
        label=_("The question"),
        max_length=300,
        help_text=_("What you want to know, in one plain sentence."),
    )
    details = forms.CharField(
        label=_("More about it"), required=False, widget=forms.Textarea
    )
    place = forms.ChoiceField(label=_("Place"))
    from_on = forms.DateField(label=_("First day for proposals"), widget=Day())
    until_on = forms.DateField(
        label=_("Last day for proposals"),
        required=False,
        widget=Day(),
        help_text=_("Leave it empty for a box that is always open."),
    )
    proposes = forms.ChoiceField(label=_("Who may propose"), choices=TakesPart.choices)
    register: Any = forms.ModelChoiceField(
        Register.objects.none(), label=_("Register"), required=False, empty_label=NONE
    )
    budget = Rupiah(
        label=_("Budget"),
        required=False,
        help_text=_("Whole rupiah, if a sum is set aside."),
    )
    dimension_code = forms.ChoiceField(label=_("Dimension"), required=False)
    rules = forms.CharField(
        label=_("The rules, in words"),
        required=False,
        widget=forms.Textarea,
        help_text=_("What can be proposed, and what happens with it."),
    )
    passes_to: Any = forms.ModelChoiceField(
        Call.objects.none(),
        label=_("Proposals go on to"),
        required=False,
        empty_label=NONE,
        help_text=_("For example the musrenbang of the district."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real call"), required=False
    )

    def __init__(
        self, *args: Any, region: Region, row: Call | None = None, **kw: Any
    ) -> None:
        if row is not None:
            kw["initial"] = _initial(row)
        super().__init__(*args, **kw)
        known: Any = self.fields
        known["place"].choices = [(region.pk, region.full_name), *places(region)]
        known["dimension_code"].choices = [("", ANY), *DIMENSIONS.items()]
        known["register"].queryset = Register.objects.filter(
            region=region, used_from__isnull=False, withdrawn_at=None
        )
        others = Call.objects.filter(region=region).exclude(state=CallState.CANCELLED)
        known["passes_to"].queryset = others.exclude(pk=row.pk) if row else others

    def as_round(self) -> Round:
        """What was typed, for the action."""
        given = dict(self.cleaned_data)
        first, last = given.pop("from_on"), given.pop("until_on")
        given["place"] = Region.objects.get(code=given["place"])
        return Round(
            **given,
            proposals_from=make_aware(datetime.combine(first, time.min)),
            proposals_until=make_aware(datetime.combine(last, time(23, 59, 59)))
            if last
            else None,
        )


def _initial(row: Call) -> dict[str, Any]:
    names = ("kind", "name", "question", "details", "proposes", "register", "budget")
    more = ("dimension_code", "rules", "passes_to", "illustrative")
    return {name: getattr(row, name) for name in (*names, *more)} | {
        "place": row.place_id,
        "from_on": localtime(row.proposals_from).date(),
        "until_on": localtime(row.proposals_until).date()
        if row.proposals_until
        else None,
    }


class ReasonForm(forms.Form):
    """A public reason."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        widget=forms.Textarea,
        help_text=_("Everybody reads it on the page of the call."),
    )


class ProposalFilter(forms.Form):
    """What a list of proposals is narrowed by; all of it stays in the address."""

    q = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    panggilan = forms.TypedChoiceField(
        label=_("Call"), required=False, coerce=int, empty_value=None
    )
    dimensi = forms.ChoiceField(label=_("Dimension"), required=False)
    tempat = forms.ChoiceField(label=_("Place"), required=False)
    keadaan = forms.ChoiceField(label=_("How far"), required=False)

    def __init__(self, *args: Any, region: Region, stands: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        calls = Call.objects.public().filter(region=region).values_list("pk", "name")
        known["panggilan"].choices = [("", _("all calls")), *calls]
        known["dimensi"].choices = [("", _("all dimensions")), *DIMENSIONS.items()]
        known["tempat"].choices = [("", _("the whole region")), *places(region)]
        known["keadaan"].choices = [("", _("all that are public")), *stands.items()]
