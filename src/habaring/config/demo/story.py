"""The demo "kalteng": Kalimantan Tengah's figures, and Kotim from numbers to book.

Every step calls the action that people use. Real rows carry their source; the rest is
illustrative and says so. All is loaded or nothing.
"""

import csv
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from habaring.assessment import actions as assessment
from habaring.assessment.catalogue import shipped as shipped_catalogue
from habaring.assessment.catalogue_actions import record_catalogue
from habaring.assessment.models import Framework, IndexEdition
from habaring.assessment.observations import OBSERVATIONS, TARGETS, row_from
from habaring.assessment.selection import EditionPlan
from habaring.config.demo import (
    analysing,
    book,
    councils,
    evaluating,
    exchanging,
    guiding,
    listening,
    offices,
    serving,
    together,
    workshops,
)
from habaring.council.models import Decision
from habaring.portfolio import actions as portfolio
from habaring.portfolio import candidates, queries
from habaring.portfolio.models import Scenario, ScenarioStatus
from habaring.portfolio.running import run_scenario
from habaring.regions import actions as regions
from habaring.regions import register
from habaring.regions.models import Region
from habaring.shared import audit, uploads
from habaring.shared.models import AuditEntry, Upload
from habaring.shared.tables import TableKind, read
from habaring.shared.tables.reading import Rows

LOADED = "config.demo.loaded"
PROVINCE, KOTIM = "62", "62.02"
INDEX_YEARS = (2022, 2024)
BASE, LOWER = "Pagu dasar", "Pagu turun 10 %"
SECONDS = 8
"""How long a scenario may search: with forty candidates more gains little."""


class DemoStuckError(RuntimeError):
    """A scenario of the demo found no plan: its limits or the engine are wrong."""


@dataclass
class Story:
    """One telling of the demo: the moment, and what has been made so far."""

    at: datetime
    say: Callable[[str], None]
    edition: IndexEdition | None = None
    scenario: Scenario | None = None
    decision: Decision | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def province(self) -> Region:
        return Region.objects.get(code=PROVINCE)

    @property
    def kotim(self) -> Region:
        return Region.objects.get(code=KOTIM)


def loaded() -> bool:
    """Whether the demo is in this database already."""
    return AuditEntry.objects.filter(region_code=PROVINCE, verb=LOADED).exists()


@transaction.atomic
def tell(*, at: datetime, say: Callable[[str], None]) -> bool:
    """Load the whole demo; False, and nothing done, when it is there already."""
    if loaded():
        return False
    story = Story(at, say, facts=tomllib.loads(_text("kotim.toml")))
    for words, step in _STEPS:
        say(words)
        step(story)
    audit.record(by=None, at=at, verb=LOADED, subject=story.province, region=PROVINCE)
    return True


def _text(name: str) -> str:
    folder = resources.files("habaring.config.demo").joinpath("kalteng")
    return folder.joinpath(name).read_text("utf-8")


def _kept(name: str, kind: str, region: str, at: datetime) -> Upload:
    """The data file as an upload, so that every row can be traced to it."""
    content = _text(name).encode()
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    accepted = uploads.accept(file, {"csv"})
    uploads.keep(accepted)
    return Upload.objects.create(
        region_code=region,
        kind=kind,
        name=name,
        sha256=accepted.sha256,
        size=accepted.size,
        uploaded_at=at,
        illustrative=kind == "candidates",
    )


def _read(name: str, kind: TableKind, at: datetime) -> Rows:
    file = BytesIO(_text(name).encode())
    file.name = name
    return read(file, kind, today=timezone.localdate(at), language="id")


def _told(upload: Upload, rows: int) -> None:
    upload.rows = rows
    upload.save(update_fields=["rows"])


# The steps


def _ground(story: Story) -> None:
    regions.record_register(
        units=register.shipped(), source="habaring.regions.facts", by=None, at=story.at
    )
    record_catalogue(catalogue=shipped_catalogue(), by=None, at=story.at)


def _departments(story: Story) -> None:
    for code, (name_id, name_en, short) in story.facts["departments"].items():
        regions.open_department(
            region=story.kotim,
            new=regions.NewDepartment(code, name_id, name_en, short),
            by=None,
            at=story.at,
        )


def _budget(story: Story) -> None:
    regions.open_fiscal_year(region=story.kotim, year=2022, by=None, at=story.at)
    regions.record_budget(
        region=story.kotim, entries=list(budget_entries()), by=None, at=story.at
    )


def budget_entries() -> Iterator[regions.BudgetEntry]:
    """The APBD 2022 of Kotim as published, before and after revision."""
    for row in csv.DictReader(_text("budget_2022.csv").splitlines()):
        yield regions.BudgetEntry(
            year=int(row["year"]),
            stage=row["stage"],
            account=row["account"],
            amount=int(row["amount"]),
            derived=row["derived"] == "ya",
            source=row["source"],
            note=row["note"],
        )


def _observations(story: Story) -> None:
    upload = _kept("observations.csv", "observations", PROVINCE, story.at)
    found = _read("observations.csv", OBSERVATIONS, story.at)
    rows = [row_from(row.values, sheet=row.sheet, row=row.number) for row in found]
    assessment.record_observations(
        region=story.province, rows=rows, upload=upload, by=None, at=story.at
    )
    _told(upload, len(rows))


