"""One running instance for each data folder: a lock that dies with its process."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PATIENCE = 1.0  # seconds


class Busy(Exception):  # noqa: N818 - somebody else is at work, nothing is wrong
    """The folder is held by another process; `note` says which, in its own words."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


def _locked(file: IO[str]) -> bool:
    """Ask for a second: a child that was just forked when its parent was killed holds
    the lock too, until it becomes another program.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True


@contextlib.contextmanager
def held(path: Path, note: str) -> Iterator[bool]:
    """Hold the lock file as long as the block runs; a kill -9 frees it too.

    Gives True when the holder before left in a hurry: its children may still be going.
    """
    with path.open("a+") as file:
        if not _locked(file):
            raise Busy(path.read_text().strip())
        abandoned = bool(path.read_text())
        file.truncate(0)
        file.write(note)
        file.flush()
        try:
            yield abandoned
        finally:
            os.ftruncate(file.fileno(), 0)
