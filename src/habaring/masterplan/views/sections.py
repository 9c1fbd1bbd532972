"""Written sections: versions side by side, sign-off, values that text can be bound to."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from habaring.masterplan import bound, compare, queries
from habaring.masterplan.actions.signing import sign_section
from habaring.masterplan.forms.sections import CompareForm, MarkerFilter, SignForm
from habaring.masterplan.models import Section
from habaring.masterplan.views.analysis import enter
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared import formats
from habaring.shared.pages import paginate, render


def _place(region: Region, key: str) -> queries.SectionPlace:
    place = queries.section_place(region, key)
    if place is None:
        raise Http404
    return place


@require_safe
def versions(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Two revisions side by side by words, and who wrote which paragraph."""
    region, _reader = enter(request, code, Power.SEE_WORK_ROOM)
    place = _place(region, key)
    rows = list(
        Section.objects.filter(region=region, key=key).select_related("recorded_by")[
            : compare.MOST_REVISIONS
        ]
    )
    by_number = {row.revision: row for row in rows}
    labels = [
        (row.revision, f"{row.revision} · {formats.moment(row.recorded_at)}")
        for row in rows
    ]
    form = CompareForm(request.GET or None, revisions=labels)
    newest = rows[0].revision if rows else 0
    first, last = max(newest - 1, 1), newest
    if form.is_bound and form.is_valid():
        first, last = form.cleaned_data["dari"], form.cleaned_data["ke"]
    elif rows:
        form = CompareForm(revisions=labels, initial={"dari": first, "ke": last})
    old, new = by_number.get(first), by_number.get(last)
    return render(
        request,
        "masterplan/versions.html",
        {
            "region": region,
            "place": place,
            "form": form,
            "old": old,
            "new": new,
            "rows": compare.side_by_side(old.text, new.text) if old and new else (),
            "written": compare.who_wrote(rows),
        },
    )


@require_POST
def sign(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Stand by the newest revision, as the holder of the post that owns the section."""
    region, reader = enter(request, code, Power.SEE_WORK_ROOM)
    _place(region, key)
    form = SignForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    sign_section(region=region, key=key, by=reader, at=now(), note=note)
    messages.success(
        request, _("The section is signed. A change of its text opens it again.")
    )
    return redirect("masterplan-work:section", code, key)


@require_safe
def markers(request: HttpRequest, code: str) -> HttpResponse:
    """Values that text can be bound to, with what each shows now."""
    region, _reader = enter(request, code, Power.SEE_WORK_ROOM)
    form = MarkerFilter(request.GET)
    words = form.cleaned_data["q"].lower() if form.is_valid() else ""
    found = [
        one
        for one in bound.Reader(region, now()).offered()
        if words in f"{one.marker} {one.label}".lower()
    ]
    return render(
        request,
        "masterplan/markers.html",
        {
            "region": region,
            "form": form,
            "filtered": bool(words),
            "page": paginate(request, found, size=50),
        },
    )
