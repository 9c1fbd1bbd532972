"""What people are told about what they wrote: published, hidden, answered, appealed.

By mail where an account has an address, else a short message to its telephone.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from habaring.participation.models import Appeal, Comment, Moderation
from habaring.participation.moderation import rule_name, rule_sentence
from habaring.people.models import Account
from habaring.shared import gateways, notices
from habaring.shared.gateways import Kind, Message


def moderated(deed: Moderation, author: Account, *, at: datetime) -> None:
    """Tell an author what a moderator did, by which rule and why, and how to appeal."""
    context = {
        "deed": deed,
        "proposal": deed.proposal,
        "comment": deed.comment,
        "rule": rule_name(deed.rule),
        "sentence": rule_sentence(deed.rule),
        "address": _own_page(deed.region_id),
        "page": _page(deed),
    }
    _tell(author, "participation/letters/moderated.txt", context, at=at)


def appeal_decided(appeal: Appeal, *, at: datetime) -> None:
    """Tell an author what became of the appeal, and why."""
    context = {
        "appeal": appeal,
        "deed": appeal.moderation,
        "proposal": appeal.moderation.proposal,
        "comment": appeal.moderation.comment,
        "address": _own_page(appeal.region_id),
    }
    _tell(appeal.by, "participation/letters/appeal.txt", context, at=at)


def answered(asked: Comment, answer: Comment, *, at: datetime) -> None:
    """Tell somebody that an office answered what they wrote."""
    address = settings.SITE_ADDRESS + reverse(
        "participation:thread",
        args=[answer.region_id, answer.proposal.number, answer.under_id],
    )
    context = {"answer": answer, "proposal": answer.proposal, "address": address}
    _tell(asked.author, "participation/letters/answered.txt", context, at=at)


def _own_page(region: str) -> str:
    return str(settings.SITE_ADDRESS) + reverse("participation:my-words", args=[region])


def _page(deed: Moderation) -> str:
    proposal = deed.proposal
    name = "participation:discussion" if deed.comment_id else "participation:proposal"
    path = reverse(name, args=[proposal.region_id, proposal.number])
    return str(settings.SITE_ADDRESS) + path


def _tell(
    account: Account, template: str, context: dict[str, Any], *, at: datetime
) -> None:
    if account.erased_at or not account.is_active:
        return
    if account.email:
        notices.send_letter(
            to=[account.email],
            template=template,
            context=context,
            language=account.language,
        )
    elif account.phone:
        with override(account.language):
            text = gettext(
                "Habaring: news about what you wrote on %(code)s: %(address)s"
            ) % {"code": context["proposal"].code, "address": context["address"]}
        gateways.send(Message(account.phone, text, Kind.REMINDER), at=at)
