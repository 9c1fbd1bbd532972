"""The rules of discussion: why something is hidden, and what waits for a moderator.

Everything public here is plain text: no markup, and addresses never become links, so
that writing here is worth nothing to a link farm. What is held is seen by its author
and by moderators alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import (
    OPEN_TO_ALL,
    Comment,
    Moderation,
    Proposal,
    Visibility,
)
from habaring.people import access
from habaring.people.models import Account
from habaring.shared import walls
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Rule:
    """One rule: its short name, and the sentence that is told to the author."""

    name: Words
    sentence: Words


RULES: Mapping[str, Rule] = {
    "insult": Rule(
        _("Insult or threat"),
        _("It insults or threatens a person instead of arguing about the proposal."),
    ),
    "hatred": Rule(
        _("Hatred against a group"),
        _("It stirs up hatred because of tribe, religion, race, origin or sex."),
    ),
    "obscene": Rule(_("Obscene"), _("It is obscene.")),
    "personal_data": Rule(
        _("Somebody's personal data"),
        _("It shows personal data, such as an identity number or where someone lives."),
    ),
    "advertising": Rule(
        _("Advertising"), _("It advertises something, or leads people to other sites.")
    ),
    "pretence": Rule(
        _("Pretends to be another"),
        _("It pretends to come from another person or from an office."),
    ),
    "off_topic": Rule(
        _("Not about this proposal"),
        _("It is about something else; it can be said where it belongs."),
    ),
    "repeated": Rule(
        _("Said before"), _("The same person said the same thing here before.")
    ),
    "unlawful": Rule(
        _("Against the law"), _("A law forbids it; the reason names that law.")
    ),
}
"""By the word that rows of Flag and Moderation carry, in the order of the lists."""

TRUSTED_AFTER = 2
"""So many contributions of an account must be public before it is held no more."""
MOST_ADDRESSES = 1
"""With more addresses of the web than this, a text waits whoever wrote it."""
CHANGE_WITHIN = timedelta(minutes=15)
"""So long its author may still change a text; after that, withdraw it."""

_ENDINGS = "com|id|net|org|info|biz|xyz|site|online|shop|club|io|co|me|link|top|ly"
_ADDRESS = re.compile(
    rf"https?://\S+|www\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})\b(?:/\S*)?",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)


class Hold(StrEnum):
    """Why something waits for a moderator."""

    NEW_ACCOUNT = "new_account"
    ADDRESSES = "addresses"

    @property
    def sentence(self) -> Words:
        """For its author."""
        return _HOLD_SENTENCES[self]


_HOLD_SENTENCES: Mapping[Hold, Words] = {
    Hold.NEW_ACCOUNT: _(
        "It waits for a moderator, as the first contributions of everybody do. You are"
        " told when it is published."
    ),
    Hold.ADDRESSES: _(
        "It waits for a moderator, since it holds several web addresses. You are told"
        " when it is published."
    ),
}


def tidy(text: str) -> str:
    """A person's text as it is kept: one kind of line end, no unseen signs, and at most
    one empty line in a row. Markup is not touched: it is shown as it was typed.
    """
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def addresses_in(text: str) -> int:
    """How many addresses of the web a text holds, with or without http."""
    return len(_ADDRESS.findall(text))


def hold(account: Account, text: str, at: datetime) -> Hold | None:
    """Whether a contribution waits for a moderator, and why; None: it is shown at once.

    The one rule for proposals and comments. Whoever holds a role is known to the region
    and never new. Opens the person's own rows for the rest of the transaction.
    """
    if addresses_in(text) > MOST_ADDRESSES:
        return Hold.ADDRESSES
    if access.works(account, at=at):
        return None
    return None if _trusted(account) else Hold.NEW_ACCOUNT


def _trusted(account: Account) -> bool:
    if connection.in_atomic_block:
        walls.open_person(account.pk)
    shown = Comment.objects.filter(author=account, visibility=Visibility.SHOWN)
    found = shown[:TRUSTED_AFTER].count()
    if found < TRUSTED_AFTER:
        sent = Proposal.objects.filter(author=account, state__in=OPEN_TO_ALL)
        found += sent[:TRUSTED_AFTER].count()
    return found >= TRUSTED_AFTER


def hidden_by(
    *, proposal: Proposal | None = None, comment: Comment | None = None
) -> Moderation | None:
    """The newest deed that hid a proposal (or a comment): what its page says instead
    of its text, with `.rule` (a word of RULES) and `.reason`.
    """
    rows = Moderation.objects.filter(deed="hide")
    if comment is not None:
        return rows.filter(comment=comment).first()
    return rows.filter(proposal=proposal, comment=None).first()


def rule_name(word: str) -> Words:
    """The short name of a rule; of a word that is none any more, the word itself."""
    return RULES[word].name if word in RULES else word


def rule_sentence(word: str) -> Words:
    """The sentence of a rule."""
    return RULES[word].sentence if word in RULES else ""
