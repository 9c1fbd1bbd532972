"""Journey 6: a practice goes from Kotawaringin Timur to Seruyan, and thanks come back.

Budi writes down what worked in Kotim; Fitri of Seruyan, who has nothing there yet, finds
it by words, by meaning and because the two regions are alike, adopts it, asks, thanks,
and says a year later, from a letter, how it fares.
"""

import re
import subprocess
import sys

import psycopg
import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.letters import letters_to, link_in, next_to, words_of
from tests.journeys.person import Person
from tests.journeys.sights import seen
from tests.journeys.town import Town

KOTIM, SERUYAN = "62.02", "62.07"
BUDI, FITRI = "budi@contoh.id", "fitri@contoh.id"
TITLE = "Perahu baca keliling untuk anak di tepi Mentaya"
BY_WORDS = "perahu baca"
BY_MEANING = "perpustakaan untuk murid di sungai"
IN_ENGLISH = "mobile library for children"
WHY = "Anak di tepi Seruyan juga jauh dari perpustakaan."
ASKED = "Berapa orang awak perahunya?"
ANSWERED = "Dua: satu juru mudi dan satu pustakawan."
THANKS = "Jadwal singgah kalian kami pakai apa adanya. Terima kasih, Kotim!"
FARES = "Perahunya kini singgah di dua belas kampung."
MORE_THAN_A_YEAR = 380
ASK_WHO_IS_DUE = """
import django
django.setup()
from habaring.exchange.tasks import ask
ask(0)
"""


@pytest.fixture
def fitri(arrive: Arrive, town: Town) -> Person:
    """The secretariat of Seruyan, on a telephone."""
    town.are_joined_by({"Fitri": "secretariat"}, SERUYAN)
    return arrive(width=360).signs_in("Fitri")


def letter_count(town: Town, to: str) -> int:
    return len(letters_to(town, to))


# Budi writes down what worked


def writes_a_practice(budi: Person) -> None:
    """From a programme; the page says what is missing before all may read it."""
    budi.go(f"/ruang-kerja/{KOTIM}/")
    budi.go(f"/ruang-kerja/{KOTIM}/praktik/")
    seen(budi, "01-desk", "adoption")
    budi.follow(budi.says("Write a practice"))
    budi.chooses(budi.says("Programme"), "SOC-04")
    budi.press(budi.says("Copy it"))
    budi.fills(budi.says("Title"), TITLE)
    budi.fills(
        budi.says("Summary"),
        "Perpustakaan terapung membawa buku dan dongeng ke kampung tanpa jalan.",
    )
    budi.press(budi.says("Save the draft"))
    budi.reads(budi.says("Missing before it can be published"))
    seen(budi, "02-draft", "adoption")
    budi.follow(budi.says("Go on writing"))
    for label, words in {
        "The problem that it solves": "Anak di kampung sungai tidak punya buku bacaan.",
        "What was done": "Satu perahu singgah di tiap kampung dua minggu sekali.",
        "How to do it": "Pilih perahu\nSusun jadwal singgah\nLatih awaknya",
        "What others should do differently": "Mulai sebelum musim kemarau.",
        "The outcome, in words": "Tiap anak meminjam dua buku sebulan.",
        "Who answers questions (a post)": "Kepala Dinas Perpustakaan dan Arsip",
    }.items():
        budi.fills(budi.says(label), words)
    budi.press(budi.says("Save the draft"))
    budi.misses(budi.says("Missing before it can be published"))
    budi.press(budi.says("Publish"))
    budi.reads(budi.says("Published."))


# Everybody finds it


def found_by(reader: Person, words: str) -> str:
    """Ask in these words; the card of the practice, which is among the first."""
    reader.go("/praktik/")
    reader.fills(reader.says("Words or a question"), words)
    reader.press(reader.says("Search"), stays=True)
    reader.reads(reader.says("the best answer first"))
    card = reader.page.locator(".practice-list > li").filter(has_text=TITLE)
    card.wait_for()
    titles = reader.page.locator(".practice-list h3").all_inner_texts()
    assert TITLE in titles[:3], titles[:5]
    return card.inner_text()


