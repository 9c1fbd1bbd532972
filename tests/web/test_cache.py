"""Public pages are kept until a write of their region, and never for a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.ids import first_uuid7, uuid7
from habaring.shared.models import AuditEntry

PAGE = "/daerah/62.02/"


@pytest.fixture(autouse=True)
def _keep(settings: Any) -> None:
    settings.PUBLIC_CACHE = True


def rename(region: Region, name: str) -> None:
    Region.objects.filter(pk=region.pk).update(name=name)


def test_a_kept_page_costs_one_query(
    client: Client, kotim: Region, django_assert_num_queries: Callable[[int], Any]
) -> None:
    first = client.get(PAGE)
    with django_assert_num_queries(1):
        second = client.get(PAGE)
    assert second.content == first.content
    assert second["ETag"] == first["ETag"]
    assert "no-cache" in second["Cache-Control"]


def test_an_audited_write_of_the_region_makes_the_page_anew(
    client: Client, kotim: Region, at: datetime
) -> None:
    client.get(PAGE)
    rename(kotim, "Kota Sampit Raya")
    assert b"Sampit Raya" not in client.get(PAGE).content  # nobody has told of it
    audit.record(by=None, at=at, verb="a.write", subject=kotim, region="62.02")
    assert b"Sampit Raya" in client.get(PAGE).content


@pytest.mark.parametrize("above", ["62", audit.PLATFORM])
def test_a_write_above_it_counts_and_one_beside_it_does_not(
    client: Client, kotim: Region, at: datetime, above: str
) -> None:
    tag = client.get(PAGE)["ETag"]
    audit.record(by=None, at=at, verb="a.write", subject=kotim, region="62.01")
    assert client.get(PAGE)["ETag"] == tag
    audit.record(by=None, at=at, verb="a.write", subject=kotim, region=above)
    assert client.get(PAGE)["ETag"] != tag


def test_a_write_that_commits_late_is_not_missed(
    client: Client, kotim: Region, at: datetime
) -> None:
    """Its row sorts before one that was committed earlier: rows are counted too."""
    early = uuid7()
    audit.record(by=None, at=at, verb="a.write", subject=kotim, region="62.02")
    tag = client.get(PAGE)["ETag"]
    AuditEntry.objects.create(
        region_code="62.02",
        id=early,
        at=at,
        verb="late",
        subject_kind="x",
        subject_ref="x",
    )
    assert client.get(PAGE)["ETag"] != tag


def test_the_reader_who_has_the_page_is_told_so(client: Client, kotim: Region) -> None:
    tag = client.get(PAGE)["ETag"]
    again = client.get(PAGE, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_languages_themes_and_addresses_are_kept_apart(
    client: Client, kotim: Region
) -> None:
    indonesian = client.get(PAGE).content
    client.cookies["bahasa"] = "en"
    english = client.get(PAGE).content
    client.cookies["theme"] = "dark"
    dark = client.get(PAGE).content
    assert len({indonesian, english, dark}) == 3
    assert b'lang="en"' in english
    assert b'data-theme="dark"' in dark


def test_a_signed_in_person_is_never_answered_from_it(
    client: Client, kotim: Region, budi: Account
) -> None:
    client.get(PAGE)
    client.force_login(budi)
    response = client.get(PAGE)
    assert "ETag" not in response
    assert b"/keluar/" in response.content


def test_what_is_not_a_page_is_not_kept(client: Client, kotim: Region) -> None:
    assert "ETag" not in client.get("/daerah/62.99/")
    assert "ETag" not in client.get("/masuk/")


def test_the_first_id_of_a_moment_sorts_before_all_made_since(at: datetime) -> None:
    assert first_uuid7(at) < first_uuid7(at + timedelta(milliseconds=1)) < uuid7()
