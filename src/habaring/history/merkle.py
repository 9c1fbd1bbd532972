"""A hash tree over a list: one root, and a short path that proves one entry in it.

Leaves and nodes are hashed with different first bytes, so that neither can be passed
off as the other; a list of n entries splits at the largest power of two below n.

Source: RFC 9162 (Certificate Transparency 2.0), section 2.1, with SHA-256.
"""

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256().digest()
Step = tuple[str, bytes]
"""Which side the neighbour stands on ("left" or "right"), and its hash."""


def leaf(content: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\0" + content).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of entries, in their order."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], place: int) -> list[Step]:
    """What must be known besides entry number `place` (from 0) to compute the root."""
    steps: list[Step] = []
    level = list(leaves)
    while len(level) > 1:
        if place % 2:
            steps.append(("left", level[place - 1]))
        elif place + 1 < len(level):
            steps.append(("right", level[place + 1]))
        level, place = _above(level), place // 2
    return steps


def climb(start: bytes, steps: Sequence[Step]) -> bytes:
    """The root that an entry's hash and its path give."""
    for side, other in steps:
        start = _node(other, start) if side == "left" else _node(start, other)
    return start


def _above(level: list[bytes]) -> list[bytes]:
    """The next level: pairs are joined, an odd last one goes up as it is."""
    return [
        _node(*level[i : i + 2]) if i + 1 < len(level) else level[i]
        for i in range(0, len(level), 2)
    ]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
