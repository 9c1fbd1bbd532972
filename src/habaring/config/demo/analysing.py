"""The analysis of the demo: readiness of two years, SWOT, gaps, aims and their map from
one RPJMD to the next, consultations. All of it is illustrative and says so.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from habaring.evidence import actions as vault
from habaring.masterplan import actions, signing
from habaring.masterplan.actions import consulting
from habaring.masterplan.actions.signing import sign_section
from habaring.masterplan.models import (
    Aim,
    Consultation,
    DevelopmentPlan,
    PlanTarget,
    StrategicIssue,
)
from habaring.masterplan.parts import RELEASED
from habaring.masterplan.readiness_sets import THING
from habaring.regions.models import Region
from habaring.shared.uploads import accept

PERIOD = date(2025, 8, 20)
"""The day from which the new RPJMD holds in the demo."""


def tell(region: Region, toml: str, *, at: datetime) -> None:
    """Everything that the books take up; before an edition is issued."""
    facts = tomllib.loads(toml)
    for year, answers in sorted(facts["readiness"].items()):
        _year(region, int(year), answers, at=at)
    for kind, dimension, layer, text, votes in facts["swot"][0]["items"]:
        _item(region, (kind, dimension, layer, text, votes), at=at)
    for row in facts["gaps"][0]["rows"]:
        dimension, current, expected, cause, need, title = row
        new = actions.NewGap(
            dimension=dimension,
            now=current,
            expected=expected,
            cause=cause,
            need=need,
            issue_title=title,
            illustrative=True,
        )
        actions.record_gap(region=region, new=new, by=None, at=at)
    for row in facts["strategies"][0]["rows"]:
        _strategy(region, row, at=at)
    for plan in facts["rpjmd"]:
        _plan_targets(region, plan, at=at)
    _aims(region, facts["aims"], at=at)
    for part in RELEASED:
        actions.release(region=region, part=part, by=None, at=at)
    for other in facts["others"]:
        _other(other, at=at)


def _year(
    region: Region, year: int, answers: Mapping[str, Any], *, at: datetime
) -> None:
    """The first year is answered; a later one begins from the one before."""
    begun = year > 2025
    if begun:
        actions.begin_year(region=region, year=year, by=None, at=at)
    for question, (score, note, title) in answers.items():
        _answer(region, year, (question, score, note), at=at)
        if title:
            _evidence(region, f"{year}/{question}", title, year, at=at)


def _answer(
    region: Region, year: int, given: tuple[str, int, str], *, at: datetime
) -> None:
    question, score, note = given
    actions.record_readiness(
        region=region,
        year=year,
        answer=actions.Answer(question, score, note, illustrative=True),
        by=None,
        at=at,
    )


def _evidence(region: Region, key: str, title: str, year: int, *, at: datetime) -> None:
    file = SimpleUploadedFile("contoh.pdf", _paper(title), "application/pdf")
    row = vault.put(
        by=None,
        at=at,
        region=region,
        upload=accept(file, ("pdf",)),
        kind="report",
        title=title,
        details=vault.Details(year=year, illustrative=True),
    )
    vault.link(by=None, at=at, evidence=row, thing=THING, key=key)
    if not key.startswith("2026/superstructure"):
        reason = "Contoh: isi dan tahunnya sesuai."
        vault.judge(by=None, at=at, evidence=row, valid=True, reason=reason)


def _paper(title: str) -> bytes:
    """One page that says what it stands for."""
    words = title.encode("ascii", "replace").replace(b"(", b"[").replace(b")", b"]")
    drawn = b"BT /F1 16 Tf 60 760 Td (Contoh: " + words + b") Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(parts) + 1)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def _item(region: Region, row: tuple[str, str, str, str, int], *, at: datetime) -> None:
    kind, dimension, layer, text, votes = row
    new = actions.NewSwot(
        kind,
        dimension,
        layer,
        text,
        votes,
        origin="Bimtek I (contoh)",
        illustrative=True,
    )
    actions.record_swot(region=region, new=new, by=None, at=at)


def _strategy(region: Region, row: Sequence[Any], *, at: datetime) -> None:
    kind, dimension, text, items, aspect, title = row
    issue = StrategicIssue.objects.filter(region=region, title=title).first()
    new = actions.NewStrategy(
        kind=kind,
        dimension=dimension,
        text=text,
        items=tuple(items),
        aspect=aspect,
        issue=issue.number if issue else None,
        illustrative=True,
    )
    actions.record_strategy(region=region, new=new, by=None, at=at)


def _plan_targets(region: Region, plan: Mapping[str, Any], *, at: datetime) -> None:
    known = DevelopmentPlan.objects.get(region=region, first_year=plan["first_year"])
    for mission, code, objective, text, indicator in plan["rows"]:
        new = actions.NewPlanTarget(
            mission=mission,
            code=code,
            text=text,
            objective=objective,
            indicator=indicator,
            illustrative=True,
        )
        actions.record_plan_target(plan=known, new=new, by=None, at=at)


def _aims(region: Region, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Drawn for the old RPJMD, then mapped to the new one: the old map stays."""
    before = datetime(2022, 7, 1, tzinfo=at.tzinfo)
    vision = _aim(region, "vision", facts["vision"], None, at=before)
    choices: dict[int, tuple[int, ...]] = {}
    for mission in facts["missions"]:
        above = _aim(region, "mission", mission["mission"], vision, at=before)
        goal = _aim(region, "goal", mission["goal"], above, at=before)
        for row in mission["targets"]:
            aim = _target(region, row, goal, at=before)
            choices[aim.number] = _keys(region, 2025, row[9])
    plans = DevelopmentPlan.objects.filter(region=region)
    actions.remap(
        region=region,
        new=actions.Remap(
            before=plans.get(first_year=2021),
            after=plans.get(first_year=2025),
            on=PERIOD,
            choices=choices,
        ),
        by=None,
        at=at,
    )


