"""What is kept long enough goes by itself, once, and is written down without names."""

import os
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from habaring.people.models import Account, Invitation, Role
from habaring.privacy import actions, ageing, rotating
from habaring.privacy.looks import Reason, look, open_own
from habaring.privacy.models import (
    DataRequest,
    DeletionEntry,
    DormancyNotice,
    Identity,
    Look,
    Purpose,
    RequestState,
    RetentionRule,
)
from habaring.regions.models import Region
from habaring.shared import sealing
from habaring.shared.retention import ageings
from tests import makers
from tests.privacy.makers import member, protector

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _ring(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.PERSONAL_DATA_KEY = ""  # type: ignore[attr-defined]


def gone(category: str) -> int:
    return sum(
        DeletionEntry.objects.filter(category=category).values_list("rows", flat=True)
    )


def test_every_category_has_its_rule_and_every_rule_its_category(db: None) -> None:
    assert set(RetentionRule.objects.values_list("code", flat=True)) == set(ageings())


def test_old_sessions_go_and_the_second_night_finds_nothing(
    db: None, at: datetime
) -> None:
    for n, age in enumerate((0.5, 1.5, 40)):
        Session.objects.create(
            session_key=f"k{n}", session_data="", expire_date=at - age * DAY
        )
    shown = {one.rule.code: one.rows for one in ageing.retain(at=at, show=True)}
    assert shown["sessions"] == 2
    assert Session.objects.count() == 3
    ageing.retain(at=at, batch=1)
    assert Session.objects.count() == 1
    assert gone("sessions") == 2
    ageing.retain(at=at, batch=1)
    assert gone("sessions") == 2


def test_unanswered_invitations_lose_their_address(kotim: Region, at: datetime) -> None:
    for n, (age, accepted) in enumerate(((91, None), (89, None), (400, at))):
        Invitation.objects.create(
            token_hash=str(n),
            email=f"orang{n}@contoh.id",
            role=Role.objects.get(code="officer"),
            region=kotim,
            issued_at=at - age * DAY,
            expires_at=at - (age - 7) * DAY,
            accepted_at=accepted,
        )
    ageing.retain(at=at)
    left = set(Invitation.objects.values_list("email", flat=True))
    assert left == {"erased@example.invalid", "orang1@contoh.id", "orang2@contoh.id"}
    line = DeletionEntry.objects.get(category="invitations")
    assert (line.region_code, line.rows, line.action) == ("62.02", 1, "pseudonymise")
    assert not Invitation.objects.get(token_hash="0").is_first


def test_letters_kept_as_files_go_after_thirty_days(
    db: None, settings: object, at: datetime
) -> None:
    box = Path(settings.EMAIL_FILE_PATH)  # type: ignore[attr-defined]
    box.mkdir(parents=True)
    for name, age in (("old.log", 31), ("new.log", 29)):
        (box / name).write_text("surat")
        then = (at - age * DAY).timestamp()
        os.utime(box / name, (then, then))
    ageing.retain(at=at)
    assert [one.name for one in box.iterdir()] == ["new.log"]


def test_looks_go_after_five_years_and_only_by_the_rule(
    kotim: Region, alya: Account, at: datetime
) -> None:
    dewi = protector("Dewi", region=kotim)
    member(alya, region=kotim)
    for age in (5 * 365 + 1, 10):
        look(
            subject=alya,
            by=dewi,
            at=at - age * DAY,
            region=kotim,
            reason=Reason("audit", "Pemeriksaan inspektorat."),
            fields=["email"],
        )
    ageing.retain(at=at)
    assert Look.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Look.objects.all().delete()  # the rule's permission did not stay


def test_the_words_of_old_requests_go_the_numbers_stay(
    kotim: Region, alya: Account, at: datetime
) -> None:
    then = at - 6 * 365 * DAY
    row = actions.receive_request(
        account=alya,
        region=kotim,
        wish=actions.Wish("see", "Apa saja data saya?"),
        by=alya,
        at=then,
    )
    ageing.retain(at=at)
    assert DataRequest.objects.get().wish  # unanswered is never too old
    actions.answer_request(
        request=row,
        state=RequestState.DONE,
        answer="Semua sudah diperlihatkan.",
        by=alya,
        at=then + DAY,
    )
    ageing.retain(at=at)
    found = DataRequest.objects.get()
    assert (found.wish, found.state) == ("", "done")
    ageing.retain(at=at)
    assert gone("requests") == 1


def test_an_unused_account_is_warned_then_closed(
    transactional_db: None, at: datetime
) -> None:
    alya = makers.account("Alya")
    budi = makers.officer("Budi", region=makers.region("62.02"))
    Account.objects.update(joined_at=at - 1000 * DAY, last_login=at - 705 * DAY)
    ageing.retain(at=at)
    assert [one.to for one in mail.outbox] == [["alya@contoh.id"]]  # Budi has a role
    ageing.retain(at=at + 10 * DAY)
    assert len(mail.outbox) == 1  # warned once
    ageing.retain(at=at + 29 * DAY)
    alya.refresh_from_db()
    assert alya.erased_at is None
    ageing.retain(at=at + 30 * DAY)
    alya.refresh_from_db()
    assert alya.erased_at == at + 30 * DAY
    budi.refresh_from_db()
    assert budi.erased_at is None
    ageing.retain(at=at + 31 * DAY)
    assert gone("dormant-accounts") == 1


def test_who_comes_back_is_not_closed(alya: Account, at: datetime) -> None:
    Account.objects.update(joined_at=at - 1000 * DAY, last_login=at - 705 * DAY)
    ageing.retain(at=at)
    Account.objects.update(last_login=at + DAY)
    ageing.retain(at=at + 60 * DAY)
    alya.refresh_from_db()
    assert alya.erased_at is None
    assert not DormancyNotice.objects.exists()


def test_what_does_not_go_is_told_instead_of_turning_for_ever(
    db: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Session.objects.create(session_key="k", session_data="", expire_date=at - 9 * DAY)
    stuck = ageings()["sessions"]
    monkeypatch.setitem(
        ageings_of_shared(),
        "sessions",
        type(stuck)("sessions", stuck.due, lambda refs, at: None),
    )
    with pytest.raises(ageing.NothingGoesError):
        ageing.retain(at=at, only=("sessions",))


def ageings_of_shared() -> dict[str, object]:
    from habaring.shared import retention

    return retention._ageing  # type: ignore[return-value]


@pytest.mark.parametrize("how", ["update", "delete"])
def test_the_register_is_only_added_to(db: None, at: datetime, how: str) -> None:
    Session.objects.create(session_key="k", session_data="", expire_date=at - 9 * DAY)
    ageing.retain(at=at)
    words = {
        "update": "UPDATE privacy_deletionentry SET rows = 0",
        "delete": "DELETE FROM privacy_deletionentry",
    }
    with (
        pytest.raises(DatabaseError, match="only appended"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words[how])


def test_the_command_shows_and_refuses_a_day_to_come(db: None) -> None:
    out = StringIO()
    call_command("retain", "--show", "--on", "2026-01-01", stdout=out)
    assert "sessions: 0" in out.getvalue()
    for day in ("besok", "2999-01-01"):
        with pytest.raises(CommandError):
            call_command("retain", "--on", day)


# --- Rotation of the key ------------------------------------------------------------------
def people(kotim: Region, at: datetime, count: int) -> list[str]:
    niks = []
    purpose = Purpose.objects.in_force().get(code="identity")
    for n in range(count):
        person = makers.account(f"Orang{n}")
        nik = f"62020610019000{n + 1:02}"
        actions.give_consent(account=person, purpose=purpose, at=at)
        actions.record_identity(
            account=person,
            region=kotim,
            card=actions.Card(nik, person.full_name),
            by=person,
            at=at,
        )
        niks.append(nik)
    return niks


def opened() -> list[str]:
    return sorted(open_own(row) for row in Identity.objects.all())


def test_a_rotation_stopped_half_way_goes_on(kotim: Region, at: datetime) -> None:
    niks = people(kotim, at, 5)
    old = sealing.current_key()
    fresh = sealing.add_key()
    assert opened() == niks  # before: all under the old key

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotating.reseal(at=at, batch=2, progress=stop)
    keys = sorted(Identity.objects.values_list("key", flat=True))
    assert keys == sorted([fresh] * 2 + [old] * 3)
    assert opened() == niks  # half-way: both keys
    taken = Identity.objects.filter(nik_hash__in=sealing.keyed_hashes(niks[0]))
    assert taken.count() == 1
    assert rotating.left() == {"privacy.Identity.nik_sealed": 3}
    assert rotating.reseal(at=at, batch=2) == 3
    assert rotating.left() == {}
    assert sealing.drop_old_keys() == [old]
    assert opened() == niks
    assert rotating.reseal(at=at) == 0


def test_the_command_rotates_and_drops(kotim: Region, at: datetime) -> None:
    niks = people(kotim, at, 3)
    out, err = StringIO(), StringIO()
    call_command("rotate_personal_key", "--drop-old", stdout=out, stderr=err)
    assert "3 rows sealed again" in out.getvalue()
    assert opened() == niks
    assert len(sealing.key_ids()) == 1
