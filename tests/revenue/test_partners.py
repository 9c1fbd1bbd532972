from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from habaring.people.access import Power
from habaring.people.models import Account
from habaring.posts import things
from habaring.posts.things import Asked
from habaring.regions.models import Region
from habaring.revenue import partner_things
from habaring.revenue import partners as queries
from habaring.revenue.actions import partners as verbs
from habaring.revenue.actions.partners import NewPartner, PartnerRefused
from habaring.revenue.bank.signing import private_pem, public_pem
from habaring.revenue.models import Call, KeyUse, Partner, PartnerKey, RefusedCalls
from habaring.shared import sealing
from habaring.shared.models import AuditEntry
from tests import makers as people
from tests.revenue import banks

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return now()


@pytest.fixture
def dewi(kotim: Region) -> Account:
    """Head of the revenue office."""
    return people.officer("Dewi", region=kotim, role="tax_head")


def page(name: str, *args: object) -> str:
    return reverse(f"revenue-work:{name}", args=["62.02", *args])


PLAN = {
    "kind": "va",
    "name": "Bank Contoh",
    "code": "contoh",
    "partner_id": "CONTOH-1",
    "va_prefix": "77001234",
    "merchant_pan": "",
    "merchant_id": "",
}


def test_a_bank_is_taken_on_and_given_its_keys(client: Client, dewi: Account) -> None:
    client.force_login(dewi)
    assert client.get(page("partners")).status_code == 200
    client.post(page("new-partner"), PLAN)
    row = Partner.objects.get()
    shown = client.get(page("partner", row.pk)).content.decode()
    assert "/snap/62.02/v1.0/transfer-va/payment" in shown
    client.post(page("partner-public-key", row.pk), {"pem": public_pem(banks.key())})
    answer = client.post(page("partner-secret", row.pk))
    key = PartnerKey.objects.get(use=KeyUse.SECRET)
    secret = sealing.open_sealed(key.sealed or b"", about="revenue partner key")
    assert secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    again = client.get(page("partner", row.pk)).content.decode()
    assert secret not in again  # once is enough
    assert secret not in str(list(AuditEntry.objects.values()))
    tried = client.post(page("test-partner", row.pk)).content.decode()
    assert tried.count("badge") == 5
    assert "bad" not in tried.split("<main")[1].split("</main")[0].replace("badge", "")


def test_two_keys_at_once_and_no_third(
    kotim: Region, dewi: Account, at: datetime
) -> None:
    row = banks.partner(kotim, at)
    first = verbs.make_secret(partner=row, by=dewi, at=at)
    verbs.make_secret(partner=row, by=dewi, at=at)
    with pytest.raises(PartnerRefused):
        verbs.make_secret(partner=row, by=dewi, at=at)
    verbs.end_key(key=first.key, after=timedelta(0), reason="Bocor.", by=dewi, at=at)
    later = verbs.make_secret(partner=row, by=dewi, at=at)
    assert later.secret != first.secret


def test_a_private_key_is_not_taken(kotim: Region, dewi: Account, at: datetime) -> None:
    row = banks.partner(kotim, at)
    for pem in (private_pem(banks.key()), "apa saja", ""):
        with pytest.raises(PartnerRefused):
            verbs.add_public_key(partner=row, pem=pem, by=dewi, at=at)


def test_an_id_is_taken_once_whatever_the_region(
    kotim: Region, dewi: Account, at: datetime
) -> None:
    banks.partner(people.region("62.01"), at, partner_id="SAMA")
    plan = NewPartner("lain", "Bank Lain", "va", "SAMA", prefix="77005678")
    with pytest.raises(PartnerRefused):
        verbs.add_partner(region=kotim, plan=plan, by=dewi, at=at)


@pytest.mark.parametrize(
    ("kind", "more"), [("va", {}), ("qris", {"merchant_pan": "936009110012345"})]
)
def test_what_its_kind_needs_must_be_there(
    kotim: Region, dewi: Account, at: datetime, kind: str, more: dict[str, str]
) -> None:
    plan = NewPartner("x", "X", kind, "X-1", **more)
    with pytest.raises(PartnerRefused):
        verbs.add_partner(region=kotim, plan=plan, by=dewi, at=at)


