"""Journey: a cohort from the call to the award, with three regions.

Nina runs the ministry's programme office. Budi leads Kotawaringin Timur through the four
stages, with a phone at the door where there is no signal; Sari's Murung Raya and Tari's
Temanggung apply, too. Mira guides, Asri and Bima assess.
"""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.learning import (
    COHORTS,
    Class,
    answers,
    asks_to_read,
    come,
    gives_findings_an_owner,
    lists_assessors,
    plans_a_round,
    reads,
)
from tests.journeys.person import PATIENCE, Person, rows_of
from tests.journeys.town import Town

YEAR = 2028  # the demo's own call is of the year before
KOTIM, MURUNG_RAYA, TEMANGGUNG = "Kotawaringin Timur", "Murung Raya", "Temanggung"
REGIONS = {"62.02": KOTIM, "62.12": MURUNG_RAYA, "33.23": TEMANGGUNG}
CODE = "62.02"
ROOM = f"/ruang-kerja/{CODE}/belajar/"
TEXT = f"/ruang-kerja/{CODE}/tulisan/naskah/masterplan/section/buku-1.kecenderungan/"
POINTS = {"62.02": "4", "62.12": "3", "33.23": "2"}
PILLARS = ("government", "academia", "business", "community", "media")
MENDED = " Tujuh belas desa di hulu belum bersinyal (2025)."
REMARK = "Sebutkan desanya dan tahun datanya."
WHY = "Seluruh kursi belum terisi dan daerah ini cadangan berikutnya."
KEPT = """new Promise((good) => {
  const workers = navigator.serviceWorker;
  if (workers.controller) good(true);
  else workers.addEventListener("controllerchange", () => good(true));
})"""
"""Until the page would open without a network."""


# The call


def opens_the_call(nina: Person, story: Class) -> None:
    """The demo's call ends; another year is recorded with its method, and opened."""
    nina.go("/ruang-kerja/")
    nina.follow(nina.says("Programme office"))
    story.seen(nina, "01-office")
    nina.follow(str(YEAR - 1), exact=False)
    nina.press(nina.says("Close the call"))
    nina.go(COHORTS)
    nina.follow(nina.says("A new cohort"))
    nina.fills(nina.says("Year"), str(YEAR))
    nina.fills(nina.says("Seats"), "2")
    nina.fills(nina.says("First day for applications"), story.day())
    nina.fills(nina.says("Last day for applications"), story.day(20))
    nina.press(nina.says("Record it"))
    nina.press(nina.says("Open the call"))
    nina.reads(nina.says("The call is open."))


def applies(officer: Person, code: str, story: Class) -> None:
    """On the page where the call is announced; the requirements are ticked one by one."""
    officer.go(f"/ruang-kerja/{code}/belajar/")
    officer.follow(officer.says("Apply"))
    officer.fills(
        officer.says("Why your region wants to take part"),
        "Kami ingin layanan sampai ke desa, dan belajar dari daerah lain.",
    )
    for box in officer.page.locator("input[name^=meets_]").all():
        box.check()
    letter = officer.says("Letter of the head of region")
    officer.attaches(letter, story.paper(f"Surat {code}"))
    if code == CODE:
        story.seen(officer, "02-apply")
    officer.press(officer.says("Send the application"))
    officer.reads(officer.says("The application is sent."))


def chooses(nina: Person, anybody: Person, story: Class) -> None:
    """Nobody is chosen unseen; then by the method, and all read their reason."""
    cohort = f"{COHORTS}{YEAR}/"
    nina.go(cohort)
    nina.press(nina.says("Close the call"))
    nina.press(nina.says("Choose the regions"))
    nina.reads(nina.says("Some applications have no points yet."))
    for code, points in POINTS.items():
        nina.go(f"{cohort}daerah/{code}/")
        nina.reads("belajar dari daerah lain")
        for number in nina.page.locator("input[name^=points_]").all():
            number.fill(points)
        nina.press(nina.says("Keep the points"))
    nina.reads(nina.says("What the method would give now"))
    story.seen(nina, "03-rated")
    nina.press(nina.says("Choose the regions"))
    nina.reads(nina.says("The regions are chosen; each sees its reason."))
    anybody.go(f"/nasional/angkatan/{YEAR}/")
    rows = list(rows_of(anybody, anybody.says("Regions")))
    assert [REGIONS[c] in row[1] for c, row in zip(POINTS, rows, strict=True)] == [
        True
    ] * 3
    assert anybody.says("on the reserve list") in rows[2][2]
    assert rows[1][3] in rows[2][4]  # the last seat went at this score
    anybody.reads(anybody.says("How regions are compared"))
    story.seen(anybody, "04-cohort")


