"""Decisions and what follows from them, as they are filled in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.council import subjects
from habaring.council.actions import About, Errand, Votes
from habaring.council.forms.fields import NONE, Choices, Day, PdfField
from habaring.council.models import Council, Decision, Meeting
from habaring.posts.models import Post
from habaring.regions.models import Region
from habaring.shared.fields import choice_of, rows_of


def subject_choices(region: Region) -> Choices:
    """Everything that can be decided about, grouped by its kind."""
    found: Choices = [("", NONE)]
    for code, kind in subjects.kinds().items():
        rows = [(f"{code}:{ref}", label) for ref, label in kind.choices(region)]
        if code == "masterplan":
            rows = [("masterplan:", kind.name)]  # type: ignore[list-item]
        if rows:
            found.append((str(kind.name), rows))
    return found


@dataclass(frozen=True)
class Decidable:
    """What a decision may name: whose it is, where it was made, what it overrules."""

    councils: QuerySet[Council]
    meetings: QuerySet[Meeting]
    earlier: QuerySet[Decision]


class DecisionForm(forms.Form):
    """What was decided, why, and the signed paper."""

    council: Any = forms.ModelChoiceField(
        Council.objects.none(), label=_("Council"), empty_label=None
    )
    meeting: Any = forms.ModelChoiceField(
        Meeting.objects.none(),
        label=_("Meeting"),
        required=False,
        empty_label=NONE,
        help_text=_("A decision made in a meeting needs its quorum."),
    )
    number = forms.CharField(
        label=_("Number"), max_length=100, help_text=_("As it stands on the paper.")
    )
    decided_on = forms.DateField(label=_("Day of the decision"), widget=Day())
    title = forms.CharField(
        label=_("Title"), max_length=300, help_text=_("What was decided, in one line.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Why, in words that everyone understands. The public reads it."),
    )
    about = forms.ChoiceField(label=_("What it decides about"), required=False)
    about_words = forms.CharField(
        label=_("Or in words"), required=False, max_length=300
    )
    votes_for = forms.IntegerField(
        label=_("Votes for"), required=False, min_value=0, max_value=500
    )
    votes_against = forms.IntegerField(
        label=_("Votes against"), required=False, min_value=0, max_value=500
    )
    votes_abstained = forms.IntegerField(
        label=_("Abstained"), required=False, min_value=0, max_value=500
    )
    overrules: Any = forms.ModelChoiceField(
        Decision.objects.none(),
        label=_("Overrules"),
        required=False,
        empty_label=NONE,
    )
    document = PdfField(
        label=_("Signed paper"),
        help_text=_("PDF, at most 25 MB. Anyone can download it."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real decision"), required=False
    )

    def __init__(self, *args: Any, region: Region, found: Decidable, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "council").queryset = found.councils
        rows_of(self, "meeting").queryset = found.meetings
        rows_of(self, "meeting").label_from_instance = meeting_label  # type: ignore[method-assign, assignment]
        rows_of(self, "overrules").queryset = found.earlier
        choice_of(self, "about").choices = subject_choices(region)

    @property
    def votes(self) -> Votes | None:
        """How the seats voted; None where no number is given."""
        found = [
            self.cleaned_data[name]
            for name in ("votes_for", "votes_against", "votes_abstained")
        ]
        if all(one is None for one in found):
            return None
        return Votes(*(one or 0 for one in found))

    @property
    def subjects(self) -> tuple[About, ...]:
        """What it decides about: chosen, or in words."""
        kind, _, ref = (self.cleaned_data["about"] or "").partition(":")
        said = self.cleaned_data["about_words"].strip()
        if kind == "masterplan":
            return (About(kind, "", said or str(subjects.kinds()[kind].name)),)
        if kind:
            return (About(kind, ref),)
        return (About("other", "", said),) if said else ()


def meeting_label(meeting: Meeting) -> str:
    """A meeting in a list: its day and title."""
    day = localdate(meeting.starts_at)
    return f"{day:%Y-%m-%d} · {meeting.title} ({meeting.body.name})"


class TaskForm(forms.Form):
    """What is to be done, by which post, until when."""

    title = forms.CharField(label=_("What is to be done"), max_length=300)
    owner: Any = forms.ModelChoiceField(
        Post.objects.none(), label=_("Post that does it"), empty_label=None
    )
    due_on = forms.DateField(label=_("Until"), widget=Day())
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real follow-up"), required=False
    )

    def __init__(self, *args: Any, posts: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "owner").queryset = posts

    def as_errand(self, **origin: Any) -> Errand:
        """What was typed, for the action."""
        return Errand(**self.cleaned_data, **origin)


class CloseForm(forms.Form):
    """That a follow-up is done or cancelled, and what shows it."""

    state = forms.ChoiceField(
        label=_("What became of it"),
        widget=forms.RadioSelect,
        initial="done",
        choices=(("done", _("It is done")), ("cancelled", _("It will not be done"))),
    )
    proof = forms.CharField(
        label=_("What shows it, or why not"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The public reads it beside the decision."),
    )
    document = PdfField(label=_("Proof as a file"))


class DecisionFilter(forms.Form):
    """How the list of decisions is narrowed."""

    q = forms.CharField(label=_("Search"), required=False)
    body: Any = forms.ModelChoiceField(
        Council.objects.none(),
        label=_("Body"),
        required=False,
        empty_label=_("all bodies"),
    )
    year = forms.TypedChoiceField(
        label=_("Year"), required=False, coerce=int, empty_value=None
    )
    about = forms.ChoiceField(label=_("About"), required=False)

    def __init__(
        self, *args: Any, bodies: Any, years: Iterable[int], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "body").queryset = bodies
        choice_of(self, "year").choices = [
            ("", _("all years")),
            *((year, year) for year in years),
        ]
        choice_of(self, "about").choices = [
            ("", _("everything")),
            *((code, kind.name) for code, kind in subjects.kinds().items()),
        ]
