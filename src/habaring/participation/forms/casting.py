"""A ballot as a form: what a voter ticks, ranks or gives points to, read back as a choice.

All of it travels in the form from step to step; no session keeps any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.participation.choices import Choice
from habaring.participation.models import BallotKind, Option, Vote
from habaring.participation.receipts import (
    Receipt,
    check_serial,
    read_receipt,
    shown,
)


class Sent(Protocol):
    """What a form sent: values by name, several under one name."""

    def getlist(self, key: str) -> Sequence[str]: ...
    def get(self, key: str) -> str | None: ...


@dataclass(frozen=True)
class Line:
    """An option as one line of the ballot. `value`: its rank or points, or "on"."""

    option: Option
    value: str = ""

    @property
    def name(self) -> str:
        """The name of its rank or points in the form."""
        return f"nilai-{self.option.code}"

    @property
    def shown(self) -> str:
        """The proposal's number as people read it: an option's code is that number."""
        return proposal_code(self.option)


def proposal_code(option: Option) -> str:
    """`12` → `U-0012`, without asking for the proposal."""
    return f"U-{option.code:0>4}"


def lines(vote: Vote, options: Sequence[Option], choice: Choice) -> list[Line]:
    """The ballot with a choice filled in."""
    return [
        Line(option, _values(vote, choice).get(option.code, "")) for option in options
    ]


def _values(vote: Vote, choice: Choice) -> Mapping[str, str]:
    if vote.ballot == BallotKind.RANKING:
        return {code: str(place) for place, code in enumerate(choice.codes, start=1)}
    if vote.ballot == BallotKind.POINTS:
        return {
            code: str(points)
            for code, points in zip(choice.codes, choice.points, strict=True)
        }
    return dict.fromkeys(choice.codes, "on")


class Unreadable(ValueError):  # noqa: N818 - told to the voter
    """A rank or a number of points that makes no sense; `problems` are sentences."""

    def __init__(self, *problems: object) -> None:
        self.problems = problems
        super().__init__(*problems)


def read_ballot(vote: Vote, options: Sequence[Option], sent: Sent) -> Choice:
    """What was ticked, ranked or given. Raises Unreadable."""
    if vote.ballot not in (BallotKind.RANKING, BallotKind.POINTS):
        ticked = set(sent.getlist("pilih"))
        unknown = tuple(sorted(ticked - {option.code for option in options}))
        return Choice(tuple(o.code for o in options if o.code in ticked) + unknown)
    given = {
        option.code: (sent.get(f"nilai-{option.code}") or "").strip()
        for option in options
    }
    try:
        numbers = {code: int(text) for code, text in given.items() if text}
    except ValueError:
        raise Unreadable(_("Write whole numbers only.")) from None
    if vote.ballot == BallotKind.POINTS:
        some = {code: points for code, points in numbers.items() if points}
        return Choice(tuple(some), tuple(some.values()))
    if len(set(numbers.values())) < len(numbers):
        raise Unreadable(_("Two projects have the same place."))
    return Choice(tuple(sorted(numbers, key=lambda code: numbers[code])))


def carried(choice: Choice) -> list[tuple[str, str]]:
    """A choice as hidden fields, name and value."""
    return [("kode", code) for code in choice.codes] + [
        ("poin", str(points)) for points in choice.points
    ]


def read_carried(sent: Sent) -> Choice:
    """A choice out of hidden fields; an empty one where they were tampered with."""
    try:
        points = tuple(int(text) for text in sent.getlist("poin"))
    except ValueError:
        return Choice()
    return Choice(tuple(sent.getlist("kode")), points)


class ReceiptForm(forms.Form):
    """Both halves of a receipt."""

    receipt = forms.CharField(
        label=_("Receipt"),
        max_length=40,
        help_text=_("All 20 characters, as you wrote them down. Dashes do not matter."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "receipt-input",
            }
        ),
    )

    def clean_receipt(self) -> Receipt:
        """As a receipt; refused where a character is mistyped."""
        found = read_receipt(self.cleaned_data["receipt"])
        if found is None:
            raise forms.ValidationError(
                _("A character is missing or mistyped. Compare it with what you wrote.")
            )
        return found


class NumberForm(forms.Form):
    """The public number of a ballot, or the whole receipt."""

    number = forms.CharField(
        label=_("Number of the ballot, or the whole receipt"),
        max_length=40,
        help_text=_(
            "The number is the first half: 8 characters. Before the close, the whole"
            " receipt also shows what the ballot says."
        ),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "receipt-input",
            }
        ),
    )

    def clean_number(self) -> Receipt:
        """A receipt; its secret is empty where only the number was given."""
        text = self.cleaned_data["number"]
        number = check_serial(text)
        found = Receipt(number, "") if number else read_receipt(text)
        if found is None:
            raise forms.ValidationError(
                _("A character is missing or mistyped. Compare it with what you wrote.")
            )
        return found


def halves(receipt: Receipt) -> dict[str, str]:
    """A receipt as pages show it."""
    return {
        "number": shown(receipt.number),
        "secret": shown(receipt.secret),
        "whole": str(receipt),
    }
