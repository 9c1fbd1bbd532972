"""Sign in and out, and the page of roles, as a person meets them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from habaring.people.models import Account, Membership
from habaring.regions.models import Region
from tests import makers

SIGN_IN = "/masuk/"
PASSWORD = "empat kata yang jauh"


def type_in(client: Client, email: str | None, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(
        SIGN_IN, {"login": email, "password": password, **more}, follow=False
    )


def test_one_signs_in_and_comes_to_the_work_room(budi: Account, client: Client) -> None:
    answer = type_in(client, "BUDI@contoh.id")
    assert answer.status_code == 302
    assert answer["Location"] == "/ruang-kerja/"
    asked = client.get("/ruang-kerja/")["Location"]
    assert asked == "/akun/langkah-kedua/?next=%2Fruang-kerja%2F"  # no second step yet


def test_one_goes_on_to_where_one_wanted_to(budi: Account, client: Client) -> None:
    wanted = "/ruang-kerja/62.02/orang/"
    asked = client.get(wanted)
    assert asked.status_code == 302
    assert asked["Location"] == "/masuk/?next=%2Fruang-kerja%2F62.02%2Forang%2F"
    page = client.get(asked["Location"]).content.decode()
    assert f'name="next" value="{wanted}"' in page
    assert type_in(client, budi.email, next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    "address", ["https://jahat.example/", "//jahat.example/", "javascript:alert(1)"]
)
def test_one_is_never_sent_to_another_site(
    budi: Account, client: Client, address: str
) -> None:
    assert type_in(client, budi.email, next=address)["Location"] == "/ruang-kerja/"


def test_a_wrong_password_does_not_tell_whether_the_account_exists(
    budi: Account, client: Client
) -> None:
    pages = []
    for email in (budi.email, "tidak-ada@contoh.id"):
        answer = type_in(client, email, "bukan ini sandinya")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "Alamat surel atau kata sandi tidak tepat." in page
        assert "bukan ini sandinya" not in page
        assert f'value="{email}"' in page
        main = page.split("<main")[1].replace(email, "")
        pages.append(re.sub(r'(?<=csrfmiddlewaretoken" value=")\w+', "", main))
    assert pages[0] == pages[1]


def test_a_closed_account_is_answered_like_a_wrong_password(
    budi: Account, client: Client
) -> None:
    Account.objects.filter(pk=budi.pk).update(is_active=False)
    page = type_in(client, budi.email).content.decode()
    assert "Alamat surel atau kata sandi tidak tepat." in page


def test_one_signs_out_by_post_only(budi: Account, client: Client) -> None:
    client.force_login(budi)
    assert client.get("/keluar/").status_code == 405
    page = client.post("/keluar/", follow=True).content.decode()
    assert "Anda sudah keluar." in page
    assert client.get("/ruang-kerja/").status_code == 302


def test_roles_are_shown_and_ended_on_the_page(
    kotim: Region, budi: Account, client: Client
) -> None:
    eko = makers.officer("Eko", region=kotim, role="officer")
    client.force_login(budi)
    page = client.get(reverse("people-work:people", args=["62.02"])).content.decode()
    assert "Petugas perangkat daerah" in page
    held = Membership.objects.get(account=eko)
    to = reverse("people-work:revoke", args=["62.02", held.pk])
    assert client.post(to).status_code == 422  # a reason is needed
    client.post(to, {f"r{held.pk}-reason": "Pindah tugas"})
    held.refresh_from_db()
    assert held.until is not None
    assert (held.ended_by, held.ended_reason) == (budi, "Pindah tugas")
    page = client.get(reverse("people-work:people", args=["62.02"])).content.decode()
    assert "eko@contoh.id" not in page


def test_a_role_of_another_region_cannot_be_ended_here(
    budi: Account, citra: Account, client: Client
) -> None:
    client.force_login(budi)
    held = Membership.objects.get(account=citra)
    answer = client.post(reverse("people-work:revoke", args=["62.02", held.pk]))
    assert answer.status_code == 404
    held.refresh_from_db()
    assert held.until is None


def test_the_platform_wide_role_cannot_be_handed_out_by_a_region(
    budi: Account, client: Client
) -> None:
    client.force_login(budi)
    answer = client.post(
        reverse("people-work:invite", args=["62.02"]),
        {"email": "dewi@contoh.id", "role": "operator", "langkah": "kirim"},
    )
    assert answer.status_code == 422
    assert 'value="dewi@contoh.id"' in answer.content.decode()


def test_the_page_of_roles_is_shut_to_others(
    kotim: Region, alya: Account, citra: Account, client: Client
) -> None:
    for person in (alya, citra, makers.officer("Eko", region=kotim, role="officer")):
        client.force_login(person)
        answer = client.get(reverse("people-work:people", args=["62.02"]))
        assert answer.status_code == 403
        assert "Peran Anda tidak mencakup tugas ini." in answer.content.decode()
