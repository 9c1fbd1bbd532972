"""Rules: propose, look through, approve; value classes; what everybody may read."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.revenue import assessing, rule_examples, rulebook
from habaring.revenue.actions import rules as verbs
from habaring.revenue.forms.bills import ReasonForm
from habaring.revenue.forms.rules import ClassesForm, ClassFilter, ClassForm, RuleForm
from habaring.revenue.models import RuleState, TaxRule
from habaring.revenue.views.rooms import Room, enter
from habaring.shared import audit
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.models import Upload
from habaring.shared.pages import XLSX, download, download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read, template
from habaring.shared.uploads import TABLES, accept, keep

READERS = (Power.MANAGE_TAX_RULES,)


def _room(request: HttpRequest, code: str) -> Room:
    return enter(request, code, Power.MANAGE_TAX_RULES)


def _context(room: Room, **more: Any) -> dict[str, Any]:
    return {"region": room.region, "may": room.may, "here": "rules", **more}


@require_safe
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """Every tax with the rule in force, and what waits for a second person."""
    room = enter(request, code, *READERS)
    on = localdate()
    found = rulebook.held(room.region, on)
    past = TaxRule.objects.filter(region=room.region).exclude(state=RuleState.PROPOSED)
    context = _context(
        room,
        taxes=[
            (one, rulebook.rates_in_short(assessing.rules_of(one.now)))
            if one.now
            else (one, "")
            for one in found
        ],
        waiting=[row for one in found for row in one.waiting],
        page=paginate(request, past.order_by("-proposed_at")),
        classes=rulebook.class_years(room.region),
    )
    return render(request, "revenue/rules/list.html", context)


@require_http_methods(FORM_METHODS)
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Put a rule forward; everything wrong with it is named at once."""
    room = _room(request, code)
    form = RuleForm(
        posted(request), request.FILES or None, initial=_first(request, room)
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = verbs.propose(
                region=room.region,
                text=form.cleaned_data["text"],
                by=room.officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("It waits for a second person now."))
            return redirect("revenue-work:rule", code, row.pk)
    context = _context(room, form=form, refusal=refusal, examples=rule_examples.taxes())
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/rules/propose.html", context, status=status)


def _first(request: HttpRequest, room: Room) -> dict[str, str]:
    """The text to begin with: of the rule or the example that the address names."""
    example = rule_examples.text(
        request.GET.get("contoh", ""), room.region, on=localdate()
    )
    if example:
        return {"text": example}
    wanted = request.GET.get("dari", "")
    rows = TaxRule.objects.filter(region=room.region)
    row = rows.filter(pk=wanted).first() if wanted.isdecimal() else None
    return {"text": row.text} if row else {}


def _rule(room: Room, rule: int) -> TaxRule:
    rows = TaxRule.objects.select_related("region", "proposed_by", "decided_by")
    return get_object_or_404(rows, region=room.region, pk=rule)


@require_http_methods(FORM_METHODS)
def rule(request: HttpRequest, code: str, rule: int) -> HttpResponse:
    """One rule, beside the one in force while it waits; decide about it."""
    room = enter(request, code, *READERS)
    row = _rule(room, rule)
    reason = ReasonForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        room = _room(request, code)
        try:
            words = _decide(request, room, row, reason)
        except Refusal as refused:
            refusal = refused
        else:
            if words:
                messages.success(request, words)
                return redirect("revenue-work:rule", code, row.pk)
    found = assessing.rules_of(row)
    beside = _beside(row)
    context = _context(
        room,
        rule=row,
        rules=found,
        tax=assessing.tax_name(row.tax),
        parts=rulebook.parts(found),
        beside=beside,
        compared=rulebook.compared(assessing.rules_of(beside), found)
        if beside
        else None,
        own=row.proposed_by_id == room.officer.pk,
        form=reason,
        refusal=refusal,
        history=audit.history(row, region=code),
        trail=[
            (_("Rules and value classes"), reverse("revenue-work:rules", args=[code]))
        ],
    )
    status = 422 if refusal or reason.errors else 200
    return render(request, "revenue/rules/rule.html", context, status=status)


def _beside(row: TaxRule) -> TaxRule | None:
    """What a waiting rule would take the place of."""
    if row.state != RuleState.PROPOSED:
        return None
    try:
        return assessing.in_force(row.region, row.tax, row.begins_on)
    except assessing.NoRule:
        return None


def _decide(request: HttpRequest, room: Room, row: TaxRule, form: ReasonForm) -> str:
    """What was decided, in words; nothing where no deed is named or the reason is missing."""
    deed = request.POST.get("deed", "")
    if deed == "approve":
        verbs.approve(rule=row, by=room.officer, at=now())
        return _("The rule is approved.")
    deeds: dict[str, tuple[Callable[..., TaxRule], str]] = {
        "refuse": (verbs.refuse, _("The rule is refused.")),
        "withdraw": (verbs.withdraw, _("The rule is withdrawn.")),
    }
    if deed not in deeds or not form.is_valid():
        return ""
    act, words = deeds[deed]
    act(rule=row, reason=form.cleaned_data["reason"], by=room.officer, at=now())
    return words


@require_safe
def rule_file(request: HttpRequest, code: str, rule: int) -> HttpResponseBase:
    """The text of a rule as it was proposed."""
    room = enter(request, code, *READERS)
    row = _rule(room, rule)
    name = f"{row.tax}-{row.begins_on:%Y-%m-%d}.toml"
    return download(row.text.encode(), name=name, media_type="application/toml")


# Value classes


@require_http_methods(FORM_METHODS)
def classes(request: HttpRequest, code: str) -> HttpResponse:
    """What a square metre of each class is worth in a year."""
    room = enter(request, code, *READERS)
    years = rulebook.class_years(room.region)
    form = ClassFilter(request.GET or None, years=years)
    wanted = form.cleaned_data if form.is_valid() else {}
    year = int(wanted.get("tahun") or (years[0] if years else localdate().year))
    own = ClassForm(posted(request), prefix="k", initial={"year": localdate().year})
    if request.method == "POST" and own.is_valid():
        room = _room(request, code)
        verbs.record_classes(
            region=room.region, rows=[own.as_value()], by=room.officer, at=now()
        )
        messages.success(request, _("The value class is recorded."))
        return redirect("revenue-work:classes", code)
    lines = rulebook.class_lines(
        room.region, year, kind=wanted.get("jenis", ""), q=wanted.get("q", "")
    )
    context = _context(
        room,
        form=form,
        own=own,
        year=year,
        page=paginate(request, lines, size=60),
        filtered=bool(request.GET),
        trail=[
            (_("Rules and value classes"), reverse("revenue-work:rules", args=[code]))
        ],
    )
    status = 422 if own.errors else 200
    return render(request, "revenue/rules/classes.html", context, status=status)


@require_http_methods(FORM_METHODS)
def upload_classes(request: HttpRequest, code: str) -> HttpResponse:
    """Take value classes in from a spreadsheet: whole, or not at all."""
    room = _room(request, code)
    form = ClassesForm(posted(request), request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            told = _take_in(form.cleaned_data["file"], room)
        except Refusal as refused:
            refusal = refused
        else:
            words = _("%(new)s new, %(changed)s changed, %(same)s unchanged.")
            counts = {"new": told.new, "changed": told.changed, "same": told.unchanged}
            messages.success(request, words % counts)
            return redirect("revenue-work:classes", code)
    context = _context(
        room,
        form=form,
        refusal=refusal,
        columns=rulebook.CLASSES.columns,
        trail=[(_("Value classes"), reverse("revenue-work:classes", args=[code]))],
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/rules/upload.html", context, status=status)


def _take_in(file: Any, room: Room) -> verbs.Recorded:
    accepted = accept(file, TABLES)
    rows = read(
        accepted.file,
        rulebook.CLASSES,
        today=localdate(),
        language=get_language() or "id",
    )
    upload = Upload.objects.create(
        region_code=room.region.code,
        kind="value_classes",
        name=accepted.name,
        sha256=accepted.sha256,
        size=accepted.size,
        rows=len(rows),
        uploaded_at=now(),
        uploaded_by=room.officer,
    )
    keep(accepted)
    return verbs.record_classes(
        region=room.region,
        rows=[_class_in(row.values) for row in rows],
        upload=upload,
        by=room.officer,
        at=now(),
    )


def _class_in(values: Any) -> verbs.ClassValue:
    return verbs.ClassValue(**values)


@require_safe
def classes_template(request: HttpRequest, code: str) -> HttpResponseBase:
    """The spreadsheet to fill in."""
    _room(request, code)
    content = template(rulebook.CLASSES, [], language=get_language() or "id")
    name = _("value-classes") + f"-{code}.xlsx"
    return download(content, name=name, media_type=XLSX)


@require_safe
def classes_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Every class of every year; comes back unchanged."""
    room = enter(request, code, *READERS)
    if form not in ("csv", "xlsx"):
        raise Http404
    rows = rulebook.class_rows(room.region)
    name = _("value-classes") + f"-{code}"
    return download_table(rulebook.CLASSES, rows, name=name, form=form)


# In public


@require_safe
def public_rules(request: HttpRequest, code: str) -> HttpResponse:
    """Every tax of the region with its rates and the by-law they stand in."""
    region = get_object_or_404(Region, code=code)
    if not region.is_local:
        raise Http404
    found = [one for one in rulebook.held(region, localdate()) if one.now]
    context = {
        "region": region,
        "taxes": [
            (one, rulebook.rates_in_short(assessing.rules_of(one.now)))
            for one in found
            if one.now
        ],
        "trail": [(_("Local taxes"), reverse("revenue:home", args=[code]))],
    }
    return render(request, "revenue/rules/public_list.html", context)


@require_safe
def public_rule(request: HttpRequest, code: str, tax: str) -> HttpResponse:
    """The rule of a tax as it holds today, with the article of every figure."""
    region = get_object_or_404(Region, code=code)
    row = rulebook.public_rule(region, tax, localdate())
    if row is None:
        raise Http404
    found = assessing.rules_of(row)
    context = {
        "region": region,
        "rule": row,
        "rules": found,
        "tax": assessing.tax_name(tax),
        "parts": rulebook.parts(found),
        "trail": [
            (_("Local taxes"), reverse("revenue:home", args=[code])),
            (_("Rules"), reverse("revenue:rules", args=[code])),
        ],
    }
    return render(request, "revenue/rules/public_rule.html", context)


@require_safe
def public_rule_file(request: HttpRequest, code: str, tax: str) -> HttpResponseBase:
    """The rule as a file that the command line reads (`habaring tax`)."""
    region = get_object_or_404(Region, code=code)
    row = rulebook.public_rule(region, tax, localdate())
    if row is None:
        raise Http404
    return download(
        row.text.encode(), name=f"{tax}-{code}.toml", media_type="application/toml"
    )
