"""Bodies and their seats, as they are filled in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.council import words
from habaring.council.actions import Body, Sitting
from habaring.council.forms.fields import NONE, Day, choices
from habaring.council.models import Council, Instrument
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.fields import rows_of


class CouncilForm(forms.Form):
    """A body that decides or works, its rules, and the decree that formed it."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: choices(words.BODY_KINDS), initial="council"
    )
    name = forms.CharField(
        label=_("Name of the council"), max_length=150, initial="Dewan Smart City"
    )
    parent: Any = forms.ModelChoiceField(
        Council.objects.none(),
        label=_("Team above it"),
        required=False,
        empty_label=NONE,
        help_text=_("Only for a working group."),
    )
    dimension_code = forms.ChoiceField(
        label=_("Dimension"),
        required=False,
        choices=lambda: choices(words.DIMENSIONS, empty=NONE),
        help_text=_("Only for a working group."),
    )
    decree: Any = forms.ModelChoiceField(
        Instrument.objects.none(),
        label=_("Decree on record"),
        required=False,
        empty_label=NONE,
    )
    decree_number = forms.CharField(
        label=_("Number of the decree that formed it"),
        required=False,
        max_length=100,
        help_text=_("Where the decree is not on record yet; it is put there."),
    )
    decree_on = forms.DateField(
        label=_("Day of the decree"), required=False, widget=Day()
    )
    quorum_rule = forms.ChoiceField(
        label=_("Quorum"),
        choices=lambda: choices(words.QUORUM_RULES),
        initial="more_than_half",
    )
    quorum_count = forms.IntegerField(
        label=_("Number of seats, if fixed"),
        required=False,
        min_value=1,
        max_value=500,
    )
    decides_without_quorum = forms.BooleanField(
        label=_("The decree lets it decide without a quorum (the decision is marked)"),
        required=False,
    )
    rhythm_days = forms.IntegerField(
        label=_("Meets at least every … days"), min_value=1, max_value=730, initial=90
    )
    public = forms.BooleanField(
        label=_("The public sees it"), required=False, initial=True
    )
    formed_on = forms.DateField(
        label=_("Day from which it stands"), required=False, widget=Day()
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=300,
        help_text=_("Where the public can read it, if this is not your own record."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real council"), required=False
    )

    def __init__(
        self, *args: Any, region: Region, body: Council | None = None, **kw: Any
    ) -> None:
        if body is not None:
            kw["initial"] = {name: getattr(body, name, None) for name in _BODY_FIELDS}
        super().__init__(*args, **kw)
        teams = Council.objects.filter(region=region, kind="team")
        rows_of(self, "parent").queryset = teams.exclude(pk=body.pk) if body else teams
        rows_of(self, "decree").queryset = Instrument.objects.filter(region=region)

    def as_body(self) -> Body:
        """What was typed, for the action."""
        return Body(**self.cleaned_data)


_BODY_FIELDS = (
    "kind",
    "name",
    "parent",
    "dimension_code",
    "decree",
    "quorum_rule",
    "quorum_count",
    "decides_without_quorum",
    "rhythm_days",
    "public",
    "formed_on",
    "source",
    "illustrative",
)


class SeatForm(forms.Form):
    """Who takes a seat, for whom, from when."""

    person_name = forms.CharField(label=_("Name"), max_length=150)
    institution = forms.CharField(
        label=_("Institution"),
        max_length=200,
        help_text=_("Whom the person stands for."),
    )
    pillar = forms.ChoiceField(
        label=_("Pillar"), choices=lambda: choices(words.PILLARS)
    )
    post = forms.ChoiceField(
        label=_("Post in the body"),
        choices=lambda: choices(words.POSTS),
        initial="member",
    )
    from_on = forms.DateField(label=_("From"), widget=Day())
    to_on = forms.DateField(label=_("Until"), required=False, widget=Day())
    basis: Any = forms.ModelChoiceField(
        Instrument.objects.none(),
        label=_("Basis"),
        required=False,
        empty_label=NONE,
        help_text=_("The decree that names the person."),
    )
    account = forms.EmailField(
        label=_("Mail address of the account"),
        required=False,
        help_text=_("Gives the role of this body; it ends with the seat."),
    )
    email = forms.EmailField(
        label=_("Mail address for invitations"),
        required=False,
        help_text=_("For who has no account. Only the secretariat sees it."),
    )
    illustrative = forms.BooleanField(
        label=_("This is an example, not a real person"), required=False
    )

    def __init__(
        self, *args: Any, region: Region, may_link: bool = False, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        rows_of(self, "basis").queryset = Instrument.objects.filter(region=region)
        if not may_link:
            del self.fields["account"]

    def clean_account(self) -> Account | None:
        """The account with this mail address."""
        mail = self.cleaned_data["account"].strip().lower()
        found = Account.objects.filter(email=mail, is_active=True).first()
        if mail and found is None:
            raise forms.ValidationError(
                _("Nobody has an account with this address. Invite the person first.")
            )
        return found

    def as_sitting(self) -> Sitting:
        """What was typed, for the action."""
        return Sitting(**self.cleaned_data)


class EndForm(forms.Form):
    """The last day of a seat or a body, and why."""

    on = forms.DateField(label=_("Last day"), widget=Day())
    reason = forms.CharField(label=_("Reason"), max_length=300)