def _targets(story: Story) -> None:
    found = _read("targets.csv", TARGETS, story.at)
    assessment.record_targets(
        region=story.kotim,
        rows=[row_from(row.values, row=row.number) for row in found],
        upload=None,
        by=None,
        at=story.at,
    )


def _index(story: Story) -> None:
    framework = Framework.objects.get(code="kominfo-2022")
    peers = tuple(Region.objects.local().filter(parent=PROVINCE).order_by("code"))
    for year in INDEX_YEARS:
        story.edition = assessment.publish_edition(
            region=story.province,
            plan=EditionPlan(framework=framework, year=year, peers=peers),
            by=None,
            at=story.at,
        )


def _candidates(story: Story) -> None:
    upload = _kept("candidates.csv", "candidates", KOTIM, story.at)
    kind = candidates.table_kind(queries.known(story.kotim))
    found = _read("candidates.csv", kind, story.at)
    rows = [
        candidates.entry_from(row.values, sheet=row.sheet, row=row.number)
        for row in found
    ]
    portfolio.record_candidates(
        region=story.kotim, rows=rows, upload=upload, by=None, at=story.at
    )
    _told(upload, len(rows))


def _scenarios(story: Story) -> None:
    limits = portfolio.record_limits(
        region=story.kotim,
        limits=portfolio.NewLimits(BASE, _text("limits.toml"), illustrative=True),
        by=None,
        at=story.at,
    )
    base = portfolio.draft_scenario(
        region=story.kotim,
        draft=portfolio.Draft(BASE, limits, gap=0.005, seconds=SECONDS),
        by=None,
        at=story.at,
    )
    story.scenario = _run(base, story.at)
    lower = portfolio.derive_scenario(
        scenario=story.scenario,
        name=LOWER,
        scaling=portfolio.Scaling(-10),
        by=None,
        at=story.at,
    )
    _run(lower, story.at)


def _run(scenario: Scenario, at: datetime) -> Scenario:
    """Search now: the job that was queued finds it done and leaves it alone."""
    run_scenario(scenario=scenario.pk, region=scenario.region_id, clock=lambda: at)
    scenario.refresh_from_db()
    if scenario.status != ScenarioStatus.DONE:
        raise DemoStuckError(
            f"{scenario.name}: {scenario.conflict or scenario.problem}"
        )
    return scenario


def _plan(story: Story) -> None:
    if story.scenario is None:
        raise DemoStuckError(BASE)
    told = councils.Telling(story.kotim, story.facts, story.at)
    meeting = councils.meet(told, councils.form(told))
    story.decision = councils.decide(told, meeting, scenario=story.scenario.pk)
    portfolio.adopt_plan(
        scenario=story.scenario, decision=story.decision, by=None, at=story.at
    )


def _book(story: Story) -> None:
    book.write(story.kotim, story.facts, at=story.at)
    analysing.tell(story.kotim, _text("analysis.toml"), at=story.at)
    analysing.consult(story.kotim, _text("analysis.toml"), at=story.at)
    book.issue(
        story.kotim,
        story.facts["edition"]["title"],
        index=story.edition,
        at=story.at,
        say=story.say,
    )


def _posts(story: Story) -> None:
    offices.open_posts(story.kotim, story.facts, at=story.at)
    analysing.sign(story.kotim, _text("analysis.toml"), at=story.at)
    if story.decision is not None:
        told = councils.Telling(story.kotim, story.facts, story.at)
        councils.follow(told, story.decision)


def _listening(story: Story) -> None:
    listening.tell(story.kotim, _text("listening.toml"), at=story.at)


def _serving(story: Story) -> None:
    serving.tell(story.kotim, _text("serving.toml"), at=story.at)


def _exchange(story: Story) -> None:
    exchanging.tell(story.kotim, _text("exchange.toml"), at=story.at)


def _guiding(story: Story) -> None:
    guiding.tell(story.kotim, _text("guiding.toml"), at=story.at)


def _evaluation(story: Story) -> None:
    evaluating.tell(story.kotim, at=story.at)


def _together(story: Story) -> None:
    together.tell(story.kotim, at=story.at)


def _workshops(story: Story) -> None:
    workshops.tell(story.kotim, at=story.at)


_STEPS: tuple[tuple[str, Callable[[Story], None]], ...] = (
    ("register and catalogue", _ground),
    ("departments of Kotim", _departments),
    ("APBD 2022", _budget),
    ("observations of 14 regions", _observations),
    ("targets of the RPJMD", _targets),
    ("index editions 2022 and 2024", _index),
    ("candidate programmes (illustrative)", _candidates),
    ("scenarios (illustrative)", _scenarios),
    ("decision and plan (illustrative)", _plan),
    ("master plan", _book),
    ("posts and what they own (illustrative)", _posts),
    ("calls, proposals and votes (illustrative)", _listening),
    ("taxes: rules, register, two years of bills (illustrative)", _serving),
    ("practices between regions (real ones; the rest illustrative)", _exchange),
    ("evidence and the yearly evaluation (illustrative)", _evaluation),
    ("texts written together (illustrative)", _together),
    (
        "cohorts since 2017 (published); stages of guidance (partly illustrative)",
        _guiding,
    ),
    ("a workshop under way (illustrative)", _workshops),
)
