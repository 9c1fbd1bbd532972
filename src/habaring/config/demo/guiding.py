"""The demo of guidance: who took part since 2017 as published; Kotawaringin Timur's four
stages of 2022, with real days and names where a source has them; and a cohort of this
year with three regions, all of which is an example.
"""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate, make_aware

from habaring.guidance import shipped
from habaring.guidance.actions import attending, cohorts, lists, mentors, stages, work
from habaring.guidance.models import (
    Assignment,
    Cohort,
    CohortState,
    Enrolment,
    Sitting,
    Standing,
)
from habaring.masterplan.models import Section
from habaring.regions.models import Region
from habaring.shared.refusal import Refusal

DAY = timedelta(days=1)
EXAMPLE = "Contoh: di peragaan ini tidak semua bagian tertulis."
_TRENDS = (
    "Contoh: penduduk bertambah dan menetap di sepanjang jalan utama.\n\n"
    "Contoh: layanan daring dipakai di kota, sedangkan desa di hulu belum bersinyal."
)


def tell(region: Region, text: str, *, at: datetime) -> None:
    """The lists, the year 2022 of the region, and the cohort of this year."""
    facts = tomllib.loads(text)
    _lists(at)
    _year_2022(region, facts, at=at)
    _this_year(facts, at=at)


def _lists(at: datetime) -> None:
    known = set(Region.objects.local().values_list("code", flat=True))
    told = shipped.cohorts()
    rows = [
        lists.ListedRegion(code, one["year"], named["source"], named.get("sure", True))
        for one in told
        for named in one["list"]
        for code in named["codes"]
        if code in known
    ]
    years = [
        lists.ListedYear(
            one["year"], one["official_count"], one["whole"], one["source"]
        )
        for one in told
    ]
    lists.record_lists(years=years, rows=rows, by=None, at=at)


def _year_2022(region: Region, facts: Mapping[str, Any], *, at: datetime) -> None:
    cohort = Cohort.objects.get(year=2022)
    cohorts.lay_out(cohort=cohort)
    enrolment = Enrolment.objects.get(cohort=cohort, region=region)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=Standing.GUIDED)
    enrolment.refresh_from_db()
    mentors.assign_mentor(
        region=region,
        guide=mentors.Guide(
            name="Pendamping contoh",
            institution="Perguruan tinggi (contoh)",
            expertise="Tata kelola",
            since=date(2022, 6, 1),
            until=date(2022, 12, 1),
            cohort=cohort,
            illustrative=True,
        ),
        by=None,
        at=at,
    )
    for told in facts["stage"]:
        sitting = _sitting(enrolment, told, facts)
        when = _moment(told["ends_on"]) + 20 * DAY
        _work(sitting, at=when)
        stages.close_stage(sitting=sitting, reason=EXAMPLE, by=None, at=when + 5 * DAY)
    cohorts.finish(
        enrolment=enrolment,
        award=facts["award"],
        by=None,
        at=_moment(date(2022, 12, 1)),
    )
    source = f"{enrolment.source}; {facts['award_source']}"
    Enrolment.objects.filter(pk=enrolment.pk).update(source=source[:300])


def _moment(day: date) -> datetime:
    return make_aware(datetime.combine(day, time(16)))


def _sitting(
    enrolment: Enrolment, told: Mapping[str, Any], facts: Mapping[str, Any]
) -> Sitting:
    when = _moment(told["starts_on"]) - 30 * DAY
    sitting = stages.plan_sitting(
        enrolment=enrolment,
        stage=enrolment.cohort.stages.get(number=told["number"]),
        days=stages.Days(
            told["starts_on"],
            told["ends_on"],
            told["place"],
            told["method"],
            told["source"],
            told["illustrative"],
        ),
        by=None,
        at=when,
    )
    stages.set_programme(
        sitting=sitting,
        agenda=[_point(*row) for row in told["agenda"]],
        speakers=[stages.Voice(*row) for row in told["speakers"]],
        by=None,
        at=when,
    )
    if told["illustrative"]:
        _people(sitting, facts["people"]["list"])
    return stages.mark_held(sitting=sitting, by=None, at=_moment(told["ends_on"]))


def _point(day: int, starts: str, ends: str, title: str, who: str) -> stages.Point:
    return stages.Point(
        day, title, time.fromisoformat(starts), time.fromisoformat(ends), who
    )


