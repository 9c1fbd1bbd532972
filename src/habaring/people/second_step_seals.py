"""Secrets of second steps, sealed inside allauth's JSON: rotation seals them again."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from habaring.shared import resealing, sealing

_ABOUT = "second step"  # as in adapters.SecondStepAdapter


def _key(text: object) -> str:
    """The id of the key of a sealed text in hexadecimal digits; "" for anything else."""
    try:
        return sealing.key_of(bytes.fromhex(str(text)))
    except ValueError:  # a SealError is one too
        return ""


def _texts(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    else:
        yield value


def _fresh(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _fresh(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_fresh(part) for part in value]
    if not _key(value):
        return value
    text = sealing.open_sealed(bytes.fromhex(value), about=_ABOUT)
    return sealing.seal(text, about=_ABOUT).hex()


def _older(key: str) -> Iterator[Any]:
    for row in apps.get_model("mfa", "Authenticator").objects.order_by("pk"):
        if {_key(text) for text in _texts(row.data)} - {"", key}:
            yield row


def _again(row: Any) -> None:
    row.data = _fresh(row.data)
    row.save(update_fields=["data"])


resealing.register(resealing.Sealed("mfa.Authenticator.data", _older, _again))
