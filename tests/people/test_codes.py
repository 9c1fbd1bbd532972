"""One-time codes: what they promise, each promise held."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from habaring.people.codes import actions, reaching
from habaring.people.codes.actions import Asker, CodeGone, CodeWrong, PasswordNeeded
from habaring.people.codes.models import Challenge
from habaring.people.codes.reach import Reach, ReachRefused, read_reach
from habaring.people.models import Account
from habaring.shared.limits import TooMany
from habaring.shared.models import AuditEntry
from tests import makers
from tests.people.messages import code_in, delivered, last_letter, last_message

pytestmark = pytest.mark.django_db

PHONE = Reach("+6281255501234")
MAIL = Reach("dewi@contoh.id")
HERE = Asker("this browser", "203.0.113.7", sign_in="https://h.example/masuk/")
ELSEWHERE = Asker("another browser", "198.51.100.9")


@pytest.fixture(autouse=True)
def _after_commit(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters leave on commit; a test's transaction never commits."""
    from django.db import transaction

    monkeypatch.setattr(transaction, "on_commit", lambda send, **_more: send())


def asked(at: datetime, reach: Reach = PHONE, by: Asker = HERE) -> tuple[UUID, str]:
    """A question that was asked, and the code that came."""
    challenge = actions.ask(reach=reach, by=by, at=at)
    text = (
        last_message(reach.value) if reach.is_phone else last_letter(reach.value).body
    )
    return challenge.pk, code_in(str(text))


def answered(
    challenge: UUID, code: str, at: datetime, by: Asker = HERE
) -> Account | None:
    return actions.answer(challenge=challenge, code=code, browser=by.browser, at=at)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.parametrize(
    "typed",
    [
        "0812 5550 1234",
        "0812-5550-1234",
        "+62 812 5550 1234",
        "62812 5550 1234",
        "0062 812 5550 1234",
        "81255501234",
        " (0812) 5550.1234 ",
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str) -> None:
    assert read_reach(typed) == PHONE


def test_an_address_is_read_in_small_letters() -> None:
    assert read_reach(" Dewi@Contoh.ID ") == MAIL
    assert MAIL.masked == "d•••@contoh.id"
    assert PHONE.masked == "+62 •••• 1234"


@pytest.mark.parametrize(
    "typed",
    ["0812", "abc", "", "0531 21001", "+1 212 555 0100", "dewi@", "+999", "110"],
)
def test_what_no_code_can_reach_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(ReachRefused) as refused:
        read_reach(typed)
    assert refused.value.next


def test_a_new_person_types_the_code_then_the_name(at: datetime) -> None:
    challenge, code = asked(at)
    assert answered(challenge, code, at) is None
    account = actions.join(challenge=challenge, full_name=" Dewi ", by=HERE, at=at)
    assert (account.full_name, account.phone, account.email) == (
        "Dewi",
        PHONE.value,
        None,
    )
    assert not account.has_usable_password()
    assert not account.memberships.exists()
    entry = AuditEntry.objects.get(verb="people.joined")
    assert entry.by == account
    assert entry.region_code == "masuk"  # makes no public page stale
    assert "Dewi" not in str(entry.details)
    assert PHONE.value not in str(entry.details)


def test_a_known_person_is_let_in(at: datetime, alya: Account) -> None:
    challenge, code = asked(at, Reach(str(alya.email)))
    assert answered(challenge, f" {code[:3]} {code[3:]} ", at) == alya


def test_nobody_joins_without_the_code(at: datetime) -> None:
    challenge, _code = asked(at)
    with pytest.raises(CodeGone):
        actions.join(challenge=challenge, full_name="Dewi", by=HERE, at=at)
    assert not Account.objects.exists()


def test_a_joined_account_is_made_once(at: datetime) -> None:
    challenge, code = asked(at)
    answered(challenge, code, at)
    actions.join(challenge=challenge, full_name="Dewi", by=HERE, at=at)
    with pytest.raises(CodeGone):
        actions.join(challenge=challenge, full_name="Dewi", by=HERE, at=at)


def test_a_code_works_for_ten_minutes(at: datetime) -> None:
    challenge, code = asked(at)
    with pytest.raises(CodeGone):
        answered(challenge, code, at + timedelta(minutes=10))
    assert answered(challenge, code, at + timedelta(minutes=9, seconds=59)) is None


def test_a_code_is_used_once(at: datetime, alya: Account) -> None:
    challenge, code = asked(at, Reach(str(alya.email)))
    answered(challenge, code, at)
    with pytest.raises(CodeGone):
        answered(challenge, code, at)


def test_a_right_code_of_a_new_person_is_not_typed_twice(at: datetime) -> None:
    challenge, code = asked(at)
    answered(challenge, code, at)
    with pytest.raises(CodeGone):
        answered(challenge, code, at)


def test_the_fifth_wrong_try_was_the_last(at: datetime) -> None:
    challenge, code = asked(at)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeWrong, match=str(left)):
            answered(challenge, other(code), at)
    with pytest.raises(CodeGone):
        answered(challenge, code, at)


