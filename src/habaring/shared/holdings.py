"""What each domain holds about a person: declared by the domain, shown to the person.

A domain writes a module `personal.py` (found by its name in every installed domain, like
`loaders.py`), in which every column that points at an account, or holds a name, a mail
address or a telephone number, is covered by a holding:

    register(
        Holding(
            code="meetings.attendance",
            purpose="meetings",  # a code of privacy/facts/purposes.toml
            name=_("Meetings you attended"),
            columns=(Column("meeting", _("Meeting")), Column("at", _("When"))),
            covers=("council.Attendance.account",),
            collect=_attendance,  # account → dicts of plain values by column
            erase=None,  # or: (account, by=, at=) → how many rows
            stays=_("The minutes of a public meeting are kept."),
        )
    )

`tests/privacy/test_holdings.py` walks all models and fails where a column is not
covered. Authorship of official deeds has a short form: `deeds`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words

if TYPE_CHECKING:
    from datetime import datetime

    from habaring.people.models import Account


@dataclass(frozen=True)
class Column:
    """One column of what is shown and exported; `key` is stable, `label` is read."""

    key: str
    label: Words


class Eraser(Protocol):
    """Removes what a holding says of a person; returns how many rows it touched."""

    def __call__(
        self, account: "Account", *, by: "Account | None", at: "datetime"
    ) -> int: ...


@dataclass(frozen=True)
class Holding:
    """One thing held about people. `erase` None: it stays, for the reason `stays`.

    `purpose` is the code of a purpose of processing. `officer_decides`: while it holds
    rows, an erasure is not automatic. `last`: erased after all others. `summed`: a page
    shows the sum of the last column; the copy of one's data shows each row.
    """

    code: str
    purpose: str
    name: Words
    columns: tuple[Column, ...]
    collect: Callable[["Account"], Iterable[Mapping[str, Any]]]
    covers: tuple[str, ...] = ()
    erase: Eraser | None = None
    stays: Words = ""
    legal_reference: str = ""
    officer_decides: bool = False
    last: bool = False
    summed: bool = False


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> Holding:
    """Make a holding known; ValueError where two share a code, or one never ends
    and does not say why.
    """
    if holding.erase is None and not holding.stays:
        raise ValueError(f"{holding.code!r} stays and does not say why.")
    if _holdings.setdefault(holding.code, holding) is not holding:
        raise ValueError(f"Two holdings are called {holding.code!r}.")
    return holding


@cache
def _discover() -> None:
    autodiscover_modules("personal")


def holdings() -> list[Holding]:
    """Every registered holding, in the order of their codes; the account itself last."""
    _discover()
    return sorted(_holdings.values(), key=lambda one: (one.last, one.code))


def deeds(domain: str, name: Words, *covers: str) -> Holding:
    """Authorship of official deeds: counted for the person, kept for the public.

    `covers` are columns "app.Model.field" that point at the account that acted.
    """

    def collect(account: "Account") -> Iterable[Mapping[str, Any]]:
        for column in covers:
            label, _dot, field_name = column.rpartition(".")
            model = apps.get_model(label)
            rows = model._default_manager.filter(**{field_name: account}).count()
            if rows:
                yield {
                    "thing": str(model._meta.label),
                    "part": field_name,
                    "rows": rows,
                }

    return register(
        Holding(
            code=f"{domain}.deeds",
            purpose="record",
            name=name,
            columns=(Column("rows", _("How many")),),
            summed=True,
            covers=covers,
            collect=collect,
            stays=_(
                "Official deeds stay on record; your name is taken off them when your account is erased."
            ),
            legal_reference="UU 43/2009 (Kearsipan); UU 14/2008 (KIP)",
        )
    )
