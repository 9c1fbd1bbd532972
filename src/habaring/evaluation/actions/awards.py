"""The verbs of awards: publish a method, give by it, record those of others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.evaluation.actions.rounds import locked
from habaring.evaluation.models import Award, AwardRule, Result, Round
from habaring.evaluation.rules import AwardRefused, scheme_of_round
from habaring.evidence.models import Evidence
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit

MINISTRY = "Kementerian Komunikasi dan Digital"


@dataclass(frozen=True)
class Method:
    """An award: how it is called, what decides, in words that everybody may read."""

    name_id: str
    name_en: str
    measured: str
    method_id: str
    method_en: str
    places: int = 1
    minimum: Decimal | None = None


@transaction.atomic
def publish_method(
    *, by: Account, at: datetime, round: Round, method: Method
) -> AwardRule:
    """Foresee an award in a round, its method public from now on.

    Raises AwardRefused once assessors read (the method must be known before the marks
    are), without words, and for something that the instrument does not measure.
    """
    row = locked(round, ("draft", "open", "reading", "announced", "published"))
    if row.state not in ("draft", "open"):
        raise AwardRefused(
            _("It is too late for a new award in this round."),
            _("A method is public before anybody knows a mark."),
            _("Foresee it for the next round."),
        )
    if method.measured not in measurable(row):
        raise AwardRefused(_("The instrument does not measure this."))
    code = slugify(method.name_id)[:40]
    if not code or not method.method_id.strip() or method.places < 1:
        raise AwardRefused(
            _("An award needs a name and a method in words."),
            next=_("Write what decides, from which level on, and what breaks a tie."),
        )
    if AwardRule.objects.filter(round=row, code=code).exists():
        raise AwardRefused(_("This round has an award of this name already."))
    made = AwardRule.objects.create(
        round=row,
        code=code,
        name_id=method.name_id.strip(),
        name_en=method.name_en.strip(),
        measured=method.measured,
        places=method.places,
        minimum=method.minimum,
        method_id=method.method_id.strip(),
        method_en=method.method_en.strip(),
        published_at=at,
        published_by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb="evaluation.award.method_published",
        subject=made,
        details={"measured": made.measured},
    )
    return made


def measurable(row: Round) -> list[str]:
    """What an award of a round may be measured by."""
    scheme = scheme_of_round(row)
    return [
        "index",
        "improvement",
        *(f"measure:{one.code}" for one in scheme.measures),
        *(f"dimension:{code}" for code in scheme.dimensions),
    ]


def measured(result: Result, by: str) -> Decimal | None:
    """What a result shows for an award; None where it has no such number."""
    if by == "index":
        return result.index
    if by == "improvement":
        return result.improvement
    kind, _colon, code = by.partition(":")
    found = (result.measures if kind == "measure" else result.dimensions).get(code)
    return None if found is None else Decimal(str(found))


def winners(
    rule: AwardRule, results: Iterable[Result]
) -> list[tuple[int, Result, Decimal]]:
    """Place, result and number of those who win, by the method of the rule: the highest
    numbers, the index breaking ties; equal in both, they share the place.
    """
    floor = rule.minimum
    found = [
        (value, result.index, result)
        for result in results
        if (value := measured(result, rule.measured)) is not None
        and (floor is None or value >= floor)
        and (rule.measured != "improvement" or value > 0)
    ]
    keys = sorted(((value, index) for value, index, _r in found), reverse=True)
    placed = [
        (keys.index((value, index)) + 1, result, value)
        for value, index, result in found
    ]
    kept = [one for one in placed if one[0] <= rule.places]
    return sorted(kept, key=lambda one: (one[0], one[1].region_id))


def give_all(row: Round, *, by: Account | None, at: datetime) -> list[Award]:
    """Give every award of a published round by its method; part of `publish`."""
    results = list(Result.objects.public().filter(round=row).select_related("region"))
    made = []
    for rule in AwardRule.objects.filter(round=row):
        for place, result, value in winners(rule, results):
            made.append(
                Award.objects.create(
                    region=result.region,
                    year=row.year,
                    rule=rule,
                    name_id=rule.name_id,
                    name_en=rule.name_en,
                    body=MINISTRY,
                    place=place,
                    value=value,
                    given_at=at,
                    given_by=by,
                    illustrative=result.illustrative,
                )
            )
    for award in made:
        _told(award, "given", by=by, at=at)
    return made


@dataclass(frozen=True)
class Honour:
    """An award of another body, as its document says."""

    year: int
    name_id: str
    body: str
    source: str
    name_en: str = ""
    illustrative: bool = False


@transaction.atomic
def record_award(
    *, by: Account, at: datetime, region: Region, honour: Honour, document: Evidence
) -> Award:
    """Write an award of another body into the region's book, with its document.

    Raises AwardRefused without a name, body or source, for a year to come, and for a
    document that is withdrawn or of another region.
    """
    said = (honour.name_id.strip(), honour.body.strip(), honour.source.strip())
    if not all(said) or honour.year > localdate(at).year:
        raise AwardRefused(
            _("An award needs its name, who gave it, its year and its source."),
            next=_("Write them as they stand in the document."),
        )
    if document.region_id != region.pk or document.withdrawn_at is not None:
        raise AwardRefused(
            _("The document of the award is not in this region's vault."),
            next=_("Put the certificate or decree into the vault first."),
        )
    made = Award.objects.create(
        region=region,
        year=honour.year,
        name_id=said[0],
        name_en=honour.name_en.strip(),
        body=said[1],
        source=said[2],
        document=document,
        given_at=at,
        given_by=by,
        illustrative=honour.illustrative,
    )
    _told(made, "recorded", by=by, at=at)
    return made


@transaction.atomic
def revoke_award(*, by: Account, at: datetime, award: Award, reason: str) -> None:
    """Take an award out of the book, with a reason; the row stays."""
    row = Award.objects.select_for_update().get(pk=award.pk)
    said = reason.strip()
    if row.revoked_at is not None or not said:
        raise AwardRefused(
            _("An award is taken out of the book once, with a reason."),
            next=_("Write what was wrong with it."),
        )
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    _told(row, "revoked", by=by, at=at, reason=said)


def _told(
    row: Award, deed: str, *, by: Account | None, at: datetime, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evaluation.award.{deed}",
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"year": row.year},
    )
