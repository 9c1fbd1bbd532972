"""A whole storm: a cluster with a town's bills, the web server, the bank, and the killer."""

import contextlib
import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import psycopg
from django.db import connection
from django.utils.timezone import localdate, now

from habaring.config.embedded import package_binaries
from habaring.revenue.bank.signing import Signer
from habaring.revenue.gateways import callers, owing
from habaring.revenue.models import Bill, Charge, Partner, Token
from habaring.shared import walls
from tests.makers import region
from tests.revenue import banks, makers
from tests.revenue.storm import checks
from tests.revenue.storm.app import App
from tests.revenue.storm.bank import PATIENCE, SLOWEST, Money, Target, Traffic
from tests.revenue.storm.cluster import Cluster, cluster

AMOUNT = 77_600
END_SECONDS = PATIENCE + 60
"""After the last kill everything has its answer by then, or has none."""


@dataclass(frozen=True)
class Weather:
    """How a storm blows. `power`: the power is cut instead of PostgreSQL killed.

    `kills`: of PostgreSQL at the least; workers of the web server die between them.
    """

    seconds: float = 60
    kills: int = 10
    power: bool = False
    fault: str = ""
    settings: tuple[str, ...] = ()


@dataclass
class Report:
    """What happened, and what does not hold."""

    payments: int = 0
    acked: int = 0
    requests: int = 0
    kills: int = 0
    cuts: int = 0
    app_kills: int = 0
    seconds: float = 0
    violations: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    money: list[Money] = field(default_factory=list, repr=False)

    def __str__(self) -> str:
        counted = ", ".join(
            f"{what}: {n:,}" for what, n in sorted(self.counted.items())
        )
        return (
            f"{self.payments:,} payments ({self.acked:,} acknowledged) in"
            f" {self.requests:,} requests and {self.seconds:.0f} s; PostgreSQL killed"
            f" {self.kills} times, power cut {self.cuts} times, web server or worker"
            f" killed {self.app_kills} times; {counted};"
            f" violations: {self.violations or 'none'}"
        )


@dataclass(frozen=True)
class Town:
    """What the storm pays: made once in the database of the tests, then dumped."""

    signer: Signer
    targets: Sequence[Target]

    def part(self, first: int, last: int | None = None) -> "Town":
        """With some of its bills alone."""
        return replace(self, targets=self.targets[first:last])


def town(bills: int) -> Town:
    """Bills with a virtual account and a QRIS charge each, a bank, its token."""
    at = now()
    kotim = region("62.02")
    signer = banks.bank(kotim, at)
    rule = makers.rule(kotim)
    obj = makers.object(kotim)
    due = localdate(at) + timedelta(days=60)
    made = [
        Bill(
            region=kotim,
            document="SPPT",
            tax="pbb",
            year=2026,
            object=obj,
            taxpayer=obj.taxpayer,
            number=f"{620206000101200010 + 10 * n}",
            rule=rule,
            facts={},
            amount=AMOUNT,
            due_on=due,
            illustrative=True,
            issued_at=at,
        )
        for n in range(bills)
    ]
    Bill.objects.bulk_create(made)
    qris = Partner.objects.get(kind="qris")
    Charge.objects.bulk_create(
        Charge(
            region=kotim,
            partner=qris,
            reference=f"6202-{bill.id:016d}",
            bills=[[bill.id, AMOUNT]],
            amount=AMOUNT,
            created_at=at,
            expires_at=at + timedelta(days=1),
        )
        for bill in made
    )
    va = callers.by_id("VA-62.02", region="62.02", at=at)
    signer.token = callers.give_token(va, region="62.02", at=at)
    Token.objects.update(expires_at=at + timedelta(hours=2))
    targets = [
        Target(
            bill.id, owing.customer_of_bill(bill), f"6202-{bill.id:016d}", bill.amount
        )
        for bill in made
    ]
    return Town(signer, targets)


def dumped(folder: Path) -> Path:
    """The database of the tests as it stands, to be brought into a cluster."""
    target = folder / "town.dump"
    database = connection.settings_dict
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    env = os.environ | {"PGPASSWORD": str(database["PASSWORD"] or "")}
    at = [f"--host={database['HOST']}", f"--username={database['USER']}"]
    if database["PORT"]:
        at.append(f"--port={database['PORT']}")
    binary = str(package_binaries() / "bin" / "pg_dump")
    subprocess.run(
        [binary, *words, *at, str(database["NAME"])],
        env={key: value for key, value in env.items() if value},
        check=True,
        timeout=120,
    )
    return target


