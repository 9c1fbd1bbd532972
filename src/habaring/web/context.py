"""What the shell of every page needs: the stages, the places, the theme.

A stage or place is linked only when its page exists: addresses are tried against the
site map, so that a domain appears in the navigation with its first page.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import pgettext_lazy

from habaring.people import access
from habaring.regions.models import Region
from habaring.web import desk

THEMES = ("light", "dark")
_REGION = re.compile(r"^/daerah/(\d{2}\.\d{2})/")  # only these plan
_ANY_REGION = re.compile(r"^/daerah/\d{2}(?:\.\d{2}){0,2}(?:\.\d{4})?/")
_WORK = re.compile(r"^/ruang-kerja/(\d{2}(?:\.\d{2})?)/")

# segment of the public address, of the work room's, words, icon
_STAGES: tuple[tuple[str, str, str | Promise, str], ...] = (
    ("", "", pgettext_lazy("stage", "Overview"), "overview"),
    ("kondisi/", "kenali/", pgettext_lazy("stage", "Assess"), "assess"),
    ("usulan/", "dengar/", pgettext_lazy("stage", "Listen"), "listen"),
    ("pilihan/", "pilih/", pgettext_lazy("stage", "Choose"), "choose"),
    ("rencana/", "rencanakan/", pgettext_lazy("stage", "Plan"), "plan"),
    ("program/", "wujudkan/", pgettext_lazy("stage", "Deliver"), "deliver"),
    ("pajak/", "pajak/", pgettext_lazy("stage", "Serve"), "serve"),
    ("praktik/", "belajar/", pgettext_lazy("stage", "Learn"), "learn"),
)

_WORK_OF = {
    "tulisan/": "rencanakan/",
    "bukti/": "belajar/",
    "evaluasi/": "belajar/",
    "lokakarya/": "belajar/",
    "praktik/": "belajar/",
}
"""Work rooms that belong to the stage of another."""
_PUBLIC_OF = dict.fromkeys(("belajar/", "evaluasi/", "lokakarya/"), "praktik/")
"""Public pages that do."""


_SHEETS = {
    "masterplan": "css/plan.css",
    "revenue": "css/tax.css",
    "workshop": "css/workshop.css",
    "writing": "css/writing.css",
}
"""Style sheets of one domain's pages, public and of the work room."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the cycle in the navigation."""

    label: str | Promise
    url: str
    icon: str
    current: bool


@lru_cache(maxsize=2048)
def exists(path: str) -> bool:
    """Whether the site map has a page at ``path``."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _address(name: str, path: str) -> str:
    """The address of a named page, else ``path`` if there is one, else nothing."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return path if exists(path) else ""


def stages_below(root: str, path: str, *, working: bool = False) -> list[Stage]:
    """The stages that have a page below ``root`` ("/daerah/62.02/")."""
    urls = [
        (root + (work if working else public), label, icon)
        for public, work, label, icon in _STAGES
    ]
    inside = [url for url, _label, _icon in urls if path.startswith(url)]
    parts = _WORK_OF if working else _PUBLIC_OF
    inside += [root + to for part, to in parts.items() if path.startswith(root + part)]
    here = max(inside, key=len, default="")
    return [
        Stage(label, url, icon, current=url == here)
        for url, label, icon in urls
        if exists(url)
    ]


def _work_room(request: HttpRequest) -> str:
    """For those who hold a role; a citizen's account has none."""
    if not access.works(getattr(request, "user", None), at=now()):
        return ""
    return _address("web:work-room", "/ruang-kerja/")


def _notice(path: str) -> str:
    """What is held about people: the region's own words where a region is read."""
    region = _ANY_REGION.match(path)
    return f"{region[0]}data-pribadi/" if region else "/data-pribadi/"


def _office(request: HttpRequest, code: str) -> list[Stage]:
    """What a person may do in a region beside the stages; asks nothing of its own: the
    roles were read to let the person in.
    """
    user = getattr(request, "user", AnonymousUser())
    held = access.powers_with_parts(user, at=now(), region=Region(code=code))
    return [
        Stage(label, url, icon, current=request.path.startswith(url))
        for label, url, icon in desk.office(code, held)
    ]


def _sides(request: HttpRequest, root: str, code: str) -> dict[str, list[Stage]]:
    """The side of a work room; what belongs to no stage is not the overview either."""
    office = _office(request, code)
    stages = stages_below(root, request.path, working=True)
    if any(one.current for one in office):
        stages = [replace(one, current=False) for one in stages]
    return {"work_stages": stages, "work_office": office}


def _sheets(request: HttpRequest) -> list[str]:
    """What a page loads beside habaring.css."""
    found = request.resolver_match
    domain = found.namespace.removesuffix("-work") if found else ""
    return [_SHEETS[domain]] if domain in _SHEETS else []


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: ``stages``, ``work_stages``, ``work_office``, ``places``, ``sheets``, ``theme``."""
    path = request.path
    region = _REGION.match(path)
    work = _WORK.match(path)
    theme = request.COOKIES.get("theme", "")
    return {
        "stages": stages_below(region[0], path) if region else [],
        **(_sides(request, work[0], work[1]) if work else {}),
        "places": {
            "home": _address("web:home", "/"),
            "sign_in": _address("people:sign-in", "/masuk/"),
            "sign_out": _address("people:sign-out", "/keluar/"),
            "account": _address("people:account", "/akun/"),
            "work_room": _work_room(request),
            "language": _address("web:language", "/bahasa/"),
            "data": _address("web:data", "/data/"),
            "api": _address("api:docs", "/api/v1/docs"),
            "chain": _address("history:chain", "/rantai/"),
            "privacy": _notice(path),
            "national": _address("web:national", "/nasional/"),
        },
        "sheets": _sheets(request),
        "theme": theme if theme in THEMES else "",
    }
