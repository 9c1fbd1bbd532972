"""What `habaring load KIND FILE` can load: each domain registers its kinds.

A domain writes a module `loaders.py` (found by its name in every installed domain):

    def _observations(request: Request) -> str:
        with request.path.open("rb") as file:
            rows = read(file, OBSERVATIONS, today=localdate(request.at))
            …  one call of an action …
        return "120 new, 3 corrected."

    register(Loader("observations", "values of indicators (CSV, XLSX)", _observations))

The reader is the one that the page's upload uses: `shared.tables.read` with the table
kind, so that a file is good or bad for both alike. A loader raises a Refusal to say no;
then nothing is saved, and the command leaves with exit code 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

Progress = Callable[[int, int], None]


def silent(done: int, of: int) -> None:
    """A progress that says nothing."""


@dataclass(frozen=True)
class Request:
    """One call of the command. `region` is a code or empty; `layer` a name or empty."""

    path: Path
    at: datetime
    region: str = ""
    layer: str = ""
    source: str = ""
    progress: Progress = silent


@dataclass(frozen=True)
class Loader:
    """One kind of file: what `help` says of it, and what loads it and tells how it went."""

    kind: str
    help: str
    load: Callable[[Request], str]


_loaders: dict[str, Loader] = {}


def register(loader: Loader) -> Loader:
    """Make a kind known to the command; ValueError where two have one name."""
    if _loaders.setdefault(loader.kind, loader) is not loader:
        raise ValueError(f"Two loaders are called {loader.kind!r}.")
    return loader


def loaders() -> dict[str, Loader]:
    """Every registered loader by its kind, in the order of the alphabet."""
    return dict(sorted(_loaders.items()))
