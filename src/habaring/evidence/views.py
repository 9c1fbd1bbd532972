"""The vault in the work room: the list, one piece, its file, its verdicts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.evidence import actions, bundles, queries, tables
from habaring.evidence.forms import (
    BundleForm,
    EvidenceFilter,
    EvidenceForm,
    ReasonForm,
    VerdictForm,
)
from habaring.evidence.models import Evidence, EvidenceQuerySet, Link
from habaring.people import access
from habaring.people.access import Extent, Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import XLSX, download, download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import template
from habaring.shared.uploads import response

OPENS_CONFIDENTIAL = frozenset(
    {Power.KEEP_EVIDENCE, Power.JUDGE_EVIDENCE, Power.ASSESS, Power.MENTOR}
)
SOON_SHOWN = 5


@dataclass(frozen=True)
class Room:
    """Who stands in the vault of which region, what they may do, how far they keep."""

    region: Region
    officer: Account
    may: frozenset[Power]
    keeps: Extent


def enter(request: HttpRequest, code: str, power: Power) -> Room:
    """Let in who holds the power in the region; keeping also in one's department."""
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    at = now()
    officer, _within = access.require_part(request.user, power, at=at, region=region)
    may = access.powers(officer, at=at, region=region)
    keeps = access.extent(officer, Power.KEEP_EVIDENCE, at=at, region=region)
    return Room(region, officer, may, keeps)


def _piece(code: str, evidence: int) -> Evidence:
    rows = Evidence.objects.select_related("region", "department", "owner", "put_by")
    return get_object_or_404(rows, pk=evidence, region=code)


@require_safe
def vault(request: HttpRequest, code: str) -> HttpResponse:
    """All evidence of a region: search, filters, what runs out."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    form, rows = _narrowed(request, room.region)
    on = localdate(now())
    context = {
        "region": room.region,
        "room": room,
        "form": form,
        "page": paginate(request, rows),
        "filtered": bool(request.GET),
        "query": request.GET.urlencode(),
        "counts": queries.counts(room.region, on),
        "soon": queries.running_out(room.region, on)[:SOON_SHOWN],
        "doubled": queries.doubled(room.region),
        "today": on,
    }
    return render(request, "evidence/vault.html", context, part="rows")


def _narrowed(
    request: HttpRequest, region: Region
) -> tuple[EvidenceFilter, EvidenceQuerySet]:
    form = EvidenceFilter(request.GET or None)
    rows = Evidence.objects.filter(region=region).select_related("department")
    given = form.cleaned_data if form.is_valid() else {}
    return form, queries.narrowed(rows, given, localdate(now()))


@require_safe
def vault_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The list as a table, as it is filtered; never the files themselves."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    if form not in ("csv", "xlsx"):
        raise Http404
    _form, rows = _narrowed(request, room.region)
    return download_table(
        tables.EVIDENCE,
        tables.rows(rows, on=localdate(now())),
        name=_("evidence") + f"-{code}",
        form=form,
    )


@require_safe
def piece(request: HttpRequest, code: str, evidence: int) -> HttpResponse:
    """One piece: what it is, what it proves, what was said of it."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    return _piece_page(request, room, _piece(code, evidence))


def _piece_page(
    request: HttpRequest,
    room: Room,
    row: Evidence,
    *,
    refusal: Refusal | None = None,
    verdict: VerdictForm | None = None,
) -> HttpResponse:
    on = localdate(now())
    own = row.put_by_id == room.officer.pk
    context = {
        "region": room.region,
        "room": room,
        "may": room.may,
        "piece": row,
        "over": row.runs_out(on),
        "links": row.links.filter(ended_at=None),
        "verdicts": row.verdicts.select_related("by"),
        "twins": queries.twins(room.region, row.sha256, but=row.pk),
        "readable": may_open(room, row),
        "keeps": room.keeps.has_department(row.department_id),
        "judges": Power.JUDGE_EVIDENCE in room.may and not own,
        "own": own,
        "verdict": verdict or VerdictForm(),
        "withdraw": ReasonForm(auto_id="id_withdraw_%s"),
        "refusal": refusal,
    }
    failed = refusal or (verdict is not None and verdict.errors)
    return render(
        request, "evidence/piece.html", context, status=422 if failed else 200
    )


