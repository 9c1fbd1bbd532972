"""`habaring choose`: two plain files in, a plan or a refusal out, no database."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from habaring.portfolio.choose_files import candidates_to_csv, limits_to_toml
from habaring.portfolio.management.commands.choose import ChooseRefused
from tests.engines.choosing.reading import case


@pytest.fixture
def files(tmp_path: Path) -> Any:
    def write(name: str) -> tuple[str, str]:
        candidates, limits, _ = case(name)
        table, rules = tmp_path / "c.csv", tmp_path / "l.toml"
        table.write_text(candidates_to_csv(candidates), encoding="utf-8")
        rules.write_text(limits_to_toml(limits), encoding="utf-8")
        return str(table), str(rules)

    return write


def test_one_json_object(files: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("choose", *files("waiting"), "--json", "--gap=0", "--frontier=3")
    record = json.loads(capsys.readouterr().out)
    assert record["objective"] == 22.0
    assert record["starts"]["P5"] is None
    assert len(record["frontier"]) == 3


def test_a_page_of_text(files: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("choose", *files("waiting"), "--gap=0", "--frontier=2")
    text = capsys.readouterr().out.replace("\xa0", " ")
    assert "2027  P2  Village network  Rp 500.000.000" in text
    assert "P5  Smart street lights." in text


def test_a_conflict_is_told_and_nothing_printed(
    files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ChooseRefused) as refused:
        call_command("choose", *files("promises"), "--json")
    assert capsys.readouterr().out == ""
    assert len(str(refused.value).splitlines()) == 5


def test_files_that_cannot_be_read(files: Any, tmp_path: Path) -> None:
    table, rules = files("waiting")
    with pytest.raises(ChooseRefused):
        call_command("choose", str(tmp_path / "none.csv"), rules)
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(ChooseRefused):
        call_command("choose", str(picture), rules)
    with pytest.raises(ChooseRefused) as refused:
        call_command("choose", rules, table)
    assert "code" in str(refused.value)


def test_inputs_that_are_refused(files: Any, tmp_path: Path) -> None:
    table, rules = files("waiting")
    text = Path(table).read_text(encoding="utf-8")
    Path(table).write_text(text.replace("P3", "P1"), encoding="utf-8")
    with pytest.raises(ChooseRefused) as refused:
        call_command("choose", table, rules)
    assert "P1" in str(refused.value)
