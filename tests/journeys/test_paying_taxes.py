"""Journey 4: from a rule to a closed day, in a region that begins with nothing.

Ratna is the tax officer, Hendra the head of revenue, Wati the treasurer. Bahrun has a
small phone, Cici a smaller one without scripts; Alya is told a wrong area and objects.
The bank is the product's own simulator, in a process of its own.
"""

import base64
import re
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from habaring.revenue.nop import shown_nop
from tests.journeys.conftest import Arrive
from tests.journeys.letters import next_to
from tests.journeys.person import Person, rows_of
from tests.journeys.taxes import (
    ALYAS,
    BAHRUNS,
    CICIS,
    CLASSES,
    CODE,
    DARMANS,
    ENDANGS,
    FAJARS,
    FREE,
    GUNTURS,
    HENDRA,
    LAND_VALUE,
    NMID,
    OFFICE,
    OWNERS,
    PAHRUL,
    PAN,
    PEOPLE,
    PLACES,
    PREFIX,
    PUBLIC,
    RATNA,
    VILLAGES,
    WATI,
    Receipt,
    Story,
    bank_app,
    fits,
    register_file,
    rule_text,
    rupiah,
    seen,
    sends,
    tax_of,
    tax_on,
)
from tests.journeys.town import Town

# The office prepares a year


def proposes_a_rule(ratna: Person, story: Story) -> str:
    """A rate above the ceiling is refused by its name; then the right one waits."""
    ratna.go(f"/ruang-kerja/{CODE}/")
    ratna.follow(ratna.says("Local taxes"), inside="body")
    assert ratna.path == OFFICE
    seen(ratna, "01-desk-empty")
    ratna.follow(ratna.says("Rules and value classes"))
    ratna.follow(ratna.says("Propose a rule"))
    too_high = rule_text().replace("percent = 0.2\n", "percent = 0.7\n")
    ratna.attaches(
        ratna.says("File of the rule (TOML)"), story.file("tinggi.toml", too_high)
    )
    ratna.press(ratna.says("Propose it"))
    ratna.reads(ratna.says("The rule was not proposed."))
    seen(ratna, "02-rule-refused")
    ratna.attaches(
        ratna.says("File of the rule (TOML)"), story.file("pbb.toml", rule_text())
    )
    ratna.press(ratna.says("Propose it"))
    ratna.reads(ratna.says("You proposed it, so somebody else has to approve it."))
    assert not ratna.page.get_by_role("button", name=ratna.says("Approve it")).count()
    return ratna.path


def approves_it(hendra: Person, rule: str) -> None:
    hendra.go(OFFICE)
    hendra.follow(hendra.says("rules for a second person"), exact=False)
    hendra.follow_address(rule)
    fits(hendra)
    hendra.press(hendra.says("Approve it"))
    hendra.reads(hendra.says("The rule is approved."))


def loads_the_register(ratna: Person, story: Story) -> None:
    """Classes, villages, and the file of the system they have; a bad row is named."""
    ratna.go(f"{OFFICE}kelas/")
    ratna.follow(ratna.says("Upload a spreadsheet"))
    ratna.attaches(
        ratna.says("Spreadsheet"),
        story.file("kelas.csv", CLASSES.format(year=story.year)),
    )
    ratna.press(ratna.says("Send the spreadsheet"))
    ratna.reads("A10")
    imports(ratna, story.file("desa.csv", PLACES), "Villages of NOPs")
    ratna.press(ratna.says("Save all"))
    ratna.reads(ratna.says("The file is saved"))
    wrong = register_file().replace(",1000,0,A10", ",seribu,0,A10")
    imports(ratna, story.file("salah.csv", wrong), "Objects from SISMIOP")
    ratna.reads("seribu")
    ratna.reads("LUAS_BUMI")
    seen(ratna, "04-import-problem")
    ratna.follow(ratna.says("Send a mended file"))
    imports(ratna, story.file("objek.csv", register_file()), "Objects from SISMIOP")
    ratna.reads(ratna.says("Every row can be saved"))
    ratna.press(ratna.says("Save all"))
    ratna.reads(ratna.says("The file is saved"))
    ratna.follow(ratna.says("To the objects"))
    listed = list(rows_of(ratna, ratna.says("Tax objects")))
    assert len(listed) == len(OWNERS)
    fits(ratna)