def may_open(room: Room, row: Evidence) -> bool:
    """Whether a person may open the file itself."""
    if not row.confidential:
        return True
    return bool(OPENS_CONFIDENTIAL & room.may) or bool(room.keeps)


@require_safe
def piece_file(request: HttpRequest, code: str, evidence: int) -> HttpResponseBase:
    """The file itself; a confidential one only to those who work with evidence."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    row = _piece(code, evidence)
    if not may_open(room, row):
        raise access.NotAllowed(
            _("This evidence is confidential."),
            _("Only those who keep, judge or assess evidence may open the file."),
            _("Ask who put it into the vault."),
        )
    try:
        return response(row.path, name=row.name, media_type=row.media_type)
    except FileNotFoundError:
        raise Http404 from None


@require_http_methods(FORM_METHODS)
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Put a file into the vault; `untuk` links it to a thing at once."""
    room = enter(request, code, Power.KEEP_EVIDENCE)
    form = EvidenceForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        region=room.region,
        within=room.keeps,
        initial={"year": localdate(now()).year},
    )
    thing, _colon, key = _said(request, "untuk").partition(":")
    label = _said(request, "label")[:300]

    def save() -> HttpResponse:
        at = now()
        row = actions.put(
            by=room.officer,
            at=at,
            region=room.region,
            upload=form.upload(),
            kind=form.cleaned_data["kind"],
            title=form.cleaned_data["title"],
            details=form.details(),
            within=room.keeps,
        )
        if thing and key:
            actions.link(
                by=room.officer, at=at, evidence=row, thing=thing, key=key, label=label
            )
        messages.success(request, _("The evidence is in the vault."))
        return _back(request) or redirect("evidence-work:piece", code, row.pk)

    sheet = {
        "title": _("Put evidence into the vault"),
        "lede": _("The file is kept by its checksum and never changes."),
        "button": _("Put it into the vault"),
        "hidden": {"untuk": _said(request, "untuk"), "label": label},
        "about": label,
    }
    return _form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """Put many files at once: a ZIP with a list of them."""
    room = enter(request, code, Power.KEEP_EVIDENCE)
    form = BundleForm(
        request.POST if request.method == "POST" else None, request.FILES or None
    )

    def save() -> HttpResponse:
        found = bundles.put_bundle(
            vault=bundles.Vault(room.region, room.officer, room.keeps),
            upload=form.cleaned_data["file"],
            at=now(),
        )
        messages.success(
            request,
            _("%(new)s new in the vault, %(there)s were there before.")
            % {"new": len(found.new), "there": found.there},
        )
        return redirect("evidence-work:vault", code)

    sheet = {
        "title": _("Put many files into the vault"),
        "lede": _("One ZIP with the files and a list that says what each of them is."),
        "button": _("Look at it and put it in"),
        "list": reverse("evidence-work:bundle-list", args=[code]),
    }
    return _form_page(request, room, form, sheet, save)


@require_safe
def bundle_list(request: HttpRequest, code: str) -> HttpResponseBase:
    """The list to fill in: its columns with their help, kinds to choose from."""
    enter(request, code, Power.KEEP_EVIDENCE)
    content = template(tables.BUNDLE, (), language=get_language() or "id")
    return download(content, name="daftar.xlsx", media_type=XLSX)


