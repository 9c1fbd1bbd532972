"""Forms at the door and in one's own account."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.timezone import now  # noqa: TID251 - codes are good for a minute
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Role
from habaring.shared import limits

TRIES = 10
WINDOW = timedelta(minutes=15)
"""Ten codes of a million in a quarter of an hour, whatever the address."""


class SignIn(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Mail address and password."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["login"] = forms.EmailField(
            label=_("Mail address"),
            widget=forms.EmailInput(
                attrs={"autocomplete": "username", "autofocus": True}
            ),
        )
        self.fields["password"] = forms.CharField(
            label=_("Your password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.fields.pop("remember", None)


class PasswordAgain(forms.Form):
    """The password once more, before a change to one's way in."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "autofocus": True}
        ),
    )


def _code_field() -> forms.CharField:
    return forms.CharField(
        label=_("One-time code"),
        max_length=20,
        help_text=_(
            "Six digits from your app; or one of your recovery codes of eight digits."
        ),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
            }
        ),
    )


class _Counted:
    """Codes are counted in the database, whatever process and address they come by,
    and one is good once.
    """

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    user: Any

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"] = _code_field()

    def clean_code(self) -> str:
        at, person = now(), str(self.user.pk)
        limits.spend("second_step", person, most=TRIES, per=WINDOW, at=at)
        typed = "".join(str(self.cleaned_data["code"]).split())
        self.cleaned_data["code"] = typed
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's
        try:
            limits.spend(
                "second_step.used", f"{person} {code}", most=1, per=WINDOW, at=at
            )
        except limits.TooMany as used:
            raise get_adapter().validation_error("incorrect_code") from used
        limits.forget("second_step", person)
        return code


class SecondStepCode(_Counted, AuthenticateForm):  # type: ignore[misc]  # the same
    """The code asked between password and session."""


class SecondStepCodeAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """The code asked of somebody who is signed in."""


class FirstCode(ActivateTOTPForm):  # type: ignore[misc]  # the same
    """The first code of a new app: shows that both sides hold the same key."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = _code_field()
        field.help_text = _("Six digits that the app shows now.")
        field.widget.attrs.pop("autofocus")
        self.fields["code"] = field

    def clean_code(self) -> str:
        limits.spend("second_step", str(self.user.pk), most=TRIES, per=WINDOW, at=now())
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        code: str = super().clean_code()
        return code


class NewPasskey(AddWebAuthnForm):  # type: ignore[misc]  # the same
    """A passkey and what its owner calls it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        more["initial"] = {**(more.get("initial") or {}), "name": ""}
        super().__init__(*args, **more)
        self.fields["name"] = forms.CharField(
            label=_("What you call it"),
            max_length=60,
            required=False,
            help_text=_("For instance the telephone or laptop that keeps it."),
        )

    def clean_name(self) -> str:
        kept = Authenticator.objects.filter(
            user_id=self.user.pk, type=Authenticator.Type.WEBAUTHN
        ).count()
        return str(self.cleaned_data["name"] or _("Passkey %(n)s") % {"n": kept + 1})


class Forgotten(forms.Form):
    """The address that a letter for a new password goes to."""

    email = forms.EmailField(
        label=_("Mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPassword(forms.Form):
    """A new password, seen once: a second field would only be typed over."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters. Three or four words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChangePassword(NewPassword):
    """The old password and the new one."""

    old = forms.CharField(
        label=_("Your present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password")


class Details(forms.Form):
    """One's own name, and the language of letters."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language of letters to you"), choices=settings.LANGUAGES
    )


class DirectoryForm(forms.Form):
    """What the secretariat knows about its region's directory."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("As people know it; it stands on the sign-in page."),
    )
    issuer = forms.URLField(
        label=_("Address of the directory (issuer)"),
        max_length=300,
        assume_scheme="https",
        help_text=_("As it calls itself, for instance https://sso.kotimkab.go.id."),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=200)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        strip=True,
        help_text=_("Kept sealed and never shown again. Empty: as it was."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    mail_domains = forms.CharField(
        label=_("Mail domains"),
        required=False,
        help_text=_("With commas between them. Other addresses are not let in."),
    )
    vouches_for_mail = forms.BooleanField(
        label=_("In this directory nobody can change their own mail address"),
        required=False,
        help_text=_("Then its word on addresses of these domains is believed."),
    )
    trusted_second_step = forms.BooleanField(
        label=_("Its second step is enough"),
        required=False,
        help_text=_("When the directory says that it asked for two steps."),
    )
    default_role = forms.ModelChoiceField(
        label=_("Role of new people"),
        queryset=Role.objects.filter(platform_wide=False, from_platform=False),
        required=False,
        empty_label=_("none, until somebody gives one"),
    )

    def clean_issuer(self) -> str:
        issuer = str(self.cleaned_data["issuer"]).rstrip("/")
        if not issuer.startswith("https://") and not settings.OIDC_ALLOW_PRIVATE:
            raise forms.ValidationError(_("The address must begin with https://."))
        return issuer

    def clean_mail_domains(self) -> tuple[str, ...]:
        typed = str(self.cleaned_data["mail_domains"]).lower().replace("@", "")
        return tuple(part.strip() for part in typed.split(",") if part.strip())
