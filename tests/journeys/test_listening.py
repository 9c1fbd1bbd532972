"""Journey: five people from a question to a programme, by a vote anyone can recount.

Budi is the secretariat; Rusmini a villager on a small phone without scripts; Oktavia
answers for a department; Darma sits in the council; the journalist signs in nowhere.
"""

import io
import subprocess
import sys
import time
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from django.utils import translation
from pypdf import PdfReader

from habaring.participation.models.proposals import StepKind
from tests.journeys.conftest import Arrive
from tests.journeys.letters import letters_to
from tests.journeys.listening import (
    ALYA,
    ARCADE,
    CHECKER,
    COSTS,
    COUNCIL_SAYS,
    DECISION,
    DEPARTMENT,
    HALL,
    LAMPS,
    OFFICE,
    OPEN_FOR,
    PUBLIC,
    REGISTER,
    ROOM,
    RUSMINI,
    SHEET,
    STATION,
    TOLD,
    TOO_DEAR,
    VILLAGE,
    VOTE,
    VOTERS,
    WELL,
    WIB,
    Story,
    answers,
    asks_the_department,
    enters_for_a_neighbour,
    is_discussed,
    is_hidden,
    is_judged_by_another,
    is_merged,
    joins,
    opens_a_call,
    proposes,
    publishes,
    seen,
    sends,
    uploads_three_more,
    works_for,
)
from tests.journeys.person import Person, rows_of
from tests.journeys.town import Town


def sends_the_register(budi: Person, story: Story) -> None:
    file = story.folder / "dpt.csv"
    rows = [f'{nik},"{name}",{VILLAGE}' for name, nik in VOTERS.items()]
    file.write_text("\n".join(["nik,name,village", *rows]))
    budi.go(f"{ROOM}orang/daftar/")
    budi.fills(budi.says("Name of the register"), REGISTER)
    budi.field(budi.says("Who stands in it")).select_option("electorate")
    budi.fills(budi.says("Source"), "Contoh")
    budi.attaches(budi.says("Spreadsheet"), file)
    budi.ticks(budi.says("Example data: the numbers are nobody's"))
    budi.press(budi.says("Send and look at it"))
    budi.press(budi.says("Put it to use"))


def sets_up_the_vote(budi: Person, story: Story) -> datetime:
    """From the feasible ones alone; the order of ties and the rules stand before it."""
    budi.go(f"{OFFICE}panggilan/{story.call_key}/suara/baru/")
    now = datetime.now(WIB)
    closes = (now + OPEN_FOR).replace(second=0, microsecond=0) + timedelta(minutes=1)
    budi.fills(budi.says("Name of the vote"), VOTE)
    budi.fills(budi.says("Opens"), f"{now:%Y-%m-%dT%H:%M}")
    budi.fills(budi.says("Closes"), f"{closes:%Y-%m-%dT%H:%M}")
    budi.chooses(budi.says("Register of voters"), REGISTER)
    budi.ticks(budi.says("Paper sheets are taken in too"))
    seen(budi, "20-vote-form")
    budi.press(budi.says("Draft the vote"))
    budi.reads(LAMPS)
    budi.misses(HALL)
    story.vote = budi.path.split("/")[-2]
    budi.press(budi.says("Publish the vote"))
    return closes


def reads_the_rules(journalist: Person, story: Story) -> None:
    journalist.go(f"{PUBLIC}suara/{story.vote}/")
    journalist.page.locator("summary").filter(
        has_text=journalist.says("The order that breaks ties")
    ).click()
    assert journalist.page.locator("ol.compact li").count() == len(COSTS)
    seen(journalist, "21-vote")
    rules = journalist.context.request.get(
        journalist.town.url(f"{PUBLIC}suara/{story.vote}/aturan.json")
    ).body()
    journalist.reads(sha256(rules).hexdigest())


def finds_the_entry(person: Person, story: Story, name: str) -> None:
    """By NIK and name, once; then the ballot."""
    person.go(f"{PUBLIC}suara/{story.vote}/")
    sends(person, "main p.actions a.button")
    person.fills(person.says("NIK"), VOTERS[name])
    person.fills(person.says("Name on the card"), name)
    person.press(person.says("Find me"))
    if "/pilih/" not in person.path:
        person.go(f"{PUBLIC}suara/{story.vote}/")
        person.follow(person.says("Vote"))


