"""The demo in a transaction, with one person for each role in two regions."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.management import call_command
from django.db import transaction

from habaring.people.models import Account, Role
from habaring.people.roles import rows
from tests import makers

HERE, THERE = "62.02", "62.01"
BELOW = {
    "district": ".06",
    "village": ".06.1001",
}  # what lies below opens nothing above


@dataclass(frozen=True)
class Persona:
    """Somebody who asks: nobody, a stranger, or the holder of a role in a region."""

    role: str = ""
    region: str = ""

    @property
    def name(self) -> str:
        if not self.role:
            return "a stranger with an account" if self.region else "signed out"
        if not self.region:
            return self.role
        return f"{self.role} {'here' if self.region == HERE else 'in another region'}"

    @property
    def speaks_for_all(self) -> bool:
        """For pages that know no roles: the signed-out, a stranger and one role each ask."""
        return self.role in {"", "secretariat", "operator"}

    def account(self) -> Account | None:
        if not self.role:
            return makers.account("Alya") if self.region else None
        code = self.region + BELOW.get(held_in(self.role), "")
        return makers.officer(
            f"{self.role}-{self.region or 'all'}",
            region=makers.region(code) if code else None,
            role=self.role,
        )


def everybody() -> Iterator[Persona]:
    """Signed out, a stranger, and each role of the seed, here and there."""
    yield Persona()
    yield Persona(region=HERE)
    for row in rows():
        role, held = str(row["code"]), row["held_in"]
        if held == "platform":
            yield Persona(role)
        elif held != "nobody":
            yield Persona(role, HERE)
            yield Persona(role, THERE)


def held_in(role: str) -> str:
    """Where a role is held: region, department, body, district, village, person."""
    return next(str(row["held_in"]) for row in rows() if row["code"] == role)


def founded() -> None:
    """The facts and the demo; call it inside a transaction that is undone."""
    with transaction.atomic():
        for command in (
            "load_regions",
            "load_catalogue",
            "load_book_sets",
        ):
            call_command(command, verbosity=0, stdout=io.StringIO())
        call_command("load_demo", "kalteng", verbosity=0, stdout=io.StringIO())


def powers(role: str) -> frozenset[str]:
    """What a role carries."""
    return frozenset(Role.objects.get(code=role).powers)
