"""The demo in a transaction, with one person for each role in two regions."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

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
    """Somebody who asks: nobody, a stranger, the holder of a role in a region or in a
    part of it; or somebody made up (`told`) with the powers that are given.
    """

    role: str = ""
    region: str = ""
    part: str = ""  # what its code adds to the region's
    told: str = ""
    given: frozenset[str] = frozenset()
    about: tuple[str, ...] = ()  # the words of the audience that it is asked for

    @property
    def name(self) -> str:
        if self.told:
            return self.told
        if not self.role:
            return "a stranger with an account" if self.region else "signed out"
        if not self.region:
            return self.role
        return f"{self.role} {'here' if self.region == HERE else 'in another region'}"

    @property
    def held(self) -> frozenset[str]:
        """The powers of its role."""
        return self.given if self.told else powers(self.role)

    @property
    def paints(self) -> bool:
        """Whose pages are painted to the end: as an officer and as the public see them."""
        return self in {Persona(), Persona("secretariat", HERE)}

    @property
    def speaks_for_all(self) -> bool:
        """Asks every page: the signed-out, a stranger, and who holds everything."""
        return self.role in {"", "secretariat", "operator"}

    def account(self) -> Account | None:
        if not self.role:
            return makers.account("Alya") if self.region else None
        if self.told:
            Role.objects.create(code=self.role, powers=sorted(self.given))
        code = self.region + self.part
        return makers.officer(
            f"{self.role}-{code or 'all'}",
            region=makers.region(code) if code else None,
            role=self.role,
        )


def everybody() -> Iterator[Persona]:
    """Signed out, a stranger, and each role of the seed, here and there."""
    yield Persona()
    yield Persona(region=HERE)
    for row in rows():
        role, held = str(row["code"]), str(row["held_in"])
        if held == "platform":
            yield Persona(role)
        elif held != "nobody":
            yield Persona(role, HERE, BELOW.get(held, ""))
            yield Persona(role, THERE, BELOW.get(held, ""))


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


@cache
def powers(role: str) -> frozenset[str]:
    """What a role carries; nothing for nobody."""
    carried = {str(row["code"]): row["powers"] for row in rows()}
    return frozenset(carried.get(role, ()))
