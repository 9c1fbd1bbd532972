"""The verbs of filing (SPTPD): file, correct, validate; show that one is a taxpayer.

Whoever files sees every step before sending. A filing makes a bill with its posting; a
correction is a new filing whose bill replaces the one before, payments go along.
Deadlines: UU 1/2022 and PP 35/2023; the region's rule says them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES, Assessment
from habaring.people.codes import actions as codes
from habaring.people.codes.actions import Told
from habaring.people.codes.models import Challenge
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import assessing, filings, ledger
from habaring.revenue.actions.objects import Deed, Described, enter_object
from habaring.revenue.actions.register import contact_of, link_account
from habaring.revenue.codes import new_code, plain
from habaring.revenue.filings import BPHTB, Month
from habaring.revenue.models import (
    Account as Book,
)
from habaring.revenue.models import (
    Bill,
    BillState,
    Document,
    Filing,
    FilingDocument,
    ObjectState,
    Payment,
    PaymentState,
    Source,
    TaxObject,
    Taxpayer,
    TaxRule,
    Validation,
    ValidationState,
)
from habaring.shared import audit, formats, limits, walls
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import AcceptedFile, keep

GAP_PERCENT = 5
"""How far below the device's turnover a filing may lie without a word."""
MOST_DOCUMENTS = 5
DAY = timedelta(days=1)
PURPOSE = "taxpayer"


class FilingRefused(Refusal):
    """It cannot be filed so."""


@dataclass(frozen=True)
class Draft:
    """What somebody is about to file: a month of a business, or (month None) an
    acquisition on `event_on`.
    """

    obj: TaxObject
    facts: Mapping[str, Any]
    month: Month | None = None
    event_on: date | None = None
    reason: str = ""
    notary: str = ""

    @property
    def day(self) -> date:
        """The day that decides which rules hold."""
        return self.month.last if self.month else self.event_on or date.min

    @property
    def key(self) -> tuple[int, int]:
        return (
            (self.month.year, self.month.period) if self.month else (self.day.year, 0)
        )


@dataclass(frozen=True)
class Prepared:
    """What would be filed: every step, the clocks, what a device counted, what is
    replaced. `gap` rupiah that the device counted more; None without a device.
    """

    draft: Draft
    rule: TaxRule
    assessment: Assessment
    pay_by: date
    file_by: date | None
    late: bool
    tapped: int | None
    gap: int | None
    before: Filing | None

    @property
    def needs_reason(self) -> bool:
        return self.before is not None or self.wide_gap

    @property
    def wide_gap(self) -> bool:
        """Whether the device counted so much more that a word is asked for."""
        counted = self.tapped or 0
        return bool(self.gap) and (self.gap or 0) * 100 > counted * GAP_PERCENT


def prepare(draft: Draft, *, at: datetime) -> Prepared:
    """Look at a filing before it is sent. Raises FilingRefused, assessing.NoRule,
    assessing.CannotAssess. The region must be open.
    """
    _refuse(draft, localdate(at))
    region = draft.obj.region
    rule = assessing.in_force(region, draft.obj.tax, draft.day)
    rules = assessing.rules_of(rule)
    assessment = assessing.assess(rule, draft.facts, on=draft.day)
    pay_by = filings.deadline(rules, draft.day, filing=False)
    if pay_by is None:
        raise FilingRefused(
            _("The rules do not say by when this tax is paid."),
            next=_("Ask the revenue office to complete the rule."),
        )
    file_by = filings.deadline(rules, draft.day, filing=True)
    tapped = filings.reading_of(draft.obj, draft.month)
    return Prepared(
        draft=draft,
        rule=rule,
        assessment=assessment,
        pay_by=pay_by,
        file_by=file_by,
        late=file_by is not None and localdate(at) > file_by,
        tapped=tapped,
        gap=_gap(draft.facts, tapped),
        before=_before(draft),
    )


