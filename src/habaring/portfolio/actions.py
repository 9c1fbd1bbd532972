"""The verbs of choosing: record candidates and limits, draft and run scenarios, adopt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from habaring.council.models import Decision
from habaring.engines.choosing import Choice
from habaring.people.access import EVERYWHERE, Extent
from habaring.people.follows.actions import Published, announce
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.portfolio import choose_files, queries
from habaring.portfolio.candidates import Entry, problems, warnings
from habaring.portfolio.departments import problems_outside, refuse_outside
from habaring.portfolio.inputs import (
    entry_of,
    money_lines,
    programme_of,
    sources_of,
)
from habaring.portfolio.models import (
    Candidate,
    LimitSet,
    Plan,
    PlanItem,
    Scenario,
    ScenarioStatus,
)
from habaring.portfolio.revisions import Maker
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.models import Upload
from habaring.shared.refusal import FileRefused, Problem, Refusal, Words
from habaring.shared.uploads import AcceptedFile, keep


class CandidatesRefused(FileRefused):
    """Candidates that cannot be recorded; every problem is listed, nothing is saved."""


class LimitsRefused(Refusal):
    """Limits that cannot be read or used."""


class ScenarioRefused(Refusal):
    """A scenario that cannot be drafted, cancelled or derived."""


class AdoptionRefused(Refusal):
    """A scenario that cannot become the plan."""


@dataclass(frozen=True)
class Recorded:
    """What came of recording candidates: codes, and what should be looked at."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()