def one_leaves_and_another_comes(nina: Person, story: Class) -> None:
    """What a person decides beside the method stands there with its reason."""
    cohort = f"{COHORTS}{YEAR}/"
    nina.go(f"{cohort}daerah/62.12/putusan/keluar/")
    nina.fills(nina.says("Reason"), "Daerah menarik diri karena banjir besar.")
    nina.press(nina.says("The region leaves"))
    nina.go(f"{cohort}daerah/33.23/putusan/masuk/")
    nina.fills(nina.says("Reason"), WHY)
    nina.press(nina.says("Let the region in"))
    nina.reads(WHY)


def names_the_mentor(nina: Person, story: Class) -> None:
    nina.go(f"{COHORTS}pendamping/")
    nina.fills(nina.says("Region code"), CODE)
    nina.fills(nina.says("Mail address of the account"), "mira@contoh.id")
    nina.page.locator("input[name=name]").fill("Mira")
    nina.press(nina.says("Name the mentor"))
    nina.reads("Mira")
    story.seen(nina, "05-mentors")


def signs_the_agreement(budi: Person, story: Class) -> None:
    budi.go(ROOM)
    budi.follow(budi.says("Agreements (MoU)"))
    budi.follow(budi.says("Record an instrument"))
    budi.page.locator("select[name=kind]").select_option("mou")
    budi.fills(budi.says("Title"), "Nota kesepakatan pendampingan uji")
    budi.fills(budi.says("Signed on"), story.day())
    budi.fills(budi.says("In force until"), story.day(700))
    budi.attaches(budi.says("Signed paper"), story.paper("MoU"))
    budi.press(budi.says("Record the instrument"))
    budi.go(ROOM)
    budi.reads("Nota kesepakatan pendampingan uji")


# Four stages


def plans(budi: Person, stage: int, story: Class) -> str:
    """Days, place and agenda; the page of the stage."""
    budi.go(f"{ROOM}rencana/{stage}/")
    budi.fills(budi.says("First day"), story.day())
    budi.fills(budi.says("Last day"), story.day(1))
    budi.fills(budi.says("Place"), "Aula Sampit")
    budi.press(budi.says("Plan them"))
    sitting = budi.path
    budi.follow(budi.says("Agenda and speakers"))
    budi.fills(
        budi.says("Agenda"),
        "1 | 08.00-09.00 | Pembukaan | Bupati\n1 | 09.00-12.00 | FGD tiap dimensi\n"
        "2 | 08.00-11.00 | Rencana kerja",
    )
    budi.fills(budi.says("Speakers and mentors"), "Mira | Universitas Contoh | SWOT")
    budi.press(budi.says("Save"))
    budi.reads("FGD tiap dimensi")
    return sitting


def invites(budi: Person, sitting: str, story: Class) -> None:
    """Ten people from a table; a pillar that does not exist is named."""
    rows = [f"Peserta {n},Kantor {n},{PILLARS[n % 5]}" for n in range(1, 11)]
    heads = "name,institution,pillar\n"
    budi.go(f"{sitting}peserta/")
    good = story.file("peserta.csv", heads + "\n".join(rows))
    budi.attaches(budi.says("File (CSV or XLSX)"), good)
    budi.press(budi.says("Send the table"))
    budi.reads("Peserta 10")