def _refuse(draft: Draft, today: date) -> None:
    tax = TAXES[draft.obj.tax]
    if tax.official or draft.obj.state != ObjectState.ACTIVE:
        raise FilingRefused(
            _("Nothing is filed for this."),
            why=_("The office assesses it, or it is not active."),
            next=_("Ask the revenue office if that is not right."),
        )
    if draft.month is None and tax.period == "month":
        raise FilingRefused(_("Which month is missing."), next=_("Choose a month."))
    if draft.day >= today if draft.month else draft.day > today:
        raise FilingRefused(
            _("It is too early to file."),
            why=format_lazy(
                _("This ends on {day}; nothing is filed ahead."),
                day=formats.day(draft.day),
            ),
            next=_("Come back afterwards, or choose an earlier month."),
        )


def _gap(facts: Mapping[str, Any], tapped: int | None) -> int | None:
    if tapped is None:
        return None
    return max(tapped - int(facts.get("paid", 0)), 0)


def _before(draft: Draft) -> Filing | None:
    year, period = draft.key
    rows = Filing.objects.filter(object=draft.obj, year=year, period=period)
    return rows.order_by("-seq").first()


@dataclass(frozen=True)
class Papers:
    """What is sent along, and whether somebody at the counter took it in."""

    documents: Sequence[AcceptedFile] = field(default_factory=tuple)


@transaction.atomic
def file(
    *, draft: Draft, by: Account, at: datetime, papers: Papers = Papers()
) -> Filing:
    """File it: a bill of what is owed, posted at once. Filed before: a correction.

    The caller has opened the region (a citizen's view for this statement alone) and
    asked that the object is the person's, or that an officer files.
    """
    locked = TaxObject.objects.select_for_update(of=("self",)).get(pk=draft.obj.pk)
    if locked.taxpayer_id != draft.obj.taxpayer_id:
        raise FilingRefused(
            _("The object has changed hands meanwhile."), next=_("Open it again.")
        )
    ready = prepare(draft, at=at)
    if ready.needs_reason and not draft.reason.strip():
        raise FilingRefused(
            _("A word is missing."),
            why=_(
                "It corrects an earlier filing, or lies below what the device counted."
            ),
            next=_("Say why."),
        )
    if len(papers.documents) > MOST_DOCUMENTS:
        raise FilingRefused(_("At most five papers go with a filing."))
    bill = _billed(ready, at)
    row = _kept(ready, bill, by=by, at=at)
    _keep_papers(row, papers, at)
    if ready.before is not None:
        _replace(ready.before, row, bill, at)
    if draft.obj.tax == BPHTB:
        Validation.objects.create(
            region=row.region,
            filing=row,
            code=new_code(),
            notary=draft.notary[:150],
            asked_at=at,
        )
    audit.record(
        by=by,
        at=at,
        verb="revenue.filing.corrected" if ready.before else "revenue.filing.sent",
        subject=row,
        region=row.region_id,
        details={"tax": draft.obj.tax, "number": draft.obj.number, "late": row.late},
    )
    return row


def _billed(ready: Prepared, at: datetime) -> Bill:
    """The bill, with its posting where something is owed."""
    obj = ready.draft.obj
    year, period = ready.draft.key
    same = Bill.objects.filter(
        region=obj.region, tax=obj.tax, number=obj.number, year=year, period=period
    )
    last = same.order_by("-seq").values_list("seq", flat=True).first()
    bill = Bill.objects.create(
        region=obj.region,
        document=Document.SPTPD,
        tax=obj.tax,
        year=year,
        period=period,
        seq=0 if last is None else last + 1,
        object=obj,
        taxpayer_id=obj.taxpayer_id,
        number=obj.number,
        rule=ready.rule,
        facts=dict(ready.draft.facts),
        amount=ready.assessment.payable,
        due_on=ready.pay_by,
        replaces=ready.before.bill if ready.before else None,
        illustrative=obj.illustrative,
        issued_at=at,
    )
    if bill.amount:
        ledger.post(
            region=obj.region_id,
            day=ledger.open_day(obj.region_id, localdate(at)),
            lines=[ledger.Line(Book.RECEIVABLE, Book.TAX, bill.amount, obj.tax)],
            source=Source.BILL,
            source_key=str(bill.id),
            at=at,
        )
    return bill


