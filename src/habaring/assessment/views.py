"""The work room: record values, correct them, set targets, publish an edition."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from habaring.assessment import actions, holdings, owners, queries
from habaring.assessment.forms import (
    PublishForm,
    Reason,
    SingleValue,
    TableFile,
    TargetForm,
)
from habaring.assessment.models import Indicator, Observation, Publication, Target
from habaring.assessment.observations import (
    OBSERVATIONS,
    TARGETS,
    Row,
    Share,
    checked,
    row_from,
)
from habaring.assessment.selection import select
from habaring.people import access
from habaring.people.access import Extent, Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import uploads
from habaring.shared.models import Upload
from habaring.shared.pages import download, paginate, render
from habaring.shared.refusal import FileRefused, Refusal
from habaring.shared.tables import TableKind, read, write_csv
from habaring.shared.tables import template as workbook
from habaring.shared.uploads import AcceptedFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000  # of one upload by hand; more comes in by the command line
MOST_BYTES = uploads.MAX_BYTES
BACKGROUND_PEERS = 100  # an edition of more regions is made in the background


def _region(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def _enter(request: HttpRequest, code: str, power: Power) -> tuple[Region, Account]:
    region = _region(code)
    return region, access.require(request.user, power, at=now(), region=region)


def _record(request: HttpRequest, code: str) -> tuple[Region, Account, Extent]:
    """Let in who records numbers, all of the region or those of some departments."""
    region, power = _region(code), Power.RECORD_OBSERVATIONS
    return region, *access.require_part(request.user, power, at=now(), region=region)


def _language() -> str:
    return get_language() or "id"


def overview(request: HttpRequest, code: str) -> HttpResponse:
    """What is due, stale or missing, and what was done last."""
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    return render(
        request,
        "assessment/work_overview.html",
        {
            "region": region,
            "quality": queries.data_quality(region, on=timezone.localdate()),
            "edition": queries.latest_edition(region),
            "uploads": _uploads(region)[:5],
            "powers": access.powers_with_parts(account, at=now(), region=region),
        },
    )


# Upload


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Send a file; on a refusal every problem, on success what changed."""
    region, account, within = _record(request, code)
    form, refusal = TableFile(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        try:
            ground = actions.ground_of(region, at=now(), within=within)
            file, rows = _read(form, checked(_observations_kind(), ground, code))
            done, found = actions.take_file(
                region=region,
                file=file,
                rows=rows,
                by=account,
                at=now(),
                within=within,
            )
        except FileRefused as refused:
            refusal = refused
            _remember(request, refused)
        else:
            request.session.pop("problems", None)
            messages.success(request, _what_changed(found))
            return redirect("assessment-work:upload-detail", code=code, upload=done.pk)
    return render(
        request,
        "assessment/work_upload.html",
        {
            "region": region,
            "form": form,
            "refusal": refusal,
            "share": owners.share(region, within),
        },
        status=422 if refusal or form.errors else 200,
    )


def _read(form: TableFile, kind: TableKind) -> tuple[AcceptedFile, list[Row]]:
    file = uploads.accept(
        form.cleaned_data["file"], uploads.TABLES, max_bytes=MOST_BYTES
    )
    rows = read(
        file.file,
        kind,
        today=timezone.localdate(),
        language=_language(),
        max_rows=MOST_ROWS,
    )
    return file, [row_from(r.values, sheet=r.sheet, row=r.number) for r in rows]


def _observations_kind() -> TableKind:
    return OBSERVATIONS.with_choices("indicator", holdings.indicator_choices())


def _what_changed(found: actions.Recorded) -> str:
    return _(
        "%(new)d new, %(corrected)d corrected, %(unchanged)d unchanged, "
        "%(unfilled)d not filled in."
    ) % {
        "new": found.new,
        "corrected": found.corrected,
        "unchanged": found.unchanged,
        "unfilled": found.unfilled,
    }


def _remember(request: HttpRequest, refused: FileRefused) -> None:
    """The problems of the last refused file, for the list to download."""
    request.session["problems"] = [
        [p.sheet, p.row, p.column, str(p.message)] for p in refused.problems
    ]


def problems(request: HttpRequest, code: str) -> HttpResponseBase:
    """The problems of the last refused file as a table."""
    _record(request, code)
    found = request.session.get("problems")
    if not found:
        raise Http404
    out = io.StringIO()
    english = _language() == "en"
    writer = csv.writer(out, delimiter="," if english else ";", lineterminator="\r\n")
    writer.writerow([_("Sheet"), _("Row"), _("Column"), _("What is wrong")])
    writer.writerows([_safe(cell) for cell in row] for row in found)
    return download(
        f"\ufeff{out.getvalue()}".encode(),
        name=f"masalah-{code}.csv",
        media_type="text/csv; charset=utf-8",
    )


def _safe(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def template(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The table to fill in, with the region's current values that one may record."""
    region, _account, within = _record(request, code)
    rows = queries.current_table(region, blanks_for=timezone.localdate().year - 1)
    rows = _own(rows, owners.share(region, within))
    return _template(_observations_kind(), rows, f"nilai-{code}.{kind}", kind)


def _own(rows: list[dict[str, Any]], share: Share | None) -> list[dict[str, Any]]:
    if share is None:
        return rows
    return [row for row in rows if row["indicator"] in share.indicators]


def _template(
    of: TableKind, rows: list[dict[str, Any]], name: str, kind: str
) -> HttpResponseBase:
    if kind == "csv":
        parts = write_csv(of, rows, _language())
        return download(parts, name=name, media_type="text/csv; charset=utf-8")
    content = workbook(of, rows, language=_language())
    return download(content, name=name, media_type=XLSX)


def _uploads(region: Region) -> Any:
    return Upload.objects.filter(
        region_code=region.code, kind__in=("observations", "targets")
    ).select_related("uploaded_by")


def uploads_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every file that came in."""
    region, _account = _enter(request, code, Power.SEE_WORK_ROOM)
    return render(
        request,
        "assessment/work_uploads.html",
        {"region": region, "uploads": paginate(request, _uploads(region))},
    )


def _upload(region: Region, pk: int) -> Upload:
    found: Upload = get_object_or_404(_uploads(region), pk=pk)
    return found


def upload_detail(request: HttpRequest, code: str, upload: int) -> HttpResponse:
    """What one file changed: before and after, row by row."""
    region, _account = _enter(request, code, Power.SEE_WORK_ROOM)
    found = _upload(region, upload)
    page = paginate(request, holdings.revisions_of(found), size=50)
    return render(
        request,
        "assessment/work_upload_detail.html",
        {
            "region": region,
            "upload": found,
            "page": page,
            "changes": holdings.changes(page.rows),
            "counts": holdings.counts_of(found),
        },
    )


def upload_file(request: HttpRequest, code: str, upload: int) -> HttpResponseBase:
    """The file as it came in."""
    region, _account = _enter(request, code, Power.SEE_WORK_ROOM)
    found = _upload(region, upload)
    path = f"uploads/{found.sha256[:2]}/{found.sha256}"
    try:
        return uploads.response(path, name=found.name, media_type="text/csv")
    except FileNotFoundError as gone:  # a database restored without its files
        raise Http404 from gone


# One value


@require_http_methods(["GET", "POST"])
def single(request: HttpRequest, code: str) -> HttpResponse:
    """Record or correct one value by the page's form."""
    region, account, within = _record(request, code)
    share = owners.share(region, within)
    form = SingleValue(
        request.POST or None,
        initial=_initial(region, request),
        today=timezone.localdate(),
        indicators=owners.kept(holdings.recordable(), share),
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.record_one(
                region=region, row=form.row(), by=account, at=now(), within=within
            )
        except FileRefused as refused:
            refusal = None if form.take(refused) else refused
        else:
            messages.success(request, _what_changed(found))
            return redirect(
                "assessment-work:history",
                code=code,
                indicator=form.cleaned_data["indicator"],
            )
    return render(
        request,
        "assessment/work_single.html",
        {"region": region, "form": form, "refusal": refusal, "share": share},
        status=422 if refusal or form.errors else 200,
    )


def _initial(region: Region, request: HttpRequest) -> dict[str, Any]:
    """The current value where the address names an indicator and a year."""
    code, year = request.GET.get("indikator", ""), request.GET.get("tahun", "")
    start: dict[str, Any] = {"indicator": code, "year": year}
    row = (
        Observation.objects.current()
        .filter(region=region, indicator__code=code, year=int(year))
        .first()
        if year.isdecimal() and len(year) == 4
        else None
    )
    if row is None:
        return start
    value = "" if row.value is None else format(holdings.plain(row.value), "f")
    return start | {
        "value": value if _language() == "en" else value.replace(".", ","),
        "status": "" if row.status == "value" else row.status,
        "provisional": row.provisional,
        "source": row.source,
        "source_url": row.source_url,
        "released_on": row.released_on.isoformat() if row.released_on else "",
    }


def history(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """Every revision of one indicator, with who, when, what and why."""
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    found = get_object_or_404(Indicator, code=indicator)
    return render(
        request,
        "assessment/work_history.html",
        {
            "region": region,
            "indicator": found,
            "series": queries.series(region, found),
            "powers": _powers_over(account, region, found),
        },
    )


def _powers_over(
    account: Account, region: Region, indicator: Indicator
) -> frozenset[Power]:
    """What somebody may do in a region with the number of one indicator."""
    power = Power.RECORD_OBSERVATIONS
    held = access.powers(account, at=now(), region=region)
    within = access.extent(account, power, at=now(), region=region)
    return (
        held | {power}
        if owners.kept([indicator], owners.share(region, within))
        else held
    )


@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, code: str, observation: Any) -> HttpResponse:
    """Say again what an earlier revision said, with the reason."""
    region, account, within = _record(request, code)
    row = get_object_or_404(
        Observation.objects.select_related("indicator", "region"),
        region=region,
        id=observation,
    )
    owners.refuse_outside(region, row.indicator.code, within)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.restore(
            observation=row, reason=reason, by=account, at=now(), within=within
        )
        messages.success(request, _("The earlier value is in force again."))
        return redirect(
            "assessment-work:history", code=code, indicator=row.indicator.code
        )
    return render(
        request,
        "assessment/work_restore.html",
        {
            "region": region,
            "form": form,
            "row": row,
            "current": Observation.objects.current()
            .filter(region=region, indicator=row.indicator, year=row.year)
            .first(),
        },
        status=422 if form.errors else 200,
    )


# Targets


@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest, code: str) -> HttpResponse:
    """The region's targets; set one by the form, or many by a file."""
    region, account, within = _record(request, code)
    by_file = "file" in request.FILES or request.POST.get("cara") == "file"
    file_form = TableFile(*((request.POST, request.FILES) if by_file else ()))
    posted = request.POST if request.method == "POST" and not by_file else None
    share = owners.share(region, within)
    known = owners.kept(holdings.recordable(), share)
    form = TargetForm(posted, today=timezone.localdate(), indicators=known)
    refusal = None
    sent = file_form if by_file else form
    if request.method == "POST" and sent.is_valid():
        try:
            changed = _take_targets(region, account, within, sent)
        except FileRefused as refused:
            refusal = None if sent is form and form.take(refused) else refused
        else:
            messages.success(request, _("%(n)d targets set.") % {"n": changed})
            return redirect("assessment-work:targets", code=code)
    rows = Target.objects.filter(region=region).select_related("indicator")
    return render(
        request,
        "assessment/work_targets.html",
        {
            "region": region,
            "form": form,
            "file_form": file_form,
            "refusal": refusal,
            "share": share,
            "targets": paginate(
                request, rows.order_by("indicator__family", "indicator__code", "year")
            ),
        },
        status=422 if refusal or sent.errors else 200,
    )


def _take_targets(region: Region, account: Account, within: Extent, sent: Any) -> int:
    who: dict[str, Any] = {"by": account, "at": now(), "within": within}
    if isinstance(sent, TargetForm):
        rows = [sent.row()]
        return actions.record_targets(region=region, rows=rows, upload=None, **who)
    kind = TARGETS.with_choices("indicator", holdings.indicator_choices())
    file, rows = _read(sent, kind)
    _upload_row, changed = actions.take_target_file(
        region=region, file=file, rows=rows, **who
    )
    return changed


def target_template(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The table of targets, with those that are set."""
    region, _account, within = _record(request, code)
    of = TARGETS.with_choices("indicator", holdings.indicator_choices())
    rows = _own(holdings.target_table(region), owners.share(region, within))
    return _template(of, rows, f"sasaran-{code}.{kind}", kind)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, code: str, target: int) -> HttpResponse:
    """Take back a target, with the reason."""
    region, account, within = _record(request, code)
    row = get_object_or_404(
        Target.objects.select_related("indicator", "region"), region=region, pk=target
    )
    owners.refuse_outside(region, row.indicator.code, within)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.withdraw_target(
            target=row, reason=reason, by=account, at=now(), within=within
        )
        messages.success(request, _("The target is withdrawn."))
        return redirect("assessment-work:targets", code=code)
    return render(
        request,
        "assessment/work_withdraw.html",
        {"region": region, "form": form, "target": row},
        status=422 if form.errors else 200,
    )


# Publish


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Choose, look at what is known and what is missing, then publish."""
    region, account = _enter(request, code, Power.PUBLISH_INDEX)
    asked = "year" in request.GET
    data = request.POST if request.method == "POST" else request.GET if asked else None
    form = PublishForm(data, region=region, initial=_publish_initial())
    chosen = refusal = None
    if form.is_bound and form.is_valid():
        plan = form.plan()
        chosen = select(plan, at=now())
        try:
            if request.method == "POST":
                return _publish(request, region, plan, account)
            actions.check(region=region, chosen=chosen, at=now())
        except Refusal as refused:
            refusal = refused
    return render(
        request,
        "assessment/work_publish.html",
        {
            "region": region,
            "form": form,
            "chosen": chosen,
            "coverage": chosen.coverage(region.code) if chosen else (),
            "refusal": refusal,
        },
        status=422 if form.errors or (refusal and request.method == "POST") else 200,
    )


def _publish_initial() -> dict[str, Any]:
    return {
        "framework": queries.framework_in_force(),
        "year": timezone.localdate().year - 1,
        "peers": "province",
    }


def _publish(
    request: HttpRequest, region: Region, plan: Any, account: Account
) -> HttpResponse:
    if len(plan.peers) > BACKGROUND_PEERS:
        asked = actions.ask_publication(region=region, plan=plan, by=account, at=now())
        return redirect(
            "assessment-work:publication", code=region.code, publication=asked.pk
        )
    made = actions.publish_edition(region=region, plan=plan, by=account, at=now())
    messages.success(request, _("The edition is published."))
    return redirect("assessment:edition", code=region.code, edition=made.pk)


def publication(request: HttpRequest, code: str, publication: int) -> HttpResponse:
    """How far an edition made in the background is."""
    region, _account = _enter(request, code, Power.PUBLISH_INDEX)
    found = get_object_or_404(
        Publication.objects.filter(Q(region=region)), pk=publication
    )
    if found.state == "done" and found.edition_id:
        return redirect("assessment:edition", code=code, edition=found.edition_id)
    return render(
        request,
        "assessment/work_publication.html",
        {"region": region, "publication": found, "draws": found.plan["draws"]},
        part="state",
    )
