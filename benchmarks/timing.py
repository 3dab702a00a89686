"""How a piece of work is timed: wall clock and processor time, medians and 95th percentiles, in milliseconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed, rounded to a tenth."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


def times(work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Run `work` `repeats` times; milliseconds of wall clock (p50, p95) and of processor time (median)."""
    wall, cpu = [], []
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - start_cpu) * 1000)
    found = {"p50_ms": percentile(wall, 0.5), "cpu_ms": round(statistics.median(cpu), 1), "runs": repeats}
    return found if repeats < 10 else {**found, "p95_ms": percentile(wall, 0.95)}


class Stopwatch:
    """`with Stopwatch() as watch:` leaves `watch.seconds` and `watch.cpu_seconds`."""

    def __enter__(self) -> Stopwatch:
        self._start, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
        self.cpu_seconds = time.process_time() - self._cpu