def _kept(ready: Prepared, bill: Bill, *, by: Account, at: datetime) -> Filing:
    year, period = ready.draft.key
    return Filing.objects.create(
        region=ready.draft.obj.region,
        object=ready.draft.obj,
        taxpayer_id=ready.draft.obj.taxpayer_id,
        year=year,
        period=period,
        seq=ready.before.seq + 1 if ready.before else 0,
        rule=ready.rule,
        facts=dict(ready.draft.facts),
        tapped=ready.tapped,
        event_on=ready.draft.event_on,
        amount=bill.amount,
        late=ready.late,
        reason=ready.draft.reason.strip()[:500],
        bill=bill.id,
        filed_at=at,
        filed_by=by,
    )


def _keep_papers(row: Filing, papers: Papers, at: datetime) -> None:
    for one in papers.documents:
        FilingDocument.objects.create(
            region=row.region,
            filing=row,
            path=keep(one),
            name=one.name,
            media_type=one.media_type,
            size=one.size,
            added_at=at,
        )


def _replace(before: Filing, row: Filing, bill: Bill, at: datetime) -> None:
    """Payments of the replaced bill go to the new one; the old one falls away."""
    old = Bill.objects.get(region=row.region_id, id=before.bill)
    day = ledger.open_day(row.region_id, localdate(at))
    paid = Payment.objects.filter(
        region=row.region_id, bill=old.id, state=PaymentState.POSTED
    ).order_by("paid_at", "serial")
    for payment in paid:
        key = f"filing/{row.pk}/{payment.serial}"
        ledger.move(payment, bill=bill.id, source_key=key, at=at, day=day)
    ledger.amend(
        old,
        cause=(Source.BILL, f"{old.id}/{bill.id}"),
        at=at,
        day=day,
        state=BillState.CORRECTED,
    )
    Validation.objects.filter(filing=before).update(state=ValidationState.REPLACED)


# Acquisitions


@dataclass(frozen=True)
class Acquisition:
    """Land that somebody acquired: its NOP, the day, the notary."""

    taxpayer: Taxpayer
    nop: str
    on: date
    notary: str


def acquire(*, said: Acquisition, by: Account, at: datetime) -> TaxObject:
    """The acquisition as an object of its own, for BPHTB to be filed on. The region
    must be open.
    """
    if said.on > localdate(at):
        raise FilingRefused(
            _("It is too early to file."),
            why=_("The day of the acquisition lies ahead."),
            next=_("Write the day on which the deed is made."),
        )
    described = Described(
        tax=BPHTB,
        name=f"NOP {said.nop}",
        facts={"nop": said.nop},
        illustrative=said.taxpayer.illustrative,
    )
    deed = Deed(said.on, said.notary or "BPHTB")
    return enter_object(taxpayer=said.taxpayer, said=described, deed=deed, by=by, at=at)


@transaction.atomic
def decide_validation(
    *, validation: Validation, valid: bool, reason: str, by: Account, at: datetime
) -> Validation:
    """Say to the notary whether the filing is right and paid. Raises FilingRefused."""
    row = (
        Validation.objects.select_for_update(of=("self",))
        .select_related("filing")
        .get(pk=validation.pk)
    )
    bill = Bill.objects.get(region=row.region_id, id=row.filing.bill)
    if row.state != ValidationState.WAITS:
        raise FilingRefused(
            _("This was decided already, or replaced."), next=_("Open it again.")
        )
    if row.filing.filed_by_id == by.pk:
        raise FilingRefused(
            _("Somebody else validates it."),
            why=_("You filed it yourself."),
            next=_("Ask a colleague."),
        )
    if valid and bill.owed:
        raise FilingRefused(
            _("It is not paid yet."),
            why=format_lazy(_("Open: {rupiah}."), rupiah=formats.rupiah(bill.owed)),
            next=_("It is validated once it is paid in full."),
        )
    if not valid and not reason.strip():
        raise FilingRefused(_("A word is missing."), next=_("Say what is not right."))
    row.state = ValidationState.VALID if valid else ValidationState.REFUSED
    row.reason, row.decided_at, row.decided_by = reason.strip()[:500], at, by
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    audit.record(
        by=by,
        at=at,
        verb="revenue.validation.given" if valid else "revenue.validation.refused",
        subject=row,
        region=row.region_id,
        reason=row.reason,
    )
    return row


