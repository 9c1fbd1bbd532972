"""What a payment costs, in ratios: the part of `bench revenue` beside pgbench.

Runs inside of a durable server of its own (see `benchmarks.revenue`), in rounds one after
the other, so that a busy machine burdens all alike; a ratio is taken in each round, and
its median and range are told. pgbench's TPC-B-like script is the measure: one commit
each, prepared statements, on both sides. Where others want the machine, the second
ratio tells more: processor time of server and clients for one transaction.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scratch import ahead, query, server

ROOT = Path(__file__).resolve().parents[1]
REGIONS = 33
SCALE = 50
AMOUNT = 77_600
ROLE = "habaring_app"
PROCESSES = 8

_PAY = """
\\set bill random({low}, {high})
\\set reference random(1, 4611686018427387904)
SELECT revenue_pay(set_config('app.region', '62.' || (10 + :bill::int % {regions})::text,
    true), 'bench', 'B' || :reference::bigint, :bill, 77600, now(), '2026-09-01',
    decode(repeat('ab', 32), 'hex'), NULL, NULL, NULL, now(), '2026-09-01');
"""
_BILLS = """
SET habaring.may_empty = 'yes';
TRUNCATE revenue_payment, revenue_posting;
TRUNCATE revenue_bill CASCADE;
ALTER SEQUENCE revenue_bill_number RESTART;
INSERT INTO revenue_bill (region_id, id, document, tax, year, period, seq, object_id,
    taxpayer_id, number, rule_id, facts, amount, due_on, state, illustrative, issued_at)
SELECT '62.' || (10 + n % {regions})::text, n, 'SPPT', 'pbb', 2026, 0, 0, n, n,
    '6202' || lpad(n::text, 14, '0'), 1,
    '{{"use": "", "first": true, "land_m2": 300, "land_value": 400000,
        "building_m2": 70, "building_value": 1200000}}',
    77600, '2026-09-30', 'issued', true, '2026-01-12'
FROM generate_series(1, {bills}) n;
VACUUM (ANALYZE) revenue_bill;
"""


@dataclass(frozen=True)
class Run:
    """A timed run: transactions a second, how many, processor seconds of each (server
    and clients), milliseconds at the 99th percentile.
    """

    tps: float
    done: int
    cpu: float
    p99: float


class Absent(Exception):  # noqa: N818 - no error: it is left out
    """A peer is not installed here."""


class Clock:
    """Processor seconds of the server's processes and of our children, once ended."""

    def __init__(self) -> None:
        self.server = server()

    def read(self) -> float:
        stat = Path(f"/proc/{self.server}/stat").read_text().rpartition(")")[2].split()
        ended = sum(map(int, stat[13:15])) / os.sysconf("SC_CLK_TCK")  # see proc(5)
        ours = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended + ours.ru_utime + ours.ru_stime