def imports(ratna: Person, file: Path, kind: str) -> None:
    ratna.go(f"{OFFICE}impor/")
    ratna.ticks(ratna.says(kind))
    ratna.attaches(ratna.says("Spreadsheet"), file)
    ratna.ticks(ratna.says("Example data: nobody is meant"))
    ratna.press(ratna.says("Look at the file"))


def issues_the_year(ratna: Person, story: Story) -> None:
    """Forecast and written by the worker; the page follows by itself."""
    ratna.go(OFFICE)
    ratna.follow(ratna.says("Issue a year"))
    ratna.follow(ratna.says("Prepare a year"))
    ratna.fills(ratna.says("Year"), str(story.year))
    ratna.fills(ratna.says("Last day to pay"), story.due.isoformat())
    ratna.press(ratna.says("Prepare it"))
    total = sum(tax_of(nop) for nop in OWNERS)
    ratna.reads(rupiah(total))
    ratna.press(ratna.says("Write the bills"))
    ratna.page.locator(".page-head .badge.good").wait_for()
    assert ratna.page.get_by_text(ratna.says("written"), exact=True).count() == 2
    seen(ratna, "06-run")
    ratna.go(f"{OFFICE}tagihan/")
    assert len(list(rows_of(ratna, ratna.says("Bills")))) == len(OWNERS)
    fits(ratna)


def takes_banks_on(hendra: Person, story: Story) -> None:
    """One for virtual accounts, one for QRIS; each key by the page, the secret once."""
    pem = story.bank_says("key")
    for kind, name, code in (("va", "Bank Uji", "uji"), ("qris", "QRIS Uji", "ujiqr")):
        hendra.go(f"{OFFICE}mitra/")
        hendra.follow(hendra.says("Take one on"))
        hendra.page.locator(f'input[name="kind"][value="{kind}"]').check()
        hendra.fills(hendra.says("Name"), name)
        hendra.fills(hendra.says("Short name"), code)
        hendra.fills("X-PARTNER-ID", f"UJI-{kind.upper()}")
        if kind == "va":
            hendra.fills(hendra.says("First 8 digits of its virtual accounts"), PREFIX)
        else:
            hendra.fills(hendra.says("Merchant PAN"), PAN)
            hendra.fills(hendra.says("National merchant number (NMID)"), NMID)
        hendra.press(hendra.says("Take it on"))
        hendra.follow(hendra.says("Add its public key"))
        hendra.fills(hendra.says("Public key (PEM)"), pem)
        hendra.press(hendra.says("Believe this key"))
    hendra.go(f"{OFFICE}mitra/")
    hendra.follow("Bank Uji")
    hendra.press(hendra.says("Make a shared secret"))
    secret = hendra.page.locator("pre.secret code").inner_text()
    hendra.follow(hendra.says("I have copied it"))
    hendra.misses(secret)
    seen(hendra, "08-partner")
    hendra.press(hendra.says("Test call"))
    assert not hendra.page.get_by_text(hendra.says("not good"), exact=True).count()
    story.bank_says(
        *("join", CODE, "--address", hendra.town.address.rstrip("/")),
        *("--secret", secret, "--prefix", PREFIX),
        *("--va-id", "UJI-VA", "--va-name", "uji"),
        *("--qris-id", "UJI-QRIS", "--qris-name", "ujiqr"),
    )


# People pay


