"""What somebody writes in a discussion, and what a reader asks of it."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from habaring.participation.actions.discussing import LONGEST
from habaring.participation.models import Side
from habaring.participation.moderation import RULES, tidy
from habaring.shared.fields import choice_of


class PlainText(forms.CharField):
    """Text without markup: line breaks are kept, unseen signs are not."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return tidy(str(super().to_python(value) or ""))


class CommentForm(forms.Form):
    """One contribution."""

    side = forms.ChoiceField(
        label=_("Where do you stand?"),
        choices=Side.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where your contribution stands.")},
    )
    text = PlainText(
        label=_("What do you want to say?"),
        help_text=_(
            "At most 2,000 characters of plain text. Line breaks are kept; web addresses"
            " do not become links. Write no telephone or identity numbers."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": _("Write what you want to say."),
            "max_length": _(
                "This is too long: at most %(limit_value)d characters, you wrote"
                " %(show_value)d. Shorten it, or write two."
            ),
        },
    )
    name = forms.CharField(
        label=_("Name shown"),
        help_text=_("Leave it empty to be shown as “a citizen”."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class VoiceForm(CommentForm):
    """The same for officers, who may speak for an office."""

    voice = forms.ChoiceField(
        label=_("In whose name?"),
        help_text=_("An official answer is marked, and stands in the office's name."),
        required=False,
    )
    field_order = ("voice", "side", "text", "name")

    def __init__(self, *args: Any, voices: dict[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        choices: list[tuple[str, str | Promise]] = [("", _("In my own"))]
        voice = choice_of(self, "voice")
        voice.choices = [*choices, *voices.items()]


class ChangeForm(CommentForm):
    """One's own words again."""

    name = None  # type: ignore[assignment]


class FlagForm(forms.Form):
    """Why something should be looked at."""

    reason = forms.ChoiceField(
        label=_("Which rule does it break?"),
        choices=[(word, rule.name) for word, rule in RULES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the rule.")},
    )
    text = forms.CharField(
        label=_("What should the moderator know?"),
        help_text=_("Only moderators read this."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DiscussionFilter(forms.Form):
    """What a reader asks of a discussion; what makes no sense is left out."""

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    sisi = forms.ChoiceField(
        label=_("Side"),
        required=False,
        choices=[("", _("For and against")), *Side.choices],
    )
    urut = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("newest", _("Newest first")),
            ("oldest", _("Oldest first")),
            ("answered", _("Most answered first")),
        ],
    )