def prepare(bills: int) -> None:
    """Tables, bills that nobody has paid, and that the server is durable."""
    from django.core.management import call_command
    from django.db import connection

    import benchmarks.platform  # noqa: F401 - sets Django up
    from habaring.shared import walls

    call_command("migrate", verbosity=0, interactive=False)
    walls.give_app_role()
    walls.let_app_role_sign_in()
    connection.close()
    settings = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
    if query(settings) != [("on", "on")]:
        raise SystemExit("This server is not durable: nothing would be told.")
    for schema in ("hordak", "django_ledger"):
        query(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    query(";\n".join(_BILLS.format(bills=bills, regions=REGIONS).split(";\n")[:-2]))
    query("VACUUM (ANALYZE) revenue_bill")
    version = query("SHOW server_version")[0][0]
    print(f"PostgreSQL {version}, fsync on, {bills:,} bills, pgbench scale {SCALE}")


class Bench:
    """Rounds of the comparisons that need pgbench."""

    def __init__(self, pgbench: str, *, rounds: int, seconds: int, bills: int) -> None:
        self.pgbench = pgbench
        self.rounds = rounds
        self.seconds = seconds
        self.bills = bills
        self.paid = 0
        self.clock = Clock()
        self.folder = Path(tempfile.mkdtemp())
        if not query("SELECT to_regclass('pgbench_branches')")[0][0]:
            self._call("-i", "-q", "-s", str(SCALE))

    def close(self) -> None:
        shutil.rmtree(self.folder)

    def payments(self) -> None:
        """One commit each, the payment's own statement, against TPC-B-like."""
        for clients in (8, 16):
            pairs = []
            for _ in range(self.rounds):
                measure = self.tpcb(clients)
                pairs.append((self.pay(clients), measure))
            tell(f"pay(), one commit, {clients} clients", pairs, goal="1.0")

    def regions(self) -> None:
        """All payments to one region, against the same spread over 33."""
        pairs = []
        for _ in range(self.rounds):
            spread = self.pay(8)
            pairs.append((self.pay(8, one_region=True), spread))
        tell("pay(), one region / spread, 8 clients", pairs, goal="0.95")

    def python(self) -> None:
        """`ledger.pay` and `ledger.pay_many` from 8 processes of Django."""
        plain, grouped = [], []
        for _ in range(self.rounds):
            measure = self.tpcb(8)
            plain.append((self.clients("pay"), measure))
            grouped.append((self.clients("pay_many"), measure))
        tell("ledger.pay from Python, 8 processes", plain, goal="(0.55)")
        tell("ledger.pay_many, 50 a commit, 8 processes", grouped, goal="3")

    def peers(self) -> None:
        """A two-leg entry with each peer, 8 processes, one commit each."""
        for peer, goal in (("hordak", "4"), ("django-ledger", "50")):
            pairs = []
            for _ in range(self.rounds):
                ours = self.clients("pay")
                try:
                    pairs.append((ours, self.clients(peer)))
                except Absent:
                    print(f"{peer}: not installed here, left out")
                    break
            tell(f"ledger.pay / {peer}, 8 processes", pairs, goal=goal)
            if pairs:
                _posted(peer, sum(theirs.done + PROCESSES for _, theirs in pairs))

    def half(self) -> None:
        """The slowest of a hundred payments at half of what TPC-B-like reached."""
        rate = statistics.median([self.tpcb(8).tps for _ in range(3)]) / 2
        theirs, ours = [], []
        for _ in range(self.rounds):
            theirs.append(self.tpcb(8, rate=rate).p99)
            ours.append(self.pay(8, rate=rate).p99)
        for name, runs in (("pay()", ours), ("TPC-B-like", theirs)):
            print(
                f"{name}, p99 at half load ({rate:,.0f}/s):"
                f" {statistics.median(runs):.1f} ms ({min(runs):.1f}-{max(runs):.1f});"
                f" goal 50 idle; load {load():.1f}",
                flush=True,
            )

    def tpcb(self, clients: int, *, rate: float = 0) -> Run:
        return self._run(clients, "-b", "tpcb-like", *_at(rate))

    def pay(self, clients: int, *, one_region: bool = False, rate: float = 0) -> Run:
        script = _PAY.format(low=1, high=self.bills, regions=REGIONS)
        if one_region:
            script = script.replace(
                ":bill,", f":bill::bigint / {REGIONS} * {REGIONS} + 1,"
            )
            script = script.replace(f":bill::int % {REGIONS}", "1")
        path = self.folder / "pay.sql"
        path.write_text(script)
        found = self._run(clients, "-f", str(path), *_at(rate), role=ROLE)
        self.paid += found.done
        return found

    def _run(self, clients: int, *arguments: str, role: str = "") -> Run:
        logs = self.folder / f"log{time.monotonic_ns()}"
        logs.mkdir()
        begun = self.clock.read()
        printed = self._call(
            *("-n", "-M", "prepared", "-c", str(clients), "-j", "2"),
            *("-T", str(self.seconds), "-l", "--log-prefix", str(logs / "l")),
            *arguments,
            role=role,
        )
        time.sleep(0.2)  # until the server has seen its processes end
        cpu = self.clock.read() - begun
        tps = next(
            float(line.split("=")[1].split()[0])
            for line in printed.splitlines()
            if line.startswith("tps")
        )
        waits = sorted(
            int(line.split()[2])
            for file in logs.iterdir()
            for line in file.read_text().splitlines()
        )
        shutil.rmtree(logs)
        return Run(tps, len(waits), cpu / len(waits), _of(waits) / 1000)

    def _call(self, *arguments: str, role: str = "") -> str:
        done = subprocess.run(
            [self.pgbench, *arguments, os.environ["DATABASE_URL"]],
            env={**os.environ, "PGOPTIONS": f"-c role={role}" if role else ""},
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=ahead,
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def clients(self, kind: str) -> Run:
        """Processes of Python that pay for some seconds.

        Raises:
            Absent: what they would use is not installed.
        """
        started = [self._client(kind, number) for number in range(PROCESSES)]
        ready = [one.stdout.readline().strip() for one in started if one.stdout]
        if "absent" in ready:
            for one in started:
                one.communicate()
            raise Absent(kind)
        for one in started:
            if one.stdin:
                one.stdin.write("go\n")
                one.stdin.flush()
        told = [json.loads(one.communicate()[0].splitlines()[-1]) for one in started]
        done = sum(one["done"] for one in told)
        if kind.startswith("pay"):
            self.paid += done + sum(one["warm"] for one in told)
        return Run(
            sum(one["done"] / one["seconds"] for one in told),
            done,
            sum(one["cpu"] for one in told) / done,
            _of(sorted(wait for one in told for wait in one["waits"])),
        )

    def _client(self, kind: str, number: int) -> "subprocess.Popen[str]":
        numbers = (self.seconds, number, self.bills)
        return subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "benchmarks.revenue_clients"),
                *(kind, *map(str, numbers)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )


def _at(rate: float) -> tuple[str, ...]:
    return ("-R", f"{rate:.0f}") if rate else ()


def _of(waits: Sequence[float]) -> float:
    return waits[int(len(waits) * 0.99)]


def tell(name: str, pairs: Sequence[tuple[Run, Run]], *, goal: str) -> None:
    """Medians, and the ratio of each round: its median and range; then by CPU."""
    if not pairs:
        return
    ratios = sorted(ours.tps / theirs.tps for ours, theirs in pairs)
    cheaper = sorted(theirs.cpu / ours.cpu for ours, theirs in pairs)
    middle = statistics.median
    ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
    print(
        f"{name}: {middle(x.tps for x in ours):,.0f}/s against"
        f" {middle(x.tps for x in theirs):,.0f}/s,"
        f" ratio {middle(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}), goal {goal};"
        f" CPU {middle(x.cpu for x in ours) * 1e6:,.0f} and"
        f" {middle(x.cpu for x in theirs) * 1e6:,.0f} µs,"
        f" ratio {middle(cheaper):.2f} ({cheaper[0]:.2f}-{cheaper[-1]:.2f});"
        f" p99 {middle(x.p99 for x in ours):.1f} and"
        f" {middle(x.p99 for x in theirs):.1f} ms; load {load():.1f}",
        flush=True,
    )


_SUMS: Mapping[str, str] = {
    "hordak": "SELECT count(debit), sum(debit), sum(credit) FROM hordak.hordak_leg",
    "django-ledger": "SELECT count(*) / 2,"
    " sum(amount) FILTER (WHERE tx_type = 'debit'),"
    " sum(amount) FILTER (WHERE tx_type = 'credit')"
    " FROM django_ledger.django_ledger_transactionmodel",
}


def _posted(peer: str, entries: int) -> None:
    """The peer holds as many entries as it said, of the same amount as ours."""
    found = [int(one) for one in query(_SUMS[peer])[0]]
    if found != [entries, entries * AMOUNT, entries * AMOUNT]:
        raise SystemExit(f"{peer} holds {found}, not {entries:,} entries")
    print(f"  {peer} holds its {entries:,} entries, debits as credits")


_AGREE = """
SELECT (SELECT count(*) FROM revenue_payment),
    (SELECT sum(received) FROM revenue_bill),
    (SELECT sum(amount) FROM revenue_payment),
    (SELECT sum(amount) FROM revenue_posting WHERE debit = '1.1.2'),
    (SELECT sum(beside) FROM revenue_bill),
    (SELECT sum(surplus) FROM revenue_payment),
    (SELECT sum(amount) FROM revenue_posting WHERE credit = '2.1.1')
"""


def agree(paid: int) -> None:
    """Bills, payments and ledger hold every payment that was answered, and no other."""
    count, *sums = (int(one or 0) for one in query(_AGREE)[0])
    if count != paid or set(sums[:3]) != {paid * AMOUNT} or len(set(sums[3:])) != 1:
        raise SystemExit(f"{paid:,} payments were answered, held: {count:,}, {sums}")
    print(f"bills, payments and ledger agree on {count:,} payments, Rp{sums[0]:,}")


def sizes() -> None:
    """Bytes of a payment with its posting and all indexes, and whether updates were HOT."""
    rows = query(
        "SELECT (SELECT count(*) FROM revenue_payment),"
        " pg_total_relation_size('revenue_payment'),"
        " pg_total_relation_size('revenue_posting'),"
        " (SELECT 100.0 * n_tup_hot_upd / greatest(n_tup_upd, 1)"
        " FROM pg_stat_user_tables WHERE relname = 'revenue_bill')"
    )
    count, payment, posting, hot = (float(one) for one in rows[0])
    print(
        f"bytes a payment: {(payment + posting) / max(count, 1):.0f}"
        f" ({payment / max(count, 1):.0f} + {posting / max(count, 1):.0f} posting)"
        f" over {count:,.0f}; goal 400; HOT {hot:.1f} %"
    )


def reconcile() -> None:
    """A million lines against a million payments, in the engine."""
    import numpy as np

    from habaring.engines.bookkeeping import Money, match

    count = 1_000_000
    draw = np.random.default_rng(1)
    keys = [f"va:bench R{number:020d}" for number in range(count)]
    amounts, days = draw.integers(1, 10**7, count), draw.integers(0, 30, count)
    order = draw.permutation(count)
    wrong = amounts.copy()
    wrong[::1000] += 1
    there = [keys[i].encode().decode() for i in order.tolist()]
    wall, cpu = time.perf_counter(), time.process_time()
    found = match(Money(keys, amounts, days), Money(there, wrong[order], days[order]))
    differ = sum(1 for _ in found.differences())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if differ != count // 1000:
        raise SystemExit(f"{differ} differences, not {count // 1000}")
    print(
        f"reconcile 1 M x 1 M: {cpu:.1f} s CPU, {wall:.1f} s; goal 3; load {load():.1f}"
    )


def load() -> float:
    return os.getloadavg()[0]