def scans_without_a_line(door: Person, sitting: str, story: Class) -> None:
    """Two badges at the door, the browser closed in between; sent once there is a line."""
    door.go(f"{sitting}lencana/")
    assert door.page.locator("svg.qr-code").count() == 10
    typed = door.page.locator(".badges .code-line").all_inner_texts()
    badge = content_of_a_badge(story, sitting)
    story.seen(door, "07-badges")
    phone = f"{sitting}meja/"
    door.go(phone)
    door.page.evaluate(KEPT)
    door.cut_off = True
    door.context.set_offline(True)
    notes(door, badge, "1")
    door.starts_anew().go(phone)
    notes(door, typed[1], "2")
    other = "A" if badge[-20] != "A" else "B"
    notes(door, f"{badge[:-20]}{other}{badge[-19:]}", "")
    false = door.says("This is no badge of ours, or it was changed.")
    expect(door.page.locator("[data-at=notice-text]")).to_have_text(
        false, timeout=PATIENCE
    )
    door.reads(door.says("waits"))
    door.page.set_viewport_size({"width": 360, "height": 900})
    door.examine()
    door.context.set_offline(False)
    door.press(door.says("Send now"), stays=True)
    expect(door.page.locator("[data-at=scans] li").first).to_contain_text(
        door.says("noted"), timeout=PATIENCE
    )


def content_of_a_badge(story: Class, sitting: str) -> str:
    """What a camera reads from the code of number one."""
    key = sitting.split("/")[-2]
    told = story.town.runs(
        "import django; django.setup(); from habaring.shared import walls; from django.db import transaction\n"
        "from habaring.guidance import badges; from habaring.guidance.models import *\n"
        f"with transaction.atomic(), walls.within({CODE!r}):\n"
        f"    one = Participant.objects.get(sitting={key}, number=1)\n"
        "    print(badges.badge(one))"
    )
    return told.strip().splitlines()[-1]


def notes(door: Person, content: str, number: str) -> None:
    door.page.locator("#code").fill(content)
    door.press(door.says("Note it"), stays=True)
    if number:
        words = door.says("Welcome, number {number}.").replace("{number}", number)
        expect(door.page.locator("[data-at=notice-text]")).to_have_text(
            words, timeout=PATIENCE
        )


def ticks_the_rest(budi: Person, sitting: str, story: Class, came: int) -> None:
    """Who came by badge is on the list already; the others are ticked."""
    budi.go(f"{sitting}hadir/")
    boxes = budi.page.locator("input[name=number]")
    assert budi.page.locator("input[name=number]:checked").count() == came
    for box in boxes.all():
        box.check()
    budi.press(budi.says("Keep who came"))
    budi.reads(budi.says("%(came)s came on this day.", came=10))
    if came:
        story.seen(budi, "08-who-came")


def is_held(budi: Person, sitting: str) -> None:
    budi.go(sitting)
    budi.press(budi.says("The days were held"))


def writes(budi: Person) -> None:
    """The section where it belongs: in the master plan, at the remark's paragraph."""
    budi.go(TEXT)
    expect(budi.page.locator(".writing.live")).to_be_visible(timeout=PATIENCE)
    budi.reads(REMARK)  # it stands there, too
    box = budi.page.locator(".strands textarea[data-text]").first
    box.focus()
    budi.page.keyboard.press("Control+End")
    budi.page.keyboard.type(MENDED)
    expect(budi.page.locator("[data-status]")).to_have_text(
        budi.says("Everything is saved."), timeout=PATIENCE
    )


def hands_in(budi: Person, name: str) -> str:
    """The parts as they stand; the page of the assignment."""
    budi.go(f"{ROOM}tugas/")
    budi.follow(name)
    page = budi.path
    budi.follow(budi.says("Hand in"))
    budi.press(budi.says("Hand in"))
    budi.reads(re.sub(r"%\(n\)s.*", "", budi.says("Version %(n)s is handed in.")))
    return page


