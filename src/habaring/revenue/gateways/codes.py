"""Answers of SNAP: a code is HTTP status (3), service (2) and case (2).

Source: SNAP, "Standar Data dan Spesifikasi Teknis"; domain.md 4.5. The reversal of a
virtual-account payment has no service of its own there and answers with that of payments.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Service(StrEnum):
    """Which call it is."""

    ACCESS = "73"
    INQUIRY = "24"
    PAYMENT = "25"
    STATUS = "26"
    NOTIFY = "52"
    CANCEL = "77"


@dataclass(frozen=True)
class Case:
    """One kind of answer."""

    http: int
    number: str
    words: str

    def code(self, service: Service) -> str:
        """The seven digits."""
        return f"{self.http}{service}{self.number}"


OK = Case(200, "00", "Successful")
BAD = Case(400, "00", "Bad Request")
FORMAT = Case(400, "01", "Invalid Field Format")
MANDATORY = Case(400, "02", "Invalid Mandatory Field")
UNAUTHORIZED = Case(401, "00", "Unauthorized")
TOKEN = Case(401, "01", "Invalid Token (B2B)")
EXPIRED = Case(403, "00", "Transaction Expired")
NOT_FOUND = Case(404, "01", "Transaction Not Found")
NO_BILL = Case(404, "12", "Invalid Bill/Virtual Account Not Found")
AMOUNT = Case(404, "13", "Invalid Amount")
PAID = Case(404, "14", "Paid Bill")
INCONSISTENT = Case(404, "18", "Inconsistent Request")
GONE = Case(404, "19", "Bill Expired")
CONFLICT = Case(409, "00", "Conflict")
TOO_MANY = Case(429, "00", "Too Many Requests")
ERROR = Case(500, "00", "General Error")

CASES = {
    f"{case.http}{case.number}": case
    for case in (
        *(OK, BAD, FORMAT, MANDATORY, UNAUTHORIZED, TOKEN, EXPIRED, NOT_FOUND),
        *(NO_BILL, AMOUNT, PAID, INCONSISTENT, GONE, CONFLICT, TOO_MANY, ERROR),
    )
}


class Refused(Exception):  # noqa: N818 - an answer, no failure
    """A call that changes nothing. `about`: a field, or the reason in a few words."""

    def __init__(self, case: Case, about: str = "") -> None:
        self.case = case
        self.about = about
        super().__init__(f"{case.words} {about}".strip())


@dataclass(frozen=True)
class Answer:
    """What goes back to the bank."""

    service: Service
    case: Case
    about: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    reference: str = ""  # of the money, for the list of calls

    @property
    def code(self) -> str:
        return self.case.code(self.service)

    def body(self) -> dict[str, Any]:
        words = f"{self.case.words} {self.about}".strip()
        return {"responseCode": self.code, "responseMessage": words, **self.more}
