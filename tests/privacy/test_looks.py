"""Nobody sees personal data whole without saying why, and the person reads it."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from habaring.people.access import NotAllowed, Power
from habaring.people.models import Account
from habaring.privacy.looks import LookRefused, Reason, look
from habaring.privacy.models import Look, LookReason
from habaring.regions.models import Region
from tests import makers
from tests.privacy.makers import member, protector

WHY = Reason(LookReason.REQUEST, "Menjawab permintaan koreksi.")


@pytest.fixture
def dewi(kotim: Region) -> Account:
    return protector("Dewi", region=kotim)


@pytest.fixture
def alya(alya: Account, kotim: Region) -> Account:
    member(alya, region=kotim)
    return alya


def test_a_look_opens_what_was_asked_and_stays_on_record(
    dewi: Account, alya: Account, kotim: Region, at: datetime
) -> None:
    seen = look(
        subject=alya, by=dewi, at=at, region=kotim, reason=WHY, fields=["email"]
    )
    assert seen == {"email": "alya@contoh.id"}
    row = Look.objects.get()
    assert (row.region_code, row.subject, row.by, row.at) == ("62.02", alya, dewi, at)
    assert (row.kind, row.fields, row.reason) == ("account", ["email"], WHY.words)


@pytest.mark.parametrize(
    "reason",
    [
        Reason(LookReason.REQUEST, "  "),
        Reason(LookReason.REQUEST, "a        b"),
        Reason("curious", "Saya hanya ingin tahu saja."),
    ],
)
def test_without_a_reason_the_data_stay_masked(
    dewi: Account, alya: Account, kotim: Region, at: datetime, reason: Reason
) -> None:
    with pytest.raises(LookRefused):
        look(
            subject=alya, by=dewi, at=at, region=kotim, reason=reason, fields=["email"]
        )
    assert not Look.objects.exists()


@pytest.mark.parametrize("fields", [[], ["password"], ["email", "nik"]])
def test_only_known_fields_are_opened(
    dewi: Account, alya: Account, kotim: Region, at: datetime, fields: list[str]
) -> None:
    with pytest.raises(LookRefused):
        look(subject=alya, by=dewi, at=at, region=kotim, reason=WHY, fields=fields)


def test_without_the_power_nothing_is_opened(
    alya: Account, kotim: Region, at: datetime
) -> None:
    eka = protector("Eka", region=kotim, powers=[Power.SEE_WORK_ROOM])
    with pytest.raises(NotAllowed):
        look(subject=alya, by=eka, at=at, region=kotim, reason=WHY, fields=["email"])


def test_a_person_of_another_region_is_not_looked_at(
    dewi: Account, kotim: Region, at: datetime
) -> None:
    fajar = makers.account("Fajar")
    member(fajar, region=makers.region("62.01"))
    with pytest.raises(LookRefused):
        look(subject=fajar, by=dewi, at=at, region=kotim, reason=WHY, fields=["email"])


@pytest.mark.parametrize("how", ["update", "delete"])
def test_a_look_is_never_changed(
    dewi: Account, alya: Account, kotim: Region, at: datetime, how: str
) -> None:
    look(subject=alya, by=dewi, at=at, region=kotim, reason=WHY, fields=["email"])
    words = {
        "update": "UPDATE privacy_look SET reason = ''",
        "delete": "DELETE FROM privacy_look",
    }
    with (
        pytest.raises(DatabaseError, match="only appended"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words[how])
