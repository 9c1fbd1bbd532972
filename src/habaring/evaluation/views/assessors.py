"""The ministry's pages of assessors: the list, their ties, how they read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)

from habaring.evaluation import calibration, queries
from habaring.evaluation.actions import assessors as verbs
from habaring.evaluation.forms import AssessorForm, GroundForm
from habaring.evaluation.models import Assessor, ConflictGround, Round
from habaring.evaluation.views.rooms import form_page, office
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render


@require_safe
def assessors(request: HttpRequest) -> HttpResponse:
    """Everybody on the list, and how each reads beside the others."""
    office(request)
    chosen = request.GET.get("putaran", "")
    row = Round.objects.filter(pk=chosen).first() if chosen.isdigit() else None
    manners = {one.assessor: one for one in queries.manners(row)}
    rows = Assessor.objects.select_related("account", "home")
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(account__full_name__icontains=words) | rows.filter(
            institution__icontains=words
        )
    page = paginate(request, rows.order_by("-active", "account__full_name"))
    context = {
        "page": page,
        "lines": [(one, manners.get(one.account_id)) for one in page.rows],
        "rounds": Round.objects.all(),
        "chosen": row,
        "words": words,
        "enough": calibration.ENOUGH,
    }
    return render(request, "evaluation/assessors.html", context)


def _trail() -> tuple[tuple[str, str], ...]:
    return (
        (_("Evaluation"), reverse("evaluation-platform:rounds")),
        (_("Assessors"), reverse("evaluation-platform:assessors")),
    )


@require_http_methods(FORM_METHODS)
def new_assessor(request: HttpRequest) -> HttpResponse:
    """Put somebody on the list."""
    officer = office(request)
    form = AssessorForm(posted(request))

    def save() -> HttpResponse:
        verbs.record_assessor(
            by=officer,
            at=now(),
            account=form.cleaned_data["email"],
            profile=form.profile(),
        )
        messages.success(request, _("The assessor is on the list."))
        return redirect("evaluation-platform:assessors")

    sheet = Sheet(
        _("Put an assessor on the list"),
        _("An academic or practitioner from outside of the regions they read."),
        _("Put on the list"),
        trail=_trail(),
    )
    return form_page(request, form, sheet, save)


@require_http_methods(FORM_METHODS)
def assessor(request: HttpRequest, assessor: int) -> HttpResponse:
    """One assessor: what is known, and the ties that keep them away."""
    officer = office(request)
    row = get_object_or_404(
        Assessor.objects.select_related("account", "home"), pk=assessor
    )
    form = AssessorForm(posted(request), row=row)

    def save() -> HttpResponse:
        verbs.record_assessor(
            by=officer, at=now(), account=row.account, profile=form.profile()
        )
        messages.success(request, _("Saved."))
        return redirect("evaluation-platform:assessor", assessor)

    sheet = Sheet(
        row.account.full_name,
        row.institution,
        _("Save"),
        trail=_trail(),
        template="evaluation/assessor.html",
        more={
            "row": row,
            "grounds": ConflictGround.objects.filter(
                account=row.account
            ).select_related("region"),
        },
    )
    return form_page(request, form, sheet, save)


@require_http_methods(FORM_METHODS)
def ground(request: HttpRequest, assessor: int) -> HttpResponse:
    """Record a tie to a region."""
    officer = office(request)
    row = get_object_or_404(Assessor.objects.select_related("account"), pk=assessor)
    form = GroundForm(posted(request))

    def save() -> HttpResponse:
        verbs.record_ground(
            by=officer, at=now(), account=row.account, **form.cleaned_data
        )
        messages.success(request, _("The tie is recorded; it is enforced from now on."))
        return redirect("evaluation-platform:assessor", assessor)

    sheet = Sheet(
        _("Record a tie of %(name)s") % {"name": row.account.full_name},
        _("Whoever is tied to a region is refused as its assessor."),
        _("Record the tie"),
        trail=_trail(),
    )
    return form_page(request, form, sheet, save)