def searches(reader: Person) -> None:
    """By its words; by what is meant; words of nothing find nothing."""
    assert reader.says("found by meaning") not in found_by(reader, BY_WORDS)
    found_by(reader, BY_MEANING)
    seen(reader, "03-found", "adoption")
    reader.go("/praktik/?q=zzyzxq")
    reader.reads(reader.says("Nothing fits these filters"))
    seen(reader, "03-nothing", "adoption")


def looks_for_regions_alike(fitri: Person) -> None:
    """Her own region chosen: each practice says how alike its region is, and in what."""
    fitri.go(f"/ruang-kerja/{SERUYAN}/praktik/adopsi/")
    seen(fitri, "04-nothing-adopted", "adoption")
    fitri.follow_address(f"/praktik/?mirip={SERUYAN}")
    card = fitri.page.locator(".practice-list > li").filter(has_text=TITLE).first
    assert re.search(r"\d+ ?% .*Seruyan: \w+", card.inner_text().replace("\u00a0", " "))
    seen(fitri, "04-alike-first", "adoption")
    fitri.follow_address(f"/daerah/{SERUYAN}/praktik/mirip/")
    fitri.reads(fitri.says("Most alike in:"))
    fitri.reads("Kabupaten Pulang Pisau")
    seen(fitri, "04-alike", "adoption")


# From one region to the other


def adopts(fitri: Person) -> str:
    """A candidate of her own region, with where it came from; the page of the adoption."""
    found_by(fitri, BY_WORDS)
    fitri.follow(TITLE)
    practice = fitri.path
    fitri.follow(fitri.says("Adopt for %(name)s", name="Seruyan"))
    fitri.reads(fitri.says("What is copied"))
    fitri.fills(fitri.says("Why it fits here"), WHY)
    seen(fitri, "05-adopt", "adoption")
    fitri.press(fitri.says("Adopt"))
    adoption = fitri.path
    fitri.reads("A-62.02-")
    seen(fitri, "06-adopted", "adoption")
    fitri.follow(fitri.says("candidate %(code)s", code="A-62.02-"), exact=False)
    fitri.reads("Kabupaten Kotawaringin Timur, ")
    fitri.reads(TITLE)
    seen(fitri, "07-candidate", "adoption")

    fitri.go(practice)  # a second time is refused, and nothing changes
    fitri.follow(fitri.says("Adopt for %(name)s", name="Seruyan"))
    fitri.press(fitri.says("Adopt"))
    fitri.reads(fitri.says("Your region has adopted this practice already."))
    return adoption


def sees_who_adopted(budi: Person, town: Town, letters: int) -> str:
    """By a letter, in the work room, and where everybody reads it."""
    letter = next_to(town, BUDI, after=letters)
    assert "Kabupaten Seruyan" in letter
    assert WHY in letter
    budi.go(f"/ruang-kerja/{KOTIM}/praktik/adopsi/")
    budi.reads("Kabupaten Seruyan")
    seen(budi, "08-passed-on", "adoption")
    budi.follow(TITLE)
    budi.reads(WHY)
    return budi.path


def asks_and_is_answered(fitri: Person, budi: Person, practice: str) -> None:
    town, before = fitri.town, letter_count(fitri.town, FITRI)
    fitri.go(practice)
    fitri.follow(fitri.says("Ask for %(name)s", name="Seruyan"))
    fitri.fills(fitri.says("Your words"), ASKED)
    fitri.press(fitri.says("Send the question"))
    fitri.reads(fitri.says("Not answered yet."))
    budi.go(f"/ruang-kerja/{KOTIM}/praktik/")
    budi.reads(ASKED)
    budi.page.locator("main li").filter(has_text=ASKED).locator("a").click()
    budi.arrived()
    budi.fills(budi.says("Your words"), ANSWERED)
    budi.press(budi.says("Send the answer"))
    seen(budi, "09-questions", "adoption")
    assert ANSWERED in next_to(town, FITRI, after=before)
    fitri.go(practice)
    fitri.reads(ANSWERED)


