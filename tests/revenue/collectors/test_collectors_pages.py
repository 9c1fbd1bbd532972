"""Pages of collectors: the telephone's, the office's, the desk's; the village list."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils.timezone import localdate, now

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import printing
from habaring.revenue.models import Bill, Deposit, Device, Slip, SlipState
from tests import makers as people
from tests.revenue import phones
from tests.revenue.phones import AT, Phone

HOUR = timedelta(hours=1)
ROOM = "/ruang-kerja/62.02/pajak/"


def test_the_telephone_enrols_loads_and_sends(
    client: Client, kotim: Region, galih: Account, bill: Bill
) -> None:
    made, key = phones.invited(kotim, galih, now()), phones.new_key()
    client.force_login(galih)
    given = phones.key_of("62.02", made.code, key)
    body = {
        "code": given.code,
        "key": json.loads(given.public_key),
        "signature": given.signature,
    }
    place = f"{ROOM}keliling/"
    told = client.post(f"{place}daftarkan/", body, content_type="application/json")
    assert told.status_code == 200, told.content
    state = told.json()
    assert [one["nop"] for one in state["bills"]] == [bill.number]
    phone = Phone(Device.objects.get(pk=state["device"]["id"]), key)
    phone.write(bill, now())
    answer = client.post(
        f"{place}kirim/", {"slips": phone.lines}, content_type="application/json"
    )
    assert [one["state"] for one in answer.json()["slips"]] == ["posted"]
    state = client.get(f"{place}keadaan.json?alat={phone.device.pk}").json()
    assert (state["held"], state["bills"], state["last"]["number"]) == (77_600, [], 1)
    assert client.get(place).status_code == 200
    worker = client.get(f"{place}pekerja.js")
    assert worker["Service-Worker-Allowed"] == place
    assert "javascript" in worker["Content-Type"]


def test_wrong_codes_and_nonsense_are_answered_in_words(
    client: Client, kotim: Region, galih: Account
) -> None:
    client.force_login(galih)
    for body in ("{}", "[]", "nonsense", '{"code": "AAAA", "key": {"kty": "RSA"}}'):
        answer = client.post(
            f"{ROOM}keliling/daftarkan/", body, content_type="application/json"
        )
        assert answer.status_code < 500
        assert answer.json()["what"]
    told = client.post(f"{ROOM}keliling/kirim/", "x", content_type="application/json")
    assert told.json() == {"slips": []}


def test_a_collector_sees_the_own_telephone_alone(
    client: Client, kotim: Region, phone: Phone
) -> None:
    joko = people.officer("Joko", region=kotim, role="village_collector")
    client.force_login(joko)
    address = f"{ROOM}keliling/keadaan.json?alat={phone.device.pk}"
    assert client.get(address).status_code == 404


def test_the_office_invites_counts_takes_in_files_and_clears_up(
    client: Client, kotim: Region, phone: Phone, bill: Bill, other: Bill
) -> None:
    hana = people.officer("Hana", region=kotim, role="tax_head")
    client.force_login(hana)
    place = Region.objects.get(code="62.02.06.1001")
    given: dict[str, Any] = {
        "name": "Oppo",
        "places": place.pk,
        "cash_limit": "1.000.000",
    }
    given |= {"collector": phone.device.collector_id, "deposit_days": 5}
    page = client.post(f"{ROOM}petugas/baru/", given)
    assert page.status_code == 200
    fresh = Device.objects.latest("pk")
    again = client.post(f"{ROOM}petugas/{fresh.pk}/kode/")
    assert again.context["secret"] != page.context["secret"]
    changed = client.post(f"{ROOM}petugas/{fresh.pk}/ubah/", given | {"name": "Vivo"})
    assert changed.status_code == 302
    client.post(f"{ROOM}petugas/{fresh.pk}/cabut/", {"reason": "rusak"})
    fresh.refresh_from_db()
    assert (fresh.name, fresh.revoked_reason) == ("Vivo", "rusak")
    phone.write(bill, AT - HOUR)
    phone.write(other, AT - HOUR, amount=1_000)
    text = "\n".join(["catatan", *phone.lines])
    page = client.post(f"{ROOM}petugas/berkas/", {"text": text})
    assert [one.outcome for one in page.context["answers"]] == ["posted", "conflict"]
    assert client.post(f"{ROOM}petugas/berkas/", {"text": "apa"}).context["nothing"]
    for page_of in ("petugas/", "petugas/sengketa/", f"petugas/{phone.device.pk}/"):
        assert client.get(f"{ROOM}{page_of}").status_code == 200
    slip = Slip.objects.get(state=SlipState.CONFLICT)
    address = f"{ROOM}petugas/sengketa/{slip.pk}/"
    assert client.get(address).status_code == 200
    client.post(address, {"deed": "take"})
    client.post(address, {"reason": "sisanya dibayar di loket"})
    slip.refresh_from_db()
    assert (slip.state, slip.owner) == (SlipState.SETTLED, hana)
    money = f"{ROOM}petugas/{phone.device.pk}/setor/"
    assert client.post(money, {"amount": "70.000"}).status_code == 409
    assert client.post(money, {"amount": "78.600"}).status_code == 302
    assert Deposit.objects.get().expected == 78_600


def test_what_waits_is_on_the_desk(
    client: Client, phone: Phone, bill: Bill, indah: Account, galih: Account
) -> None:
    phone.write(bill, AT - timedelta(days=9), amount=1_000)
    phones.send(phone, AT)
    for who, words in ((indah, "late with a deposit"), (galih, "to the treasurer")):
        client.force_login(who)
        page = client.get("/ruang-kerja/62.02/?bahasa=en").content.decode()
        assert words in page
    client.force_login(indah)
    page = client.get("/ruang-kerja/62.02/?bahasa=en").content.decode()
    assert "does not fit" in page


def test_the_list_of_the_village_tells_who_paid(
    kotim: Region, phone: Phone, bill: Bill, other: Bill
) -> None:
    phone.write(bill, AT - HOUR)
    phone.write(other, AT - HOUR, amount=70_000)
    phones.send(phone, AT)
    rows = Bill.objects.filter(region=kotim).select_related("taxpayer", "object")
    told = printing._paid(kotim, list(rows))
    assert "7.600" in told[other.id] or "7,600" in told[other.id]
    assert str(localdate(AT).year) in told[bill.id]
    village = printing.Village(kotim, "Contoh", 2026)
    assert printing.village_list(village, rows).startswith(b"%PDF")
