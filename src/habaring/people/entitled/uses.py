"""What a register is needed for: asked before it is withdrawn.

A domain above writes a module `register_uses.py` (found by its name in every installed
domain) that calls `register` with a function: register → why it is needed, or "".
"""

from collections.abc import Callable, Iterator
from functools import cache

from django.utils.module_loading import autodiscover_modules

from habaring.people.entitled.models import Register
from habaring.shared.refusal import Words

Asker = Callable[[Register], Words]
_askers: list[Asker] = []


def register(asker: Asker) -> Asker:
    """Have this asked before a register goes out of use."""
    _askers.append(asker)
    return asker


@cache
def _discover() -> None:
    autodiscover_modules("register_uses")


def needed_for(row: Register) -> Iterator[Words]:
    """Every reason why this register cannot go out of use now."""
    _discover()
    return (why for asker in _askers if (why := asker(row)))