def says_thank_you(fitri: Person, budi: Person, adoption: str, practice: str) -> None:
    town, before = budi.town, letter_count(budi.town, BUDI)
    fitri.go(adoption)
    fitri.follow(fitri.says("Say thank you"))
    fitri.fills(fitri.says("Your message"), THANKS)
    seen(fitri, "10-thanks", "adoption")
    fitri.press(fitri.says("Send the thanks"))
    fitri.reads(THANKS)
    assert THANKS in next_to(town, BUDI, after=before)
    budi.go(f"/ruang-kerja/{KOTIM}/praktik/adopsi/")
    budi.reads(THANKS)
    budi.go(practice)
    budi.reads(THANKS)
    seen(budi, "11-practice", "adoption")


# A year later


def a_year_passes(town: Town) -> None:
    """The adoption is older; the daily round asks who is due. Twice: one letter."""
    with psycopg.connect(town.database_url) as link:
        link.execute(
            "UPDATE exchange_adoption SET adopted_at = adopted_at - %s * interval '1 day'"
            " WHERE region_id = %s",
            [MORE_THAN_A_YEAR, SERUYAN],
        )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", ASK_WHO_IS_DUE],
            env=town.environment() | {"SITE_ADDRESS": town.address.rstrip("/")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def answers_from_the_letter(passer: Person, practice: str) -> None:
    """Without signing in: one click, two questions; answered once, it is closed."""
    town, before = passer.town, letter_count(passer.town, FITRI)
    a_year_passes(town)
    next_to(town, FITRI, after=before)
    asked = [one for one in letters_to(town, FITRI) if "/kabar/" in words_of(one)]
    assert len(asked) == 1
    link = link_in(asked[0], "kabar")
    passer.go(link)
    assert passer.page.locator("input[name=running]:checked").count() == 1
    seen(passer, "12-survival", "adoption")
    passer.page.locator("input[name=effect][value=better]").check()
    passer.page.locator("input[name=advice][value=yes]").check()
    passer.fills(passer.says("In a sentence: why?"), FARES)
    passer.press(passer.says("Send the answers"))
    passer.reads(passer.says("Thank you"))
    passer.go(practice)
    passer.reads(FARES)
    passer.go(link)
    passer.page.locator("input[name=effect][value=same]").check()
    passer.page.locator("input[name=advice][value=no]").check()
    passer.press(passer.says("Send the answers"))
    passer.reads(passer.says("These questions are answered already."))


def test_from_one_region_to_another_and_the_thanks_back(
    arrive: Arrive, fitri: Person, town: Town
) -> None:
    budi = arrive().signs_in("Budi")
    writes_a_practice(budi)
    searches(arrive())
    looks_for_regions_alike(fitri)
    before = letter_count(town, BUDI)
    adoption = adopts(fitri)
    practice = sees_who_adopted(budi, town, before)
    asks_and_is_answered(fitri, budi, practice)
    says_thank_you(fitri, budi, adoption, practice)
    answers_from_the_letter(arrive(width=360), practice)
    budi.go(f"/ruang-kerja/{KOTIM}/praktik/adopsi/")
    budi.reads("Kabupaten Seruyan")


def test_in_english_and_without_scripts(arrive: Arrive) -> None:
    """A reader of another language finds the same practices; forms work as they are."""
    reader = arrive(language="en", scripts=False)
    reader.go(f"/praktik/?q={IN_ENGLISH.replace(' ', '+')}")
    assert reader.page.locator(".practice-list > li").count() >= 1
    reader.page.locator(".practice-list h3 a").first.click()
    reader.reads("Who adopted it, and how it fares")
    reader.go(f"/daerah/{SERUYAN}/praktik/mirip/")
    reader.reads("Most alike in:")