def looks_up(person: Person, nop: str) -> None:
    """By the number on the paper; no account, the name masked."""
    person.go(PUBLIC)
    person.fills(person.says("Number of the tax object (NOP)"), shown_nop(nop))
    person.press(person.says("Look up the bill"))
    person.reads(rupiah(tax_of(nop)))
    person.misses(OWNERS[nop][0])


def chooses_to_pay(person: Person, nop: str, way: str) -> str:
    """As far as the code or the number; its address."""
    looks_up(person, nop)
    person.press(person.says("Pay what is ticked"))
    person.page.locator(
        f'label:has-text("{way}") input, input[value*="{way}"]'
    ).first.check()
    person.press(person.says("Go on"))
    person.reads(rupiah(tax_of(nop)))
    return person.path


def pays_at_the_bank(payer: Person, story: Story, code: str, way: str) -> None:
    """In the app of the bank: paste what the camera reads, pay."""
    payer.go(story.bank)
    payer.page.locator("textarea").fill(code)
    sends(payer, "form[action='/lihat'] button")
    sends(payer, f"button[value='{way}']")


def reads_why(bahrun: Person) -> None:
    """Each step with its article; tried with another area, nothing is sent."""
    looks_up(bahrun, BAHRUNS)
    fits(bahrun)
    bahrun.follow(bahrun.says("Why this amount?"), exact=False)
    bahrun.reads(rupiah(FREE))
    seen(bahrun, "11-why")
    bahrun.follow(bahrun.says("Try other figures"), exact=False)
    fits(bahrun)


def pays_by_qris(person: Person, payer: Person, story: Story, nop: str) -> None:
    """The page says "paid" only when the ledger does."""
    number = "13" if person.scripts else "14"
    page = chooses_to_pay(person, nop, "QRIS")
    assert person.page.locator("svg.qr-code").count() == 1
    seen(person, f"{number}-qris")
    person.follow(person.says("Paid already? Look again"))
    person.misses(person.says("Thank you. The money has arrived."))
    pays_at_the_bank(payer, story, story.code_of(nop), "1")
    payer.page.get_by_text("2005200").first.wait_for()
    person.go(page)
    person.reads(person.says("Thank you. The money has arrived."))
    person.follow(person.says("Open the receipt"))
    person.reads(rupiah(tax_of(nop)))
    seen(person, f"{number}-receipt")
    number, secret = person.page.locator("b.code-line").all_inner_texts()
    person.page.locator("summary").filter(
        has_text=person.says("What the code says")
    ).click()
    code = person.page.locator("pre.secret").inner_text()
    story.receipts[nop] = Receipt(person.path, number, secret, code)


def verifies(person: Person, story: Story, nop: str) -> None:
    """On the page of the region; a changed letter is found."""
    receipt = story.receipts[nop]
    person.go(PUBLIC)
    person.follow(person.says("Check a receipt"), exact=False)
    label = person.says("What the QR code says, or the number of the receipt")
    person.fills(label, receipt.code)
    person.press(person.says("Check it"))
    person.reads(person.says("This receipt is real"))
    fits(person)
    amount = str(tax_of(nop))
    person.fills(label, receipt.code.replace(amount, f"9{amount}"))
    person.press(person.says("Check it"))
    person.reads(person.says("This is not a receipt of ours"))


def verifies_alone(person: Person, story: Story, nop: str) -> None:
    """Without a line: with the public key from before and any program of Ed25519."""
    person.go(f"{PUBLIC}resi/periksa/")
    pem = person.takes(person.says("Public keys"), story.folder).read_bytes()
    start = pem.index(b"-----BEGIN")
    key = load_pem_public_key(pem[start:])
    assert isinstance(key, Ed25519PublicKey)
    text, _slash, signed = story.receipts[nop].code.rpartition("/")
    signature = base64.b32decode(signed + "=" * (-len(signed) % 8))
    key.verify(signature, text.encode())
    with pytest.raises(InvalidSignature):
        key.verify(signature, text.replace(nop, CICIS).encode())


# The bank


