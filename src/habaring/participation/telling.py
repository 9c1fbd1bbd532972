"""The public steps of a proposal, and who hears of each: once, and how to stop.

The action that does something to a proposal calls `record_step` in its transaction.
One job a step then tells its author, accepted co-authors and followers, by letter or
short message, except whoever did it. Where one deed leaves steps on several proposals
of one lineage (a merge), nobody hears of it twice.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from habaring.participation import words
from habaring.participation.models import (
    Author,
    Lineage,
    Proposal,
    ProposalFollow,
    Step,
    StepKind,
    Told,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import gateways, notices, walls
from habaring.shared.gateways import Kind, Message
from habaring.shared.refusal import Refusal

AT_ONCE = 200
"""How many people one transaction tells."""
_SALT = "habaring.participation.telling"


class LinkUnreadable(Refusal):
    """The link to stop was cut short or is not ours."""

    status = 404


def page_of(proposal: Proposal) -> str:
    """The path of a proposal's public page; it never changes."""
    return reverse("participation:proposal", args=[proposal.region_id, proposal.number])


def record_step(  # noqa: PLR0913 - who, what, when, where and why belong together
    *,
    proposal: Proposal,
    kind: StepKind,
    by: Account | None,
    at: datetime,
    text: str = "",
    details: Mapping[str, Any] | None = None,
    path: str = "",
) -> Step:
    """Append a public step, and have everybody told after the commit.

    `text` is a person's words (a reason); `details` what the page says in the reader's
    language (`words.sentence`); `path` where more is read, else the proposal's page.
    Steps of one deed on several proposals of a lineage carry the same `kind` and `at`.
    The caller audits its deed itself.
    """
    with walls.also(proposal.region_id):
        step = Step.objects.create(
            region_id=proposal.region_id,
            proposal=proposal,
            kind=kind,
            text=text,
            details=dict(details or {}),
            path=path,
            at=at,
            by=by,
        )
    app.configure_task(  # by its name: the task leans on this module
        "participation.tell",
        queue="messages",
        lock=f"participation.tell.{proposal.region_id}",
    ).defer(step=step.pk, region=proposal.region_id)
    return step


def family(proposal: Proposal) -> set[int]:
    """The keys of all proposals joined to this one by merges and splits, itself too."""
    found: set[int] = set()
    fresh = {proposal.pk}
    while fresh:
        found |= fresh
        pairs = Lineage.objects.filter(
            Q(older__in=fresh) | Q(newer__in=fresh)
        ).values_list("older", "newer")
        fresh = {key for pair in pairs for key in pair} - found
    return found


def tell(*, step: int, region: str, at: datetime) -> int:
    """Tell everybody whom a step concerns; how many were told now.

    Run again it tells nobody again: whom it told stands in the same transaction.
    """
    told = 0
    while True:
        with walls.within(region):
            found = Step.objects.select_related("proposal", "region").get(pk=step)
            accounts = list(_untold(found)[:AT_ONCE])
            Told.objects.bulk_create(
                Told(region_id=region, step=found, account=account, at=at)
                for account in accounts
            )
            for account in accounts:
                _tell_one(account, found, at=at)
        told += len(accounts)
        if len(accounts) < AT_ONCE:
            return told


def _untold(step: Step) -> models.QuerySet[Account]:
    proposal = step.proposal
    same = Step.objects.filter(
        proposal__in=family(proposal), kind=step.kind, at=step.at
    )
    followers = ProposalFollow.objects.filter(proposal=proposal)
    authors = Author.objects.filter(proposal=proposal, accepted_at__isnull=False)
    concerned = (
        Q(pk__in=[proposal.author_id])
        | Q(pk__in=authors.values("account"))
        | Q(pk__in=followers.filter(hears=True).values("account"))
    )
    return (
        Account.objects.filter(concerned, is_active=True, erased_at__isnull=True)
        .exclude(pk__in=[step.by_id])
        .exclude(pk__in=followers.filter(hears=False).values("account"))
        .exclude(pk__in=Told.objects.filter(step__in=same).values("account"))
        .order_by("pk")
    )


def _tell_one(account: Account, step: Step, *, at: datetime) -> None:
    address = settings.SITE_ADDRESS + (step.path or page_of(step.proposal))
    stop = settings.SITE_ADDRESS + reverse(
        "participation:stop",
        args=[step.region_id, step.proposal.number, stop_token(account, step.proposal)],
    )
    if account.email:
        notices.send_letter(
            to=[account.email],
            template="participation/letters/step.txt",
            context={
                "step": step,
                "sentence": words.told(step),
                "proposal": step.proposal,
                "region": step.region,
                "address": address,
                "stop": stop,
            },
            language=account.language,
        )
    elif account.phone:
        with override(account.language):
            text = gettext(
                "Habaring, proposal %(code)s: %(what)s. %(address)s To stop: %(stop)s"
            ) % {
                "code": step.proposal.code,
                "what": StepKind(step.kind).label,
                "address": address,
                "stop": stop,
            }
        gateways.send(Message(account.phone, text, Kind.REMINDER), at=at)


def stop_token(account: Account, proposal: Proposal) -> str:
    """What a link to stop carries: it ends the letters of one proposal, nothing else."""
    return signing.dumps([account.pk, proposal.pk], salt=_SALT, compress=True)


def read_stop_token(token: str, *, region: Region) -> tuple[Account, Proposal]:
    """Whom and what a link to stop names; LinkUnreadable where it is not ours."""
    try:
        account, proposal = signing.loads(token, salt=_SALT)
        with transaction.atomic(), walls.also(region.code):
            return (
                Account.objects.get(pk=account),
                Proposal.objects.get(pk=proposal, region=region),
            )
    except (
        signing.BadSignature,
        Account.DoesNotExist,
        Proposal.DoesNotExist,
    ) as error:
        raise LinkUnreadable(
            what=_("This link cannot be read."),
            why=_("Perhaps it was cut in two by a mail program."),
            next=_("Copy it whole, or open the proposal and stop there."),
        ) from error


def ask_beside(account: Account, row: Proposal, link: str, *, at: datetime) -> None:
    """Ask somebody to stand beside the author, by letter or short message."""
    if account.email:
        notices.send_letter(
            to=[account.email],
            template="participation/letters/beside.txt",
            context={"proposal": row, "region": row.region, "link": link},
            language=account.language,
        )
    elif account.phone:
        with override(account.language):
            text = gettext(
                "Habaring: you are asked to be co-author of proposal %(code)s: %(link)s"
            ) % {"code": row.code, "link": link}
        gateways.send(Message(account.phone, text, Kind.NOTICE), at=at)
