"""One running instance for each data folder: a lock that dies with its process."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Busy(Exception):  # noqa: N818 - somebody else is at work, nothing is wrong
    """The folder is held by another process; `note` says which, in its own words."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


@contextlib.contextmanager
def held(path: Path, note: str) -> Iterator[bool]:
    """Hold the lock file as long as the block runs; a kill -9 frees it too.

    Gives True when the holder before left in a hurry: its children may still be going.
    """
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(path.read_text().strip()) from None
        abandoned = bool(path.read_text())
        file.truncate(0)
        file.write(note)
        file.flush()
        try:
            yield abandoned
        finally:
            os.ftruncate(file.fileno(), 0)
