"""Every answer that is not a success: application/problem+json (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import FileRefused, Refusal, Words

MEDIA_TYPE = "application/problem+json"
LISTED = 200  # problems of one request that are listed; all are counted

TITLES: Mapping[int, Words] = {
    400: _("The request cannot be read."),
    401: _("A valid token is needed for this."),
    403: _("This token may not do this."),
    404: _("There is nothing at this address."),
    405: _("This address does not take this method."),
    406: _("This is only told as JSON."),
    409: _("It contradicts what is there already."),
    413: _("The request is too large."),
    415: _("The body must be JSON."),
    422: _("The request was understood and refused."),
    429: _("That was too often in a short time."),
    500: _("Something broke on our side; nothing was saved."),
}
"""What each kind of problem is called; its `type` leads to the same words."""


class Unreadable(Refusal):
    """What came in is no text or JSON that can be read."""

    status = 400


class NotFound(Refusal):
    """No such row, or none that this reader may know of."""

    status = 404

    def __init__(self) -> None:
        super().__init__(TITLES[404], next=_("Look in the lists what there is."))


class Conflict(Refusal):
    """It contradicts what is there already."""

    status = 409


class TooLarge(Refusal):
    """More bytes than are read."""

    status = 413


class NotJson(Refusal):
    """A body of another kind."""

    status = 415


class NotAcceptable(Refusal):
    """Asked for as something that we do not write."""

    status = 406


class Wrong(Refusal):
    """A request whose fields are wrong: `errors` names each."""

    def __init__(self, errors: Sequence[Mapping[str, Any]], *, count: int = 0) -> None:
        super().__init__(
            TITLES[422],
            _("Some of its fields are wrong; nothing was saved."),
            _("Mend what is named and send it again."),
        )
        self.errors = list(errors)[:LISTED]
        self.count = count or len(errors)


def of_refusal(refusal: Refusal) -> HttpResponse:
    """A refusal as a problem: what, why, what to do next, and every field named."""
    more: dict[str, Any] = {}
    if isinstance(refusal, Wrong):
        more = {"errors": refusal.errors, "count": refusal.count}
    elif isinstance(refusal, FileRefused):
        listed = [{"detail": str(one)} for one in refusal.problems[:LISTED]]
        more = {"errors": listed, "count": refusal.count}
    response = problem(
        refusal.status,
        title=refusal.what,
        detail=refusal.why,
        next=refusal.next,
        **more,
    )
    for name, value in getattr(refusal, "headers", {}).items():
        response.headers[name] = value
    return response


def problem(
    status: int,
    *,
    title: Words = "",
    detail: Words = "",
    next: Words = "",
    **more: Any,
) -> HttpResponse:
    """One problem; empty parts are left out."""
    told: dict[str, Any] = {
        "type": f"/api/v1/docs#problem-{status}",
        "title": str(title or TITLES[status]),
        "status": status,
    }
    if detail:
        told["detail"] = str(detail)
    if next:
        told["next"] = str(next)
    response = HttpResponse(
        json.dumps(told | more, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        content_type=MEDIA_TYPE,
    )
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="habaring"'
    return response


_SENTENCES: Mapping[str, Words] = {
    "missing": _("This is missing."),
    "extra_forbidden": _("There is no such field."),
    "string_type": _("This must be text."),
    "string_too_long": _("This is too long."),
    "string_too_short": _("This is too short."),
    "string_pattern_mismatch": _("This does not have the form that it needs."),
    "int_type": _("This must be a whole number."),
    "int_parsing": _("This must be a whole number."),
    "int_from_float": _("This must be a whole number."),
    "int_parsing_size": _("This number is too large."),
    "greater_than_equal": _("This number is too small."),
    "less_than_equal": _("This number is too large."),
    "greater_than": _("This number is too small."),
    "less_than": _("This number is too large."),
    "bool_type": _("This must be true or false."),
    "bool_parsing": _("This must be true or false."),
    "list_type": _("This must be a list."),
    "too_long": _("This list is too long."),
    "too_short": _("This list is too short."),
    "dict_type": _("This must be an object."),
    "model_attributes_type": _("This must be an object."),
    "literal_error": _("This is none of the allowed words."),
    "enum": _("This is none of the allowed words."),
    "date_from_datetime_parsing": _("This must be a day such as 2026-11-02."),
    "date_parsing": _("This must be a day such as 2026-11-02."),
    "date_type": _("This must be a day such as 2026-11-02."),
    "decimal_parsing": _("This must be a number."),
    "decimal_type": _("This must be a number."),
    "float_type": _("This must be a number."),
    "float_parsing": _("This must be a number."),
    "finite_number": _("This must be a number."),
    "decimal_max_digits": _("Write at most 18 digits before the mark and 6 after it."),
    "decimal_max_places": _("Write at most 18 digits before the mark and 6 after it."),
}
"""The validator's words in ours, by its code."""


def of_validation(errors: Sequence[Mapping[str, Any]]) -> Wrong:
    """What a validator found, each field by a JSON pointer or a parameter's name."""
    return Wrong([_told(error) for error in errors[:LISTED]], count=len(errors))


def _told(error: Mapping[str, Any]) -> dict[str, str]:
    place, *path = error["loc"]
    message = _SENTENCES.get(str(error["type"]), str(error.get("msg", "")))
    told = {"detail": str(message)}
    if place == "body":
        told["pointer"] = "".join(f"/{part}" for part in path[1:])
    else:
        told["parameter"] = str(path[-1]) if path else str(place)
    return told
