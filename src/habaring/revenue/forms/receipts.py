"""Find one's receipt again; check anybody's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.revenue.forms.lookup import NUMBER
from habaring.revenue.nop import NopRefused, read_nop
from habaring.revenue.receipts import NoSuchNumber, read_number

_TYPED = forms.TextInput(attrs={"autocomplete": "off", "class": "receipt-input"})


class FindForm(forms.Form):
    """Number and secret, or NOP and reference: one of the two pairs."""

    number = forms.CharField(
        label=_("Number of the receipt"),
        max_length=40,
        required=False,
        help_text=_("Such as 62.02-0000123-45."),
        widget=_TYPED,
    )
    secret = forms.CharField(
        label=_("Secret beside it"),
        max_length=20,
        required=False,
        help_text=_("8 characters, such as K7QM-3XRT."),
        widget=_TYPED,
    )
    nop = forms.CharField(
        label=_("Number of the tax object (NOP)"),
        max_length=60,
        required=False,
        widget=NUMBER,
    )
    reference = forms.CharField(
        label=_("Reference on the slip of the bank or wallet"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> int:
        """Its serial; 0 where none was typed."""
        text = str(self.cleaned_data["number"]).strip()
        if not text:
            return 0
        try:
            return read_number(text)[1]
        except NoSuchNumber as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean_nop(self) -> str:
        """Eighteen digits, if any."""
        text = str(self.cleaned_data["nop"]).strip()
        if not text:
            return ""
        try:
            return read_nop(text)
        except NopRefused as refused:
            told = " ".join(str(one) for one in (refused.what, refused.why) if one)
            raise forms.ValidationError(told) from refused

    def clean(self) -> dict[str, Any]:
        """One of the pairs must be whole."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        by_secret = typed.get("number") and typed.get("secret")
        by_slip = typed.get("nop") and typed.get("reference")
        if not self.errors and not (by_secret or by_slip):
            raise forms.ValidationError(
                _("Fill in the first two boxes, or the last two.")
            )
        if not by_secret:
            typed["number"] = 0
        return typed


class CheckForm(forms.Form):
    """What stands under the QR code; or the number, which says less."""

    text = forms.CharField(
        label=_("What the QR code says, or the number of the receipt"),
        max_length=4000,
        help_text=_("Scan the code with the camera, copy what it says, paste it here."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
