"""Forms of the posts pages: they check shape; actions decide."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account, Membership
from habaring.posts.actions import NewPost
from habaring.posts.models import Outcome, Post
from habaring.posts.sheets import POST_CODE
from habaring.posts.states import ORDER, WORDS
from habaring.posts.things import kinds
from habaring.regions.models import Department, Region
from habaring.shared.fields import rows_of


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def open_posts(region: Region) -> Any:
    """The posts that can be chosen."""
    return Post.objects.filter(region=region, closed_on__isnull=True).order_by("code")


def people_of(region: Region, at: Any) -> Any:
    """Who holds a role in a region."""
    rows = Membership.objects.in_force(at).filter(region=region)
    return Account.objects.filter(
        pk__in=rows.values("account"), is_active=True
    ).order_by("full_name")


class PostForm(forms.Form):
    """A post that opens or changes."""

    code = forms.RegexField(
        POST_CODE,
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters and digits, such as kabid-egov. It never changes."),
        error_messages={
            "invalid": _("Only small letters, digits, dots and dashes."),
        },
    )
    name_id = forms.CharField(label=_("Name (Indonesian)"), max_length=300)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    department: Any = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        empty_label=_("none: it belongs to the programme itself"),
        help_text=_("What the department owns falls to the top post in it."),
    )
    superior: Any = forms.ModelChoiceField(
        Post.objects.none(),
        label=_("Superior post"),
        required=False,
        empty_label=_("the secretariat"),
        help_text=_("It is told of what is late for long, and answers while vacant."),
    )

    def __init__(self, data: Any, *, region: Region, post: Post | None = None) -> None:
        first: dict[str, Any] = {}
        if post is not None:
            first = {
                name: getattr(post, name)
                for name in ("code", "name_id", "name_en", "department", "superior")
            }
        super().__init__(data, initial=first)
        departments: Any = self.fields["department"]
        departments.queryset = Department.objects.filter(region=region, closed_on=None)
        above: Any = self.fields["superior"]
        above.queryset = open_posts(region)
        if post is not None:
            self.fields["code"].disabled = True
            above.queryset = above.queryset.exclude(pk=post.pk)

    def new(self) -> NewPost:
        return NewPost(**self.cleaned_data)


class FillForm(forms.Form):
    """Who comes into a post, how and from when."""

    account: Any = forms.ModelChoiceField(
        Account.objects.none(),
        label=_("Person"),
        empty_label=_("Choose a person"),
        help_text=_("Whoever holds a role in this region can be chosen."),
    )
    acting = forms.BooleanField(
        label=_("Only for the time being (acting, Plt.)"), required=False
    )
    since = forms.DateField(label=_("From the day"), widget=Day())

    def __init__(self, *args: Any, region: Region, at: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        person: Any = self.fields["account"]
        person.queryset = people_of(region, at)


class LeaveForm(forms.Form):
    """When a holder leaves, and who comes."""

    leaves_on = forms.DateField(label=_("Last day in the post"), widget=Day())
    successor: Any = forms.ModelChoiceField(
        Account.objects.none(),
        label=_("Who comes"),
        required=False,
        empty_label=_("nobody yet: the superior post answers meanwhile"),
    )
    acting = forms.BooleanField(
        label=_("Only for the time being (acting, Plt.)"), required=False
    )

    def __init__(self, *args: Any, region: Region, at: Any, **more: Any) -> None:
        leaving = more.pop("leaving", None)
        super().__init__(*args, **more)
        person: Any = self.fields["successor"]
        person.queryset = people_of(region, at).exclude(pk=leaving)


class AnswerForm(forms.Form):
    """What becomes of the chosen lines of a list."""

    outcome = forms.ChoiceField(
        label=_("What becomes of them"),
        choices=[
            (Outcome.STAYS, _("stays with the post, for whoever comes")),
            (Outcome.MOVES, _("moves to another post")),
            (Outcome.DONE, _("is done and closed")),
            (Outcome.OPEN, _("take the answer back")),
        ],
    )
    to_post: Any = forms.ModelChoiceField(
        Post.objects.none(),
        label=_("To the post"),
        required=False,
        empty_label=_("only where it moves"),
    )
    note = forms.CharField(
        label=_("Note for whoever takes it over"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        without = more.pop("without", None)
        super().__init__(*args, **more)
        rows_of(self, "to_post").queryset = open_posts(region).exclude(pk=without)


class AssignForm(forms.Form):
    """The post that takes the chosen things over."""

    post: Any = forms.ModelChoiceField(
        Post.objects.none(), label=_("To the post"), empty_label=_("Choose a post")
    )

    def __init__(self, *args: Any, region: Region, **more: Any) -> None:
        super().__init__(*args, **more)
        rows_of(self, "post").queryset = open_posts(region)


class OwnedFilter(forms.Form):
    """How the list of owned things is narrowed."""

    q = forms.CharField(
        label=_("Search"), required=False, widget=forms.TextInput({"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    post = forms.ChoiceField(label=_("Post"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(
        self, *args: Any, posts: list[tuple[str, str]] | None = None, **more: Any
    ) -> None:
        """`posts` are codes and names; None leaves the field out."""
        super().__init__(*args, **more)
        every = [(kind.code, kind.many) for kind in kinds().values()]
        self._choices("kind", [("", _("all kinds")), *every])
        states = [(str(state), WORDS[state]) for state in ORDER]
        self._choices("state", [("", _("all states")), *states])
        if posts is None:
            del self.fields["post"]
        else:
            self._choices("post", [("", _("all posts")), *posts])

    def _choices(self, name: str, choices: Any) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class SheetForm(forms.Form):
    """A spreadsheet of posts, or of what is in whose charge."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=format_lazy(
            "{a} {b}", a=_("XLSX or CSV."), b=_("Start from the export.")
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
