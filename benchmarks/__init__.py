"""Benchmarks: `python3 dev.py bench NAME`, or `python -m benchmarks.NAME`.

Each prints ratios taken in one run, against peers in the same run, and says what it
did not measure. Linear algebra libraries keep to one thread, so that CPU seconds mean
the same for all; this must be set before numpy is imported.
"""

import os

for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
