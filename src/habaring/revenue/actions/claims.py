"""File what the ledger could not answer, as an entry of the office's queue."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.claims import Answer, Said
from habaring.revenue.codes import new_code, shown
from habaring.revenue.models import (
    Bill,
    Claim,
    Finding,
    FindingNote,
    FindingState,
    Outcome,
)
from habaring.shared import audit, gateways, notices, sealing, walls
from habaring.shared.gateways import Kind, Message

ANSWERED_WITHIN = timedelta(days=5)
ABOUT = "revenue.claim"
"""What the seal of a contact is bound to."""


@dataclass(frozen=True)
class Reached:
    """Where the person can be reached, and their own words."""

    phone: str = ""
    email: str = ""
    told: str = ""


@transaction.atomic
def file(
    *,
    region: Region,
    said: Said,
    answer: Answer,
    reached: Reached,
    account: Account | None,
    at: datetime,
) -> Claim:
    """Give the claim a number and put it before the office."""
    code = new_code()
    with walls.also(region.code):
        finding = _finding(region, said, answer, code, at)
        claim = Claim.objects.create(
            region=region,
            code=code,
            number=said.nop,
            year=said.year,
            bill=_bill(region, said),
            channel=said.channel,
            reference=said.reference,
            paid_on=said.paid_on,
            amount=said.amount,
            told=reached.told,
            contact_sealed=_sealed(reached),
            account=account,
            finding=finding,
            filed_at=at,
        )
        FindingNote.objects.create(
            region=region,
            finding=finding,
            text=f"{shown(code)}: {said.nop} {said.year}",
            at=at,
            by=None,
        )
        audit.record(
            by=account,
            at=at,
            verb="revenue.claim.filed",
            subject=claim,
            region=region.code,
            details={"answer": answer.kind},
        )
    return claim


def _bill(region: Region, said: Said) -> int | None:
    rows = Bill.objects.filter(
        region=region, tax=lookup.PBB, number=said.nop, year=said.year
    )
    return rows.order_by("-seq").values_list("id", flat=True).first()


def _finding(
    region: Region, said: Said, answer: Answer, code: str, at: datetime
) -> Finding:
    """The entry of the queue: the one about this payment, or a new one."""
    here = answer.kind == "unidentified"
    outcome = Outcome.NO_BILL if here else Outcome.ONLY_BANK
    reference = answer.reference or said.reference or f"claim-{code}"
    channel = answer.channel or said.channel
    open_now = Finding.objects.filter(
        region=region,
        channel=channel,
        reference=reference,
        outcome=outcome,
        state__in=(FindingState.OPEN, FindingState.PROPOSED),
    ).first()
    if open_now is not None:
        return open_now
    made, _new = Finding.objects.get_or_create(
        region=region,
        channel=channel,
        reference=reference,
        outcome=outcome,
        day=said.paid_on,
        defaults={
            "here": answer.amount if here else None,
            "there": said.amount,
            "due_on": at.date() + ANSWERED_WITHIN,
            "found_at": at,
        },
    )
    return made


def tell_answered(finding: Finding, *, at: datetime) -> None:
    """Write to everybody who reported this payment and left an address: there is an
    answer. Nothing about the bill leaves; it is read under the number they hold.
    """
    rows = Claim.objects.filter(region=finding.region_id, finding=finding)
    for row in rows.select_related("account", "region"):
        language = row.account.language if row.account else "id"
        page = reverse("revenue:claim-follow", args=[row.region_id, row.code])
        address = settings.SITE_ADDRESS + page
        reached = contact_of(row)
        if reached.email:
            notices.send_letter(
                to=[reached.email],
                template="revenue/letters/claim.txt",
                context={"region": row.region, "code": shown(row.code), "url": address},
                language=language,
            )
        elif reached.phone:
            with override(language):
                text = gettext(
                    "Habaring, taxes of %(place)s: your report %(code)s has an answer:"
                    " %(address)s"
                ) % {
                    "place": row.region.name,
                    "code": shown(row.code),
                    "address": address,
                }
            gateways.send(Message(reached.phone, text, Kind.NOTICE), at=at)


def contact_of(claim: Claim) -> Reached:
    """Where somebody wished to be answered, opened to send the answer."""
    if not claim.contact_sealed:
        return Reached()
    kept = json.loads(sealing.open_sealed(claim.contact_sealed, about=ABOUT))
    return Reached(phone=kept.get("phone", ""), email=kept.get("email", ""))


def _sealed(reached: Reached) -> bytes | None:
    if not (reached.phone or reached.email):
        return None
    contact = {"phone": reached.phone, "email": reached.email}
    return sealing.seal(json.dumps(contact), about=ABOUT)
