"""A person at a browser: clicks what is seen, reads what is there, and is never lied to.

Every page a person arrives at is checked: no error on its console, no breach of the
content security policy, no broken file, and no serious finding of axe.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext, ngettext
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Download,
    Locator,
    Page,
    Response,
    expect,
)

from tests.journeys.town import APP_KEY, PASSWORD, ROOT, Town

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 20_000  # milliseconds; the machine may be busy
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A page that refuses is answered with 4xx, and Chromium notes that on the console.
REFUSED = re.compile(r"the server responded with a status of 4(01|03|04|09|22)")
CUT = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|FAILED|NETWORK_CHANGED|ABORTED)")
LINES = """
window.lines = [];
for (const kind of ["EventSource", "WebSocket"]) {
  window[kind] = class extends window[kind] {
    constructor(...words) { super(...words); window.lines.push(this); }
  };
}
"""
"""Remembers the open lines of a page: going offline alone does not cut them."""


DOOR = "/masuk/"
DOORS_SEEN: set[str] = set()
"""The door is the same in every town: a run looks at each shape of it once."""


@dataclass
class Findings:
    """What axe and the console said, gathered for the report of a run."""

    serious: list[str] = field(default_factory=list)
    moderate: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


@dataclass
class Person:
    """One reader with a browser of their own."""

    context: BrowserContext
    town: Town
    language: str = "id"
    scripts: bool = True
    findings: Findings = field(default_factory=Findings)
    elsewhere: str = ""  # the address of a server that is not ours to judge
    cut_off: bool = False  # whether its line was ever cut

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        self.page.on("response", self._answered)
        self.page.on("dialog", lambda dialog: dialog.accept())

    # The line

    def has_lines(self) -> "Person":
        """From the next page on, lines can be cut."""
        self.context.add_init_script(LINES)
        return self

    def loses_the_line(self) -> None:
        """No network any more, and what was open is broken off."""
        self.cut_off = True
        self.context.set_offline(True)
        self.page.evaluate(
            "window.lines.splice(0).forEach(line => { line.close();"
            " line.onerror?.(new Event('error')) })"
        )

    def finds_the_line(self) -> None:
        self.context.set_offline(False)

    def starts_anew(self) -> "Person":
        """Close the page, as one does with a telephone; open an empty one."""
        self.page.close()
        self.__post_init__()
        return self

    # Words

    def says(self, words: str, **values: Any) -> str:
        """The words of the page in this person's language."""
        with translation.override(self.language):
            found = gettext(words)
            return found % values if values else found

    def counts(self, one: str, many: str, n: int, **values: Any) -> str:
        """The words for a number of things."""
        told = {"n": n, "count": n, "shown": n, **values}
        with translation.override(self.language):
            return ngettext(one, many, n) % told

    # Going

    def go(self, path: str) -> "Person":
        """Type an address."""
        self.page.goto(path if "://" in path else self.town.url(path))
        return self.arrived()

    def follow(self, words: str, *, inside: str = "main", exact: bool = True) -> None:
        """Click a link by its words."""
        within = self.page.locator(inside)
        with self.page.expect_navigation():
            within.get_by_role("link", name=words, exact=exact).first.click()
        self.arrived()

    def follow_address(self, address: str) -> None:
        """Click the first link anywhere that leads to this address."""
        with self.page.expect_navigation():
            self.page.locator(f'a[href="{address}"]').first.click()
        self.arrived()

    def press(self, words: str, *, stays: bool = False, inside: str = "main") -> None:
        """Click a button by its words; it sends a form unless it `stays`."""
        button = self.page.locator(inside).get_by_role("button", name=words).first
        if stays:
            button.click()
            return
        with self.page.expect_navigation():
            button.click()
        self.arrived()

    def takes(self, words: str, folder: Path, *, exact: bool = True) -> Path:
        """Download what a link leads to, under the name that it was given."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=words, exact=exact).first.click()
        return self._kept(coming.value, folder)

    def _kept(self, download: Download, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        to = folder / download.suggested_filename
        download.save_as(to)
        return to

    @property
    def path(self) -> str:
        """Where the person is."""
        return urlsplit(self.page.url).path

    # Filling in

    def field(self, label: str) -> Locator:
        """A field by its label, with or without the mark of an optional one."""
        words = re.compile(rf"^\s*{re.escape(label)}\s*(\(|$)")
        return self.page.get_by_label(words).first

    def fills(self, label: str, value: str) -> None:
        self.field(label).fill(value)

    def chooses(self, label: str, option: str) -> None:
        """Choose from a list by words that begin the option."""
        options = self.field(label).locator("option").all_inner_texts()
        wanted = next(text for text in options if option in text)
        self.field(label).select_option(label=wanted.strip())

    def ticks(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    def attaches(self, label: str, file: Path) -> None:
        self.field(label).set_input_files(file)

    # Reading

    def reads(self, words: str) -> None:
        """These words are to be seen."""
        expect(self.page.locator("main")).to_contain_text(words, timeout=PATIENCE)

    def misses(self, words: str) -> None:
        expect(self.page.locator("main")).not_to_contain_text(words)

    @property
    def heading(self) -> str:
        """The title that the page shows."""
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """All that is to be read on the page."""
        return self.page.locator("main").inner_text().replace("\u00a0", " ")

    # Signing in

    def signs_in(self, name: str) -> "Person":
        """Through the door of the site, as everyone does."""
        self.go("/masuk/")
        self.fills(self.says("Mail address"), f"{name.lower()}@contoh.id")
        self.fills(self.says("Your password"), PASSWORD)
        self.press(self.says("Sign in"))
        if self.path == "/masuk/langkah-kedua/":
            self.proves(name)
        return self

    def proves(self, name: str, key: str = APP_KEY) -> None:
        """Type the code that the app shows."""
        self.fills(self.says("One-time code"), self.town.code(name, key))
        self.press(self.says("Continue"))

    def sets_up_an_app(self, name: str) -> str:
        """From the page that asks for a second step, to where one was going; the key."""
        self.follow(self.says("Set up an app"))
        key = self.page.locator("code.key").inner_text().replace(" ", "")
        self.proves(name, key)
        assert self.page.locator("ol.codes li").count() == 10
        self.follow(self.says("I have kept them, continue"))
        return key

    # Watching

    def arrived(self) -> "Person":
        """Look at a page the first time it is seen in this shape."""
        if self.scripts:
            shape = self._shape()
            seen = DOORS_SEEN if self.path.startswith(DOOR) else self.findings.seen
            if shape not in seen:
                seen.add(shape)
                self.examine()
        return self

    def _shape(self) -> str:
        path = re.sub(r"\d{3,}|(?<=/)\d+(?=/)", "#", self.path)
        alerts = self.page.locator("[role=alert]").count()
        theme = self.page.locator("html").get_attribute("data-theme") or ""
        size = self.page.viewport_size
        wide = size["width"] if size else 0
        return f"{path} {self.heading_or_none()} {alerts} {theme} {wide}"

    def heading_or_none(self) -> str:
        heads = self.page.locator("h1")
        return heads.first.inner_text() if heads.count() else ""

    def examine(self) -> None:
        """Ask axe about the page as it is now."""
        self.page.evaluate(AXE.read_text() + ";null")
        told = self.page.evaluate(
            "async rules => { const r = await axe.run(document, {runOnly: rules,"
            " resultTypes: ['violations']}); return r.violations.map(v => ({id: v.id,"
            " impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map(n =>"
            " n.html.slice(0, 160) + ' ' + (n.any[0]?.message || ''))})) }",
            RULES,
        )
        for found in told:
            words = (
                f"{self.path}: {found['id']} ({found['impact']}): {found['help']} "
                f"{json.dumps(found['nodes'], ensure_ascii=False)}"
            )
            grave = found["impact"] in {"serious", "critical"}
            (self.findings.serious if grave else self.findings.moderate).append(words)

    def _heard(self, message: ConsoleMessage) -> None:
        if self._not_ours(message.location.get("url", "")):
            return
        if self.cut_off and CUT.search(message.text):
            return
        if message.type == "error" and not REFUSED.search(message.text):
            self._fault(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        # What belongs to a page must be there; the page itself may refuse.
        if self._not_ours(response.url):
            return
        document = response.request.resource_type == "document"
        if response.status >= (500 if document else 400):
            server = "\n".join(self.town.words[-3:])
            self._fault(f"{response.status} for {response.url}\n{server[-3000:]}")

    def _not_ours(self, address: str) -> bool:
        return bool(self.elsewhere) and address.startswith(self.elsewhere)

    def _fault(self, words: str) -> None:
        self.findings.faults.append(f"{self.page.url}: {words}")


def rows_of(person: Person, name: str) -> Iterator[list[str]]:
    """The rows of a table by the name of its region."""
    table = person.page.get_by_role("region", name=name).first.locator("tbody tr")
    for row in table.all():
        yield [cell.strip() for cell in row.locator("th, td").all_inner_texts()]
