"""The work room's page of a region's own directories."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import directories
from habaring.people.entrance_forms import DirectoryForm
from habaring.people.models import Directory
from habaring.people.register.desk import enter_region
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal


@require_safe
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The directories of a region."""
    desk, region = enter_region(request.user, code, at=now())
    rows = Directory.objects.filter(region=region).select_related("default_role")
    return render(
        request,
        "people/directories.html",
        {
            "desk": desk,
            "region": region,
            "here": "directories",
            "directories": [(row, directories.people_of(row)) for row in rows],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str, directory: int = 0) -> HttpResponse:
    """Write down a directory, or change one."""
    desk, region = enter_region(request.user, code, at=now())
    row = (
        get_object_or_404(Directory, pk=directory, region=region) if directory else None
    )
    form = DirectoryForm(request.POST or None, initial=_as_written(row))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        details = directories.Details(**form.cleaned_data)
        try:
            if row is None:
                directories.add(region=region, details=details, by=desk.by, at=desk.at)
            else:
                directories.change(
                    directory=row, details=details, by=desk.by, at=desk.at
                )
        except directories.DirectoryRefused as refused:
            refusal = refused
        else:
            messages.success(request, _("The directory is saved."))
            return redirect("people-work:directories", code=code)
    return render(
        request,
        "people/directory.html",
        {
            "desk": desk,
            "region": region,
            "here": "directories",
            "form": form,
            "directory": row,
            "refusal": refusal,
            "callback": _callback(request, row),
        },
        status=422 if refusal or form.errors else 200,
    )


def _as_written(row: Directory | None) -> dict[str, object]:
    if row is None:
        return {}
    return {
        "name": row.name,
        "issuer": row.issuer,
        "client_id": row.client_id,
        "mail_domains": ", ".join(row.mail_domains),
        "vouches_for_mail": row.vouches_for_mail,
        "trusted_second_step": row.trusted_second_step,
        "default_role": row.default_role_id,
    }


def _callback(request: HttpRequest, row: Directory | None) -> str:
    """What the directory's keeper must enter there; known once it is written down."""
    if row is None:
        return ""
    return request.build_absolute_uri(
        reverse("openid_connect_callback", args=[row.code])
    )


@require_POST
def test(request: HttpRequest, code: str, directory: int) -> HttpResponse:
    """Ask the directory's server whether it is there."""
    _desk, region = enter_region(request.user, code, at=now())
    row = get_object_or_404(Directory, pk=directory, region=region)
    try:
        told = directories.try_out(row)
    except directories.SignInFailed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("It answers, and calls itself %(issuer)s.") % {"issuer": told}
        )
    return redirect("people-work:directories", code=code)


@require_POST
def switch(request: HttpRequest, code: str, directory: int) -> HttpResponse:
    """Let a directory sign people in, or no longer."""
    desk, region = enter_region(request.user, code, at=now())
    row = get_object_or_404(Directory, pk=directory, region=region)
    directories.switch(directory=row, on=not row.is_active, by=desk.by, at=desk.at)
    messages.success(
        request,
        _("The directory signs people in again.")
        if row.is_active
        else _("The directory signs nobody in any more."),
    )
    return redirect("people-work:directories", code=code)
