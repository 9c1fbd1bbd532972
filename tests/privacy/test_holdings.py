"""Nothing about a person is held that no holding declares."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from habaring.people.models import Account
from habaring.privacy.facts_file import shipped_purposes
from habaring.shared.holdings import holdings

PERSONAL = re.compile(
    r"(^|_)(e?mail|phone|full_name|nik|name_on_card|birth_on|ip|ip_address|user_agent|"
    r"recipient|address|person_name|substitute_name|reach)(_|$)"
)
# People's names in columns that are called like any other.
ALSO = {"council.Attendance.name", "people.RegisterEntry.name_masked"}
# Names of things, not of people; each with its reason.
NOT_OF_PEOPLE = {
    "people.Directory.mail_domains": "domains of an office",
    "exchange.PracticeVersion.contact_address": "published address of an office",
    "people.Directory.vouches_for_mail": "a yes or no about a provider",
}


def personal_columns() -> Iterator[str]:
    """Columns that point at an account, or are called like what tells of a person."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            name = f"{model._meta.label}.{field.name}"
            points = field.related_model is Account
            told = isinstance(field, models.EmailField) or PERSONAL.search(field.name)
            if (points or told or name in ALSO) and name not in NOT_OF_PEOPLE:
                yield name


def test_every_column_about_people_is_declared() -> None:
    covered = {column for holding in holdings() for column in holding.covers}
    missing = sorted(set(personal_columns()) - covered)
    assert not missing, f"no holding (<domain>/personal.py) covers: {missing}"


def test_what_is_declared_exists() -> None:
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
    }
    labels = {config.label for config in apps.get_app_configs()}
    gone = {
        column
        for holding in holdings()
        for column in holding.covers
        if column.partition(".")[0] in labels and column not in columns
    }
    assert not gone


def test_every_holding_has_a_purpose_on_record() -> None:
    purposes = {row["code"] for row in shipped_purposes()}
    assert {holding.purpose for holding in holdings()} <= purposes


@pytest.mark.django_db
def test_every_holding_can_be_collected_and_erased(alya: Account, at: object) -> None:
    for holding in holdings():
        for row in holding.collect(alya):
            assert {column.key for column in holding.columns} <= set(row)
        if holding.erase is not None:
            assert holding.erase(alya, by=None, at=at) >= 0  # type: ignore[arg-type]
