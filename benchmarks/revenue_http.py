"""`python3 dev.py bench revenue_http [ROUNDS [SECONDS]]`: payments through the whole HTTP
callback, signature checked, against pgbench's TPC-B-like script on the same server.

Bank, web server (granian as `habaring up` runs it) and PostgreSQL share the machine, and
all their processes count. The calls are signed before the clock starts, each with its own
X-EXTERNAL-ID and reference, and sent by a client of few instructions: 8 connections kept
open. VA calls carry HMAC-SHA512, QRIS notices SHA256withRSA.
"""

import os
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "var" / "pg-revenue-http"
CLIENTS, SCALE, BILLS = 8, 10, 200_000
ROUNDS, SECONDS = 5, 5
AMOUNT = 77_600
KINDS = ("va", "qris", "replay")
SECRET = "rahasia-contoh-yang-panjang-0123456789"  # noqa: S105 - of a benchmark


def main(argv: list[str]) -> int:
    """Print one line a round and the medians; 1 where pgbench is not to be had."""
    if "--inside" not in argv:
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        server = (sys.executable, "-m", "habaring.config.embedded", "--data", str(DATA))
        inside = (sys.executable, "-m", "benchmarks.revenue_http", *argv, "--inside")
        return subprocess.call([*server, "--", *inside], cwd=ROOT, env=environment)
    from benchmarks.revenue import find_pgbench

    pgbench = find_pgbench()
    if pgbench is None:
        print("pgbench is not to be had.")
        return 1
    rounds, seconds = (
        int(argv[i]) if len(argv) > i and argv[i].isdigit() else default
        for i, default in enumerate((ROUNDS, SECONDS))
    )
    town = Town()
    _pgbench(pgbench, "-i", "-q", "-s", str(SCALE))
    with Web() as web:
        _rounds(town, web, pgbench, rounds, seconds)
    return 0


def _rounds(town: "Town", web: "Web", pgbench: str, rounds: int, seconds: int) -> None:
    ratios: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    clock = Clock(web.process.pid)
    print(
        f"load {os.getloadavg()[0]:.1f} before; {CLIENTS} connections, {seconds} s each"
    )
    for number in range(rounds):
        words = f"-c {CLIENTS} -j 2 -M prepared -n -T {seconds}".split()
        clock.start()
        tpcb = _tps(_pgbench(pgbench, *words))
        cost = clock.stop() / (tpcb * seconds)
        told = [f"round {number + 1}: TPC-B {tpcb:,.0f}/s, {cost * 1e6:,.0f} µs CPU"]
        for kind in KINDS:
            calls = town.calls(kind, number, most=int(tpcb * seconds * 0.8) + 2000)
            clock.start()
            done, waited = _send(web.port, calls, seconds)
            own = clock.stop() / len(waited)
            ratios[kind].append((done / tpcb, cost / own))
            told.append(
                f"{kind} {done:,.0f}/s = {done / tpcb:.2f} ×, {own * 1e6:,.0f} µs ="
                f" {cost / own:.2f} ×, p50 {waited[len(waited) // 2] * 1000:.1f}, p99"
                f" {waited[int(len(waited) * 0.99)] * 1000:.1f} ms"
            )
        print("; ".join(told), flush=True)
    for kind, found in ratios.items():
        for what, some in zip(
            ("calls", "by CPU"), zip(*found, strict=True), strict=True
        ):
            middle, low, high = statistics.median(some), min(some), max(some)
            print(f"{kind}, {what}: median {middle:.2f} × ({low:.2f}-{high:.2f})")
    print(f"load {os.getloadavg()[0]:.1f} after")


class Clock:
    """Processor seconds of all that takes part: PostgreSQL, web server, clients. Where
    others want the machine, this tells more than the calls a second.
    """

    def __init__(self, web: int) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
        self.roots = [int(_stat(backend)[1]), web]  # its parent is the postmaster
        self.begun = 0.0

    def start(self) -> None:
        self.begun = self._read()

    def stop(self) -> float:
        return self._read() - self.begun

    def _read(self) -> float:
        below: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (stat := _stat(int(entry.name))):
                below.setdefault(int(stat[1]), []).append(int(entry.name))
        ticks, waiting = 0, list(self.roots)
        while waiting:
            pid = waiting.pop()
            ticks += sum(map(int, _stat(pid)[11:15]))  # own, and of children that ended
            waiting += below.get(pid, [])
        return ticks / os.sysconf("SC_CLK_TCK") + sum(os.times()[:4])


