"""The verbs of personal data: consent, identity, correct, ask, answer, publish purposes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.privacy import queries
from habaring.privacy.erasing import erase_account, record_deletion
from habaring.privacy.models import (
    CLOCK,
    AgeingAction,
    Consent,
    DataRequest,
    Identity,
    LegalBasis,
    Purpose,
    RequestKind,
    RequestState,
    RetentionRule,
)
from habaring.privacy.opening import every_region
from habaring.regions.models import Region
from habaring.shared import audit, sealing
from habaring.shared.nik import mask_nik, read_nik
from habaring.shared.notices import send_letter
from habaring.shared.refusal import Refusal
from habaring.shared.retention import PLATFORM


class ConsentRefused(Refusal):
    """The consent cannot be given or taken back."""


class IdentityRefused(Refusal):
    """The identity cannot be recorded."""


class RequestRefused(Refusal):
    """The request cannot be received or answered so."""


# --- Purposes and rules ----------------------------------------------------------------
@transaction.atomic
def publish_facts(
    *,
    purposes: Sequence[Mapping[str, Any]],
    rules: Sequence[Mapping[str, Any]],
    by: Account | None,
    at: datetime,
) -> int:
    """Bring purposes and retention rules up to what is shipped; how many are new.

    A purpose of a newer version replaces the older one; consents to the old wording end,
    since nobody agreed to the new one. What is there already stays as it is.
    """
    fresh = 0
    for row in purposes:
        code, version = row["code"], row["version"]
        if Purpose.objects.filter(code=code, version__gte=version).exists():
            continue
        older = Purpose.objects.in_force().filter(code=code)
        with every_region():
            Consent.objects.filter(
                purpose__in=list(older), withdrawn_at__isnull=True
            ).update(withdrawn_at=at)
        older.update(replaced_at=at)
        purpose = Purpose.objects.create(**row, published_at=at)
        audit.record(
            by=by,
            at=at,
            verb="privacy.purpose.published",
            subject=purpose,
            details={"version": version},
        )
        fresh += 1
    for rule in rules:
        kept = {key: value for key, value in rule.items() if key != "code"}
        RetentionRule.objects.update_or_create(code=rule["code"], defaults=kept)
    return fresh


# --- Consent -----------------------------------------------------------------------------
@transaction.atomic
def give_consent(*, account: Account, purpose: Purpose, at: datetime) -> Consent:
    """Say yes to the wording of a purpose, as it stands in the reader's language.

    Raises ConsentRefused where the purpose does not rest on consent or has a newer
    wording. Given twice, it is held once.
    """
    if purpose.basis != LegalBasis.CONSENT or purpose.replaced_at is not None:
        raise ConsentRefused(
            _("This is not a matter of consent."),
            why=_("The data are held on another legal basis, or the wording changed."),
            next=_("Open the page again and read what is asked."),
        )
    found = queries.consent_to(account, purpose.code)
    if found is not None:
        return found
    consent = Consent.objects.create(
        account=account,
        purpose=purpose,
        wording_sha256=queries.wording_sha256(purpose.wording),
        language=get_language() or "id",
        given_at=at,
    )
    audit.record(
        by=account,
        at=at,
        verb="privacy.consent.given",
        subject=purpose,
        details={"version": purpose.version},
    )
    return consent


@transaction.atomic
def withdraw_consent(*, account: Account, purpose: Purpose, at: datetime) -> int:
    """Take a consent back; what rested on it is deleted at once. How many rows went.

    Raises ConsentRefused where there is none in force.
    """
    consent = (
        Consent.objects.select_for_update(of=("self",))
        .filter(account=account, purpose=purpose, withdrawn_at__isnull=True)
        .first()
    )
    if consent is None:
        raise ConsentRefused(
            _("There is no consent to take back."),
            why=_("It was withdrawn before, or never given."),
            next=_("Nothing needs to be done."),
        )
    Consent.objects.filter(region_code=consent.region_code, id=consent.id).update(
        withdrawn_at=at
    )
    gone = _drop_what_rests_on(purpose, account, at)
    audit.record(
        by=account,
        at=at,
        verb="privacy.consent.withdrawn",
        subject=purpose,
        details={"version": purpose.version, "rows": gone},
    )
    return gone


def _drop_what_rests_on(purpose: Purpose, account: Account, at: datetime) -> int:
    from habaring.shared.holdings import holdings

    gone = 0
    with every_region():
        for holding in holdings():
            if holding.purpose == purpose.code and holding.erase is not None:
                gone += holding.erase(account, by=account, at=at)
        if gone:
            record_deletion(
                f"consent:{purpose.code}",
                action=AgeingAction.DELETE,
                refs=[str(account.pk)],
                rows=gone,
                at=at,
            )
    return gone


# --- Identity ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Card:
    """What a person says of themself by their identity card."""

    nik: str
    name_on_card: str
    birth_on: date | None = None
    illustrative: bool = False


@transaction.atomic
def record_identity(
    *, account: Account, region: Region, card: Card, by: Account, at: datetime
) -> Identity:
    """Record or correct who a person is; the NIK is sealed before it is written.

    Raises NikRefused for a number that cannot be one, IdentityRefused without consent,
    without a name, for a birth date to come, or where another account of the region
    carries the number.
    """
    nik = read_nik(card.nik, illustrative=card.illustrative)
    name = " ".join(card.name_on_card.split())
    _refuse_card(account, name, card.birth_on, at)
    with every_region():  # a person's own wall would hide that somebody else has it
        found = Identity.objects.filter(
            region_code=region.code, nik_hash__in=sealing.keyed_hashes(nik)
        )
        taken = found.exclude(account=account).exists()
    if taken:
        raise IdentityRefused(
            _("This NIK is registered with another account of the region."),
            why=_("One person is counted once."),
            next=_(
                "If it is your number, ask the data protection officer to look into it."
            ),
        )
    row = Identity.objects.filter(region_code=region.code, account=account).first()
    fresh = row is None
    if row is None:
        row = Identity(region_code=region.code, account=account)
    row.nik_sealed = sealing.seal(nik, about=row.about)
    row.nik_hash = sealing.keyed_hash(nik)
    row.nik_masked = mask_nik(nik)
    row.key = sealing.current_key()
    row.name_on_card, row.birth_on = name, card.birth_on
    row.recorded_at, row.recorded_by = at, by
    row.illustrative = card.illustrative
    row.save(force_insert=fresh)
    audit.record(
        by=by,
        at=at,
        verb="privacy.identity.recorded" if fresh else "privacy.identity.corrected",
        subject=row,
        region=region.code,
    )
    return row


def _refuse_card(
    account: Account, name: str, birth_on: date | None, at: datetime
) -> None:
    if not name or (birth_on is not None and birth_on > at.date()):
        raise IdentityRefused(
            _("The card is not complete."),
            why=_("A name is needed, and a birth date lies in the past."),
            next=_("Copy both from the identity card."),
        )
    if queries.consent_to(account, "identity") is None:
        raise IdentityRefused(
            _("Consent comes first."),
            why=_("The NIK is kept only for people who agreed to it."),
            next=_("Read the words of the consent and agree to them, or leave it."),
        )


# --- Requests -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Wish:
    """What a person asks: a kind, their words; from the counter, how they were known."""

    kind: str
    words: str = ""
    proof: str = ""


@transaction.atomic
def receive_request(
    *, account: Account, region: Region, wish: Wish, by: Account, at: datetime
) -> DataRequest:
    """Take in a request; its 72 hours begin now.

    Raises RequestRefused for an unknown kind, for one that the officer entered without
    saying how the person was known, and where the same still waits.
    """
    _refuse_wish(account, region, wish, by)
    row = DataRequest.objects.create(
        region_code=region.code,
        account=account,
        kind=wish.kind,
        wish=wish.words.strip(),
        proof=wish.proof.strip(),
        received_at=at,
        due_at=at + CLOCK,
        entered_by=None if by.pk == account.pk else by,
    )
    audit.record(
        by=by,
        at=at,
        verb="privacy.request.received",
        subject=row,
        region=region.code,
        details={"kind": wish.kind},
    )
    return row


def _refuse_wish(account: Account, region: Region, wish: Wish, by: Account) -> None:
    if wish.kind not in RequestKind.values:
        raise RequestRefused(
            _("Nobody can answer this request."), next=_("Choose what you ask for.")
        )
    if by.pk != account.pk and len(wish.proof.strip()) < 5:
        raise RequestRefused(
            _("The request was not taken in."),
            why=_("Somebody else could ask for a person's data."),
            next=_("Write how you knew that it was the person: which card you saw."),
        )
    if account.erased_at is not None:
        raise RequestRefused(
            _("The request was not taken in."), why=_("This account was erased.")
        )
    waiting = DataRequest.objects.filter(
        region_code=region.code,
        account=account,
        kind=wish.kind,
        state=RequestState.OPEN,
    )
    if waiting.exists():
        raise RequestRefused(
            _("The same request waits for an answer already."),
            why=_("Each request is answered within 3 × 24 hours."),
            next=_("Wait for the answer, or take the other one back first."),
        )


@transaction.atomic
def answer_request(
    *,
    request: DataRequest,
    state: RequestState,
    answer: str,
    by: Account,
    at: datetime,
) -> DataRequest:
    """Answer with words: done or refused. An erasure that is done is done here.

    Raises RequestRefused where it was answered before or without words, and
    ErasureRefused while the person still holds a post.
    """
    row = _locked(request)
    words = " ".join(answer.split())
    if state not in {RequestState.DONE, RequestState.REFUSED} or len(words) < 10:
        raise RequestRefused(
            _("The answer is not complete."),
            why=_("The person reads it: what was done, or why it cannot be done."),
            next=_("Write it in a sentence or two."),
        )
    address, language = row.account.email, row.account.language
    erases = row.kind == RequestKind.ERASE and state == RequestState.DONE
    _close(row, state, words, by, at)
    if erases:
        erase_account(account=row.account, by=by, at=at, reason="request")
    elif address:
        send_letter(
            to=[address],
            template="privacy/letters/answered.txt",
            context={"request": row},
            language=language,
        )
    return row


@transaction.atomic
def cancel_request(*, request: DataRequest, by: Account, at: datetime) -> DataRequest:
    """The person takes a request back."""
    row = _locked(request)
    if row.account_id != by.pk:
        raise RequestRefused(
            _("Only the person who asked can take it back."),
            next=_("Answer it instead."),
        )
    _close(row, RequestState.CANCELLED, str(_("Taken back by the person.")), by, at)
    return row


def _locked(request: DataRequest) -> DataRequest:
    row = (
        DataRequest.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(region_code=request.region_code, id=request.id)
    )
    if row.state != RequestState.OPEN:
        raise RequestRefused(
            _("This request is answered already."),
            why=_("An answer is not changed afterwards."),
            next=_("Take in a new request where something is left to do."),
        )
    return row


def _close(
    row: DataRequest, state: RequestState, words: str, by: Account | None, at: datetime
) -> None:
    row.state, row.answer = state, words
    row.answered_at, row.answered_by = at, by
    row.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    audit.record(
        by=by,
        at=at,
        verb=f"privacy.request.{state}",
        subject=row,
        region=row.region_code,
        details={"kind": row.kind, "late": at > row.due_at},
    )


@transaction.atomic
def erase_myself(*, account: Account, at: datetime) -> DataRequest:
    """A citizen erases their own data at once, and the register shows the request.

    Raises RequestRefused where an officer has to look at it first, ErasureRefused while
    the person holds a post.
    """
    plan = queries.erasure(account, at=at)
    if not plan.automatic:
        raise RequestRefused(
            _("An officer has to look at this first."),
            why=_("You hold or held a role, and the law keeps part of its record."),
            next=_("Send the request; it is answered within 3 × 24 hours."),
        )
    row = DataRequest.objects.create(
        region_code=PLATFORM,
        account=account,
        kind=RequestKind.ERASE,
        received_at=at,
        due_at=at + CLOCK,
    )
    erase_account(account=account, by=None, at=at, reason="request")
    with every_region():
        _close(row, RequestState.DONE, str(_("Erased by the platform.")), None, at)
    return row


@transaction.atomic
def correct_name(*, account: Account, full_name: str, at: datetime) -> None:
    """A person corrects their own name. Raises RequestRefused for an empty one."""
    name = " ".join(full_name.split())
    if not name:
        raise RequestRefused(
            _("A name is needed."), next=_("Write how you want to be called.")
        )
    account.full_name = name
    account.save(update_fields=["full_name"])
    audit.record(by=account, at=at, verb="privacy.name.corrected", subject=account)