def marks(person: Person, story: Story, *titles: str) -> None:
    for title in COSTS:
        box = person.page.locator(f'input[name="pilih"][value="{story.number(title)}"]')
        box.set_checked(title in titles)
    person.press(person.says("Next: look it over"))
    for title in titles:
        person.reads(title)


def casts(person: Person, *, picture: str = "") -> tuple[str, str]:
    """The receipt stands there before it is cast, and is the same after."""
    number, secret = person.page.locator(".receipt code").all_inner_texts()
    if picture:
        seen(person, f"{picture}-review")
    form = person.page.locator("main form").last
    sent = {
        str(one.get_attribute("name")): str(one.get_attribute("value") or "")
        for one in form.locator("input").all()
        if one.get_attribute("name") != "kode"
    }
    codes = form.locator('input[name="kode"]').all()
    body = urlencode(
        [*sent.items(), *(("kode", str(one.get_attribute("value"))) for one in codes)]
    )
    person.press(person.says("I wrote it down: cast my ballot"))
    assert person.heading == person.says("Your ballot is in the box")
    if picture:
        seen(person, f"{picture}-cast")
    again = person.context.request.post(
        person.page.url,
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    words = person.says("It was there already, once: nothing was cast twice.")
    assert again.status == 200, again.text()
    assert words in again.text()
    assert number in again.text()
    return number, secret


def changes_by_receipt(person: Person, story: Story, receipt: tuple[str, str]) -> None:
    """Nobody asks who holds it."""
    person.go(f"{PUBLIC}suara/{story.vote}/ubah/")
    person.fills(person.says("Receipt"), " ".join(receipt))
    person.press(person.says("Show my ballot"))
    assert person.page.locator('input[name="pilih"]:checked').count() == 1
    marks(person, story, LAMPS, WELL)
    person.press(person.says("Change my ballot"))
    assert person.heading == person.says("Your ballot is in the box")


def takes_paper_in(budi: Person, story: Story) -> None:
    """Sheets are printed, voters ticked off, choices typed in; nobody votes twice."""
    budi.go(f"{OFFICE}suara/{story.vote}/kertas/")
    prints = budi.page.locator("#cetak")
    prints.locator("[name$=number]").fill("3")
    prints.locator("form[method=post] [name$=place]").fill(STATION)
    sends(budi, "#cetak button[value=print]")
    href = budi.page.locator('a[href$="surat-suara.pdf"]').first.get_attribute("href")
    answer = budi.context.request.get(budi.town.url(str(href)))
    pages = PdfReader(io.BytesIO(answer.body())).pages
    text = "\n".join(page.extract_text() for page in pages)
    numbers = list(dict.fromkeys(SHEET.findall(text)))
    assert len(numbers) == 3, text[:2000]
    for title in COSTS:
        assert title in text
    on_paper = [name for name in VOTERS if name not in ("Rusmini", "Alya Putri")]
    ticks_off(budi, story, "Rusmini", *on_paper)
    budi.reads(
        budi.says("This person has voted on screen. Their sheet must not be counted.")
    )
    seen(budi, "23-paper-refused")
    ticks_off(budi, story, *on_paper)
    lamps, well, arcade = (story.number(title) for title in (LAMPS, WELL, ARCADE))
    said = (lamps, f"{lamps} {well}", arcade)
    file = story.folder / "lembar.csv"
    rows = [f"{number},{choice}" for number, choice in zip(numbers, said, strict=True)]
    file.write_text("\n".join(["number,choice", *rows]))
    budi.page.locator("#lembar [name$=place]").select_option(STATION)
    budi.page.locator("#lembar [name$=file]").set_input_files(file)
    sends(budi, "#lembar button[value=ballots]")
    row = next(rows_of(budi, budi.says("Polling places")))
    assert row == [STATION, "3", "3", "0"]
    seen(budi, "24-paper")


def ticks_off(budi: Person, story: Story, *names: str) -> None:
    file = story.folder / "pemilih.csv"
    rows = [f'{VOTERS[name]},"{name}"' for name in names]
    file.write_text("\n".join(["nik,name", *rows]))
    budi.page.locator("#pemilih [name$=place]").fill(STATION)
    budi.page.locator("#pemilih [name$=file]").set_input_files(file)
    sends(budi, "#pemilih button[value=voters]")


def is_closed_and_counted(budi: Person, story: Story, closes: datetime) -> None:
    """Whoever comes first, the secretariat or the worker."""
    time.sleep(max(0.0, (closes - datetime.now(WIB)).total_seconds()))
    budi.go(f"{OFFICE}suara/{story.vote}/hitung/")
    close = budi.page.get_by_role(
        "button", name=budi.says("Close the vote and count it")
    )
    if close.count():
        with budi.page.expect_navigation():
            close.click()
    budi.reads(budi.says("Counted and published"))


# The result


def reads_the_result(journalist: Person, story: Story) -> None:
    """The page, its rounds, why one lost, and the other rule on the same ballots."""
    journalist.go(f"{PUBLIC}suara/{story.vote}/hasil/")
    journalist.reads(LAMPS)
    chosen = rows_of(journalist, journalist.says("Chosen projects"))
    assert [row[1].split("\n")[0] for row in chosen] == [LAMPS, WELL]
    lost = rows_of(journalist, journalist.says("Projects that were not chosen"))
    assert [row[0].split("\n")[0] for row in lost] == [ARCADE]
    journalist.reads(journalist.says("Where the money goes"))
    journalist.reads(journalist.says("The same projects would win."))
    seen(journalist, "30-result")
    journalist.follow(journalist.says("Follow the count round by round"))
    seen(journalist, "31-rounds")
    journalist.follow(journalist.says("One round at a time"))
    journalist.follow(journalist.says("Next round"))
    assert WELL in journalist.heading
    journalist.go(f"{story.result}proyek/{story.number(ARCADE)}/")
    seen(journalist, "32-project")


def recounts(journalist: Person, story: Story) -> None:
    """On a computer of one's own, with our program and with the eighty lines."""
    journalist.go(f"{PUBLIC}suara/{story.vote}/hasil/")
    ballots, record, checker = (
        takes(journalist, f'main a[href$="{end}"]', story.folder)
        for end in ("suara.pb", "hasil.json", "check_count.py")
    )
    for file in (ballots, record):
        journalist.reads(sha256(file.read_bytes()).hexdigest())
    counted = journalist.town.habaring("count", str(ballots), "--json")
    assert counted.code == 0, counted.err
    assert counted.out.encode() == record.read_bytes()
    assert checker.read_bytes() == CHECKER.read_bytes()
    checked = run_checker(checker, ballots, record)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    record.write_text(record.read_text().replace(story.number(WELL), "99"))
    assert run_checker(checker, ballots, record).returncode != 0


def takes(person: Person, link: str, folder: Path) -> Path:
    with person.page.expect_download() as coming:
        person.page.locator(link).first.click()
    to = folder / coming.value.suggested_filename
    coming.value.save_as(to)
    return to


def run_checker(checker: Path, *files: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(checker), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )


def checks_the_ballot(rusmini: Person, story: Story, number: str) -> None:
    """By its number alone: it stands in the file, as it was changed."""
    rusmini.go(f"{PUBLIC}suara/{story.vote}/periksa/")
    rusmini.fills(rusmini.says("Number of the ballot, or the whole receipt"), number)
    rusmini.press(rusmini.says("Look"))
    rusmini.reads(rusmini.says("This ballot was counted"))
    rusmini.reads(LAMPS)
    rusmini.reads(WELL)
    rusmini.misses(ARCADE)
    seen(rusmini, "33-checked")


# The council, and the plan


def decides_otherwise(darma: Person, budi: Person, story: Story) -> None:
    """With a decision and a reason; both results stand there from then on."""
    darma.go(f"{ROOM}dewan/keputusan/baru/")
    darma.field(darma.says("Council")).select_option(index=0)
    darma.fills(darma.says("Number"), DECISION)
    darma.fills(darma.says("Day of the decision"), f"{datetime.now(WIB):%Y-%m-%d}")
    darma.fills(darma.says("Title"), "Kanopi pasar didahulukan")
    darma.fills(darma.says("Reason"), COUNCIL_SAYS)
    darma.chooses(darma.says("What it decides about"), VOTE)
    darma.press(darma.says("Record the decision"))
    budi.go(f"{OFFICE}suara/{story.vote}/putusan/semua/")
    for title in COSTS:
        box = budi.page.locator(f'input[name="winners"][value="{story.number(title)}"]')
        box.set_checked(title != WELL)
    budi.chooses(budi.says("Decision of the council"), DECISION)
    budi.fills(budi.says("Reason"), COUNCIL_SAYS)
    budi.page.locator("[name=overspend]").check()
    seen(budi, "40-override")
    budi.press(budi.says("Record the change"))
    darma.go(f"{PUBLIC}suara/{story.vote}/hasil/")
    darma.reads(COUNCIL_SAYS)
    darma.reads(darma.says("left out by the council"))
    darma.reads(darma.says("taken in by the council"))
    seen(darma, "41-overridden")


def become_candidates(budi: Person, story: Story) -> None:
    budi.go(f"{ROOM}pilih/usulan/")
    assert budi.page.locator("td.tick input:checked").count() == 2
    seen(budi, "42-gather")
    budi.press(budi.says("Make candidates of what is ticked"))
    budi.go(f"{ROOM}pilih/usulan/")
    made = budi.page.locator(f'main td a[href^="{ROOM}pilih/kandidat/"]')
    assert made.count() == 2, budi.text


def leads_both_ways(budi: Person, rusmini: Person, story: Story) -> None:
    """The proposal tells that it is a candidate; the candidate, where it came from."""
    budi.page.locator(f'main td a[href^="{ROOM}pilih/kandidat/"]').first.click()
    budi.page.wait_for_url("**/kandidat/**")
    budi.reads(story.code(LAMPS))
    seen(budi, "43-candidate")
    rusmini.go(story.paths[LAMPS])
    last = rusmini.page.locator("#perjalanan li").last
    assert LAMPS in last.inner_text()
    seen(rusmini, "44-proposal-at-last")


def each_letter_came_once(town: Town, story: Story) -> None:
    """One a step to who wrote it and to who follows it."""
    code = story.code(LAMPS)
    for to in (RUSMINI, ALYA):
        subjects = [str(one["Subject"]) for one in letters_to(town, to)]
        about = [words for words in subjects if words.startswith(code)]
        assert len(about) == len(set(about)), about
        told = {words.removeprefix(f"{code}: ") for words in about}
        with translation.override("id"):
            assert told >= {str(StepKind(kind).label) for kind in TOLD}, told


def test_from_a_question_to_a_programme(
    arrive: Arrive, town: Town, tmp_path: Path
) -> None:
    story = Story(tmp_path)
    budi = arrive().signs_in("Budi")
    rusmini = arrive(width=360, scripts=False)
    journalist = arrive(language="en", width=360)
    opens_a_call(budi, story)
    enters_for_a_neighbour(budi, story)
    uploads_three_more(budi, story)
    proposes(rusmini, story)
    publishes(budi, story, journalist)
    alya = arrive().signs_in("Alya")
    is_discussed(budi, rusmini, alya, story)
    is_hidden(budi, alya, journalist, story)
    is_merged(budi, alya, story)
    works_for(town, joins(town, "Oktavia", "officer"), DEPARTMENT)
    oktavia = arrive(language="en").signs_in("Oktavia")
    asks_the_department(budi, story)
    answers(oktavia, story)
    sends_the_register(budi, story)
    closes = sets_up_the_vote(budi, story)
    reads_the_rules(journalist, story)
    finds_the_entry(rusmini, story, "Rusmini")
    seen(rusmini, "22-ballot")
    marks(rusmini, story, ARCADE)
    receipt = casts(rusmini, picture="22")
    changes_by_receipt(rusmini, story, receipt)
    finds_the_entry(alya, story, "Alya Putri")
    marks(alya, story, LAMPS, WELL)
    casts(alya)
    takes_paper_in(budi, story)
    # what needs no result, while the vote is still open
    sari = arrive().signs_in(joins(town, "Sari", "secretariat"))
    is_judged_by_another(budi, sari)
    journalist.go(story.paths[HALL])
    journalist.reads(TOO_DEAR)
    seen(journalist, "17-refused")
    darma = arrive(scheme="dark").signs_in(joins(town, "Darma", "council"))
    is_closed_and_counted(budi, story, closes)
    reads_the_result(journalist, story)
    recounts(journalist, story)
    checks_the_ballot(rusmini, story, receipt[0])
    decides_otherwise(darma, budi, story)
    become_candidates(budi, story)
    leads_both_ways(budi, rusmini, story)
    each_letter_came_once(town, story)
