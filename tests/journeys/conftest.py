"""A town for each file of journeys, a browser for each, and people to walk through it."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys import town as towns
from tests.journeys.person import AXE, Findings, Person
from tests.journeys.town import Town

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FAILED = pytest.StashKey[bool]()

Arrive = Callable[..., Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


def chromium_path() -> str:
    """Where Chromium is: as `dev.py test` found it, else on the PATH."""
    for name in (os.environ.get("HABARING_CHROMIUM"), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    words = "no Chromium here (sudo apt install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{words}, and CI needs the browser tests")
    pytest.skip(words)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of journeys; its event loop ends with the file."""
    path = chromium_path()
    if not AXE.exists():
        pytest.skip("axe-core is not here: python3 dev.py test brings it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def town(
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Town]:
    """The platform with the demo; without any account where a file says NOBODY_YET."""
    nobody = getattr(request.module, "NOBODY_YET", False)
    folder = tmp_path_factory.mktemp("town") / "data"
    with towns.opened(folder, staffed=not nobody) as running:
        yield running


@pytest.fixture(scope="module")
def findings() -> Findings:
    """What axe and the console said in one file; a page is examined once in a shape."""
    return Findings()


@pytest.fixture
def arrive(
    chromium: Browser, town: Town, findings: Findings, request: pytest.FixtureRequest
) -> Iterator[Arrive]:
    """Somebody opens a browser: `arrive(language="en", scripts=False, width=360)`."""
    people: list[Person] = []

    def somebody(
        *,
        language: str = "id",
        scripts: bool = True,
        width: int = 1280,
        scheme: str = "light",
    ) -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
            accept_downloads=True,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        if language != "id":
            context.add_cookies(
                [{"name": "bahasa", "value": language, "url": town.address}]
            )
        people.append(Person(context, town, language, scripts, findings))
        return people[-1]

    yield somebody
    if request.node.stash.get(FAILED, False):
        for number, person in enumerate(people):
            _keep_the_sight(person, f"{request.node.name}-{number}")
    for person in people:
        person.context.close()
    _nothing_wrong(findings)


def _keep_the_sight(person: Person, name: str) -> None:
    """What a person saw last, for whoever looks into a failure."""
    towns.KEPT.mkdir(parents=True, exist_ok=True)
    print(f"\n{name} was at {person.page.url}:\n{person.text[:1500]}")
    person.page.screenshot(path=towns.KEPT / f"{name}.png", full_page=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixture know whether the journey failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def _nothing_wrong(findings: Findings) -> None:
    """Fail the journey that met it, and let the next one start clean."""
    wrong = findings.serious + findings.faults
    findings.serious, findings.faults = [], []
    assert not wrong, "\n".join(wrong)


@pytest.fixture(autouse=True, scope="module")
def _moderate_findings_are_kept(findings: Findings) -> Iterator[None]:
    """What axe calls moderate or minor is written down for whoever mends next."""
    yield
    if findings.moderate:
        towns.KEPT.mkdir(parents=True, exist_ok=True)
        with (towns.KEPT / "moderate.txt").open("a") as file:
            file.writelines(f"{line}\n" for line in findings.moderate)