def test_a_newer_code_withdraws_the_older(at: datetime) -> None:
    first, old = asked(at)
    second, new = asked(at)
    with pytest.raises(CodeGone):
        answered(first, old, at)
    assert answered(second, new, at) is None


def test_a_code_opens_nothing_in_another_browser(at: datetime) -> None:
    challenge, code = asked(at)
    with pytest.raises(CodeGone):
        answered(challenge, code, at, by=ELSEWHERE)
    assert answered(challenge, code, at) is None


def test_a_code_belongs_to_its_question_alone(at: datetime) -> None:
    _mine, code = asked(at, MAIL)
    theirs, other_code = asked(at, PHONE)
    if code != other_code:
        with pytest.raises(CodeWrong):
            answered(theirs, code, at)


def test_codes_differ_and_only_their_keyed_hash_is_kept(at: datetime) -> None:
    found = [asked(at + timedelta(days=n)) for n in range(6)]
    assert len({code for _challenge, code in found}) > 1  # never a fixed one
    for challenge, code in found:
        row = Challenge.objects.get(pk=challenge)
        assert len(row.code_hash) == 64
        assert code not in (row.code_hash, row.browser)
        assert HERE.browser not in row.browser


def test_a_hash_of_another_installation_fits_nothing(
    at: datetime, settings: Any
) -> None:
    challenge, code = asked(at)
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(CodeWrong):
        answered(challenge, code, at)


def test_neither_code_nor_number_comes_into_a_log(
    at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        challenge, code = asked(at)
        with pytest.raises(CodeWrong):
            answered(challenge, other(code), at)
        answered(challenge, code, at)
    told = [r for r in caplog.records if not r.name.startswith("django.db")]
    assert code not in str([record.getMessage() for record in told])
    assert "55501234" not in str([record.getMessage() for record in told])


def test_a_message_says_the_code_and_nothing_about_the_person(
    at: datetime, alya: Account
) -> None:
    alya.phone = PHONE.value
    alya.save()
    asked(at)
    text = last_message(PHONE.value)
    assert "Alya" not in text
    assert "10" in text


def test_officers_are_sent_to_their_password_by_the_letter_alone(
    at: datetime, budi: Account
) -> None:
    challenge = actions.ask(reach=Reach(str(budi.email)), by=HERE, at=at)
    letter = last_letter(str(budi.email))
    assert HERE.sign_in in letter.body
    with pytest.raises(AssertionError):
        code_in(str(letter.body))
    with pytest.raises(CodeWrong):
        answered(challenge.pk, "000000", at)
    assert challenge.code_hash == ""
    with pytest.raises(CodeWrong):
        answered(challenge.pk, "", at)
    with pytest.raises(CodeWrong):
        answered(challenge.pk, "-" * 64, at)


def test_a_closed_account_gets_no_code(at: datetime, alya: Account) -> None:
    alya.is_active = False
    alya.save()
    challenge = actions.ask(reach=Reach(str(alya.email)), by=HERE, at=at)
    assert challenge.code_hash == ""


def test_a_role_given_between_asking_and_typing_asks_for_the_password(
    at: datetime, alya: Account
) -> None:
    from habaring.people.models import Membership, Role

    challenge, code = asked(at, Reach(str(alya.email)))
    Membership.objects.create(
        account=alya,
        role=Role.objects.get(code="secretariat"),
        region=makers.region("62.02"),
        since=at,
    )
    with pytest.raises(PasswordNeeded):
        answered(challenge, code, at)


def test_asking_costs_the_same_for_everybody(
    at: datetime, alya: Account, budi: Account, django_assert_num_queries: Any
) -> None:
    """Known, unknown and officer: the same page, and nearly the same work."""
    counts = []
    for number, reach in enumerate([str(alya.email), str(budi.email), "x@contoh.id"]):
        with CaptureQueriesContext(connection) as queries:
            actions.ask(reach=Reach(reach), by=HERE, at=at + timedelta(days=number))
        counts.append(len(queries))
    assert max(counts) - min(counts) <= 1  # whether a role asks for a second step
    assert len(mail.outbox) == 3  # one letter each


def test_too_many_codes_to_one_number_are_refused(at: datetime) -> None:
    for n in range(5):
        actions.ask(reach=PHONE, by=Asker(f"b{n}", f"10.0.0.{n}"), at=at)
    with pytest.raises(TooMany):
        actions.ask(reach=PHONE, by=Asker("b", "10.0.1.1"), at=at)
    assert len(delivered()) == 5
    actions.ask(reach=PHONE, by=HERE, at=at + timedelta(hours=1))


def test_too_many_codes_from_one_network_are_refused(at: datetime) -> None:
    for n in range(30):
        actions.ask(reach=Reach(f"p{n}@contoh.id"), by=HERE, at=at)
    with pytest.raises(TooMany):
        actions.ask(reach=Reach("q@contoh.id"), by=HERE, at=at)
    actions.ask(reach=Reach("q@contoh.id"), by=ELSEWHERE, at=at)


def test_a_flood_of_messages_ends_at_the_days_number(
    at: datetime, settings: Any
) -> None:
    settings.MESSAGES_A_DAY = 2
    for n in range(2):
        actions.ask(reach=Reach(f"+62812555012{n:02d}"), by=HERE, at=at)
    with pytest.raises(TooMany):
        actions.ask(reach=Reach("+6281255501299"), by=HERE, at=at)
    actions.ask(reach=MAIL, by=HERE, at=at)  # letters cost nothing


def test_a_domain_above_is_called_when_somebody_joins(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, datetime]] = []
    monkeypatch.setattr(actions, "_when_joined", [])
    actions.when_joined(
        lambda account, moment: told.append((account.full_name, moment))
    )
    challenge, code = asked(at)
    answered(challenge, code, at)
    actions.join(challenge=challenge, full_name="Dewi", by=HERE, at=at)
    assert told == [("Dewi", at)]


