"""`python3 dev.py bench revenue [PART …]`: every figure of the revenue domain.

    payments   the payment's own statement against pgbench's TPC-B-like, 8 and 16 clients
    regions    all payments to one region against the same spread over 33
    python     `ledger.pay` and `ledger.pay_many` from 8 processes of Django
    peers      `ledger.pay` against an entry of django-hordak and of django-ledger
    half       p99 of a payment at half the load
    reconcile  a million lines against a million payments
    issue      a year's bills against a bare COPY            (alone: bench revenue_issue)
    lookup     the page of a bill among five million         (alone: bench revenue_lookup)
    http       the whole HTTP callback against TPC-B-like    (alone: bench revenue_http)
    tax        a roll of a million objects against OpenFisca (alone: bench tax)

All of them where none is named. They run on a durable server of their own (fsync on,
synchronous commit, the settings of `habaring up`), which is removed at the end. With
--ahead the measured processes go before others on a machine that is shared (Linux, needs
the right to it). Ends with 1 where a part fails or what was written does not agree.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "var" / "pg-revenue"
PAYMENTS = ("payments", "regions", "python", "peers", "half")
INSIDE = (*PAYMENTS, "reconcile", "issue", "lookup")
PARTS = (*INSIDE, "http", "tax")


def main(argv: Sequence[str]) -> int:
    """Print the figures, part by part."""
    given = _arguments(argv)
    if given.ahead:
        os.environ["BENCH_AHEAD"] = "1"
    parts = given.parts or list(PARTS)
    if given.inside:
        return _inside(given, parts)
    failed = 0
    if set(parts) & set(INSIDE):
        failed |= _on_durable_server(argv)
    rounds = (str(given.rounds), str(given.seconds))
    if "http" in parts:
        failed |= _other("http", "revenue_http", *rounds)
        if not given.keep:
            _remove(ROOT / "var" / "pg-revenue-http")
    if "tax" in parts:
        failed |= _other("tax", "tax", "--rows", str(given.objects))
    return failed


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench revenue",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each timed run")
    parser.add_argument("--bills", type=int, default=1_500_000, help="to pay, to issue")
    parser.add_argument("--known", type=int, default=5_000_000, help="bills to look up")
    parser.add_argument("--objects", type=int, default=1_000_000, help="of the roll")
    parser.add_argument("--ahead", action="store_true", help="before other work")
    parser.add_argument("--keep", action="store_true", help="keep the server's data")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _on_durable_server(argv: Sequence[str]) -> int:
    """This programme again beside a server of its own, durable as `habaring up` has it."""
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    server = (sys.executable, "-m", "habaring.config.embedded", "--data", str(DATA))
    inside = (sys.executable, "-m", "benchmarks.revenue", *argv, "--inside")
    try:
        return subprocess.call([*server, "--", *inside], cwd=ROOT, env=environment)
    finally:
        if "--keep" not in argv:
            _remove(DATA)


def _remove(data: Path) -> None:
    cluster = data / "pg"
    if cluster.is_symlink():  # where the account could not enter our folder
        shutil.rmtree(cluster.resolve().parent)
    shutil.rmtree(data, ignore_errors=True)


def _inside(given: argparse.Namespace, parts: Sequence[str]) -> int:
    failed = 0
    if set(parts) & set(PAYMENTS):
        failed |= _payments(given, parts)
    if "reconcile" in parts:
        from benchmarks.revenue_payments import reconcile

        print("## reconcile", flush=True)
        reconcile()
    if "issue" in parts:
        failed |= _other("issue", "revenue_issue", str(given.bills))
    if "lookup" in parts:
        failed |= _other("lookup", "revenue_lookup", str(given.known))
    return failed


def _payments(given: argparse.Namespace, parts: Sequence[str]) -> int:
    # late: what it measures needs a server
    from benchmarks import revenue_payments
    from benchmarks.scratch import server_ahead

    pgbench = find_pgbench()
    if pgbench is None:
        print("pgbench is not on PATH: nothing to compare payments with.")
        return 1
    print("## payments", flush=True)
    revenue_payments.prepare(given.bills)
    bench = revenue_payments.Bench(
        pgbench, rounds=given.rounds, seconds=given.seconds, bills=given.bills
    )
    with server_ahead():
        for part in PAYMENTS:
            if part in parts:
                getattr(bench, part)()
    bench.close()
    revenue_payments.agree(bench.paid)
    revenue_payments.sizes()
    return 0


def _other(part: str, name: str, *arguments: str) -> int:
    """A benchmark of its own, as a process of its own; 1 where it did not reach its goal."""
    print(f"## {part}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    if subprocess.call(command, cwd=ROOT):
        print(f"{part}: failed, or its goal was not reached", flush=True)
        return 1
    return 0


def find_pgbench() -> str | None:
    """That of the embedded server, or one on PATH or where Debian puts it."""
    from habaring.config.embedded import package_binaries

    own = package_binaries() / "bin" / "pgbench"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    found = [str(one) for one in (own, *reversed(debian)) if one.exists()]
    return shutil.which("pgbench") or (found[0] if found else None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