def _aim(
    region: Region, level: str, text: str, above: Aim | None, *, at: datetime
) -> Aim:
    number = above.number if above else None
    new = actions.NewAim(level, text, above=number, illustrative=True)
    return actions.record_aim(region=region, new=new, by=None, at=at)


def _target(region: Region, row: Sequence[Any], goal: Aim, *, at: datetime) -> Aim:
    dimension, text, indicator, unit, baseline, first, target, last, code, _new = row
    measure = actions.Measure(
        indicator=indicator,
        unit=unit,
        baseline=Decimal(str(baseline)) if first else None,
        baseline_year=first or None,
        target=Decimal(str(target)),
        target_year=last,
    )
    new = actions.NewAim(
        "target",
        text,
        above=goal.number,
        dimension=dimension,
        measure=measure,
        serves=_keys(region, 2021, code),
        illustrative=True,
    )
    return actions.record_aim(region=region, new=new, by=None, at=at)


def _keys(region: Region, first_year: int, code: str) -> tuple[int, ...]:
    rows = PlanTarget.objects.filter(
        development_plan__region=region,
        development_plan__first_year=first_year,
        code=code,
    )
    return tuple(rows.values_list("pk", flat=True))


def _other(facts: Mapping[str, Any], *, at: datetime) -> None:
    region = Region.objects.get(code=facts["code"])
    for question, score in facts["answers"].items():
        _answer(region, 2026, (question, score, ""), at=at)
        _evidence(region, f"2026/{question}", "Bukti kesiapan (contoh)", 2026, at=at)
    for row in facts["swot"]:
        _item(region, tuple(row), at=at)
    for part in ("kesiapan", "swot"):
        actions.release(region=region, part=part, by=None, at=at)


def consult(region: Region, toml: str, *, at: datetime) -> None:
    """A consultation that has ended with its table, one that is open, one prepared."""
    facts = tomllib.loads(toml)
    month = timedelta(days=30)
    done = _consultation(region, facts["consultation"], (at - 2 * month, at - month))
    for remark in done.remarks.order_by("number"):
        row = facts["consultation"]["remarks"][remark.number - 1]
        consulting.dispose(
            row=remark,
            disposition=row[3],
            reason=row[4],
            by=None,
            at=at - month + timedelta(days=remark.number),
        )
    ended = at - month + timedelta(days=7)
    consulting.end_consultation(consultation=done, by=None, at=ended)
    period = (at - timedelta(days=5), at + 11 * month)  # so that a demo finds it open
    _consultation(region, facts["open_consultation"], period)
    later = (at + 10 * month, at + 11 * month)  # prepared; only the office sees it
    _consultation(region, facts["prepared_consultation"], later, at=at)


def sign(region: Region, toml: str, *, at: datetime) -> None:
    """Some sections were signed by the post that owns them; after posts are open."""
    written = signing.standings(region)
    for key in set(tomllib.loads(toml)["signed"]) & set(written):
        sign_section(region=region, key=key, by=None, at=at, note="Contoh pengesahan")


def _consultation(
    region: Region,
    facts: Mapping[str, Any],
    period: tuple[datetime, datetime],
    *,
    at: datetime | None = None,
) -> Consultation:
    first, last = period
    row = consulting.open_consultation(
        region=region,
        new=consulting.NewConsultation(
            title=facts["title"],
            intro=facts["intro"],
            keys=tuple(facts["keys"]),
            opens_at=first,
            closes_at=last,
            illustrative=True,
        ),
        by=None,
        at=at or first,
    )
    places = {one.order: one for one in row.sections.all()}
    for section, name, text, *_answer in facts["remarks"]:
        said = consulting.Said(places[section], text, name, illustrative=True)
        consulting.enter_remark(
            consultation=row, said=said, by=None, at=first + timedelta(days=1)
        )
    return row
