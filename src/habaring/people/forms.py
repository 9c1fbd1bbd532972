"""The form of an invitation: it checks shape; actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Welcome(forms.Form):
    """What a person fills in to accept an invitation."""

    email = forms.EmailField(
        label=_("Mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        help_text=_("At least 10 characters. Three or four words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(
        self,
        *args: object,
        invited_email: str = "",
        known_name: str = "",
        **more: object,
    ) -> None:
        """`known_name`: of the account that the invited address has already."""
        super().__init__(*args, **more)  # type: ignore[arg-type]  # Django's own signature
        if invited_email:
            self.fields["email"].initial = invited_email
            self.fields["email"].disabled = True
        if known_name:
            self.fields["full_name"].initial = known_name
            self.fields["full_name"].disabled = True
            password = self.fields["password"]
            password.help_text = _("The password of the account you already have.")
            password.widget.attrs["autocomplete"] = "current-password"