def _stat(pid: int) -> list[str]:
    """proc(5), from the state on."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


class Town:
    """Bills to pay and a bank that may call, in the benchmark's own database."""

    def __init__(self) -> None:
        import_module("benchmarks.platform")  # sets Django up
        from django.core.management import call_command
        from django.db import connection
        from django.utils.timezone import now

        from habaring.regions.models import Region
        from habaring.revenue.bank.registering import register
        from habaring.revenue.bank.store import Store
        from habaring.revenue.models import Partner, Token
        from habaring.shared import walls

        call_command("migrate", verbosity=0, interactive=False)
        walls.give_app_role()
        walls.let_app_role_sign_in()
        region, _made = Region.objects.get_or_create(
            code="62", defaults={"name": "Kalimantan Tengah", "kind": "provinsi"}
        )
        region, _made = Region.objects.get_or_create(
            code="62.02",
            defaults={"name": "Contoh", "kind": "kabupaten", "parent": region},
        )
        with connection.cursor() as cursor:
            cursor.execute("SET habaring.may_empty = 'yes'")
            cursor.execute(
                "TRUNCATE revenue_payment, revenue_posting, revenue_call, revenue_charge,"
                " revenue_token, revenue_bill CASCADE"
            )
            cursor.execute(_OWNER)
            cursor.execute(_BILLS, [BILLS])
            cursor.execute("VACUUM (ANALYZE) revenue_bill")
        Partner.objects.filter(region=region).delete()
        folder = DATA / "bank"
        register(region=region, folder=folder, address="http://127.0.0.1", at=now())
        self.signer = Store(folder).identity().signer()
        self._token(now())
        Token.objects.update(expires_at=now() + timedelta(days=1))
        with connection.cursor() as cursor:
            cursor.execute(_CHARGES)
            cursor.execute("VACUUM (ANALYZE) revenue_charge")
        self.used = 0
        self.last: list[bytes] = []

    def _token(self, at: object) -> None:
        from django.utils.timezone import now

        from habaring.revenue.gateways import callers

        caller = callers.by_id(self.signer.va_id, region="62.02", at=now())
        self.signer.token = callers.give_token(caller, region="62.02", at=now())

    def calls(self, kind: str, number: int, most: int) -> Sequence[bytes]:
        """So many signed calls as they go over the wire. QRIS: a tenth, RSA is slow to
        sign; "replay": payments that are known, under another X-EXTERNAL-ID.
        """
        from django.utils.timezone import now

        from habaring.revenue.bank.signing import Paid

        at = now().replace(microsecond=0)
        made = []
        most = min(most, 8000 if kind == "qris" else 30_000)
        start = self.used if kind != "replay" else max(0, self.used - most)
        for n in range(start, start + most):
            bill = n % BILLS + 1
            if kind == "qris":
                paid = Paid(f"R{bill}", f"Q{number}-{n}", AMOUNT, at)
                call = self.signer.notify(paid, at=at)
            else:
                customer = f"6202{bill:014d}26"
                call = self.signer.payment(
                    Paid(customer, f"V-{n}", AMOUNT, at), at=at, advice=True
                )
            head = f"POST {call.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            head += "".join(f"{k}: {v}\r\n" for k, v in call.headers.items())
            head += f"Content-Length: {len(call.body)}\r\n\r\n"
            made.append(head.encode() + call.body)
        if kind != "replay":
            self.used += most
        return made


