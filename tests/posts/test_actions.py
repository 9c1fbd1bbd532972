from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks

from habaring.people.models import Account, Membership
from habaring.posts import actions, handovers, queries
from habaring.posts.actions import (
    ChargeRefused,
    HoldingRefused,
    NewPost,
    PostRefused,
    PostStillOwns,
)
from habaring.posts.models import Charge, HandOver, Holding, Outcome, Post
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers
from tests.posts.makers import TODAY, Matters, department, hold, post

pytestmark = pytest.mark.django_db


def test_a_post_opens_below_the_secretariat(kotim: Region, at: datetime) -> None:
    made = post(kotim, "kabid", at=at)
    assert made.superior is not None
    assert made.superior.code == "sekretariat"
    assert AuditEntry.objects.filter(verb="posts.post.opened").count() == 2


def test_a_code_is_used_once_even_after_the_post_closed(
    kotim: Region, at: datetime
) -> None:
    made = post(kotim, "kabid", at=at)
    actions.close_post(post=made, by=None, at=at)
    with pytest.raises(PostRefused):
        post(kotim, "Kabid", at=at)


def test_a_post_needs_a_superior_and_a_department_of_its_region(
    kotim: Region, at: datetime
) -> None:
    kobar = makers.region("62.01")
    other = post(kobar, "kabid", at=at)
    with pytest.raises(PostRefused):
        post(kotim, "kasi", at=at, superior=other)
    with pytest.raises(PostRefused):
        post(kotim, "kasi", at=at, department=department(kobar))
    actions.close_post(post=other, by=None, at=at)
    with pytest.raises(PostRefused):
        post(kobar, "kasi", at=at, superior=other)


def test_a_post_never_stands_below_itself(kotim: Region, at: datetime) -> None:
    head = post(kotim, "kadis", at=at)
    below = post(kotim, "kabid", at=at, superior=head)
    with pytest.raises(PostRefused):
        actions.change_post(
            post=head, new=NewPost("kadis", "Kepala", superior=below), by=None, at=at
        )


def test_the_secretariat_is_renamed_but_never_closed(
    kotim: Region, at: datetime
) -> None:
    root = actions.ensure_root(region=kotim, by=None, at=at)
    actions.change_post(post=root, new=NewPost("", "Sekretariat Kota"), by=None, at=at)
    assert Post.objects.get(pk=root.pk).name_id == "Sekretariat Kota"
    with pytest.raises(PostRefused):
        actions.close_post(post=root, by=None, at=at)


