"""The pages of choosing: who may enter, what they say, in both languages."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from habaring.engines.choosing import Choice
from habaring.people.models import Account
from habaring.portfolio import choose_files, queries
from habaring.portfolio.actions import adopt_plan, record_candidates
from habaring.portfolio.models import Candidate, LimitSet, Plan, Scenario
from habaring.portfolio.running import run_scenario
from habaring.regions.models import Region
from tests.makers import officer
from tests.portfolio import makers
from tests.portfolio.makers import MILLIARD, entry

W = "/ruang-kerja/62.02/pilih/"
P = "/daerah/62.02/pilihan/"


@pytest.fixture
def kotim(kotim: Region) -> Region:
    return makers.place()


@pytest.fixture
def office(client: Client, budi: Account) -> Client:
    client.force_login(budi)
    return client


@pytest.fixture
def done(kotim: Region, at: datetime) -> Scenario:
    rows = [
        entry("A", quick_win=True, months=8, latest=2027, illustrative=True),
        entry("B", latest=2027, duration=2, costs={(1, "PAD"): MILLIARD}),
        entry(
            "C",
            latest=2027,
            costs={(1, "PAD"): 5 * MILLIARD},
            origin_kind="meeting",
            origin_text="Musrenbang Baamang",
        ),
    ]
    return makers.done(kotim, at, rows)


@pytest.fixture
def plan(done: Scenario, budi: Account, at: datetime) -> Plan:
    decision = makers.decision(done.region, at, budi)
    return adopt_plan(scenario=done, decision=decision, by=budi, at=at)


def text(response: Any) -> str:
    return str(response.content.decode())


EMPTY = [
    "",
    "kandidat/",
    "kandidat/baru/",
    "kandidat/unggah/",
    "batas/",
    "batas/baru/",
    "batas/unggah/",
    "skenario/",
    "skenario/baru/",
    "skenario/banding/",
]


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("address", EMPTY)
def test_every_page_is_there_before_anything_is(
    office: Client, kotim: Region, address: str, lang: str
) -> None:
    response = office.get(f"{W}{address}?bahasa={lang}")
    assert response.status_code == 200
    assert 'style="' not in text(response)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_page_is_there_with_a_plan(office: Client, plan: Plan, lang: str) -> None:
    scenario = plan.scenario_id
    limits = plan.scenario.limit_set_id
    addresses = [
        *EMPTY,
        "kandidat/A/",
        "kandidat/A/ubah/",
        f"batas/{limits}/ubah/",
        f"skenario/{scenario}/",
        f"skenario/{scenario}/turunan/",
        f"skenario/{scenario}/tetapkan/",
        f"skenario/banding/?a={scenario}&b={scenario}",
    ]
    for address in addresses:
        mark = "&" if "?" in address else "?"
        response = office.get(f"{W}{address}{mark}bahasa={lang}")
        assert response.status_code == 200, address
        assert 'style="' not in text(response)
    for address in (P, f"{P}program/A/", f"{P}program/C/", "/daerah/62.02/dewan/"):
        response = office.get(f"{address}?bahasa={lang}")
        assert response.status_code == 200, address
        mark = "contoh" if lang == "id" else "example"
        if "C/" not in address:
            assert f">{mark}</span>" in text(response)


def test_nobody_enters_without_a_role_here(
    client: Client, alya: Account, citra: Account, done: Scenario
) -> None:
    assert client.get(W).status_code == 302
    for person in (alya, citra):
        client.force_login(person)
        for address in (
            "",
            "kandidat/",
            "kandidat/A/",
            "batas/",
            f"skenario/{done.pk}/",
            f"skenario/{done.pk}/unduh.batas.toml",
        ):
            assert client.get(W + address).status_code == 403, address
        for address in (
            "kandidat/baru/",
            f"skenario/{done.pk}/tetapkan/",
            "skenario/baru/",
            f"skenario/{done.pk}/turunan/",
        ):
            assert client.post(W + address, {}).status_code == 403, address
    assert not Plan.objects.exists()


def test_a_department_officer_records_but_neither_drafts_nor_adopts(
    client: Client, done: Scenario
) -> None:
    person = officer("Dewi", region=done.region, role="officer")
    client.force_login(person)
    assert client.get(W + "kandidat/baru/").status_code == 200
    assert client.get(W + "skenario/baru/").status_code == 403
    assert client.get(f"{W}skenario/{done.pk}/tetapkan/").status_code == 403


def test_a_scenario_of_another_region_is_not_found(
    client: Client, citra: Account, done: Scenario
) -> None:
    client.force_login(citra)
    response = client.get(f"/ruang-kerja/62.01/pilih/skenario/{done.pk}/")
    assert response.status_code == 404


def test_a_candidate_written_on_the_page_is_recorded(
    office: Client, kotim: Region
) -> None:
    given = {
        "code": "KTM-01",
        "name": "Jaringan desa",
        "dimension": "GOV",
        "earliest": "2027",
        "latest": "2029",
        "duration": "2",
        "cost_APBD_1": "Rp 1.500.000.000",
        "running_APBD": "25000000",
        "outcome_GOV": "2,5",
        "sdg": "9; 11",
    }
    assert office.post(W + "kandidat/baru/", given).status_code == 302
    row = queries.current_candidates(kotim).get()
    assert row.total_cost == 1_500_000_000
    assert row.running == {"APBD": 25_000_000}
    assert (row.outcomes, row.sdg) == ({"GOV": 2.5}, [9, 11])
    again = office.post(W + "kandidat/baru/?bahasa=en", given)
    assert again.status_code == 422
    assert "There is a candidate with the code KTM-01." in text(again)
    assert Candidate.objects.count() == 1


def test_a_form_with_faults_keeps_what_was_typed(office: Client, kotim: Region) -> None:
    given = {
        "code": "A B",
        "name": "Jaringan",
        "dimension": "GOV",
        "earliest": "2030",
        "latest": "2027",
        "duration": "1",
        "cost_APBD_1": "-5",
    }
    response = office.post(W + "kandidat/baru/", given)
    assert response.status_code == 422
    assert 'value="Jaringan"' in text(response)
    given = given | {"code": "A", "cost_APBD_1": "5"}
    response = office.post(W + "kandidat/baru/?bahasa=en", given)
    assert response.status_code == 422
    assert "before the earliest start 2030" in text(response)
    assert not Candidate.objects.exists()


def test_a_change_on_the_page_is_a_new_revision(office: Client, done: Scenario) -> None:
    page = office.get(W + "kandidat/A/ubah/")
    given = {
        f.name: f.value() or "" for f in page.context["form"] if f.value() is not False
    }
    response = office.post(W + "kandidat/A/ubah/", given | {"name": "Baru"})
    assert response.status_code == 302, text(response)
    row = queries.current_candidates(done.region).get(code="A")
    assert (row.name, row.revision, row.total_cost) == ("Baru", 2, 2 * MILLIARD)


def test_a_withdrawal_on_the_page_needs_its_reason(
    office: Client, done: Scenario
) -> None:
    assert office.post(W + "kandidat/C/tarik/", {"reason": ""}).status_code == 422
    assert office.post(W + "kandidat/C/tarik/", {"reason": "Batal"}).status_code == 302
    assert not queries.current_candidates(done.region).filter(code="C").exists()


def test_the_list_is_searched_filtered_and_sorted(
    office: Client, done: Scenario
) -> Any:
    def codes(query: str) -> list[str]:
        lines = office.get(f"{W}kandidat/?{query}").context["lines"]
        return [line.row.code for line in lines]

    assert codes("q=program+b") == ["B"]
    assert codes("jenis=ya") == ["A"]
    assert codes(f"skenario={done.pk}") == ["A", "B"]
    assert codes("urut=biaya") == ["C", "A", "B"]
    assert codes("dimensi=ENV") == []
    assert codes("opd=2.16&urut=nama") == ["A", "B", "C"]
    assert codes("skenario=abc") == ["A", "B", "C"]


def test_limits_written_as_tables_are_recorded(office: Client, done: Scenario) -> None:
    before = done.limit_set
    page = office.get(f"{W}batas/{before.pk}/ubah/")
    given = {
        f.name: f.value() if f.value() is not None else "" for f in page.context["form"]
    }
    given |= {
        "name": "Hemat",
        "ceiling_PAD_2027": "1.000.000.000",
        "floor_dimension_GOV": "1",
        "staff_2.16_2028": "3,5",
        "share_0_name": "infrastruktur",
        "share_0_tag": "GOV",
        "share_0_percent": "40",
        "promised": "A; B",
        "require_sustainable": ["sdg"],
        "weight_GOV": "2",
    }
    response = office.post(f"{W}batas/{before.pk}/ubah/", given)
    assert response.status_code == 302, text(response)
    made = LimitSet.objects.exclude(pk=before.pk).get()
    limits = choose_files.limits_from_toml(made.toml)
    assert made.changed_from == before
    assert limits.ceilings["PAD", 2027] == MILLIARD
    assert limits.ceilings["PAD", 2028] == 3 * MILLIARD
    assert limits.staff == {("2.16", 2028): 3.5}
    assert [f.name for f in limits.floors] == ["floor:dimension:GOV"]
    assert limits.shares[0].percent == 40
    assert limits.promised == ("A", "B")
    assert limits.weights == {"GOV": 2.0, "ENV": 1.0}


def test_limits_with_a_negative_ceiling_are_not_recorded(
    office: Client, kotim: Region
) -> None:
    given = {"name": "A", "quick_wins_per_dimension": "0"}
    page = office.get(W + "batas/baru/")
    year = page.context["form"].years[0]
    response = office.post(W + "batas/baru/", given | {f"ceiling_APBD_{year}": "-1"})
    assert response.status_code == 422
    assert not LimitSet.objects.exists()


def test_the_years_of_the_table_are_chosen_without_javascript(
    office: Client, kotim: Region
) -> None:
    form = office.get(W + "batas/baru/?mulai=2028&tahun=3").context["form"]
    assert form.years == [2028, 2029, 2030]


def test_a_draft_shows_its_progress_and_can_be_stopped(
    office: Client, kotim: Region, at: datetime
) -> None:
    made = makers.scenario(kotim, at)
    page = text(office.get(f"{W}skenario/{made.pk}/?bahasa=en"))
    assert "Waiting for its turn" in page
    assert 'http-equiv="refresh"' in page
    part = office.get(
        f"{W}skenario/{made.pk}/kemajuan/", headers={"HX-Request": "true"}
    )
    assert "<html" not in text(part)
    assert 'hx-trigger="every 1s"' in text(part)
    assert office.post(f"{W}skenario/{made.pk}/hentikan/").status_code == 302
    ended = office.get(
        f"{W}skenario/{made.pk}/kemajuan/", headers={"HX-Request": "true"}
    )
    assert ended["HX-Refresh"] == "true"


def test_drafting_on_the_page_queues_a_scenario(office: Client, done: Scenario) -> None:
    given = {"name": "Lagi", "limit_set": done.limit_set_id, "seconds": "10"}
    response = office.post(W + "skenario/baru/", given)
    made = Scenario.objects.get(name="Lagi")
    assert response["Location"] == f"{W}skenario/{made.pk}/"


def test_the_result_answers_first_and_gives_reasons(
    office: Client, done: Scenario
) -> None:
    page = text(office.get(f"{W}skenario/{done.pk}/?bahasa=en"))
    assert "<b>2 of 3 programmes</b>" in page
    assert "it would go over the 2027 ceiling of Own revenue (PAD)" in page
    assert "habaring choose kandidat-62.02.csv batas-62.02.toml" in page


def test_a_conflict_is_told_in_words_with_amounts(
    office: Client, kotim: Region, at: datetime
) -> None:
    rows = [entry("A", latest=2027), entry("B", latest=2027)]
    made = makers.done(kotim, at, rows, promised=("A", "B"))
    page = text(office.get(f"{W}skenario/{made.pk}/?bahasa=en"))
    assert "these 3 limits together" in page
    assert "Take back the promise of Program A (A)." in page
    assert (
        "Raise the 2027 ceiling of Own revenue (PAD) by Rp\u00a01\u00a0billion." in page
    )


def test_a_promise_without_money_is_told_in_words(
    office: Client, kotim: Region, at: datetime
) -> None:
    made = makers.done(
        kotim, at, [entry("A")], promised=("A",), ceilings={("PAD", 2027): 0}
    )
    page = text(office.get(f"{W}skenario/{made.pk}/?bahasa=en"))
    assert (
        "Program A (A) is promised, but it needs Own revenue (PAD) in 2027, where the ceiling is zero"
        in page
    )


def test_what_falls_out_when_there_is_less_money(
    office: Client, done: Scenario, at: datetime
) -> None:
    given = {"name": "Hemat", "percent": "-50"}
    assert office.post(f"{W}skenario/{done.pk}/turunan/", given).status_code == 302
    made = Scenario.objects.get(name="Hemat")
    run_scenario(scenario=made.pk, region=made.region_id, clock=lambda: at)
    page = text(office.get(f"{W}skenario/banding/?a={done.pk}&b={made.pk}&bahasa=en"))
    assert "<b>1 fall out</b>" in page
    sent = office.get(f"{W}skenario/banding.csv?a={done.pk}&b={made.pk}&bahasa=en")
    assert b"out,A" in b"".join(sent)


def test_adoption_on_the_page_needs_decision_and_assent(
    office: Client, done: Scenario, at: datetime, budi: Account
) -> None:
    address = f"{W}skenario/{done.pk}/tetapkan/"
    assert "Record the decision" in text(office.get(address + "?bahasa=en"))
    decision = makers.decision(done.region, at, budi)
    assert office.post(address, {"decision": decision.pk}).status_code == 422
    given = {"decision": decision.pk, "sure": "on"}
    assert office.post(address, given)["Location"] == P
    plan = queries.plan_in_force(done.region)
    assert plan is not None
    assert plan.decision == decision


def test_the_public_sees_no_scenario_before_a_decision(
    client: Client, done: Scenario
) -> None:
    page = client.get(P)
    assert page.status_code == 200
    assert "Program A" not in text(page)
    for address in (
        "program/A/",
        "kandidat.csv",
        "batas.toml",
        "catatan.json",
        "hasil.csv",
        "uang.csv",
    ):
        assert client.get(P + address).status_code == 404


def test_the_public_plan_can_be_computed_again(client: Client, plan: Plan) -> None:
    page = text(client.get(P + "?bahasa=en"))
    assert "<b>2 of 3 programmes</b>" in page
    record = json.loads(client.get(P + "catatan.json").content)
    assert Choice.from_record(record).chosen == ("A", "B")
    assert (
        client.get(P + "kandidat.csv").content.decode() == plan.scenario.candidates_csv
    )
    assert client.get(P + "batas.toml").content.decode() == plan.scenario.limits_toml
    assert client.get(P + "hasil.xlsx").status_code == 200
    rows = b"".join(client.get(P + "uang.csv?bahasa=en")).decode()
    assert "2027,PAD,Own revenue (PAD),build,3000000000" in rows


def test_a_programme_has_its_thread_in_public(client: Client, plan: Plan) -> None:
    page = text(client.get(P + "program/C/?bahasa=en"))
    assert "Musrenbang Baamang" in page
    assert "Left out of the plan." in page
    chosen = text(client.get(P + "program/A/?bahasa=en"))
    assert "Not in an issued edition yet." in chosen  # the thread goes on in the books
    assert client.get(P + "program/ZZ/").status_code == 404


@pytest.mark.parametrize(
    ("address", "most"),
    [(W + "kandidat/", 16), (W + "skenario/", 12), (P, 16), (P + "program/A/", 27)],
)
def test_queries_do_not_grow_with_rows(
    office: Client,
    plan: Plan,
    at: datetime,
    django_assert_max_num_queries: Any,
    address: str,
    most: int,
) -> None:
    rows = [entry(f"N{n:02}") for n in range(20)]
    record_candidates(region=plan.region, rows=rows, upload=None, by=None, at=at)
    with django_assert_max_num_queries(most):
        assert office.get(address).status_code == 200
