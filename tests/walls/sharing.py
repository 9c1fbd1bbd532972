"""Who asks which address, so that nobody asks what somebody like them has asked.

A page lets in by powers and by the place where they are held, and by nothing else:
people/access.py is the only reader of roles, and more powers never open less. So two made-up
persons stand for all roles of a region at each address. One holds every power of those
roles that the address keeps out: what it is refused, each of them is refused. One holds
only the powers that all roles with a declared word have in common: what lets it in, lets
each of them in. Signed out, a stranger, and the roles that hold everything, here, there
and for the platform, ask all addresses; each real role asks one of each kind.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from tests.walls.addresses import Audience, declared
from tests.walls.town import HERE, THERE, Persona, everybody, powers

METHODS = ("GET", "POST")
DISTRICT = ".06"


def lets_in(word: str, persona: Persona, at: str) -> bool:
    """Whether the declared audience has the persona in it, at a region."""
    held = persona.held
    if word == "everyone":
        return True
    if word == "signed_in":
        return bool(persona.role or persona.region)
    if word == "platform":  # the operator's, not all that are held there
        return not persona.region and "manage_people" in held
    if word == "run_cohorts":  # for the country: "all" in one region does not carry it
        return not persona.region and word in held
    there = not persona.region or persona.region == at
    whole = (
        bool(persona.role) and not persona.part
    )  # what lies below opens nothing above
    if word == "member":
        return bool(held) and there and whole
    return whole and there and word in held


def welcome(words: tuple[str, ...], persona: Persona, at: str) -> bool:
    """Whether any of the words has the persona in it."""
    return any(lets_in(word, persona, at) for word in words)


@cache
def people() -> tuple[Persona, ...]:
    """Everybody who asks: the real ones, and those made up to stand for many."""
    return (*everybody(), *_made_up())


def _made_up() -> Iterator[Persona]:
    words = {one for row in declared().values() for one in (row.read, row.send)}
    told = {one for row in words for one in row}
    every = powers("secretariat")
    yield Persona("all", HERE, DISTRICT, "everything, in a district", every)
    for row in sorted(words):
        if every.isdisjoint(row):
            continue  # asked by those who ask everything
        kept_out = [one for one in _roles() if not welcome(row, one, HERE)]
        union = frozenset[str]().union(*(one.held for one in kept_out))
        name = f"everything of those without {' or '.join(row)}"
        yield Persona("without", HERE, "", name, union, row)
    for word in sorted(told & every):
        bearers = [one.held for one in _roles() if lets_in(word, one, HERE)]
        if bearers:  # else only those who hold everything
            common = frozenset.intersection(*bearers)
            yield Persona("with", HERE, "", f"{word} here", common, (word,))


@cache
def _roles() -> tuple[Persona, ...]:
    """The real roles of the region that do not hold everything."""
    return tuple(
        one
        for one in everybody()
        if one.region == HERE and one.role and not one.part and not one.speaks_for_all
    )


def asked(persona: Persona, rows: Mapping[str, Audience]) -> dict[str, tuple[str, ...]]:
    """What a persona asks, by name: GET, POST or both."""
    kinds: set[tuple[tuple[str, ...], ...]] = set()
    told: dict[str, tuple[str, ...]] = {}
    for name, row in rows.items():
        kind = (row.read, row.send)
        methods = _methods(persona, row, first=kind not in kinds)
        kinds.add(kind)
        if methods:
            told[name] = methods
    return told


def _methods(persona: Persona, row: Audience, *, first: bool) -> tuple[str, ...]:
    if persona.speaks_for_all:
        return METHODS
    if row.knows_no_role:
        return ()
    both = tuple(zip(METHODS, (row.read, row.send), strict=True))
    both = tuple(one for one in both if one[1] != ("nobody",))  # it asks for no role
    if persona.role == "without":
        return tuple(method for method, words in both if words == persona.about)
    if persona.role == "with":
        return tuple(m for m, words in both if not {*persona.about}.isdisjoint(words))
    whole = persona.role in {"all", "programme_office"}
    # without the power, who works elsewhere is refused twice over
    could = persona.region != THERE or not persona.held.isdisjoint(
        (*row.read, *row.send)
    )
    return tuple(method for method, _ in both) if whole or (first and could) else ()


def crosses(persona: Persona, words: tuple[str, ...]) -> bool:
    """Whether to ask for the things of here under an address of there. Who has no door
    there is refused twice over, so that one of those who work here is enough.
    """
    return persona == Persona("secretariat", HERE) or welcome(words, persona, THERE)
