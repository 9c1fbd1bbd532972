"""Files of banks against the books, the queue of what does not match."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.revenue import (
    claims,
    closing,
    lookup,
    people_here,
    reconciling,
    repairs,
)
from habaring.revenue.actions import reconciling as actions
from habaring.revenue.actions import statements
from habaring.revenue.actions.statements import NewStatement
from habaring.revenue.forms.reconciling import (
    ExplainForm,
    FindingFilter,
    NoteForm,
    OwnerForm,
    RepairForm,
    StatementForm,
    seal,
    unseal,
)
from habaring.revenue.models import (
    Bill,
    Finding,
    Outcome,
    Partner,
    Statement,
    StatementKind,
)
from habaring.revenue.repairs import Repair
from habaring.revenue.statement_files import StatementFile, read_statement
from habaring.revenue.views.rooms import Room, enter
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import TABLES, AcceptedFile, accept, keep

SAMPLE = 8  # lines that a preview shows


def context_of(room: Room, part: str, **more: Any) -> dict[str, Any]:
    """What every page of this part of the work room shows."""
    return {
        "region": room.region,
        "may": room.may,
        "here": "reconciling",
        "part": part,
        "channels": lookup.channel_names(room.region),
        **more,
    }


@never_cache
@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """Where the office stands: what waits, which days are open, which files came."""
    room, on = enter(request, code, Power.RECONCILE), localdate()
    rows = Statement.objects.filter(region=room.region).select_related("partner")
    context = context_of(
        room,
        "overview",
        sizes=reconciling.sizes(room.region, on=on, account=room.officer.pk),
        page=paginate(request, rows),
        open_days=closing.open_days(room.region, on=on),
        today=on,
    )
    return render(request, "revenue/reconciling/overview.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Send a file, see what is in it, save it."""
    room = enter(request, code, Power.RECONCILE)
    if request.POST.get("sealed"):
        return _save(request, room)
    form = StatementForm(posted(request), request.FILES or None, region=room.region)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            return _preview(request, room, form.cleaned_data)
        except Refusal as refused:
            refusal = refused
    context = context_of(
        room, "overview", form=form, refusal=refusal, trail=_trail(room)
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/reconciling/upload.html", context, status=status)


def _trail(room: Room) -> list[tuple[str, str]]:
    url = reverse("revenue-work:reconciling", args=[room.region.code])
    return [(_("Reconciliation"), url)]


def _read(accepted: AcceptedFile, kind: str, partner: Partner | None) -> StatementFile:
    return read_statement(
        accepted.file,
        StatementKind(kind),
        today=localdate(),
        language=get_language() or "id",
        channel=partner.channel if partner else "",
    )


def _preview(request: HttpRequest, room: Room, given: dict[str, Any]) -> HttpResponse:
    accepted = accept(given["file"], TABLES)
    statements.refuse_again(room.region, accepted.sha256)
    file = _read(accepted, given["kind"], given["partner"])
    day = given["day"] or file.last
    sealed = seal(
        {
            "region": room.region.code,
            "path": keep(accepted),
            "name": accepted.name,
            "kind": given["kind"],
            "partner": given["partner"].pk if given["partner"] else None,
            "day": day.isoformat(),
            "illustrative": given["illustrative"],
        }
    )
    context = context_of(
        room,
        "overview",
        file=file,
        sample=file.lines[:SAMPLE],
        name=accepted.name,
        kind=StatementKind(given["kind"]).label,
        partner=given["partner"],
        day=day,
        sealed=sealed,
        trail=_trail(room),
    )
    return render(request, "revenue/reconciling/preview.html", context)


def _save(request: HttpRequest, room: Room) -> HttpResponse:
    told = unseal(request.POST["sealed"])
    place = Path(settings.MEDIA_ROOT) / told["path"] if told else None
    if (
        told is None
        or place is None
        or told["region"] != room.region.code
        or not place.exists()
    ):
        messages.warning(request, _("Send the file again; the preview has expired."))
        return redirect("revenue-work:statement-upload", room.region.code)
    row = _taken_in(room, told, place)
    found = statements.match(statement=row, by=room.officer, at=now(), on=localdate())
    messages.success(request, _compared_words(found.findings))
    return redirect("revenue-work:statement", room.region.code, row.pk)


def _taken_in(room: Room, told: dict[str, Any], place: Path) -> Statement:
    partner = Partner.objects.filter(region=room.region, pk=told["partner"]).first()
    with place.open("rb") as content:
        file = read_statement(
            content,
            StatementKind(told["kind"]),
            today=localdate(),
            language=get_language() or "id",
            channel=partner.channel if partner else "",
        )
    new = NewStatement(
        kind=StatementKind(told["kind"]),
        day=date.fromisoformat(told["day"]),
        name=told["name"],
        sha256=place.name,  # kept under its checksum
        partner=partner,
        illustrative=told["illustrative"],
    )
    return statements.take_in(
        region=room.region, new=new, file=file, by=room.officer, at=now()
    )


def _compared_words(findings: int) -> str:
    if not findings:
        return _("The file is compared: everything matches.")
    words = ngettext(
        "The file is compared: one finding.",
        "The file is compared: %(n)d findings.",
        findings,
    )
    return words % {"n": findings}


@never_cache
@require_http_methods(FORM_METHODS)
def statement(request: HttpRequest, code: str, statement: int) -> HttpResponse:
    """One file: its outcomes, its lines; sent, it is compared again."""
    room = enter(request, code, Power.RECONCILE)
    rows = Statement.objects.select_related("partner", "recorded_by", "region")
    row = get_object_or_404(rows, region=room.region, pk=statement)
    if request.method == "POST":
        found = statements.match(
            statement=row, by=room.officer, at=now(), on=localdate()
        )
        messages.success(request, _compared_words(found.findings))
        return redirect("revenue-work:statement", code, statement)
    outcomes = [
        (Outcome(name).label, name, row.counts[name])
        for name in Outcome.values
        if row.counts.get(name)
    ]
    found_here = Finding.objects.filter(region=room.region, day=row.day)
    context = context_of(
        room,
        "overview",
        statement=row,
        outcomes=outcomes,
        findings=found_here.filter(
            line__statement=row, state__in=reconciling.WAITS
        ).count(),
        page=paginate(request, row.lines.order_by("line"), size=50),
        trail=_trail(room),
    )
    return render(request, "revenue/reconciling/statement.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def findings(request: HttpRequest, code: str) -> HttpResponse:
    """The queue; several can be given to somebody at once."""
    room, on = enter(request, code, Power.RECONCILE), localdate()
    people = people_here.who_reconcile(room.region, at=now())
    owners = OwnerForm(posted(request), people=people)
    refusal: Refusal | None = None
    if owners.is_bound and owners.is_valid():
        ticked = [int(n) for n in request.POST.getlist("temuan") if n.isdecimal()]
        try:
            count = actions.assign(
                region=room.region,
                findings=ticked,
                owner=owners.cleaned_data["owner"],
                by=room.officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            words = ngettext(
                "One finding is given out.", "%(n)d findings are given out.", count
            )
            messages.success(request, words % {"n": count})
            return redirect(request.get_full_path())
    form = FindingFilter(request.GET)
    rows = reconciling.findings(room.region, form.wanted(), mine=room.officer.pk)
    context = context_of(
        room,
        "findings",
        form=form,
        owners=owners,
        refusal=refusal,
        page=paginate(request, rows, size=50),
        filtered=any(request.GET.values()),
        sizes=reconciling.sizes(room.region, on=on, account=room.officer.pk),
        today=on,
    )
    status = 422 if refusal else 200
    return render(request, "revenue/reconciling/findings.html", context, status=status)


@never_cache
@require_http_methods(FORM_METHODS)
def finding(request: HttpRequest, code: str, finding: int) -> HttpResponse:
    """One finding: what the bank says, what the books say, what to do."""
    room = enter(request, code, Power.RECONCILE)
    rows = Finding.objects.select_related(
        "region", "owner", "line__statement__partner", "proposed_by", "decided_by"
    )
    row = get_object_or_404(rows, region=room.region, pk=finding)
    deed = request.POST.get("deed", "")
    forms = _forms(request, room, row, deed)
    refusal: Refusal | None = None
    form = forms.get(deed)
    if request.method == "POST" and (deed == "approve" or (form and form.is_valid())):
        try:
            messages.success(request, _done(room, row, deed, form))
            return redirect("revenue-work:finding", code, finding)
        except Refusal as refused:
            refusal = refused
    context = context_of(
        room,
        "findings",
        finding=row,
        forms=forms,
        deed=deed,
        form=form,
        refusal=refusal,
        **_facts(room, row),
    )
    wrong = any(one.errors for one in forms.values())
    status = refusal.status if refusal else 422 if wrong else 200
    return render(request, "revenue/reconciling/finding.html", context, status=status)


def _facts(room: Room, row: Finding) -> dict[str, Any]:
    payments = reconciling.payments_of(row)
    repair = Repair.read(row.repair)
    reports = claims.reports(row)
    wanted = {one.bill for one in payments if one.bill}
    wanted |= {repair.bill} if repair and repair.bill else set()
    bills = {
        one.id: one for one in Bill.objects.filter(region=room.region, id__in=wanted)
    }
    return {
        "payments": [(one, bills.get(one.bill or 0)) for one in payments],
        "booked": sum(one.amount for one in payments if one.state == "posted"),
        "told": repairs.told(row, repair, bill=bills.get(repair.bill))
        if repair
        else "",
        "own": row.proposed_by_id == room.officer.pk,
        "waits": row.state in reconciling.WAITS,
        "meaning": repairs.MEANINGS.get(row.outcome, ""),
        "reports": reports,
        "reported_only": bool(reports) and row.line is None and not payments,
        "notes": row.notes.select_related("by"),
        "trail": [
            *_trail(room),
            (_("Findings"), reverse("revenue-work:findings", args=[room.region.code])),
        ],
        "today": localdate(),
    }


def _forms(request: HttpRequest, room: Room, row: Finding, deed: str) -> dict[str, Any]:
    """Only the form that was sent is bound."""

    def data(name: str) -> Any:
        return request.POST if request.method == "POST" and deed == name else None

    people = people_here.who_reconcile(room.region, at=now())
    kinds = repairs.possible(row)
    reported = row.claims.exists()
    return {
        "assign": OwnerForm(
            data("assign"), people=people, initial={"owner": row.owner_id}, prefix="o"
        ),
        "note": NoteForm(data("note"), prefix="n"),
        "explain": ExplainForm(data("explain"), prefix="e", reported=reported),
        "refuse": ExplainForm(data("refuse"), prefix="r"),
        "propose": RepairForm(
            data("propose"),
            finding=row,
            kinds=kinds,
            reported=reported,
            initial=_initial(row),
            prefix="p",
        ),
    }


def _initial(row: Finding) -> dict[str, Any]:
    found = repairs.suggested(row)
    number = row.line.number if row.line else ""
    if found is None:
        return {"number": number, "amount": row.there or row.here}
    return {
        "do": found.do,
        "number": number if found.bill else "",
        "amount": found.amount or None,
    }


def _done(room: Room, row: Finding, deed: str, form: Any) -> str:
    by, at = room.officer, now()
    if deed == "approve":
        actions.approve(finding=row, by=by, at=at)
        return _("The repair is booked.")
    given = form.cleaned_data
    if deed == "assign":
        actions.assign(
            region=room.region, findings=[row.pk], owner=given["owner"], by=by, at=at
        )
        return _("The owner is set.")
    if deed == "note":
        actions.note(finding=row, text=given["text"], by=by, at=at)
        return _("The note is kept.")
    if deed == "explain":
        actions.explain(finding=row, reason=given["reason"], by=by, at=at)
        return _("The finding is explained.")
    if deed == "refuse":
        actions.refuse(finding=row, reason=given["reason"], by=by, at=at)
        return _("The repair is sent back.")
    actions.propose(
        finding=row, repair=form.as_repair(), reason=given["reason"], by=by, at=at
    )
    return _("The repair waits for a second person.")
