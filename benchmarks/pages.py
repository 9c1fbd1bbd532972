"""`python3 dev.py bench pages`: the public region page against a bare page.

The 514 regions' real values are loaded when `../shared/data` is there, and a national
index edition is published over them; else the demo's fourteen. One granian worker, 8
connections kept alive, bounded in count; the server is on this machine.
"""

import asyncio
import csv
import gzip
import os
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from benchmarks.platform import prepare
from habaring.assessment.observations import Row

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "indicators" / "indicators.csv.gz"
CONNECTIONS = 8
REQUESTS = 1500
FIRST_YEAR = 2018
ANEW = "sessionid=nobody"  # a session is never answered from the kept pages
# name in the open data → code in the catalogue
NAMES = {
    "ipm": "K01",
    "mean_years_schooling_15plus": "K02a",
    "life_expectancy": "K03",
    "adjusted_expenditure_per_capita": "K05",
    "poverty_rate": "K06",
    "unemployment_rate": "K08",
    "grdp_per_capita_const2010": "K10a",
    "access_drinking_water": "K15a",
    "access_sanitation": "K16a",
    "labour_participation_rate": "K37",
}


def main(argv: list[str]) -> int:
    """Load, serve, ask, and print requests a second and the 99th percentile."""
    prepare()
    from habaring.regions.models import Region

    load_country()
    port = free_port()
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.served",
        "LOG_LEVEL": "ERROR",
    }
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "asgi",
            "--port",
            str(port),
            "--log-level",
            "error",
            "habaring.config.asgi:application",
        ],
        env=env,
        cwd=ROOT,
    )
    try:
        wait_for(port)
        codes = list(Region.objects.local().values_list("code", flat=True))
        print(f"{'page':<44}{'requests/s':>11}{'median ms':>11}{'p99 ms':>9}{'KB':>7}")
        paths = [f"/daerah/{code}/" for code in codes]
        bare = ask("bare page: one query, one template", port, ["/polos/"])
        kept = ask("region page, Kotim", port, ["/daerah/62.02/"])
        every = ask("region page, all regions in turn", port, paths)
        made = ask(
            "region page made anew each time, Kotim",
            port,
            ["/daerah/62.02/"],
            cookie=ANEW,
        )
        home = ask("front page", port, ["/"])
        for name, rate in (
            ("Kotim", kept),
            ("all regions in turn", every),
            ("made anew each time", made),
            ("front page", home),
        ):
            print(f"{name}: {rate / bare:.2f} of the bare page's requests a second")
    finally:
        server.terminate()
        server.wait(timeout=20)
    return 0


def load_country() -> None:
    """Real values of every region, by the actions that people use, once."""
    from django.utils.timezone import now

    from habaring.assessment import actions
    from habaring.assessment.models import Framework, IndexEdition
    from habaring.assessment.selection import EditionPlan
    from habaring.regions.models import Region

    if not DATA.exists():
        print("../shared/data is absent: the demo's regions only", file=sys.stderr)
        return
    if IndexEdition.objects.filter(peers__gt=500).exists():
        return
    print("loading the 514 regions' real values …", file=sys.stderr)
    local = {region.code: region for region in Region.objects.local()}
    by_province: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of_data():
        if row.region in local:
            by_province[row.region[:2]].append(row)
    for rows in by_province.values():
        actions.record_observations(
            region=None, rows=rows, upload=None, by=None, at=now()
        )
    actions.publish_edition(
        region=Region.objects.get(code="31"),
        plan=EditionPlan(
            framework=Framework.objects.get(code="kominfo-2022"),
            year=2024,
            peers=tuple(local.values()),
        ),
        by=None,
        at=now(),
    )


def rows_of_data() -> Iterator[Row]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["indicator"] in NAMES and int(line["year"]) >= FIRST_YEAR:
                yield Row(
                    region=line["region_code"],
                    indicator=NAMES[line["indicator"]],
                    year=int(line["year"]),
                    value=Decimal(line["value"]),
                    source=line["source"][:300],
                    note="as published",
                )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def ask(name: str, port: int, paths: list[str], *, cookie: str = "") -> float:
    """Ask `REQUESTS` times over kept connections; print and return requests a second."""
    asyncio.run(load(port, paths, len(paths) + CONNECTIONS, cookie))  # warm
    start = time.perf_counter()
    times, size = asyncio.run(load(port, paths, REQUESTS, cookie))
    rate = REQUESTS / (time.perf_counter() - start)
    times.sort()
    print(
        f"{name:<44}{rate:>11.0f}{statistics.median(times) * 1000:>11.1f}"
        f"{times[int(len(times) * 0.99)] * 1000:>9.1f}{size / 1024:>7.1f}"
    )
    return rate


async def load(
    port: int, paths: list[str], count: int, cookie: str
) -> tuple[list[float], int]:
    times: list[float] = []
    sizes: list[int] = []
    queue = iter(range(count))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in queue:
            path = paths[number % len(paths)]
            begun = time.perf_counter()
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n"
                f"Cookie: {cookie}\r\n\r\n".encode()
            )
            status, size = await answer(reader)
            if status != 200:
                raise SystemExit(f"{path} answered {status}")
            times.append(time.perf_counter() - begun)
            sizes.append(size)
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return times, max(sizes)


async def answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    fields = dict(
        line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
    )
    if "content-length" in fields:
        return status, len(await reader.readexactly(int(fields["content-length"])))
    size = 0
    while True:
        length = int((await reader.readline()).strip(), 16)
        await reader.readexactly(length + 2)
        if not length:
            return status, size
        size += length


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
