"""A register as it comes in, and what somebody says of themself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.people.entitled.models import RegisterPurpose


class RegisterForm(forms.Form):
    """A register and its file."""

    name = forms.CharField(label=_("Name of the register"), max_length=150)
    purpose = forms.ChoiceField(
        label=_("Who stands in it"), choices=RegisterPurpose.choices
    )
    source = forms.CharField(
        label=_("Source"),
        help_text=_("Who keeps it, and of what day: Disdukcapil, 1 October 2026."),
        max_length=300,
    )
    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("XLSX or CSV with NIK and name. The file itself is not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    illustrative = forms.BooleanField(
        label=_("Example data: the numbers are nobody's"), required=False
    )


class WithdrawForm(forms.Form):
    """Why a register is withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class ClaimForm(forms.Form):
    """The identity number and the name on the card."""

    nik = forms.CharField(
        label=_("NIK"),
        help_text=_(
            "16 digits on your identity card. We compare it and do not keep it."
        ),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name on the card"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    purpose = forms.CharField(required=False, widget=forms.HiddenInput())
