"""What a command uses as a process of its own.

`python -m benchmarks.alone COMMAND …` prints it as JSON. It is small itself: a child's
memory at its highest is never below what its parent had when it was started.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Used:
    """CPU and wall seconds, megabytes at the highest, and what it printed."""

    seconds: float
    wall: float
    megabytes: float
    printed: str


def alone(*arguments: str, **environment: str) -> Used:
    """Python with these arguments."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.alone", sys.executable, *arguments],
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
        check=True,
    )
    return Used(**json.loads(ran.stdout))


def main(command: list[str]) -> int:
    began = time.perf_counter()
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "seconds": used.ru_utime + used.ru_stime,
        "wall": wall,
        "megabytes": used.ru_maxrss / 1024,
        "printed": ran.stdout.decode(),
    }
    print(json.dumps(told))
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