def remarks_and_revises(budi: Person, mira: Person, story: Class) -> str:
    """A remark on the first paragraph, a refusal to hand in the same, a better text."""
    name = "Kumpulkan data daerah"
    page = hands_in(budi, name)
    mira.go(f"{page}versi/1/")
    first = mira.page.locator("ol.paragraphs > li").first
    first.locator("summary").click()
    first.locator("textarea").fill(REMARK)
    with mira.page.expect_navigation():
        first.get_by_role("button").click()
    mira.arrived()
    expect(first).to_contain_text(REMARK)
    story.seen(mira, "09-remark")
    mira.go(page)
    mira.follow(mira.says("Send back"))
    mira.fills(mira.says("Reason"), "Lihat catatan di paragraf 1.")
    mira.press(mira.says("Send back"))
    budi.go(page)
    budi.reads("Lihat catatan di paragraf 1.")
    budi.follow(budi.says("Hand in"))
    budi.press(budi.says("Hand in"))
    budi.reads(budi.says("Change what the remarks ask for, then hand in."))
    budi.go(f"{page}versi/1/")
    budi.follow(budi.says("Answer the remark"))
    budi.fills(budi.says("What you changed, or why not"), "Desa dan tahun ditambahkan.")
    budi.press(budi.says("Answer the remark"))
    writes(budi)
    assert hands_in(budi, name) == page
    mira.go(f"{page}versi/2/")
    expect(mira.page.locator("ol.paragraphs > li").first).to_contain_text(
        MENDED.strip()
    )
    return page


def approves(mira: Person, page: str, *, book: bool = False) -> None:
    mira.go(page)
    mira.follow(mira.says("Approve"))
    mira.press(mira.says("Approve"))
    if book:
        mira.press(mira.says("Put it in the book"))
        mira.reads(mira.says("It is in the book."))


def closes(mira: Person, sitting: str, reason: str = "") -> None:
    mira.go(f"{sitting}tutup/")
    if reason:
        mira.press(mira.says("Close the stage"))
        mira.reads(mira.says("The stage cannot be closed yet."))
        mira.fills(mira.says("Words with it"), reason)
    else:
        mira.reads(mira.says("Nothing is missing: the stage can be closed."))
    mira.press(mira.says("Close the stage"))
    mira.reads(mira.says("The stage is closed."))


def the_first_stage(budi: Person, mira: Person, door: Person, story: Class) -> None:
    """All that it asks for: agreement, days, people, work handed in and approved."""
    sitting = plans(budi, 1, story)
    invites(budi, sitting, story)
    is_held(budi, sitting)
    close = budi.says("Close the stage")  # the mentor's, not the region's own
    assert not budi.page.get_by_role("link", name=close, exact=True).count()
    story.seen(budi, "06-gates")
    scans_without_a_line(door, sitting, story)
    ticks_the_rest(budi, sitting, story, came=2)
    page = remarks_and_revises(budi, mira, story)
    approves(mira, page, book=True)
    story.seen(mira, "10-booked")
    for name in ("Isi formulir kesiapan", "Susun SWOT dan isu"):
        approves(mira, hands_in(budi, name))
    mira.go(sitting)
    closes(mira, sitting)


def another_stage(budi: Person, mira: Person, stage: int, story: Class) -> None:
    """In short: the days are held, and closed with words for what is missing."""
    sitting = plans(budi, stage, story)
    is_held(budi, sitting)
    closes(mira, sitting, "Peserta tercatat di daftar kertas; tugas menyusul.")


def all_of_a_stage(
    budi: Person, mira: Person, stage: int, names: tuple[str, ...], story: Class
) -> None:
    sitting = plans(budi, stage, story)
    invites(budi, sitting, story)
    is_held(budi, sitting)
    ticks_the_rest(budi, sitting, story, came=0)
    for name in names:
        approves(mira, hands_in(budi, name), book=True)
    closes(mira, sitting)


def finishes(nina: Person, story: Class) -> None:
    """Not before the fourth stage is closed."""
    address = f"{COHORTS}{YEAR}/daerah/{CODE}/putusan/selesai/"
    nina.go(address)
    nina.fills(nina.says("Award"), "Penghargaan penyelesaian")
    nina.press(nina.says("The region has finished"))