@transaction.atomic
def record_candidates(
    *,
    region: Region,
    rows: Sequence[Entry],
    upload: Upload | None,
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> Recorded:
    """Record candidates: new ones, changed ones as a new revision, equal ones not at all.

    Candidates that the rows do not name stay as they are. Raises CandidatesRefused with
    every problem, rows out of reach (`within`) among them; then nothing is saved.
    """
    Region.objects.select_for_update().get(pk=region.pk)
    current = {row.code: row for row in queries.current_candidates(region)}
    known = queries.known(region, more_sources=sources_of(rows))
    kept = {code: row.requires for code, row in current.items()}
    last = Candidate.objects.filter(region=region, superseded_at__isnull=True)
    newest = {row.code: row for row in last.select_related("department")}
    make = Maker(region=region, upload=upload, by=by, at=at, rows=rows)
    outside = problems_outside(rows, region=region, within=within, newest=newest)
    found = problems(rows, known, kept) + outside + make.unknown_proposals(rows)
    if found:
        raise _refused(found)
    told: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
    for entry in rows:
        there = current.get(entry.code)
        if there is not None and entry_of(there) == entry:
            told["unchanged"].append(entry.code)
            continue
        told["changed" if there is not None else "new"].append(entry.code)
        make.revision(entry, newest.get(entry.code))
    make.audit(told)
    return Recorded(
        **{name: tuple(codes) for name, codes in told.items()},
        warnings=tuple(warnings(rows)),
    )


def _refused(found: Sequence[Problem]) -> CandidatesRefused:
    return CandidatesRefused(
        _("The candidates were not recorded."),
        format_lazy(_("Problems found: {count}."), count=len(found)),
        _("Mend them and send it again; nothing was saved."),
        problems=found[:200],
        count=len(found),
    )


def record_one(
    *,
    region: Region,
    entry: Entry,
    by: Account | None,
    at: datetime,
    new: bool = False,
    within: Extent = EVERYWHERE,
) -> Recorded:
    """Record one candidate from a page's form: the same path as a file.

    With `new`, a code that is taken is refused, not overwritten.
    """
    if new and queries.current_candidates(region).filter(code=entry.code).exists():
        raise CandidatesRefused(
            format_lazy(
                _("There is a candidate with the code {code}."), code=entry.code
            ),
            why=_("A new candidate needs a code of its own."),
            next=_("Choose another code, or open that candidate and change it."),
        )
    return record_candidates(
        region=region, rows=[entry], upload=None, by=by, at=at, within=within
    )


@transaction.atomic
def take_in_file(
    *,
    region: Region,
    accepted: AcceptedFile,
    rows: Sequence[Entry],
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> Recorded:
    """Keep a spreadsheet and record its candidates, all or nothing."""
    upload = Upload.objects.create(
        region_code=region.code,
        kind="candidates",
        name=accepted.name,
        sha256=accepted.sha256,
        size=accepted.size,
        rows=len(rows),
        uploaded_at=at,
        uploaded_by=by,
    )
    told = record_candidates(
        region=region, rows=rows, upload=upload, by=by, at=at, within=within
    )
    keep(accepted)
    return told


@transaction.atomic
def withdraw_candidate(
    *,
    candidate: Candidate,
    reason: str,
    by: Account | None,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> None:
    """Take a candidate out of what can be chosen; its row and its past stay.

    Raises NotAllowed out of reach, CandidatesRefused without a reason, when it is out already, or while another
    candidate requires it.
    """
    row = Candidate.objects.select_for_update().get(pk=candidate.pk)
    refuse_outside(row, within)
    if not reason.strip():
        raise CandidatesRefused(
            _("A withdrawal needs a reason."), next=_("Write why, in a sentence.")
        )
    if row.superseded_at or row.withdrawn_at:
        raise CandidatesRefused(
            _("This is not the candidate in force."),
            why=_("It was changed or withdrawn in the meantime."),
            next=_("Open it again from the list."),
        )
    waiting = [
        other.code
        for other in queries.current_candidates(row.region)
        if row.code in other.requires
    ]
    if waiting:
        raise CandidatesRefused(
            format_lazy(_("{code} cannot be withdrawn."), code=row.code),
            why=format_lazy(_("It is required by {codes}."), codes=", ".join(waiting)),
            next=_("Take the requirement out of those first."),
        )
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    audit.record(
        by=by,
        at=at,
        verb="portfolio.candidate.withdrawn",
        subject=row,
        region=row.region_id,
        reason=reason.strip(),
    )


# Limits


@dataclass(frozen=True)
class NewLimits:
    """A set of limits as it comes in: the TOML that `habaring choose` reads."""

    name: str
    toml: str
    changed_from: LimitSet | None = None
    illustrative: bool = False


@transaction.atomic
def record_limits(
    *, region: Region, limits: NewLimits, by: Account | None, at: datetime
) -> LimitSet:
    """Append a set of limits; a set is never changed, a change names the one before.

    Raises LimitsRefused when the TOML cannot be read, or names what it cannot name.
    """
    name = " ".join(limits.name.split())
    if not name:
        raise LimitsRefused(_("The limits need a name."), next=_("Write a short name."))
    if limits.changed_from and limits.changed_from.region_id != region.pk:
        raise LimitsRefused(_("These limits belong to another region."))
    choose_files.limits_from_toml(limits.toml)
    made = LimitSet.objects.create(
        region=region,
        name=name[:120],
        toml=limits.toml,
        changed_from=limits.changed_from,
        illustrative=limits.illustrative,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb="portfolio.limits.recorded",
        subject=made,
        region=region.code,
        details={
            "changed_from": limits.changed_from.pk if limits.changed_from else None
        },
    )
    return made


# Scenarios


@dataclass(frozen=True)
class Draft:
    """What a scenario is asked to be: name, limits, and how hard to search."""

    name: str
    limit_set: LimitSet
    gap: float = 0.002
    seconds: int = 20
    seed: int = 0


@transaction.atomic
def draft_scenario(
    *, region: Region, draft: Draft, by: Account | None, at: datetime
) -> Scenario:
    """Freeze the current candidates and the limits, and hand the search to a worker.

    Raises ScenarioRefused when there is no candidate, or the limits are of another
    region.
    """
    rows = list(queries.current_candidates(region))
    if not rows:
        raise ScenarioRefused(
            _("There is no candidate to choose from."),
            next=_("Record candidate programmes first, then draft a scenario."),
        )
    programmes = tuple(programme_of(entry_of(row)) for row in rows)
    frozen = _Frozen(
        candidate_ids=[row.pk for row in rows],
        candidates_csv=choose_files.candidates_to_csv(programmes),
        illustrative=draft.limit_set.illustrative or any(r.illustrative for r in rows),
    )
    return _queue(region, draft, frozen, by, at)


@dataclass(frozen=True)
class _Frozen:
    candidate_ids: list[int]
    candidates_csv: str
    illustrative: bool
    derived_from: Scenario | None = None


def _queue(
    region: Region, draft: Draft, frozen: _Frozen, by: Account | None, at: datetime
) -> Scenario:
    if draft.limit_set.region_id != region.pk:
        raise ScenarioRefused(_("These limits belong to another region."))
    name = " ".join(draft.name.split())
    if not name:
        raise ScenarioRefused(
            _("The scenario needs a name."), next=_("Write a short name.")
        )
    scenario = Scenario.objects.create(
        region=region,
        name=name[:120],
        limit_set=draft.limit_set,
        limits_toml=draft.limit_set.toml,
        gap=draft.gap,
        seconds=draft.seconds,
        seed=draft.seed,
        requested_at=at,
        requested_by=by,
        **vars(frozen),
    )
    audit.record(
        by=by,
        at=at,
        verb="portfolio.scenario.drafted",
        subject=scenario,
        region=region.code,
        details={"limits": draft.limit_set.pk, "candidates": len(frozen.candidate_ids)},
    )
    # By its name: the task's module imports this one. One run of a scenario at a time.
    job = app.configure_task(
        "portfolio.run_scenario", queue="scenarios", lock=f"scenario-{scenario.pk}"
    )
    job.defer(scenario=scenario.pk, region=scenario.region_id)
    return scenario


@dataclass(frozen=True)
class Scaling:
    """A change of ceilings by per cent; empty `sources` or `years` mean all of them."""

    percent: int
    sources: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


@transaction.atomic
def derive_scenario(
    *, scenario: Scenario, name: str, scaling: Scaling, by: Account | None, at: datetime
) -> Scenario:
    """The same candidates with other ceilings: what falls out when they drop 10 %.

    Ceilings are scaled in whole rupiah, rounded down. Raises ScenarioRefused for a
    change of nothing or of more than the ceilings are.
    """
    if scaling.percent == 0 or not -100 <= scaling.percent <= 1000:
        raise ScenarioRefused(
            _("The change must be from −100 to 1,000 per cent, and not nothing."),
            next=_("Write for example −10 for a tenth less."),
        )
    limits = choose_files.limits_from_toml(scenario.limits_toml)
    ceilings = {
        (source, year): amount * (100 + scaling.percent) // 100
        if (not scaling.sources or source in scaling.sources)
        and (not scaling.years or year in scaling.years)
        else amount
        for (source, year), amount in limits.ceilings.items()
    }
    new = NewLimits(
        name=name,
        toml=choose_files.limits_to_toml(replace(limits, ceilings=ceilings)),
        changed_from=scenario.limit_set,
        illustrative=scenario.limit_set.illustrative,
    )
    limit_set = record_limits(region=scenario.region, limits=new, by=by, at=at)
    draft = Draft(name, limit_set, scenario.gap, scenario.seconds, scenario.seed)
    frozen = _Frozen(
        candidate_ids=scenario.candidate_ids,
        candidates_csv=scenario.candidates_csv,
        illustrative=scenario.illustrative,
        derived_from=scenario,
    )
    return _queue(scenario.region, draft, frozen, by, at)


@transaction.atomic
def cancel_scenario(*, scenario: Scenario, by: Account | None, at: datetime) -> None:
    """Stop a scenario that waits or runs. Raises ScenarioRefused when it has ended."""
    row = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if row.status not in (ScenarioStatus.QUEUED, ScenarioStatus.RUNNING):
        raise ScenarioRefused(
            _("This scenario has ended already."), next=_("Look at its result.")
        )
    row.status = ScenarioStatus.CANCELLED
    row.finished_at = at
    row.save(update_fields=["status", "finished_at"])
    audit.record(
        by=by,
        at=at,
        verb="portfolio.scenario.cancelled",
        subject=row,
        region=row.region_id,
    )


@transaction.atomic
def begin_scenario(*, scenario: int, at: datetime) -> Scenario | None:
    """Take a waiting scenario, or one whose worker died, to run it; None when it has
    ended: a job that comes twice does nothing the second time.
    """
    row = Scenario.objects.select_for_update().filter(pk=scenario).first()
    if row is None or row.status not in (ScenarioStatus.QUEUED, ScenarioStatus.RUNNING):
        return None
    row.status = ScenarioStatus.RUNNING
    row.started_at = at
    row.progress = {"phase": "reading"}
    row.save(update_fields=["status", "started_at", "progress"])
    return row


@dataclass(frozen=True)
class Outcome:
    """How a run ended: a record with its frontier, a conflict, or a problem."""

    status: ScenarioStatus
    record: Mapping[str, Any] | None = None
    frontier: Sequence[Mapping[str, Any]] | None = None
    conflict: Mapping[str, Any] | None = None
    problem: str = ""


@transaction.atomic
def finish_scenario(*, scenario: Scenario, outcome: Outcome, at: datetime) -> bool:
    """Keep how a run ended; False when it was cancelled or finished in the meantime."""
    row = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if row.status != ScenarioStatus.RUNNING:
        return False
    for name, value in vars(outcome).items():
        setattr(row, name, value)
    row.progress = {"phase": "done"}
    row.finished_at = at
    row.save()
    audit.record(
        by=None,
        at=at,
        verb="portfolio.scenario.finished",
        subject=row,
        region=row.region_id,
        details={"status": row.status, "problem": row.problem},
    )
    return True


# The plan


@transaction.atomic
def adopt_plan(
    *, scenario: Scenario, decision: Decision, by: Account | None, at: datetime
) -> Plan:
    """Make a scenario binding by a council's decision; the plan before it is replaced,
    never deleted.

    Raises AdoptionRefused unless the scenario is done and the decision is of the same
    region and has adopted no other plan. No letters yet: no origin has a mail address.
    """
    Region.objects.select_for_update().get(pk=scenario.region_id)
    row = Scenario.objects.select_related("region").get(pk=scenario.pk)
    _refuse_adoption(row, decision)
    limits = choose_files.limits_from_toml(row.limits_toml)
    choice = Choice.from_record(row.record or {})
    Plan.objects.filter(region=row.region, replaced_at__isnull=True).update(
        replaced_at=at
    )
    plan = Plan.objects.create(
        region=row.region,
        scenario=row,
        decision=decision,
        start_year=limits.start_year,
        years=limits.years,
        illustrative=row.illustrative or decision.illustrative,
        adopted_at=at,
        adopted_by=by,
    )
    PlanItem.objects.bulk_create(_items(plan, row, choice, limits.last_year))
    audit.record(
        by=by,
        at=at,
        verb="portfolio.plan.adopted",
        subject=plan,
        region=row.region_id,
        reason=decision.reason,
        details={"scenario": row.pk, "decision": decision.number},
    )
    span = f"{plan.start_year}–{plan.start_year + plan.years - 1}"
    page = f"/daerah/{row.region_id}/pilihan/"
    news = Published(NewsKind.PLAN, str(plan.pk), span, page)
    announce(region=row.region, what=news, at=at)
    return plan


def _items(
    plan: Plan, scenario: Scenario, choice: Choice, last_year: int
) -> list[PlanItem]:
    rows = {c.code: c for c in Candidate.objects.filter(pk__in=scenario.candidate_ids)}
    programmes = queries.programmes_of(scenario)
    reasons = choice.as_record()["reasons"]
    items = []
    for code in choice.chosen:
        start = choice.starts[code]
        programme = programmes[code]
        assert start is not None  # noqa: S101 - chosen means that it starts
        lines = money_lines(programme, start=start, last_year=last_year)
        items.append(
            PlanItem(
                plan=plan,
                candidate=rows[code],
                start_year=start,
                end_year=start + programme.duration - 1,
                money=[line.as_record() for line in lines],
                reason=reasons[code],
            )
        )
    return items


def _refuse_adoption(scenario: Scenario, decision: Decision) -> None:
    why: Words = ""
    if scenario.status != ScenarioStatus.DONE:
        why = _("The scenario has no result yet, or ended without one.")
    elif decision.region_id != scenario.region_id:
        why = _("The decision is of another region.")
    elif Plan.objects.filter(decision=decision).exists():
        why = _("That decision has adopted a plan already.")
    elif not Choice.from_record(scenario.record or {}).chosen:
        why = _("No programme was chosen in it.")
    if why:
        raise AdoptionRefused(
            _("The plan was not adopted."),
            why=why,
            next=_("Choose a finished scenario and a decision made about it."),
        )
