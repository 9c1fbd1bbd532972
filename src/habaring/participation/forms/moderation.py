"""What moderators decide, and what an author says against it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.participation.forms.discussion import PlainText
from habaring.participation.moderation import RULES

_RULES = [(word, rule.name) for word, rule in RULES.items()]


class QueueFilter(forms.Form):
    """What of a heap is shown."""

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    jenis = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("Proposals and contributions")),
            ("proposal", _("Proposals")),
            ("comment", _("Contributions to discussions")),
        ],
    )
    urut = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Oldest first")), ("newest", _("Newest first"))],
    )


class HideForm(forms.Form):
    """Which rule, and why."""

    rule = forms.ChoiceField(
        label=_("Which rule does it break?"), choices=[("", _("Choose")), *_RULES]
    )
    reason = PlainText(
        label=_("Reason"),
        help_text=_(
            "Everybody reads it beside the rule, and the author is told. Repeat neither"
            " names nor what is hidden."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ShowForm(forms.Form):
    """Why something is shown again."""

    reason = PlainText(
        label=_("Why is it shown again?"),
        help_text=_("Everybody can read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AppealForm(forms.Form):
    """Why it should be looked at again."""

    text = PlainText(
        label=_("Why should it be shown again?"),
        help_text=_(
            "Another moderator than the one who hid it reads this and answers you. At"
            " most 2,000 characters."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class DecideForm(forms.Form):
    """What becomes of an appeal."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("granted", pgettext_lazy("appeal", "Grant it: it is shown again")),
            ("refused", pgettext_lazy("appeal", "Refuse it: it stays hidden")),
        ],
        widget=forms.RadioSelect,
    )
    answer = PlainText(
        label=_("Answer to the author"),
        help_text=_("Everybody can read it; name nobody."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RecordFilter(forms.Form):
    """Which hidings of the public record are shown."""

    aturan = forms.ChoiceField(
        label=_("Rule"), required=False, choices=[("", _("All rules")), *_RULES]
    )