@require_http_methods(FORM_METHODS)
def mend(request: HttpRequest, code: str, evidence: int) -> HttpResponse:
    """Correct what is known of a file."""
    room = enter(request, code, Power.KEEP_EVIDENCE)
    row = _piece(code, evidence)
    form = EvidenceForm(
        request.POST if request.method == "POST" else None,
        region=room.region,
        within=room.keeps,
        row=row,
    )

    def save() -> HttpResponse:
        actions.mend(
            by=room.officer,
            at=now(),
            evidence=row,
            kind=form.cleaned_data["kind"],
            title=form.cleaned_data["title"],
            details=form.details(),
            within=room.keeps,
        )
        messages.success(request, _("Saved; somebody has to judge it again."))
        return redirect("evidence-work:piece", code, row.pk)

    sheet = {
        "title": _("Correct the evidence"),
        "lede": _("The file stays; a verdict that was given stands no longer."),
        "button": _("Save"),
        "trail": [(row.title, reverse("evidence-work:piece", args=[code, row.pk]))],
    }
    return _form_page(request, room, form, sheet, save)


def _form_page(
    request: HttpRequest,
    room: Room,
    form: EvidenceForm | BundleForm,
    sheet: Mapping[str, Any],
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return save()
        except Refusal as refused:
            refusal = refused
    trail = [(_("Evidence"), reverse("evidence-work:vault", args=[room.region.code]))]
    context = {
        "region": room.region,
        "form": form,
        "sheet": sheet,
        "trail": [*trail, *sheet.get("trail", [])],
        "refusal": refusal,
        "back": _said(request, "kembali"),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "evidence/form.html", context, status=status)


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name) or ""


def _back(request: HttpRequest) -> HttpResponse | None:
    """To the page that one came from; only one of our own."""
    back = _said(request, "kembali")
    if back.startswith("/") and url_has_allowed_host_and_scheme(
        back, allowed_hosts=None
    ):
        return redirect(back)
    return None


@require_POST
def judge(request: HttpRequest, code: str, evidence: int) -> HttpResponse:
    """Say whether a piece is valid."""
    room = enter(request, code, Power.JUDGE_EVIDENCE)
    row = _piece(code, evidence)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _piece_page(request, room, row, verdict=form)
    said = form.cleaned_data

    def save() -> None:
        actions.judge(
            by=room.officer,
            at=now(),
            evidence=row,
            valid=said["valid"],
            reason=said["reason"],
        )
        messages.success(request, _("The verdict is recorded."))

    return _done(request, room, row, save, verdict=form)


@require_POST
def withdraw(request: HttpRequest, code: str, evidence: int) -> HttpResponse:
    """Take a piece out of use."""
    room = enter(request, code, Power.KEEP_EVIDENCE)
    row = _piece(code, evidence)

    def save() -> None:
        actions.withdraw(
            by=room.officer,
            at=now(),
            evidence=row,
            reason=request.POST.get("reason", ""),
            within=room.keeps,
        )
        messages.success(
            request, _("The evidence is withdrawn; it can be brought back.")
        )

    return _done(request, room, row, save)


@require_POST
def bring_back(request: HttpRequest, code: str, evidence: int) -> HttpResponse:
    """Undo a withdrawal."""
    room = enter(request, code, Power.KEEP_EVIDENCE)
    row = _piece(code, evidence)

    def save() -> None:
        actions.bring_back(by=room.officer, at=now(), evidence=row, within=room.keeps)
        messages.success(request, _("The evidence is in use again."))

    return _done(request, room, row, save)


@require_POST
def unlink(request: HttpRequest, code: str, link: int) -> HttpResponse:
    """Say that a piece does not prove this after all."""
    room = enter(request, code, Power.KEEP_EVIDENCE)
    row = get_object_or_404(
        Link.objects.select_related("evidence"), pk=link, region=code
    )
    if not room.keeps.has_department(row.evidence.department_id):
        raise Http404
    actions.unlink(by=room.officer, at=now(), link=row)
    messages.success(request, _("The link is taken away; the evidence stays."))
    return _back(request) or redirect("evidence-work:piece", code, row.evidence_id)


def _done(
    request: HttpRequest,
    room: Room,
    row: Evidence,
    save: Callable[[], None],
    *,
    verdict: VerdictForm | None = None,
) -> HttpResponse:
    try:
        save()
    except Refusal as refused:
        return _piece_page(request, room, row, refusal=refused, verdict=verdict)
    return redirect("evidence-work:piece", room.region.code, row.pk)
