"""A proposal, one thing a page."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from habaring.council.words import DIMENSIONS
from habaring.participation.actions.proposing import Effect, Idea, Name, Place
from habaring.participation.forms.calls import Rupiah
from habaring.participation.models import Call, CallKind, Proposal
from habaring.participation.queries import places
from habaring.regions.models import Region


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NameForm(forms.Form):
    """Who is shown as author."""

    shown = forms.ChoiceField(
        label=_("Who is shown as author?"), widget=forms.RadioSelect
    )
    of = forms.CharField(label=_("Name of the business or group"), max_length=200)

    def __init__(self, *args: Any, call: Call, name: str, **kw: Any) -> None:
        kw.setdefault("initial", {"shown": "name" if name else "nobody"})
        super().__init__(*args, **kw)
        self.name = name
        shown: Any = self.fields["shown"]
        shown.choices = [
            *([("name", _("My name: %(name)s") % {"name": name})] if name else []),
            ("nobody", _("No name: “a villager”")),
        ]
        if call.kind not in (CallKind.BUSINESS, CallKind.COMMUNITY):
            del self.fields["of"]

    def as_name(self) -> Name:
        """For the action."""
        given = self.cleaned_data
        named = given["shown"] == "name"
        return Name(self.name if named else "", given.get("of", ""))


class IdeaForm(forms.Form):
    """The idea itself."""

    title = forms.CharField(
        label=_("Your idea in one line"),
        max_length=150,
        help_text=_("For example: Street lamps in Gang Mawar."),
    )
    problem = forms.CharField(
        label=_("What is the problem?"),
        max_length=5_000,
        widget=_long(5),
        help_text=_("What happens there, how often, to whom."),
    )
    idea = forms.CharField(
        label=_("What should be done?"), max_length=5_000, widget=_long(5)
    )

    def __init__(self, *args: Any, row: Proposal, **kw: Any) -> None:
        kw["initial"] = {
            name: getattr(row, name) for name in ("title", "problem", "idea")
        }
        super().__init__(*args, **kw)

    def so_far(self) -> Idea:
        """What can be kept, though some of it may be missing yet."""
        given = {
            name: self.cleaned_data.get(name) or str(self[name].value() or "")
            for name in ("title", "problem", "idea")
        }
        return Idea(**given)


class PlaceForm(forms.Form):
    """Where it is."""

    place = forms.ChoiceField(label=_("Village"))
    place_text = forms.CharField(
        label=_("Where exactly?"),
        required=False,
        max_length=200,
        help_text=_("A street, a school, a bridge. Not your own address."),
    )
    latitude = forms.FloatField(
        label=_("Latitude"),
        required=False,
        min_value=-12,
        max_value=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    longitude = forms.FloatField(
        label=_("Longitude"),
        required=False,
        min_value=94,
        max_value=142,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, row: Proposal, **kw: Any) -> None:
        kw["initial"] = {
            "place": row.place_id or "",
            "place_text": row.place_text,
            "latitude": row.latitude,
            "longitude": row.longitude,
        }
        super().__init__(*args, **kw)
        whole = row.call.place
        chosen: Any = self.fields["place"]
        chosen.choices = [
            ("", _("– choose –")),
            *places(whole),
            (whole.pk, _("All of %(place)s") % {"place": whole.full_name}),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("latitude") is None) != (given.get("longitude") is None):
            self.add_error(
                "longitude", _("A point needs both numbers; or leave both empty.")
            )
        return given

    def as_place(self) -> Place:
        """For the action; a point with four decimals, about eleven metres."""
        given = self.cleaned_data
        point = [given.get("latitude"), given.get("longitude")]
        latitude, longitude = (None if n is None else round(n, 4) for n in point)
        return Place(
            region=Region.objects.get(code=given["place"]),
            text=given["place_text"],
            latitude=latitude,
            longitude=longitude,
        )


class EffectForm(forms.Form):
    """Who gains, and what it costs."""

    beneficiaries = forms.CharField(
        label=_("Who gains from it?"),
        required=False,
        max_length=300,
        help_text=_("For example: 40 families, and the pupils of the school."),
    )
    dimension_code = forms.ChoiceField(
        label=_("What is it about?"), required=False, widget=forms.RadioSelect
    )
    rough_cost = Rupiah(
        label=_("What may it cost, roughly?"),
        required=False,
        help_text=_("In rupiah. Leave it empty where you do not know."),
    )

    def __init__(self, *args: Any, row: Proposal, **kw: Any) -> None:
        names = ("beneficiaries", "dimension_code", "rough_cost")
        kw["initial"] = {name: getattr(row, name) for name in names}
        super().__init__(*args, **kw)
        chosen: Any = self.fields["dimension_code"]
        chosen.choices = [*_dimensions(), ("", _("I do not know"))]
        if row.call.dimension_code:
            del self.fields["dimension_code"]
        self.row = row

    def as_effect(self) -> Effect:
        """For the action."""
        given = self.cleaned_data
        return Effect(
            beneficiaries=given["beneficiaries"],
            dimension_code=given.get("dimension_code", self.row.dimension_code),
            rough_cost=given["rough_cost"],
        )


def _dimensions() -> Iterator[tuple[str, Any]]:
    for code, name in DIMENSIONS.items():
        yield code, f"{_PLAIN[code]} ({name})"


_PLAIN = {
    "GOV": _("Public services and offices"),
    "BRA": _("Tourism, business name, town's look"),
    "ECO": _("Work, trade, farming, money"),
    "LIV": _("Housing, health, roads and transport"),
    "SOC": _("School, safety, neighbours"),
    "ENV": _("Water, waste, nature, energy"),
}


class ManyPictures(forms.ClearableFileInput):
    """Several pictures at once."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """A list of pictures, each judged by its content later."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        many = data if isinstance(data, list | tuple) else [data]
        return [super(PicturesField, self).clean(one, initial) for one in many if one]


class PhotosForm(forms.Form):
    """Pictures, with one caption for those that are sent together."""

    pictures = PicturesField(
        label=_("Pictures"),
        required=False,
        widget=ManyPictures(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, at most 10 MB each, at most six."),
    )
    caption = forms.CharField(
        label=_("What do they show?"), required=False, max_length=200
    )


class ReasonForm(forms.Form):
    """Why it is withdrawn; it may stay unsaid."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2_000, widget=_long(3)
    )


class InviteForm(forms.Form):
    """Whom to ask."""

    reach = forms.CharField(label=_("Telephone number or mail address"), max_length=254)


class AcceptForm(forms.Form):
    """How a co-author is shown."""

    shown = forms.ChoiceField(
        label=_("Who is shown as author?"), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, name: str, **kw: Any) -> None:
        kw.setdefault("initial", {"shown": "name" if name else "nobody"})
        super().__init__(*args, **kw)
        shown: Any = self.fields["shown"]
        shown.choices = [
            *([("name", _("My name: %(name)s") % {"name": name})] if name else []),
            ("nobody", _("No name: “a villager”")),
        ]
