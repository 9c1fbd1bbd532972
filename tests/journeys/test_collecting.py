"""Journey: a collector in a village without a signal, and the office that hears later.

Hana heads the revenue office; Galih collects on a small phone. He enrols it in town,
takes two payments where there is no network, closes the browser, opens it again, and
sends all of it when he is back.
"""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import PATIENCE, Person

ROOM = "/ruang-kerja/62.02/pajak/"
PHONE = f"{ROOM}keliling/"
CHECK = "/daerah/62.02/pajak/resi/periksa/"


def gives_a_telephone(hana: Person) -> str:
    """The code that Galih types once."""
    hana.signs_in("Hana").go(f"{ROOM}petugas/")
    hana.follow(hana.says("Give somebody a telephone"))
    hana.chooses(hana.says("Collector"), "Galih")
    hana.fills(hana.says("Name of the telephone"), "Dusun 3")
    for village in hana.page.locator("input[name=places]").all():
        village.check()
    hana.press(hana.says("Make the code"))
    return hana.page.locator("pre.secret code").inner_text().strip()


def enrols_it(galih: Person, code: str) -> None:
    galih.signs_in("Galih").go(PHONE)
    galih.fills(galih.says("Code of the office"), code)
    galih.press(galih.says("Enrol it"), stays=True)
    galih.reads(galih.says("Ready: this page opens without a network."))
    galih.examine()
    # the key is made on the telephone, and nothing can read its private half
    assert not galih.page.evaluate(
        "Store.get('key').then((key) => key.secret.extractable)"
    )


def takes_a_payment(galih: Person) -> str:
    """From the first of the list; what the receipt's code says."""
    galih.page.locator("[data-at=bills] button").first.click()
    galih.examine()
    galih.page.locator("[data-at=take]").click()
    expect(galih.page.locator("[data-at=r-code]")).to_be_visible(timeout=PATIENCE)
    galih.examine()
    said = galih.page.locator("[data-at=r-text]").text_content() or ""
    galih.press(galih.says("Next payer"), stays=True)
    return said


def waits(galih: Person, n: int) -> None:
    words = galih.says("{n} receipts not sent yet ({sum})").split(" (")[0]
    galih.reads(words.replace("{n}", str(n)))


def opens_the_browser_again(galih: Person) -> None:
    galih.page.close()
    galih.__post_init__()
    galih.go(PHONE)


def checks(anybody: Person, content: str, answer: str) -> None:
    anybody.go(CHECK)
    label = anybody.says("What the QR code says, or the number of the receipt")
    anybody.fills(label, content)
    anybody.press(anybody.says("Check it"))
    anybody.reads(anybody.says(answer))


def test_a_collector_takes_money_without_a_network(arrive: Arrive) -> None:
    hana, galih = arrive(), arrive(width=360)
    for name, role in (("Hana", "tax_head"), ("Galih", "village_collector")):
        hana.town.joined_by(name, role)
    enrols_it(galih, gives_a_telephone(hana))

    galih.context.set_offline(True)
    opens_the_browser_again(galih)
    galih.reads(
        galih.says("Cash in your hands: {sum} of at most {limit}").split("{")[0]
    )
    receipts = [takes_a_payment(galih), takes_a_payment(galih)]
    opens_the_browser_again(galih)
    waits(galih, 2)
    checks(hana, receipts[0], "Real, and not yet received by the office")

    galih.context.set_offline(False)
    galih.reads(galih.says("Everything is sent."))
    galih.reads(galih.says("received by the office"))
    checks(hana, receipts[1], "The office has received this payment")

    hana.go(f"{ROOM}petugas/")
    hana.follow("Galih")
    taken = sum(int(re.split("/", text)[7]) for text in receipts)
    hana.reads(f"{taken:,}".replace(",", "."))
    hana.follow(hana.says("Count a deposit"))
    hana.fills(hana.says("Cash counted"), str(taken))
    hana.press(hana.says("Book the deposit"))
    hana.reads(hana.says("All that was taken is deposited."))
