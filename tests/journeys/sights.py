"""A page on a phone and at the desk, by day and by night; pictured for who judges."""

from tests.journeys.person import Person
from tests.journeys.test_look import too_wide
from tests.journeys.town import PICTURED, SHOTS

WIDTHS = (360, 1280)


def seen(person: Person, name: str, journey: str = "bodies") -> None:
    """The page fits the screen in every shape, and axe agrees at night too."""
    page, before = person.page, person.page.viewport_size
    assert before is not None
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        fits(person, width)
        if PICTURED:
            picture(person, name, f"{journey}-{person.language}-{width}-light")
        # without fading: axe would meet colours halfway between day and night
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        if PICTURED:
            picture(person, name, f"{journey}-{person.language}-{width}-dark")
        if person.scripts and width == before["width"]:
            person.examine()  # as it is by night
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.set_viewport_size(before)


def fits(person: Person, width: int) -> None:
    """Nothing is wider than the screen; day and night differ in colours alone."""
    wide = person.page.evaluate("document.documentElement.scrollWidth")
    told = sorted(set(too_wide(person, width)))[:4] if wide > width else []
    assert wide <= width, f"{person.path} at {width}: {wide}, {told}"


def picture(person: Person, name: str, folder: str) -> None:
    (SHOTS / folder).mkdir(parents=True, exist_ok=True)
    person.page.screenshot(
        path=SHOTS / folder / f"{name}.png", full_page=True, animations="disabled"
    )
