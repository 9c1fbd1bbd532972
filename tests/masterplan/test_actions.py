"""Write, issue, set, rebuild, withdraw: what is frozen stays frozen."""

import hashlib
import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from habaring.masterplan import actions, sets, setting
from habaring.masterplan.book import UnknownBlock
from habaring.masterplan.models import BookTemplate, Edition, EditionFile, Section
from habaring.masterplan.queries import template_for
from habaring.people.models import Account
from habaring.portfolio.models import PlanItem
from habaring.regions.loaders import RegionMissing
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests.masterplan import makers

SMALL = """
code = "kecil"
title_id = "Satu buku"
[[books]]
code = "buku"
title_id = "Buku"
title_en = "Book"
subtitle_id = "Kecil"
[[books.chapters]]
key = "buku.bab-1"
title_id = "Pengantar"
blocks = [{ kind = "section", key = "pengantar", heading_id = "Kata" }, { kind = "profile" }]
"""


def small(at: datetime, region: Region | None = None) -> BookTemplate:
    return actions.load_set(toml=SMALL, region=region, by=None, at=at)


def write(region: Region, at: datetime, text: str, **more: Any) -> Section:
    return actions.write_section(
        region=region, key="pengantar", text=text, by=None, at=at, **more
    )


# Sections


def test_each_save_of_a_section_is_a_revision(
    kotim: Region, budi: Account, at: datetime
) -> None:
    write(kotim, at, "Satu")
    second = actions.write_section(
        region=kotim, key="pengantar", text=" Dua\r\nbaris ", by=budi, at=at
    )
    assert second.revision == 2
    assert second.text == "Dua\nbaris"
    assert Section.objects.filter(region=kotim).count() == 2
    entry = AuditEntry.objects.filter(verb="masterplan.section.written").last()
    assert entry is not None
    assert entry.details["key"] == "pengantar"


def test_a_section_without_a_change_is_not_saved(kotim: Region, at: datetime) -> None:
    write(kotim, at, "Satu")
    with pytest.raises(actions.NothingChanged):
        write(kotim, at, "  Satu\n")
    assert Section.objects.count() == 1


def test_postgresql_refuses_to_change_a_written_section(
    kotim: Region, at: datetime
) -> None:
    write(kotim, at, "Satu")
    with pytest.raises(IntegrityError), transaction.atomic():
        Section.objects.update(text="Lain")


# The RPJMD


def test_an_rpjmd_is_recorded_and_replaced_with_a_trace(
    kotim: Region, at: datetime
) -> None:
    makers.development_plan(kotim, at)
    changed = makers.development_plan(kotim, at, missions=((1, "Lain", ""),))
    assert [m.text_id for m in changed.missions.all()] == ["Lain"]
    entry = AuditEntry.objects.filter(
        verb="masterplan.development_plan.recorded"
    ).latest("pk")
    assert entry.details["before"] == ["Manusia", "Tata kelola"]


def test_an_rpjmd_needs_missions_and_a_period(kotim: Region, at: datetime) -> None:
    with pytest.raises(actions.MissionsMissing):
        makers.development_plan(kotim, at, missions=())
    with pytest.raises(actions.PeriodWrong):
        makers.development_plan(kotim, at, last_year=2025)
    assert not kotim.development_plans.exists()


# Sets of books


def test_a_set_that_asks_for_an_unknown_block_is_refused(
    at: datetime, db: None
) -> None:
    toml = SMALL.replace('kind = "profile"', 'kind = "horoscope"')
    with pytest.raises(UnknownBlock) as refused:
        actions.load_set(toml=toml, region=None, by=None, at=at)
    assert "horoscope" in str(refused.value)
    assert "action-plan" in str(refused.value.next)
    assert not BookTemplate.objects.exists()


@pytest.mark.parametrize("toml", ["code = ", 'code = "x"', 'code="x"\nbooks=[{}]'])
def test_a_set_that_cannot_be_read_is_refused(
    at: datetime, db: None, toml: str
) -> None:
    with pytest.raises(sets.SetRefused):
        actions.load_set(toml=toml, region=None, by=None, at=at)


