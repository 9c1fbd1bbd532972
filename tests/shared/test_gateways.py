"""Short messages: files, a provider, retries, quiet hours; and no calls inside."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from habaring.shared import gateways, outgoing
from habaring.shared.gateways import FileOutbox, Http, Kind, Message, MessageNotSent

CODE = Message("+628115550123", "123456 adalah kode Anda.", Kind.CODE, "123456")


def queued() -> list[tuple[dict[str, str], datetime | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args, scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = 'shared.send_message' ORDER BY id"
        )
        return [
            (json.loads(args) if isinstance(args, str) else args, when)
            for args, when in cursor.fetchall()
        ]


@pytest.mark.django_db
def test_a_message_lies_sealed_in_the_queue_and_becomes_a_private_file(
    at: datetime, settings: Any
) -> None:
    gateways.send(CODE, at=at)
    ((args, when),) = queued()
    assert when is None
    assert "123456" not in json.dumps(args)
    assert "8115550123" not in json.dumps(args)
    assert gateways.deliver(**args, at=at)
    (file,) = Path(settings.MESSAGE_OUTBOX).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    told = json.loads(file.read_text())
    assert told["to"] == CODE.to
    assert told["text"] == CODE.text


@pytest.mark.django_db
def test_a_code_that_comes_too_late_is_dropped_and_said_without_it(
    at: datetime, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateways.send(CODE, at=at)
    ((args, _when),) = queued()
    with caplog.at_level(logging.DEBUG):
        assert not gateways.deliver(**args, at=at + timedelta(minutes=11))
    assert not Path(settings.MESSAGE_OUTBOX).exists()
    assert "dropped" in caplog.text
    assert "123456" not in caplog.text
    assert "8115550123" not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "hour", "waits_until"),
    [
        (Kind.REMINDER, 22, 7 + 24),
        (Kind.REMINDER, 3, 7),
        (Kind.REMINDER, 12, None),
        (Kind.CODE, 3, None),
        (Kind.NOTICE, 3, None),
    ],
)
def test_only_reminders_wait_for_the_morning(
    kind: Kind, hour: int, waits_until: int | None
) -> None:
    midnight = datetime(2026, 11, 1, 17, 0, tzinfo=UTC)  # 0:00 in Jakarta
    sent = midnight + timedelta(hours=hour)
    gateways.send(Message(CODE.to, "x", kind), at=sent)
    ((_args, when),) = queued()
    assert when == (
        None if waits_until is None else midnight + timedelta(hours=waits_until)
    )


class Provider(BaseHTTPRequestHandler):
    got: list[tuple[dict[str, str], Any]] = []
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), json.loads(body)))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    Provider.got, Provider.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/send"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_provider_gets_what_its_template_asks_for(
    provider: str, at: datetime
) -> None:
    body = {
        "to": "{to}",
        "template": {"name": "{template}", "values": ["{parameter}", 1]},
        "text": "Habaring: {text}",
    }
    http = Http(
        provider, {"Authorization": "k"}, body, "kode_masuk", allow_private=True
    )
    tricky = Message(CODE.to, 'a "quote" and {parameter}', Kind.CODE, "123456")
    http.send(tricky, at=at)
    ((headers, sent),) = Provider.got
    assert headers["Authorization"] == "k"
    assert sent == {
        "to": CODE.to,
        "template": {"name": "kode_masuk", "values": ["123456", 1]},
        "text": 'Habaring: a "quote" and {parameter}',
    }


@pytest.mark.parametrize("status", [302, 400, 500])
def test_a_provider_that_fails_is_tried_again(
    provider: str, at: datetime, status: int
) -> None:
    Provider.status = status
    with pytest.raises(MessageNotSent, match=str(status)) as failed:
        Http(provider, {}, {"t": "{text}"}, allow_private=True).send(CODE, at=at)
    assert "123456" not in str(failed.value)
    assert len(Provider.got) == 1  # a redirection is not followed


def test_the_queue_tries_six_times_with_longer_and_longer_waits() -> None:
    from habaring.shared import tasks

    strategy = tasks.send_message.retry_strategy
    assert strategy is not None
    job = SimpleNamespace(attempts=0)
    waits = []
    for attempt in range(7):
        job.attempts = attempt
        decision = strategy.get_retry_decision(exception=MessageNotSent(), job=job)  # type: ignore[arg-type]
        waits.append(decision is not None)
    assert waits == [True] * 6 + [False] or waits == [True] * 5 + [False] * 2


def test_the_provider_is_not_sought_inside_our_own_walls(at: datetime) -> None:
    with pytest.raises(MessageNotSent):
        Http("https://127.0.0.1:9/", {}, {}).send(CODE, at=at)
    with pytest.raises(outgoing.PrivateAddressError):
        outgoing.post("https://localhost/", b"", headers={})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_what_is_not_of_the_open_internet_is_known(address: str) -> None:
    assert not outgoing.is_public(address)


def test_public_addresses_are_known() -> None:
    assert outgoing.is_public("8.8.8.8")
    assert outgoing.is_public("2606:4700:4700::1111")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://user@example.org/",
        "https://",
        "https://example.org:x/",
        "nonsense",
    ],
)
def test_addresses_that_are_not_plain_https_are_refused(url: str) -> None:
    with pytest.raises(outgoing.NotReachableError):
        outgoing.post(url, b"", headers={})


def test_a_name_that_turns_inside_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [
        (2, 1, 6, "", ("8.8.8.8", 443)),
        (2, 1, 6, "", ("10.0.0.1", 443)),
    ]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: both)
    with pytest.raises(outgoing.PrivateAddressError):
        outgoing.post("https://example.org/", b"", headers={})


def test_without_a_provider_messages_become_files(settings: Any) -> None:
    assert isinstance(gateways.gateway(), FileOutbox)
    settings.MESSAGE_URL = "https://example.org/"
    assert isinstance(gateways.gateway(), Http)


@pytest.mark.django_db
def test_an_operator_sees_what_failed(at: datetime, capsys: Any) -> None:
    from django.core.management import call_command

    gateways.send(CODE, at=at)
    call_command("messages")
    assert "1 wait; 0 failed" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    with pytest.raises(SystemExit):
        call_command("messages")
    told = capsys.readouterr().out
    assert "0 wait; 1 failed" in told
    assert "123456" not in told