def the_bank_repeats_itself(darman: Person, payer: Person, story: Story) -> None:
    """Told twice, it stands once."""
    chooses_to_pay(darman, DARMANS, "Bank Uji")
    seen(darman, "20-va")
    pays_at_the_bank(payer, story, story.number_of(DARMANS), "2")
    payer.page.get_by_text("2002500").first.wait_for()
    looks_up(darman, DARMANS)
    assert darman.page.locator(".paid-list li").count() == 1


def the_bank_tells_nobody(fajar: Person, payer: Person, story: Story) -> None:
    """The money is at the bank, and the page does not say that it has come."""
    chooses_to_pay(fajar, FAJARS, "Bank Uji")
    pays_at_the_bank(payer, story, story.number_of(FAJARS), "nanti")
    payer.page.get_by_text("belum dikabari").first.wait_for()
    looks_up(fajar, FAJARS)
    assert not fajar.page.locator(".paid-list").count()


def the_bank_takes_it_back(endang: Person, payer: Person, story: Story) -> None:
    """A payment is reversed by an entry of its own; its page says so."""
    chooses_to_pay(endang, ENDANGS, "Bank Uji")
    pays_at_the_bank(payer, story, story.number_of(ENDANGS), "1")
    looks_up(endang, ENDANGS)
    endang.reads(endang.says("Nothing is to be paid."))
    payer.go(story.bank)
    sends(payer, "form[action='/balik'] button")
    seen(payer, "21-bank")
    looks_up(endang, ENDANGS)
    endang.reads(endang.says("taken back by the channel"))
    assert endang.page.get_by_role(
        "button", name=endang.says("Pay what is ticked")
    ).count()
    seen(endang, "22-taken-back")


def sends_its_files(payer: Person, story: Story) -> list[Path]:
    payer.go(story.bank)
    return [payer.takes(name, story.folder) for name in ("Virtual account", "QRIS")]


# The collector


def gives_a_telephone(hendra: Person) -> str:
    """The code for its enrolment, shown once."""
    hendra.go(OFFICE)
    hendra.follow(hendra.says("Village collectors"))
    hendra.follow(hendra.says("Give somebody a telephone"))
    hendra.chooses(hendra.says("Collector"), PAHRUL)
    hendra.fills(hendra.says("Name of the telephone"), "Dusun 1")
    hendra.page.locator("label").filter(has_text="Contoh Hilir").first.click()
    hendra.press(hendra.says("Make the code"))
    return hendra.page.locator("pre.secret code").inner_text()


def collects_offline(pahrul: Person, code: str, story: Story) -> None:
    """Enrolled at the office; in the village there is no line, and money is taken."""
    page = pahrul.page
    pahrul.go(f"{OFFICE}petugas/")
    pahrul.follow(pahrul.says("Collect on this telephone"))
    pahrul.fills(pahrul.says("Code of the office"), code)
    pahrul.press(pahrul.says("Enrol it"), stays=True)
    pahrul.reads(pahrul.says("Ready: this page opens without a network."))
    fits(pahrul)
    pahrul.context.set_offline(True)
    page.reload()
    pahrul.fills(pahrul.says("Name or NOP"), "guntur")
    page.locator('[data-at="bills"] button').first.click()
    seen(pahrul, "24-taking")
    page.locator('[data-at="take"]').click()
    page.locator('[data-at="r-number"]').wait_for()
    assert tax_shown(page.locator('[data-at="r-sum"]').inner_text()) == tax_of(GUNTURS)
    seen(pahrul, "25-slip")
    line = page.locator('[data-at="r-text"]').text_content() or ""
    story.receipts[GUNTURS] = Receipt(pahrul.path, "", "", line)


