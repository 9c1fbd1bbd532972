"""pabutools in a process of its own, with a limit on its CPU seconds.

`python -m benchmarks.count_peer FILE TASK …` prints one line of JSON for the reading and
for each task as it ends: seconds, winners in order, the process's memory at its highest.
pabutools gets its fast path: the multiprofile, gmpy2 (its default), no recursion limit.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = {"approval": "cost", "choose-1": "cost", "ordinal": "borda"}


@dataclass(frozen=True)
class Done:
    """A task that ended: CPU seconds, megabytes at the highest so far, winners."""

    seconds: float
    megabytes: float
    winners: tuple[str, ...]


def peer(path: Path, tasks: Sequence[str], seconds: int) -> dict[str, Done]:
    """What pabutools ended within so many CPU seconds; "read" is its reading."""
    command = [sys.executable, "-m", "benchmarks.count_peer", str(path), *tasks]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_CPU, (seconds, seconds + 5)
        ),
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    done: dict[str, Done] = {}
    for line in ran.stdout.splitlines():
        told = json.loads(line)
        winners = tuple(told["winners"])
        done[told["task"]] = Done(told["seconds"], told["megabytes"], winners)
    return done


def rules() -> dict[str, Callable[..., Any]]:
    from pabutools.election import (
        Additive_Borda_Sat,
        Additive_Cardinal_Sat,
        Cardinality_Sat,
        Cost_Sat,
    )
    from pabutools.rules import (
        greedy_utilitarian_welfare,
        method_of_equal_shares,
        sequential_phragmen,
    )

    measures = {
        "cost": Cost_Sat,
        "cardinality": Cardinality_Sat,
        "borda": Additive_Borda_Sat,
        "score": Additive_Cardinal_Sat,
    }
    known: dict[str, Callable[..., Any]] = {"phragmen": sequential_phragmen}
    for name, measure in measures.items():
        known[f"greedy {name}"] = lambda i, p, m=measure: greedy_utilitarian_welfare(
            i, p, sat_class=m
        )
        known[f"shares {name}"] = lambda i, p, m=measure: method_of_equal_shares(
            i, p, sat_class=m
        )
        known[f"add1 {name}"] = lambda i, p, m=measure: method_of_equal_shares(
            i, p, sat_class=m, voter_budget_increment=1
        )
    return known


def main(argv: list[str]) -> int:
    """Read the file, then do each task; one line each."""
    from pabutools.election import parse_pabulib

    sys.setrecursionlimit(100_000)
    path, *tasks = argv
    began = time.process_time()
    instance, profile = parse_pabulib(path)
    profile = profile.as_multiprofile()
    _say("read", began, ())
    known = rules()
    for task in tasks:
        began = time.process_time()
        winners = known[task](instance, profile)
        _say(task, began, [project.name for project in winners])
    return 0


def _say(task: str, began: float, winners: Sequence[str]) -> None:
    told = {
        "task": task,
        "seconds": time.process_time() - began,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "winners": list(winners),
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
