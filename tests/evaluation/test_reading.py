"""Assessors read blind: ties keep them away, nobody sees another, a third where two differ."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from habaring.evaluation import conflicts
from habaring.evaluation.actions import assessors, reading, rounds
from habaring.evaluation.conflicts import Conflicted
from habaring.evaluation.models import ConflictGround, Mark, Reading, Remark
from habaring.evaluation.rules import ReadingRefused
from habaring.people.models import Membership, Role
from habaring.shared import walls
from habaring.shared.models import AuditEntry
from tests import makers as people
from tests.evaluation import makers

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from django.core.mail import EmailMessage

    from habaring.evaluation.models import Entry
    from habaring.people.models import Account
    from habaring.regions.models import Region


@pytest.fixture
def one(kotim: "Region", at: datetime) -> "Entry":
    """An entry that is being read."""
    found = makers.submitted(makers.round_(at), kotim, at)
    rounds.begin_reading(by=None, at=at, round=found.round)
    found.refresh_from_db()
    return found


def test_only_who_is_on_the_list_is_asked(one: "Entry", at: datetime) -> None:
    with pytest.raises(ReadingRefused, match="list"):
        makers.assigned(one, people.account("Eko"), at)


def test_nothing_is_read_before_the_reading_begins(
    kotim: "Region", at: datetime
) -> None:
    early = makers.submitted(makers.round_(at), kotim, at)
    with pytest.raises(ReadingRefused):
        makers.assigned(early, makers.assessor("Eko", at), at)


def test_an_assessor_of_the_same_province_is_refused_with_the_reason(
    one: "Entry", at: datetime
) -> None:
    near = makers.assessor("Eko", at, home="62.71")
    with pytest.raises(Conflicted, match="same province") as told:
        makers.assigned(one, near, at)
    assert [ground.kind for ground in told.value.grounds] == ["province"]
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("role", "said"), [("mentor", "mentor"), ("planner", "hold or held a role")]
)
def test_a_former_mentor_or_officer_is_refused(
    one: "Entry", at: datetime, role: str, said: str
) -> None:
    eko = makers.assessor("Eko", at)
    Membership.objects.create(
        account=eko,
        role=Role.objects.get(code=role),
        region=one.region,
        since=people.LONG_AGO,
        until=people.LONG_AGO,
    )
    with pytest.raises(Conflicted, match=said):
        makers.assigned(one, eko, at)


def test_a_recorded_tie_keeps_away_until_it_ends(one: "Entry", at: datetime) -> None:
    eko = makers.assessor("Eko", at)
    ended = date(2026, 1, 1)
    for until in (ended, None):
        assessors.record_ground(
            by=None,
            at=at,
            account=eko,
            region=one.region,
            kind="business",
            until=until,
            source="guidance",
        )
    assert ConflictGround.objects.count() == 2
    with pytest.raises(Conflicted, match="business"):
        makers.assigned(one, eko, at)
    ConflictGround.objects.filter(until=None).update(until=ended)
    makers.assigned(one, eko, at)


def test_a_domain_above_registers_grounds_of_its_own(
    one: "Entry", at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "_finders", [])
    conflicts.register(
        lambda *_asked: [conflicts.Ground("mentor", "Pernah mendampingi.")]
    )
    with pytest.raises(Conflicted, match="Pernah mendampingi"):
        makers.assigned(one, makers.assessor("Eko", at), at)


def test_who_declares_a_tie_reads_no_more_and_never_again(
    one: "Entry", at: datetime
) -> None:
    eko = makers.assessor("Eko", at)
    mine = makers.assigned(one, eko, at)
    told = reading.declare(
        by=eko, at=at, reading=mine, kind="family", note="Saudara sekda"
    )
    assert told.state == "conflicted"
    assert ConflictGround.objects.get().source == "declared"
    assert not Membership.objects.in_force(makers.later(at, 1)).filter(account=eko)
    with pytest.raises(ReadingRefused):
        reading.mark(by=eko, at=at, reading=mine, given={})
    with pytest.raises(Conflicted):
        makers.assigned(one, eko, at)


def test_a_tie_that_comes_up_later_stops_the_reading(
    one: "Entry", at: datetime
) -> None:
    eko = makers.assessor("Eko", at)
    mine = makers.assigned(one, eko, at)
    reading.declare(by=eko, at=at, reading=mine)
    assessors.record_ground(by=None, at=at, account=eko, region=one.region, kind="work")
    given = {"O1": reading.Given(Decimal(2))}
    with pytest.raises(Conflicted):
        reading.mark(by=eko, at=at, reading=mine, given=given)
    with pytest.raises(Conflicted):
        reading.hand_in(by=eko, at=at, reading=mine)


def test_nothing_is_marked_before_interests_are_declared(
    one: "Entry", at: datetime
) -> None:
    eko = makers.assessor("Eko", at)
    mine = makers.assigned(one, eko, at)
    with pytest.raises(ReadingRefused):
        reading.mark(
            by=eko, at=at, reading=mine, given={"O1": reading.Given(Decimal(2))}
        )


def test_a_reading_is_its_assessors_alone(one: "Entry", at: datetime) -> None:
    eko, fani = makers.assessor("Eko", at), makers.assessor("Fani", at)
    mine = makers.assigned(one, eko, at)
    with pytest.raises(ReadingRefused, match="not yours"):
        reading.declare(by=fani, at=at, reading=mine)


def test_a_reading_with_gaps_is_not_handed_in(one: "Entry", at: datetime) -> None:
    eko = makers.assessor("Eko", at)
    mine = makers.assigned(one, eko, at)
    reading.declare(by=eko, at=at, reading=mine)
    with pytest.raises(ReadingRefused, match="cannot be given"):
        reading.mark(
            by=eko, at=at, reading=mine, given={"O1": reading.Given(Decimal("3.3"))}
        )
    reading.mark(by=eko, at=at, reading=mine, given={"O1": reading.Given(Decimal(3))})
    with pytest.raises(ReadingRefused, match="3 questions"):
        reading.hand_in(by=eko, at=at, reading=mine)


def test_what_is_handed_in_does_not_change(one: "Entry", at: datetime) -> None:
    eko = makers.assessor("Eko", at)
    mine = makers.read(one, eko, at)
    with pytest.raises(ReadingRefused):
        reading.mark(
            by=eko, at=at, reading=mine, given={"O1": reading.Given(Decimal(1))}
        )
    with pytest.raises(ReadingRefused):
        reading.take_away(by=eko, at=at, reading=mine, reason="x")


def test_a_third_reads_only_where_two_differ(one: "Entry", at: datetime) -> None:
    names = ("Eko", "Fani", "Gita")
    eko, fani, gita = (makers.assessor(name, at) for name in names)
    makers.read(one, eko, at, "3")
    with pytest.raises(ReadingRefused, match="already"):
        makers.assigned(one, eko, at)
    second = makers.assigned(one, fani, at)
    with pytest.raises(ReadingRefused, match="all of its readers"):
        makers.assigned(one, gita, at)
    reading.declare(by=fani, at=at, reading=second)
    given = {code: reading.Given(Decimal(1)) for code in makers.QUESTIONS}
    reading.mark(by=fani, at=at, reading=second, given=given)
    reading.hand_in(by=fani, at=at, reading=second)
    assert makers.assigned(one, gita, at).place == 3
    with pytest.raises(ReadingRefused):
        makers.assigned(one, makers.assessor("Hadi", at), at)


def test_two_who_agree_need_no_third(one: "Entry", at: datetime) -> None:
    makers.read(one, makers.assessor("Eko", at), at, "3")
    makers.read(one, makers.assessor("Fani", at), at, "3")
    with pytest.raises(ReadingRefused, match="all of its readers"):
        makers.assigned(one, makers.assessor("Gita", at), at)


def test_a_reading_taken_away_frees_its_place(
    one: "Entry", budi: "Account", at: datetime
) -> None:
    mine = makers.assigned(one, makers.assessor("Eko", at), at)
    with pytest.raises(ReadingRefused):
        reading.take_away(by=budi, at=at, reading=mine, reason=" ")
    reading.take_away(by=budi, at=at, reading=mine, reason="Sakit")
    assert makers.assigned(one, makers.assessor("Fani", at), at).place == 1


def test_remarks_are_ones_own_and_can_be_dropped(one: "Entry", at: datetime) -> None:
    eko = makers.assessor("Eko", at)
    mine = makers.assigned(one, eko, at)
    reading.declare(by=eko, at=at, reading=mine)
    with pytest.raises(ReadingRefused):
        reading.remark(by=eko, at=at, reading=mine, kind="interview", text=" ")
    said = reading.remark(
        by=eko, at=at, reading=mine, kind="interview", text="Sekda hadir."
    )
    reading.drop_remark(by=eko, at=at, remark=said)
    assert Remark.objects.get().dropped_at == at


def test_the_trail_of_the_region_says_nothing_of_readings(
    one: "Entry", at: datetime
) -> None:
    makers.read(one, makers.assessor("Eko", at), at)
    rows = AuditEntry.objects.filter(verb__startswith="evaluation.reading")
    assert set(rows.values_list("region_code", flat=True)) == {"00"}


@pytest.mark.django_db
def test_the_database_itself_hides_a_reading_from_everybody_else(
    one: "Entry", at: datetime
) -> None:
    eko, fani = makers.assessor("Eko", at), makers.assessor("Fani", at)
    makers.read(one, eko, at, "4")
    makers.read(one, fani, at, "1")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {walls.APP_ROLE}")
        walls.open_region(one.region_id)
        walls.open_person(eko.pk)
        seen = list(Mark.objects.values_list("assessor_id", "level"))
        assert {who for who, _level in seen} == {eko.pk}
        assert Reading.objects.count() == 1
        walls.open_person(0)
        assert not Mark.objects.exists()
        assert not Reading.objects.exists()
        walls.open_everywhere()
        assert Reading.objects.count() == 2
        cursor.execute("RESET ROLE")


def test_an_assessor_gets_a_letter_that_names_no_other(
    one: "Entry",
    at: datetime,
    mailoutbox: list["EmailMessage"],
    django_capture_on_commit_callbacks: "Callable[..., AbstractContextManager[object]]",
) -> None:
    makers.assigned(one, makers.assessor("Eko", at), at)
    fani = makers.assessor("Fani", at)
    with django_capture_on_commit_callbacks(execute=True):
        makers.assigned(one, fani, at)
    (letter,) = mailoutbox
    assert letter.to == ["fani@contoh.id"]
    assert "menilai" in str(letter.body)
    assert "Eko" not in str(letter.body)
