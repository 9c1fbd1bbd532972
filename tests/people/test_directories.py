"""Sign-in by a region's own directory, in full rounds against a real provider."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from habaring.people import directories, outside, second_step
from habaring.people.actions import Offer, Place, invite
from habaring.people.models import Account, Directory, Membership, Role
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers

PASSWORD = "sandi di direktori"
CODE = "62-02-sso-kotim"
START = f"/masuk/direktori/{CODE}/"
BACK = f"{START}kembali/"
ROOM = "/ruang-kerja/62.02/"
PEOPLE = [
    {"name": "Dewi", "mail": "dewi@kotimkab.go.id"},
    {"name": "Budi", "mail": "budi@contoh.id"},
    {"name": "Eko", "mail": "eko@kotimkab.go.id", "two_steps": True},
    {"name": "Citra", "mail": "citra@kotimkab.go.id"},
    {"name": "Orang", "mail": "orang@gmail.com"},
]


@dataclass
class Provider:
    """The running directory."""

    address: str

    def signs_in(self, person: str, start: str) -> str:
        """A person at the directory's own pages; where it sends them back to."""
        with httpx.Client(base_url=self.address) as browser:
            asked = browser.get(start)
            if asked.headers.get("location") == "/login":
                browser.get("/login")
                typed = browser.post("/login", data={"login": person})
                step = typed.headers["location"]
                typed = browser.post(step, data={"password": PASSWORD})
                asked = browser.get(typed.headers["location"])
            if asked.status_code == 200:  # may Habaring know name and address?
                asked = browser.post(str(asked.url), data={"answer": "accept"})
            return str(asked.headers["location"])


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    plan = {
        "port": port,
        "client_id": "habaring",
        "client_secret": "rahasia klien",
        "password": PASSWORD,
        "redirect_uris": [f"http://testserver{BACK}"],
        "people": PEOPLE,
    }
    program = Path(__file__).with_name("directory_server.py")
    process = subprocess.Popen(
        [sys.executable, program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(plan) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def details(provider: Provider, **more: Any) -> directories.Details:
    given: dict[str, Any] = {
        "name": "SSO Kotim",
        "issuer": provider.address,
        "client_id": "habaring",
        "secret": "rahasia klien",
        "mail_domains": ("kotimkab.go.id", "contoh.id"),
        "vouches_for_mail": True,
    }
    return directories.Details(**{**given, **more})


@pytest.fixture
def kept(provider: Provider, kotim: Region, budi: Account, settings: Any) -> Directory:
    """Kotim's directory, as its secretariat wrote it down."""
    settings.OIDC_ALLOW_PRIVATE = True
    row = directories.add(
        region=kotim, details=details(provider), by=budi, at=datetime.now(UTC)
    )
    assert row.code == CODE
    return row


def goes(client: Client, provider: Provider, person: str, **query: str) -> Any:
    """From our sign-in page to the directory and back."""
    out = client.get(START, query)
    assert out.status_code == 302, out.content.decode()
    return client.get(provider.signs_in(person, out["Location"]))


def signed_in(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


# The round


def test_a_new_person_comes_in_without_a_role(
    kept: Directory, provider: Provider, client: Client
) -> None:
    assert "SSO Kotim" in client.get("/masuk/direktori/").content.decode()
    answer = goes(client, provider, "dewi")
    assert answer.status_code == 302
    assert answer["Location"] == "/ruang-kerja/"
    dewi = Account.objects.get(email="dewi@kotimkab.go.id")
    assert signed_in(client) == dewi.pk
    assert dewi.full_name == "Dewi"
    assert not dewi.has_usable_password()
    assert not Membership.objects.filter(account=dewi).exists()
    [address] = EmailAddress.objects.filter(user=dewi)
    assert address.verified
    [linked] = SocialAccount.objects.filter(user=dewi)
    assert (linked.provider, linked.uid, linked.extra_data) == (CODE, "dewi", {})
    assert AuditEntry.objects.filter(verb="people.signed_in", by=dewi).exists()
    assert client.get("/akun/").status_code == 200

    again = Client()
    goes(again, provider, "dewi")
    assert signed_in(again) == dewi.pk
    assert Account.objects.filter(email="dewi@kotimkab.go.id").count() == 1


def test_the_way_on_survives_the_round_and_stays_on_our_host(
    kept: Directory, provider: Provider, client: Client
) -> None:
    assert goes(client, provider, "dewi", next="/akun/")["Location"] == "/akun/"
    other = goes(Client(), provider, "dewi", next="https://jahat.example/")
    assert other["Location"] == "/ruang-kerja/"


def test_an_open_invitation_is_taken_up(
    kept: Directory, provider: Provider, client: Client, kotim: Region, budi: Account
) -> None:
    offer = Offer(role=Role.objects.get(code="officer"), place=Place(kotim))
    invite(
        email="dewi@kotimkab.go.id",
        offer=offer,
        by=budi,
        at=datetime.now(UTC),
        address="http://testserver/undangan/",
    )
    goes(client, provider, "dewi")
    [held] = Membership.objects.filter(account__email="dewi@kotimkab.go.id")
    assert (held.role_id, held.region_id) == ("officer", "62.02")
    assert client.get(ROOM)["Location"].startswith("/akun/langkah-kedua/")


def test_a_default_role_is_given_where_the_secretariat_chose_one(
    kept: Directory, provider: Provider, client: Client, budi: Account
) -> None:
    role = Role.objects.get(code="inspector")
    directories.change(
        directory=kept,
        details=details(provider, default_role=role),
        by=budi,
        at=datetime.now(UTC),
    )
    goes(client, provider, "dewi")
    [held] = Membership.objects.filter(account__email="dewi@kotimkab.go.id")
    assert (held.role_id, held.region_id) == ("inspector", "62.02")


# Existing accounts


def test_an_account_of_the_region_is_linked(
    kept: Directory, provider: Provider, client: Client, budi: Account
) -> None:
    goes(client, provider, "budi")
    assert signed_in(client) == budi.pk
    assert client.get(ROOM)["Location"].startswith("/akun/langkah-kedua/")


def test_our_second_step_is_asked_where_the_directory_s_is_not_trusted(
    kept: Directory, provider: Provider, client: Client, budi: Account
) -> None:
    makers.second_step(budi)
    assert goes(client, provider, "budi")["Location"] == "/masuk/langkah-kedua/"
    assert signed_in(client) is None
    client.post("/masuk/langkah-kedua/", {"code": makers.code()})
    assert client.get(ROOM).status_code == 200


@pytest.mark.parametrize(
    ("trusted", "person", "status"),
    [(True, "eko", 200), (True, "citra", 302), (False, "eko", 302)],
)
def test_a_trusted_directory_s_second_step_is_enough(
    kept: Directory,
    provider: Provider,
    client: Client,
    kotim: Region,
    trusted: bool,
    person: str,
    status: int,
) -> None:
    """`eko` used two steps there, `citra` a password alone."""
    member = makers.officer(person, region=kotim, role="officer")
    Account.objects.filter(pk=member.pk).update(email=f"{person}@kotimkab.go.id")
    Directory.objects.filter(pk=kept.pk).update(trusted_second_step=trusted)
    goes(client, provider, person)
    assert signed_in(client) == member.pk
    assert client.get(ROOM).status_code == status


def test_the_directory_s_word_is_not_enough_beyond_its_region(
    kept: Directory, provider: Provider, client: Client, kotim: Region
) -> None:
    eko = makers.officer("Eko", region=kotim, role="officer")
    Account.objects.filter(pk=eko.pk).update(email="eko@kotimkab.go.id")
    Directory.objects.filter(pk=kept.pk).update(trusted_second_step=True)
    goes(client, provider, "eko")
    kobar = Membership.objects.create(
        account=eko,
        role=Role.objects.get(code="officer"),
        region=makers.region("62.01"),
        since=makers.LONG_AGO,
    )
    at = datetime.now(UTC)
    assert not second_step.directory_speaks_for(kept, eko, at=at)
    later = Client()
    assert goes(later, provider, "eko").status_code == 403
    assert signed_in(later) is None
    makers.second_step(eko)
    assert goes(later, provider, "eko")["Location"] == "/masuk/langkah-kedua/"
    kobar.delete()


def test_no_account_of_elsewhere_is_taken_over(
    kept: Directory, provider: Provider, client: Client, alya: Account, citra: Account
) -> None:
    """Neither one of another region, nor a citizen's, nor the operator's."""
    operator = makers.account("Operator")
    Membership.objects.create(
        account=operator, role=Role.objects.get(code="operator"), since=makers.LONG_AGO
    )
    for victim in (citra, alya, operator):
        Account.objects.filter(email="dewi@kotimkab.go.id").update(
            email=f"{victim.pk}@contoh.id"
        )
        Account.objects.filter(pk=victim.pk).update(email="dewi@kotimkab.go.id")
        answer = goes(client, provider, "dewi")
        assert answer.status_code == 403
        assert signed_in(client) is None
        assert not SocialAccount.objects.exists()


def test_addresses_that_nobody_vouches_for_are_not_believed(
    kept: Directory, provider: Provider, client: Client, budi: Account
) -> None:
    assert goes(client, provider, "orang").status_code == 422  # of another domain
    Directory.objects.filter(pk=kept.pk).update(vouches_for_mail=False)
    answer = goes(client, provider, "budi")  # Canaille does not say "email_verified"
    assert answer.status_code == 422
    assert "alamat surel" in answer.content.decode()
    assert signed_in(client) is None


def test_a_closed_account_stays_closed(
    kept: Directory, provider: Provider, client: Client
) -> None:
    goes(client, provider, "dewi")
    Account.objects.filter(email="dewi@kotimkab.go.id").update(is_active=False)
    other = Client()
    assert goes(other, provider, "dewi").status_code == 403
    assert signed_in(other) is None


# What does not fit is refused


def test_state_code_verifier_and_nonce_must_fit(
    kept: Directory, provider: Provider, client: Client
) -> None:
    out = client.get(START)["Location"]
    asked = parse_qs(urlsplit(out).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 32
    back = provider.signs_in("dewi", out)

    stranger = Client()  # a browser that never asked
    assert stranger.get(back).status_code == 422
    wrong_state = re.sub(r"state=[^&]+", "state=lain", back)
    assert client.get(wrong_state).status_code == 422

    out = client.get(START)["Location"]
    back = provider.signs_in("dewi", out)
    spoil(client, "pkce_code_verifier", "x" * 64)
    assert client.get(back).status_code == 422

    out = client.get(START)["Location"]
    back = provider.signs_in("dewi", out)
    spoil(client, "nonce", "lain")
    assert client.get(back).status_code == 422

    assert signed_in(client) is None
    assert not Account.objects.filter(email="dewi@kotimkab.go.id").exists()


def spoil(client: Client, name: str, value: str) -> None:
    """Change what the session keeps of the newest request."""
    session = client.session
    states = session["socialaccount_states"]
    newest = max(states, key=lambda key: states[key][1])
    assert name in states[newest][0]
    states[newest][0][name] = value
    session["socialaccount_states"] = states
    session.save()


def test_an_answer_works_once(
    kept: Directory, provider: Provider, client: Client
) -> None:
    back = provider.signs_in("dewi", client.get(START)["Location"])
    client.get(back)
    client.post("/keluar/")
    assert client.get(back).status_code == 422
    assert signed_in(client) is None


def test_what_starts_a_round_cannot_be_told_what_to_ask(
    kept: Directory, client: Client
) -> None:
    query = {
        "scope": "admin",
        "auth_params": "prompt=none&redirect_uri=https://jahat.example/",
        "process": "connect",
    }
    asked = parse_qs(urlsplit(client.get(START, query)["Location"]).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"] == [f"http://testserver{BACK}"]
    assert "prompt" not in asked


def test_a_person_who_turns_back_is_told_so(kept: Directory, client: Client) -> None:
    asked = parse_qs(urlsplit(client.get(START)["Location"]).query)
    query = {"error": "access_denied", "state": asked["state"][0]}
    answer = client.get(BACK, query)
    assert answer.status_code == 422
    assert "Masuk dibatalkan." in answer.content.decode()


def test_a_server_under_another_name_is_not_believed(
    kept: Directory, provider: Provider, client: Client
) -> None:
    other = provider.address.replace("127.0.0.1", "localhost")
    Directory.objects.filter(pk=kept.pk).update(issuer=other)
    assert client.get(START).status_code in (302, 422)
    assert "Location" not in client.get(START)


def test_a_directory_that_is_switched_off_or_unknown_is_not_there(
    kept: Directory, client: Client, budi: Account
) -> None:
    directories.switch(directory=kept, on=False, by=budi, at=datetime.now(UTC))
    for address in (START, BACK, "/masuk/direktori/tidak-ada/"):
        assert client.get(address).status_code == 404


def test_a_directory_that_does_not_answer_is_told_kindly(
    kept: Directory, client: Client
) -> None:
    Directory.objects.filter(pk=kept.pk).update(issuer="http://127.0.0.1:9")
    answer = client.get(START)
    assert answer.status_code == 422
    assert "Direktori tidak dapat memasukkan Anda." in answer.content.decode()


# Never inside our own walls


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://[::1]:{port}/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://0.0.0.0:{port}/",
        "http://example.com/",
    ],
)
def test_no_private_address_is_asked(provider: Provider, address: str) -> None:
    port = urlsplit(provider.address).port
    with outside.session() as asked, pytest.raises(requests.RequestException):
        asked.get(address.format(port=port))


def test_a_redirect_is_not_followed(settings: Any, provider: Provider) -> None:
    settings.OIDC_ALLOW_PRIVATE = True
    with outside.session() as asked, pytest.raises(outside.NotOutsideError):
        asked.get(f"{provider.address}/logout")


# Kept by the secretariat


def test_the_secretariat_writes_a_directory_down_and_tests_it(
    provider: Provider, budi: Account, client: Client, settings: Any
) -> None:
    settings.OIDC_ALLOW_PRIVATE = True
    client.force_login(budi)
    add = reverse("people-work:directory-add", args=["62.02"])
    assert client.get(add).status_code == 200
    typed = {
        "name": "SSO Kotim",
        "issuer": provider.address,
        "client_id": "habaring",
        "secret": "rahasia klien",
        "mail_domains": "kotimkab.go.id, @Contoh.id",
        "vouches_for_mail": "on",
    }
    assert client.post(add, typed).status_code == 302
    row = Directory.objects.get()
    assert row.mail_domains == ["contoh.id", "kotimkab.go.id"]
    assert b"rahasia klien" not in bytes(row.sealed_secret)
    assert directories.secret_of(row) == "rahasia klien"
    shown = client.get(reverse("people-work:directory", args=["62.02", row.pk]))
    assert BACK in shown.content.decode()
    assert "rahasia klien" not in shown.content.decode()
    test = reverse("people-work:directory-test", args=["62.02", row.pk])
    told = client.post(test, follow=True).content.decode()
    assert f"menyebut dirinya {provider.address}" in told
    settings.OIDC_ALLOW_PRIVATE = False
    told = client.post(test, follow=True).content.decode()
    assert "di dalam jaringan ini" in told
    assert AuditEntry.objects.filter(verb="people.directory.added").exists()


def test_without_domains_no_directory_vouches(
    provider: Provider, budi: Account, client: Client, settings: Any
) -> None:
    settings.OIDC_ALLOW_PRIVATE = True
    client.force_login(budi)
    typed = {
        "name": "SSO",
        "issuer": provider.address,
        "client_id": "x",
        "vouches_for_mail": "on",
    }
    add = reverse("people-work:directory-add", args=["62.02"])
    assert client.post(add, typed).status_code == 422
    assert not Directory.objects.exists()


def test_plain_http_is_refused_where_private_addresses_are(
    budi: Account, client: Client
) -> None:
    client.force_login(budi)
    typed = {"name": "SSO", "issuer": "http://sso.example", "client_id": "x"}
    add = reverse("people-work:directory-add", args=["62.02"])
    assert client.post(add, typed).status_code == 422


def test_another_server_forgets_whom_the_old_one_knew(
    kept: Directory, provider: Provider, client: Client, budi: Account
) -> None:
    goes(client, provider, "dewi")
    moved = details(provider, issuer="https://sso.example", secret="")
    directories.change(directory=kept, details=moved, by=budi, at=datetime.now(UTC))
    assert not SocialAccount.objects.exists()
    assert directories.secret_of(kept) == ""


def test_the_secret_may_come_from_the_environment(
    kept: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_SECRET_62_02_SSO_KOTIM", "dari luar")
    assert directories.secret_of(kept) == "dari luar"


def test_the_pages_of_directories_are_shut_to_others(
    kept: Directory, citra: Account, alya: Account, client: Client
) -> None:
    for person in (citra, alya):
        client.force_login(person)
        for name, args in (
            ("directories", []),
            ("directory-add", []),
            ("directory", [kept.pk]),
        ):
            address = reverse(f"people-work:{name}", args=["62.02", *args])
            assert client.get(address).status_code == 403
    other = reverse("people-work:directory", args=["62.01", kept.pk])
    client.force_login(citra)
    assert client.get(other).status_code == 404
