"""`python3 dev.py bench revenue [ROUNDS [SECONDS]]`: what a payment costs, in ratios.

Everything runs on one durable server of its own (fsync on, synchronous commit, the
settings of `habaring up`), in rounds one after the other, so that a busy machine burdens
all alike; a ratio is taken in each round, and its median and range are told. pgbench's
TPC-B-like script is the measure: one commit each, prepared statements, on both sides.

The mass issue is in revenue_issue.py; the peers' clients in revenue_clients.py.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "var" / "pg-revenue"
BILLS = 1_500_000
REGIONS = 33
SCALE = 50
ROUNDS, SECONDS = 5, 5
AMOUNT = 77_600
ROLE = "habaring_app"

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
    """One timed run: transactions a second and milliseconds at the 99th percentile."""

    tps: float
    p99: float


def main(argv: list[str]) -> int:
    """Print the table; returns 1 where the server or pgbench is not to be had."""
    if "--inside" not in argv:
        return _in_durable_server(argv)
    rounds, seconds = (
        int(argv[i]) if len(argv) > i and argv[i].isdigit() else default
        for i, default in enumerate((ROUNDS, SECONDS))
    )
    _prepare()
    pgbench = find_pgbench()
    if pgbench is None:
        print("pgbench is not on PATH: only reconciling and sizes are measured.")
    else:
        bench = Bench(pgbench, rounds, seconds)
        bench.statement()
        bench.regions()
        bench.python_clients()
        bench.peers()
        bench.half_load()
    sizes()
    reconcile()
    return 0


def _in_durable_server(argv: list[str]) -> int:
    """This programme again beside a server of its own, durable as `habaring up` has it."""
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    server = (sys.executable, "-m", "habaring.config.embedded", "--data", str(DATA))
    inside = (sys.executable, "-m", "benchmarks.revenue", *argv, "--inside")
    return subprocess.call([*server, "--", *inside], cwd=ROOT, env=environment)


def find_pgbench() -> str | None:
    """That of the embedded server, or one on PATH or where Debian puts it."""
    from habaring.config.embedded import package_binaries

    own = package_binaries() / "bin" / "pgbench"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    found = [str(one) for one in (own, *reversed(debian)) if one.exists()]
    return shutil.which("pgbench") or (found[0] if found else None)


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    import benchmarks.platform  # noqa: F401 - sets Django up
    from habaring.shared import walls

    call_command("migrate", verbosity=0, interactive=False)
    walls.give_app_role()
    walls.let_app_role_sign_in()
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
        cursor.execute("SHOW synchronous_commit")
        commit = cursor.fetchone()[0]
        if (fsync, commit) != ("on", "on"):
            raise SystemExit("This server is not durable: nothing would be told.")
        for statement in _BILLS.format(bills=BILLS, regions=REGIONS).split(";\n")[:-1]:
            cursor.execute(statement)
        cursor.execute("SHOW server_version")
        print(f"PostgreSQL {cursor.fetchone()[0]}, fsync on, {BILLS:,} bills")


def url() -> str:
    return os.environ["DATABASE_URL"]


def sql(statement: str) -> list[tuple[object, ...]]:
    """As the owner, on a connection of its own."""
    import psycopg

    with psycopg.connect(url(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def load() -> float:
    return os.getloadavg()[0]


class Absent(Exception):  # noqa: N818 - no error: it is left out
    """A peer is not installed here."""


class Bench:
    """Rounds of the comparisons that need pgbench."""

    def __init__(self, pgbench: str, rounds: int, seconds: int) -> None:
        self.pgbench = pgbench
        self.rounds = rounds
        self.seconds = seconds
        self.folder = Path(tempfile.mkdtemp())
        if not sql("SELECT to_regclass('pgbench_branches')")[0][0]:
            self._call("-i", "-q", "-s", str(SCALE))

    def statement(self) -> None:
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

    def python_clients(self) -> None:
        """`ledger.pay` and `ledger.pay_many` from 8 processes of Django."""
        plain, grouped = [], []
        for _ in range(self.rounds):
            measure = self.tpcb(8)
            plain.append((self.clients("pay", 8), measure))
            grouped.append((self.clients("pay_many", 8), measure))
        tell("ledger.pay from Python, 8 processes", plain, goal="(0.55)")
        tell("ledger.pay_many, 50 a commit, 8 processes", grouped, goal="3")

    def peers(self) -> None:
        """A two-leg entry with each peer, 8 processes, one commit each."""
        for peer, goal in (("hordak", "4"), ("django-ledger", "50")):
            pairs = []
            for _ in range(max(2, self.rounds // 2)):
                ours = self.clients("pay", 8)
                try:
                    pairs.append((ours, self.clients(peer, 8)))
                except Absent:
                    print(f"{peer}: not installed here, left out")
                    break
            tell(f"ledger.pay / {peer}, 8 processes", pairs, goal=goal)

    def half_load(self) -> None:
        """The slowest of a hundred payments at half of what TPC-B-like reached."""
        rate = statistics.median([self.tpcb(8).tps for _ in range(3)]) / 2
        runs = [self.pay(8, rate=rate).p99 for _ in range(self.rounds)]
        print(
            f"p99 at half load ({rate:,.0f}/s): {statistics.median(runs):.1f} ms"
            f" ({min(runs):.1f}-{max(runs):.1f}); goal 50 idle; load {load():.1f}"
        )

    def tpcb(self, clients: int) -> Run:
        return self._run(clients, "-b", "tpcb-like")

    def pay(self, clients: int, *, one_region: bool = False, rate: float = 0) -> Run:
        low, high = (1, BILLS)
        script = _PAY.format(low=low, high=high, regions=REGIONS)
        if one_region:
            script = script.replace(
                ":bill,", f":bill::bigint / {REGIONS} * {REGIONS} + 1,"
            )
            script = script.replace(f":bill::int % {REGIONS}", "1")
        path = self.folder / "pay.sql"
        path.write_text(script)
        more = ("-R", f"{rate:.0f}") if rate else ()
        return self._run(clients, "-f", str(path), *more, role=ROLE)

    def _run(self, clients: int, *arguments: str, role: str = "") -> Run:
        logs = self.folder / f"log{time.monotonic_ns()}"
        logs.mkdir()
        printed = self._call(
            *("-n", "-M", "prepared", "-c", str(clients), "-j", "2"),
            *("-T", str(self.seconds), "-l", "--log-prefix", str(logs / "l")),
            *arguments,
            role=role,
        )
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
        return Run(tps, waits[int(len(waits) * 0.99)] / 1000)

    def _call(self, *arguments: str, role: str = "") -> str:
        from urllib.parse import parse_qs, unquote, urlsplit

        parts = urlsplit(url())
        host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
        done = subprocess.run(
            [self.pgbench, *arguments],
            env={
                **os.environ,
                "PGHOST": unquote(host),
                "PGPORT": str(parts.port or 5432),
                "PGUSER": parts.username or "",
                "PGDATABASE": parts.path.lstrip("/"),
                "PGOPTIONS": f"-c role={role}" if role else "",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def clients(self, kind: str, processes: int) -> Run:
        """Processes of Python that pay for some seconds.

        Raises:
            Absent: what they would use is not installed.
        """
        started = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "benchmarks.revenue_clients", kind),
                    *(str(self.seconds), str(number), str(processes)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for number in range(processes)
        ]
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
        waits = sorted(wait for one in told for wait in one["waits"])
        return Run(
            sum(one["done"] / one["seconds"] for one in told),
            waits[int(len(waits) * 0.99)],
        )


def tell(name: str, pairs: Sequence[tuple[Run, Run]], *, goal: str) -> None:
    """Medians, and the ratio of each round: its median and range."""
    if not pairs:
        return
    ratios = sorted(ours.tps / theirs.tps for ours, theirs in pairs)
    ours = statistics.median(one.tps for one, _ in pairs)
    theirs = statistics.median(one.tps for _, one in pairs)
    p99 = statistics.median(one.p99 for one, _ in pairs)
    peer = statistics.median(one.p99 for _, one in pairs)
    print(
        f"{name}: {ours:,.0f}/s against {theirs:,.0f}/s,"
        f" ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}),"
        f" goal {goal}; p99 {p99:.1f} and {peer:.1f} ms; load {load():.1f}",
        flush=True,
    )


def sizes() -> None:
    """Bytes of a payment with its posting and all indexes, and whether updates were HOT."""
    rows = sql(
        "SELECT (SELECT count(*) FROM revenue_payment),"
        " pg_total_relation_size('revenue_payment'),"
        " pg_total_relation_size('revenue_posting'),"
        " (SELECT 100.0 * n_tup_hot_upd / greatest(n_tup_upd, 1)"
        " FROM pg_stat_user_tables WHERE relname = 'revenue_bill')"
    )
    count, payment, posting, hot = (float(str(one)) for one in rows[0])
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
