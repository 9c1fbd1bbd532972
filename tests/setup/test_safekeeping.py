"""A backup and what comes back from it."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from habaring.config import embedded, safekeeping
from habaring.config.stop import SetupStop
from tests.setup.test_embedded import ask, write
from tests.setup.test_embedded import data as data

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


@pytest.fixture
def url(data: Path) -> Iterator[str]:
    with embedded.serving(data, durable=False) as found:
        yield found


def test_what_was_saved_comes_back(data: Path, url: str) -> None:
    write(url, "CREATE TABLE people_account AS SELECT 'Alya'::text AS name")
    (data / "files").mkdir()
    (data / "files" / "budget.csv").write_text("62.02;1")
    backup = data / "backup.tar.gz"
    safekeeping.save(url, data, backup)
    assert backup.stat().st_mode & 0o077 == 0

    write(url, "UPDATE people_account SET name = 'Citra'")
    write(url, "CREATE TABLE later AS SELECT 1 AS number")
    (data / "files" / "budget.csv").unlink()
    with pytest.raises(SetupStop, match="holds accounts already"):
        safekeeping.bring_back(url, data, backup, replace=False)
    assert ask(url, "SELECT name FROM people_account") == "Citra"

    safekeeping.bring_back(url, data, backup, replace=True)
    assert ask(url, "SELECT name FROM people_account") == "Alya"
    assert ask(url, "SELECT to_regclass('later') IS NULL") == "True"
    assert (data / "files" / "budget.csv").read_text() == "62.02;1"


def test_another_file_is_refused_and_nothing_changes(data: Path, url: str) -> None:
    write(url, "CREATE TABLE kept AS SELECT 62 AS code")
    other = data / "other.tar.gz"
    other.write_text("not an archive")
    with pytest.raises(SetupStop, match="cannot be read as a backup"):
        safekeeping.bring_back(url, data, other, replace=True)
    with tarfile.open(other, "w:gz"):
        pass
    with pytest.raises(SetupStop, match="is not a backup of Habaring"):
        safekeeping.bring_back(url, data, other, replace=True)
    assert ask(url, "SELECT code FROM kept") == "62"


def test_a_running_platform_is_not_restored_over(
    data: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with (
        pytest.raises(SetupStop, match="platform is running"),
        embedded.at_hand(data, alone=True),
    ):
        pass
    with embedded.at_hand(data) as same, psycopg.connect(same):
        assert same == url
