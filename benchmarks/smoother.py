"""Smoothing series of 3,650 days (two samples a week, 15 % non-detects, 2 % outliers), against statsmodels' smoother.

The peer smooths a local linear trend (``UnobservedComponents(y, "lltrend")``) with given parameters, non-detects left out,
outliers taken as they are: less than we do, on the daily grid it needs. Ours has censoring, outliers, batches and two
sweeps, and gives the level at the end of every week; memory that was let go is kept, as ``headworks run`` keeps it. The
peer is run by the Python named in ``HEADWORKS_PEER_PYTHON``, or by this one if it has statsmodels.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from headworks.jobs.run_process import keep_freed_memory
from headworks.trends.smoother import Observations, Settings, observations, smooth, smooth_trends

DAYS, TARGET = 3_650, 500
_PEER = """
import time, warnings
import numpy as np
warnings.simplefilter("ignore")
from statsmodels.tsa.statespace.structural import UnobservedComponents
rng = np.random.default_rng(1)
day = np.sort(np.concatenate([np.arange(1, {days}, 7), np.arange(4, {days}, 7)]))
y = np.full({days}, np.nan)
y[day] = np.cumsum(0.04 * rng.standard_normal(day.size)) + 0.36 * rng.standard_normal(day.size)
y[day[rng.random(day.size) < 0.15]] = np.nan
model = UnobservedComponents(y, "lltrend")
best = [1e9, 1e9]
for _ in range(8):
    cpu, wall = time.process_time(), time.perf_counter()
    model.smooth([0.13, 0.0004, 1e-6])
    best = [min(best[0], time.process_time() - cpu), min(best[1], time.perf_counter() - wall)]
print(1 / best[0], 1 / best[1])
"""


def series(n: int, step: int = 0) -> Observations:
    """Series of ten years, two samples a week, or one every ``step`` days."""
    rng = np.random.default_rng(1)
    day = np.arange(1, DAYS, step) if step else np.sort(np.concatenate([np.arange(1, DAYS, 7), np.arange(4, DAYS, 7)]))
    value = np.cumsum(0.04 * rng.standard_normal((n, day.size)), axis=1) + 0.36 * rng.standard_normal((n, day.size))
    value += np.where(rng.random(value.shape) < 0.02, np.log(rng.uniform(3, 10, value.shape)), 0.0)
    limit = np.quantile(value, 0.15, axis=1, keepdims=True)
    upper, lower = np.maximum(value, limit), np.where(value < limit, -np.inf, value)
    start = np.arange(n + 1) * day.size
    return observations(start, np.tile(day, n), lower.ravel(), upper.ravel(), 0.04, 1.0, np.tile(day // 7, n), 0.01)


def _best(work: Callable[[], object], repeats: int = 4) -> tuple[float, float]:
    """Least CPU and wall seconds of several runs."""
    cpu, wall = [], []
    for _ in range(repeats):
        began = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - began[0])
        wall.append(time.perf_counter() - began[1])
    return min(cpu), min(wall)


def peer_rates() -> tuple[float, float] | None:
    """Series a second of statsmodels, by CPU and by wall; none without it."""
    python = os.environ.get("HEADWORKS_PEER_PYTHON", sys.executable)
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [python, "-P", "-c", _PEER.format(days=DAYS)], capture_output=True, text=True, check=False, env=os.environ | threads
    )
    if done.returncode != 0:
        return None
    cpu, wall = done.stdout.split()[-2:]
    return float(cpu), float(wall)


def measure() -> list[dict[str, Any]]:
    keep_freed_memory()
    n = 400
    seen, settings = series(n), Settings.same(n, 4e-4, 1e-6, 0.09, 0.03, 25.0)
    wanted = np.arange(6, DAYS, 7)
    outs = np.arange(n + 1) * wanted.size, np.tile(wanted, n)
    smooth(seen, settings, *outs)
    cpu, wall = _best(lambda: smooth(seen, settings, *outs, threads=2), 12)
    peer = peer_rates()
    rows = [
        _row("smoother, series of 3,650 days, by CPU, vs statsmodels UnobservedComponents.smooth", n / cpu, peer and peer[0]),
        _row("smoother, the same, by wall, 2 threads", n / wall, peer and peer[1]),
    ]
    return [*rows, _country()]


def _row(name: str, ours: float, peer: float | None) -> dict[str, Any]:
    ratio = ours / peer if peer else None
    if peer is None:
        name += " (not there: set HEADWORKS_PEER_PYTHON to a Python that has it)"
    met = ratio is not None and ratio >= TARGET
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "target": TARGET, "met": met, "unit": "series/s"}


def _country(n: int = 1_943, whole: int = 23_316) -> dict[str, Any]:
    """CPU seconds for ten years of weekly samples of a province, everything learnt, from a part of its series."""
    seen, group = series(n, step=7), np.zeros(n, np.int64)
    wanted = np.arange(6, DAYS, 7)
    outs = np.arange(n + 1) * wanted.size, np.tile(wanted, n)
    smooth_trends(seen, group, *outs, lags=(13, 52))
    cpu, _ = _best(lambda: smooth_trends(seen, group, *outs, lags=(13, 52), threads=2), 1)
    seconds = cpu / n * whole
    return {"name": "trends of 23,316 series of ten years weekly, all learnt, CPU (from one residue)", "ours": seconds,
            "peer": None, "ratio": None, "target": 60.0, "met": seconds <= 60.0, "unit": "s"}  # fmt: skip


if __name__ == "__main__":
    for found in measure():
        print({name: value if not isinstance(value, float) else round(value, 2) for name, value in found.items()})
