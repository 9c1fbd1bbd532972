"""Journey: an evaluation from the first answer to the award, with all that goes wrong.

Nina runs the ministry's programme office. Budi answers for Kotawaringin Timur on a phone,
Tari for Temanggung. Asri and Bima read, Candra is the third; Dodi lives in the same
province, Mira guided the region, and Eko finds out that he does business with it.
"""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.learning import (
    COHORTS,
    QUESTIONS,
    READINGS,
    Class,
    answers,
    asks_to_read,
    come,
    gives_findings_an_owner,
    lists_assessors,
    opens_a_reading,
    plans_a_round,
    reads,
    sends,
)
from tests.journeys.person import Person, rows_of
from tests.journeys.town import Town

KOTIM, TEMANGGUNG = "Kotawaringin Timur", "Temanggung"
CODE, OTHER = "62.02", "33.23"
ROOM = f"/ruang-kerja/{CODE}/evaluasi/"
HOMES = {
    "Asri": "51.71",
    "Bima": "73.71",
    "Candra": "64.71",
    "Dodi": "62.71",
    "Mira": "12.71",
    "Eko": "13.71",
}
WEAKNESS = "Dewan belum bertemu tiap triwulan."


def was_a_mentor(nina: Person) -> None:
    """Mira guides the region, and stops; her row stays."""
    nina.go(f"{COHORTS}pendamping/")
    nina.fills(nina.says("Region code"), CODE)
    nina.fills(nina.says("Mail address of the account"), "mira@contoh.id")
    nina.page.locator("input[name=name]").fill("Mira")
    nina.press(nina.says("Name the mentor"))
    nina.reads(nina.says("The mentor is named."))
    row = nina.page.locator("main tbody tr", has_text="Mira")
    with nina.page.expect_navigation():
        row.get_by_role("button").click()
    nina.arrived()
    nina.reads(nina.says("The guidance is ended; it stays on record."))


def is_refused_without_evidence(budi: Person, story: Class) -> None:
    """All is answered, nothing is proven: the answers do not go."""
    budi.go(ROOM)
    budi.follow("Evaluasi uji")
    entry = budi.path
    for question in QUESTIONS:
        budi.go(f"{entry}butir/{question}/")
        budi.page.locator("select[name=level]").select_option("3")
        sends(budi, "main form button:not([name=next])")
    story.seen(budi, "62-answer")
    budi.go(entry)
    budi.press(budi.says("Hand the answers in"))
    expect(budi.page.locator("main [role=alert]")).to_contain_text(", ".join(QUESTIONS))
    story.seen(budi, "63-refused")


def hands_in(budi: Person, story: Class) -> None:
    """Open findings of before hold it, until each has an owner and a day."""
    assert gives_findings_an_owner(budi, CODE, story)
    answers(budi, CODE, story, "3")
    story.seen(budi, "64-handed-in")


def keeps_away_who_is_tied(nina: Person, story: Class) -> None:
    """Dodi and Mira cannot be asked, and the page says why."""
    nina.go(story.entries[KOTIM])
    for name, why in (
        ("Dodi", "They live or work in the same province."),
        ("Mira", "They guide or guided this region."),
    ):
        row = nina.page.locator("main li", has_text=name)
        expect(row).to_contain_text(nina.says(why))
        assert not row.get_by_role("button").count()
    story.seen(nina, "65-who-could-read")


def declares_a_tie(eko: Person, nina: Person, story: Class) -> None:
    """What he declares ends his reading, before he has seen an answer."""
    asks_to_read(nina, story, KOTIM, "Eko")
    eko.go(READINGS)
    eko.follow(KOTIM, exact=False)
    eko.misses("Lihat laporan tahunan.")
    eko.page.locator("input[value=business]").check()
    eko.fills(eko.says("In a sentence, where there is one"), "Pemasok aplikasi.")
    eko.press(eko.says("Declare"))
    assert eko.path == READINGS
    nina.go(story.entries[KOTIM])
    nina.reads(nina.says("They do business with this region."))


def reads_twice_and_a_third_time(
    nina: Person, readers: dict[str, Person], story: Class
) -> None:
    """Two lie apart by more than the step: no result before a third has read."""
    for name in ("Asri", "Bima"):
        asks_to_read(nina, story, KOTIM, name)
        asks_to_read(nina, story, TEMANGGUNG, name)
    opens_a_reading(readers["Asri"], KOTIM)
    story.seen(readers["Asri"], "66-reading")
    _reads_on(readers["Asri"], KOTIM, "2", WEAKNESS)
    readers["Bima"].go(READINGS)
    readers["Bima"].misses("Asri")
    reads(readers["Bima"], KOTIM, "4")
    reads(readers["Asri"], TEMANGGUNG, "3")
    reads(readers["Bima"], TEMANGGUNG, "3")
    nina.go(story.round)
    nina.reads(nina.says("a third should read"))
    nina.press(nina.says("Announce the results"))
    nina.reads(
        nina.says("Wait for its readers, or ask a third where two lie far apart.")
    )
    story.seen(nina, "68-round-third")
    asks_to_read(nina, story, KOTIM, "Candra")
    reads(readers["Candra"], KOTIM, "3.5")
    nina.go(story.round)
    nina.press(nina.says("Announce the results"))
    nina.reads(nina.says("Publish the results"))


