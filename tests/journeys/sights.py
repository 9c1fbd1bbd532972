"""Pictures of a page on a phone and at the desk, by day and by night, for who judges."""

from tests.journeys.person import Person
from tests.journeys.test_look import too_wide
from tests.journeys.town import SHOTS

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")


def seen(person: Person, name: str, journey: str = "bodies") -> None:
    """Picture the page in every shape; it fits the screen, and axe agrees at night too."""
    page, before = person.page, person.page.viewport_size
    assert before is not None
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            folder = SHOTS / f"{journey}-{person.language}-{width}-{scheme}"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(
                path=folder / f"{name}.png", full_page=True, animations="disabled"
            )
            wide = page.evaluate("document.documentElement.scrollWidth")
            told = sorted(set(too_wide(person, width)))[:4] if wide > width else []
            assert wide <= width, f"{person.path} at {width}: {wide}, {told}"
        if person.scripts and width == before["width"]:
            person.examine()  # as it is by night
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)
