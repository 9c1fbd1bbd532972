"""What a decision can be about, and where it is read: filled by the domains above.

A domain writes a module `subjects.py` (found by its name in every installed domain):

    register(
        SubjectKind(
            code="plan",
            name=_("adopted plan"),
            choices=lambda region: [(str(row.pk), row.title), …],
            url=lambda region, ref: reverse("portfolio:plan", args=[region.code]),
        )
    )

A ref never changes; where the thing is gone the decision keeps its words, without link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.council.models import Council, Instrument
from habaring.regions.models import Region
from habaring.shared.refusal import Words

Choice = tuple[str, str]


@dataclass(frozen=True)
class SubjectKind:
    """One kind: its name, what there is of it in a region, its public address.

    `choices(region)` gives (ref, label), the newest first, at most a hundred;
    `url(region, ref)` is where everyone reads it, empty where nobody can (yet).
    """

    code: str
    name: Words
    choices: Callable[[Region], Iterable[Choice]]
    url: Callable[[Region, str], str]
    order: int = 100


_kinds: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> SubjectKind:
    """Make a kind known; ValueError where two have one code."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"Two kinds of subjects are called {kind.code!r}.")
    return kind


@cache
def _discover() -> None:
    autodiscover_modules("subjects")


def kinds() -> dict[str, SubjectKind]:
    """Every kind by its code, in order."""
    _discover()
    return dict(sorted(_kinds.items(), key=lambda pair: (pair[1].order, pair[0])))


def label(region: Region, kind: str, ref: str) -> str:
    """The words of one thing; empty where it is not known."""
    found = kinds().get(kind)
    if found is None or not ref:
        return ""
    return next((words for one, words in found.choices(region) if one == ref), "")


def url(region: Region, kind: str, ref: str) -> str:
    """Where one thing is read; empty where it is not."""
    found = kinds().get(kind)
    return found.url(region, ref) if found and ref else ""


def _bodies(region: Region) -> Iterable[Choice]:
    rows = Council.objects.filter(region=region, dissolved_on__isnull=True)
    return [(str(row.pk), row.name) for row in rows[:100]]


def _instruments(region: Region) -> Iterable[Choice]:
    rows = Instrument.objects.filter(region=region)
    return [(str(row.pk), str(row)) for row in rows[:100]]


def _body_url(region: Region, ref: str) -> str:
    public = (
        ref.isdigit()
        and Council.objects.filter(region=region, pk=int(ref), public=True).exists()
    )
    return reverse("council:body", args=[region.code, int(ref)]) if public else ""


def _instrument_url(region: Region, ref: str) -> str:
    public = (
        ref.isdigit()
        and Instrument.objects.filter(region=region, pk=int(ref), public=True).exists()
    )
    return reverse("council:instrument", args=[region.code, int(ref)]) if public else ""


def _nowhere(region: Region, ref: str) -> str:
    return ""


def _nothing(region: Region) -> Iterable[Choice]:
    return ()


register(SubjectKind("body", _("body"), _bodies, _body_url, order=60))
register(
    SubjectKind("instrument", _("instrument"), _instruments, _instrument_url, order=70)
)
register(
    SubjectKind(
        "masterplan", _("the master plan as a whole"), _nothing, _nowhere, order=30
    )
)
register(
    SubjectKind(
        "other",
        pgettext_lazy("subject", "something else"),
        _nothing,
        _nowhere,
        order=900,
    )
)
