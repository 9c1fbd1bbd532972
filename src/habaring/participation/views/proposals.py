"""Proposals as the public meets them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def proposal(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The whole thread of one proposal."""
    raise NotImplementedError


@require_safe
def propose(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """Begin a proposal."""
    raise NotImplementedError


def stop(request: HttpRequest, code: str, number: int, token: str) -> HttpResponse:
    """The link of a letter: one button ends the letters, without signing in."""
    raise NotImplementedError