def test_a_post_that_owns_closes_only_when_all_has_moved(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    office = department(kotim)
    one, two = (
        post(kotim, "kadis", at=at, department=office),
        post(kotim, "lain", at=at),
    )
    matters.add(kotim, "a", department=office)
    matters.add(kotim, "b")
    actions.assign(region=kotim, keys=[("matter", "b")], post=one, by=None, at=at)
    with pytest.raises(PostStillOwns) as refused:
        actions.close_post(post=one, by=None, at=at)
    assert "2" in str(refused.value)
    assert "Urusan a" in str(refused.value)
    keys = [("matter", "a"), ("matter", "b")]
    assert actions.assign(region=kotim, keys=keys, post=two, by=None, at=at) == 2
    actions.close_post(post=one, by=None, at=at)
    assert [row.post.code for row in queries.owned(kotim, at=at, on=TODAY)] == [
        "lain",
        "lain",
    ]


def test_a_held_post_and_one_with_posts_below_do_not_close(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    head = post(kotim, "kadis", at=at)
    below = post(kotim, "kabid", at=at, superior=head)
    hold(below, "Dewi", at=at)
    with pytest.raises(PostRefused):
        actions.close_post(post=head, by=None, at=at)
    with pytest.raises(PostRefused):
        actions.close_post(post=below, by=None, at=at)


def test_a_post_is_filled_from_a_day_that_has_come_by_who_works_here(
    kotim: Region, alya: Account, budi: Account, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    fill: dict[str, Any] = {"post": one, "acting": False, "by": budi, "at": at}
    with pytest.raises(HoldingRefused):
        actions.fill_post(account=alya, since=TODAY, **fill)
    with pytest.raises(HoldingRefused):
        actions.fill_post(account=budi, since=TODAY + timedelta(days=1), **fill)
    made = actions.fill_post(account=budi, since=date(2026, 10, 1), **fill)
    assert made.since < at
    with pytest.raises(HoldingRefused):
        actions.fill_post(account=budi, since=TODAY, **fill)


def test_a_closed_post_is_not_filled(
    kotim: Region, budi: Account, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    actions.close_post(post=one, by=None, at=at)
    with pytest.raises(HoldingRefused):
        actions.fill_post(
            post=one, account=budi, acting=False, since=TODAY, by=budi, at=at
        )


def test_a_holding_ends_without_a_list_only_where_nothing_is_owned(
    kotim: Region, budi: Account, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    holding = hold(one, "Dewi", at=at)
    matters.add(kotim, "a", post=one)
    with pytest.raises(PostStillOwns):
        actions.end_holding(holding=holding, by=budi, at=at)
    assert Holding.objects.get(pk=holding.pk).until is None
    del matters.rows["62.02"]["a"]
    actions.end_holding(holding=holding, by=budi, at=at)
    with pytest.raises(HoldingRefused):
        actions.end_holding(holding=holding, by=budi, at=at)


def test_things_move_only_to_open_posts_and_only_if_they_are(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    foreign = post(makers.region("62.01"), "kadis", at=at)
    matters.add(kotim, "a")
    keys = [("matter", "a"), ("matter", "b")]
    with pytest.raises(ChargeRefused):
        actions.assign(region=kotim, keys=keys, post=one, by=None, at=at)
    with pytest.raises(ChargeRefused):
        actions.assign(region=kotim, keys=keys[:1], post=foreign, by=None, at=at)
    with pytest.raises(ChargeRefused):
        actions.assign(region=kotim, keys=[("x", "a")], post=one, by=None, at=at)
    assert not Charge.objects.exists()
    assert actions.assign(region=kotim, keys=keys[:1], post=one, by=None, at=at) == 1
    assert actions.assign(region=kotim, keys=keys[:1], post=one, by=None, at=at) == 0


def test_who_had_a_thing_before_stays_on_record(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    one, two = post(kotim, "kadis", at=at), post(kotim, "kabid", at=at)
    matters.add(kotim, "a")
    for to in (one, two):
        actions.assign(region=kotim, keys=[("matter", "a")], post=to, by=None, at=at)
    rows = Charge.objects.order_by("pk").values_list("post__code", "until")
    assert [(code, until is None) for code, until in rows] == [
        ("kadis", False),
        ("kabid", True),
    ]


# Hand-over


def begin(holding: Holding, at: datetime, successor: Account | None = None) -> HandOver:
    return handovers.begin_handover(
        holding=holding,
        successor=handovers.Successor(successor),
        leaves_on=TODAY,
        by=holding.account,
        at=at,
        address="https://contoh.id",
    )


def stays(handover: HandOver, at: datetime, *refs: str) -> int:
    items = handover.items.filter(ref__in=refs) if refs else handover.items.all()
    return handovers.deal(
        handover=handover,
        items=[item.pk for item in items],
        answer=handovers.Answer(Outcome.STAYS, note="Baca map biru."),
        by=handover.holding.account,
        at=at,
    )


def test_a_post_changes_hands_line_by_line(
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    mailoutbox: list[EmailMessage],
) -> None:
    one, two = post(kotim, "kadis", at=at), post(kotim, "kabid", at=at)
    holding, other = hold(one, "Dewi", at=at), hold(two, "Eka", at=at)
    fitri = makers.officer("Fitri", region=kotim, role="officer")
    for ref in "abc":
        matters.add(kotim, ref, post=one)
    with django_capture_on_commit_callbacks(execute=True):
        handover = begin(holding, at, fitri)
    assert sorted(letter.to[0] for letter in mailoutbox) == [
        "dewi@contoh.id",
        "fitri@contoh.id",
    ]
    stays(handover, at, "a")
    given: dict[str, Any] = {"handover": handover, "by": holding.account, "at": at}
    items = {item.ref: item.pk for item in handover.items.all()}
    moves = handovers.Answer(Outcome.MOVES, two, "Ada di lemari.")
    handovers.deal(items=[items["b"]], answer=moves, **given)
    with pytest.raises(handovers.ListNotEmpty) as refused:
        handovers.finish_handover(**given)
    assert "Urusan c" in str(refused.value)
    handovers.deal(items=[items["c"]], answer=handovers.Answer(Outcome.DONE), **given)
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        handovers.finish_handover(**given)
    assert matters.finished == ["c"]
    rows = queries.owned(kotim, at=at, on=TODAY)
    assert {row.thing.ref: row.holder for row in rows} == {
        "a": fitri,
        "b": other.account,
    }
    letters = {letter.to[0]: letter.body for letter in mailoutbox}
    assert set(letters) == {"dewi@contoh.id", "fitri@contoh.id", "eka@contoh.id"}
    assert "Urusan b" in letters["eka@contoh.id"]
    assert "Ada di lemari." in letters["eka@contoh.id"]


def test_the_successor_confirms_and_nobody_else(
    kotim: Region, budi: Account, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    holding = hold(one, "Dewi", at=at)
    matters.add(kotim, "a", post=one)
    handover = begin(holding, at, budi)
    with pytest.raises(handovers.HandOverRefused):
        handovers.confirm_handover(handover=handover, by=budi, at=at)
    stays(handover, at)
    handovers.finish_handover(handover=handover, by=budi, at=at)
    with pytest.raises(handovers.HandOverRefused):
        handovers.confirm_handover(handover=handover, by=holding.account, at=at)
    handovers.confirm_handover(handover=handover, by=budi, at=at)
    assert HandOver.objects.get().confirmed_by == budi


def test_without_a_successor_the_post_above_answers(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    head = post(kotim, "kadis", at=at)
    below = post(kotim, "kabid", at=at, superior=head)
    above, holding = hold(head, "Dewi", at=at), hold(below, "Eka", at=at)
    matters.add(kotim, "a", post=below)
    handover = begin(holding, at)
    stays(handover, at)
    handovers.finish_handover(handover=handover, by=holding.account, at=at)
    chart = queries.chart(kotim, at=at + timedelta(seconds=1))
    assert chart.holder(below) is None
    assert chart.answers(below) == above.account


def test_what_comes_to_the_post_meanwhile_must_be_answered_for_too(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    holding = hold(one, "Dewi", at=at)
    matters.add(kotim, "a", post=one)
    handover = begin(holding, at)
    stays(handover, at)
    matters.add(kotim, "b", post=one)
    with pytest.raises(handovers.ListNotEmpty):
        handovers.finish_handover(handover=handover, by=holding.account, at=at)
    assert handovers.refresh(handover=handover, at=at) == 1
    del matters.rows["62.02"]["a"]
    assert handovers.refresh(handover=handover, at=at) == 0
    assert [item.ref for item in handover.items.all()] == ["b"]


def test_a_hand_over_is_undone_while_it_is_open(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    one, two = post(kotim, "kadis", at=at), post(kotim, "kabid", at=at)
    holding = hold(one, "Dewi", at=at)
    matters.add(kotim, "a", post=one)
    handover = begin(holding, at)
    given: dict[str, Any] = {"handover": handover, "by": holding.account, "at": at}
    ids = [handover.items.get().pk]
    handovers.deal(items=ids, answer=handovers.Answer(Outcome.MOVES, two), **given)
    handovers.deal(items=ids, answer=handovers.Answer(Outcome.OPEN), **given)
    assert handover.items.get().dealt_at is None
    handovers.undo_handover(**given)
    assert [row.post.code for row in queries.owned(kotim, at=at, on=TODAY)] == ["kadis"]
    with pytest.raises(handovers.HandOverRefused):
        handovers.undo_handover(**given)
    again = begin(holding, at)
    stays(again, at)
    handovers.finish_handover(handover=again, by=holding.account, at=at)
    with pytest.raises(handovers.HandOverRefused):
        handovers.undo_handover(handover=again, by=holding.account, at=at)


def test_a_list_is_opened_once_and_only_while_the_post_is_held(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    holding = hold(one, "Dewi", at=at)
    begin(holding, at)
    with pytest.raises(handovers.HandOverRefused):
        begin(holding, at)
    with pytest.raises(HoldingRefused):
        actions.end_holding(holding=holding, by=None, at=at)


def test_the_successor_is_somebody_else_who_works_here(
    kotim: Region, alya: Account, matters: Matters, at: datetime
) -> None:
    holding = hold(post(kotim, "kadis", at=at), "Dewi", at=at)
    for wrong in (alya, holding.account):
        with pytest.raises(handovers.HandOverRefused):
            begin(holding, at, wrong)


def test_the_secretariat_is_handed_to_somebody_by_name(
    kotim: Region, budi: Account, matters: Matters, at: datetime
) -> None:
    root = actions.ensure_root(region=kotim, by=None, at=at)
    holding = actions.fill_post(
        post=root, account=budi, acting=False, since=TODAY, by=budi, at=at
    )
    with pytest.raises(handovers.HandOverRefused):
        begin(holding, at)
    eka = makers.officer("Eka", region=kotim)
    handover = begin(holding, at, eka)
    with pytest.raises(handovers.HandOverRefused):
        handovers.choose_successor(
            handover=handover,
            successor=handovers.Successor(),
            leaves_on=TODAY,
            by=budi,
            at=at,
        )
    Membership.objects.filter(account=eka).update(until=at)
    eka = Account.objects.get(pk=eka.pk)
    handover = HandOver.objects.get(pk=handover.pk)
    with pytest.raises(handovers.HandOverRefused):
        handovers.finish_handover(handover=handover, by=budi, at=at)


def test_lines_move_to_another_open_post_and_lasting_things_are_not_closed(
    kotim: Region, matters: Matters, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, closed = post(kotim, "kadis", at=at), post(kotim, "kabid", at=at)
    actions.close_post(post=closed, by=None, at=at)
    holding = hold(one, "Dewi", at=at)
    matters.add(kotim, "a", post=one)
    handover = begin(holding, at)
    given: dict[str, Any] = {"handover": handover, "by": holding.account, "at": at}
    ids = [handover.items.get().pk]
    for to in (None, one, closed, post(makers.region("62.01"), "x", at=at)):
        with pytest.raises(handovers.HandOverRefused):
            handovers.deal(
                items=ids, answer=handovers.Answer(Outcome.MOVES, to), **given
            )
    handover.items.update(kind="number")
    with pytest.raises(handovers.HandOverRefused):
        handovers.deal(items=ids, answer=handovers.Answer(Outcome.DONE), **given)


def test_a_person_with_posts_is_not_let_out_of_the_door(
    kotim: Region, matters: Matters, at: datetime
) -> None:
    holding = hold(post(kotim, "kadis", at=at), "Dewi", at=at)
    with pytest.raises(HoldingRefused) as refused:
        handovers.left_at_the_door(holding.account, at=at)
    assert "Jabatan kadis" in str(refused.value)
    actions.end_holding(holding=holding, by=None, at=at)
    handovers.left_at_the_door(holding.account, at=at)