# Where an account is reached


def test_a_second_way_is_added_by_its_code(at: datetime, alya: Account) -> None:
    challenge = reaching.ask(account=alya, reach=PHONE, by=HERE, at=at)
    code = code_in(last_message(PHONE.value))
    reaching.confirm(
        challenge=challenge.pk, codes=(code, ""), account=alya, by=HERE, at=at
    )
    alya.refresh_from_db()
    assert alya.phone == PHONE.value
    assert AuditEntry.objects.filter(verb="people.reach.added").exists()


def test_a_number_is_changed_by_codes_to_both(at: datetime, alya: Account) -> None:
    alya.phone = PHONE.value
    alya.save()
    new = Reach("+6281255509999")
    challenge = reaching.ask(account=alya, reach=new, by=HERE, at=at)
    codes = (code_in(last_message(new.value)), code_in(last_message(PHONE.value)))
    with pytest.raises(CodeWrong):
        reaching.confirm(
            challenge=challenge.pk,
            codes=(codes[0], other(codes[1])),
            account=alya,
            by=HERE,
            at=at,
        )
    with pytest.raises(CodeWrong):
        reaching.confirm(
            challenge=challenge.pk,
            codes=(other(codes[0]), codes[1]),
            account=alya,
            by=HERE,
            at=at,
        )
    reaching.confirm(challenge=challenge.pk, codes=codes, account=alya, by=HERE, at=at)
    alya.refresh_from_db()
    assert alya.phone == new.value
    with pytest.raises(CodeGone):
        reaching.confirm(
            challenge=challenge.pk, codes=codes, account=alya, by=HERE, at=at
        )


def test_a_taken_number_looks_like_any_other_and_its_owner_is_told(
    at: datetime, alya: Account, citra: Account
) -> None:
    citra.phone = PHONE.value
    citra.save()
    challenge = reaching.ask(account=alya, reach=PHONE, by=HERE, at=at)
    text = last_message(PHONE.value)
    with pytest.raises(AssertionError):
        code_in(text)
    assert "Citra" not in text
    assert "Alya" not in text
    with pytest.raises(CodeWrong):
        reaching.confirm(
            challenge=challenge.pk, codes=("000000", ""), account=alya, by=HERE, at=at
        )


def test_a_code_to_add_a_number_signs_nobody_in(at: datetime, alya: Account) -> None:
    challenge = reaching.ask(account=alya, reach=PHONE, by=HERE, at=at)
    code = code_in(last_message(PHONE.value))
    with pytest.raises(CodeGone):
        answered(challenge.pk, code, at)


def test_nobody_confirms_for_another_account(
    at: datetime, alya: Account, citra: Account
) -> None:
    challenge = reaching.ask(account=alya, reach=PHONE, by=HERE, at=at)
    code = code_in(last_message(PHONE.value))
    with pytest.raises(CodeGone):
        reaching.confirm(
            challenge=challenge.pk, codes=(code, ""), account=citra, by=HERE, at=at
        )