def _give_role(url: str) -> None:
    """What `walls.give_app_role` does, in the storm's own database."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(walls._MAKE_ROLE)
        database.execute(walls._GIVE_ROLE)


@contextlib.contextmanager
def sea(folder: Path, dump: Path, weather: Weather) -> Iterator[Cluster]:
    """A cluster for one storm, or for some that follow one another."""
    with cluster(folder, dump, power=weather.power) as server:
        _give_role(server.url)
        for setting in weather.settings:
            server.run(f"ALTER DATABASE habaring SET {setting}")
        yield server


def blow(folder: Path, dump: Path, made: Town, weather: Weather) -> Report:
    """Run one in a cluster of its own, and say what happened."""
    with sea(folder, dump, weather) as server:
        return over(server, made, weather)


def over(
    server: Cluster, made: Town, weather: Weather, *, before: Sequence[Money] = ()
) -> Report:
    """Run one over a cluster; `before`: what came in there by an earlier one."""
    log = server.folder.with_name("web.log")
    app = App(server.url, log, fault=weather.fault)
    try:
        app.start()
        app.wait()
        return _blown(server, app, made, weather, before)
    finally:
        app.kill()


def _blown(
    server: Cluster,
    app: App,
    made: Town,
    weather: Weather,
    before: Sequence[Money],
) -> Report:
    traffic = Traffic(app.port, made.signer, made.targets)
    calm = threading.Event()
    bank = threading.Thread(
        target=traffic.run, args=(weather.seconds, calm), daemon=True
    )
    begun = time.monotonic()
    bank.start()
    # not in a thread: PostgreSQL follows the thread that started it when that ends
    try:
        _kill_again_and_again(server, app, weather)
    finally:
        calm.set()
    deadline = time.monotonic() + weather.seconds + END_SECONDS
    while bank.is_alive() and time.monotonic() < deadline:
        server.look_after()
        bank.join(2)
    if bank.is_alive():
        raise TimeoutError(f"The bank came to no end: {dict(traffic.counted)}")
    seconds = time.monotonic() - begun
    app.kill()
    if weather.power:
        server.cut_power()
    else:
        server.kill()
    server.start()
    waited = sorted(traffic.waited) or [0.0]
    traffic.counted["web server started"] = app.starts
    traffic.counted["lost PostgreSQL restarted"] = server.mended
    if "NEVER ANSWERED" in traffic.counted:
        asked = Counter(f"{one.what} {one.money}" for one in traffic.waiting)
        traffic.counted.update(dict(asked.most_common(5)))
    traffic.counted["p50 ms"] = round(1000 * waited[len(waited) // 2])
    return Report(
        payments=len(traffic.money),
        acked=len(traffic.acked),
        requests=traffic.counted.pop("requests"),
        kills=server.kills,
        cuts=server.cuts,
        app_kills=app.kills,
        seconds=seconds,
        violations=checks.violations(server.url, [*before, *traffic.money]),
        counted=dict(traffic.counted),
        money=traffic.money,
    )


def _kill_again_and_again(server: Cluster, app: App, weather: Weather) -> None:
    """The database about every `seconds / kills`, and a worker between two of these."""
    chance = random.Random(99)  # noqa: S311 - a storm that can be repeated
    pause = weather.seconds / (weather.kills + 1)
    begun, done = time.monotonic(), 0
    while done < weather.kills:
        if time.monotonic() > begun + weather.seconds + SLOWEST:
            raise TimeoutError(f"PostgreSQL is too slow to come back: {done} kills")
        done += 1
        middle = begun + pause * (done - 0.5) - time.monotonic()
        time.sleep(max(0.0, middle))
        app.kill_worker()
        rest = begun + pause * done + chance.random() * pause / 4 - time.monotonic()
        time.sleep(max(0.0, rest))
        if weather.power:
            server.cut_power()
            server.start()
        elif chance.random() < 0.25:
            server.kill_backend()
        else:
            server.kill()
            server.start()