_OWNER = """
INSERT INTO revenue_taxpayer (id, region_id, number, kind, name, name_masked, nik_hash,
    nik_masked, nib, address, illustrative, recorded_at)
VALUES (1, '62.02', 'P.1', 'person', 'Contoh', 'C•••••', '', '', '', '', true, now())
ON CONFLICT DO NOTHING;
INSERT INTO revenue_taxrule (id, region_id, tax, begins_on, text, sha256, bylaw,
    illustrative, state, reason, proposed_at)
VALUES (1, '62.02', 'pbb', '2024-01-05', '', '', '', true, 'approved', '', now())
ON CONFLICT DO NOTHING
"""
_BILLS = """
INSERT INTO revenue_bill (region_id, id, document, tax, year, period, seq, object_id,
    taxpayer_id, number, rule_id, facts, amount, due_on, state, illustrative, issued_at)
SELECT '62.02', n, 'SPPT', 'pbb', 2026, 0, 0, 1, 1, '6202' || lpad(n::text, 14, '0'), 1,
    '{}', 77600, current_date + 30, 'issued', true, now()
FROM generate_series(1, %s) n
"""
_CHARGES = """
INSERT INTO revenue_charge (region_id, partner_id, reference, bills, amount, content,
    created_at, expires_at)
SELECT '62.02', p.id, 'R' || n, jsonb_build_array(jsonb_build_array(n, 77600)), 77600, '',
    now(), now() + interval '1 day'
FROM generate_series(1, 200000) n, revenue_partner p WHERE p.kind = 'qris'
"""


class Web:
    """granian, two workers, as `habaring up` starts it on two cores."""

    def __enter__(self) -> "Web":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        command = [
            *(sys.executable, "-m", "granian", "--interface", "asgi"),
            *("--host", "127.0.0.1", "--port", str(self.port), "--workers", "2"),
            *("--log-level", "error"),
            "habaring.config.asgi:application",
        ]
        env = os.environ | {"PLAIN_STATIC": "True", "DATABASE_ROLE": "habaring_app"}
        self.process = subprocess.Popen(command, env=env, start_new_session=True)
        answers, deadline = 0, time.monotonic() + 90
        while answers < 10 and time.monotonic() < deadline:
            link = HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                link.request("GET", "/snap/62.02/v1.0/access-token/b2b")
                answers += link.getresponse().status == 405
            except OSError:
                time.sleep(0.1)
            link.close()
        return self

    def __exit__(self, *_how: object) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def _send(
    port: int, calls: Sequence[bytes], seconds: float
) -> tuple[float, list[float]]:
    """All that is answered with 200 in the time, a second; and what each took.

    One thread and few instructions: what the bank's side costs is not what is measured.
    """
    waited: list[float] = []
    bad: list[bytes] = []
    left = iter(calls)
    with selectors.DefaultSelector() as ready:
        begun = time.perf_counter()
        for _client in range(CLIENTS):
            link = socket.create_connection(("127.0.0.1", port))
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link.sendall(next(left))
            ready.register(link, selectors.EVENT_READ, [time.perf_counter(), b""])
        passed = 0.0
        while ready.get_map():
            for key, _events in ready.select():
                link, state = cast("socket.socket", key.fileobj), key.data
                state[1] += link.recv(65536)
                if not _whole(state[1]):
                    continue
                at = time.perf_counter()
                passed = at - begun
                waited.append(at - state[0])
                if not state[1].startswith(b"HTTP/1.1 200"):
                    bad.append(state[1])
                state[:] = [at, b""]
                call = next(left, None)
                if passed > seconds or call is None:
                    ready.unregister(link)
                    link.close()
                else:
                    link.sendall(call)
    if bad:
        print(f"{len(bad)} answers are no 200: {bad[0][:500]!r}")
    return (len(waited) - len(bad)) / passed, sorted(waited) or [0.0]


def _whole(answer: bytes) -> bool:
    """Whether head and body are there, by its Content-Length."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


def _pgbench(binary: str, *words: str) -> str:
    command = [binary, *words, os.environ["DATABASE_URL"]]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _tps(told: str) -> float:
    line = next(line for line in told.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])


if __name__ == "__main__":
    shutil.rmtree(DATA / "bank", ignore_errors=True)
    sys.exit(main(sys.argv[1:]))
