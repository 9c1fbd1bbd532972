"""An officer of a department records the candidates of the own department alone."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from habaring.people import access
from habaring.people.access import EVERYWHERE, NotAllowed, Power
from habaring.people.models import Account
from habaring.portfolio.actions import (
    CandidatesRefused,
    record_candidates,
    withdraw_candidate,
)
from habaring.portfolio.models import Candidate
from habaring.regions.models import Region
from habaring.shared.models import Upload
from tests import makers as house
from tests.portfolio import makers
from tests.portfolio.makers import entry

DESK = "/ruang-kerja/62.02/pilih/kandidat/"
HEAD = "code,name,dimension,department,earliest_year,latest_year,duration_years\n"
OWN, OTHER = "2.16", "1.02"


@pytest.fixture
def town(kotim: Region, at: datetime) -> Region:
    """A candidate of each of two departments, and one of none."""
    region = makers.place()
    makers.department(region, OTHER)
    rows = [
        entry("OWN"),
        entry("OTHER", department=OTHER),
        entry("NONE", department=""),
    ]
    record_candidates(region=region, rows=rows, upload=None, by=None, at=at)
    return region


@pytest.fixture
def eko(town: Region) -> Account:
    own = makers.department(town, OWN)
    return house.officer("Eko", region=town, role="officer", department=own)


@pytest.fixture
def desk(client: Client, eko: Account) -> Client:
    client.force_login(eko)
    return client


def written(**more: Any) -> dict[str, Any]:
    return {
        "code": "NEW",
        "name": "Program baru",
        "dimension": "GOV",
        "department": OWN,
        "earliest": 2027,
        "latest": 2029,
        "duration": 1,
        **more,
    }


def state() -> list[tuple[str, int, str, bool]]:
    """All that is on record: nothing of it moves where something is refused."""
    rows = Candidate.objects.order_by("code", "revision").select_related("department")
    return [
        (
            r.code,
            r.revision,
            r.department.code if r.department else "",
            bool(r.withdrawn_at),
        )
        for r in rows
    ]


def send(desk: Client, *rows: str) -> Any:
    content = (HEAD + "\n".join(rows) + "\n").encode()
    file = SimpleUploadedFile("calon.csv", content)
    return desk.post(f"{DESK}unggah/?bahasa=en", {"file": file})


# What is allowed


def test_an_officer_records_changes_and_withdraws_the_own(desk: Client) -> None:
    assert desk.post(f"{DESK}baru/", written()).status_code == 302
    changed = written(code="OWN", name="Nama lain")
    assert desk.post(f"{DESK}OWN/ubah/", changed).status_code == 302
    assert desk.post(f"{DESK}OWN/tarik/", {"reason": "Batal"}).status_code == 302
    assert state() == [
        ("NEW", 1, OWN, False),
        ("NONE", 1, "", False),
        ("OTHER", 1, OTHER, False),
        ("OWN", 1, OWN, False),
        ("OWN", 2, OWN, True),
    ]


def test_an_officer_sends_a_spreadsheet_of_the_own(desk: Client) -> None:
    told = send(desk, f"NEW,Baru,GOV,{OWN},2027,2029,1", f"OWN,X,GOV,{OWN},2027,2029,1")
    assert "1 new, 1 changed" in told.content.decode()


def test_the_pages_offer_the_own_alone(desk: Client) -> None:
    page = desk.get(f"{DESK}baru/").content.decode()
    assert f'value="{OWN}"' in page
    assert f'value="{OTHER}"' not in page
    assert "Dinas Kominfo" in desk.get(f"{DESK}unggah/").content.decode()
    assert f"{DESK}baru/" in desk.get(DESK).content.decode()
    assert f"{DESK}OWN/ubah/" in desk.get(f"{DESK}OWN/").content.decode()
    for other in ("OTHER", "NONE"):
        assert "/ubah/" not in desk.get(f"{DESK}{other}/").content.decode()


def test_the_template_holds_the_own_alone(desk: Client) -> None:
    answer = desk.get(f"{DESK}templat.xlsx")
    content = b"".join(answer) if answer.streaming else answer.content
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    cells = {str(c.value) for row in sheet.iter_rows() for c in row}
    assert "OWN" in cells
    assert not cells & {"OTHER", "NONE"}


# What is refused, with nothing saved


@pytest.mark.parametrize("code", ["OTHER", "NONE"])
def test_a_candidate_of_others_stays_as_it_is(desk: Client, code: str) -> None:
    before = state()
    assert desk.get(f"{DESK}{code}/ubah/").status_code == 403
    sent = desk.post(f"{DESK}{code}/ubah/", written(code=code))
    assert sent.status_code == 403
    drawn = desk.post(f"{DESK}{code}/tarik/", {"reason": "Batal"})
    assert drawn.status_code == 403
    assert state() == before


@pytest.mark.parametrize("department", [OTHER, "", "9.99"])
def test_a_changed_field_of_the_form_takes_nothing_further(
    desk: Client, department: str
) -> None:
    before = state()
    new = desk.post(f"{DESK}baru/", written(department=department))
    moved = desk.post(f"{DESK}OWN/ubah/", written(code="OWN", department=department))
    stolen = desk.post(f"{DESK}baru/", written(code="OTHER"))
    posed = desk.post(f"{DESK}OWN/ubah/", written(code="OTHER", department=department))
    assert {r.status_code for r in (new, moved, stolen, posed)} == {422}
    assert state() == before


def test_a_spreadsheet_with_rows_of_others_is_refused_by_row(desk: Client) -> None:
    before = state()
    page = send(
        desk,
        f"NEW,Baru,GOV,{OWN},2027,2029,1",
        f"B,Titipan,GOV,{OTHER},2027,2029,1",
        "C,Tanpa,GOV,,2027,2029,1",
        f"OTHER,Rebut,GOV,{OWN},2027,2029,1",
        f"NONE,Ambil,GOV,{OWN},2027,2029,1",
    )
    told = page.content.decode()
    assert page.status_code == 422
    assert "“1.02” is not your department. You record for" in told
    assert "Write its code here." in told
    assert "The programme OTHER belongs to" in told
    assert "The programme NONE belongs to no department" in told
    assert "ow 2," not in told
    assert state() == before
    assert not Upload.objects.exists()


def test_a_code_that_another_department_withdrew_is_still_theirs(
    desk: Client, town: Region, at: datetime
) -> None:
    row = Candidate.objects.get(code="OTHER")
    withdraw_candidate(candidate=row, reason="Batal", by=None, at=at)
    before = state()
    assert desk.post(f"{DESK}baru/", written(code="OTHER")).status_code == 422
    assert state() == before


def test_the_action_itself_holds_the_wall(
    town: Region, eko: Account, at: datetime
) -> None:
    power = Power.RECORD_CANDIDATES
    within = access.extent(eko, power, at=at, region=town)
    assert within.departments == {makers.department(town, OWN).pk}
    assert not within.whole
    row = Candidate.objects.get(code="OTHER")
    with pytest.raises(NotAllowed):
        withdraw_candidate(candidate=row, reason="B", by=eko, at=at, within=within)
    with pytest.raises(CandidatesRefused):
        record_candidates(
            region=town,
            rows=[entry("Z", department=OTHER)],
            upload=None,
            by=eko,
            at=at,
            within=within,
        )


def test_an_officer_elsewhere_and_a_member_of_a_body_stay_out(
    town: Region, client: Client
) -> None:
    far = house.region("62.01")
    there = makers.department(far, OWN)
    for person in (
        house.officer("Ani", region=far, role="officer", department=there),
        house.officer("Edi", region=town, role="officer", department=there),
        house.officer("Ika", region=town, role="implementation_team", body=1),
    ):
        client.force_login(person)
        assert client.get(f"{DESK}baru/").status_code == 403
        assert client.post(f"{DESK}baru/", written()).status_code == 403
        assert client.post(f"{DESK}unggah/").status_code == 403


def test_who_records_for_the_whole_region_keeps_all(
    client: Client, town: Region, at: datetime
) -> None:
    ida = house.officer("Ida", region=town, role="planner")
    assert access.extent(ida, Power.RECORD_CANDIDATES, at=at, region=town) == EVERYWHERE
    client.force_login(ida)
    for code, department in (("OWN", OTHER), ("OTHER", ""), ("NONE", OWN)):
        sent = client.post(
            f"{DESK}{code}/ubah/", written(code=code, department=department)
        )
        assert sent.status_code == 302
    assert (
        "3 new"
        in send(
            client,
            f"A,A,GOV,{OWN},2027,2029,1",
            f"B,B,GOV,{OTHER},2027,2029,1",
            "C,C,GOV,,2027,2029,1",
        ).content.decode()
    )
