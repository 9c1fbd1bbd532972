"""Each day's seal; what a check names when somebody worked behind the triggers."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from habaring.history import actions, leaves, merkle, queries
from habaring.history.models import WHOLE, Change, Redaction, Seal
from habaring.people.models import Account
from habaring.regions.models import FiscalYear, Region
from habaring.shared.models import AuditEntry
from tests.history.makers import FIRST, behind_the_triggers, entry, move_everything_to

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 10, 4, 1, tzinfo=UTC)  # 4 October, 08:00 in Jakarta


def year(region: Region, number: int) -> FiscalYear:
    opened = datetime(2026, 1, 1, tzinfo=UTC)
    return FiscalYear.objects.create(region=region, year=number, opened_at=opened)


@pytest.fixture
def days(budi: Account, citra: Account, kotim: Region) -> list[date]:
    """Three sealed days: the second without any row, the third with two regions."""
    other = Region.objects.get(code="62.01")
    for number in (2024, 2025):
        entry(budi, year(kotim, number), reason="Rapat 3 Oktober")
    move_everything_to(FIRST)
    entry(citra, year(other, 2024), region="62.01")
    entry(budi, year(kotim, 2026), details={"open": 1})
    move_everything_to(FIRST + timedelta(days=2))
    return actions.seal(at=LATER)


def found() -> list[str]:
    return [str(one) for one in queries.verify().findings]


def test_a_seal_stands_for_each_ended_day_and_again_changes_nothing(
    days: list[date],
) -> None:
    assert days == [FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=2)]
    assert actions.seal(at=LATER) == []
    whole = Seal.objects.filter(region_code=WHOLE).order_by("day")
    own = Seal.objects.filter(region_code="62.02").order_by("day")
    assert [one.day.day for one in whole] == [1, 2, 3]
    assert [one.day.day for one in own] == [1, 3]
    assert whole[0].previous == own[0].previous == queries.START
    assert whole[1].previous == whole[0].hash
    assert own[1].previous == own[0].hash
    assert whole[1].count == 0
    assert own[1].count == 2  # an entry and the row it tells of
    verdict = queries.verify()
    assert verdict.holds
    assert verdict.days == 3
    assert verdict.rows == sum(one.count for one in whole)


def test_a_day_that_has_not_ended_is_not_sealed(budi: Account, kotim: Region) -> None:
    entry(budi, kotim)
    move_everything_to(FIRST)
    assert actions.seal(at=datetime(2026, 10, 1, 16, 59, tzinfo=UTC)) == []
    assert actions.seal(at=datetime(2026, 10, 1, 17, 0, tzinfo=UTC)) == [FIRST]


def test_nothing_to_seal() -> None:
    AuditEntry.objects.all()
    assert queries.verify().holds


def first_entry() -> AuditEntry:
    return AuditEntry.objects.filter(region_code="62.02").order_by("recorded_at", "id")[
        0
    ]


CHANGED = [
    (
        "UPDATE shared_auditentry SET reason = 'Lain' WHERE id = %s",
        "the row was changed",
    ),
    ("UPDATE shared_auditentry SET by_id = NULL WHERE id = %s", "the row was changed"),
    (
        "UPDATE shared_auditentry SET details = '{\"a\": 1}' WHERE id = %s",
        "the row was changed",
    ),
    (
        "UPDATE shared_auditentry SET at = at - interval '1 microsecond' WHERE id = %s",
        "the row was changed",
    ),
    ("DELETE FROM shared_auditentry WHERE id = %s", "the row was deleted"),
]


@pytest.mark.parametrize(("sql", "what"), CHANGED)
def test_an_entry_changed_behind_the_triggers_is_named(
    days: list[date], sql: str, what: str, settings: Any
) -> None:
    row = first_entry()
    with behind_the_triggers() as cursor:
        cursor.execute(sql, [row.id])
    from django.utils.translation import override

    with override("en"):
        assert found() == [f"2026-10-01 62.02: {what} (entry {row.id})"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE history_change SET new = new || '{\"year\": 1999}' WHERE id = %s",
        "UPDATE history_change SET account_id = 7 WHERE id = %s",
        "DELETE FROM history_change WHERE id = %s",
        "UPDATE history_change SET at = at + interval '1 day' WHERE id = %s",
    ],
)
def test_a_changed_row_changed_behind_the_triggers_is_named(
    days: list[date], sql: str
) -> None:
    row = Change.objects.filter(region_code="62.02").order_by("id")[0]
    with behind_the_triggers() as cursor:
        cursor.execute(sql, [row.id])
    assert f"change {row.id}" in found()[0]
    assert found()[0].startswith("2026-10-01 62.02")


def test_rows_put_in_later_with_an_old_day_are_named(
    days: list[date], budi: Account, kotim: Region
) -> None:
    late = entry(budi, kotim)
    with behind_the_triggers() as cursor:
        cursor.execute(
            "UPDATE shared_auditentry SET recorded_at = '2026-10-01 10:00+07' WHERE id = %s",
            [late.id],
        )
    assert found()[0].startswith("2026-10-01 62.02")
    assert str(late.id) in found()[0]


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-10-02 10:00+07", "2026-10-02"), ("2026-09-02 10:00+07", "2026-09-02")],
)
def test_rows_put_into_a_day_without_any_are_named(
    days: list[date], budi: Account, kotim: Region, moment: str, day: str
) -> None:
    late = entry(budi, kotim)
    with behind_the_triggers() as cursor:
        cursor.execute(
            "UPDATE shared_auditentry SET recorded_at = %s WHERE id = %s",
            [moment, late.id],
        )
    assert found()[0].startswith(day)


def test_two_rows_that_change_places_are_named(days: list[date]) -> None:
    one, two = Change.objects.filter(
        region_code="62.02", table_name="regions_fiscalyear"
    ).order_by("id")[:2]
    with behind_the_triggers() as cursor:
        for row, new in ((one, two.new), (two, one.new)):
            cursor.execute(
                "UPDATE history_change SET new = %s WHERE id = %s",
                [json.dumps(new), row.id],
            )
    assert len(found()) == 2


@pytest.mark.parametrize("column", ["hash", "root", "previous", "count", "leaves"])
def test_a_seal_that_is_altered_is_found(days: list[date], column: str) -> None:
    value: object = {"count": 99, "leaves": b"E" * leaves.WIDTH}.get(column, "f" * 64)
    with behind_the_triggers() as cursor:
        cursor.execute(
            f"UPDATE history_seal SET {column} = %s WHERE region_code = '62.02' AND day = '2026-10-01'",  # noqa: S608 - our own names
            [value],
        )
    if column == "leaves":  # a help to name rows; what is published holds without it
        assert queries.verify().holds
    else:
        assert found()[0].startswith("2026-10-01 62.02")


@pytest.mark.parametrize("chain", ["*", "62.02"])
def test_a_seal_that_is_gone_is_found(days: list[date], chain: str) -> None:
    with behind_the_triggers() as cursor:
        cursor.execute(
            "DELETE FROM history_seal WHERE region_code = %s AND day = '2026-10-01'",
            [chain],
        )
    assert found()[0].startswith("2026-10-01")


def test_a_chain_made_anew_differs_from_the_one_published(days: list[date]) -> None:
    kept = {(one.region_code, one.day): one.hash for one in Seal.objects.all()}
    assert queries.verify(published=kept).compared == len(kept)
    with behind_the_triggers() as cursor:
        cursor.execute(
            "UPDATE shared_auditentry SET reason = 'Lain' WHERE id = %s",
            [first_entry().id],
        )
        cursor.execute("DELETE FROM history_seal")
    actions.seal(at=LATER)
    assert queries.verify().holds  # who holds the database can make a new chain
    findings = queries.verify(published=kept).findings
    assert findings[0].day == FIRST
    assert {one.region for one in findings} == {"62.02", WHOLE}


def test_only_the_days_asked_for_are_checked(days: list[date]) -> None:
    with behind_the_triggers() as cursor:
        cursor.execute(
            "UPDATE shared_auditentry SET reason = 'Lain' WHERE id = %s",
            [first_entry().id],
        )
    assert queries.verify(since=FIRST + timedelta(days=1)).holds


def test_words_blacked_out_by_law_leave_the_chain_whole(
    days: list[date], budi: Account
) -> None:
    row = first_entry()
    change = Change.objects.filter(region_code="62.02").order_by("id")[0]
    for one in (row, change):
        actions.redact(row=one, law="UU 27/2022 Pasal 8", by=budi, at=LATER)
        one.refresh_from_db()
    assert (row.reason, row.details, row.salt) == ("", {}, None)
    assert (change.old, change.new) == (None, None)
    verdict = queries.verify()
    assert verdict.holds, verdict.findings
    assert sorted(verdict.redacted) == sorted(
        [f"62.02 entry {row.id}", f"62.02 change {change.id}"]
    )
    with pytest.raises(actions.AlreadyRedacted):
        actions.redact(row=row, law="UU 27/2022", by=budi, at=LATER)


def test_a_redaction_hides_no_other_change(days: list[date], budi: Account) -> None:
    row = first_entry()
    actions.redact(row=row, law="UU 27/2022", by=budi, at=LATER)
    with behind_the_triggers() as cursor:
        cursor.execute(
            "UPDATE shared_auditentry SET verb = 'x' WHERE id = %s", [row.id]
        )
    assert str(row.id) in found()[0]


def test_a_redaction_that_nobody_recorded_is_refused_by_the_database(
    days: list[date],
) -> None:
    from django.db import DatabaseError

    with pytest.raises(DatabaseError, match="only appended"), transaction.atomic():
        AuditEntry.objects.filter(id=first_entry().id).update(
            reason="", details={}, salt=None
        )
    assert not Redaction.objects.exists()


def test_a_short_path_proves_one_entry(days: list[date]) -> None:
    proof = queries.prove(first_entry().id)
    assert queries.proof_holds(json.loads(json.dumps(proof)))
    assert (
        proof["seal_of_the_day"]["hash"]
        == Seal.objects.get(region_code=WHOLE, day=FIRST).hash
    )
    for part in ("leaf", "seal", "path"):
        other = json.loads(json.dumps(proof))
        if part == "leaf":
            other["leaf"] = "0" * 64
        elif part == "seal":
            other["seal"]["count"] += 1
        else:
            other["path"] = other["path"][1:]
        assert not queries.proof_holds(other)


def test_no_proof_before_the_seal(budi: Account, kotim: Region) -> None:
    with pytest.raises(queries.NotSealed):
        queries.prove(entry(budi, kotim).id)


@given(st.integers(0, 70), st.data())
def test_every_path_leads_to_the_root(count: int, data: st.DataObject) -> None:
    rows = [merkle.leaf(str(i).encode()) for i in range(count)]
    assert len(merkle.root(rows)) == 32
    if count:
        place = data.draw(st.integers(0, count - 1))
        assert merkle.climb(rows[place], merkle.path(rows, place)) == merkle.root(rows)
        assert merkle.root(rows) == plain_root(rows)


def plain_root(rows: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if len(rows) == 1:
        return rows[0]
    k = 1
    while k * 2 < len(rows):
        k *= 2
    return hashlib.sha256(b"\1" + plain_root(rows[:k]) + plain_root(rows[k:])).digest()


def test_the_tree_of_known_leaves() -> None:
    """Roots of the test data of Certificate Transparency (RFC 6962 reference code)."""
    given = [
        bytes.fromhex(one)
        for one in (
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        )
    ]
    rows = [merkle.leaf(one) for one in given]
    assert (
        merkle.EMPTY.hex()
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert (
        merkle.root(rows[:1]).hex()
        == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert (
        merkle.root(rows).hex()
        == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_still_writing_holds_the_seal_back() -> None:
    import threading

    from django.db import connection

    from habaring.history.tasks import settled

    started, stop = threading.Event(), threading.Event()

    def writes() -> None:
        with transaction.atomic():
            Seal.objects.create(region_code="x", day=FIRST, count=0, sealed_at=LATER)
            started.set()
            stop.wait(10)
            transaction.set_rollback(True)
        connection.close()

    other = threading.Thread(target=writes)
    other.start()
    started.wait(10)
    assert not settled(0.3)
    stop.set()
    other.join()
    assert settled(0.3)


def test_the_role_of_jobs_can_seal_check_and_redact(
    budi: Account, kotim: Region
) -> None:
    from django.db import connection

    from habaring.shared import walls

    row = entry(budi, year(kotim, 2024), reason="Rapat")
    move_everything_to(FIRST)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {walls.APP_ROLE}")
        assert actions.seal(at=LATER)
        actions.redact(row=row, law="UU 27/2022", by=budi, at=LATER)
        verdict = queries.verify()
        cursor.execute("RESET ROLE")
    assert verdict.holds
    assert verdict.redacted == [f"62.02 entry {row.id}"]


def test_the_list_of_running_writers_leaves_out_our_own(kotim: Region) -> None:
    year(kotim, 2030)
    assert isinstance(queries.writers(), frozenset)