def test_a_set_is_loaded_once_and_changed_by_its_owner_only(
    kotim: Region, at: datetime
) -> None:
    first = small(at, kotim)
    assert small(at + timedelta(days=1), kotim).recorded_at == at
    with pytest.raises(actions.SetOfOthers):
        small(at)
    changed = actions.load_set(
        toml=SMALL.replace("Satu buku", "Lain"), region=kotim, by=None, at=at
    )
    assert (changed.pk, changed.title) == (first.pk, "Lain")


def test_the_shipped_sets_load_by_command(db: None) -> None:
    for _again in range(2):
        call_command("load_book_sets", stdout=StringIO())
    assert [one.code for one in BookTemplate.objects.all()] == ["kominfo-2022"]


def test_a_region_loads_its_own_set_from_a_file(kotim: Region, tmp_path: Path) -> None:
    path = tmp_path / "buku.toml"
    path.write_text(SMALL, encoding="utf-8")
    told = StringIO()
    call_command("load", "book-set", str(path), "--region", "62.02", stdout=told)
    assert "kecil: Satu buku" in told.getvalue()
    assert BookTemplate.objects.get().region == kotim
    assert template_for(kotim) == BookTemplate.objects.get()
    with pytest.raises(RegionMissing):
        call_command("load", "book-set", str(path), "--region", "99.99")


# Issuing


def test_there_is_no_edition_without_a_plan(kotim: Region, at: datetime) -> None:
    with pytest.raises(actions.NoPlan):
        makers.edition(kotim, at)
    assert not Edition.objects.exists()


def test_an_edition_stays_as_it_was_issued(kotim: Region, at: datetime) -> None:
    makers.plan(kotim, at)
    write(kotim, at, "Kata pertama")
    edition = makers.edition(kotim, at, template=small(at))
    before = json.dumps(edition.record, sort_keys=True)
    assert "Kata pertama" in before
    write(kotim, at, "Kata kedua")
    Region.objects.filter(pk="62.02").update(population=1)
    edition.refresh_from_db()
    assert json.dumps(edition.record, sort_keys=True) == before
    assert setting.checksum(edition.record) == edition.sha256
    assert makers.edition(kotim, at, template=small(at)).number == 2