def _reads_on(reader: Person, region: str, level: str, finding: str) -> None:
    reader.page.locator("select[name=kind]").select_option("weakness")
    reader.fills(reader.says("In words"), finding)
    reader.press(reader.says("Write it down"))
    for question in QUESTIONS:
        reader.page.locator(f"select[name=level-{question}]").select_option(level)
    reader.press(reader.says("Hand it in"))
    reader.reads(region)


def sees_the_result(budi: Person, story: Class) -> str:
    """The median of three, the range, no names; the weakness is there to be dealt with."""
    budi.go(ROOM)
    budi.follow("3,50", exact=False)
    result = budi.path
    budi.reads("3,50")
    budi.reads(budi.says("Rank"))
    for name in ("Asri", "Bima", "Candra"):
        budi.misses(name)
    story.seen(budi, "69-result")
    budi.go(ROOM)
    budi.reads(WEAKNESS)
    assert gives_findings_an_owner(budi, CODE, story) == 1
    budi.go(ROOM)
    budi.follow(WEAKNESS)
    budi.reads(budi.says("Who deals with it"))
    return result


def appeals(budi: Person, nina: Person, result: str, story: Class) -> None:
    """One question is looked at again; until then nothing is published."""
    budi.go(result)
    budi.page.locator("select[name=question]").select_option("K1")
    budi.fills(budi.says("Reason"), "Perbup di lampiran belum dibaca.")
    budi.press(budi.says("File the appeal"))
    budi.reads(budi.says("waits for a decision"))
    nina.go(story.round)
    nina.press(nina.says("Publish the results"))
    nina.reads(nina.says("The regions may still appeal."))
    story.pass_the_days_to_appeal()
    nina.go(story.round)
    nina.press(nina.says("Publish the results"))
    nina.reads(nina.says("An appeal waits for a decision."))
    nina.go(f"{story.round}banding/")
    nina.follow(KOTIM, exact=False)
    nina.page.locator("input[name=granted][value='1']").check()
    nina.page.locator("select[name=level]").select_option("4")
    nina.fills(nina.says("Reason"), "Benar: Perbup ada di halaman 3.")
    story.seen(nina, "70-appeal")
    nina.press(nina.says("Record the decision"))
    budi.go(result)
    budi.reads("Benar: Perbup ada di halaman 3.")


def is_published(nina: Person, anybody: Person, story: Class) -> None:
    """40 % of 4 and 60 % of 3.5 are 3.7; the award goes by the method that was public."""
    nina.go(story.round)
    nina.press(nina.says("Publish the results"))
    nina.reads(nina.says("What everybody reads"))
    anybody.go(f"/evaluasi/{story.today.year}/2/")
    listed = list(rows_of(anybody, anybody.says("Results")))
    assert [row[0].split()[0] for row in listed] == ["1", "2"]
    assert "3.70" in listed[0][2]
    anybody.reads("Best Smart City")
    anybody.reads("The highest achievement index, at least 2.50.")
    story.seen(anybody, "71-year")
    anybody.go(f"/daerah/{CODE}/evaluasi/")
    anybody.reads("3.70")
    story.seen(anybody, "72-region")
    anybody.go("/evaluasi/")
    story.seen(anybody, "73-years")


def test_from_an_answer_without_evidence_to_an_appeal(
    arrive: Arrive, town: Town, tmp_path: Path
) -> None:
    story = Class(town, tmp_path, "evaluation")
    come(town, {"Nina": "programme_office", **dict.fromkeys(HOMES, "")})
    town.joined_by("Tari", "secretariat", OTHER)
    nina = arrive().signs_in("Nina")
    lists_assessors(nina, HOMES)
    story.seen(nina, "61-assessors")
    was_a_mentor(nina)
    plans_a_round(nina, story, (CODE, OTHER))
    budi = arrive(width=360).signs_in("Budi")
    is_refused_without_evidence(budi, story)
    hands_in(budi, story)
    answers(arrive(language="en").signs_in("Tari"), OTHER, story, "2.5")
    nina.go(story.round)
    nina.press(nina.says("Begin the reading"))
    keeps_away_who_is_tied(nina, story)
    declares_a_tie(arrive(width=360).signs_in("Eko"), nina, story)
    readers = {
        "Asri": arrive(width=360).signs_in("Asri"),
        "Bima": arrive(language="en").signs_in("Bima"),
        "Candra": arrive().signs_in("Candra"),
    }
    reads_twice_and_a_third_time(nina, readers, story)
    result = sees_the_result(budi, story)
    appeals(budi, nina, result, story)
    is_published(nina, arrive(language="en"), story)
