"""What of the master plan is owned by posts: the sections of the books, the RPJMD."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from habaring.masterplan import consulting
from habaring.masterplan.actions.aiming import still_on
from habaring.masterplan.models import Consultation, DevelopmentPlan, Edition
from habaring.masterplan.queries import SectionPlace, section_place, sections
from habaring.people.access import Power
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Line,
    Thing,
    Waiting,
    once,
    register,
    register_lines,
    register_waiting,
)
from habaring.regions.models import Region

REVIEW_DAYS = 365
"""The books are read again once a year, before the budget of the next one."""


def _sections(region: Region, on: date) -> Iterator[Thing]:
    for place in _places(region):
        yield _thing(region, place)


def _places(region: Region) -> tuple[SectionPlace, ...]:
    return once(("masterplan.sections", region.code), lambda: sections(region))


def _plans(region: Region) -> list[DevelopmentPlan]:
    """The newest RPJMD and the one before it."""
    rows = DevelopmentPlan.objects.filter(region=region).order_by("-first_year")
    return once(("masterplan.plans", region.code), lambda: list(rows[:2]))


def _section(region: Region, ref: str, on: date) -> Thing | None:
    place = section_place(region, ref)
    return _thing(region, place) if place else None


def _thing(region: Region, place: SectionPlace) -> Thing:
    """A section that is not written yet has no day: nobody promised one."""
    written = localdate(place.written_at) if place.written_at else None
    title = f"{place.book}: {place.heading}"
    return Thing(
        kind="section",
        ref=place.key,
        title=title,
        url=reverse("masterplan-work:section", args=[region.code, place.key]),
        due_on=written + timedelta(days=REVIEW_DAYS) if written else None,
        updated_on=written,
        illustrative=place.illustrative,
    )


def of_chapter(edition: Edition, key: str, title: str) -> list[Thing]:
    """The sections of one chapter as an edition froze them: as old as the edition.

    `key` and `title` as in the record: "buku-1.bab-5", "Bab 5. Analisis SWOT".

    For readers of the book, to whom the drafts themselves stay closed.
    """
    issued, book = localdate(edition.issued_at), key.partition(".")[0]
    with override(edition.language):  # the title is in the language of the edition
        places = [
            one
            for one in sections(edition.region)
            if title.endswith(one.chapter) and one.key.startswith(f"{book}.")
        ]
    due = issued + timedelta(days=REVIEW_DAYS)
    return [
        replace(_thing(edition.region, place), updated_on=issued, due_on=due)
        for place in places
    ]


def _development_plan(region: Region, on: date) -> Iterator[Thing]:
    """The region's RPJMD as one thing: due when the newest period ends."""
    newest = next(iter(_plans(region)), None)
    yield Thing(
        kind="rpjmd",
        ref="rpjmd",
        title=_("RPJMD %(first)d–%(last)d")
        % {"first": newest.first_year, "last": newest.last_year}
        if newest
        else _("RPJMD (not recorded yet)"),
        url=reverse("masterplan-work:development-plan", args=[region.code]),
        due_on=date(newest.last_year, 12, 31) if newest else None,
        illustrative=bool(newest and newest.illustrative),
    )


def _waiting(asked: Asked) -> Iterator[Waiting]:
    """The next step of the books, for whoever may take it."""
    if Power.WRITE_PLAN not in asked.powers:
        return
    region = asked.region
    yield from _maps(region)
    empty = sum(not place.revision for place in _places(region))
    if empty:
        yield Waiting(
            _("Write %(count)d sections of the books") % {"count": empty},
            _("They say openly that they are not written yet."),
            reverse("masterplan-work:desk", args=[region.code]),
        )
    elif not Edition.objects.filter(region=region).exists():
        yield Waiting(
            _("Issue the first edition of the books"),
            _("All sections are written."),
            reverse("masterplan-work:issue", args=[region.code]),
        )


def _under_way(asked: Asked) -> QuerySet[Consultation]:
    return Consultation.objects.filter(
        region=asked.region, ended_at=None, withdrawn_at=None
    )


def _drafts(asked: Asked, _count: int) -> Iterator[Waiting]:
    """Consultations with remarks that nobody answered."""
    code = asked.region.code
    for row in _under_way(asked):
        waiting = consulting.counts(row).waiting
        if waiting:
            words = ngettext(
                "Answer %(count)d remark on “%(title)s”",
                "Answer %(count)d remarks on “%(title)s”",
                waiting,
            )
            yield Waiting(
                words % {"count": waiting, "title": row.title},
                _("A consultation ends when each remark has its disposition."),
                reverse("masterplan-work:consultation", args=[code, row.number]),
            )


def _maps(region: Region) -> Iterator[Waiting]:
    """Targets that serve an RPJMD alone whose successor is recorded."""
    plans = _plans(region)
    left = still_on(region, plans[1]).count() if len(plans) > 1 else 0
    if left:
        words = ngettext(
            "Map %(count)d target to the RPJMD %(years)s",
            "Map %(count)d targets to the RPJMD %(years)s",
            left,
        )
        yield Waiting(
            words % {"count": left, "years": plans[0].code},
            _("They serve the RPJMD before it alone."),
            reverse("masterplan-work:remap", args=[region.code]),
        )


register(
    Kind(
        code="section",
        one=gettext_lazy("section"),
        many=gettext_lazy("sections"),
        things=_sections,
        thing=_section,
        rhythm=Rhythm(remind_before_days=30, escalate_after_days=60),
        power=Power.WRITE_PLAN,
        order=40,
    )
)
register(
    Kind(
        code="rpjmd",
        one=gettext_lazy("RPJMD"),
        many=gettext_lazy("RPJMD"),
        things=_development_plan,
        rhythm=Rhythm(remind_before_days=180, escalate_after_days=180),
        power=Power.WRITE_PLAN,
        order=41,
    )
)
register_waiting("masterplan", _waiting)
register_lines(
    "masterplan",
    Line(_under_way, _drafts, Power.WRITE_PLAN),
)
