"""What a region and its mentor fill in."""

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.guidance.actions.attending import Guest
from habaring.guidance.actions.cohorts import Wish
from habaring.guidance.actions.stages import Days, Point, Voice
from habaring.guidance.forms.national import Day, OptionalFile
from habaring.guidance.methods import requirements
from habaring.guidance.models import Cohort, Pillar, Sitting


class WishForm(forms.Form):
    """An application."""

    statement = forms.CharField(
        label=_("Why your region wants to take part"),
        widget=forms.Textarea,
        max_length=8_000,
        help_text=_("What you want to solve, who leads it, what you have already."),
    )
    contact = forms.CharField(
        label=_("Office to write to"),
        required=False,
        max_length=200,
        help_text=_("An office and its address, no private person."),
    )
    file = OptionalFile(
        label=_("Letter of the head of region"),
        help_text=_("PDF, DOCX or a picture, up to 25 MB."),
    )

    def __init__(self, *args: Any, cohort: Cohort, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.asked = requirements(cohort)
        for one in self.asked:
            self.fields[f"meets_{one.code}"] = forms.BooleanField(
                label=str(one.name), required=False
            )

    def as_wish(self) -> Wish:
        """What was typed, for the action."""
        given = self.cleaned_data
        return Wish(
            statement=given["statement"],
            meets={one.code: given[f"meets_{one.code}"] for one in self.asked},
            contact=given["contact"],
            file=given["file"],
        )


class DaysForm(forms.Form):
    """When and where."""

    starts_on = forms.DateField(label=_("First day"), widget=Day())
    ends_on = forms.DateField(label=_("Last day"), widget=Day())
    place = forms.CharField(label=_("Place"), max_length=200)
    method = forms.CharField(
        label=_("How it is done"),
        required=False,
        max_length=120,
        help_text=_("For example: talks, then groups at tables."),
    )

    def as_days(self) -> Days:
        """What was typed, for the action."""
        return Days(**self.cleaned_data)


def days_initial(row: Sitting) -> dict[str, Any]:
    """A sitting as its form shows it."""
    names = ("starts_on", "ends_on", "place", "method")
    return {name: getattr(row, name) for name in names}


_POINT = re.compile(
    r"(?P<day>\d+)\s*\|\s*(?P<starts>\d{1,2}[.:]\d\d)?\s*-?\s*(?P<ends>\d{1,2}[.:]\d\d)?"
    r"\s*\|\s*(?P<title>[^|]+?)\s*(?:\|\s*(?P<speaker>[^|]*?)\s*)?$"
)


class ProgrammeForm(forms.Form):
    """Agenda and speakers, a line each."""

    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One point a line: day | from-until | what | who."),
    )
    speakers = forms.CharField(
        label=_("Speakers and mentors"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One person a line: name | institution | topic."),
    )

    def clean_agenda(self) -> list[Point]:
        """The points, or the first line that is none."""
        found = []
        for line in self.cleaned_data["agenda"].splitlines():
            if not line.strip():
                continue
            match = _POINT.fullmatch(line.strip())
            if match is None:
                raise forms.ValidationError(
                    _(
                        "This line is no point: “%(line)s”. Write: 1 | 08.00-09.00 | title"
                    )
                    % {"line": line.strip()[:80]}
                )
            found.append(
                Point(
                    int(match["day"]),
                    match["title"].strip()[:200],
                    _hour(match["starts"]),
                    _hour(match["ends"]),
                    (match["speaker"] or "").strip()[:200],
                )
            )
        return found

    def clean_speakers(self) -> list[Voice]:
        """Who speaks."""
        found = []
        for line in self.cleaned_data["speakers"].splitlines():
            if line.strip():
                name, *more = [part.strip()[:150] for part in line.split("|")]
                found.append(Voice(name, *more[:2]))
        return found


def _hour(text: str | None) -> time | None:
    if not text:
        return None
    hour, minute = map(int, re.split(r"[.:]", text))
    try:
        return time(hour, minute)
    except ValueError as error:
        raise forms.ValidationError(
            _("No hour of the day: %(text)s") % {"text": text}
        ) from error


def programme_initial(row: Sitting) -> dict[str, str]:
    """Agenda and speakers as lines; they come back unchanged."""
    return {
        "agenda": "\n".join(
            f"{one.day} | {_hours(one.starts, one.ends)} | {one.title}"
            + (f" | {one.speaker}" if one.speaker else "")
            for one in row.agenda.all()
        ),
        "speakers": "\n".join(
            " | ".join(part for part in (one.name, one.institution, one.topic) if part)
            for one in row.speakers.all()
        ),
    }


def _hours(starts: time | None, ends: time | None) -> str:
    return "-".join(f"{one:%H.%M}" for one in (starts, ends) if one)


class GuestForm(forms.Form):
    """One participant."""

    name = forms.CharField(label=_("Name"), max_length=150)
    institution = forms.CharField(
        label=_("Institution"), required=False, max_length=200
    )
    pillar = forms.ChoiceField(label=_("Pillar"), choices=Pillar.choices)
    role = forms.CharField(label=_("Role"), required=False, max_length=120)

    def as_guest(self) -> Guest:
        """What was typed, for the action."""
        return Guest(**self.cleaned_data)


class TableForm(forms.Form):
    """A list as a file."""

    file = forms.FileField(label=_("File (CSV or XLSX)"))


class RemarkForm(forms.Form):
    """A remark on a paragraph."""

    piece = forms.CharField(widget=forms.HiddenInput, max_length=100)
    paragraph = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = forms.CharField(
        label=_("Remark"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """An answer to a remark."""

    text = forms.CharField(
        label=_("What you changed, or why not"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    """Words to the mentor with what is handed in."""

    note = forms.CharField(
        label=_("Words to the mentor"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea,
    )


class DueForm(forms.Form):
    """Another day."""

    due_on = forms.DateField(label=_("Due on"), widget=Day())
    reason = forms.CharField(label=_("Reason"), max_length=300)
