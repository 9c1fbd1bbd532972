"""What a reader of the history asks for; all of it stays in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.history.deeds import Wanted, kinds
from habaring.history.words import DOMAINS
from habaring.people.models import Account
from habaring.shared.models import AuditEntry


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Filters(forms.Form):
    """Text, person, domain, kind, days."""

    q = forms.CharField(
        label=_("Words in the reason or details"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    orang: Any = forms.ModelChoiceField(
        Account.objects.none(),
        label=_("Person"),
        required=False,
        empty_label=_("everyone"),
    )
    bidang = forms.ChoiceField(label=_("Part of the work"), required=False)
    jenis = forms.ChoiceField(label=_("Kind of thing"), required=False)
    dari = forms.DateField(label=_("From day"), required=False, widget=Day())
    sampai = forms.DateField(label=_("To day"), required=False, widget=Day())

    def __init__(self, *args: Any, region: str = "", **kw: Any) -> None:
        super().__init__(*args, **kw)
        acted = AuditEntry.objects.order_by().values("by")
        if region:
            acted = acted.filter(region_code=region)
        people = Account.objects.filter(pk__in=acted).order_by("full_name")
        fields: dict[str, Any] = self.fields
        fields["orang"].queryset = people
        fields["bidang"].choices = [("", _("all")), *DOMAINS.items()]
        fields["jenis"].choices = [("", _("all")), *kinds()]

    def wanted(self, region: str) -> Wanted:
        """What is asked for; a field that cannot be read does not narrow."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        person = given.get("orang")
        return Wanted(
            region=region,
            person=person.pk if person else None,
            domain=given.get("bidang", ""),
            kind=given.get("jenis", ""),
            first=given.get("dari"),
            last=given.get("sampai"),
            text=given.get("q", "").strip(),
        )
