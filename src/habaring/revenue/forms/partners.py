"""Partners and their keys: forms check shape, actions decide."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from habaring.revenue.actions.partners import NewPartner
from habaring.revenue.models import PartnerKind


class PartnerForm(forms.Form):
    """Who a new partner is."""

    kind = forms.ChoiceField(
        label=_("How people pay"),
        choices=PartnerKind.choices,
        widget=forms.RadioSelect,
        initial=PartnerKind.VA,
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("As people know it: they choose it when they pay."),
    )
    code = forms.CharField(
        label=_("Short name"),
        max_length=12,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9-]*$", _("Small letters and digits."))
        ],
        help_text=_("Stands in each payment for ever, such as “bankkalteng”."),
    )
    partner_id = forms.CharField(
        label="X-PARTNER-ID",
        max_length=36,
        validators=[
            RegexValidator(r"^[A-Za-z0-9._-]+$", _("Letters, digits, dot and dash."))
        ],
        help_text=_("The name under which its machines call, agreed with the bank."),
    )
    va_prefix = forms.CharField(
        label=_("First 8 digits of its virtual accounts"),
        max_length=8,
        required=False,
        validators=[RegexValidator(r"^[0-9]{8}$", _("Eight digits."))],
        help_text=_("partnerServiceId; only for virtual accounts."),
    )
    merchant_pan = forms.CharField(
        label=_("Merchant PAN"),
        max_length=19,
        required=False,
        validators=[RegexValidator(r"^[0-9]{15,19}$", _("15 to 19 digits."))],
        help_text=_("Only for QRIS: stands in every code."),
    )
    merchant_id = forms.CharField(
        label=_("National merchant number (NMID)"),
        max_length=15,
        required=False,
        validators=[RegexValidator(r"^ID[0-9]{13}$", _("ID and 13 digits."))],
        help_text=_("Only for QRIS."),
    )

    def plan(self) -> NewPartner:
        """What was typed."""
        data: dict[str, Any] = dict(self.cleaned_data)
        return NewPartner(prefix=data.pop("va_prefix"), **data)


class PublicKeyForm(forms.Form):
    """The public key of a partner."""

    pem = forms.CharField(
        label=_("Public key (PEM)"),
        max_length=5000,
        widget=forms.Textarea(
            attrs={"rows": 8, "placeholder": "-----BEGIN PUBLIC KEY-----"}
        ),
        help_text=_("Compare its fingerprint with the bank by telephone."),
    )


class EndKeyForm(forms.Form):
    """When a key ends, and why."""

    after = forms.TypedChoiceField(
        label=_("When"),
        coerce=int,
        choices=[
            (0, _("at once: it may be known to others")),
            (24, _("in a day")),
            (168, _("in a week")),
        ],
        initial=168,
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def time_left(self) -> timedelta:
        """How long it goes on."""
        return timedelta(hours=self.cleaned_data["after"])


class StopForm(forms.Form):
    """Why a partner is stopped, or let in again."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class DayForm(forms.Form):
    """Whose calls of which day."""

    hari = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
