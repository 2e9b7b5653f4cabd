"""Detectors for counts beside R surveillance, in one run: CPU and wall time of a series-week.

R is run through ``Rscript`` on some of the same series; it needs the package surveillance (``r-base-core`` and
``r-cran-surveillance`` of Debian). Without them the peer is missing, and the row says so. Ours takes a table of all series
and gives a table back, everything counted; R's figure leaves out its start and the reading of the file. Best of several.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from headworks.warning.detect import detect

TARGET, WEEKS, FIRST = 100.0, 330, 279
SERIES, PEER_SERIES = 400, 3
NOUFAILY = {
    "no_periods": 10, "weights_threshold": 2.58, "p_threshold_trend": 1, "past_weeks_not_included": 26, "alpha": 0.01,
    "threshold_method": "nbPlugin",
}  # fmt: skip
_PEER = """
suppressMessages(library(surveillance)); options(warn = -1)
y <- as.matrix(read.csv("{file}")); weeks <- {first}:{last}
timed <- function(work) {{ best <- c(Inf, Inf)
  for (i in 1:3) {{ t <- system.time(for (j in 1:ncol(y)) work(sts(observed = y[, j], frequency = 52)))
    best <- pmin(best, c(sum(t[1:2]), t[3])) }}
  best / (ncol(y) * length(weeks)) }}
flexible <- list(range = weeks, b = 5, w = 3, noPeriods = 10, weightsThreshold = 2.58, pThresholdTrend = 1,
  pastWeeksNotIncluded = 26, alpha = 0.01, thresholdMethod = "nbPlugin", glmWarnings = FALSE, verbose = FALSE)
original <- list(range = weeks, b = 5, w = 3, alpha = 0.05, reweight = TRUE)
out <- rbind(timed(function(s) farringtonFlexible(s, flexible)), timed(function(s) farrington(s, original, verbose = FALSE)),
  timed(function(s) earsC(s, list(range = weeks, method = "C1"))),
  timed(function(s) earsC(s, list(range = weeks, method = "C2"))),
  timed(function(s) earsC(s, list(range = weeks, method = "C3"))),
  timed(function(s) cusum(s, list(range = weeks, trans = "rossi"))))
cat(sprintf("[[%g, %g]", out[1, 1], out[1, 2]))
for (i in 2:6) cat(sprintf(", [%g, %g]", out[i, 1], out[i, 2])); cat("]")
"""
METHODS: list[tuple[str, str, dict[str, Any]]] = [
    ("Farrington flexible", "farrington_flexible", NOUFAILY), ("Farrington 1996", "farrington", {}),
    ("EARS C1", "ears_c1", {}),
    ("EARS C2", "ears_c2", {}), ("EARS C3", "ears_c3", {}), ("CUSUM", "cusum", {"trans": "rossi"}),
]  # fmt: skip


def counts(n_series: int) -> np.ndarray:
    """Weekly counts with a season and a trend, variance three times the mean, shape ``(n_series, WEEKS)``."""
    rng = np.random.default_rng(7)
    week = np.arange(WEEKS)
    level = rng.uniform(1.0, 4.5, n_series)[:, None]
    mean = np.exp(level + 0.0008 * week + 0.4 * np.cos(2 * np.pi * week / 52))
    return rng.negative_binomial(mean / 2.0, 1 / 3.0)


def peer(values: np.ndarray) -> list[list[float]] | None:
    """CPU and wall seconds of a series-week of each method in R; none without R or its package."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counts.csv"
        pl.DataFrame(values.T, schema=[f"s{i}" for i in range(values.shape[0])]).write_csv(file)
        program = _PEER.format(file=file.as_posix(), first=FIRST, last=WEEKS)
        try:
            done = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True, check=False)
        except OSError:
            return None
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def best_of(work: Callable[[], object], repeats: int = 5) -> tuple[float, float]:
    """Least CPU and wall seconds of several runs."""
    cpu, wall = [], []
    for _ in range(repeats):
        began = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - began[0])
        wall.append(time.perf_counter() - began[1])
    return min(cpu), min(wall)


def measure() -> list[dict[str, Any]]:
    values = counts(SERIES)
    table = pl.DataFrame({
        "series": np.repeat(np.arange(SERIES), WEEKS), "t": np.tile(np.arange(1, WEEKS + 1), SERIES),
        "observed": values.ravel(),
    })  # fmt: skip
    theirs = peer(values[:PEER_SERIES])
    rows = []
    for i, (name, method, control) in enumerate(METHODS):
        ours = best_of(lambda method=method, control=control: detect(table, method, 52, (FIRST, WEEKS), **control))
        for j, clock in enumerate(("CPU", "wall, 2 threads")):
            seconds = ours[j] / (SERIES * (WEEKS - FIRST + 1))
            target = None if method == "cusum" else TARGET
            their = 1.0 / theirs[i][j] if theirs else None
            rows.append(_row(f"{name}, {clock}, vs R surveillance", 1.0 / seconds, their, target))
    return rows


def _row(name: str, ours: float, their: float | None, target: float | None) -> dict[str, Any]:
    ratio = ours / their if their else None
    if their is None:
        name += " (not there: install r-base-core and r-cran-surveillance)"
    met = target is None or (ratio is not None and ratio >= target)
    return {"name": name, "ours": ours, "peer": their, "ratio": ratio, "target": target, "met": met, "unit": "series-weeks/s"}


if __name__ == "__main__":
    for found in measure():
        print({name: value if not isinstance(value, float) else round(value, 2) for name, value in found.items()})
