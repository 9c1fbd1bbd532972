"""A page with one form: shown, sent, saved or refused without losing what was typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

FORM_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Sheet:
    """What a page with one form says: its title, its first sentence, its button.

    `confirm` is asked before sending; `trail` is where one came from, `here` the tab,
    `files` what there is to keep, such as the workbook to fill in; `more` is told to a
    `template` other than the domain's own.
    """

    title: str
    lede: str
    button: str
    confirm: str = ""
    trail: tuple[tuple[str, str], ...] = ()
    here: str = ""
    template: str = ""
    files: tuple[tuple[str, str], ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None where a form is only to be shown."""
    return request.POST if request.method == "POST" else None


def files(request: HttpRequest) -> Any:
    """The files that were sent."""
    return request.FILES if request.method == "POST" else None


def saved(
    request: HttpRequest, form: Any, save: Callable[[], HttpResponse]
) -> tuple[HttpResponse | None, Refusal | None]:
    """What saving answered, or the refusal; neither where nothing valid was sent."""
    if request.method == "POST":
        try:
            if form.is_valid():
                return save(), None
        except Refusal as refused:
            return None, refused
    return None, None


def status(form: Any, refusal: Refusal | None) -> int:
    """The answer of a page with a form."""
    return 422 if refusal or (form.is_bound and form.errors) else 200


def form_page(
    request: HttpRequest,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
    **context: Any,
) -> HttpResponse:
    """Show a form; sent and valid, call `save`; a refusal keeps what was typed."""
    answer, refusal = saved(request, form, save)
    if answer is not None:
        return answer
    told = {
        "form": form,
        "sheet": sheet,
        "refusal": refusal,
        "here": sheet.here,
        **context,
        **sheet.more,
    }
    template = sheet.template or "form_page.html"
    return render(request, template, told, status=status(form, refusal))
