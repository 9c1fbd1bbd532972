"""What a council can decide about here: a published index edition."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.assessment.models import IndexEdition
from habaring.council.subjects import Choice, SubjectKind, register
from habaring.regions.models import Region

MOST = 100


def _results(region: Region) -> Iterable[Choice]:
    rows = IndexEdition.objects.filter(scores__region=region).distinct()
    found = rows.order_by("-year", "-number").values_list("pk", "year", "number")
    return [
        (
            str(pk),
            _("index of %(year)d, edition %(number)d")
            % {"year": year, "number": number},
        )
        for pk, year, number in found[:MOST]
    ]


def _url(region: Region, ref: str) -> str:
    there = ref.isdigit() and IndexEdition.objects.filter(
        scores__region=region, pk=int(ref)
    )
    if not there:
        return ""
    return reverse("assessment:edition", args=[region.code, int(ref)])


register(SubjectKind("result", gettext_lazy("index edition"), _results, _url, order=50))