# The evaluation


def is_evaluated(
    nina: Person, officers: dict[str, Person], readers: dict[str, Person], story: Class
) -> None:
    lists_assessors(nina, {"Asri": "51.71", "Bima": "73.71"})
    plans_a_round(nina, story, tuple(REGIONS))
    gives_findings_an_owner(officers[CODE], CODE, story)
    for (code, officer), level in zip(officers.items(), ("3", "2", "2.5"), strict=True):
        answers(officer, code, story, level)
    nina.go(story.round)
    nina.press(nina.says("Begin the reading"))
    for region, level in zip(REGIONS.values(), ("3.5", "2", "3"), strict=True):
        for name, reader in readers.items():
            asks_to_read(nina, story, region, name)
            reads(reader, region, level)
    nina.go(story.round)
    nina.press(nina.says("Announce the results"))
    story.pass_the_days_to_appeal()
    nina.go(story.round)
    nina.press(nina.says("Publish the results"))
    nina.reads(nina.says("What everybody reads"))


def the_country_shows_it(anybody: Person, story: Class) -> None:
    anybody.go(f"/evaluasi/{story.today.year}/2/")
    ranks = [row[0].split()[0] for row in rows_of(anybody, anybody.says("Results"))]
    assert ranks == ["1", "2", "3"]
    anybody.reads("Kota Cerdas Terbaik")
    anybody.reads("Indeks capaian tertinggi, paling rendah 2,50.")
    story.seen(anybody, "20-year")
    anybody.go(f"/nasional/?q={CODE}")
    (row,) = rows_of(anybody, anybody.says("Regions"))
    assert KOTIM in row[0]
    assert "dievaluasi" in row[2]
    assert str(YEAR) in row[3]
    assert row[4] == "4/4"
    assert "3,50" in row[5]
    story.seen(anybody, "21-national")
    anybody.go(f"/daerah/{CODE}/belajar/")
    anybody.reads("Penghargaan penyelesaian")
    anybody.reads("Nota kesepakatan pendampingan uji")
    story.seen(anybody, "22-region")
    anybody.go(f"/nasional/angkatan/{YEAR}/")
    anybody.reads(WHY)


def test_a_cohort_from_the_call_to_the_award(
    arrive: Arrive, town: Town, tmp_path: Path
) -> None:
    story = Class(town, tmp_path, "cohort")
    come(town, {"Nina": "programme_office", "Mira": "", "Asri": "", "Bima": ""})
    town.joined_by("Sari", "secretariat", "62.12")
    town.joined_by("Tari", "secretariat", "33.23")
    nina, anybody = arrive().signs_in("Nina"), arrive(width=360)
    opens_the_call(nina, story)
    officers = {
        "62.02": arrive(width=360).signs_in("Budi"),
        "62.12": arrive(language="en").signs_in("Sari"),
        "33.23": arrive().signs_in("Tari"),
    }
    for code, officer in officers.items():
        applies(officer, code, story)
    chooses(nina, anybody, story)
    one_leaves_and_another_comes(nina, story)
    names_the_mentor(nina, story)
    budi, mira = officers[CODE], arrive().signs_in("Mira")
    signs_the_agreement(budi, story)
    the_first_stage(budi, mira, arrive(width=360).signs_in("Budi"), story)
    another_stage(budi, mira, 2, story)
    finishes(nina, story)
    nina.reads(nina.says("The region has not finished all stages."))
    another_stage(budi, mira, 3, story)
    fourth = ("Selesaikan Buku 2", "Tulis Buku 3 Ringkasan Eksekutif")
    all_of_a_stage(budi, mira, 4, (*fourth, "Lengkapi profil Quick Win"), story)
    finishes(nina, story)
    nina.reads(nina.says("The region has finished guidance."))
    readers = {
        "Asri": arrive(language="en").signs_in("Asri"),
        "Bima": arrive(width=360).signs_in("Bima"),
    }
    is_evaluated(nina, officers, readers, story)
    the_country_shows_it(anybody, story)
