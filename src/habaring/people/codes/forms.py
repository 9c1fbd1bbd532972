"""What is typed to be reached and to prove it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from habaring.people.codes.reach import Reach, ReachRefused, read_reach


class AskForm(forms.Form):
    """A mobile number or a mail address."""

    reach = forms.CharField(
        label=_("Mobile number or mail address"),
        help_text=_("For example 0812 3456 7890"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )

    def clean_reach(self) -> Reach:
        try:
            return read_reach(self.cleaned_data["reach"])
        except ReachRefused as refusal:
            raise ValidationError(str(refusal)) from refusal


def _code_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20,  # people type blanks
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "code-input",
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        ),
    )


class CodeForm(forms.Form):
    """The six digits."""

    code = _code_field(_("The 6 digits"))


class CodesForm(forms.Form):
    """The digits sent to the new reach and, where there is one, to the old."""

    code = _code_field(_("The 6 digits"))
    old_code = _code_field(_("The 6 digits"))

    def __init__(self, *args: Any, new: Reach, old: Reach | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].label = _("Digits sent to %(reach)s") % {
            "reach": new.masked
        }
        if old is None:
            del self.fields["old_code"]
        else:
            self.fields["old_code"].label = _("Digits sent to %(reach)s") % {
                "reach": old.masked
            }


class JoinForm(forms.Form):
    """Who joins, and that they agree."""

    full_name = forms.CharField(
        label=_("Your name"),
        help_text=_("As others may call you. It stands beside what you do in public."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agrees = forms.BooleanField(
        label=_("I have read this and agree that my data is used for it."),
        error_messages={
            "required": _("Without your yes no account can be made. Tick the box.")
        },
    )
