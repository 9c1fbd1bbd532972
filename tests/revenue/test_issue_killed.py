"""A run whose process is killed goes on without billing anybody twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.models import Sum

from habaring.revenue import issuing
from habaring.revenue.actions import issue as runs
from habaring.revenue.models import Bill, IssuePart, IssueState, Posting
from tests import makers as people
from tests.revenue import makers

AT = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)
VILLAGES, EACH = 12, 5
RUN = """
import sys, time
import django
django.setup()
from datetime import datetime, UTC
from habaring.revenue import issuing
inner = issuing._insert
def slow(*given):
    inner(*given)
    time.sleep(0.4)  # the bills are written, and nothing is committed
issuing._insert = slow
issuing.run(issue=int(sys.argv[1]), region="62.02", clock=lambda: datetime.now(UTC), hands=2)
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_goes_on_where_it_was() -> None:
    region = people.region("62.02")
    makers.rule(region)
    makers.classes(region)
    owner = makers.taxpayer(region)
    for village in range(VILLAGES):
        for n in range(EACH):
            makers.object(region, owner, number=f"62020600{village:02d}{n:07d}0")
    plan = runs.Plan(2026, date(2026, 9, 30))
    issue = runs.prepare(region=region, plan=plan, by=None, at=AT)
    issuing.forecast(issue=issue.pk, region="62.02", clock=lambda: AT, hands=2)
    runs.start(issue=issue, by=None, at=AT)

    address = people.database_url(connection.settings_dict["NAME"])
    kills = 0
    while IssuePart.objects.filter(issue=issue, done_at=None).count() > 4:
        before = IssuePart.objects.filter(issue=issue, done_at=None).count()
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(issue.pk)],
            env={**os.environ, "DATABASE_URL": address},
        )
        while (
            IssuePart.objects.filter(issue=issue, done_at=None).count() > before - 2
            and process.poll() is None
        ):
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        assert kills < 20, "the run does not begin"
    _gone()
    assert kills >= 2
    assert issuing.run(issue=issue.pk, region="62.02", clock=lambda: AT)

    issue.refresh_from_db()
    bills = Bill.objects.filter(region=region, year=2026)
    assert issue.state == IssueState.DONE
    assert bills.count() == bills.values("number").distinct().count() == 60
    assert sum(bill.facts["first"] for bill in bills) == 1
    posted = Posting.objects.filter(region=region).aggregate(n=Sum("amount"))["n"]
    assert posted == bills.aggregate(n=Sum("amount"))["n"]
    assert Posting.objects.filter(region=region).count() == VILLAGES
    assert issuing.numbers_of(issue).bills == 60


def _gone() -> None:
    """Wait until the server has noticed that its client is dead."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                " current_database() AND pid <> pg_backend_pid()"
                " AND xact_start IS NOT NULL"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)
