"""Counters: most, windows, rollbacks, races; and where a visitor comes from."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.translation import override

from habaring.shared import limits
from habaring.shared.limits import TooMany

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def spend(at: datetime, key: str = "0812", most: int = 3, scope: str = "t") -> int:
    return limits.spend(scope, key, most=most, per=HOUR, at=at)


def test_the_one_after_the_last_is_refused_with_when_to_come_back(at: datetime) -> None:
    assert [spend(at) for _ in range(3)] == [2, 1, 0]
    with pytest.raises(TooMany) as refused:
        spend(at + timedelta(minutes=20))
    assert refused.value.until == at + HOUR
    assert refused.value.retry_after == 40 * 60
    assert refused.value.status == 429
    with override("id"):
        assert "40 menit" in str(refused.value)
    with override("en"):
        assert "40 minutes" in str(refused.value)


def test_waiting_until_the_end_lets_through_even_who_kept_trying(at: datetime) -> None:
    for _ in range(3):
        spend(at)
    for minute in range(59):
        with pytest.raises(TooMany):
            spend(at + timedelta(minutes=minute))
    assert spend(at + HOUR) == 2


def test_keys_and_scopes_are_counted_apart(at: datetime) -> None:
    for _ in range(3):
        spend(at)
    assert spend(at, key="0813") == 2
    assert spend(at, scope="other") == 2


def test_nothing_may_be_done_where_most_is_nothing(at: datetime) -> None:
    with pytest.raises(TooMany):
        spend(at, most=0)


def test_look_without_counting_and_begin_anew(at: datetime) -> None:
    assert limits.left("t", "0812", most=3, at=at) == 3
    for _ in range(3):
        spend(at)
    assert limits.left("t", "0812", most=3, at=at) == 0
    with pytest.raises(TooMany):
        limits.check("t", "0812", most=3, at=at)
    limits.check("t", "0812", most=3, at=at + HOUR)
    limits.forget("t", "0812")
    assert spend(at) == 2


def test_a_count_stands_when_the_transaction_rolls_back(at: datetime) -> None:
    def guess() -> None:
        with transaction.atomic():
            spend(at)
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            guess()
    with pytest.raises(TooMany):
        spend(at)


def test_counting_never_waits_for_the_transaction_that_counts(at: datetime) -> None:
    with transaction.atomic():
        spend(at)
        with ThreadPoolExecutor(1) as another:  # as a second request would
            assert another.submit(spend, at).result(timeout=5) == 1


def test_of_many_at_once_exactly_the_allowed_number_passes(at: datetime) -> None:
    def passes(_number: int) -> bool:
        try:
            spend(at, most=5)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(passes, range(40))) == 5


def test_what_is_kept_tells_nobody_whose_it_was(at: datetime) -> None:
    spend(at, key="+628123456789")
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM shared_limit")
        (kept,) = cursor.fetchall()
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'shared_limit'"
        )
        assert cursor.fetchone() == ("u",)
    assert "8123456789" not in kept[0]
    assert len(kept[0]) == 64


def test_ended_counters_are_cleared(at: datetime) -> None:
    spend(at)
    spend(at + HOUR, key="0813")
    assert limits.clear(at=at + HOUR) == 1
    assert limits.left("t", "0813", most=3, at=at + HOUR) == 2


def asked(remote: str, forwarded: str = "") -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=remote)
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "told"),
    [
        ("203.0.113.7", "", [], "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", [], "203.0.113.7"),  # nobody is trusted
        ("203.0.113.7", "198.51.100.1", ["10.0.0.0/8"], "203.0.113.7"),
        ("10.0.0.2", "198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, 198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1,198.51.100.1, 10.9.9.9", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1:5123", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.2", "[2001:db8::7]:5123", ["10.0.0.0/8"], "2001:db8::7"),
        ("10.0.0.2", "drop table", ["10.0.0.0/8"], "10.0.0.2"),
        ("10.0.0.2", "", ["10.0.0.0/8"], "10.0.0.2"),
        ("::ffff:10.0.0.2", "198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("::1", "198.51.100.1", ["10.0.0.0/8", "::1/128"], "198.51.100.1"),
        ("", "198.51.100.1", ["10.0.0.0/8"], ""),
    ],
)
def test_only_a_trusted_proxy_is_believed(
    settings: object, remote: str, forwarded: str, trusted: list[str], told: str
) -> None:
    settings.TRUSTED_PROXIES = trusted  # type: ignore[attr-defined]
    assert limits.client_address(asked(remote, forwarded)) == told


def test_one_home_is_one_network() -> None:
    assert limits.client_network(asked("203.0.113.7")) == "203.0.113.7"
    one = limits.client_network(asked("2001:db8:1:2:3::4"))
    assert one == limits.client_network(asked("2001:db8:1:2:ffff::1"))
    assert one == "2001:db8:1:2::/64"


def _limited(request: HttpRequest) -> HttpResponse:
    moment = datetime.fromisoformat("2026-11-02T05:00:00+00:00")
    limits.spend("t", "page", most=1, per=HOUR, at=moment)
    return HttpResponse("done")


def test_the_answer_says_when_to_come_back(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from habaring.config import urls

    monkeypatch.setattr(
        urls, "urlpatterns", [path("terbatas/", _limited), *urls.urlpatterns]
    )
    from django.urls import clear_url_caches

    clear_url_caches()
    try:
        assert Client().get("/terbatas/").status_code == 200
        answer = Client().get("/terbatas/")
    finally:
        monkeypatch.undo()
        clear_url_caches()
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "Coba lagi dalam 1 jam" in answer.content.decode()