def called(row: Partner, at: datetime, *, code: str, number: int) -> None:
    Call.objects.create(
        region=row.region,
        partner=row,
        day=localdate(at),
        external_id=str(number),
        service=code[3:5],
        body_sha256=b"\0" * 32,
        code=code,
        at=at,
    )


def test_a_partner_that_fell_silent_is_an_alarm(kotim: Region, at: datetime) -> None:
    row = banks.partner(kotim, at)
    banks.public(row, at)
    banks.secret(row, at)
    assert queries.standing(row, at).alarms == ()  # it never called
    for days in (2, 3, 4):
        called(row, at - timedelta(days=days), code="2002500", number=days)
    assert queries.standing(row, at).alarms == ("silent",)
    called(row, at, code="2002500", number=1)
    assert queries.standing(row, at).alarms == ()


def test_a_partner_that_is_often_refused_is_an_alarm(
    kotim: Region, at: datetime
) -> None:
    row = banks.partner(kotim, at)
    banks.public(row, at)
    banks.secret(row, at)
    for number in range(8):
        called(row, at, code="4042412" if number < 4 else "2002400", number=number)
    assert queries.standing(row, at).alarms == ()
    RefusedCalls.objects.create(
        region=kotim,
        partner=row,
        day=localdate(at),
        code="4012500",
        times=6,
        last_at=at,
    )
    assert queries.standing(row, at).alarms == ("refused",)
    assert queries.standing(row, at).bad == 10


def test_what_is_wrong_with_a_partner_waits_on_the_desk(
    kotim: Region, at: datetime, dewi: Account
) -> None:
    row = banks.partner(kotim, at)
    banks.public(row, at)
    banks.secret(row, at)
    mine = Asked(dewi, kotim, frozenset({Power.MANAGE_PARTNERS}), localdate(at))
    assert not things.told(mine, partner_things.LINES)
    for days in (2, 3, 4):
        called(row, at - timedelta(days=days), code="2002500", number=days)
    RefusedCalls.objects.create(
        region=kotim,
        partner=row,
        day=localdate(at),
        code="4012500",
        times=12,
        last_at=at,
    )
    told = things.told(mine, partner_things.LINES)
    assert len(told) == 2
    assert {one.url for one in told} == {page("partner", row.pk)}
    nobody = Asked(dewi, kotim, frozenset(), localdate(at))
    assert not things.told(nobody, partner_things.LINES)


def test_without_keys_it_says_so(client: Client, kotim: Region, dewi: Account) -> None:
    row = banks.partner(kotim, now())
    client.force_login(dewi)
    assert "Bank Contoh" in client.get(page("partners")).content.decode()
    assert queries.standing(row, now()).alarms == ("keyless",)
    banks.public(row, now())
    assert queries.standing(row, now()).alarms == ("keyless",)  # the secret is missing


def test_stopped_and_let_in_again(client: Client, kotim: Region, dewi: Account) -> None:
    row = banks.partner(kotim, now())
    client.force_login(dewi)
    for active in (False, True):
        client.post(page("stop-partner", row.pk), {"reason": "Kontrak berakhir."})
        row.refresh_from_db()
        assert row.active is active
    key = banks.public(row, now())
    client.post(
        page("end-partner-key", row.pk, key.pk), {"after": "24", "reason": "Ganti."}
    )
    key.refresh_from_db()
    assert key.ends_at is not None
    assert key.ends_at > now() + timedelta(hours=23)


def test_the_list_asks_as_much_for_many_as_for_one(
    kotim: Region, at: datetime, django_assert_max_num_queries: object
) -> None:
    for number in range(6):
        row = banks.partner(kotim, at, code=f"b{number}", partner_id=f"B-{number}")
        banks.public(row, at)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(queries.standings(kotim, at)) == 6


def test_a_stranger_is_kept_out(client: Client, kotim: Region, citra: Account) -> None:
    row = banks.partner(kotim, now())
    client.force_login(citra)
    for name, args in (("partners", ()), ("partner", (row.pk,))):
        assert client.get(page(name, *args)).status_code in {403, 404}
