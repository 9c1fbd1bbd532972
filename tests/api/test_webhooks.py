"""Events in order and without gaps; signed, sent again, and never sent inside."""

import contextlib
import hashlib
import hmac
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from habaring.api import actions, outbound, sending
from habaring.api.actions import Opened
from habaring.api.models import Delivery, Event, WebhookSubscription
from habaring.api.outbound import AddressRefused
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, outgoing
from tests.assessment import makers as assessment

JSON: dict[str, Any] = {"content_type": "application/json"}


class Receiver(ThreadingHTTPServer):
    """A program that is told: keeps what came, answers what it is set to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.slow = 0.0
        self.large = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/kait"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        time.sleep(self.server.slow)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/rahasia")
        with contextlib.suppress(OSError):  # the other side has heard enough
            self.end_headers()
            self.wfile.write(b"terima kasih" + b"x" * self.server.large)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(receiver: Receiver, mighty: Account, kotim: Region, at: datetime) -> Opened:
    return actions.open_webhook(
        region=kotim, address=receiver.url, kinds=(), by=mighty, at=at
    )


def happen(region: Region, at: datetime, times: int = 1, verb: str = "") -> None:
    with transaction.atomic():
        for _n in range(times):
            audit.record(
                by=None,
                at=at,
                verb=verb or "assessment.observations.recorded",
                subject=region,
                region=region.code,
            )


def send(opened: Opened, at: datetime) -> WebhookSubscription:
    row = opened.subscription
    sending.send_waiting(subscription=row.pk, clock=lambda: at)
    row.refresh_from_db()
    return row


def sequences(receiver: Receiver) -> list[int]:
    return [json.loads(body)["sequence"] for _headers, body in receiver.got]


def waiting_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'api.deliver' AND status = 'todo'"
        )
        return int(cursor.fetchone()[0])


# The outbox


def test_an_audited_write_is_an_event_with_links_and_no_person(
    kotim: Region, mighty: Account, at: datetime
) -> None:
    assessment.framework()
    assessment.record(kotim, assessment.row(), by=mighty)
    (event,) = Event.objects.all()
    told = json.dumps(event.as_json())
    assert event.kind == "observations.recorded"
    assert event.links["api"] == "/api/v1/regions/62.02/observations"
    assert "Budi" not in told
    assert "@" not in told


def test_what_is_not_public_is_no_event(kotim: Region, at: datetime) -> None:
    happen(kotim, at, verb="people.role.granted")
    assert not Event.objects.exists()


def test_numbers_have_no_gaps_even_after_a_rollback(
    kotim: Region, at: datetime
) -> None:
    happen(kotim, at, 2)
    with transaction.atomic():
        happen(kotim, at)
        transaction.set_rollback(True)
    happen(kotim, at)
    found = Event.objects.filter(region_code="62.02").order_by("sequence")
    assert list(found.values_list("sequence", flat=True)) == [1, 2, 3]


def test_the_outbox_only_grows(kotim: Region, at: datetime) -> None:
    happen(kotim, at)
    with pytest.raises(Exception, match="only appended"), transaction.atomic():
        Event.objects.update(kind="x")


def test_events_are_polled_after_a_number(
    caller: Client, kotim: Region, at: datetime
) -> None:
    happen(kotim, at, 3)
    told = caller.get("/api/v1/regions/62.02/events?after=1&limit=1").json()
    assert [one["sequence"] for one in told["items"]] == [2]
    assert (told["last"], told["more"]) == (2, True)
    rest = caller.get(f"/api/v1/regions/62.02/events?after={told['last']}").json()
    assert (rest["last"], rest["more"]) == (3, False)


def test_a_write_wakes_the_sender_once(
    opened: Opened, kotim: Region, at: datetime
) -> None:
    happen(kotim, at, 3)
    assert waiting_jobs() == 1


# Sending


def test_events_arrive_in_order_and_signed(
    opened: Opened, receiver: Receiver, kotim: Region, at: datetime
) -> None:
    happen(kotim, at, 3)
    row = send(opened, at)
    assert sequences(receiver) == [1, 2, 3]
    assert row.cursor == 3
    for headers, body in receiver.got:
        assert genuine(headers["Habaring-Signature"], body, opened.secret, at)
        assert not genuine(
            headers["Habaring-Signature"], body + b" ", opened.secret, at
        )
        assert headers["Habaring-Event"] == "observations.recorded"
    log = Delivery.objects.first()
    assert log is not None
    assert (log.status, log.told) == (200, "terima kasih")


def genuine(header: str, body: bytes, secret: str, at: datetime) -> bool:
    """As the manual tells programs to check it."""
    parts = [part.split("=", 1) for part in header.split(",")]
    t = next(value for name, value in parts if name == "t")
    told = hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha256)
    fresh = abs(at.timestamp() - int(t)) < 300
    return fresh and any(
        hmac.compare_digest(value, told.hexdigest())
        for name, value in parts
        if name == "v1"
    )


def test_the_snippet_of_the_manual_works(
    opened: Opened, receiver: Receiver, kotim: Region
) -> None:
    text = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
    snippet = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert snippet is not None
    space: dict[str, Any] = {}
    exec(snippet[1], space)  # noqa: S102 - our own manual
    now = datetime.now(UTC)
    happen(kotim, now)
    send(opened, now)
    headers, body = receiver.got[0]
    assert space["genuine"](headers["Habaring-Signature"], body, opened.secret)
    assert not space["genuine"](headers["Habaring-Signature"], body, "lain")


def test_a_failure_holds_back_what_comes_after(
    opened: Opened, receiver: Receiver, kotim: Region, at: datetime
) -> None:
    receiver.statuses = [500]
    happen(kotim, at, 2)
    row = send(opened, at)
    assert sequences(receiver) == [1]
    assert (row.cursor, row.attempts, row.failing_since) == (0, 1, at)
    send(opened, at)  # too early: nothing is sent
    assert sequences(receiver) == [1]
    row = send(opened, at + timedelta(seconds=11))
    assert sequences(receiver) == [1, 1, 2]
    assert (row.cursor, row.attempts, row.failing_since) == (2, 0, None)


def test_after_three_days_it_pauses_and_its_owner_is_told(
    opened: Opened,
    receiver: Receiver,
    kotim: Region,
    at: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    happen(kotim, at, 1)
    moment, tries = at, 0
    row = opened.subscription
    with django_capture_on_commit_callbacks(execute=True):
        while row.state == "active":
            receiver.statuses = [503]
            row = send(opened, moment)
            moment = row.next_try_at or moment
            tries += 1
            assert tries < 40
    assert row.state == "paused"
    assert moment - at >= timedelta(days=3)
    assert 10 < tries < 30
    (letter,) = mail.outbox
    assert letter.to == ["budi@contoh.id"]
    assert receiver.url in letter.body
    assert send(opened, moment + timedelta(days=1)).state == "paused"
    receiver.statuses = []
    actions.resume_webhook(subscription=row, by=opened.subscription.owner, at=moment)
    assert send(opened, moment).cursor == 1


def test_only_the_kinds_that_were_asked_for_are_sent(
    receiver: Receiver, mighty: Account, kotim: Region, at: datetime
) -> None:
    made = actions.open_webhook(
        region=kotim,
        address=receiver.url,
        kinds=["target.set"],
        by=mighty,
        at=at,
    )
    happen(kotim, at)
    happen(kotim, at, verb="assessment.target.set")
    assert send(made, at).cursor == 2
    assert sequences(receiver) == [2]


def test_another_region_s_events_are_not_sent(
    opened: Opened, receiver: Receiver, citra: Account, at: datetime
) -> None:
    happen(Region.objects.get(code="62.01"), at)
    send(opened, at)
    assert receiver.got == []


def test_events_are_replayed_from_a_number(
    opened: Opened, receiver: Receiver, caller: Client, kotim: Region, at: datetime
) -> None:
    happen(kotim, at, 3)
    send(opened, at)
    path = f"/api/v1/webhooks/{opened.subscription.pk}/replay"
    assert caller.post(f"{path}?from=2", **JSON).json()["waiting"] == 2
    send(opened, at)
    assert sequences(receiver) == [1, 2, 3, 2, 3]
    assert caller.post(f"{path}?from=9", **JSON).status_code == 422
    assert caller.post(f"{path}?from=x", **JSON).status_code == 422
    assert caller.post(path, **JSON).status_code == 422


def test_two_secrets_sign_while_one_is_exchanged(
    opened: Opened, receiver: Receiver, mighty: Account, kotim: Region, at: datetime
) -> None:
    again = actions.rotate_webhook(subscription=opened.subscription, by=mighty, at=at)
    happen(kotim, at)
    send(opened, at)
    header, body = receiver.got[0][0]["Habaring-Signature"], receiver.got[0][1]
    assert genuine(header, body, opened.secret, at)
    assert genuine(header, body, again.secret, at)
    later = at + timedelta(hours=25)
    happen(kotim, later)
    send(opened, later)
    header, body = receiver.got[1][0]["Habaring-Signature"], receiver.got[1][1]
    assert not genuine(header, body, opened.secret, later)
    assert genuine(header, body, again.secret, later)


def test_no_secret_lies_open_in_the_database(opened: Opened) -> None:
    row = WebhookSubscription.objects.get()
    assert opened.secret.encode() not in bytes(row.secret)


def test_what_waits_is_found_again_by_the_look_round(
    opened: Opened, kotim: Region, at: datetime
) -> None:
    happen(kotim, at)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    assert sending.wake_all(at=at) == 1
    assert waiting_jobs() == 1
    send(opened, at)
    assert sending.wake_all(at=at) == 0


def test_removing_ends_it(
    opened: Opened, receiver: Receiver, caller: Client, kotim: Region, at: datetime
) -> None:
    path = f"/api/v1/webhooks/{opened.subscription.pk}"
    assert caller.delete(path).json()["state"] == "removed"
    happen(kotim, at)
    send(opened, at)
    assert receiver.got == []
    assert caller.get(path).status_code == 404


# Never inside


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/",
        "https://192.168.1.1:8443/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://localhost/",
        "https://localhost./",
        "https://db/",
        "https://printer.local/",
        "https://x.internal/",
        "https://user:pass@example.org/",
        "https://example.org/#x",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://examp\u0142e.org/",
        "https://example.org/\r\nX: y",
        "https://" + "x" * 500 + ".org/",
        "https:///",
        "//example.org",
        "",
    ],
)
def test_an_address_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        outbound.check_address(address)


def test_public_addresses_are_taken() -> None:
    outbound.check_address("https://example.org:8443/kait?kunci=1")
    outbound.check_address("https://[2606:4700:4700::1111]/")


def test_the_interface_refuses_an_address_inside(caller: Client) -> None:
    response = caller.post(
        "/api/v1/regions/62.02/webhooks",
        json.dumps({"address": "https://169.254.169.254/"}),
        content_type="application/json",
    )
    assert response.status_code == 422
    assert not WebhookSubscription.objects.exists()


def test_a_name_that_leads_inside_gets_nothing(
    opened: Opened,
    receiver: Receiver,
    kotim: Region,
    at: datetime,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False
    WebhookSubscription.objects.update(address="https://luar.example/")
    monkeypatch.setattr(
        "habaring.shared.outgoing.socket.getaddrinfo",
        lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", receiver.server_port))],
    )
    happen(kotim, at)
    row = send(opened, at)
    assert receiver.got == []
    assert row.attempts == 1
    log = Delivery.objects.get()
    assert log.status is None
    assert log.told


def test_a_name_that_answers_otherwise_the_second_time_reaches_nothing(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: public when it is judged, inside a moment later."""
    answers = iter(["203.0.113.7", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []
    reached: list[str] = []

    def lookup(host: str, port: int, *_a: Any, **_k: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (next(answers), port))]

    def connect(address: tuple[str, int], *_a: Any, **_k: Any) -> socket.socket:
        reached.append(address[0])
        raise OSError("nobody there")

    monkeypatch.setattr(outgoing, "is_public", lambda text: text != "127.0.0.1")
    monkeypatch.setattr("habaring.shared.outgoing.socket.getaddrinfo", lookup)
    monkeypatch.setattr("habaring.shared.outgoing.socket.create_connection", connect)
    answer = outbound.attempt("https://luar.example/", b"{}", {}, private=False)
    assert answer.status is None
    assert asked == ["luar.example"]  # looked up once
    assert reached == ["203.0.113.7"]  # and only that address was tried
    assert receiver.got == []


def test_a_redirect_is_a_failure_and_is_not_followed(
    opened: Opened, receiver: Receiver, kotim: Region, at: datetime
) -> None:
    receiver.statuses = [302]
    happen(kotim, at)
    row = send(opened, at)
    assert len(receiver.got) == 1
    assert (row.cursor, row.attempts) == (0, 1)
    assert Delivery.objects.get().status == 302


def test_a_slow_answer_and_a_long_one_are_cut(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.large = 10_000_000
    long = outbound.attempt(receiver.url, b"{}", {}, private=True)
    assert long.status == 200
    assert len(long.told) == 500
    monkeypatch.setattr(outbound, "SECONDS", 0.3)
    receiver.slow = 2.0
    slow = outbound.attempt(receiver.url, b"{}", {}, private=True)
    assert slow.status is None
    assert slow.milliseconds < 1500


# Pages

ROOM = "/ruang-kerja/62.02/api/webhook/"


def test_the_pages_open_pause_resume_and_send_again(
    receiver: Receiver, mighty: Account, kotim: Region, at: datetime
) -> None:
    client = Client()
    client.force_login(mighty)
    assert client.get(ROOM).status_code == 200
    shown = client.post(f"{ROOM}baru/", {"address": receiver.url})
    assert b"whsec_" in shown.content
    row = WebhookSubscription.objects.get()
    page = f"{ROOM}{row.pk}/"
    happen(kotim, at, 2)
    sending.send_waiting(subscription=row.pk, clock=lambda: at)
    assert "observations.recorded" in client.get(page).content.decode()
    assert b"whsec_" not in client.get(page).content
    for act, state in (("jeda", "paused"), ("lanjut", "active")):
        client.post(f"{page}{act}/")
        row.refresh_from_db()
        assert row.state == state
    assert client.post(f"{page}ulang/", {"start": "7"}).status_code == 422
    assert client.post(f"{page}ulang/", {"start": "1"}).status_code == 302
    sending.send_waiting(subscription=row.pk, clock=lambda: at)
    assert sequences(receiver) == [1, 2, 1, 2]
    assert b"whsec_" in client.post(f"{page}rahasia/").content
    assert client.post(f"{page}lain/").status_code == 404
    assert client.post(f"{page}hapus/").status_code == 302
    assert client.get(page).status_code == 404


def test_strangers_see_no_webhook(
    opened: Opened, citra: Account, alya: Account
) -> None:
    page = f"{ROOM}{opened.subscription.pk}/"
    for person in (citra, alya):
        client = Client()
        client.force_login(person)
        assert client.get(page).status_code == 403
        assert client.post(f"{page}hapus/").status_code == 403
    other = f"/ruang-kerja/62.01/api/webhook/{opened.subscription.pk}/"
    client.force_login(citra)
    assert client.get(other).status_code in {403, 404}
