"""What each power means, in a sentence for people; and which pages it opens.

Which pages a power opens is not written down: each page is asked as nobody, and its
door says which power it wants (`SignInNeeded.power`). Nothing is read in anyone's name.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _

from habaring.people.access import Power, SignInNeeded
from habaring.regions.models import Region
from habaring.shared.refusal import Refusal, Words

SENTENCES: Mapping[Power, Words] = {
    Power.SEE_WORK_ROOM: _(
        "Reads the work room: all numbers, candidates, scenarios and drafts."
    ),
    Power.RECORD_OBSERVATIONS: _("Records and corrects numbers and their targets."),
    Power.PUBLISH_INDEX: _("Publishes editions of the index for everybody to read."),
    Power.RECORD_CANDIDATES: _("Records, changes and withdraws candidate programmes."),
    Power.DRAFT_SCENARIOS: _("Sets limits and drafts scenarios."),
    Power.RECORD_DECISIONS: _("Records what the council decided."),
    Power.ADOPT_PLAN: _("Adopts a plan on the ground of a decision."),
    Power.WRITE_PLAN: _("Writes sections of the master plan's books."),
    Power.ISSUE_EDITION: _("Issues editions of the books."),
    Power.MANAGE_REGION: _("Opens, renames and closes departments."),
    Power.MANAGE_PEOPLE: _("Invites people, gives roles and ends them."),
    Power.MANAGE_POSTS: _("Opens posts, and says who holds them and what they own."),
    Power.MANAGE_BODIES: _("Records bodies, their decrees and their seats."),
    Power.RECORD_MEETINGS: _("Calls meetings, and records attendance and minutes."),
    Power.SEE_AUDIT: _("Reads who changed what, when and why."),
    Power.SEE_PERSONAL_DATA: _(
        "Reads personal data where the task needs it; each look is logged with a reason."
    ),
    Power.PROTECT_PERSONAL_DATA: _(
        "Answers people's requests about their data and keeps the register of breaches."
    ),
    Power.MANAGE_CALLS: _(
        "Opens calls for proposals, and merges and splits proposals."
    ),
    Power.ENTER_PROPOSALS: _(
        "Enters proposals of meetings, institutions and people without a telephone."
    ),
    Power.MODERATE: _("Publishes or hides what people write, with a reason."),
    Power.CHECK_PROPOSALS: _(
        "Says for the department whether a proposal can be done, and what it costs."
    ),
    Power.RUN_VOTES: _("Prepares, opens and closes votes; never sees a ballot."),
    Power.MANAGE_TAX_RULES: _(
        "Proposes tax rules and approves what another person proposed."
    ),
    Power.MANAGE_TAX_REGISTER: _("Keeps the register of taxpayers and what is taxed."),
    Power.ISSUE_BILLS: _("Prepares and issues tax bills, looks through held ones."),
    Power.TAKE_PAYMENTS: _("Takes tax payments at a counter."),
    Power.COLLECT_IN_VILLAGE: _(
        "Takes tax payments in villages, without a signal too."
    ),
    Power.DECIDE_TAX_CASES: _(
        "Decides on objections, reductions, instalments and refunds of taxes."
    ),
    Power.RECONCILE: _(
        "Compares bank files with the books, repairs by two people, closes the day."
    ),
    Power.MANAGE_PARTNERS: _("Keeps banks, their keys, and collectors' devices."),
    Power.KEEP_EVIDENCE: _("Puts evidence into the vault and links it to answers."),
    Power.JUDGE_EVIDENCE: _("Says whether a piece of evidence is valid, and why."),
    Power.RUN_WORKSHOPS: _("Opens the workshop room and carries its results on."),
    Power.TAKE_PART_IN_GUIDANCE: _(
        "Applies for a cohort, hands in work, and answers the evaluation."
    ),
    Power.RUN_COHORTS: _(
        "Runs cohorts, stages and evaluations for the ministry, and gives awards."
    ),
    Power.MENTOR: _("Guides the regions assigned: comments, and approves work."),
    Power.ASSESS: _("Scores the evaluations assigned, after declaring interests."),
    Power.SHARE_PRACTICES: _(
        "Publishes practices, adopts those of others, asks and answers other regions."
    ),
    Power.MANAGE_API: _("Issues and withdraws the keys by which programs come in."),
}


def sentence(power: Power) -> Words:
    """What a power lets one do; the bare word where no sentence is written yet."""
    return SENTENCES.get(power, str(power).replace("_", " "))


@dataclass(frozen=True)
class WorkPage:
    """One page of the work room: its address below the region's, the power that opens
    it. `pattern` says whether the address has parts still to be filled ("…"), `in_part`
    whether the power opens it when held in a department or body alone.
    """

    path: str
    power: Power
    pattern: bool
    in_part: bool = False


_asked_once: dict[str, tuple[WorkPage, ...]] = {}  # by the kind of region


def work_pages(region: Region) -> tuple[WorkPage, ...]:
    """Every page of a region's work room that can be read, and what opens it.

    Asked once a process for each kind of region, since doors do not change. Pages that
    ask no power are left out.
    """
    if region.kind not in _asked_once:
        _asked_once[region.kind] = _ask_all(region.code)
    return _asked_once[region.kind]


def _ask_all(code: str) -> tuple[WorkPage, ...]:
    found: dict[str, WorkPage] = {}
    for prefix, resolver in _work_rooms():
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern) and _can_be_read(pattern):
                page = _asked(prefix, pattern, code)
                if page is not None:
                    found.setdefault(page.path, page)
    return tuple(found[path] for path in sorted(found))


def _work_rooms() -> Iterator[tuple[str, URLResolver]]:
    """The groups of addresses below `ruang-kerja/<code:code>/`."""
    start = "ruang-kerja/<code:code>/"
    for resolver in get_resolver().url_patterns:
        route = str(resolver.pattern)
        if isinstance(resolver, URLResolver) and route.startswith(start):
            yield route.removeprefix(start), resolver


def _can_be_read(pattern: URLPattern) -> bool:
    """Not so for the addresses of forms: `require_POST` keeps what it lets through."""
    view = pattern.callback
    code, cells = getattr(view, "__code__", None), getattr(view, "__closure__", None)
    kept = dict(zip(code.co_freevars, cells, strict=True)) if code and cells else {}
    methods = kept.get("request_method_list")
    return methods is None or "GET" in methods.cell_contents


def _asked(prefix: str, pattern: URLPattern, code: str) -> WorkPage | None:
    """Knock at one page as nobody: which power does its door want?"""
    converters = pattern.pattern.converters
    given: dict[str, object] = dict.fromkeys(pattern.pattern.regex.groupindex, "-")
    given |= {str(name): _stand_in(one) for name, one in converters.items()}
    request = HttpRequest()
    request.method = "GET"
    request.user = AnonymousUser()
    with suppress(Http404, Refusal, TypeError):  # what takes no region is no work room
        try:
            with transaction.atomic():
                pattern.callback(request, code=code, **given, **pattern.default_args)
        except SignInNeeded as wanted:
            if wanted.power is None:
                return None
            path = prefix + _readable(str(pattern.pattern))
            return WorkPage(path, wanted.power, bool(given), wanted.in_part)
    return None


def _stand_in(converter: object) -> object:
    """A value for a part of an address: nothing is behind it."""
    return 0 if type(converter).__name__ == "IntConverter" else "-"


def _readable(route: str) -> str:
    """ "skenario/<int:scenario>/" → "skenario/…/"."""
    return re.sub(r"\(\?P<.*?\)|<[^>]*>", "…", route).strip("^$").replace("\\", "")
