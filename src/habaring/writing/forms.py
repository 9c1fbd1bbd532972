"""What is sent about a text: each deed has its form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.writing.actions import LONGEST_COMMENT
from habaring.writing.weaving import LONGEST_PARAGRAPH


class _About(forms.Form):
    paragraph = forms.RegexField(r"^[a-z0-9]{8,16}$", label=_("Paragraph"))


class WriteForm(_About):
    """A paragraph, and the number of the update that its writer had before them."""

    text = forms.CharField(
        label=_("Text"), required=False, max_length=LONGEST_PARAGRAPH, strip=False
    )
    base = forms.IntegerField(label=_("Base"), min_value=0)


class ArrangeForm(forms.Form):
    """What becomes of a paragraph's place."""

    paragraph = forms.RegexField(
        r"^[a-z0-9]{8,16}$", label=_("Paragraph"), required=False
    )
    how = forms.ChoiceField(
        label=_("What to do"),
        choices=[(one, one) for one in ("add", "up", "down", "out", "back")],
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = self.cleaned_data
        if told.get("how") not in (None, "add") and not told.get("paragraph"):
            self.add_error("paragraph", _("Say which paragraph."))
        return told


class CommentForm(_About):
    """A comment, or an answer to one."""

    text = forms.CharField(label=_("Comment"), max_length=LONGEST_COMMENT)
    answers = forms.IntegerField(label=_("Answer to"), required=False)


class SuggestForm(WriteForm):
    """Other words for a paragraph."""

    why = forms.CharField(label=_("Why"), required=False, max_length=LONGEST_COMMENT)


class SuggestNewForm(_About):
    """A paragraph that somebody misses, behind another one."""

    text = forms.CharField(label=_("New paragraph"), max_length=LONGEST_PARAGRAPH)
    why = forms.CharField(label=_("Why"), required=False, max_length=LONGEST_COMMENT)


class OneForm(forms.Form):
    """One comment, suggestion or version."""

    one = forms.IntegerField(label=_("Which"), min_value=1)


class DecideForm(OneForm):
    """Into the text, or not, and why."""

    answer = forms.ChoiceField(
        label=_("Decision"), choices=[("accept", _("accept")), ("reject", _("refuse"))]
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=LONGEST_COMMENT
    )


class FreezeForm(forms.Form):
    """What this version is."""

    note = forms.CharField(
        label=_("What is this version?"),
        required=False,
        max_length=300,
        help_text=_("For example: draft for the second workshop."),
    )


class TextFilter(forms.Form):
    """Search among the texts of a region."""

    q = forms.CharField(
        label=_("Search a text"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
