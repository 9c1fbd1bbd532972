"""The first wall: every address and every call, as each role of another region."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.walls import asking
from tests.walls.asking import PERSONAS
from tests.walls.town import THERE, Persona

# the module holds one transaction around all its tests: asking.py
_django_db_helper = asking._django_db_helper
_own_files, client_of = asking._own_files, asking.client_of
files, town = asking.files, asking.town

PEOPLE = [one for one in PERSONAS if one.region == THERE]
each_person = pytest.mark.parametrize(
    ("client_of", "persona"),
    [(one, one) for one in PEOPLE],
    indirect=["client_of"],
    ids=[one.name for one in PEOPLE],
)
Record = Callable[[str, object], None]


@pytest.mark.django_db
@each_person
def test_each_person_is_let_in_where_declared(
    client_of: Client, persona: Persona, record_property: Record
) -> None:
    asking.ask_every_address(client_of, persona, record_property)


@pytest.mark.django_db
@each_person
def test_each_call_of_the_api_is_let_in_where_declared(
    client_of: Client, persona: Persona, record_property: Record, settings: Any
) -> None:
    asking.call_every_operation(client_of, persona, record_property, settings)
