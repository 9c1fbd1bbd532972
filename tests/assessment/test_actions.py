from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from habaring.assessment import actions
from habaring.assessment.models import Framework, Observation, Target
from habaring.assessment.observations import Row
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers as house
from tests.assessment import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def framework() -> Any:
    return makers.framework()


def refused(region: Region, *rows: Row, **more: Any) -> Any:
    with pytest.raises(actions.ObservationsRefused) as caught:
        makers.record(region, *rows, **more)
    assert not Observation.objects.exists() or more.get("kept")
    return caught.value


def test_new_rows_are_first_revisions_with_who_and_when(
    framework: Framework, kotim: Region, budi: Account, at: datetime
) -> None:
    done = makers.record(kotim, makers.row(), by=budi, at=at)
    row = Observation.objects.get()
    assert (done.new, done.corrected, done.unchanged) == (1, 0, 0)
    assert (row.value, row.revision) == (Decimal("72.66"), 1)
    assert (row.recorded_by, row.recorded_at) == (budi, at)
    entry = AuditEntry.objects.get()
    assert entry.verb == "assessment.observations.recorded"
    assert entry.region_code == "62.02"
    assert entry.details["new"] == 1


def test_a_correction_is_a_new_revision_and_the_first_stays(
    framework: Framework, kotim: Region
) -> None:
    makers.record(kotim, makers.row())
    done = makers.record(kotim, makers.row(value="72.70", note="Salah ketik."))
    assert done.corrected == 1
    assert [o.value for o in Observation.objects.order_by("revision")] == [
        Decimal("72.66"),
        Decimal("72.70"),
    ]
    assert [o.value for o in Observation.objects.current()] == [Decimal("72.70")]


def test_rows_that_say_nothing_new_are_counted_not_stored(
    framework: Framework, kotim: Region
) -> None:
    makers.record(kotim, makers.row())
    done = makers.record(
        kotim, makers.row(value="72.6600"), makers.row(year=2023, value=None, source="")
    )
    assert (done.new, done.unchanged, done.unfilled) == (0, 1, 1)
    assert Observation.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_missing_not_applicable_and_suppressed_are_told_apart(
    framework: Framework, kotim: Region
) -> None:
    for year, status in zip(
        (2020, 2021, 2022), ("missing", "not_applicable", "suppressed"), strict=True
    ):
        makers.record(kotim, makers.row(year=year, value=None, status=status))
    assert list(
        Observation.objects.order_by("year").values_list("status", flat=True)
    ) == [
        "missing",
        "not_applicable",
        "suppressed",
    ]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (makers.row("X99"), "Indicator", "not in the catalogue"),
        (makers.row(year=2027), "Year", "has not come yet"),
        (makers.row(value="101"), "Value", "the most that K01 can be is 100"),
        (makers.row(value="-1"), "Value", "the least that K01 can be is 0"),
        (makers.row(value=None, status="value"), "Value", "the value is empty"),
        (makers.row(status="missing"), "Status", "there is a value"),
        (makers.row(status="lost"), "Status", "not known"),
        (makers.row(source=""), "Source", "needs its source"),
        (makers.row(source_url="bps.go.id"), "Address of the source", "https://"),
        (
            makers.row(released_on=date(2026, 11, 3)),
            "Released on",
            "in the future",
        ),
        (
            makers.row(region="62.01"),
            "Region code",
            "cannot write for the region 62.01",
        ),
        (makers.row(value="1.1234567"), "Value", "6 after it"),
    ],
)
def test_each_wrong_cell_is_named(
    framework: Framework,
    kotim: Region,
    citra: Account,
    row: Row,
    column: str,
    words: str,
    settings: Any,
) -> None:
    settings.LANGUAGE_CODE = "en"
    from django.utils.translation import override

    with override("en"):
        refusal = refused(kotim, row)
        assert [(p.column, words in str(p.message)) for p in refusal.problems] == [
            (column, True)
        ]


def test_two_rows_for_one_key_are_refused(framework: Framework, kotim: Region) -> None:
    refusal = refused(kotim, makers.row(), makers.row(value="73"))
    assert refusal.count == 1


