"""A new password by a letter's link, without telling who has an account here."""

from datetime import datetime, timedelta

from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.shared import limits, notices
from habaring.shared.refusal import Refusal

HOUR = timedelta(hours=1)


class LinkUnusable(Refusal):
    """The link of the letter was used, has run out, or never existed."""

    def __init__(self) -> None:
        super().__init__(
            what=_("This link does not work any more."),
            why=_("It works once, for two hours, and only the newest one."),
            next=_("Ask for a new letter on the page “Forgotten your password?”."),
        )


def ask_for_letter(request: HttpRequest, mail: str, *, at: datetime) -> None:
    """Queue the letter; for an address without account the same job does nothing.

    The letter is written and sent by the job, so that neither the answer nor the time
    it takes tells anything. Raises limits.TooMany.
    """
    from habaring.people.tasks import send_reset

    network = limits.client_network(request)
    limits.spend("forgotten.network", network, most=10, per=HOUR, at=at)
    limits.spend("forgotten.mail", mail.lower(), most=3, per=HOUR, at=at)
    link = request.build_absolute_uri(
        reverse("account_reset_password_from_key", args=["-", "-"])
    )
    found = Account.objects.filter(email=mail.strip().lower(), is_active=True).first()
    send_reset.defer(
        account=found.pk if found else 0, address=link.removesuffix("-/-/")
    )


def send_letter(account: Account, address: str) -> None:
    """The letter with a link that ends with the next change of the password."""
    who = urlsafe_base64_encode(force_bytes(account.pk))
    token = default_token_generator.make_token(account)
    notices.send_letter(
        to=[account.email or ""],
        template="people/letters/new_password.txt",
        context={"account": account, "link": f"{address}{who}/{token}/"},
        language=account.language,
    )


def behind_link(who: str, token: str) -> Account:
    """The account that a link is for. Raises LinkUnusable."""
    try:
        key = int(urlsafe_base64_decode(who).decode())
    except (ValueError, OverflowError):
        key = 0
    account = Account.objects.filter(pk=key, is_active=True).first()
    if account is None or not default_token_generator.check_token(account, token):
        raise LinkUnusable
    return account
