"""Pages behind a signed link: answer an invitation, say that one is here.

The signature is what lets one in, so the region's rows are opened after it was checked.
No page here is kept by a cache.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from habaring.council import queries, tokens
from habaring.council.actions import attendance as came
from habaring.council.actions import meetings as verbs
from habaring.council.feeds import invitation_file
from habaring.council.forms.meetings import GuestForm, ReplyForm, SeatedForm
from habaring.council.models import Meeting, Seat, Summons
from habaring.council.views.rooms import region_of
from habaring.people.models import Account
from habaring.shared import walls
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import download, render
from habaring.shared.refusal import Refusal, Words

_CLOSED: dict[str, tuple[Words, Words]] = {
    "false": (
        gettext_lazy("This link is not right."),
        gettext_lazy("Scan the QR code on the screen once more."),
    ),
    "stale": (
        gettext_lazy("This QR code is too old."),
        gettext_lazy("Scan the one that is on the screen now."),
    ),
    "early": (
        gettext_lazy("The attendance is not open yet."),
        gettext_lazy("It opens one hour before the meeting."),
    ),
    "late": (
        gettext_lazy("The attendance is closed."),
        gettext_lazy("Ask the secretary to write you down."),
    ),
    "state": (
        gettext_lazy("This meeting takes no attendance by QR code now."),
        gettext_lazy("Ask the secretary to write you down."),
    ),
}


@never_cache
@require_http_methods(FORM_METHODS)
def answer(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """A seat answers its invitation, without signing in."""
    region = region_of(code)
    found = tokens.summons_of(token, region=code)
    if found is None:
        raise Http404
    walls.open_region(region.code)
    rows = Summons.objects.select_related("meeting__body", "seat", "account", "region")
    row = get_object_or_404(rows, pk=found)
    if request.GET.get("unduh") == "ics":
        content = invitation_file(row.meeting, request.build_absolute_uri(request.path))
        return _calendar(content)
    form = ReplyForm(posted(request), initial=_answered(row))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            verbs.answer_summons(summons=row, reply=form.as_reply(), at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Your answer is kept. You can change it here."))
            return redirect(request.path)
    context = {
        "region": region,
        "summons": row,
        "meeting": row.meeting,
        "agenda": row.meeting.agenda.all(),
        "code": tokens.personal_code(row.meeting_id, row.seat_id),
        "form": form,
        "refusal": refusal,
        "open": row.meeting.state == "invited" and row.meeting.ends_at > now(),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "council/answer.html", context, status=status)


def _calendar(content: bytes) -> HttpResponse:
    sent = download(
        content, name="rapat.ics", media_type="text/calendar; charset=utf-8"
    )
    assert isinstance(sent, HttpResponse)  # noqa: S101 - bytes give no stream
    return sent


def _answered(row: Summons) -> dict[str, str]:
    if row.answer == "none":
        return {}
    return {
        "answer": row.answer,
        "substitute_name": row.substitute_name,
        "substitute_institution": row.substitute_institution,
        "note": row.note,
    }


@never_cache
@require_http_methods(FORM_METHODS)
def attend(request: HttpRequest, code: str, meeting: int, token: str) -> HttpResponse:
    """The page behind the QR code: a seat with its code or account, or a guest."""
    region = region_of(code)
    rows = Meeting.objects.select_related("body", "region")
    row = get_object_or_404(rows, pk=meeting, region=region)
    at = now()
    closed = tokens.attendance_closed(row, token, at=at)
    context: dict[str, Any] = {"region": region, "meeting": row}
    if closed:
        what, then = _CLOSED[closed]
        context |= {"closed": what, "then": then}
        return render(request, "council/attend_closed.html", context, status=403)
    walls.open_region(region.code)
    seats = queries.seats_on(row.body, localdate(row.starts_at))
    own = _own(request, seats)
    forms = _Forms(request, seats)
    refusal: Refusal | None = None
    if request.method == "POST" and (forms.ready or (own and "akun" in request.POST)):
        try:
            arrival = forms.arrival(row, own)
            made, new = came.attend(meeting=row, arrival=arrival, by=None, at=at)
        except Refusal as refused:
            refusal = refused
        else:
            context |= {"made": made, "new": new}
            return render(request, "council/attended.html", context)
    context |= {"own": own, "forms": forms, "refusal": refusal}
    status = 422 if refusal or forms.wrong else 200
    return render(request, "council/attend.html", context, status=status)


def _own(request: HttpRequest, seats: Any) -> Seat | None:
    if not isinstance(request.user, Account):
        return None
    found: Seat | None = seats.filter(account=request.user).first()
    return found


class _Forms:
    """The two forms of the page; one of them was sent, told by its button."""

    def __init__(self, request: HttpRequest, seats: Any) -> None:
        sent = request.POST if request.method == "POST" else None
        by_code = sent if sent is not None and "kursi" in sent else None
        as_guest = sent if sent is not None and "tamu" in sent else None
        self.seated = SeatedForm(by_code, seats=seats)
        self.guest = GuestForm(as_guest)
        self.account = sent is not None and "akun" in sent

    @property
    def ready(self) -> bool:
        return (self.seated.is_bound and self.seated.is_valid()) or (
            self.guest.is_bound and self.guest.is_valid()
        )

    @property
    def wrong(self) -> bool:
        return bool(self.seated.errors or self.guest.errors)

    def arrival(self, meeting: Meeting, own: Seat | None) -> came.Arrival:
        """Who came; the personal code is checked here, each guess is counted."""
        if self.account and own is not None:
            return came.Arrival(way="account", seat=own)
        if self.seated.is_bound:
            seat = self.seated.cleaned_data["seat"]
            given = self.seated.cleaned_data["code"]
            came.open_by_code(meeting=meeting, seat=seat, code=given, at=now())
            return came.Arrival(way="code", seat=seat)
        return self.guest.as_arrival()