# Through the pages


def post(client: Client, path: str, **data: str) -> Any:
    return client.post(path, data)


def test_the_whole_way_of_a_new_person(client: Client) -> None:
    answer = post(client, "/masuk/kode/?next=/daerah/62.02/", reach="0812 5550 1234")
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "+62 •••• 1234" in page
    code = code_in(last_message(PHONE.value))
    wrong = post(client, answer.url, code=other(code))
    assert wrong.status_code == 422
    step = post(client, answer.url, code=code)
    assert step.url == f"{answer.url}nama/"
    page = client.get(step.url).content.decode()
    assert "data Anda" in page
    refused = post(client, step.url, full_name="Dewi")
    assert refused.status_code == 422  # without the yes
    assert not Account.objects.exists()
    key = client.session.session_key
    done = post(client, step.url, full_name="Dewi", agrees="on")
    assert done.url == "/daerah/62.02/"
    assert client.session.session_key != key  # no fixed session
    assert client.session["_auth_user_id"] == str(Account.objects.get().pk)
    assert done.headers["Cache-Control"].count("no-store")


def test_a_code_read_elsewhere_does_not_sign_in_there(client: Client) -> None:
    answer = post(client, "/masuk/kode/", reach="dewi@contoh.id")
    code = code_in(str(last_letter("dewi@contoh.id").body))
    thief = Client()
    stolen = post(thief, answer.url, code=code)
    assert stolen.status_code == 410
    assert "_auth_user_id" not in thief.session


def test_wrong_tries_count_though_each_is_its_own_request(client: Client) -> None:
    answer = post(client, "/masuk/kode/", reach="dewi@contoh.id")
    code = code_in(str(last_letter("dewi@contoh.id").body))
    statuses = [
        post(client, answer.url, code=other(code)).status_code for _ in range(6)
    ]
    assert statuses == [422] * 5 + [410]
    assert post(client, answer.url, code=code).status_code == 410


def test_known_unknown_and_officers_see_the_same_page(
    alya: Account, budi: Account
) -> None:
    pages = set()
    for reach in ("alya@contoh.id", "budi@contoh.id", "asing@contoh.id"):
        client = Client()
        answer = post(client, "/masuk/kode/", reach=reach)
        assert answer.status_code == 302
        page = client.get(answer.url).content.decode()
        page = page.replace(reach, "").replace(f"{reach[0]}•••", "")
        pages.add(_without_tokens(page))
        wrong = post(client, answer.url, code="000000")
        assert wrong.status_code == 422
    assert len(pages) == 1


def _without_tokens(page: str) -> str:
    import re

    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", page)


def test_too_often_says_when_to_come_back(client: Client) -> None:
    for _ in range(5):
        post(client, "/masuk/kode/", reach="dewi@contoh.id")
    answer = post(client, "/masuk/kode/", reach="dewi@contoh.id")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3000
    assert "dewi@contoh.id" in answer.content.decode()  # what was typed stays


@pytest.mark.parametrize(
    "wanted", ["https://jahat.example/", "//jahat.example/", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere_after_signing_in(
    client: Client, alya: Account, wanted: str
) -> None:
    client.get("/masuk/kode/", {"next": wanted})
    answer = post(client, "/masuk/kode/", reach="alya@contoh.id")
    code = code_in(str(last_letter("alya@contoh.id").body))
    done = post(client, answer.url, code=code)
    assert done.url.startswith("/akun/")


def test_the_account_page_changes_the_number(client: Client, alya: Account) -> None:
    client.force_login(alya)
    answer = post(client, "/akun/nomor/", reach="0812 5550 1234")
    code = code_in(last_message(PHONE.value))
    assert post(client, answer.url, code=code).status_code == 302
    assert PHONE.value in client.get("/akun/nomor/").content.decode()


def test_a_strangers_question_is_not_told_of(client: Client, alya: Account) -> None:
    challenge, _code = asked(now())
    assert client.get(f"/masuk/kode/{challenge}/").status_code == 410
    client.force_login(alya)
    assert client.get(f"/akun/nomor/{challenge}/").status_code == 410


def test_the_address_of_the_password_page_is_ours(budi: Account) -> None:
    client = Client()
    post(client, "/masuk/kode/", reach="budi@contoh.id")
    assert "http://testserver/masuk/" in last_letter("budi@contoh.id").body
    assert settings.ALLOWED_HOSTS  # a forged Host never gets here
