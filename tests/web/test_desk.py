from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate, now
from pytest_django import DjangoAssertNumQueries

from habaring.people.access import Power
from habaring.people.models import Account, Invitation, Membership, Role
from habaring.posts import actions, things
from habaring.posts.models import Post
from habaring.posts.things import Asked, Line, Waiting, Weight
from habaring.regions.models import BudgetFigure, Region
from habaring.web.desk import desk
from tests import makers

pytestmark = pytest.mark.django_db


def filled(region: Region, code: str, account: Account, at: datetime) -> Post:
    if code == "sekretariat":
        post = actions.ensure_root(region=region, by=None, at=at)
    else:
        new = actions.NewPost(code, f"Jabatan {code}")
        post = actions.open_post(region=region, new=new, by=None, at=at)
    actions.fill_post(
        post=post,
        account=account,
        acting=False,
        since=localdate(at),
        by=None,
        at=at,
    )
    return post


def budget(region: Region, year: int) -> None:
    BudgetFigure.objects.create(
        region=region, year=year, stage="murni", account="pad", amount=1, source="uji"
    )


def test_what_the_posts_of_a_person_own_is_on_the_desk_when_it_is_due(
    kotim: Region, budi: Account, at: datetime
) -> None:
    filled(kotim, "sekretariat", budi, at)
    budget(kotim, 2024)
    lines = desk(budi, kotim, at=at, on=localdate(at)).lines
    assert lines[0].weight == Weight.ESCALATED
    assert "2025" in str(lines[0].title)
    other = makers.officer("Dewi", region=kotim, role="officer")
    titles = [
        str(line.title) for line in desk(other, kotim, at=at, on=localdate(at)).lines
    ]
    assert not any("APBD" in title for title in titles)


