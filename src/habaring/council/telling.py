"""Warnings in sentences: what is wrong, why assessors fault it, what to do next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.council import words
from habaring.council.warnings import Warned
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared.refusal import Words

_POWERS: Mapping[str, Power] = {
    "new-meeting": Power.RECORD_MEETINGS,
    "body": Power.SEE_WORK_ROOM,
    "decision": Power.SEE_WORK_ROOM,
}
_TONES = {"high": "bad", "medium": "warn", "low": "info"}


@dataclass(frozen=True)
class Told:
    """One warning as the page shows it; `url` is where it is mended."""

    code: str
    tone: str
    sentence: str
    why: Words
    next: Words
    url: str
    power: str  # of access.Power: who can mend it there


@dataclass(frozen=True)
class _Sentence:
    text: Words
    why: Words
    next: Words
    page: str  # a page of the work room; "body" and "instrument" take the ref


_FAULTED = _("Assessors fault it: without it the programme ends with the people in it.")
_SENTENCES: Mapping[str, _Sentence] = {
    "no_body": _Sentence(
        _("There is no smart-city council on record."),
        _("Nobody can approve the vision, the priorities and the Quick Wins."),
        _("Record the council and the decree that formed it."),
        "new-council",
    ),
    "no_regulation": _Sentence(
        _("No Perbup or Perda in force fixes the master plan."),
        _FAULTED,
        _("Record the regulation, and say that it fixes the master plan."),
        "new-instrument",
    ),
    "silent": _Sentence(
        _("%(name)s has not met for %(days)d days."),
        _("Assessors fault a council and a team that are there on paper only."),
        _("Plan a meeting, or record the one that was held."),
        "new-meeting",
    ),
    "never_met": _Sentence(
        _("%(name)s has no meeting on record."),
        _("Assessors fault a council and a team that are there on paper only."),
        _("Plan a meeting, or record the one that was held."),
        "new-meeting",
    ),
    "no_decree": _Sentence(
        _("The decree that formed %(name)s is not on record."),
        _("A body without a decree has no say, and its cost no ground."),
        _("Record the decree with its number and day."),
        "edit-council",
    ),
    "decree_expired": _Sentence(
        _("The decree “%(name)s” ran out %(days)d days ago."),
        _("What the body decides now can be disputed."),
        _("Record the decree that renews it."),
        "edit-instrument",
    ),
    "instrument_expired": _Sentence(
        _("“%(name)s” ran out %(days)d days ago."),
        _("What leans on it has lost its ground."),
        _("Record what renews it, or that nothing does."),
        "edit-instrument",
    ),
    "expires_soon": _Sentence(
        _("“%(name)s” runs out in %(days)d days."),
        _("A new one takes weeks to be signed."),
        _("Begin to renew it now."),
        "edit-instrument",
    ),
    "no_seats": _Sentence(
        _("Nobody sits in %(name)s."),
        _("Who sits in it is public record, and the quorum is counted from it."),
        _("Write down who sits in it, or send the list as a spreadsheet."),
        "body",
    ),
    "no_chair": _Sentence(
        _("%(name)s has no chair."),
        _("Nobody can call its meetings or approve its minutes."),
        _("Write down who chairs it."),
        "body",
    ),
    "pillar_missing": _Sentence(
        _("In %(name)s nobody sits for this pillar: %(pillar)s."),
        _("Assessors ask for all of them: the city is not the government's alone."),
        _("Ask this pillar to name somebody."),
        "body",
    ),
    "no_follow_up": _Sentence(
        _("Nothing has followed from decision %(name)s for %(days)d days."),
        _("A decision that nobody carries out is words."),
        _("Give a post something to do, with a day."),
        "decision",
    ),
    "task_late": _Sentence(
        _("Decision %(name)s has follow-ups past their day: %(days)d."),
        _("A decision that nobody carries out is words."),
        _("Close them with a proof, or ask their posts."),
        "decision",
    ),
}


def told(region: Region, warned: Warned) -> Told:
    """One warning in the reader's language."""
    sentence = _SENTENCES[warned.code]
    values = {
        "name": warned.name,
        "days": warned.days,
        "pillar": words.PILLARS.get(warned.pillar, ""),
    }
    return Told(
        code=warned.code,
        tone=_TONES[warned.severity],
        sentence=str(sentence.text) % values,
        why=sentence.why,
        next=sentence.next,
        url=_PAGES[sentence.page](region.code, warned.ref),
        power=_POWERS.get(sentence.page, Power.MANAGE_BODIES),
    )


def _page(name: str) -> Callable[[str, int | None], str]:
    def address(code: str, ref: int | None) -> str:
        return reverse(f"council-work:{name}", args=[code])

    return address


def _page_of(name: str) -> Callable[[str, int | None], str]:
    def address(code: str, ref: int | None) -> str:
        return reverse(f"council-work:{name}", args=[code, ref])

    return address


def _new_meeting(code: str, ref: int | None) -> str:
    return reverse("council-work:new-meeting", args=[code]) + f"?badan={ref}"


_PAGES: Mapping[str, Callable[[str, int | None], str]] = {
    "new-council": _page("new-council"),
    "new-instrument": _page("new-instrument"),
    "new-meeting": _new_meeting,
    "body": _page_of("body"),
    "edit-council": _page_of("edit-council"),
    "edit-instrument": _page_of("edit-instrument"),
    "decision": _page_of("decision"),
}
