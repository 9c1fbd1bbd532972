"""`habaring score`: its exit codes, its words, and the same numbers as the engine."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from habaring.assessment.score_files import read_table, write_framework, write_table
from habaring.assessment.score_words import WORDS, sentence
from habaring.engines.scoring import Note, Problem, Table, score
from habaring.shared.refusal import Refusal
from tests.engines.scoring.reading import case, inputs


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    table, framework = inputs(case("kotim"))
    names = {"A": "Kotawaringin Timur", "B": "Kapuas", "C": "Seruyan"}
    (tmp_path / "table.csv").write_text(write_table(table, names=names), "utf-8")
    (tmp_path / "framework.toml").write_text(write_framework(framework), "utf-8")
    return str(tmp_path / "table.csv"), str(tmp_path / "framework.toml")


def run(*words: str) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("score", *words, stdout=out)
    return out.getvalue()


def test_the_command_gives_the_engines_numbers(files: tuple[str, str]) -> None:
    record = json.loads(run(*files, "--draws", "1000", "--seed", "4", "--json"))
    table, framework = inputs(case("kotim"))
    expected = score(table, framework, draws=1000, seed=4).as_record()
    assert record.pop("year") is None
    assert record == json.loads(json.dumps(expected))


def test_the_command_prints_a_table_for_people(files: tuple[str, str]) -> None:
    text = run(*files, "--draws", "1000")
    lines = text.splitlines()
    assert lines[0].split()[0] == "Rank"
    assert "Kotawaringin Timur" in lines[1]
    assert "78.33" in lines[1]
    assert "What moves the ranking" in text
    plain = run(*files)
    assert "78.33" in plain
    assert "5–95" not in plain


def test_notes_and_units_not_ranked_are_printed(
    files: tuple[str, str], tmp_path: Path
) -> None:
    table = read_table(Path(files[0]).read_text("utf-8")).table
    values = table.values.copy()
    values[2, 0] = np.nan
    poorer = write_table(Table(table.units, table.indicators, values))
    (tmp_path / "poorer.csv").write_text(poorer, "utf-8")
    text = run(str(tmp_path / "poorer.csv"), files[1], "--draws", "50")
    assert "C is not ranked: only 33% of the index's weight has a value" in text


def test_bad_files_are_refused_with_every_problem(
    files: tuple[str, str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("code,internet\n62,x\n62,2\n", "utf-8")
    with pytest.raises(Refusal) as refused, translation.override("en"):
        run(str(bad), files[1])
    with translation.override("en"):
        assert "Row 2, column internet" in str(refused.value)
        assert "already in row 2" in str(refused.value)
    bad.write_bytes(b"code,internet\n62,\xff\xfe\n")
    with pytest.raises(Refusal, match="UTF-8"):
        run(str(bad), files[1])
    with pytest.raises(Refusal):
        run(str(tmp_path / "nothing.csv"), files[1])


def test_wrong_usage(files: tuple[str, str]) -> None:
    for words in (files[:1], (*files, "--draws", "-3"), (*files, "--seed", "x")):
        with pytest.raises(CommandError):
            run(*words)


def test_exit_codes_and_streams_without_a_database(
    files: tuple[str, str], tmp_path: Path
) -> None:
    program = [sys.executable, "-m", "habaring.cli", "score"]
    nowhere = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing"}

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*program, *words], capture_output=True, text=True, env=nowhere, check=False
        )

    done = call(*files, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["units"][0]["rank"] == 1
    bad = tmp_path / "bad.csv"
    bad.write_text("code,internet\n62,x\n", "utf-8")
    refused = call(str(bad), files[1], "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Traceback" not in refused.stderr
    assert call(files[0]).returncode == 2


def test_progress_is_shown_on_a_terminal(
    files: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run(*files, "--draws", "100")
    assert capsys.readouterr().err.endswith("100/100\n")


def test_every_sentence_has_its_numbers_or_falls_back() -> None:
    with translation.override("en"):
        note = Note("not_ranked", "x", {"unit": "A", "coverage": 0.333, "least": 0.5})
        assert "33%" in sentence(note)
        assert (
            sentence(Note("unheard_of", "As the engine says.")) == "As the engine says."
        )
        stored = {"code": "not_ranked", "text": "Old words.", "params": {"unit": "A"}}
        assert sentence(stored) == "Old words."
        clipped = Note("clipped", "x", {"indicator": "K01", "units": ["A", "B"]})
        assert "A, B" in sentence(clipped)
        flat = {"indicator": "K01", "units": 514, "value": 0.0125}
        assert "all 514 regions with a value have 0.0125" in sentence(
            Note("constant", "x", flat)
        )
        unknown = Problem("unknown_choice", "x", {"value": "q", "known": ["z"]})
        assert "q is not known" in sentence(unknown)
    assert len(WORDS) > 40
