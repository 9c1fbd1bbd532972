"""Asking something about a bill, and deciding about it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.revenue.actions.cases import Asked, Decision
from habaring.revenue.forms.lookup import NopForm, WholeField
from habaring.revenue.models import Bill, CaseKind, CaseState
from habaring.revenue.nop import shown_nop
from habaring.revenue.remedies import Wanted, debts_of, parts_at_most
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import DOCUMENTS, PICTURES, AcceptedFile, accept

FILES = 3
DEBTS = 50
MAX_FILE = 5 * 1024**2
MOST = 10**15
LONG = forms.Textarea(attrs={"rows": 4})


class WholeOrNone(WholeField):
    """A whole number, or nothing said."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if str(value or "").strip() else None


class DocumentsForm(forms.Form):
    """Up to three files: a picture taken by telephone will do."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for n in range(1, FILES + 1):
            self.fields[f"file_{n}"] = forms.FileField(
                label=_("Document") if n == 1 else _("Another document"),
                required=False,
                help_text=_("PDF or picture, up to 5 MB.") if n == 1 else "",
            )

    def clean(self) -> dict[str, Any]:
        """Files judged by their content."""
        known = super().clean() or {}
        self.accepted: list[AcceptedFile] = []
        for n in range(1, FILES + 1):
            given = known.get(f"file_{n}")
            if not given:
                continue
            try:
                found = accept(given, (*PICTURES, *DOCUMENTS), max_bytes=MAX_FILE)
                self.accepted.append(found)
            except Refusal as refused:
                self.add_error(f"file_{n}", str(refused))
        return known


class AskForm(DocumentsForm):
    """One request; its fields follow the kind."""

    reason = forms.CharField(
        label=_("What is wrong, or why you ask"), max_length=3000, widget=LONG
    )

    def __init__(self, kind: CaseKind, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.kind = kind
        for name, field in _ASKED.get(kind, {}).items():
            self.fields[name] = field()
        files = [f"file_{n}" for n in range(1, FILES + 1)]
        self.order_fields([*(f for f in self.fields if f not in files), *files])

    def asked(self) -> Asked:
        """What was typed."""
        names = _ASKED.get(self.kind, {})
        known = self.cleaned_data
        values = {
            name: int(known[name]) for name in names if known.get(name) is not None
        }
        return Asked(self.kind, known["reason"], values, self.accepted)


def _areas() -> dict[str, Any]:
    return {
        "land_m2": lambda: WholeOrNone(
            label=_("Right land area, m²"), most=10**9, required=False
        ),
        "building_m2": lambda: WholeOrNone(
            label=_("Right building area, m²"), most=10**9, required=False
        ),
    }


def _parts() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("In how many months"), min_value=2, max_value=parts_at_most(), initial=6
    )


def _percent(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=100)


_ASKED: dict[CaseKind, dict[str, Any]] = {
    CaseKind.CORRECTION: _areas(),
    CaseKind.OBJECTION: _areas(),
    CaseKind.INSTALMENT: {"parts": _parts},
    CaseKind.REDUCTION: {"percent": lambda: _percent(_("Percent of the bill"))},
    CaseKind.REFUND: {
        "amount": lambda: WholeOrNone(
            label=_("Paid too much, rupiah"), most=MOST, required=False
        )
    },
}


class EnterForm(NopForm):
    """For somebody at the counter: which bill, and what is asked."""

    year = forms.IntegerField(
        label=_("Tax year"), min_value=1990, max_value=2100, localize=False
    )
    kind = forms.ChoiceField(
        label=_("What the person asks for"), choices=CaseKind.choices
    )


class CaseFilter(forms.Form):
    """Which requests the list shows."""

    q = forms.CharField(label=_("NOP or name"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *CaseKind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("open", _("to be decided")), ("", _("all")), *CaseState.choices],
    )

    def wanted(self) -> Wanted:
        """Those to be decided, if nothing is said."""
        if not self.is_valid():
            return Wanted(state="open")
        known = self.cleaned_data
        state = known["state"] if "state" in self.data else "open"
        return Wanted(state=state, kind=known["kind"], text=known["q"].strip())


class MoreForm(forms.Form):
    """What is missing."""

    text = forms.CharField(label=_("What is missing"), max_length=2000, widget=LONG)


class DecideForm(forms.Form):
    """The decision; its fields follow the kind and the bill."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            (CaseState.GRANTED, _("granted")),
            (CaseState.PARTLY, _("granted in part")),
            (CaseState.REFUSED, _("refused")),
        ],
    )
    text = forms.CharField(
        label=_("Reasons"),
        max_length=3000,
        widget=LONG,
        help_text=_("The person reads them, and whoever looks at the bill later."),
    )

    def __init__(self, kind: CaseKind, bill: Bill, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.kind, self.bill = kind, bill
        self.facts = [
            name
            for name in ("land_m2", "land_value", "building_m2", "building_value")
            if kind in (CaseKind.CORRECTION, CaseKind.OBJECTION) and name in bill.facts
        ]
        for name in self.facts:
            self.fields[name] = WholeOrNone(
                label=_LABELS[name],
                most=10**9,
                required=False,
                initial=bill.facts[name],
            )
        for name, field in self._own_fields().items():
            self.fields[name] = field

    def _own_fields(self) -> dict[str, forms.Field]:
        if self.kind == CaseKind.REFUND:
            return self._refund_fields()
        if self.kind == CaseKind.INSTALMENT:
            return {"parts": _optional(_parts()), "first_on": _day(_("First part due"))}
        if self.kind == CaseKind.WAIVER:
            percent = _percent(_("Percent of the interest that is waived"))
            return {
                "percent": _optional(percent),
                "until": _day(_("If paid until")),
            }
        words = _("The bill asks for, rupiah")
        field = WholeOrNone(label=words, most=MOST, required=False)
        if self.facts:
            field.help_text = _("Leave it empty to reckon it from the facts above.")
        return {"amount": field}

    def _refund_fields(self) -> dict[str, forms.Field]:
        debts = [
            (str(one.id), f"{shown_nop(one.number)} · {one.year}")
            for one in debts_of(self.bill)[:DEBTS]
        ]
        return {
            "amount": WholeOrNone(
                label=_("Paid back, rupiah"), most=MOST, required=False
            ),
            "set_off": forms.ChoiceField(
                label=_("How"),
                choices=[("", _("back to the person")), *debts],
                required=False,
                help_text=_("Or it pays another bill of the same person."),
            ),
        }

    def decision(self) -> Decision:
        """What was decided."""
        known = self.cleaned_data
        amount = known.get("amount")
        return Decision(
            outcome=CaseState(known["outcome"]),
            text=known["text"],
            amount=None if amount is None else int(amount),
            facts=self._facts() if amount is None else None,
            parts=known.get("parts") or 0,
            first_on=known.get("first_on"),
            percent=known.get("percent") or 0,
            until=known.get("until"),
            set_off=int(known["set_off"]) if known.get("set_off") else None,
        )

    def _facts(self) -> dict[str, Any] | None:
        typed = {name: self.cleaned_data.get(name) for name in self.facts}
        told = {name: int(one) for name, one in typed.items() if one is not None}
        return {**self.bill.facts, **told} if told else None


_LABELS: dict[str, Any] = {
    "land_m2": _("Land, m²"),
    "land_value": _("Value of a m² of land, rupiah"),
    "building_m2": _("Building, m²"),
    "building_value": _("Value of a m² of building, rupiah"),
}


def _optional(field: forms.IntegerField) -> forms.IntegerField:
    field.required = False
    return field


def _day(label: Any, initial: date | None = None) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        initial=initial,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class EndPlanForm(forms.Form):
    """Why a plan of instalments ends."""

    text = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=LONG,
        help_text=_("The person reads it."),
    )


class AppealForm(forms.Form):
    """What is known of an appeal at the tax court."""

    outcome = forms.ChoiceField(
        label=_("The appeal"),
        widget=forms.RadioSelect,
        choices=[
            ("lodged", _("was lodged")),
            ("lost", _("was lost")),
            ("won", _("was won")),
        ],
    )
    text = forms.CharField(
        label=_("Number and day of the court's letter"), max_length=500, widget=LONG
    )
