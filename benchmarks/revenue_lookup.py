"""`python3 dev.py bench revenue_lookup [BILLS]`: look a bill up among five million.

Objects and ten years of bills of one region are made by SQL in a database of its own;
the real server (one granian worker, behind the walls as the app role) is then asked for
the page of random NOPs, counters against guessing included. One visitor at a time for
the latency that a visitor meets; then four at once. Prints median and 99th percentile.
"""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.scratch import ahead, database, server_ahead

ROOT = Path(__file__).resolve().parents[1]
NAME = "bench_revenue_lookup"
BILLS = 5_000_000
YEARS = 10
LOOKS = 1_500
WARM = 200
GOAL_MS = 50.0
REGION = "62.02"
_MADE = """
INSERT INTO revenue_taxrule (region_id, tax, begins_on, text, sha256, bylaw,
    illustrative, state, reason, proposed_at)
VALUES ('62.02', 'pbb', '2015-01-01', %(rule)s, 'x', 'contoh', true, 'approved', '',
    now());
INSERT INTO revenue_taxpayer (region_id, number, kind, name, name_masked, nik_hash,
    nik_masked, nib, address, illustrative, recorded_at)
SELECT '62.02', 'P' || n, 'person', 'Contoh ' || n, 'C•••••', '', '', '', '', true, now()
FROM generate_series(1, %(objects)s / 2) n;
INSERT INTO revenue_taxobject (region_id, tax, number, name, address, taxpayer_id,
    land_m2, building_m2, land_class, building_class, use, facts, state, exempt_reason,
    illustrative, recorded_at)
SELECT '62.02', 'pbb', '6202' || lpad(n::text, 13, '0') || '0', '', '',
    (SELECT min(id) FROM revenue_taxpayer) + n %% (%(objects)s / 2), 300, 70, '', '',
    '', '{}', 'active', '', true, now()
FROM generate_series(1, %(objects)s) n;
INSERT INTO revenue_bill (region_id, document, tax, year, period, seq, object_id,
    taxpayer_id, number, rule_id, facts, amount, received, due_on, state, illustrative,
    issued_at)
SELECT region_id, 'SPPT', 'pbb', y, 0, 0, o.id, taxpayer_id, number,
    (SELECT max(id) FROM revenue_taxrule),
    '{"use": "", "first": true, "land_m2": 300, "land_value": 400000,
      "building_m2": 70, "building_value": 1200000}',
    77600, CASE WHEN y < 2024 THEN 77600 ELSE 0 END, make_date(y, 9, 30), 'issued',
    true, make_date(y, 1, 12)
FROM generate_series(%(first)s, %(last)s) y, revenue_taxobject o;
"""


def main(argv: list[str]) -> int:
    """Print the times; 1 where the 99th percentile of one visitor is above the goal."""
    bills = int(argv[0]) if argv and argv[0].isdigit() else BILLS
    objects = bills // YEARS
    with database(NAME):
        began = time.perf_counter()
        _fill(objects)
        print(
            f"{objects * YEARS:,} bills of {objects:,} objects, made in"
            f" {time.perf_counter() - began:.0f} s; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        with server_ahead():
            return _served(objects)


def _fill(objects: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    import benchmarks.platform  # noqa: F401 - sets Django up, late: as below
    from habaring.shared import walls

    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_regions", verbosity=0)
    walls.give_app_role()
    values: dict[str, str | int] = {
        "rule": (ROOT / "src/habaring/revenue/rules/62.02/pbb.toml").read_text("utf-8"),
        "objects": objects,
        "first": 2027 - YEARS,
        "last": 2026,
    }
    values["rule"] = str(values["rule"]).replace("2024-01-05", "2015-01-01")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no history of these
        for statement in _MADE.split(";\n")[:-1]:
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM (ANALYZE) revenue_bill, revenue_taxobject")
    connection.close()


def _served(objects: int) -> int:
    # late: it sets Django up, which must find our own database
    from benchmarks.pages import free_port, wait_for

    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "habaring.config.settings",
        "DATABASE_ROLE": "habaring_app",
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "PLAIN_STATIC": "True",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi"]
    command += ["--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(
        [*command, "habaring.config.asgi:application"],
        env=environment,
        cwd=ROOT,
        preexec_fn=ahead,  # noqa: PLW1509 - no threads here
    )
    try:
        wait_for(port)
        ahead()
        draw = random.Random(20261122)  # noqa: S311 - which bills are asked for
        asyncio.run(_ask(port, objects, draw, WARM, 1))
        alone = _told("one visitor", asyncio.run(_ask(port, objects, draw, LOOKS, 1)))
        _told("four at once", asyncio.run(_ask(port, objects, draw, LOOKS, 4)))
    finally:
        server.terminate()
        server.wait(timeout=20)
    return 0 if alone <= GOAL_MS else 1


def _told(name: str, times: list[float]) -> float:
    times.sort()
    p99 = times[int(len(times) * 0.99)] * 1000
    print(
        f"{name:<14} median {statistics.median(times) * 1000:6.1f} ms"
        f"   p99 {p99:6.1f} ms   most {times[-1] * 1000:6.1f} ms"
        f"   load {os.getloadavg()[0]:.1f}"
    )
    return p99


async def _ask(
    port: int, objects: int, draw: random.Random, count: int, clients: int
) -> list[float]:
    """Each look-up from another network, so that no limit is met."""
    # late: as above
    from benchmarks.pages import answer

    times: list[float] = []
    queue = iter(range(count))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _number in queue:
            nop = f"6202{draw.randint(1, objects):013d}0"
            host = ".".join(str(draw.randint(1, 254)) for _part in range(3))
            begun = time.perf_counter()
            writer.write(
                f"GET /daerah/{REGION}/pajak/nop/{nop}/ HTTP/1.1\r\n"
                f"Host: localhost\r\nAccept-Encoding: gzip\r\n"
                f"X-Forwarded-For: 36.{host}\r\n\r\n".encode()
            )
            status, _size = await answer(reader)
            if status != 200:
                raise SystemExit(f"{nop} answered {status}")
            times.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(one() for _client in range(clients)))
    return times


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
