"""An officer of a department records the numbers that posts of it own, and no others."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from habaring.assessment import actions
from habaring.assessment.actions import ObservationsRefused
from habaring.assessment.models import Observation, Target
from habaring.assessment.observations import Row
from habaring.people import access
from habaring.people.access import Extent, NotAllowed, Power
from habaring.people.models import Account
from habaring.posts.models import Charge
from habaring.regions.models import Region
from habaring.shared.models import Upload
from habaring.web import desk
from tests import makers as house
from tests.assessment import makers
from tests.posts import makers as posts

HEAD = "region,indicator,year,value,status,source,note\n"
OWN, OTHERS, NOBODYS = "K01", "K23", "K06"


@pytest.fixture
def town(kotim: Region, at: datetime) -> Region:
    """IPM belongs to a post of Dinkes, SPBE to one of Kominfo, poverty to nobody."""
    makers.framework()
    for ref, code in ((OWN, "DINKES"), (OTHERS, "KOMINFO")):
        owner = posts.post(
            kotim, f"kabid-{code}", at=at, department=posts.department(kotim, code)
        )
        Charge.objects.create(
            region=kotim, kind="number", ref=ref, post=owner, since=at
        )
    rows = [makers.row(code, 2023, value) for code, value in VALUES.items()]
    actions.record_observations(region=kotim, rows=rows, upload=None, by=None, at=at)
    return kotim


VALUES = {OWN: "70", OTHERS: "3", NOBODYS: "6"}


@pytest.fixture
def eko(town: Region) -> Account:
    own = posts.department(town, "DINKES")
    return house.officer("Eko", region=town, role="officer", department=own)


@pytest.fixture
def office(client: Client, eko: Account) -> Client:
    client.force_login(eko)
    return client


def address(name: str, *args: Any, code: str = "62.02") -> str:
    return reverse(f"assessment-work:{name}", args=[code, *args])


def send(office: Client, *rows: str, to: str = "upload", head: str = HEAD) -> Any:
    content = (head + "\n".join(rows) + "\n").encode()
    file = SimpleUploadedFile("nilai.csv", content)
    return office.post(f"{address(to)}?bahasa=en", {"file": file, "cara": "file"})


def value(indicator: str, **more: Any) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "year": "2024",
        "value": "5",
        "source": "BPS",
        **more,
    }


def target(code: str, town: Region, at: datetime) -> Target:
    row = Row(code, 2029, Decimal(4), source="RPJMD")
    actions.record_targets(region=town, rows=[row], upload=None, by=None, at=at)
    return Target.objects.get(indicator__code=code)


# What is allowed


def test_an_officer_records_the_own_by_form_and_by_file(office: Client) -> None:
    sent = office.post(address("single"), value(OWN, value="71"))
    assert sent.status_code == 302
    assert send(office, f"62.02,{OWN},2022,69,,BPS,").status_code == 302
    kept = Observation.objects.filter(indicator__code=OWN).values_list(
        "year", flat=True
    )
    assert sorted(kept) == [2022, 2023, 2024]


def test_an_officer_sets_restores_and_withdraws_the_own(
    office: Client, town: Region, at: datetime
) -> None:
    sent = office.post(address("targets"), value(OWN, year="2029", value="80"))
    assert sent.status_code == 302
    pk = Target.objects.get().pk
    assert office.post(address("withdraw", pk), {"reason": "Batal"}).status_code == 302
    row = Observation.objects.get(indicator__code=OWN)
    answer = office.post(address("restore", row.id), {"reason": "Benar"})
    assert answer.status_code == 302


def test_the_pages_offer_the_own_alone(
    office: Client, town: Region, at: datetime
) -> None:
    for name in ("single", "targets"):
        page = office.get(address(name)).content.decode()
        assert f'value="{OWN}"' in page
        assert f'value="{OTHERS}"' not in page
    answer = office.get(address("template", "csv"))
    text = b"".join(answer).decode()
    assert OWN in text
    assert OTHERS not in text
    assert NOBODYS not in text
    restore = reverse("assessment-work:single", args=["62.02"])
    assert restore in office.get(address("history", OWN)).content.decode()
    assert f"{restore}?" not in office.get(address("history", OTHERS)).content.decode()
    assert restore in office.get(address("overview")).content.decode()


def test_an_officer_whose_department_owns_nothing_is_told_so(
    client: Client, town: Region
) -> None:
    own = posts.department(town, "DINSOS")
    client.force_login(
        house.officer("Ani", region=town, role="officer", department=own)
    )
    page = client.get(f"{address('upload')}?bahasa=en").content.decode()
    assert "No number belongs to your department yet" in page
    assert send(client, f"62.02,{OWN},2022,69,,BPS,").status_code == 422


# What is refused, with nothing saved


def test_rows_of_others_are_refused_by_row_with_their_owner(office: Client) -> None:
    before = Observation.objects.count()
    answer = send(
        office,
        f"62.02,{OWN},2022,69,,BPS,",
        f"62.02,{OTHERS},2022,3,,PANRB,",
        f"62.02,{NOBODYS},2022,6,,BPS,",
        f"62.01,{OWN},2022,6,,BPS,",
        f"62.02.05,{OWN},2022,6,,BPS,",
    )
    told = answer.content.decode()
    assert answer.status_code == 422
    assert f"{OTHERS} is not of your department" in told
    assert "KOMINFO" in told
    assert f"{NOBODYS} is not of your department: it belongs to Smart-city" in told
    assert told.count("You cannot write for the region") == 2
    assert Observation.objects.count() == before
    assert not Upload.objects.exists()


@pytest.mark.parametrize("code", [OTHERS, NOBODYS])
def test_a_changed_field_takes_nothing_further(
    office: Client, town: Region, at: datetime, code: str
) -> None:
    aim = target(code, town, at)
    before = Observation.objects.count()
    assert office.post(address("single"), value(code)).status_code == 422
    aimed = office.post(address("targets"), value(code, year="2030"))
    assert aimed.status_code == 422
    head = "region,indicator,year,value,source\n"
    by_file = send(office, f"62.02,{code},2030,4,RPJMD", to="targets", head=head)
    assert by_file.status_code == 422
    row = Observation.objects.get(indicator__code=code)
    for name, pk in (("restore", row.id), ("withdraw", aim.pk)):
        assert office.get(address(name, pk)).status_code == 403
        assert office.post(address(name, pk), {"reason": "Rebut"}).status_code == 403
    assert Observation.objects.count() == before
    assert list(Target.objects.all()) == [aim]


def test_the_action_itself_holds_the_wall(
    town: Region, eko: Account, at: datetime
) -> None:
    within = access.extent(eko, Power.RECORD_OBSERVATIONS, at=at, region=town)
    assert within.departments == {posts.department(town, "DINKES").pk}
    row = makers.row(OTHERS, 2024, "3")
    with pytest.raises(ObservationsRefused):
        actions.record_one(region=town, row=row, by=eko, at=at, within=within)
    with pytest.raises(NotAllowed):
        actions.withdraw_target(
            target=target(OTHERS, town, at), reason="B", by=eko, at=at, within=within
        )


def test_what_a_post_gives_away_its_department_records_no_more(
    office: Client, town: Region, at: datetime
) -> None:
    Charge.objects.filter(ref=OWN).update(until=at)
    assert office.post(address("single"), value(OWN)).status_code == 422


def test_an_officer_elsewhere_and_a_member_of_a_body_stay_out(
    client: Client, town: Region
) -> None:
    far = house.region("62.01")
    there = posts.department(far, "DINKES")
    for person in (
        house.officer("Ani", region=far, role="officer", department=there),
        house.officer("Edi", region=town, role="officer", department=there),
        house.officer("Ika", region=town, role="implementation_team", body=1),
    ):
        client.force_login(person)
        for name in ("upload", "single", "targets"):
            assert client.get(address(name)).status_code == 403
            assert client.post(address(name), value(OWN)).status_code == 403


def test_who_records_for_the_whole_region_keeps_all(
    client: Client, town: Region
) -> None:
    client.force_login(house.officer("Ida", region=town, role="planner"))
    rows = [f"62.02,{code},2022,{v},,BPS," for code, v in VALUES.items()]
    assert send(client, *rows).status_code == 302
    assert client.post(address("single"), value(NOBODYS)).status_code == 302


def test_whose_a_number_is_is_asked_once_for_all_rows(
    town: Region, at: datetime
) -> None:
    within = Extent(departments=frozenset({posts.department(town, "DINKES").pk}))

    def asked(count: int) -> int:
        rows = [makers.row(OWN, year, "70") for year in range(1990, 1990 + count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            actions.record_observations(
                region=town, rows=rows, upload=None, by=None, at=at, within=within
            )
        return len(queries)

    few = asked(2)
    assert asked(30) <= few


def test_what_waits_is_of_the_own_numbers(
    town: Region, eko: Account, at: datetime
) -> None:
    later = at.replace(year=2028)

    def told(person: Account) -> str:
        lines = desk.desk(person, town, at=later, on=later.date()).lines
        return " ".join(str(line.title) for line in lines)

    ida = house.officer("Ida", region=town, role="planner")
    assert "3 indikator" in told(ida)
    assert "1 indikator" in told(eko)
