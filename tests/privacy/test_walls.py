"""The same journeys as the role that pages run as: the second wall lets them through,
and nobody else.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.people.access import Power
from habaring.people.models import Account
from habaring.posts.things import Asked, Weight, waiting
from habaring.privacy import actions
from habaring.privacy.models import (
    Breach,
    Consent,
    DataRequest,
    DeletionEntry,
    ExportFile,
    Identity,
    Look,
)
from habaring.regions.models import Region
from habaring.shared import walls
from tests import makers
from tests.privacy.makers import NIK, protector
from tests.walls.conftest import as_app_role

WORK = "/ruang-kerja/62.02/data-pribadi/"
OWN = "/data-saya/"
PROTECTED = (Consent, DataRequest, ExportFile, Identity, Look, Breach)


@pytest.fixture(autouse=True)
def _ring(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.PERSONAL_DATA_KEY = ""  # type: ignore[attr-defined]


@pytest.fixture
def page(db: None) -> Iterator[None]:
    with as_app_role():
        yield


def shut() -> None:
    """As between two requests: each begins with nothing open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.region', '', true), set_config('app.account', '', true)"
        )


class Person:
    def __init__(self, account: Account) -> None:
        self.client = Client()
        self.client.force_login(account)

    def get(self, path: str) -> str:
        shut()
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        shut()
        return answer.content.decode(errors="replace")

    def post(self, path: str, expect: int = 302, **data: str) -> str:
        shut()
        answer = self.client.post(path, data)
        assert answer.status_code == expect, (path, answer.status_code)
        shut()
        return answer.content.decode()


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in PROTECTED}


def test_a_persons_rows_are_seen_where_they_are_opened(
    kotim: Region, alya: Account, citra: Account, page: None
) -> None:
    dewi = protector("Dewi", region=kotim)
    person, officer = Person(alya), Person(dewi)
    person.post(f"{OWN}persetujuan/identity/")
    card: dict[str, Any] = {"region": "62.02", "nik": NIK, "name_on_card": "Alya"}
    person.post(f"{OWN}identitas/", **card)
    person.post(f"{OWN}minta/", region="62.02", kind="see", words="Apa?")
    person.post(f"{OWN}salinan/")
    officer.get(WORK)
    first = (now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    officer.post(
        f"{WORK}insiden/baru/",
        title="Bocor",
        discovered_at=first,
        what="a",
        data_kinds="b",
    )
    walls.open_person(alya.pk)
    identity, request = Identity.objects.get(), DataRequest.objects.get()
    shut()
    officer.post(
        f"{WORK}lihat/identity/{identity.id}/",
        expect=200,
        fields_wanted="nik",
        reason_code="verify",
        reason="Mencocokkan KTP di loket.",
    )
    officer.get(f"{WORK}permintaan/{request.id}/")
    assert not any(rows().values())  # nothing open, nothing seen
    walls.open_region("62.01")
    assert not any(rows().values())
    walls.open_region("62.02")
    seen = {"Breach": 1, "DataRequest": 1, "Identity": 1, "Look": 1}
    assert {name: count for name, count in rows().items() if count} == seen
    shut()
    walls.open_person(citra.pk)
    assert not any(rows().values())
    shut()
    assert "Mencocokkan KTP" in person.get(f"{OWN}dilihat/")
    assert NIK not in person.get(OWN)


def test_a_number_that_another_person_told_is_refused_not_a_fault(
    kotim: Region, alya: Account, page: None
) -> None:
    protector("Dewi", region=kotim)
    card: dict[str, Any] = {"region": "62.02", "nik": NIK, "name_on_card": "Nama"}
    for account, answer in ((alya, 302), (makers.account("Eka"), 422)):
        person = Person(account)
        person.post(f"{OWN}persetujuan/identity/")
        person.post(f"{OWN}identitas/", expect=answer, **card)


def test_erasing_reaches_rows_of_every_region(
    kotim: Region, alya: Account, page: None
) -> None:
    protector("Dewi", region=kotim)
    protector("Eka", region=makers.region("62.01"))
    person = Person(alya)
    person.post(f"{OWN}persetujuan/identity/")
    for code in ("62.02", "62.01"):
        person.post(f"{OWN}identitas/", region=code, nik=NIK, name_on_card="Alya")
    person.post(f"{OWN}salinan/")
    person.post(f"{OWN}hapus/", expect=200, sure="on")
    walls.open_everywhere()
    assert not Identity.objects.exists()
    assert not ExportFile.objects.exists()
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert DeletionEntry.objects.get().category == "erasure"
    assert DataRequest.objects.get().state == "done"


def test_what_is_late_stands_first_on_the_desk(
    kotim: Region, alya: Account, page: None
) -> None:
    dewi = protector("Dewi", region=kotim)
    walls.open_region("62.02")
    then = now() - timedelta(hours=100)
    actions.receive_request(
        account=alya, region=kotim, wish=actions.Wish("see"), by=alya, at=then
    )
    shut()
    on = localdate(now())
    asked = Asked(dewi, kotim, frozenset({Power.PROTECT_PERSONAL_DATA}), on)
    assert not [line for line in waiting(asked) if "data-pribadi" in line.url]
    walls.open_region("62.02")  # as the desk does, by the person's powers there
    lines = [line for line in waiting(asked) if "data-pribadi" in line.url]
    assert [line.weight for line in lines] == [Weight.ESCALATED]
    nobody = Asked(dewi, kotim, frozenset({Power.SEE_WORK_ROOM}), on)
    assert not [line for line in waiting(nobody) if "data-pribadi" in line.url]
