"""Where a person can be reached: a telephone number or a mail address, as typed."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.shared.refusal import Refusal

HOME = "ID"


class ReachRefused(Refusal):
    """What was typed is no number and no address that a code can be sent to."""


@dataclass(frozen=True)
class Reach:
    """A telephone number (E.164) or a mail address (lower case)."""

    value: str

    @property
    def is_phone(self) -> bool:
        return self.value.startswith("+")

    @property
    def masked(self) -> str:
        """Enough to know one's own: `+62 •••• 0123`, `a•••@contoh.id`."""
        if self.is_phone:
            return f"{self.value[:3]} •••• {self.value[-4:]}"
        name, _at, domain = self.value.partition("@")
        return f"{name[:1]}•••@{domain}"

    @property
    def field(self) -> str:
        """The field of Account that keeps it."""
        return "phone" if self.is_phone else "email"

    def account(self) -> Account | None:
        """Whose it is."""
        return Account.objects.filter(**{self.field: self.value}).first()


def read_reach(text: str) -> Reach:
    """From `0812…`, `62812…`, `+62 812…`, `812…` or `name@place`; else ReachRefused."""
    text = text.strip()
    return _read_mail(text) if "@" in text else _read_phone(text)


def _read_mail(text: str) -> Reach:
    try:
        validate_email(text)
    except ValidationError:
        raise ReachRefused(
            _("This mail address is not whole."),
            why=_("An address looks like name@place.id."),
            next=_("Check it and type it again."),
        ) from None
    return Reach(text.lower())


def _read_phone(text: str) -> Reach:
    # late: the tables of numbers take a while to load
    import phonenumbers

    international = text.startswith(("+", "00"))
    digits = "".join(character for character in text if character.isdigit())
    digits = digits.removeprefix("00") if text.startswith("00") else digits
    home = str(phonenumbers.country_code_for_region(HOME))
    if international or digits.startswith(home):
        digits = f"+{digits}"
    try:
        number = phonenumbers.parse(digits, HOME)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ReachRefused(
            _("This is not a telephone number."),
            why=_("A mobile number looks like 0812 3456 7890."),
            next=_("Check it and type it again, or use a mail address."),
        )
    if str(number.country_code) not in settings.PHONE_COUNTRIES:
        raise ReachRefused(
            _("No code can be sent to this country."),
            why=_("Codes go to Indonesian numbers."),
            next=_("Use a mail address instead."),
        )
    kind = phonenumbers.number_type(number)
    mobile = phonenumbers.PhoneNumberType
    if kind not in {mobile.MOBILE, mobile.FIXED_LINE_OR_MOBILE}:
        raise ReachRefused(
            _("This is not a mobile number."),
            why=_("A code can only be read on a mobile phone."),
            next=_("Use a mobile number or a mail address."),
        )
    return Reach(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    )
