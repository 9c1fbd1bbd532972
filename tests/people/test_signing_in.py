"""The door: second step, lock-out, no enumeration, sessions, new passwords."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from habaring.people import access, lockout, second_step, security, tasks
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers

PASSWORD = "empat kata yang jauh"
WRONG = "bukan ini sandinya"
NEW = "rotan ikan perahu langit"
ROOM = "/ruang-kerja/62.02/"


def types(client: Client, email: str | None, password: str = PASSWORD, **more: Any):  # type: ignore[no-untyped-def]
    return client.post("/masuk/", {"login": email, "password": password}, **more)


def words(answer: Any) -> str:
    """What a page says, without what differs each time."""
    main = answer.content.decode().split("<main")[1]
    main = re.sub(r'(?<=csrfmiddlewaretoken" value=")\w+', "", main)
    return re.sub(r"[\w.+-]+@[\w.-]+", "…", main)


@pytest.fixture
def jobs() -> Iterator[InMemoryConnector]:
    """Letters that wait for the worker."""
    connector = InMemoryConnector()
    with app.replace_connector(connector):
        yield connector


def in_full(client: Client, person: Account, *, steps: int = 0) -> Client:
    """Through the door with password and code."""
    assert types(client, person.email)["Location"] == "/masuk/langkah-kedua/"
    answer = client.post("/masuk/langkah-kedua/", {"code": makers.code(steps=steps)})
    assert answer.status_code == 302, words(answer)
    return client


# The second step


def test_an_officer_without_a_second_step_gets_no_further_than_its_page(
    budi: Account, client: Client
) -> None:
    types(client, budi.email)
    for address in (ROOM, "/ruang-kerja/62.02/orang/", "/ruang-kerja/62.02/kenali/"):
        answer = client.get(address)
        assert answer["Location"].startswith("/akun/langkah-kedua/?next=")
        assert client.post(address)["Location"] == "/akun/langkah-kedua/"
    page = client.get("/akun/langkah-kedua/").content.decode()
    assert page.index("kunci/") < page.index("aplikasi/")  # the passkey stands first


def test_a_password_alone_opens_no_session_where_a_second_step_is_set_up(
    budi: Account, client: Client
) -> None:
    makers.second_step(budi)
    answer = types(client, budi.email)
    assert answer["Location"] == "/masuk/langkah-kedua/"
    assert "_auth_user_id" not in client.session
    assert client.get(ROOM)["Location"].startswith("/masuk/?next=")
    answer = client.post("/masuk/langkah-kedua/", {"code": makers.code()})
    assert answer["Location"] == "/ruang-kerja/"
    assert client.get(ROOM).status_code == 200


def test_the_way_on_survives_the_second_step(budi: Account, client: Client) -> None:
    makers.second_step(budi)
    wanted = "/ruang-kerja/62.02/orang/"
    client.post("/masuk/", {"login": budi.email, "password": PASSWORD, "next": wanted})
    answer = client.post("/masuk/langkah-kedua/", {"code": makers.code()})
    assert answer["Location"] == wanted


def test_a_code_is_good_once(budi: Account) -> None:
    makers.second_step(budi)
    with time_machine.travel(datetime.now(UTC), tick=False):
        in_full(Client(), budi)
        other = Client()
        types(other, budi.email)
        answer = other.post("/masuk/langkah-kedua/", {"code": makers.code()})
        assert "Kode ini tidak tepat" in words(answer)
        assert "_auth_user_id" not in other.session


def test_codes_cannot_be_guessed_for_ever_whatever_the_address(budi: Account) -> None:
    makers.second_step(budi)
    for turn in range(10):
        guesser = Client(REMOTE_ADDR=f"198.51.100.{turn}")
        types(guesser, budi.email)
        guesser.post("/masuk/langkah-kedua/", {"code": "000000"})
    guesser = Client(REMOTE_ADDR="198.51.100.99")
    types(guesser, budi.email)
    answer = guesser.post("/masuk/langkah-kedua/", {"code": makers.code()})
    assert answer.status_code == 429
    assert "_auth_user_id" not in guesser.session


def test_the_app_is_set_up_by_scanning_or_typing_and_counts_at_once(
    budi: Account, client: Client
) -> None:
    types(client, budi.email)
    client.get("/akun/langkah-kedua/", {"next": ROOM})
    page = client.get("/akun/langkah-kedua/aplikasi/").content.decode()
    assert "<svg" in page
    found = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert found
    key = found[1].replace(" ", "")
    wrong = client.post("/akun/langkah-kedua/aplikasi/", {"code": "000000"})
    assert "Kode ini tidak tepat" in words(wrong)
    right = client.post("/akun/langkah-kedua/aplikasi/", {"code": makers.code(key=key)})
    assert right["Location"] == "/akun/kode-pemulihan/"
    shown = client.get("/akun/kode-pemulihan/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", shown)
    assert len(codes) == 10
    assert f'href="{ROOM}"' in shown
    again = client.get("/akun/kode-pemulihan/").content.decode()
    assert codes[0] not in again
    assert client.get(ROOM).status_code == 200
    secret = Authenticator.objects.get(user=budi, type="totp").data["secret"]
    assert key not in secret

    lost = Client()
    types(lost, budi.email)
    answer = lost.post("/masuk/langkah-kedua/", {"code": codes[0]})
    assert answer["Location"] == "/ruang-kerja/"
    assert lost.get(ROOM).status_code == 200
    later = Client()
    types(later, budi.email)
    refused = later.post("/masuk/langkah-kedua/", {"code": codes[0]})
    assert "_auth_user_id" not in later.session
    assert refused.status_code == 200


def test_an_officer_keeps_the_last_second_step(budi: Account, client: Client) -> None:
    makers.second_step(budi)
    in_full(client, budi)
    step = Authenticator.objects.get(user=budi)
    assert "/cabut/" not in client.get("/akun/langkah-kedua/").content.decode()
    answer = client.post(reverse("people:remove-step", args=[step.pk]))
    assert answer.status_code == 422
    assert Authenticator.objects.filter(user=budi).exists()
    Authenticator.objects.create(user=budi, type="webauthn", data={"name": "Laptop"})
    security.remove_second_step(
        account=budi, authenticator=step.pk, at=datetime.now(UTC)
    )
    assert [row.type for row in Authenticator.objects.filter(user=budi)] == ["webauthn"]


def test_a_citizen_may_take_the_second_step_away(alya: Account, client: Client) -> None:
    makers.second_step(alya)
    in_full(client, alya)
    step = Authenticator.objects.get(user=alya)
    client.post(reverse("people:remove-step", args=[step.pk]))
    assert not Authenticator.objects.filter(user=alya).exists()
    assert AuditEntry.objects.filter(verb="people.second_step.removed").exists()


def test_a_session_that_skipped_the_second_step_opens_nothing(
    budi: Account, client: Client, kotim: Region, at: datetime
) -> None:
    """However it came about: here by a way in that knows no second step."""
    makers.second_step(budi)
    client.force_login(budi)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": 0}]
    session.save()
    answer = client.get(ROOM)
    assert answer["Location"].startswith("/masuk/ulang/langkah-kedua/?next=")
    assert client.get("/akun/")["Location"].startswith("/masuk/ulang/langkah-kedua/")
    budi.passed_second_step = False
    assert access.powers(budi, at=at, region=kotim) == frozenset()
    with pytest.raises(second_step.SecondStepNeeded):
        access.require(budi, access.Power.SEE_WORK_ROOM, at=at, region=kotim)
    proved = client.post(answer["Location"], {"code": makers.code(), "next": ROOM})
    assert proved["Location"] == ROOM
    assert client.get(ROOM).status_code == 200


def test_what_another_person_proved_in_a_session_does_not_count(
    budi: Account, client: Client
) -> None:
    client.force_login(budi)
    session = client.session
    session["account_authentication_methods_user"] = str(budi.pk + 1)
    session.save()
    assert client.get(ROOM).status_code == 302


def test_a_role_that_asks_for_no_second_step_needs_none(
    kotim: Region, client: Client
) -> None:
    eko = makers.officer("Eko", region=kotim, role="inspector")
    Role.objects.filter(code="inspector").update(second_step=False)
    types(client, eko.email)
    assert client.get(ROOM).status_code == 200


def test_changes_to_the_way_in_ask_for_the_password_once_more(
    alya: Account, client: Client
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        types(client, alya.email)
        assert client.get("/akun/langkah-kedua/aplikasi/").status_code == 200
        clock.shift(timedelta(minutes=11))
        asked = client.get("/akun/langkah-kedua/aplikasi/")
        assert asked["Location"].startswith("/masuk/ulang/?next=")
        wrong = client.post(asked["Location"], {"password": WRONG})
        assert wrong.status_code == 422
        right = client.post(asked["Location"], {"password": PASSWORD})
        assert right["Location"] == "/akun/langkah-kedua/aplikasi/"
        assert client.get(right["Location"]).status_code == 200


# Lock-out


def test_who_fails_six_times_waits_and_is_told_until_when(
    budi: Account, client: Client
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _turn in range(5):
            assert types(client, budi.email, WRONG).status_code == 200
        answer = types(client, budi.email, WRONG)
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) == 900
        assert "15 menit" in answer.content.decode()
        assert types(client, budi.email).status_code == 429
        clock.shift(timedelta(minutes=10))
        later = types(client, budi.email)
        assert later.status_code == 429
        assert "5 menit" in later.content.decode()
        clock.shift(timedelta(minutes=5, seconds=1))
        assert types(client, budi.email).status_code == 302


def test_nobody_can_shut_somebody_else_out(budi: Account, client: Client) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _turn in range(7):
        last = types(stranger, budi.email, WRONG)
    assert last.status_code == 429
    assert types(client, budi.email).status_code == 302


def test_one_address_cannot_try_many_names(client: Client, alya: Account) -> None:
    for turn in range(60):
        last = types(client, f"orang{turn}@contoh.id", WRONG)
    assert last.status_code == 429
    assert types(client, alya.email).status_code == 429
    assert types(Client(REMOTE_ADDR="203.0.113.9"), alya.email).status_code == 302


def test_a_guesser_does_not_clear_the_address_with_an_own_account(
    client: Client, alya: Account
) -> None:
    for turn in range(30):
        types(client, f"orang{turn}@contoh.id", WRONG)
    assert types(client, alya.email).status_code == 302
    assert AccessAttempt.objects.count() == 30


def test_no_name_that_was_tried_is_kept_in_clear(client: Client, db: None) -> None:
    types(client, "rahasia@contoh.id", WRONG, QUERY_STRING="next=/x")
    for row in [*AccessAttempt.objects.values(), *AccessFailureLog.objects.values()]:
        assert "rahasia" not in str(row)
        assert WRONG not in str(row)


def test_the_secretariat_opens_the_door_again(
    kotim: Region, budi: Account, client: Client
) -> None:
    eko = makers.officer("Eko", region=kotim, role="officer")
    guest = Client()
    for _turn in range(6):
        types(guest, eko.email, WRONG)
    assert lockout.is_locked(eko.email or "", at=datetime.now(UTC))
    client.force_login(budi)
    client.post(reverse("people-work:unlock", args=["62.02", eko.pk]))
    assert not lockout.is_locked(eko.email or "", at=datetime.now(UTC))
    assert types(guest, eko.email).status_code == 302
    entry = AuditEntry.objects.get(verb="people.unlocked")
    assert (entry.by, entry.region_code) == (budi, "62.02")


def test_only_people_of_the_region_are_unlocked_and_reset(
    budi: Account, citra: Account, alya: Account, client: Client
) -> None:
    client.force_login(budi)
    for person in (citra, alya):
        for name in ("unlock", "reset-second-step"):
            address = reverse(f"people-work:{name}", args=["62.02", person.pk])
            assert client.post(address).status_code == 404


def test_the_secretariat_resets_the_second_step_of_one_who_lost_it(
    kotim: Region, budi: Account, client: Client
) -> None:
    eko = makers.second_step(makers.officer("Eko", region=kotim, role="officer"))
    theirs = in_full(Client(), eko)
    client.force_login(budi)
    address = reverse("people-work:reset-second-step", args=["62.02", eko.pk])
    client.post(address)
    assert not Authenticator.objects.filter(user=eko).exists()
    assert theirs.get(ROOM)["Location"].startswith("/masuk/?next=")
    makers.second_step(eko)
    Membership.objects.create(
        account=eko,
        role=Role.objects.get(code="officer"),
        region=makers.region("62.01"),
        since=makers.LONG_AGO,
    )
    assert client.post(address).status_code == 403
    assert Authenticator.objects.filter(user=eko).exists()


# Nothing tells who has an account


def test_sign_in_answers_alike_and_hashes_alike(
    budi: Account, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import hashers

    made: list[str] = []
    hasher = hashers.get_hasher().__class__
    plain = hasher.encode

    def counted(self: Any, password: str, *args: Any, **more: Any) -> str:
        made.append(password)
        return plain(self, password, *args, **more)

    monkeypatch.setattr(hasher, "encode", counted)
    Account.objects.filter(pk=makers.account("Dewi").pk).update(is_active=False)
    answers, work = [], []
    for email, password in (
        (budi.email, WRONG),
        ("tidak-ada@contoh.id", WRONG),
        ("dewi@contoh.id", PASSWORD),
    ):
        made.clear()
        answers.append(types(client, email, password))
        work.append(len(made))
    assert len({(answer.status_code, words(answer)) for answer in answers}) == 1
    assert work == [1, 1, 1]


def test_a_forgotten_password_answers_alike_and_queues_alike(
    budi: Account, client: Client, jobs: InMemoryConnector
) -> None:
    answers = [
        client.post("/masuk/lupa/", {"email": email})
        for email in (budi.email, "tidak-ada@contoh.id")
    ]
    assert {(a.status_code, a["Location"]) for a in answers} == {
        (302, "/masuk/lupa/terkirim/")
    }
    kept = [job["args"] for job in jobs.jobs.values()]
    assert [job["account"] for job in kept] == [budi.pk, 0]
    assert "contoh.id" not in str(kept)
    assert client.get("/masuk/lupa/terkirim/").status_code == 200


# A new password


def link(mail: Any) -> str:
    found = re.search(r"http://testserver(/masuk/lupa/\S+)", mail[-1].body)
    assert found
    return found[1]


def test_a_letter_brings_a_new_password_once_and_ends_all_sessions(
    budi: Account,
    client: Client,
    mailoutbox: Any,
    django_capture_on_commit_callbacks: Any,
    settings: Any,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    makers.second_step(budi)
    theirs = in_full(Client(), budi)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.send_reset(account=budi.pk, address="http://testserver/masuk/lupa/")
        tasks.send_reset(account=0, address="http://testserver/masuk/lupa/")
    assert len(mailoutbox) == 1
    address = link(mailoutbox)
    page = client.get(address, follow=True)
    hidden = page.redirect_chain[-1][0]
    assert hidden.endswith("/baru/")  # the token is not in the address any more
    assert client.post(hidden, {"password": "pendek"}).status_code == 422
    assert client.post(hidden, {"password": NEW})["Location"] == "/masuk/"
    assert client.get(address).status_code == 422
    assert theirs.get(ROOM)["Location"].startswith("/masuk/?next=")
    assert "_auth_user_id" not in client.session
    budi.refresh_from_db()
    assert budi.check_password(NEW)
    assert types(client, budi.email, NEW)["Location"] == "/masuk/langkah-kedua/"


def test_a_link_for_a_new_password_runs_out(
    budi: Account, client: Client, mailoutbox: Any, settings: Any
) -> None:
    from habaring.people.resetting import send_letter

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        from django.test import TestCase

        with TestCase.captureOnCommitCallbacks(execute=True):
            send_letter(budi, "http://testserver/masuk/lupa/")
        clock.shift(timedelta(hours=2, minutes=1))
        assert client.get(link(mailoutbox)).status_code == 422


def test_a_changed_password_ends_the_other_sessions(
    budi: Account, client: Client
) -> None:
    makers.second_step(budi)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        here = in_full(client, budi)
        clock.shift(timedelta(seconds=30))
        there = in_full(Client(), budi)
        typed = {"old": PASSWORD, "password": NEW}
        assert here.post("/akun/sandi/", {**typed, "old": WRONG}).status_code == 422
        assert here.post("/akun/sandi/", typed)["Location"] == "/akun/"
        assert here.get(ROOM).status_code == 200
        assert there.get(ROOM)["Location"].startswith("/masuk/?next=")
        assert UserSession.objects.filter(user=budi).count() == 1


# Sessions


def test_the_key_of_a_session_changes_at_sign_in(budi: Account, client: Client) -> None:
    makers.second_step(budi)
    client.get("/masuk/langkah-kedua/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before or ""
    in_full(client, budi)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_my_sessions_are_listed_and_ended(budi: Account) -> None:
    makers.second_step(budi)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        chrome = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36"
        phone = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"
        here = in_full(Client(HTTP_USER_AGENT=chrome), budi)
        clock.shift(timedelta(seconds=30))
        there = in_full(Client(HTTP_USER_AGENT=phone, REMOTE_ADDR="198.51.100.7"), budi)
        page = here.get("/akun/").content.decode()
        assert "Chrome, Windows" in page
        assert "Chrome, Android" in page
        assert "198.51.100.7" in page
        other = UserSession.objects.get(ip="198.51.100.7")
        here.post(reverse("people:end-session", args=[other.pk]))
        assert there.get(ROOM).status_code == 302
        clock.shift(timedelta(seconds=30))
        in_full(there, budi)
        here.post("/akun/sesi/akhiri/")
        assert there.get(ROOM)["Location"].startswith("/masuk/?next=")
        assert here.get(ROOM).status_code == 200


def test_nobody_ends_the_session_of_another(
    budi: Account, alya: Account, client: Client
) -> None:
    theirs = Client()
    types(theirs, alya.email)
    client.force_login(budi)
    row = UserSession.objects.get(user=alya)
    client.post(reverse("people:end-session", args=[row.pk]))
    assert UserSession.objects.filter(pk=row.pk).exists()


def test_signing_out_leaves_no_trace_of_address_and_device(
    alya: Account, client: Client
) -> None:
    types(client, alya.email)
    assert UserSession.objects.filter(user=alya).exists()
    client.post("/keluar/")
    assert not UserSession.objects.filter(user=alya).exists()


def test_sign_ins_are_on_the_record_without_making_public_pages_anew(
    alya: Account, client: Client
) -> None:
    types(client, alya.email)
    entry = AuditEntry.objects.get(verb="people.signed_in")
    assert entry.region_code == security.ENTRANCE
    assert entry.details == {"by": ["password"]}
    assert "contoh.id" not in str(entry.details)


# Onward only to our own host, and the mail address in step


@pytest.mark.parametrize(
    "address",
    [
        "https://jahat.example/",
        "//jahat.example/",
        "/\\jahat.example/",
        "http://localhost/",
        "javascript:alert(1)",
    ],
)
def test_the_second_step_never_leads_to_another_site(
    budi: Account, client: Client, address: str
) -> None:
    makers.second_step(budi)
    client.post("/masuk/", {"login": budi.email, "password": PASSWORD, "next": address})
    answer = client.post("/masuk/langkah-kedua/", {"code": makers.code()})
    assert answer["Location"] == "/ruang-kerja/"
    again = client.post(
        "/masuk/ulang/?next=" + address, {"password": PASSWORD, "next": address}
    )
    assert again["Location"] == "/akun/"


def test_the_mail_address_of_sign_in_follows_the_account(alya: Account) -> None:
    [row] = EmailAddress.objects.filter(user=alya)
    assert (row.email, row.verified, row.primary) == (alya.email, True, True)
    alya.email = "alya.baru@contoh.id"
    alya.save()
    [row] = EmailAddress.objects.filter(user=alya)
    assert row.email == "alya.baru@contoh.id"


def test_nobody_makes_an_account_by_themself(client: Client, db: None) -> None:
    from django.urls import NoReverseMatch

    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_name_and_language_are_one_s_own_to_correct(
    alya: Account, client: Client
) -> None:
    types(client, alya.email)
    typed = {"full_name": "Alya Rahma", "language": "en"}
    assert client.post("/akun/", typed)["Location"] == "/akun/"
    alya.refresh_from_db()
    assert (alya.full_name, alya.language) == ("Alya Rahma", "en")
