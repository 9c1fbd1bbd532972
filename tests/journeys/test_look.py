"""Every public page on a phone and at the desk, by day and by night, and its weight."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.site import STARTS, Visitor, walk
from tests.journeys.town import PICTURED, SHOTS, Town

BUDGET = 100 * 1024
HEAVY = [
    "/",
    "/daerah/62.02/",
    "/daerah/62.02/kondisi/",
    "/daerah/62.02/pilihan/",
    "/daerah/62.02/rencana/",
]


@pytest.fixture(scope="module")
def public_pages(town: Town) -> list[str]:
    """One address for each kind of public page, found by following links."""
    visitor = Visitor(town)
    found = [path for path, answer in walk(visitor, STARTS) if answer.is_page]
    assert len(found) > 20
    return found


def name_of(path: str) -> str:
    """The name of a picture of this page."""
    return re.sub(r"[^a-z0-9.]+", "-", path.lower()).strip("-") or "depan"


@pytest.mark.parametrize("width", [360, 1280])
def test_every_public_page_is_fit_to_be_seen(
    arrive: Arrive, public_pages: list[str], width: int
) -> None:
    """By day and by night: these differ in colours alone, so a page is opened once."""
    alya = arrive(width=width)
    wide = []
    for path in public_pages:
        alya.go(path)
        if PICTURED:
            pictures(alya, name_of(path), width)
        if alya.page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(f"{path}: {sorted(set(too_wide(alya, width)))[:4]}")
    assert not wide, "\n".join(wide)


def pictures(person: Person, name: str, width: int) -> None:
    for scheme in ("light", "dark"):
        folder = SHOTS / f"{width}-{scheme}"
        folder.mkdir(parents=True, exist_ok=True)
        person.page.emulate_media(color_scheme=scheme)
        person.page.screenshot(path=folder / f"{name}.png", full_page=True)
    person.page.emulate_media(color_scheme="light")


def too_wide(person: Person, width: int) -> Iterator[str]:
    """What makes a page wider than the screen."""
    told: list[Any] = person.page.evaluate(
        "width => [...document.querySelectorAll('main *')]"
        ".filter(e => e.getBoundingClientRect().right > width + 1"
        " && !e.closest('.table-wrap, svg, pre, .strip'))"
        ".map(e => e.tagName + '.' + e.className)",
        width,
    )
    yield from map(str, told)


@pytest.mark.parametrize("path", HEAVY)
def test_a_first_view_weighs_at_most_100_kb(arrive: Arrive, path: str) -> None:
    alya = arrive(width=360)
    wire = alya.context.new_cdp_session(alya.page)
    wire.send("Network.enable")
    weights: list[int] = []
    wire.on(
        "Network.loadingFinished",
        lambda event: weights.append(int(event["encodedDataLength"])),
    )
    alya.page.goto(alya.town.url(path), wait_until="networkidle")
    assert 0 < sum(weights) <= BUDGET, f"{path}: {sum(weights):,} bytes"
    (SHOTS / "weights.txt").parent.mkdir(parents=True, exist_ok=True)
    with (SHOTS / "weights.txt").open("a") as file:
        file.write(f"{path} {sum(weights)} bytes in {len(weights)} files\n")
