"""Departments, budget years, the budget, boundaries: audited, and refused with reasons."""

from dataclasses import replace
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from habaring.people.models import Account
from habaring.regions import actions, queries
from habaring.regions.actions import (
    BudgetEntry,
    DepartmentRefused,
    FiscalYearRefused,
    NewDepartment,
    NewNames,
)
from habaring.regions.models import Boundary, BudgetFigure, Department, Region
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Refusal
from tests import makers
from tests.regions.test_outlines import GOOD, collection

DAY = date(2026, 11, 1)
KOMINFO = NewDepartment("diskominfo", "Dinas  Komunikasi", "Communication", "Kominfo")


@pytest.fixture
def kominfo(kotim: Region, budi: Account, at: datetime) -> Department:
    return actions.open_department(region=kotim, new=KOMINFO, by=budi, at=at)


def _verbs() -> list[str]:
    rows = AuditEntry.objects.order_by("at", "id").values_list("verb", flat=True)
    return [verb.removeprefix("regions.") for verb in rows]


def test_a_department_is_opened_tidily_and_audited(kominfo: Department) -> None:
    assert (kominfo.code, kominfo.name_id) == ("DISKOMINFO", "Dinas Komunikasi")
    assert _verbs() == ["department.opened"]


@pytest.mark.parametrize(
    "new",
    [
        replace(KOMINFO, name_id="Dinas Lain"),
        replace(KOMINFO, code="LAIN", name_id="dinas komunikasi"),
        replace(KOMINFO, code=" "),
        replace(KOMINFO, code="LAIN", name_id=" "),
    ],
)
def test_a_department_is_not_opened_twice_or_without_a_name(
    new: NewDepartment, kominfo: Department, budi: Account, at: datetime
) -> None:
    with pytest.raises(DepartmentRefused) as refused:
        actions.open_department(region=kominfo.region, new=new, by=budi, at=at)
    assert str(refused.value.what)
    assert str(refused.value.next)
    assert Department.objects.count() == 1


def test_the_same_code_may_be_used_in_another_region(
    kominfo: Department, citra: Account, at: datetime
) -> None:
    other = makers.region("62.01")
    actions.open_department(region=other, new=KOMINFO, by=citra, at=at)
    assert Department.objects.count() == 2


def test_a_department_is_renamed_with_a_reason(
    kominfo: Department, budi: Account, at: datetime
) -> None:
    names = NewNames("Dinas Komunikasi dan Informatika")
    with pytest.raises(DepartmentRefused):
        actions.rename_department(
            department=kominfo, names=names, reason=" ", by=budi, at=at
        )
    row = actions.rename_department(
        department=kominfo, names=names, reason="Perda 9/2016", by=budi, at=at
    )
    assert (row.code, row.name_id) == ("DISKOMINFO", "Dinas Komunikasi dan Informatika")
    entry = AuditEntry.objects.get(verb="regions.department.renamed")
    assert entry.reason == "Perda 9/2016"
    assert entry.details["before"]["name_id"] == "Dinas Komunikasi"


def test_a_merged_department_closes_and_names_its_successor(
    kominfo: Department, budi: Account, at: datetime
) -> None:
    other = actions.open_department(
        region=kominfo.region, new=NewDepartment("PERSANDIAN", "Kantor Sandi"),
        by=budi, at=at,
    )  # fmt: skip
    merge = actions.merge_department
    for wrong in (other, _elsewhere(at)):
        with pytest.raises(DepartmentRefused):
            merge(department=other, into=wrong, on=DAY, reason="x", by=budi, at=at)
    row = merge(department=other, into=kominfo, on=DAY, reason="Perbup", by=budi, at=at)
    assert (row.closed_on, row.successor) == (DAY, kominfo)
    assert [d.code for d in queries.departments(kominfo.region)] == [
        "DISKOMINFO",
        "PERSANDIAN",
    ]
    assert _verbs()[-1] == "department.merged"


def _elsewhere(at: datetime) -> Department:
    region = makers.region("62.01")
    return actions.open_department(region=region, new=KOMINFO, by=None, at=at)


def test_a_closed_department_cannot_be_changed_again(
    kominfo: Department, budi: Account, at: datetime
) -> None:
    actions.close_department(
        department=kominfo, on=DAY, reason="Dihapus", by=budi, at=at
    )
    with pytest.raises(DepartmentRefused):
        actions.close_department(
            department=kominfo, on=DAY, reason="Lagi", by=budi, at=at
        )
    with pytest.raises(DepartmentRefused):
        actions.rename_department(
            department=kominfo, names=NewNames("X"), reason="y", by=budi, at=at
        )
    again = replace(KOMINFO, code="KOMINFO2")
    actions.open_department(region=kominfo.region, new=again, by=budi, at=at)


