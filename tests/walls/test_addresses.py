"""The first wall: every address and every call, as the public and as each role."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model, QuerySet
from django.test import Client

from tests.walls import asking
from tests.walls.addresses import address, declared, patterns
from tests.walls.sharing import people
from tests.walls.town import HERE, THERE, Persona, everybody

# the module holds one transaction around all its tests: asking.py
_django_db_helper = asking._django_db_helper
_own_files, client_of = asking._own_files, asking.client_of
files, town = asking.files, asking.town
Record = Callable[[str, object], None]


def each(persons: Iterable[Persona]) -> pytest.MarkDecorator:
    """One test a person."""
    known = list(persons)
    return pytest.mark.parametrize(
        ("client_of", "persona"),
        [(one, one) for one in known],
        indirect=["client_of"],
        ids=[one.name for one in known],
    )


def test_every_address_declares_its_audience() -> None:
    names = {name for name, _ in patterns()}
    assert sorted(names - set(declared())) == [], "no audience declared"
    assert sorted(set(declared()) - names) == [], "declared, but gone"


@pytest.mark.django_db
@each(people())
def test_each_person_is_let_in_where_declared(
    client_of: Client, persona: Persona, record_property: Record
) -> None:
    asking.ask_every_address(client_of, persona, record_property)


@pytest.mark.django_db
@each(everybody())
def test_each_call_of_the_api_is_let_in_where_declared(
    client_of: Client, persona: Persona, record_property: Record, settings: Any
) -> None:
    asking.call_every_operation(client_of, persona, record_property, settings)


NATURAL = {name: one for name, one in declared().items() if one.natural}


def of_here(name: str) -> QuerySet[Any]:
    """The rows of this region that the address would name by its key."""
    ids = NATURAL[name].ids.values()
    how = next(one for one in ids if isinstance(one, dict) and "region" in one)
    model: type[Model] = apps.get_model(how["model"])
    return model._default_manager.filter(**{how["region"]: HERE}).order_by("pk")


def page(client: Client, name: str, code: str) -> str:
    """The page with the key of here, at a region; tokens of forms left out."""
    path = address(name, NATURAL[name], code=code, ids_of=HERE)
    assert path
    response = asking.ask(client, "GET", path)
    assert response.status_code == 200, path
    return re.sub(
        r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode()
    )


@pytest.mark.django_db
@each([Persona("secretariat", HERE)])
@pytest.mark.parametrize("name", NATURAL)
def test_a_natural_key_names_what_the_region_of_the_address_has(
    client_of: Client, persona: Persona, name: str
) -> None:
    other, account = Client(), Persona("secretariat", THERE).account()
    assert account
    other.force_login(account)
    known = list(of_here(name).values())
    own, others = page(client_of, name, HERE), page(other, name, THERE)
    asking.ask(
        other, "POST", str(address(name, NATURAL[name], code=THERE, ids_of=HERE))
    )
    assert known
    assert list(of_here(name).values()) == known
    of_here(name).delete()
    assert page(client_of, name, HERE) != own, "its own page shows it"
    assert page(other, name, THERE) == others, "and that of nobody else"
