"""What lies sealed, so that a rotation of the key can seal it again.

A domain registers what it sealed in its module `personal.py`. What is kept only as a
keyed hash cannot be made anew without the text: it is registered as `lasting`, and
while there is any, the old keys stay on the ring.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from habaring.shared import sealing


@dataclass(frozen=True)
class Sealed:
    """One kind of sealed text.

    `older(key)` gives the rows that another key than this sealed; `again(row)` seals
    one anew under the key in use.
    """

    code: str
    older: Callable[[str], Iterator[Any]]
    again: Callable[[Any], None]


_sealed: dict[str, Sealed] = {}
_lasting: dict[str, Callable[[], int]] = {}


def register(sealed: Sealed) -> Sealed:
    """Make it known; ValueError where two share a code."""
    if _sealed.setdefault(sealed.code, sealed) is not sealed:
        raise ValueError(f"{sealed.code!r} is registered twice.")
    return sealed


def lasting(code: str, count: Callable[[], int]) -> None:
    """Keyed hashes that only the old keys can find again, and how many there are."""
    _lasting[code] = count


def everything() -> list[Sealed]:
    """All that is registered."""
    _discover()
    return list(_sealed.values())


def still_needed() -> dict[str, int]:
    """What leans on older keys: code → rows."""
    _discover()
    current = sealing.current_key()
    found = {one.code: sum(1 for _ in one.older(current)) for one in _sealed.values()}
    if len(sealing.key_ids()) > 1:
        found |= {code: count() for code, count in _lasting.items()}
    return {code: rows for code, rows in found.items() if rows}


@dataclass(frozen=True)
class _Column:
    """A column of sealed bytes, with the hash and the key beside it, if there are."""

    model: str
    name: str
    about: Callable[[Any], str]
    hash_column: str
    key_column: str

    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = apps.get_model(self.model)._default_manager.all()
        return found

    def older(self, key: str) -> Iterator[Any]:
        wanted = self.rows().exclude(**{f"{self.name}__isnull": True})
        if self.key_column:
            wanted = wanted.exclude(**{self.key_column: key})
        for row in wanted.order_by("pk").iterator():
            sealed = bytes(getattr(row, self.name))
            if sealed and sealing.key_of(sealed) != key:
                yield row

    def again(self, row: Any) -> None:
        about = self.about(row)
        text = sealing.open_sealed(getattr(row, self.name), about=about)
        fresh: dict[str, Any] = {self.name: sealing.seal(text, about=about)}
        if self.hash_column:
            fresh[self.hash_column] = sealing.keyed_hash(text)
        if self.key_column:
            fresh[self.key_column] = sealing.current_key()
        self.rows().filter(pk=row.pk).update(**fresh)


def column(
    model: str,
    name: str,
    *,
    about: Callable[[Any], str],
    hash_column: str = "",
    key_column: str = "",
) -> Sealed:
    """A column of sealed bytes. `about(row)` is what each seal is bound to; a keyed hash
    of the text and the id of its key may stand beside it.
    """
    made = _Column(model, name, about, hash_column, key_column)
    return register(Sealed(f"{model}.{name}", made.older, made.again))


def _discover() -> None:
    from habaring.shared.holdings import holdings

    holdings()  # the same modules register both
