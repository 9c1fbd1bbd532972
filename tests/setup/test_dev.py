"""dev.py: what it says on a machine that is not as it should be, and its stamps."""

import ast
import importlib.util
import json
import os
import re
import socket
from pathlib import Path
from types import ModuleType

import pytest

from habaring.config import supervisor
from habaring.config.stop import SetupStop

ROOT = Path(__file__).resolve().parents[2]


def program(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checks() -> ModuleType:
    return program(".ci/checks.py")


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py, looking at an empty checkout."""
    module = program("dev.py")
    places = {
        "ROOT": tmp_path,
        "VAR": tmp_path / "var",
        "TOOLS": tmp_path / "var" / "tools",
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv" / "bin" / "python",
        "STAMP": tmp_path / ".venv" / "habaring.json",
        "VENDOR": tmp_path / "vendor",
    }
    for name, place in places.items():
        monkeypatch.setattr(module, name, place)
    for name in module.LEVELS.values():
        (tmp_path / name).write_text(f"# {name}\n")
    return module


def lay_environment(dev: ModuleType, level: str) -> None:
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.write_text("#!/bin/sh\n")
    dev.PYTHON.chmod(0o755)
    stamp = {
        "level": level,
        "lock": dev.sha(dev.ROOT / dev.LEVELS[level]),
        "root": str(dev.ROOT),
        "version": dev.SETUP_VERSION,
    }
    dev.STAMP.write_text(json.dumps(stamp))


def test_an_old_python_can_read_it_and_is_told() -> None:
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 6))


def test_the_words_for_an_old_python(dev: ModuleType) -> None:
    words = dev.too_old((3, 9), "/usr/bin/python3")
    assert "3.11 or newer; this is 3.9 (/usr/bin/python3)" in words
    assert "python3.12 dev.py up" in words


def test_without_a_word_it_shows_its_commands(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main([]) == 2
    assert "dev.py up" in capsys.readouterr().err


def test_a_bigger_set_serves_a_smaller_need(dev: ModuleType) -> None:
    assert not dev.fresh("run")
    lay_environment(dev, "dev")
    assert dev.fresh("run")
    assert dev.fresh("dev")
    assert not dev.fresh("bench")


def test_a_changed_lock_asks_for_the_set_again(dev: ModuleType) -> None:
    lay_environment(dev, "dev")
    (dev.ROOT / "requirements-dev.lock").write_text("# newer\n")
    assert not dev.fresh("run")


def test_a_half_finished_or_moved_environment_is_seen(dev: ModuleType) -> None:
    lay_environment(dev, "run")
    text = dev.STAMP.read_text()
    dev.STAMP.write_text(text[:10])
    assert not dev.fresh("run")
    dev.STAMP.write_text(text.replace(str(dev.ROOT), "/somewhere/else"))
    assert not dev.fresh("run")
    dev.STAMP.write_text(text)
    dev.PYTHON.unlink()
    assert not dev.fresh("run")


def test_a_full_disk_and_a_missing_network_are_named(dev: ModuleType) -> None:
    full = dev.explain("error: failed: No space left on device (os error 28)", "uv")
    assert full == dev.DISK_FULL
    lost = dev.explain("error: Failed to fetch\n  dns error: failed to lookup", "uv")
    assert "is the network there?" in lost
    assert "uv failed" in dev.explain("error: something else", "uv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_access_is_named(dev: ModuleType) -> None:
    dev.ROOT.chmod(0o555)
    with pytest.raises(dev.Stop, match="cannot be written by this account"):
        dev.refuse_unusable_folder()


def test_a_small_disk_is_refused_before_anything_is_fetched(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "ROOM_NEEDED_MB", 10**9)
    with pytest.raises(dev.Stop, match="Make room"):
        dev.refuse_full_disk()


def test_the_path_file_and_the_console_script_are_written(dev: ModuleType) -> None:
    folder = dev.VENV / "lib" / "python3.11" / "site-packages"
    folder.mkdir(parents=True)
    (dev.VENV / "bin").mkdir()
    dev.install_project()
    assert (folder / "habaring.pth").read_text() == f"{dev.ROOT}/src\n"
    assert os.access(dev.VENV / "bin" / "habaring", os.X_OK)


@pytest.mark.parametrize(
    "line",
    [
        "12 passed in 0.31s",
        "=========== 1 failed, 12 passed, 3 skipped in 62.10s (0:01:02) ===========",
    ],
)
def test_pytest_closing_lines_are_known(checks: ModuleType, line: str) -> None:
    assert checks.CLOSING_LINE.match(line)
    assert not checks.CLOSING_LINE.match("tests/test_x.py::test_12 passed")


def test_a_document_link_to_nowhere_is_named(
    checks: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text("[a](docs/a.md) `[b](c.md)` [d](README.md)")
    assert checks.links(tmp_path) == (False, "README.md: docs/a.md is not there")


def test_a_failed_step_is_told_and_the_closing_line_stands_last(
    checks: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(checks, "checks", lambda: {"walls": lambda: (False, "a hole")})
    assert checks.main(["echo", "== 3 passed in 0.10s =="]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "a hole"
    assert lines[-2:] == ["Failed: walls", "== 3 passed in 0.10s =="]


def test_no_registry_is_named_in_the_lock_file_of_the_front_end() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_a_taken_port_is_named_with_another() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        with pytest.raises(SetupStop) as refused:
            supervisor.refuse_taken_port(supervisor.Place("127.0.0.1", port))
    assert f"Port {port} is taken" in str(refused.value)
    assert f"--port {port + 1}" in str(refused.value)


def test_a_browser_finds_every_module_of_what_is_copied(dev: ModuleType) -> None:
    """Without a bundler each import is a path; an update of lib0 may need another one."""
    source = ROOT / "node_modules"
    if not (source / "yjs").exists():
        pytest.skip("the front-end packages are not here: python3 dev.py test")
    listed = json.loads((ROOT / "package.json").read_text())["habaring"]["vendor"]
    for name, target in listed.items():
        if name.startswith(("yjs/", "lib0/")):
            dev.copy_front_end(source / name, dev.VENDOR / target)
    missing = [
        f"{file.name}: {path}"
        for file in dev.VENDOR.rglob("*.js")
        for path in re.findall(r"(?:from|import)\s+'([^']+)'", file.read_text())
        if not path.startswith(".") or not (file.parent / path).resolve().exists()
    ]
    assert missing == []
