"""Forms of the vault: they check shape; actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.evidence import words
from habaring.evidence.actions import Details
from habaring.evidence.models import Evidence
from habaring.people.access import Extent
from habaring.posts.models import Post
from habaring.regions.models import Department, Region
from habaring.shared.fields import rows_of
from habaring.shared.uploads import DOCUMENTS, PICTURES, AcceptedFile, accept

TAKEN = (*DOCUMENTS, *PICTURES)
NONE = pgettext_lazy("choice", "– none –")


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EvidenceForm(forms.Form):
    """A file and what is known of it; without the file when it is mended."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, DOCX, ODT, XLSX, ODS or a picture, at most 25 MB."),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        help_text=_("As it stands on the first page of the document."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: list(words.KINDS.items()))
    year = forms.IntegerField(
        label=_("Year"),
        min_value=2000,
        max_value=2100,
        help_text=_("The year that the document tells of."),
    )
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=Day())
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=Day(),
        help_text=_("Its last day; empty where it has no end."),
    )
    department: Any = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        empty_label=NONE,
    )
    owner: Any = forms.ModelChoiceField(
        Post.objects.none(),
        label=_("Post that keeps it"),
        required=False,
        empty_label=NONE,
    )
    confidential = forms.BooleanField(
        label=_("Confidential"),
        required=False,
        help_text=_("Only those who keep, judge or assess evidence may open the file."),
    )
    note = forms.CharField(
        label=_("What to look at in it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Page, article or table that proves the point."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real paper"), required=False
    )

    def __init__(
        self,
        *args: Any,
        region: Region,
        within: Extent,
        row: Evidence | None = None,
        **kw: Any,
    ) -> None:
        if row is not None:
            kw["initial"] = {name: getattr(row, name) for name in _FIELDS}
        super().__init__(*args, **kw)
        if row is not None:
            del self.fields["file"]
        departments = Department.objects.filter(region=region)
        if not within.whole:
            departments = departments.filter(pk__in=within.departments)
            self.fields["department"].required = True
        rows_of(self, "department").queryset = departments
        posts = Post.objects.filter(region=region, closed_on__isnull=True)
        rows_of(self, "owner").queryset = posts

    def upload(self) -> AcceptedFile:
        """The file, looked at; FileRefused where it is none of those taken."""
        return accept(self.cleaned_data["file"], TAKEN)

    def details(self) -> Details:
        """What was typed, for the action."""
        names = ("title", "kind", "file")
        return Details(**{k: v for k, v in self.cleaned_data.items() if k not in names})


_FIELDS = (
    "title",
    "kind",
    "year",
    "valid_from",
    "valid_until",
    "department",
    "owner",
    "confidential",
    "note",
    "illustrative",
)


class BundleForm(forms.Form):
    """A ZIP of files with their list."""

    file = forms.FileField(
        label=_("ZIP with the files and the list"),
        help_text=_("At most 200 MB and 500 files; each file at most 25 MB."),
    )


class EvidenceFilter(forms.Form):
    """How the list is narrowed."""

    q = forms.CharField(label=_("Search"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=lambda: [("", _("all kinds")), *words.KINDS.items()],
    )
    year = forms.IntegerField(label=_("Year"), required=False)
    state = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=lambda: [
            ("", _("all")),
            *words.VERDICTS.items(),
            ("over", _("run out")),
            ("withdrawn", _("withdrawn")),
        ],
    )


class VerdictForm(forms.Form):
    """Valid or not, and why."""

    valid = forms.TypedChoiceField(
        label=_("Verdict"),
        choices=[("1", _("valid")), ("0", _("not accepted"))],
        coerce=lambda said: said == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw in the document: signature, date, the article."),
    )


class ReasonForm(forms.Form):
    """Why something is withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