@pytest.mark.parametrize(
    "change",
    [
        {"record": {}},
        {"sha256": "0" * 64},
        {"title": "Lain"},
        {"language": "en"},
        {"issued_at": datetime(2020, 1, 1).astimezone()},
        {"illustrative": False},
        {"number": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_postgresql_refuses_to_change_an_edition(
    kotim: Region, at: datetime, change: dict[str, Any]
) -> None:
    makers.plan(kotim, at)
    makers.edition(kotim, at, template=small(at))
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Edition.objects.update(**change)


def test_postgresql_refuses_to_delete_an_edition(kotim: Region, at: datetime) -> None:
    makers.plan(kotim, at)
    makers.edition(kotim, at, template=small(at))
    with (
        pytest.raises(IntegrityError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM masterplan_edition")


def test_the_books_are_set_in_the_background(
    kotim: Region, at: datetime, transactional_db: None
) -> None:
    from procrastinate.contrib.django import app

    makers.plan(kotim, at)
    issue = actions.Issue(region=kotim, template=small(at), title="Masterplan")
    edition = actions.issue_edition(issue=issue, by=None, at=at)
    assert not EditionFile.objects.exists()
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]  # of the Django connector
    worker.run_worker(
        wait=False,
        install_signal_handlers=False,
        listen_notify=False,
    )
    assert EditionFile.objects.filter(edition=edition).count() == 3


def test_setting_the_files_again_changes_nothing(kotim: Region, at: datetime) -> None:
    makers.plan(kotim, at)
    edition = makers.edition(kotim, at, template=small(at))
    told: list[tuple[int, int]] = []
    first = actions.set_files(
        edition=edition, at=at, progress=lambda done, of: told.append((done, of))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    again = actions.set_files(edition=edition, at=at)
    assert [f.pk for f in first] == [f.pk for f in again]
    for file in first:
        content = setting.kept_file(file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert len(content) == file.size


def test_a_lost_file_is_set_again_and_another_is_never_given(
    kotim: Region, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers.plan(kotim, at)
    edition = makers.edition(kotim, at, template=small(at))
    file = next(
        f for f in actions.set_files(edition=edition, at=at) if f.format == "html"
    )
    content = setting.content_of(file)
    setting.kept_file(file).unlink()
    assert setting.content_of(file) == content
    setting.kept_file(file).unlink()
    monkeypatch.setitem(setting.SETTERS, "html", lambda book: b"lain")
    with pytest.raises(setting.OtherBytes):
        setting.content_of(file)
    with pytest.raises(setting.OtherBytes):
        actions.set_files(edition=edition, at=at)


# Rebuilding


def rebuild(out: Path, *more: str) -> tuple[int, str, str]:
    stdout, stderr = StringIO(), StringIO()
    code = 0
    try:
        call_command(
            "book", "62.02", "--out", str(out), *more, stdout=stdout, stderr=stderr
        )
    except SystemExit as left:
        code = int(left.code or 0)
    return code, stdout.getvalue(), stderr.getvalue()


def test_the_command_rebuilds_byte_for_byte(
    kotim: Region, at: datetime, tmp_path: Path
) -> None:
    makers.plan(kotim, at)
    edition = makers.edition(kotim, at, template=small(at))
    files = actions.set_files(edition=edition, at=at)
    code, told, _err = rebuild(tmp_path / "a", "--edition", "1")
    assert code == 0
    assert told.count("sama dengan yang diterbitkan") == 3
    for file in files:
        written = (tmp_path / "a" / f"{file.book}.{file.format}").read_bytes()
        assert hashlib.sha256(written).hexdigest() == file.sha256


def test_the_command_says_so_when_the_software_gives_another_file(
    kotim: Region, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers.plan(kotim, at)
    edition = makers.edition(kotim, at, template=small(at))
    actions.set_files(edition=edition, at=at)
    newer = {**setting.software(), "typst": "99.0"}
    monkeypatch.setattr(setting, "software", lambda: newer)
    monkeypatch.setitem(setting.SETTERS, "pdf", lambda book: b"lain")
    code, told, error = rebuild(tmp_path / "a")
    assert code == 1
    assert "BERBEDA" in told
    assert "buku.pdf" in error
    assert "→ 99.0" in error


def test_the_command_refuses_what_was_never_issued(db: None, tmp_path: Path) -> None:
    code, _told, error = rebuild(tmp_path / "a", "--edition", "9")
    assert code == 1
    assert "Tidak ada edisi itu untuk 62.02" in error
    assert not (tmp_path / "a").exists()


# Withdrawing


def test_a_withdrawal_needs_a_reason_and_happens_once(
    kotim: Region, budi: Account, at: datetime
) -> None:
    makers.plan(kotim, at)
    edition = makers.edition(kotim, at, template=small(at))

    def withdraw(reason: str) -> Edition:
        return actions.withdraw_edition(edition=edition, reason=reason, by=budi, at=at)

    with pytest.raises(actions.ReasonMissing):
        withdraw("  ")
    withdrawn = withdraw(" Angka APBD keliru. ")
    assert withdrawn.withdrawal_reason == "Angka APBD keliru."
    assert setting.checksum(withdrawn.record) == withdrawn.sha256
    with pytest.raises(actions.AlreadyWithdrawn):
        withdraw("Lain")
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.update(withdrawal_reason="Lain")
    entry = AuditEntry.objects.get(verb="masterplan.edition.withdrawn")
    assert entry.reason.strip() == "Angka APBD keliru."


def test_the_plan_of_an_edition_keeps_its_items(kotim: Region, at: datetime) -> None:
    plan = makers.plan(kotim, at)
    codes = {item.candidate.code for item in PlanItem.objects.filter(plan=plan)}
    assert codes == {"GOV-01", "GOV-02"}