def test_a_big_jump_needs_a_note(framework: Framework, kotim: Region) -> None:
    makers.record(kotim, makers.row("K06", 2023, "4"))
    with pytest.raises(actions.ObservationsRefused) as caught:
        makers.record(kotim, makers.row("K06", 2024, "6.1"))
    assert caught.value.problems[0].column
    makers.record(kotim, makers.row("K06", 2024, "6.1", note="Cara hitung baru."))
    assert Observation.objects.count() == 2


def test_a_jump_within_one_file_is_seen_too(
    framework: Framework, kotim: Region
) -> None:
    refusal = refused(
        kotim, makers.row("K06", 2023, "4"), makers.row("K06", 2024, "6.1")
    )
    assert refusal.count == 1


def test_all_problems_of_all_rows_are_counted_and_nothing_is_saved(
    framework: Framework, kotim: Region
) -> None:
    rows = [makers.row("X99", year) for year in range(1990, 2020)]
    refusal = refused(kotim, makers.row(), *rows)
    assert refusal.count == 30


def test_a_province_may_write_for_its_regencies(
    framework: Framework, kotim: Region
) -> None:
    makers.record(house.region("62"), makers.row(region="62.02"))
    assert Observation.objects.get().region == kotim


def test_restoring_appends_the_earlier_value_with_its_reason(
    framework: Framework, kotim: Region, budi: Account, at: datetime
) -> None:
    makers.record(kotim, makers.row())
    makers.record(kotim, makers.row(value="74", note="BPS memperbarui."))
    first = Observation.objects.select_related("indicator", "region").get(revision=1)
    with pytest.raises(actions.ObservationsRefused):
        actions.restore(observation=first, reason=" ", by=budi, at=at)
    done = actions.restore(observation=first, reason="Salah baris.", by=budi, at=at)
    now = Observation.objects.current().get()
    assert done.corrected == 1
    assert (now.value, now.revision, now.note) == (Decimal("72.66"), 3, "Salah baris.")


def test_observations_cannot_be_changed_or_deleted(
    framework: Framework, kotim: Region
) -> None:
    makers.record(kotim, makers.row())
    for change in (
        lambda: Observation.objects.update(value=1),
        lambda: Observation.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_what_was_known_on_a_day_can_be_asked(
    framework: Framework, kotim: Region, at: datetime
) -> None:
    makers.record(kotim, makers.row(), at=at)
    makers.record(kotim, makers.row(value="74"), at=at + timedelta(days=30))
    then = Observation.objects.known_at(at + timedelta(days=1)).current().get()
    assert then.value == Decimal("72.66")


# Targets


def test_a_target_is_set_changed_and_withdrawn_with_its_trail(
    framework: Framework, kotim: Region, budi: Account, at: datetime
) -> None:
    target = makers.row("K01", 2029, "80", source="RPJMD 2025-2029")
    assert (
        actions.record_targets(region=kotim, rows=[target], upload=None, by=budi, at=at)
        == 1
    )
    assert (
        actions.record_targets(region=kotim, rows=[target], upload=None, by=budi, at=at)
        == 0
    )
    higher = replace(target, value=Decimal(81))
    assert (
        actions.record_targets(region=kotim, rows=[higher], upload=None, by=budi, at=at)
        == 1
    )
    row = Target.objects.get()
    assert row.value == 81
    with pytest.raises(actions.ObservationsRefused):
        actions.withdraw_target(target=row, reason="", by=budi, at=at)
    actions.withdraw_target(target=row, reason="RPJMD baru.", by=budi, at=at)
    assert not Target.objects.exists()
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "assessment.target.set",
        "assessment.target.set",
        "assessment.target.withdrawn",
    ]


@pytest.mark.parametrize(
    "row",
    [
        makers.row("K01", 2029, None),
        makers.row("K01", 2029, "101"),
        makers.row("K01", 1999, "80"),
        makers.row("K01", 2029, "80", source=""),
        makers.row("X99", 2029, "80"),
        makers.row("K01", 2029, "80", region="62.01"),
    ],
)
def test_a_wrong_target_is_refused(
    framework: Framework,
    kotim: Region,
    citra: Account,
    budi: Account,
    at: datetime,
    row: Row,
) -> None:
    with pytest.raises(actions.ObservationsRefused):
        actions.record_targets(region=kotim, rows=[row], upload=None, by=budi, at=at)
    assert not Target.objects.exists()
