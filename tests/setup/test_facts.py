"""The shipped facts come in once, and again when a newer version ships others."""

from pathlib import Path
from typing import Any

import pytest

from habaring.config import preparation
from habaring.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def test_facts_come_once(monkeypatch: pytest.MonkeyPatch) -> None:
    preparation.load_once("none")
    assert Region.objects.local().count() == 514
    monkeypatch.setattr(preparation, "call_command", None)  # calling it would fail
    preparation.load_once("none")


def test_newer_facts_are_loaded_and_what_people_wrote_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preparation.load_once("none")
    Region.objects.filter(code="62.02").update(name="Salah ketik", capital="Sampit")
    monkeypatch.setattr(preparation, "_facts_fingerprint", lambda: "a newer version")
    preparation.load_once("kalteng")  # no demo: the database is in use
    kotim = Region.objects.get(code="62.02")
    assert (kotim.name, kotim.capital) == ("Kotawaringin Timur", "Sampit")
    assert not kotim.candidates.exists()
