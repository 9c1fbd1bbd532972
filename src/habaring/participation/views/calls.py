"""Calls: the region's listen page for everyone, and their work room."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def calls(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked now, and everything that was proposed."""
    raise NotImplementedError


@require_safe
def call(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """One call."""
    raise NotImplementedError


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """What waits in listening."""
    raise NotImplementedError
