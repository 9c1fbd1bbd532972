"""What waits in the vault: evidence to judge, evidence that runs out."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.evidence import words
from habaring.evidence.models import Evidence, EvidenceQuerySet
from habaring.evidence.queries import running_out
from habaring.people.access import Power
from habaring.posts.things import Asked, Line, Waiting, Weight, register_lines


def _unjudged(asked: Asked) -> EvidenceQuerySet:
    rows = Evidence.objects.filter(region=asked.region, verdict=words.WAITING)
    return rows.current(asked.on).exclude(put_by=asked.account)


def _to_judge(asked: Asked, count: int) -> Iterator[Waiting]:
    yield Waiting(
        ngettext(
            "%(n)d piece of evidence waits for a verdict",
            "%(n)d pieces of evidence wait for a verdict",
            count,
        )
        % {"n": count},
        _("Another person than its bringer says whether it is valid."),
        reverse("evidence-work:vault", args=[asked.region.code]) + "?state=waiting",
        weight=Weight.CONFIRM,
    )


def _ending(asked: Asked) -> EvidenceQuerySet | None:
    if not asked.extent(Power.KEEP_EVIDENCE).whole:
        return None
    return running_out(asked.region, asked.on)[:1]


def _running_out(asked: Asked, _count: int) -> Iterator[Waiting]:
    first = running_out(asked.region, asked.on)[0]
    yield Waiting(
        _("Evidence runs out: %(title)s") % {"title": first.title},
        _("What has run out proves nothing any more."),
        reverse("evidence-work:piece", args=[asked.region.code, first.pk]),
        on=first.valid_until,
        weight=Weight.WEEK,
    )


register_lines(
    "evidence",
    Line(_unjudged, _to_judge, Power.JUDGE_EVIDENCE),
    Line(_ending, _running_out),
)
