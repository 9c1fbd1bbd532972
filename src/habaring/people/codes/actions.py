"""Sign in, and be reached, by a one-time code and no password.

A code is six digits from `secrets`, kept only as a hash keyed by the installation and
the question it answers; it works for ten minutes, once, in the browser that asked, and
for five tries. Asking gives the same answer and does the same work whether the number
is known or not; only the message says more, to whoever holds the telephone.

Asking is not audited: anybody can ask, and nothing is done yet. Signing in, making an
account and changing a number are.

Source: NIST SP 800-63B (2025), 3.1.3 out-of-band devices; OWASP, "Forgot Password Cheat
Sheet" (same answer, same time).
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from habaring.people import access
from habaring.people.codes.models import Challenge
from habaring.people.codes.reach import Reach
from habaring.people.models import Account
from habaring.shared import audit, gateways, limits, notices
from habaring.shared.gateways import Kind, Message
from habaring.shared.refusal import Refusal

DIGITS = 6
LASTS = timedelta(minutes=10)
TRIES = 5
ENTRANCE = "masuk"
"""Deeds at the door are audited under this word: a platform's rows make every kept
public page stale.
"""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class CodeWrong(Refusal):
    """The digits are not the ones that were sent."""


class CodeGone(Refusal):
    """The code ran out, was replaced, was used, or belongs to another browser."""

    status = 410


class PasswordNeeded(Refusal):
    """This account is not opened by a code alone."""

    status = 403


class ReachTaken(Refusal):
    """The number or address cannot be added to this account."""


@dataclass(frozen=True)
class Asker:
    """Who asks: the secret of a browser's session, its network, its language.

    `sign_in` is the full address of the page with the password.
    """

    browser: str
    network: str
    language: str = "id"
    sign_in: str = ""


def _browser_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _code_hash(challenge: UUID, code: str) -> str:
    return salted_hmac(
        "habaring.people.codes", f"{challenge}:{code}", algorithm="sha256"
    ).hexdigest()


def needs_password(account: Account, *, at: datetime) -> bool:
    """Whether a code alone does not open this account: officers, and closed ones."""
    return not account.is_active or any(
        membership.role.second_step
        for membership in access.memberships_of(account, at=at)
    )


@transaction.atomic
def ask(*, reach: Reach, by: Asker, at: datetime) -> Challenge:
    """Send a code to sign in with. Raises TooMany.

    Whoever asks learns nothing about the number; an officer's letter names the page
    with the password instead of a code.
    """
    spend(reach, by, at)
    known = reach.account()
    closed = known is not None and needs_password(known, at=at)
    challenge, code = issued(
        Challenge(purpose=Challenge.SIGN_IN, reach=reach.value),
        browser=by.browser,
        at=at,
        fits=not closed,
    )
    language = known.language if known else by.language
    tell(
        reach, Told("password" if closed else "sign_in", code, by.sign_in), language, at
    )
    return challenge


def spend(reach: Reach, by: Asker, at: datetime) -> None:
    """Count one message to a reach, from a network; raises TooMany."""
    limits.spend("codes.network", by.network, most=30, per=HOUR, at=at)
    limits.spend("codes.reach.day", reach.value, most=15, per=DAY, at=at)
    limits.spend("codes.reach", reach.value, most=5, per=HOUR, at=at)
    if reach.is_phone:  # what a flood of messages may cost in a day
        limits.spend("codes.all", "", most=settings.MESSAGES_A_DAY, per=DAY, at=at)


def issued(
    challenge: Challenge, *, browser: str, at: datetime, fits: bool = True
) -> tuple[Challenge, str]:
    """Withdraw the older ones, keep the new one's hash; the code is told once."""
    Challenge.objects.filter(
        reach=challenge.reach, purpose=challenge.purpose, used_at=None
    ).update(withdrawn_at=at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    challenge.browser = _browser_hash(browser)
    hashed = _code_hash(challenge.id, code)
    challenge.code_hash = hashed if fits else ""
    challenge.issued_at, challenge.expires_at = at, at + LASTS
    challenge.save(force_insert=True)
    return challenge, code


@dataclass(frozen=True)
class Told:
    """What a message is about: sign_in, reach, password or taken."""

    about: str
    code: str
    address: str = ""


def tell(reach: Reach, told: Told, language: str, at: datetime) -> None:
    """Send a letter or a short message, after the commit."""
    has_code = told.about in {"sign_in", "reach"}
    if not reach.is_phone:
        notices.send_letter(
            to=[reach.value],
            template=f"people/codes/letters/{told.about}.txt",
            context={
                "code": told.code if has_code else "",
                "minutes": LASTS.seconds // 60,
                "address": told.address,
            },
            language=language,
        )
        return
    with override(language):
        text = _short_text(told)
    gateways.send(
        Message(
            to=reach.value,
            text=text,
            kind=Kind.CODE,
            parameter=told.code if has_code else "",
        ),
        at=at,
    )


def _short_text(told: Told) -> str:
    if told.about == "password":
        return gettext(
            "Habaring: this account is opened with its password: %(address)s"
        ) % {"address": told.address}
    if told.about == "taken":
        return gettext(
            "Habaring: somebody wants to use this number, which belongs to an account "
            "already. If it was not you, do nothing."
        )
    return gettext(
        "%(code)s is your code for Habaring. It works for 10 minutes. Tell it to nobody."
    ) % {"code": told.code}


def open_challenge(*, challenge: UUID, browser: str, at: datetime) -> Challenge:
    """The question as the browser that asked may see it; else CodeGone."""
    found = (
        Challenge.objects.select_related("beside", "account")
        .filter(pk=challenge, withdrawn_at=None, used_at=None, expires_at__gt=at)
        .first()
    )
    if found is None or not constant_time_compare(
        found.browser, _browser_hash(browser)
    ):
        raise CodeGone(
            what=_("This code does not work any more."),
            why=_(
                "It ran out after 10 minutes, was used, was replaced by a newer one, or "
                "was asked for in another browser."
            ),
            next=_("Ask for a new code."),
        )
    return found


def compare(challenge: Challenge, code: str, *, at: datetime) -> None:
    """Spend a try, then compare; the try stands though the refusal rolls back."""
    try:
        left = limits.spend(
            "codes.tries", str(challenge.pk), most=TRIES, per=LASTS, at=at
        )
    except limits.TooMany as none_left:
        raise CodeGone(
            what=_("This code does not work any more."),
            why=_("It was typed wrong five times."),
            next=_("Ask for a new code."),
        ) from none_left
    digits = re.sub(r"[\s.\-]", "", code)
    hashed = _code_hash(challenge.pk, digits)
    # a question without a code is compared too: the same work for everybody
    if not constant_time_compare(hashed, challenge.code_hash or "-" * len(hashed)):
        raise CodeWrong(
            what=_("This is not the code that was sent."),
            why=format_lazy(_("Tries left: {left}."), left=left),
            next=_("Look at the newest message and type its 6 digits."),
        )


@transaction.atomic
def answer(*, challenge: UUID, code: str, browser: str, at: datetime) -> Account | None:
    """The account that the code opens; None where there is none yet (then `join`).

    Raises CodeWrong, CodeGone, PasswordNeeded.
    """
    found = open_challenge(challenge=challenge, browser=browser, at=at)
    Challenge.objects.select_for_update().get(pk=found.pk)
    found = open_challenge(
        challenge=challenge, browser=browser, at=at
    )  # under the lock
    if found.purpose != Challenge.SIGN_IN or found.answered_at is not None:
        raise gone()
    compare(found, code, at=at)
    account = Reach(found.reach).account()
    found.answered_at = at
    if account is not None:
        if needs_password(account, at=at):  # a role came between asking and typing
            raise PasswordNeeded(
                what=_("This account is opened with its password."),
                why=_("It holds a role that needs a second step."),
                next=_("Sign in with the password."),
            )
        found.used_at = at
        audit.record(
            by=account,
            at=at,
            verb="people.signed_in.code",
            subject=account,
            region=ENTRANCE,
            details={"channel": Reach(found.reach).field},
        )
    found.save(update_fields=["answered_at", "used_at"])
    return account


def gone() -> CodeGone:
    """What is said of a code that was used."""
    return CodeGone(
        what=_("This code does not work any more."),
        why=_("It was used already."),
        next=_("Ask for a new code."),
    )


@transaction.atomic
def join(*, challenge: UUID, full_name: str, by: Asker, at: datetime) -> Account:
    """Make the account of somebody who typed the right code and agreed.

    It has no usable password and no role. Raises CodeGone where no code was typed.
    """
    found = open_challenge(challenge=challenge, browser=by.browser, at=at)
    Challenge.objects.select_for_update().get(pk=found.pk)
    found = open_challenge(challenge=challenge, browser=by.browser, at=at)
    reach = Reach(found.reach)
    if found.purpose != Challenge.SIGN_IN or found.answered_at is None:
        raise gone()
    if reach.account() is not None:
        raise gone()
    account = Account.objects.create_account(
        email=None if reach.is_phone else reach.value,
        phone=reach.value if reach.is_phone else None,
        full_name=full_name.strip(),
        language=by.language,
    )
    found.used_at = at
    found.save(update_fields=["used_at"])
    audit.record(
        by=account,
        at=at,
        verb="people.joined",
        subject=account,
        region=ENTRANCE,
        details={"channel": reach.field},
    )
    for hook in _when_joined:
        hook(account, at)
    return account


_when_joined: list[Callable[[Account, datetime], None]] = []


def when_joined(
    hook: Callable[[Account, datetime], None],
) -> Callable[[Account, datetime], None]:
    """Let a domain above do its part when a person agreed and joined, such as keeping
    the consent; called in the transaction of `join`.
    """
    if hook not in _when_joined:
        _when_joined.append(hook)
    return hook
