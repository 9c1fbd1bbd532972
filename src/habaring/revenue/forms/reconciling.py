"""Files of banks, findings and their repairs, closing a day."""

from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue.forms.counter import Rupiah
from habaring.revenue.models import (
    Account,
    Finding,
    FindingState,
    Outcome,
    Partner,
    StatementKind,
)
from habaring.revenue.reconciling import Wanted, bill_of_number
from habaring.revenue.repairs import MOVE, PAY, POST, REVERSE, Repair

SALT = "revenue.statement"
AN_HOUR = 3_600
REPORTED = "dilaporkan"


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StatementForm(forms.Form):
    """A file and what it is of."""

    kind = forms.ChoiceField(
        label=_("What the file is"),
        choices=StatementKind.choices,
        widget=forms.RadioSelect,
        initial=StatementKind.SETTLEMENT,
    )
    partner: Any = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("Bank or payment service"),
        required=False,
        empty_label=_("– none –"),
        help_text=_("Needed for a settlement."),
    )
    day = forms.DateField(
        label=_("Day of the file"),
        required=False,
        widget=Day(),
        help_text=_("Left empty, it is the last day in the file."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX, as the bank sends it. You see what is in it before it is saved."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, no real money"), required=False
    )

    def __init__(self, *args: Any, region: Region, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        known["partner"].queryset = Partner.objects.filter(region=region)

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        settlement = given.get("kind") == StatementKind.SETTLEMENT
        if settlement and not given.get("partner"):
            self.add_error("partner", _("Say which bank this file is of."))
        if not settlement:
            given["partner"] = None
        return given


def seal(told: dict[str, Any]) -> str:
    """What was previewed, for the button that saves it."""
    return signing.dumps(told, salt=SALT)


def unseal(text: str) -> dict[str, Any] | None:
    """None where it was changed, or is older than an hour."""
    try:
        found: dict[str, Any] = signing.loads(text, salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature:
        return None
    return found


class FindingFilter(forms.Form):
    """What of the queue is listed."""

    q = forms.CharField(
        label=_("Reference or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    keadaan = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("waiting")),
            (REPORTED, _("reported by payers")),
            *FindingState.choices,
            ("semua", _("all")),
        ],
    )
    jenis = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("all")),
            *(one for one in Outcome.choices if one[0] != Outcome.MATCH),
        ],
    )
    pemilik = forms.ChoiceField(
        label=_("Owner"),
        required=False,
        choices=[("", _("all")), ("saya", _("mine")), ("kosong", _("nobody's"))],
    )
    hari = forms.DateField(label=_("Day"), required=False, widget=Day())

    def wanted(self) -> Wanted:
        """What was understood; what makes no sense is left out."""
        self.is_valid()
        given = self.cleaned_data
        state = given.get("keadaan") or "waiting"
        owners = {"saya": "mine", "kosong": "nobody"}
        reported = state == REPORTED
        return Wanted(
            state={"semua": "", REPORTED: "waiting"}.get(state, state),
            outcome=given.get("jenis") or "",
            owner=owners.get(given.get("pemilik") or "", ""),
            day=given.get("hari"),
            words=given.get("q") or "",
            reported=reported,
        )


class OwnerForm(forms.Form):
    """Who looks after it."""

    owner: Any = forms.ModelChoiceField(
        Person.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody")
    )

    def __init__(self, *args: Any, people: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known: Any = self.fields
        known["owner"].queryset = people


class NoteForm(forms.Form):
    """What was found out."""

    text = forms.CharField(
        label=_("Note"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExplainForm(forms.Form):
    """Why nothing has to be repaired."""

    reason = forms.CharField(
        label=_("Explanation"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever checks the books reads it."),
    )

    def __init__(self, *args: Any, reported: bool = False, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if reported:
            self.fields["reason"].help_text = _READ_BY_ALL


_READ_BY_ALL = _(
    "Whoever reported the payment reads these words: say plainly what was found."
)
_DO = {
    PAY: _("Book the missing payment"),
    MOVE: _("Move the payment to another bill"),
    REVERSE: _("Reverse the payment"),
    POST: _("Correct by a posting"),
}


class RepairForm(forms.Form):
    """A repair that another person will look at."""

    do = forms.ChoiceField(label=_("Repair"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Bill (NOP, or NOP and two digits of the year)"),
        required=False,
        max_length=40,
        help_text=_("Empty for money without a known bill."),
    )
    amount = Rupiah(label=_("Amount"), required=False)
    debit = forms.ChoiceField(
        label=_("Debit"),
        required=False,
        help_text=_("Only to correct by a posting."),
    )
    credit = forms.ChoiceField(
        label=_("Credit"),
        required=False,
        help_text=_("Only to correct by a posting."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happened, and how you know."),
    )

    def __init__(
        self,
        *args: Any,
        finding: Finding,
        kinds: tuple[str, ...],
        reported: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.finding = finding
        known: Any = self.fields
        known["do"].choices = [(one, _DO[one]) for one in kinds]
        known["do"].initial = kinds[0]
        if reported:
            known["reason"].help_text = _READ_BY_ALL
        accounts = [one for one in Account.choices if one[0] != Account.RECEIVABLE]
        for name in ("debit", "credit"):
            known[name].choices = [("", _("– none –")), *accounts]
        if not {PAY, MOVE} & set(kinds):
            del known["number"]

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        given["bill"] = 0
        number = given.get("number") or ""
        if number and given.get("do") in (PAY, MOVE):
            bill = bill_of_number(self.finding.region, number)
            if bill is None:
                self.add_error("number", _("No unpaid bill has this number."))
            else:
                given["bill"] = bill.id
        if given.get("do") in (PAY, POST) and not given.get("amount"):
            self.add_error("amount", _("Say how much."))
        if given.get("do") == POST and not (given.get("debit") and given.get("credit")):
            self.add_error("debit", _("Choose both accounts."))
        return given

    def as_repair(self) -> Repair:
        """For the action; only what its kind needs."""
        given = self.cleaned_data
        kind = given["do"]
        if kind == PAY:
            return Repair(PAY, bill=given["bill"], amount=given["amount"])
        if kind == MOVE:
            return Repair(MOVE, bill=given["bill"])
        if kind == POST:
            return Repair(
                POST,
                amount=given["amount"],
                debit=given["debit"],
                credit=given["credit"],
            )
        return Repair(REVERSE)


class CloseForm(forms.Form):
    """Close a day."""

    note = forms.CharField(
        label=_("Why something is left open"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed if something waits; it is carried over with it."),
    )


def read_day(text: str) -> date | None:
    """A day in an address; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
