"""The walls stand, the files stay small, what can be set is documented."""

import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from habaring.config import messages
from habaring.shared.charts.icons import ICONS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "habaring"
SETTINGS = (PACKAGE / "config" / "settings.py").read_text(encoding="utf-8")
LONGEST_FILE = 600
NOT_DOMAINS = {"config", "web", "shared", "engines", "locale"}


def rules() -> list[dict[str, object]]:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = data["tool"]["importlinter"]["contracts"]
    return found


def python_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_domain_is_in_the_contract_of_domains() -> None:
    """A new folder must be added to the list by hand: this compares it."""
    contract = next(rule for rule in rules() if str(rule["name"]).startswith("Inside"))
    listed = {str(name).removeprefix("habaring.") for name in contract["containers"]}  # type: ignore[attr-defined]
    models = [*PACKAGE.glob("*/models.py"), *PACKAGE.glob("*/models/__init__.py")]
    folders = {path.relative_to(PACKAGE).parts[0] for path in models} - NOT_DOMAINS
    assert listed == folders


@pytest.mark.parametrize(
    "folder", ["utils", "helpers", "constants", "exceptions", "services"]
)
def test_nothing_is_called_by_a_name_that_says_nothing(folder: str) -> None:
    assert not list(PACKAGE.rglob(f"{folder}.py"))
    assert not list(PACKAGE.rglob(f"{folder}/__init__.py"))


def test_no_file_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_every_setting_is_documented() -> None:
    """Each variable that the settings read stands in `.env.example`."""
    read = set(re.findall(r'env_(?:bool|int|list)\(\s*"(\w+)"', SETTINGS))
    read |= set(re.findall(r'environ\.get\(\s*"(\w+)"', SETTINGS))
    documented = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = {
        name for name in read if not re.search(rf"^#?\s*{name}=", documented, re.M)
    }
    assert missing == set()


def test_every_sentence_has_its_indonesian() -> None:
    reports = [line for report in messages.reports() for line in report.lines]
    assert reports == []


def test_no_template_carries_style_or_script_inside() -> None:
    """The content security policy would refuse it in the reader's browser."""
    guilty = []
    for path in PACKAGE.rglob("templates/**/*.html"):
        if path.name == "book_file.html":  # a file to keep, not a page of ours
            continue
        text = path.read_text(encoding="utf-8")
        if re.search(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*\ssrc=)", text):
            guilty.append(str(path.relative_to(PACKAGE)))
    assert guilty == []


def test_every_icon_that_a_template_names_is_drawn() -> None:
    """One that is not would break the page only when that part of it is shown."""
    named = re.compile(r'icon_name="([^"{]+)"|{% icon "([^"]+)"')
    missing = [
        f"{path.relative_to(PACKAGE)}: {one or other}"
        for path in PACKAGE.rglob("templates/**/*.html")
        for one, other in named.findall(path.read_text(encoding="utf-8"))
        if (one or other) not in ICONS
    ]
    assert missing == []


def test_every_template_says_its_context() -> None:
    silent = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("templates/**/*.html")
        if "{% comment %}" not in path.read_text(encoding="utf-8")[:400]
    ]
    assert silent == []


def test_one_sentence_has_one_translation() -> None:
    """All catalogues become one: where two differ, the reader meets either."""
    said: dict[tuple[str | None, object], set[object]] = defaultdict(set)
    for path in PACKAGE.glob("*/locale/id/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="id"):
                if message.id:
                    words = message.string
                    kept = tuple(words) if isinstance(words, list | tuple) else words
                    said[message.context, str(message.id)].add(kept)
    assert {key: words for key, words in said.items() if len(words) > 1} == {}
