"""The one door, for domains that lie below `people`.

`people.access` knows roles and hangs its `require` in here when it is imported; a
domain below it asks by the word of the power. While nothing hangs here, nobody is let
in.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from habaring.people.models import Account

_hung: list[Callable[..., "Account"]] = []


class DoorMissingError(RuntimeError):
    """Somebody knocked before `people.access` was imported."""


def hang(require: Callable[..., "Account"]) -> None:
    """Put the door in: once, by `people.access`."""
    _hung[:] = [require]


def require(account: Any, power: str, **place: Any) -> "Account":
    """Let the person through, or refuse, as `people.access.require` does.

    `place` is its `at`, `region` and `department`.
    """
    if not _hung:
        raise DoorMissingError(power)
    return _hung[0](account, power, **place)
