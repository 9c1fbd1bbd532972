"""The embedded PostgreSQL: started, stopped, killed, found again."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from habaring.config import embedded, identity
from habaring.config.instance import Busy, held
from habaring.config.stop import SetupStop

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="no embedded server on Windows"),
    # Newer Pythons warn of fork in a program with threads; pytest-xdist has some.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),
]
is_root = os.geteuid() == 0
SRC = Path(embedded.__file__).resolve().parents[2]


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that any account may enter, with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="hab-"))
    folder.chmod(0o755)
    yield folder
    if (folder / "pg").is_symlink():
        shutil.rmtree((folder / "pg").resolve().parent, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def ask(url: str, question: str) -> str:
    with psycopg.connect(url, autocommit=True) as found:
        row = found.execute(question.encode()).fetchone()
    return str(row[0]) if row else ""


def answers(url: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        return ask(url, "SELECT 1") == "1"
    return False


def write(url: str, words: str) -> None:
    with psycopg.connect(url, autocommit=True) as found:
        found.execute(words.encode())


def test_what_was_written_is_there_at_the_next_start(data: Path) -> None:
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SHOW server_version").startswith(embedded.MAJOR)
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SELECT datlocprovider FROM pg_database LIMIT 1") == "b"
        write(url, "CREATE TABLE kept AS SELECT 62 AS code")
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SELECT code FROM kept") == "62"


def test_a_half_made_database_is_made_again(data: Path) -> None:
    (data / "pg.new").mkdir()
    (data / "pg.new" / "PG_VERSION").write_text("18\n")
    (data / "pg").mkdir()
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SELECT 1") == "1"
    assert not (data / "pg.new").exists()


def test_a_killed_server_is_started_again(data: Path) -> None:
    server = embedded.prepare(data)  # with synchronous commit: nothing may be lost
    url = embedded.address(data)
    try:
        server.start()
        write(url, "CREATE TABLE kept AS SELECT 62 AS code")
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.start()  # at once: the old one's children may not have gone yet
        assert ask(url, "SELECT code FROM kept") == "62"
    finally:
        server.stop()


def test_a_server_that_lost_its_way_back_is_started_again(data: Path) -> None:
    server = embedded.prepare(data)
    url = embedded.address(data)
    try:
        server.start()
        write(url, "CREATE TABLE kept AS SELECT 62 AS code")
        assert server.process is not None
        first = server.process.pid
        assert any(killed_while_recovering(url, first) for _ in range(10))
        assert server.mend() == (server.process.pid != first)
        wait_for(lambda: ask(url, "SELECT code FROM kept") == "62")
        assert not server.mend()
    finally:
        server.stop()


def killed_while_recovering(url: str, postmaster: int) -> bool:
    """Crash it and catch it recovering; it may have been quicker than we."""
    wait_for(lambda: answers(url))
    with psycopg.connect(url) as found:
        os.kill(found.info.backend_pid, signal.SIGKILL)
        soon = time.monotonic() + 2
        while time.monotonic() < soon:
            if killed_startup(postmaster):
                return True
    return False


def killed_startup(postmaster: int) -> bool:
    """Whether the process that recovers was caught in the act."""
    for pid, words in embedded.below(postmaster).items():
        if "startup" in words:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def test_a_killed_supervisor_leaves_nothing_in_the_way(data: Path) -> None:
    command = [sys.executable, "-m", "habaring.config.embedded", "--data", str(data)]
    command.append("--not-durable")
    supervisor = subprocess.Popen(
        [*command, "--", "sleep", "30"],
        env=os.environ | {"PYTHONPATH": str(SRC)},
        start_new_session=True,
    )
    wait_for(lambda: "ready" in pid_file(data))
    supervisor.kill()
    supervisor.wait()
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SELECT 1") == "1"
    with contextlib.suppress(ProcessLookupError):
        os.killpg(supervisor.pid, signal.SIGKILL)


def test_an_orphan_server_is_stopped_first(data: Path) -> None:
    orphaned = embedded.prepare(data, durable=False)
    orphaned.start()
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SELECT 1") == "1"
        assert orphaned.process is not None
        assert orphaned.process.wait(5) is not None


def test_a_number_given_to_another_program_is_no_server(data: Path) -> None:
    with embedded.serving(data, durable=False):
        stale = (data / "pg" / "postmaster.pid").read_text().splitlines()
    stale[0] = str(os.getpid())
    (data / "pg" / "postmaster.pid").write_text("\n".join(stale) + "\n")
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SELECT 1") == "1"


def test_two_do_not_share_one_folder(data: Path) -> None:
    with held(data / embedded.LOCK, note="http://127.0.0.1:8000/"):
        with pytest.raises(Busy) as refused, embedded.serving(data):
            pass
        assert refused.value.note == "http://127.0.0.1:8000/"
    with held(data / embedded.LOCK, note="free again") as abandoned:
        assert not abandoned


def test_a_holder_that_left_in_a_hurry_is_noticed(data: Path) -> None:
    (data / embedded.LOCK).write_text("http://127.0.0.1:8000/")
    with held(data / embedded.LOCK, note="mine") as abandoned:
        assert abandoned


def test_another_major_version_is_refused_with_the_way_out(data: Path) -> None:
    (data / "pg").mkdir()
    (data / "pg" / "PG_VERSION").write_text("16\n")
    with pytest.raises(SetupStop) as refused, embedded.serving(data):
        pass
    assert "made by PostgreSQL 16" in str(refused.value)
    assert "habaring backup" in str(refused.value)


def test_a_long_path_gets_a_private_socket_folder(data: Path) -> None:
    deep = data / ("long-" * 20)
    folder = embedded.socket_dir(deep)
    assert len(str(folder / embedded.SOCKET_NAME)) <= embedded.SOCKET_PATH_LIMIT
    try:
        with embedded.serving(deep, durable=False) as url:
            assert ask(url, "SELECT 1") == "1"
            assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(not is_root, reason="only root has an account to drop")
def test_root_becomes_nobody_where_namespaces_are_refused(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HABARING_NO_NAMESPACE", "1")
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SELECT 1") == "1"
        assert (data / "pg").stat().st_uid != 0


@pytest.mark.skipif(not is_root, reason="only root has an account to drop")
def test_a_folder_closed_to_nobody_keeps_its_database_elsewhere(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HABARING_NO_NAMESPACE", "1")
    data.chmod(0o700)
    for _ in range(2):
        with embedded.serving(data, durable=False) as url:
            assert ask(url, "SELECT 1") == "1"
    assert (data / "pg").is_symlink()


@pytest.mark.skipif(not is_root, reason="only root has an account to drop")
def test_a_database_made_in_a_namespace_is_handed_over(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not identity.namespaces_allowed(identity.Identity(0, 0, 65534)):
        pytest.skip("this kernel refuses user namespaces")
    with embedded.serving(data, durable=False) as url:
        write(url, "CREATE TABLE kept AS SELECT 62 AS code")
    monkeypatch.setenv("HABARING_NO_NAMESPACE", "1")
    with embedded.serving(data, durable=False) as url:
        assert ask(url, "SELECT code FROM kept") == "62"


@pytest.mark.skipif(not is_root, reason="needs root to become somebody else")
def test_an_ordinary_account_runs_its_own_server(data: Path) -> None:
    python = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin")
    packages = Path(psycopg.__file__).parents[1]
    home = data / "theirs"
    home.mkdir()
    shutil.chown(home, "nobody")
    if python is None or not os.access(packages, os.R_OK):
        pytest.skip("no Python here that another account may run")
    done = subprocess.run(
        [
            *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", python),
            *("-m", "habaring.config.embedded", "--data", str(home), "--not-durable"),
            *("--", python, "-c", "import os; print(os.environ['DATABASE_URL'])"),
        ],
        env={"PYTHONPATH": f"{SRC}:{packages}", "PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if "Permission denied" in done.stderr or "not permitted" in done.stderr:
        pytest.skip(f"not possible here: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert str(home) in done.stdout


def pid_file(data: Path) -> str:
    try:
        return (data / "pg" / "postmaster.pid").read_text()
    except OSError:
        return ""


def wait_for(true: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