def test_a_department_cannot_close_before_it_opened(
    kotim: Region, budi: Account, at: datetime
) -> None:
    row = actions.open_department(
        region=kotim, new=replace(KOMINFO, opened_on=DAY), by=budi, at=at
    )
    with pytest.raises(DepartmentRefused):
        actions.close_department(department=row, on=DAY, reason="x", by=budi, at=at)
    row.refresh_from_db()
    assert row.closed_on is None


def test_departments_are_searched_by_any_of_their_names(kominfo: Department) -> None:
    for text in ("kominfo", "KOMUNIKASI", "comm", "dinas kom"):
        assert queries.departments(kominfo.region, text) == [kominfo]
    assert queries.departments(kominfo.region, "kesehatan") == []


def test_a_budget_year_opens_once_and_closes_once(
    kotim: Region, budi: Account, at: datetime
) -> None:
    year = actions.open_fiscal_year(region=kotim, year=2027, by=budi, at=at)
    for wrong in (2027, 1999, 2101):
        with pytest.raises(FiscalYearRefused):
            actions.open_fiscal_year(region=kotim, year=wrong, by=budi, at=at)
    assert actions.close_fiscal_year(fiscal_year=year, by=budi, at=at).closed_at == at
    with pytest.raises(FiscalYearRefused):
        actions.close_fiscal_year(fiscal_year=year, by=budi, at=at)
    assert _verbs() == ["fiscal_year.opened", "fiscal_year.closed"]


def _entries(**amounts: int) -> list[BudgetEntry]:
    return [BudgetEntry(2022, "murni", a, n, "Perda") for a, n in amounts.items()]


def test_a_budget_is_kept_as_published_with_what_does_not_add_up(
    kotim: Region, budi: Account, at: datetime
) -> None:
    entries = _entries(
        pad=3, transfer_in=5, other_income=1, revenue=10, expenditure=12, deficit=2
    )
    assert actions.record_budget(region=kotim, entries=entries, by=budi, at=at) == 6
    assert actions.record_budget(region=kotim, entries=entries, by=budi, at=at) == 0
    found = queries.budget(kotim, 2022)
    assert found is not None
    assert [(a.account, a.difference) for a in found.alerts] == [("revenue", 1)]
    line = found.line("deficit")
    assert line is not None
    assert (line.original, line.revised, line.change, line.total) == (
        2,
        None,
        None,
        True,
    )
    changed = [replace(entries[0], amount=4)]
    assert actions.record_budget(region=kotim, entries=changed, by=budi, at=at) == 1
    assert BudgetFigure.objects.count() == 6
    assert queries.budget(kotim, 2023) is None
    assert queries.budget_years(kotim) == [2022]
    assert found.line("capital") is None


def test_boundaries_come_in_by_the_command_and_replace_those_before(
    kotim: Region, tmp_path: Path
) -> None:
    makers.region("62.01")
    path = tmp_path / "peta.json"
    path.write_bytes(collection(*GOOD))
    out = StringIO()
    for _time in range(2):
        call_command("load", "boundaries", path, "--source", "BIG 2024", stdout=out)
    assert "2 boundaries" in out.getvalue()
    assert Boundary.objects.count() == 2
    assert Boundary.objects.get(region=kotim).source == "BIG 2024"
    assert set(queries.outlines(["62.02"])) == {"62.02"}


@pytest.mark.parametrize("layer", ["", "negara"])
def test_a_bad_file_or_layer_saves_nothing(
    kotim: Region, tmp_path: Path, layer: str
) -> None:
    path = tmp_path / "peta.json"
    path.write_text("[]")
    with pytest.raises(Refusal):
        call_command("load", "boundaries", path, "--layer", layer)
    assert not Boundary.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("load", "regions", tmp_path / "none.csv")


@pytest.mark.django_db
def test_a_list_of_regions_is_read_like_an_upload(tmp_path: Path) -> None:
    path = tmp_path / "daerah.csv"
    path.write_text(
        "code;name;kind;population\n99;Contoh;provinsi;1.234\n"
        "99.01;Contoh Satu;kabupaten;1.234\n"
    )
    out = StringIO()
    call_command("load", "regions", path, stdout=out)
    assert "2 new" in out.getvalue()
    assert Region.objects.get(code="99.01").population == 1234
    assert Region.objects.get(code="99.01").parent_id == "99"


@pytest.mark.django_db
def test_a_list_with_an_unknown_kind_is_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "daerah.csv"
    path.write_text("code,name,kind\n99,Contoh,provinsi\n99.01,X,kampung\n")
    with pytest.raises(Refusal):
        call_command("load", "regions", path)
    assert not Region.objects.exists()
