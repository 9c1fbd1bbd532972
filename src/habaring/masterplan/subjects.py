"""What a council can decide about here: an edition of the books."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.council.subjects import Choice, SubjectKind, register
from habaring.masterplan.models import Edition
from habaring.regions.models import Region

MOST = 100


def _editions(region: Region) -> Iterable[Choice]:
    rows = Edition.objects.filter(region=region, withdrawn_at=None).order_by("-number")
    return [
        (
            str(number),
            _("%(title)s, edition %(number)d") % {"title": title, "number": number},
        )
        for number, title in rows.values_list("number", "title")[:MOST]
    ]


def _url(region: Region, ref: str) -> str:
    there = ref.isdigit() and Edition.objects.filter(region=region, number=int(ref))
    if not there:
        return ""
    return reverse("masterplan:edition", args=[region.code, int(ref)])


register(
    SubjectKind(
        "edition", gettext_lazy("edition of the books"), _editions, _url, order=40
    )
)
