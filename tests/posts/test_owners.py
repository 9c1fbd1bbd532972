from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from habaring.people.models import Account
from habaring.posts import actions, queries
from habaring.posts.models import Charge, Holding, Post
from habaring.posts.states import State
from habaring.regions.models import Region
from tests import makers
from tests.posts.makers import TODAY, Matters, department, hold, post

pytestmark = pytest.mark.django_db


def owners(region: Region, at: datetime) -> dict[str, str]:
    rows = queries.owned(region, at=at, on=TODAY)
    return {row.thing.ref: row.post.code for row in rows}


def test_a_thing_falls_to_its_charge_its_own_post_its_department_or_the_secretariat(
    kotim: Region, budi: Account, matters: Matters, at: datetime
) -> None:
    office = department(kotim)
    head = post(kotim, "kadis", at=at, department=office)
    below = post(kotim, "kabid", at=at, department=office, superior=head)
    task = post(kotim, "tugas", at=at)
    matters.add(kotim, "a", department=office)
    matters.add(kotim, "b", department=office)
    matters.add(kotim, "c", department=office, post=task)
    matters.add(kotim, "d")
    matters.add(kotim, "e", department=department(kotim, "LAIN"))
    actions.assign(region=kotim, keys=[("matter", "a")], post=below, by=budi, at=at)
    assert owners(kotim, at) == {
        "a": "kabid",
        "b": "kadis",
        "c": "tugas",
        "d": "sekretariat",
        "e": "sekretariat",
    }


def test_a_region_in_which_nobody_works_has_a_secretariat_all_the_same(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    matters.add(kotim, "a")
    assert not Post.objects.exists()
    assert owners(kotim, at) == {"a": "sekretariat"}


def test_the_first_secretariat_brings_its_post(kotim: Region) -> None:
    assert not Post.objects.exists()
    makers.officer("Dewi", region=kotim, role="officer")
    assert not Post.objects.exists()
    makers.officer("Eka", region=kotim)
    makers.officer("Fitri", region=kotim)
    assert [row.code for row in Post.objects.all()] == ["sekretariat"]


def test_a_vacant_post_is_answered_for_by_the_nearest_one_above(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    head = post(kotim, "kadis", at=at)
    middle = post(kotim, "kabid", at=at, superior=head)
    low = post(kotim, "kasi", at=at, superior=middle)
    held = hold(head, "Dewi", at=at)
    chart = queries.chart(kotim, at=at)
    assert chart.holder(low) is None
    assert chart.answers(low) == held.account
    assert chart.answers(chart.root) is None


def test_many_things_take_no_more_questions_than_few(
    kotim: Region,
    budi: Account,
    matters: Matters,
    at: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    office = department(kotim)
    one = post(kotim, "kadis", at=at, department=office)
    for n in range(5000):
        matters.add(kotim, f"{n}", department=office, due=n % 60 - 30)
    actions.assign(
        region=kotim,
        keys=[("matter", f"{n}") for n in range(0, 5000, 2)],
        post=one,
        by=budi,
        at=at,
    )
    with django_assert_num_queries(3):
        rows = queries.owned(kotim, at=at, on=TODAY)
    assert len(rows) == 5000
    assert {row.post.code for row in rows} == {"kadis"}
    assert sum(queries.counts(rows).values()) == 5000


def test_the_worst_comes_first(kotim: Region, matters: Matters, at: datetime) -> None:
    for ref, due in [("d", None), ("c", 3), ("a", -20), ("b", -1)]:
        matters.add(kotim, ref, due=due)
    rows = queries.owned(kotim, at=at, on=TODAY)
    assert [row.thing.ref for row in rows] == ["a", "b", "c", "d"]
    assert [row.state for row in rows] == [
        State.ESCALATED,
        State.LATE,
        State.DUE,
        State.ON_TIME,
    ]
    assert rows[0].stale_since == TODAY - timedelta(days=20)
    assert rows[2].stale_since is None


def test_one_thing_alone_says_the_same(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    matters.add(kotim, "a", due=-2)
    found = queries.owner_of(kotim, "matter", "a", at=at, on=TODAY)
    assert found is not None
    assert (found.post.code, found.state) == ("sekretariat", State.LATE)
    assert queries.owner_of(kotim, "matter", "z", at=at, on=TODAY) is None
    assert queries.owner_of(kotim, "nothing", "a", at=at, on=TODAY) is None


def test_the_database_refuses_a_charge_of_a_closed_post(
    kotim: Region, at: datetime
) -> None:
    closed = post(kotim, "kadis", at=at)
    actions.close_post(post=closed, by=None, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(
            region=kotim, kind="matter", ref="a", post=closed, since=at
        )


def test_the_database_refuses_to_close_or_leave_a_post_with_charges(
    kotim: Region, budi: Account, matters: Matters, at: datetime
) -> None:
    matters.add(kotim, "a")
    one = post(kotim, "kadis", at=at)
    holding = hold(one, "Dewi", at=at)
    actions.assign(region=kotim, keys=[("matter", "a")], post=one, by=budi, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.filter(pk=holding.pk).update(until=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=one.pk).update(closed_on=TODAY)


def test_who_must_hand_over_is_told_with_the_number_of_things(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    matters.add(kotim, "a")
    one, two = post(kotim, "kadis", at=at), post(kotim, "kabid", at=at)
    holding = hold(one, "Dewi", at=at)
    actions.fill_post(
        post=two, account=holding.account, acting=True, since=TODAY, by=None, at=at
    )
    actions.assign(region=kotim, keys=[("matter", "a")], post=one, by=None, at=at)
    found = queries.must_hand_over(holding.account, at=at, on=TODAY)
    assert [(row.post.code, row.things) for row in found] == [
        ("kabid", 0),
        ("kadis", 1),
    ]