@dataclass(frozen=True)
class Checked:
    """What a notary learns of a code: no whole name, no address."""

    state: str
    words: str
    nop: str
    name_masked: str
    amount: int
    on: date | None
    illustrative: bool


def check_code(region: Region, text: str, *, network: str, at: datetime) -> Checked:
    """What a code on paper stands for. Raises FilingRefused where it is none, TooMany."""
    limits.spend("revenue.validation", network, most=30, per=DAY / 24, at=at)
    with walls.also(region.code):
        row = (
            Validation.objects.filter(region=region, code=plain(text))
            .select_related("filing__object", "filing__taxpayer")
            .first()
        )
    if row is None:
        raise FilingRefused(
            _("No filing has this code."),
            why=_("A character may be mistyped, or it belongs to another region."),
            next=_("Compare every character with the paper."),
        )
    return Checked(
        state=row.state,
        words=row.get_state_display(),
        nop=str(row.filing.object.facts.get("nop", "")),
        name_masked=row.filing.taxpayer.name_masked,
        amount=row.filing.amount,
        on=localdate(row.decided_at) if row.decided_at else None,
        illustrative=row.filing.object.illustrative,
    )


# Showing that one is a taxpayer


@dataclass(frozen=True)
class Question:
    """A code on its way; `taxpayer` 0 where there was nobody to send it to."""

    challenge: UUID
    taxpayer: int


@transaction.atomic
def ask_link(
    *, account: Account, region: Region, number: str, browser: str, at: datetime
) -> Question:
    """Send a code to the contact on file of a taxpayer. The same is said, and done,
    where there is no such number or no contact: nobody learns who is in the register.
    """
    limits.spend("revenue.link", str(account.pk), most=5, per=DAY, at=at)
    with walls.also(region.code):
        row = Taxpayer.objects.filter(
            region=region, number=" ".join(number.split()), merged_into=None
        ).first()
        reach = contact_of(row).reach if row and row.account_id is None else None
    if row is not None and reach is not None:
        limits.spend("revenue.link.to", str(row.pk), most=5, per=DAY, at=at)
    challenge, code = codes.issued(
        Challenge(
            purpose=PURPOSE, reach=reach.value if reach else "-", account=account
        ),
        browser=browser,
        at=at,
        fits=reach is not None,
    )
    if reach is not None:
        codes.tell(reach, Told("reach", code), account.language, at)
    return Question(challenge.id, row.pk if row and reach else 0)


@transaction.atomic
def answer_link(
    *,
    account: Account,
    region: Region,
    question: Question,
    code: str,
    browser: str,
    at: datetime,
) -> Taxpayer:
    """Tie the taxpayer to the account whose holder read the code. Raises CodeWrong,
    CodeGone.
    """
    found = codes.open_challenge(challenge=question.challenge, browser=browser, at=at)
    Challenge.objects.select_for_update().get(pk=found.pk)
    found = codes.open_challenge(challenge=question.challenge, browser=browser, at=at)
    if found.purpose != PURPOSE or found.account_id != account.pk:
        raise codes.gone()
    codes.compare(found, code, at=at)
    found.answered_at = found.used_at = at
    found.save(update_fields=["answered_at", "used_at"])
    with walls.also(region.code):
        row = Taxpayer.objects.get(region=region, pk=question.taxpayer)
        link_account(taxpayer=row, account=account, by=account, at=at, how="code")
    return row
