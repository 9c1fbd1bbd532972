"""`habaring count`: one file in, winners or a refusal out, no database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from habaring.engines.counting import (
    MAX_LINE,
    Completion,
    Rule,
    audit,
    audit_json,
    count,
    read_pabulib,
    write_pabulib,
)
from habaring.participation.management.commands import _count_words as words
from habaring.participation.management.commands.count import CountRefused
from tests.engines.counting.elections import election

PUBLISHED = Rule(completion=Completion.ADD1, ties=("max_votes",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    town = election({"a": 60, "b": 40, "c": 50, "d": 900}, ["3*ab", "2*a", "bc", "c", "d"], 160)  # fmt: skip
    path = tmp_path / "town.pb"
    path.write_bytes(write_pabulib(town, rule=PUBLISHED))
    return path


def say(capsys: pytest.CaptureFixture[str], *asked: Any) -> str:
    call_command("count", *map(str, asked))
    return capsys.readouterr().out.replace("\xa0", " ")


def test_the_rule_comes_from_the_file(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads(say(capsys, file, "--json"))
    assert record["completion"] == "add1"
    assert record["ties"] == ["max_votes"]
    needed = {"winners", "cost", "budget", "rule", "measure", "rounds", "projects"}
    assert needed <= record.keys()
    data = file.read_bytes()
    outcome = count(read_pabulib(data), PUBLISHED)
    assert record == json.loads(audit_json(audit(outcome, data=data)))


def test_what_is_asked_for_comes_first(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    greedy = json.loads(say(capsys, file, "--rule=greedy", "--json"))
    assert (greedy["rule"], greedy["completion"]) == ("greedy", "none")
    asked = ("--completion=none", "--measure=cardinality", "--ties=min_cost")
    shares = json.loads(say(capsys, file, *asked, "--json"))
    assert (shares["rule"], shares["measure"]) == ("equal-shares", "cardinality")
    assert (shares["completion"], shares["ties"]) == ("none", ["min_cost"])


@pytest.mark.parametrize(
    ("kind", "measure"), [("approval", "cost"), ("ordinal", "borda")]
)
def test_without_a_word_the_usual_rule_for_the_ballots(
    kind: str, measure: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    plain = "\n".join(line for line in lines if not line.startswith("count_"))
    file.write_text(plain.replace("approval", kind), encoding="utf-8")
    record = json.loads(say(capsys, file, "--json"))
    assert (record["rule"], record["measure"]) == ("equal-shares", measure)
    assert record["completion"] == "none"


def test_a_page_of_text(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = say(capsys, file)
    assert "4 usulan, 8 pemilih, anggaran 160." in text
    assert "  1. a\n     biaya 60, 5 pendukung; 5 orang membayar 12." in text
    assert "  2. b\n     biaya 40, 4 pendukung; " in text
    assert "biayanya melebihi seluruh anggaran" in text


def test_verified_against_a_published_record(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = tmp_path / "audit.json"
    published.write_text(say(capsys, file, "--json"), encoding="utf-8")
    assert "Catatan yang diumumkan sama." in say(capsys, file, "--verify", published)
    record = json.loads(published.read_bytes())
    record["rounds"][0]["price"] = 13
    published.write_bytes(audit_json(record))
    with pytest.raises(CountRefused) as refused:
        say(capsys, file, "--verify", published)
    assert "rounds.1.price" in str(refused.value)
    assert capsys.readouterr().out == ""
    published.write_text("[", encoding="utf-8")
    with pytest.raises(CountRefused):
        say(capsys, file, "--verify", published)


def test_written_out_with_the_winners(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.pb"
    say(capsys, file, "--out", out)
    projects = read_pabulib(out.read_bytes()).projects
    assert [p.more["selected"] for p in projects] == ["1", "1", "1", "0"]


def test_limits_of_another_town(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = file.read_text(encoding="utf-8").replace(
        "vote_type", "min_project_score_threshold;5\nvote_type"
    )
    file.write_text(text, encoding="utf-8")
    assert json.loads(say(capsys, file, "--json"))["winners"] == ["a", "b", "c"]
    assert json.loads(say(capsys, file, "--json", "--limits"))["winners"] == ["a"]


def test_refused_with_lines_and_nothing_printed(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("1;a,b\n", "1;a,q\n"), encoding="utf-8")
    with pytest.raises(CountRefused) as refused:
        say(capsys, file, "--json", "--out", tmp_path / "out.pb")
    last = str(refused.value).splitlines()[-1]
    assert last == "- baris 20: ada suara untuk q yang tidak termasuk usulan"
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "out.pb").exists()
    say(capsys, file, "--lenient")
    with pytest.raises(CountRefused):
        say(capsys, tmp_path / "none.pb")
    with pytest.raises(CountRefused) as rule:
        say(capsys, file, "--lenient", "--measure=borda")
    assert "borda" in str(rule.value)


def test_a_line_without_an_end_is_not_taken_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.pb"
    with path.open("wb") as long:
        long.write(b"META\nkey;value\n")
        long.truncate(2**30)  # a hole: the file takes no room
    with pytest.raises(CountRefused) as refused:
        say(capsys, path)
    assert f"- baris 3: lebih panjang dari {MAX_LINE} bita" in str(refused.value)


@pytest.mark.parametrize(
    "asked", ["--rule=majority", "--ties=coin", "--completion=add2"]
)
def test_wrong_usage(file: Path, asked: str) -> None:
    with pytest.raises(CommandError):
        call_command("count", str(file), asked)


def test_every_problem_has_its_words() -> None:
    from habaring.engines.counting._problems import SENTENCES

    unknown = {"cell_text", "rows_differ"}  # of files that are written
    assert SENTENCES.keys() - words.PROBLEMS.keys() == unknown


def test_the_program_needs_no_settings_and_no_database(
    file: Path, tmp_path: Path
) -> None:
    def run(*asked: str) -> "subprocess.CompletedProcess[str]":
        bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        path = {"PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(
            [sys.executable, "-m", "habaring.cli", "count", *asked],
            capture_output=True,
            text=True,
            check=False,
            env=bare | path,
        )

    good = run(str(file), "--json")
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["winners"] == ["a", "b", "c"]
    refused = run(str(tmp_path / "none.pb"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "none.pb ditolak:" in refused.stderr
    wrong = run(str(file), "--rule=majority")
    assert (wrong.returncode, wrong.stdout) == (2, "")
