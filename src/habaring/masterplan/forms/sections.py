"""Forms about sections: sign-off, which revisions to compare, search for values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.shared.fields import choice_of


class SignForm(forms.Form):
    """Sign a section off."""

    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class CompareForm(forms.Form):
    """Two revisions."""

    dari = forms.TypedChoiceField(label=_("From revision"), coerce=int)
    ke = forms.TypedChoiceField(label=_("To revision"), coerce=int)

    def __init__(
        self, *args: Any, revisions: list[tuple[int, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        for name in ("dari", "ke"):
            field = choice_of(self, name)
            field.choices = revisions


class MarkerFilter(forms.Form):
    """Words to look for in the list of values."""

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
