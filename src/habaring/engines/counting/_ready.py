"""Whether the compiled loops are there, and making them; a first count need not wait.

Compiling takes some twenty seconds of one core, once for each version and machine;
numba keeps the result beside the source, or where NUMBA_CACHE_DIR or the user's cache
is. Until then small elections are counted without (`_plain`).
"""

import sys
from typing import Any

LOOPS = "habaring.engines.counting._kernels_steps"


def ready() -> bool:
    """Whether the loops are loaded or can be loaded from disk; imports numba (0.7 s)."""
    from habaring.engines.counting import _kernels, _kernels_steps

    return _there(_kernels.play) and _there(_kernels_steps.climb)


def loaded() -> bool:
    """Whether they are loaded in this process, so that nobody waits for them."""
    kernels = sys.modules.get(LOOPS)
    return kernels is not None and bool(kernels.climb.signatures)


def _there(kernel: Any) -> bool:
    """Whether numba has a compiled version in memory or an index of it on disk."""
    return bool(kernel.signatures) or bool(kernel._cache._cache_file._load_index())


def warm() -> None:
    """Compile all of it, or load it from disk; takes no notice of what is there."""
    from habaring.engines.counting._ballots import gather
    from habaring.engines.counting._equal_shares import equal_shares
    from habaring.engines.counting._phragmen import in_loops
    from habaring.engines.counting._prepare import prepare
    from habaring.engines.counting._values import (
        Completion,
        Election,
        Kind,
        Project,
        Rule,
    )

    ballots = gather(Kind.APPROVAL, [((0, 1), ()), ((0,), ()), ((1,), ())])
    projects = (Project("a", 2), Project("b", 2))
    election = Election(budget=3, projects=projects, ballots=ballots)
    prepared = prepare(election, Rule(completion=Completion.ADD1))
    equal_shares(prepared)
    in_loops(prepared)
