"""`habaring audit`: exit codes, names of what differs, proofs without a database."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from habaring.history import actions, tasks
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Refusal
from tests.history.makers import FIRST, behind_the_triggers, entry, move_everything_to

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("audit", *words, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def sealed(budi: Account, kotim: Region) -> AuditEntry:
    row = entry(budi, kotim, reason="Rapat")
    move_everything_to(FIRST)
    actions.seal(at=datetime(2026, 10, 2, 1, tzinfo=UTC))
    return row


def test_a_chain_that_holds(sealed: AuditEntry, client: Client, tmp_path: Path) -> None:
    assert "1 hari utuh" in run("verify")
    kept = tmp_path / "rantai.csv"
    kept.write_bytes(b"".join(client.get("/rantai/segel.csv")))
    assert "1 segel yang diterbitkan" in run("verify", "--seals", str(kept))
    told = json.loads(run("verify", "--json"))
    assert told["holds"] is True
    assert told["findings"] == []


def test_a_chain_that_was_changed(sealed: AuditEntry) -> None:
    with behind_the_triggers() as cursor:
        cursor.execute(
            "UPDATE shared_auditentry SET reason = 'x' WHERE id = %s", [sealed.id]
        )
    with pytest.raises(Refusal, match=str(sealed.id)):
        run("verify")
    with pytest.raises(Refusal):
        run("verify", "--json")
    assert "0 hari" in run("verify", "--from", "2026-10-02")


def test_words_that_were_redacted_are_told(sealed: AuditEntry, budi: Account) -> None:
    actions.redact(
        row=sealed, law="UU 27/2022", by=budi, at=datetime(2026, 10, 2, tzinfo=UTC)
    )
    assert f"dihitamkan: 62.02 entry {sealed.id}" in run("verify")


def test_a_proof_is_checked_without_the_database(
    sealed: AuditEntry, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    proof = tmp_path / "bukti.json"
    proof.write_text(run("prove", str(sealed.id)))
    with django_assert_num_queries(0):
        assert "Bukti ini benar" in run("check", str(proof))
        forged = json.loads(proof.read_text())
        forged["seal"]["count"] += 1
        proof.write_text(json.dumps(forged))
        with pytest.raises(Refusal):
            run("check", str(proof))
        proof.write_text("{")
        with pytest.raises(Refusal):
            run("check", str(proof))


def test_sealing_by_hand(
    monkeypatch: pytest.MonkeyPatch, budi: Account, kotim: Region
) -> None:
    entry(budi, kotim)
    move_everything_to(FIRST)
    monkeypatch.setattr(tasks, "settled", lambda patience: False)
    with pytest.raises(Refusal):
        run("seal")
    monkeypatch.setattr(tasks, "settled", lambda patience: True)
    assert "hari disegel" in run("seal")
    assert "0 hari disegel" in run("seal")


def test_the_nightly_job(monkeypatch: pytest.MonkeyPatch, sealed: AuditEntry) -> None:
    monkeypatch.setattr(tasks, "settled", lambda patience: True)
    tasks.seal_days(timestamp=0)
    assert json.loads(run("verify", "--json"))["holds"]


@pytest.mark.parametrize(
    "words", [["verify", "--from", "kemarin"], ["prove", "x"], ["lain"], []]
)
def test_wrong_usage(words: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*words)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    bad = tmp_path / "x.csv"
    bad.write_text("a,b\n1,2\n")
    with pytest.raises(Refusal):
        run("verify", "--seals", str(bad))
    with pytest.raises(Refusal):
        run("verify", "--seals", str(tmp_path / "none.csv"))
