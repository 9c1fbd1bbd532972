"""`python3 dev.py bench national`: the ministry's pages over the whole country.

A scratch database with 514 regions × 10 years × 120 indicators (616,800 observations),
eight cohorts with four stages and eleven pieces of work a region, and results of three
years. What is measured is the server: the view from request to rendered bytes, without
the network, as the programme office sees it and as the public does: while nothing
changes, and with a write of the programme before each request, so that what is kept is
made anew; then the public page out of the cache. The limit is 300 ms at the 95th
percentile, for each page; beside it stand the process's own CPU and the time that it
waited for the database (medians), which say more than the clock on a busy machine.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from benchmarks import scratch

if TYPE_CHECKING:
    from django.test import Client

YEARS = range(2016, 2026)
INDICATORS = 120
COHORTS = range(2017, 2025)
EACH = 62  # regions of a cohort, so that most of the 514 have a history
LIMIT_MS = 300
TIMES = 40
AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)


def main(argv: list[str]) -> int:
    """Make the country, ask each page, print its times; 1 where a limit is broken."""
    with scratch.database("habaring_bench_national"):
        begun = time.perf_counter()
        _make()
        print(f"made in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        with scratch.server_ahead():
            scratch.ahead()
            return _measure()


def _make() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habaring.config.settings")
    os.environ.setdefault("PLAIN_STATIC", "True")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_regions", verbosity=0)
    _observations()
    _cohorts()
    _results()
    scratch.query("VACUUM ANALYZE")
    rows = scratch.query("SELECT count(*) FROM assessment_observation")[0][0]
    print(f"{rows:,} observations", file=sys.stderr)


def _observations() -> None:
    from habaring.assessment.models import Direction, Indicator

    Indicator.objects.bulk_create(
        Indicator(
            code=f"B{n:03d}",
            name_id=f"Indikator {n}",
            name_en=f"Indicator {n}",
            family="bench",
            unit_id="%",
            direction=Direction.HIGHER,
        )
        for n in range(1, INDICATORS + 1)
    )
    first, last = YEARS[0], YEARS[-1]
    # the history of what was never typed is not what is measured
    scratch.query("ALTER TABLE assessment_observation DISABLE TRIGGER USER")
    scratch.query(
        "INSERT INTO assessment_observation (region_id, id, indicator_id, year,"  # noqa: S608 - our own numbers
        " revision, value, status, provisional, source, source_url, note, illustrative,"
        " recorded_at) SELECT r.code, gen_random_uuid(), i.id, y, 1,"
        " (random() * 100)::numeric(24, 6), 'value', false, 'bench', '', '', false, now()"
        " FROM regions_region r, assessment_indicator i,"
        f" generate_series({first}, {last}) y"
        " WHERE r.kind IN ('kabupaten', 'kota') AND r.closed_on IS NULL"
        " AND i.family = 'bench'"
    )
    scratch.query("ALTER TABLE assessment_observation ENABLE TRIGGER USER")


def _cohorts() -> None:
    """By the models, in bulk: the verbs would ask for years of calls and letters."""
    from habaring.guidance.actions import cohorts
    from habaring.guidance.models import Assignment, Cohort, Enrolment, Sitting
    from habaring.regions.models import Region

    codes = list(Region.objects.local().values_list("code", flat=True))
    for turn, year in enumerate(COHORTS):
        row = cohorts.record_cohort(call=cohorts.Call(year), by=None, at=AT)
        Cohort.objects.filter(pk=row.pk).update(
            state="finished", listed_whole=year < 2021, official_count=EACH
        )
        mine = codes[turn * EACH : (turn + 1) * EACH]
        last = year == COHORTS[-1]
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(
                cohort=row,
                region_id=code,
                state="guided" if last else "finished",
                recorded_at=AT,
            )
            for code in mine
        )
        stages = list(row.stages.prefetch_related("templates"))
        Sitting.objects.bulk_create(
            Sitting(
                enrolment=one,
                stage=stage,
                region_id=one.region_id,
                starts_on=date(year, 5 + stage.number, 1),
                ends_on=date(year, 5 + stage.number, 2),
                place="Balai",
                held=True,
                closed_at=None if last and stage.number > 2 else AT,
                recorded_at=AT,
            )
            for one in enrolments
            for stage in stages
        )
        Assignment.objects.bulk_create(
            Assignment(
                enrolment=one,
                template=template,
                region_id=one.region_id,
                state="todo" if last and stage.number > 2 else "booked",
                due_on=date(year, 12, 1),
                changed_at=AT,
            )
            for one in enrolments
            for stage in stages
            for template in stage.templates.all()
        )


def _results() -> None:
    """Three years of results for every region that finished."""
    from decimal import Decimal

    from habaring.evaluation.models import Result
    from habaring.guidance.models import Enrolment

    finished = Enrolment.objects.filter(state="finished").values_list(
        "region_id", flat=True
    )
    Result.objects.bulk_create(
        Result(
            region_id=code,
            year=year,
            stage=1,
            index=Decimal("2.5"),
            improvement=Decimal("0.1"),
            announced_at=AT,
            published_at=AT,
            source="bench",
        )
        for code in finished
        for year in (2022, 2023, 2024)
    )


def _measure() -> int:
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    office, public = _office(), Client()
    session = Client()  # a session is never answered from the kept pages
    session.cookies["sessionid"] = "nobody"
    desk, country = "/ruang-kerja/angkatan/", "/nasional/"
    pages: list[tuple[str, Client, str, bool]] = [
        ("programme office: all regions", office, desk, False),
        ("programme office: late work first", office, f"{desk}?urut=telat", False),
        ("programme office: most numbers first", office, f"{desk}?urut=angka", False),
        ("programme office: after a write", office, desk, True),
        ("public: the country", session, country, False),
        ("public: the country after a write", session, country, True),
        ("public: the country in 2019", session, f"{country}?tahun=2019", False),
        ("public: a cohort", session, f"{country}angkatan/2022/", False),
        ("public: the whole list as CSV", session, f"{country}daerah.csv", False),
        ("public: the country, kept whole", public, country, False),
    ]
    heads = ("p50 ms", "p95 ms", "limit", "ratio", "CPU ms", "DB ms", "queries", "KB")
    print(f"{'page':<38}" + "".join(f"{head:>9}" for head in heads))
    broken = 0
    for name, client, path, write in pages:
        cost = _cost(client, path, write=write)
        broken += cost.p95 > LIMIT_MS
        print(
            f"{name:<38}{cost.p50:>9.1f}{cost.p95:>9.1f}{LIMIT_MS:>9}"
            f"{cost.p95 / LIMIT_MS:>9.2f}{cost.cpu:>9.1f}{cost.database:>9.1f}"
            f"{cost.queries:>9}{cost.size / 1024:>9.0f}"
        )
    return 1 if broken else 0


@dataclass(frozen=True)
class Cost:
    """Of one page, in milliseconds; `queries` and `size` (bytes) of the last answer."""

    p50: float
    p95: float
    cpu: float
    database: float
    queries: int
    size: int


def _cost(client: "Client", path: str, *, write: bool) -> Cost:
    from django.db import connection

    size = 0
    for _warm in range(3):
        size = _size(client.get(path))
    wall, cpu, database = [], [], []
    for _turn in range(TIMES):
        if write:
            _write()
        waited = Waited()
        begun, used = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(waited):
            _size(client.get(path))
        wall.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.process_time() - used) * 1000)
        database.append(sum(waited.spans) * 1000)
    wall.sort()
    return Cost(
        statistics.median(wall),
        wall[int(len(wall) * 0.95)],
        statistics.median(cpu),
        statistics.median(database),
        len(waited.spans),
        size,
    )


class Waited:
    """How long each statement took, as the process saw it."""

    def __init__(self) -> None:
        self.spans: list[float] = []

    def __call__(self, execute: Callable[..., object], *given: object) -> object:
        begun = time.perf_counter()
        try:
            return execute(*given)
        finally:
            self.spans.append(time.perf_counter() - begun)


def _write() -> None:
    """One audited write of the programme: a piece of work is begun."""
    from django.db import transaction

    from habaring.guidance.models import Assignment
    from habaring.shared import audit

    with transaction.atomic():
        row = Assignment.objects.filter(enrolment__state="guided")[:1].get()
        Assignment.objects.filter(pk=row.pk).update(changed_at=AT)
        audit.record(
            by=None,
            at=AT,
            verb="guidance.assignment.begun",
            subject=row,
            region=row.region_id,
        )


def _size(response: object) -> int:
    """Read it whole: a download is made while it is read."""
    if response.status_code != 200:  # type: ignore[attr-defined]
        raise SystemExit(f"answered {response.status_code}")  # type: ignore[attr-defined]
    if response.streaming:  # type: ignore[attr-defined]
        return len(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return len(response.content)  # type: ignore[attr-defined]


def _office() -> "Client":
    """Somebody of the programme office, signed in with a second step."""
    from django.test import Client

    from habaring.people.models import Account, Membership, Role

    account = Account.objects.create_account(
        email="kantor@contoh.id",
        full_name="Kantor",
        password="empat kata yang jauh",  # noqa: S106 - of a scratch database
    )
    Membership.objects.create(
        account=account,
        role=Role.objects.get(code="programme_office"),
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )
    client = Client()
    client.force_login(account)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(account.pk)
    session["traced_at"] = int(time.time())
    session.save()
    return client


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
