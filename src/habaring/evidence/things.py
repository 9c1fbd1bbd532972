"""What waits in the vault: evidence to judge, evidence that runs out."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.evidence import words
from habaring.evidence.models import Evidence
from habaring.evidence.queries import running_out
from habaring.people.access import Power
from habaring.posts.things import Asked, Waiting, Weight, register_waiting


def _waiting(asked: Asked) -> Iterator[Waiting]:
    if Power.JUDGE_EVIDENCE in asked.powers:
        yield from _to_judge(asked)
    if asked.extent(Power.KEEP_EVIDENCE).whole:
        yield from _running_out(asked)


def _to_judge(asked: Asked) -> Iterator[Waiting]:
    rows = Evidence.objects.filter(region=asked.region, verdict=words.WAITING)
    others = rows.current(asked.on).exclude(put_by=asked.account)
    if count := others.count():
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


def _running_out(asked: Asked) -> Iterator[Waiting]:
    rows = list(running_out(asked.region, asked.on)[:1])
    if rows:
        first = rows[0]
        yield Waiting(
            _("Evidence runs out: %(title)s") % {"title": first.title},
            _("What has run out proves nothing any more."),
            reverse("evidence-work:piece", args=[asked.region.code, first.pk]),
            on=first.valid_until,
            weight=Weight.WEEK,
        )


register_waiting("evidence", _waiting)