def _people(sitting: Sitting, rows: Sequence[Sequence[str]]) -> None:
    guests = [
        attending.Guest(name, pillar, office, illustrative=True)
        for name, office, pillar in rows
    ]
    when = _moment(sitting.starts_on)
    attending.invite(sitting=sitting, guests=guests, by=None, at=when - DAY)
    for day in range(1, sitting.days + 1):
        numbers = [n for n in range(1, len(rows) + 1) if (n + day) % 6]
        attending.tick(
            sitting=sitting,
            day=day,
            numbers=numbers,
            by=None,
            at=when + (day - 1) * DAY,
        )


def _work(sitting: Sitting, *, at: datetime) -> None:
    """Hand in what the demo's master plan has, and let it enter the book."""
    rows = Assignment.objects.filter(
        enrolment=sitting.enrolment_id, template__stage=sitting.stage_id
    )
    for row in rows:
        Assignment.objects.filter(pk=row.pk).update(illustrative=True)
        with suppress(Refusal):  # a part of it is not written in the demo
            work.hand_in(assignment=row, note="Contoh", by=None, at=at)
            work.approve(assignment=row, reason="Contoh", by=None, at=at + DAY)
            work.put_in_book(assignment=row, by=None, at=at + 2 * DAY)


# The cohort of this year


def _this_year(facts: Mapping[str, Any], *, at: datetime) -> None:
    year = localdate(at).year
    if Cohort.objects.filter(year=year).exists():
        return
    begun = at - 120 * DAY
    call = cohorts.Call(
        year,
        seats=2,
        apply_from=begun,
        apply_until=begun + 30 * DAY,
        illustrative=True,
    )
    cohort = cohorts.record_cohort(call=call, by=None, at=begun)
    cohort = cohorts.open_call(cohort=cohort, by=None, at=begun)
    meets = {one["code"]: True for one in shipped.method()["requirements"]}
    for code, told in facts["applicants"].items():
        enrolment = cohorts.apply(
            region=Region.objects.get(code=code),
            cohort=cohort,
            wish=cohorts.Wish(
                told["statement"], meets, "Diskominfo", illustrative=True
            ),
            by=None,
            at=begun + 10 * DAY,
        )
        points = {key: str(value) for key, value in told["points"].items()}
        cohorts.rate(
            enrolment=enrolment,
            rating=cohorts.Rating(points, meets),
            by=None,
            at=begun + 35 * DAY,
        )
    cohort = cohorts.close_call(cohort=cohort, by=None, at=begun + 31 * DAY)
    cohort = cohorts.choose(cohort=cohort, by=None, at=begun + 40 * DAY)
    for enrolment in cohort.enrolments.filter(state=Standing.GUIDED):
        _first_stage(enrolment, facts, at=at)
    following = cohorts.Call(
        year + 1, apply_from=at - DAY, apply_until=at + 60 * DAY, illustrative=True
    )
    following_cohort = cohorts.record_cohort(call=following, by=None, at=at)
    cohorts.open_call(cohort=following_cohort, by=None, at=at)
    assert cohort.state == CohortState.GUIDED  # noqa: S101 - the story tells it so


def _first_stage(
    enrolment: Enrolment, facts: Mapping[str, Any], *, at: datetime
) -> None:
    """Held three weeks ago: some work is with the mentor, some falls due."""
    first = localdate(at) - 21 * DAY
    told = dict(facts["stage"][0]) | {
        "starts_on": first,
        "ends_on": first + DAY,
        "place": "Aula contoh",
        "source": "",
        "speakers": [],
        "illustrative": True,
    }
    sitting = _sitting(enrolment, told, facts)
    mentors.assign_mentor(
        region=enrolment.region,
        guide=mentors.Guide(name="Pendamping contoh", since=first, illustrative=True),
        by=None,
        at=at,
    )
    row = Assignment.objects.get(enrolment=enrolment, template__code="data")
    key = row.template.pieces[0].removeprefix("section:")
    if not Section.objects.filter(region=enrolment.region, key=key).exists():
        Section.objects.create(
            region=enrolment.region,
            key=key,
            text=_TRENDS,
            illustrative=True,
            recorded_at=at - 10 * DAY,
        )
    Assignment.objects.filter(enrolment=enrolment).update(illustrative=True)
    submission = work.hand_in(
        assignment=row, note="Contoh: bab 2", by=None, at=at - 9 * DAY
    )
    work.remark(
        submission=submission,
        words=work.Words(
            row.template.pieces[0], 2, "Contoh: sebutkan desanya dan tahun datanya."
        ),
        by=None,
        at=at - 6 * DAY,
    )
    if enrolment.place == 1:
        work.ask_revision(
            assignment=row,
            reason="Contoh: lengkapi sumber data.",
            by=None,
            at=at - 5 * DAY,
        )
    assert sitting.held  # noqa: S101 - the story tells it so