def tax_shown(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def sends_it(pahrul: Person, guntur: Person, story: Story) -> None:
    """Back where there is a line; the villager's paper is known as real."""
    page = pahrul.page
    page.get_by_role("button", name=pahrul.says("Next payer")).click()
    pahrul.context.set_offline(False)
    pahrul.reads(pahrul.says("Everything is sent."))
    looks_up(guntur, GUNTURS)
    guntur.reads(guntur.says("Nothing is to be paid."))
    guntur.go(f"{PUBLIC}resi/periksa/")
    label = guntur.says("What the QR code says, or the number of the receipt")
    guntur.fills(label, story.receipts[GUNTURS].code)
    guntur.press(guntur.says("Check it"))
    fits(guntur)
    guntur.reads(rupiah(tax_of(GUNTURS)))


def counts_the_deposit(wati: Person) -> None:
    wati.go(f"{OFFICE}petugas/")
    wati.follow(wati.says("Count a deposit"), exact=False)
    wati.reads(rupiah(tax_of(GUNTURS)))
    wati.fills(wati.says("Cash counted"), str(tax_of(GUNTURS)))
    wati.press(wati.says("Book the deposit"))
    wati.reads(wati.says("All that was taken is deposited."))
    fits(wati)


# The office reconciles


def reconciles(wati: Person, story: Story, files: list[Path]) -> None:
    """The file of QRIS agrees; in the other stands money that nobody told us of."""
    for file, bank in zip(files, ("Bank Uji", "QRIS Uji"), strict=True):
        wati.go(f"{OFFICE}rekonsiliasi/")
        wati.follow(wati.says("Send a file"))
        wati.chooses(wati.says("Bank or payment service"), bank)
        wati.attaches(wati.says("File"), file)
        wati.press(wati.says("Look at the file"))
        fits(wati)
        wati.press(wati.says("Save and compare"))
        fits(wati)
    wati.reads(wati.says("Nothing of this file waits."))
    wati.go(f"{OFFICE}rekonsiliasi/temuan/")
    fits(wati)
    rows = list(rows_of(wati, wati.says("Findings")))
    assert len(rows) == 1, rows
    wati.page.locator(
        f'main td a[href^="{OFFICE}rekonsiliasi/temuan/"], main th a'
    ).first.click()
    wati.page.wait_for_url("**/temuan/*/")
    seen(wati, "33-finding")
    wati.page.locator('input[value="pay"]').check()
    wati.fills(wati.says("Reason"), "Ada di berkas bank, kabarnya tidak sampai.")
    wati.press(wati.says("Propose"))
    wati.reads(wati.says("Somebody else decides"))
    story.finding = wati.path


def repairs(hendra: Person, story: Story) -> None:
    """By a second person; the citizen's bill is paid from then on."""
    hendra.go(f"{OFFICE}rekonsiliasi/")
    hendra.follow(
        hendra.counts(
            "Look at one proposed repair", "Look at %(n)s proposed repairs", 1
        )
    )
    hendra.follow_address(story.finding)
    fits(hendra)
    hendra.press(hendra.says("Approve and book"))
    hendra.reads(hendra.says("The repair is booked."))


def closes_the_day(wati: Person, story: Story) -> None:
    """What was looked at stands there; it is never opened again."""
    wati.go(f"{OFFICE}rekonsiliasi/")
    wati.follow_address(f"{OFFICE}rekonsiliasi/hari/{story.today}/")
    wati.reads(wati.says("Everything is done: the day can be closed."))
    seen(wati, "40-day")
    wati.press(wati.says("Close this day"))
    wati.reads(wati.says("What was looked at"))
    assert not wati.page.get_by_role("button", name=wati.says("Close this day")).count()
    seen(wati, "41-closed")
    wati.go(f"{OFFICE}buku/")
    fits(wati)


# An objection


def ties_the_account(ratna: Person) -> None:
    """Alya came to the office with her identity card."""
    ratna.go(f"{OFFICE}wajib-pajak/")
    ratna.follow(OWNERS[ALYAS][0])
    ratna.follow(ratna.says("Tie to an account"))
    label = ratna.says("Telephone number or mail address of the account")
    ratna.fills(label, "alya@contoh.id")
    ratna.fills(ratna.says("How did you know the person?"), "KTP dilihat di loket.")
    ratna.press(ratna.says("Tie"))
    ratna.reads(ratna.says("tied: files and pays by telephone"))


def objects_to_it(alya: Person) -> None:
    """The land is 300 m2, not 500: said on her own page, from a phone."""
    alya.go(PUBLIC)
    alya.follow(alya.says("My taxes"), exact=False)
    alya.reads(rupiah(tax_of(ALYAS)))
    seen(alya, "50-mine")
    alya.follow(alya.says("Why this amount?"), exact=False)
    alya.follow(alya.says("Ask about this bill"))
    fits(alya)
    alya.follow(alya.says("objection").capitalize())
    alya.fills(alya.says("Right land area, m²"), "300")
    alya.fills(alya.says("What is wrong, or why you ask"), "Sertifikat: 300 m2.")
    alya.press(alya.says("Send the request"))
    fits(alya)


def decides_it(ratna: Person, alya: Person, story: Story) -> None:
    """The bill is lower, the books too; Alya is told and reads why."""
    ratna.go(OFFICE)
    ratna.follow(ratna.says("Requests of taxpayers"))
    sends(ratna, "main tbody th a")
    seen(ratna, "53-case")
    ratna.page.locator('input[value="granted"]').check()
    ratna.fills(ratna.says("Reasons"), "Sertifikat menunjukkan 300 m2.")
    ratna.fills(ratna.says("Land, m²"), "300")
    ratna.press(ratna.says("Decide and tell the person"))
    ratna.reads(ratna.says("Decided. The person is told."))
    lower = tax_on(300 * LAND_VALUE)
    ratna.reads(rupiah(lower))
    alya.go(f"{PUBLIC}saya/")
    alya.reads(rupiah(lower))
    alya.follow(alya.says("My requests"))
    fits(alya)
    letter = next_to(story.town, "alya@contoh.id", after=0)
    assert f"{PUBLIC}saya/permohonan/" in letter


def test_from_a_rule_to_a_closed_day(
    arrive: Arrive, town: Town, tmp_path: Path
) -> None:
    story = Story(town, tmp_path)
    told = town.habaring("load", "regions", str(story.file("wilayah.csv", VILLAGES)))
    assert told.code == 0, told.err
    town.are_joined_by(PEOPLE, CODE)
    ratna = arrive().signs_in(RATNA)
    hendra = arrive().signs_in(HENDRA)
    approves_it(hendra, proposes_a_rule(ratna, story))
    loads_the_register(ratna, story)
    issues_the_year(ratna, story)
    takes_banks_on(hendra, story)
    with bank_app(town, tmp_path / "bank") as story.bank:
        payer = arrive(width=360)
        bahrun = arrive(width=360)
        reads_why(bahrun)
        pays_by_qris(bahrun, payer, story, BAHRUNS)
        verifies(bahrun, story, BAHRUNS)
        verifies_alone(bahrun, story, BAHRUNS)
        cici = arrive(width=360, scripts=False)
        pays_by_qris(cici, payer, story, CICIS)
        verifies(cici, story, CICIS)
        the_bank_repeats_itself(arrive(width=360), payer, story)
        the_bank_tells_nobody(arrive(width=360, scripts=False), payer, story)
        the_bank_takes_it_back(arrive(width=360), payer, story)
        files = sends_its_files(payer, story)
    pahrul = arrive(width=360).signs_in(PAHRUL)
    collects_offline(pahrul, gives_a_telephone(hendra), story)
    sends_it(pahrul, arrive(width=360), story)
    ties_the_account(ratna)
    alya = arrive(width=360).signs_in("Alya")
    objects_to_it(alya)
    decides_it(ratna, alya, story)
    wati = arrive().signs_in(WATI)
    counts_the_deposit(wati)
    reconciles(wati, story, files)
    repairs(hendra, story)
    closes_the_day(wati, story)
