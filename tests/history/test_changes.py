"""Every way a row can change leaves its trace; personal data leaves none."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from habaring.history import triggers
from habaring.history.models import Change
from habaring.history.watched import NOT_WATCHED, WATCHED, Watch
from habaring.people.models import Account
from habaring.regions.models import BudgetFigure, Department, FiscalYear, Region
from tests.history.makers import entry

pytestmark = pytest.mark.django_db


def changes(model: str, **more: object) -> list[Any]:
    table = apps.get_model(model)._meta.db_table
    return list(Change.objects.filter(table_name=table, **more).order_by("id"))


def years(region: Region, *numbers: int) -> list[FiscalYear]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return FiscalYear.objects.bulk_create(
        FiscalYear(region=region, year=number, opened_at=at) for number in numbers
    )


def test_every_table_of_ours_is_watched_or_excused() -> None:
    ours = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("habaring.")
    }
    watched = {watch.model for watch in WATCHED}
    assert sorted(ours - watched - set(NOT_WATCHED)) == [], (
        "neither watched nor excused"
    )
    every = {model._meta.label for model in apps.get_models()}
    assert sorted((watched | set(NOT_WATCHED)) - every) == [], "no such model"
    assert watched & set(NOT_WATCHED) == set()
    assert all(NOT_WATCHED.values())


@pytest.mark.parametrize("watch", WATCHED, ids=lambda watch: watch.model)
def test_what_a_line_names_exists(watch: Watch) -> None:
    own, _sep, parent = watch.region.partition(">")
    named = {*watch.hidden, *watch.bulky, *watch.ignored, *([own] if own else [])}
    assert named <= set(watch.columns)
    if parent:
        table, column = parent.split(".")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {column} FROM {table} LIMIT 0")  # noqa: S608 - our own names


TELLING = (
    "email",
    "phone",
    "full_name",
    "password",
    "secret",
    "token",
    "nik",
    "cipher",
    "hash_of",
    "salt",
    "otp",
    "key_enc",
    "address",
)


@pytest.mark.parametrize("watch", WATCHED, ids=lambda watch: watch.model)
def test_columns_that_sound_personal_are_hidden(watch: Watch) -> None:
    copied = set(watch.columns) - set(watch.hidden) - set(watch.ignored) - CHECKED
    assert [one for one in copied if any(word in one for word in TELLING)] == []


CHECKED = {"address"}  # of a program, not of a person


def test_triggers_are_those_of_the_list() -> None:
    assert triggers.install() == 0


def test_a_line_that_changes_changes_its_triggers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = [Watch("regions.FiscalYear", "x", hidden=("year",)), *WATCHED[3:]]
    monkeypatch.setattr(triggers, "WATCHED", other)
    assert triggers.install() > 0
    assert triggers.install() == 0


def test_a_row_that_came_changed_and_went(kotim: Region) -> None:
    row = Department.objects.create(region=kotim, name_id="Dinas A", code="1.01")
    row.name_id = "Dinas B"
    row.save()
    key = str(row.pk)
    row.delete()
    came, changed, went = changes("regions.Department", key=key)
    assert (came.op, came.region_code) == ("insert", "62.02")
    assert came.new["name_id"] == "Dinas A"
    assert came.old is None
    assert changed.op == "update"
    assert (changed.old, changed.new) == (
        {"name_id": "Dinas A"},
        {"name_id": "Dinas B"},
    )
    assert went.op == "delete"
    assert went.old["name_id"] == "Dinas B"
    assert went.new is None


def test_a_save_that_changes_nothing_is_no_change(kotim: Region) -> None:
    row = Department.objects.create(region=kotim, name_id="Dinas A", code="1.01")
    row.save()
    assert len(changes("regions.Department")) == 1


def test_bulk_updates_and_raw_sql_are_seen(kotim: Region) -> None:
    years(kotim, 2024, 2025, 2026)
    assert len(changes("regions.FiscalYear", op="insert")) == 3
    closed = datetime(2026, 5, 1, tzinfo=UTC)
    FiscalYear.objects.filter(year__lt=2026).update(closed_at=closed)
    assert [set(one.new) for one in changes("regions.FiscalYear", op="update")] == [
        {"closed_at"},
        {"closed_at"},
    ]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE regions_fiscalyear SET year = year + 10")
        cursor.execute("DELETE FROM regions_fiscalyear WHERE year > 2034")
    assert len(changes("regions.FiscalYear", op="update")) == 5
    assert len(changes("regions.FiscalYear", op="delete")) == 2


def test_copy_is_seen(kotim: Region) -> None:
    with connection.cursor() as cursor:
        sql = "COPY regions_fiscalyear (region_id, year, opened_at) FROM STDIN"
        with cursor.copy(sql) as copy:
            copy.write("62.02\t2024\t2026-01-01\n62.02\t2025\t2026-01-01\n")
    assert [one.new["year"] for one in changes("regions.FiscalYear")] == [2024, 2025]


def test_a_table_emptied_at_once_is_seen(kotim: Region) -> None:
    years(kotim, 2024, 2025)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE regions_fiscalyear CASCADE")
    last = changes("regions.FiscalYear")[-1]
    assert (last.op, last.old) == ("truncate", {"rows": 2})


def test_a_key_that_changes_is_one_row_gone_and_one_come(kotim: Region) -> None:
    row = years(kotim, 2024)[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE regions_fiscalyear SET id = id + 1000")
    assert [one.op for one in changes("regions.FiscalYear", key=str(row.pk))] == [
        "insert",
        "delete",
    ]
    assert [
        one.op for one in changes("regions.FiscalYear", key=str(row.pk + 1000))
    ] == ["insert"]


def test_personal_columns_are_never_copied(alya: Account) -> None:
    Account.objects.filter(pk=alya.pk).update(
        full_name="Alya Baru", email="baru@contoh.id", language="en"
    )
    came, changed = changes("people.Account", key=str(alya.pk))
    assert set(came.hidden) == {"email", "full_name", "password"}
    assert changed.new == {"language": "en"}
    assert set(changed.hidden) == {"email", "full_name"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM history_change c")
        everything = cursor.fetchone()[0].lower()
    assert "alya" not in everything
    assert "contoh.id" not in everything


def test_a_clock_alone_is_no_change(alya: Account) -> None:
    Account.objects.filter(pk=alya.pk).update(
        last_login=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert len(changes("people.Account")) == 1


def test_of_a_bulky_column_only_its_hash_is_kept(kotim: Region) -> None:
    boundary = apps.get_model("regions.Boundary")
    boundary.objects.create(
        region=kotim,
        polygons=[[[0, 0], [1, 1], [1, 0]]],
        west=0,
        south=0,
        east=1,
        north=1,
        source="uji",
        loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    kept = changes("regions.Boundary")[0].new["polygons"]
    assert kept.startswith("sha256:")
    assert len(kept) == 71


def test_changes_and_their_entry_carry_the_same_transaction(
    budi: Account, kotim: Region
) -> None:
    with transaction.atomic():
        row = years(kotim, 2026)[0]
        made = entry(budi, row)
    assert changes("regions.FiscalYear")[0].transaction == made.transaction
    assert made.transaction.version == 7


def test_the_person_who_is_let_in_stands_in_the_change(
    budi: Account, kotim: Region
) -> None:
    from habaring.shared import walls

    walls.open_person(budi.pk)
    years(kotim, 2026)
    change = changes("regions.FiscalYear")[0]
    assert change.account_id == budi.pk
    assert change.db_role


@pytest.mark.parametrize(
    "table",
    ["history_change", "shared_auditentry", "history_seal", "history_redaction"],
)
@pytest.mark.parametrize("how", ["UPDATE {} SET region_code = '00'", "DELETE FROM {}"])
def test_history_is_only_appended(
    table: str, how: str, budi: Account, kotim: Region
) -> None:
    made = entry(budi, kotim)
    apps.get_model("history.Seal").objects.create(
        region_code="*", day="2026-01-01", count=0, sealed_at=made.at
    )
    apps.get_model("history.Redaction").objects.create(
        region_code="*", kind="entry", row="x", sha256="", law="x"
    )
    with (
        pytest.raises(DatabaseError, match="only appended"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(how.format(table))


def test_pages_cannot_write_history_nor_read_that_of_other_regions(
    kotim: Region,
) -> None:
    from habaring.shared import walls

    years(kotim, 2024)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {walls.APP_ROLE}")
        cursor.execute("SELECT count(*) FROM history_change")
        assert cursor.fetchone()[0] == 0
        walls.open_region("62.01")
        cursor.execute("SELECT count(*) FROM history_change")
        assert cursor.fetchone()[0] == 0
        walls.open_region("62.02")
        years(kotim, 2025)
        cursor.execute(
            "SELECT count(*) FROM history_change WHERE table_name = 'regions_fiscalyear'"
        )
        assert cursor.fetchone()[0] == 2
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(
                "INSERT INTO history_change (region_code, at, transaction, db_role, table_name, key, op, hidden)"
                " VALUES ('62.02', now(), gen_random_uuid(), '', 'x', '', 'insert', '{}')"
            )


def test_money_of_a_region_stands_under_the_region(kotim: Region) -> None:
    BudgetFigure.objects.create(
        region=kotim, year=2026, stage="budget", account="4", amount=1, source="uji"
    )
    assert changes("regions.BudgetFigure")[0].region_code == "62.02"