def test_the_most_urgent_comes_first_under_its_heading(
    kotim: Region, budi: Account, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(asked: Asked) -> list[Waiting]:
        return [
            Waiting("langkah", "", "/"),
            Waiting("minggu", "", "/", weight=Weight.WEEK),
            Waiting("terima", "", "/", weight=Weight.CONFIRM),
            Waiting("hari", "", "/", weight=Weight.TODAY),
            Waiting("telat", "", "/", on=asked.on, weight=Weight.LATE),
            Waiting("telat lama", "", "/", weight=Weight.ESCALATED),
        ]

    things.kinds()
    monkeypatch.setattr(things, "_desks", {"uji": wait})
    monkeypatch.setattr(things, "_lines", {})
    found = desk(budi, kotim, at=at, on=localdate(at))
    assert [str(line.title) for line in found.lines] == [
        "telat lama",
        "telat",
        "hari",
        "terima",
        "minggu",
        "langkah",
    ]
    assert [len(heap.lines) for heap in found.heaps] == [1, 1, 2, 1, 1]
    assert found.urgent == 3


def test_an_empty_desk_says_so(
    client: Client, kotim: Region, budi: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    things.kinds()
    monkeypatch.setattr(things, "_desks", {})
    monkeypatch.setattr(things, "_lines", {})
    client.force_login(budi)
    page = client.get("/ruang-kerja/62.02/").content.decode()
    assert "Tidak ada yang menunggu Anda hari ini." in page


def test_several_regions_lie_side_by_side_each_with_its_own_lines(
    client: Client, kotim: Region, budi: Account, at: datetime
) -> None:
    kobar = makers.region("62.01")
    Membership.objects.create(
        account=budi, role=Role.objects.get(code="secretariat"), region=kobar, since=at
    )
    person = Account.objects.get(pk=budi.pk)
    filled(kobar, "sekretariat", person, now())
    budget(kobar, 2023)
    client.force_login(person)
    page = client.get("/ruang-kerja/").content.decode()
    assert page.index("Kabupaten Kotawaringin Barat") < page.index(
        "Kabupaten Kotawaringin Timur"
    )
    assert "2024" in page


def test_an_invitation_that_runs_out_and_an_empty_post_wait(
    kotim: Region, budi: Account, at: datetime
) -> None:
    Invitation.objects.create(
        token_hash="x" * 64,
        email="dewi@contoh.id",
        role=Role.objects.get(code="officer"),
        region=kotim,
        issued_at=at,
        expires_at=at + timedelta(days=2),
    )
    titles = [
        str(row.title) for row in desk(budi, kotim, at=at, on=localdate(at)).lines
    ]
    assert any("undangan" in title or "invitation" in title for title in titles)
    assert any("Sekretariat program" in title for title in titles)
    officer = makers.officer("Dewi", region=kotim, role="officer")
    seen = [
        str(row.title) for row in desk(officer, kotim, at=at, on=localdate(at)).lines
    ]
    assert not any("undangan" in title or "invitation" in title for title in seen)


def test_the_desk_asks_a_bounded_number_of_questions(
    client: Client,
    kotim: Region,
    budi: Account,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    filled(kotim, "sekretariat", budi, now())
    for n in range(20):
        new = actions.NewPost(f"p{n}", f"Jabatan {n}")
        actions.open_post(region=kotim, new=new, by=None, at=now())
    client.force_login(budi)
    client.get("/ruang-kerja/62.02/")
    with django_assert_max_num_queries(45):
        client.get("/ruang-kerja/62.02/")


def test_a_citizen_has_no_desk_in_a_region(
    client: Client, kotim: Region, alya: Account
) -> None:
    client.force_login(alya)
    assert client.get("/ruang-kerja/62.02/").status_code == 403


def test_a_holder_without_a_role_is_told_of_to_who_fills_posts(
    kotim: Region, budi: Account, at: datetime
) -> None:
    filled(kotim, "sekretariat", budi, at)
    dewi = makers.officer("Dewi", region=kotim, role="officer")
    filled(kotim, "kadis", dewi, at)
    on = localdate(at)
    lines = desk(budi, kotim, at=at, on=on).lines
    assert not any("kadis" in str(line.title) for line in lines)
    Membership.objects.filter(account=dewi).update(until=at)
    lines = desk(budi, kotim, at=at, on=on).lines
    assert any("kadis" in str(line.title) for line in lines)


def test_a_sort_of_lines_is_told_only_where_something_waits(
    kotim: Region, budi: Account, at: datetime
) -> None:
    def tell(asked: Asked, count: int) -> list[Waiting]:
        return [Waiting(f"{asked.region.name}: {count}", "", "/")]

    def never(asked: Asked, count: int) -> list[Waiting]:
        raise AssertionError(count)

    makers.region("62.02.01")
    places, power = Region.objects.filter(pk__startswith="62.02"), Power.SEE_WORK_ROOM
    asked = Asked(budi, kotim, frozenset({power}), localdate(at))
    lines = things.told(
        asked,
        [
            Line(lambda _asked: places, tell),
            Line(lambda _asked: [places, places[:1]], tell, power),
            Line(lambda _asked: Region.objects.none(), never),
            Line(lambda _asked: None, never),
            Line(lambda _asked: places, never, Power.MODERATE),
        ],
    )
    assert [row.title for row in lines] == [f"{kotim.name}: 2", f"{kotim.name}: 3"]


def test_what_several_lines_ask_for_is_asked_once_a_desk(
    kotim: Region, budi: Account, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []

    def wait(_asked: Asked) -> list[Waiting]:
        for _time in range(2):
            things.once("what", lambda: asked_for.append("what"))
        return []

    things.kinds()
    monkeypatch.setattr(things, "_desks", {"uji": wait})
    for _desk in range(2):
        desk(budi, kotim, at=at, on=localdate(at))
    assert len(asked_for) == 2


def test_what_belongs_to_no_stage_stands_at_the_side_by_power(
    client: Client, kotim: Region, budi: Account
) -> None:
    room, marked = "/ruang-kerja/62.02/", 'aria-current="page"'
    client.force_login(budi)
    page = client.get(f"{room}orang/").content.decode()
    side = page[page.index('<nav class="side"') : page.index('<div class="desk-main">')]
    assert f'<a href="{room}orang/" {marked}' in side
    assert side.count(marked) == 1
    assert f'href="{room}jabatan/"' in side
    client.force_login(makers.officer("Dewi", region=kotim, role="officer"))
    page = client.get(room).content.decode()
    assert f'<a href="{room}" {marked}' in page
    assert f'href="{room}jabatan/"' in page
    assert f'href="{room}orang/"' not in page
