"""Journey 6: nothing of the core needs JavaScript."""

from pathlib import Path

from tests.journeys.conftest import Arrive
from tests.journeys.test_assessing import changed, history_of, sends, template
from tests.journeys.test_choosing import chosen_codes, drafts, writes_limits
from tests.journeys.test_manners import switches


def test_find_a_region_and_walk_around(arrive: Arrive) -> None:
    alya = arrive(scripts=False)
    alya.go("/")
    alya.page.get_by_role("searchbox").first.fill("kotim")
    alya.press(alya.says("Search"))
    with alya.page.expect_navigation():
        alya.page.locator("ul.doors a").first.click()
    assert alya.path == "/daerah/62.02/"
    for stage in ("kondisi", "pilihan", "rencana"):
        alya.follow_address(f"/daerah/62.02/{stage}/")
        assert alya.heading
    switches(alya, "en")
    assert alya.path == "/daerah/62.02/rencana/"
    alya.reads(alya.says("The books"))


def test_upload_values(arrive: Arrive, tmp_path: Path) -> None:
    budi = arrive(scripts=False).signs_in("Budi")
    source = template(budi, tmp_path)
    before = history_of(budi, "K05")
    sends(budi, changed(source, tmp_path / "a.xlsx", {("K05", 2024, "F"): "x"}))
    budi.reads(budi.says("Nothing of the file was saved."))
    good = changed(
        source,
        tmp_path / "b.xlsx",
        {("K05", 2024, "F"): 13_200, ("K05", 2024, "L"): "Tanpa JavaScript"},
    )
    sends(budi, good)
    budi.reads("Tanpa JavaScript")
    assert history_of(budi, "K05") == before + 1


def test_draft_a_scenario_and_look_again_until_it_is_there(arrive: Arrive) -> None:
    budi = arrive(scripts=False).signs_in("Budi")
    writes_limits(budi, "Tanpa JavaScript")
    drafts(budi, "Tanpa JavaScript", "Tanpa JavaScript")
    assert chosen_codes(budi)
