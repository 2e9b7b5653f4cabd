"""The clusters a scan found: the most likely one, then the most likely of those that share no location with the ones before.

The trap: the list ends with clusters that are nothing but the most unusual windows of what is left. Read the p-value, not the
rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.warning.clusters.likelihood import NORMAL
from headworks.warning.clusters.monte_carlo import (
    ScanProblem,
    gumbel_p,
    monte_carlo_p,
    replicates_until,
    with_returns,
)
from headworks.warning.clusters.several import best_window
from headworks.warning.clusters.windows import Windows

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cluster:
    """One window that stands out.

    ``members`` are places (from 0) in the order they entered, the centre first. ``observed`` and ``expected`` are cases; of
    normal data the weighted mean inside and that of all. ``sets`` has the two numbers of every data set (drug) of its own.
    ``first_period`` and ``last_period`` (both inside) are 0 of a scan without time. Values are read by attribute or, as of a
    row, by name.
    """

    members: list[int]
    observed: float
    expected: float
    llr: float
    p: float
    first_period: int = 0
    last_period: int = 0
    sets: tuple[tuple[float, float], ...] = field(default=())

    def __getitem__(self, name: str) -> Any:
        """A value by its name."""
        return getattr(self, name)


@dataclass(frozen=True)
class Clusters(Sequence[Cluster]):
    """Clusters, the most likely first; ``largest`` has the largest ratio of every replicate made, in their order."""

    found: tuple[Cluster, ...]
    largest: Array
    is_stopped: bool = False

    @overload
    def __getitem__(self, place: int) -> Cluster: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Cluster]: ...
    def __getitem__(self, place: int | slice) -> Cluster | Sequence[Cluster]:
        """A cluster by its rank, from 0."""
        return self.found[place]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.found)

    def __iter__(self) -> Iterator[Cluster]:
        """From the most likely on."""
        return iter(self.found)

    def table(self) -> pl.DataFrame:
        """A row per cluster: rank (from 1), members (list), observed, expected, llr, p, first_period, last_period."""
        rows = [{"rank": rank, **asdict(one)} for rank, one in enumerate(self.found, start=1)]
        types: dict[str, pl.DataType | type[pl.DataType]] = {
            "rank": pl.Int64, "members": pl.List(pl.Int64), "observed": pl.Float64, "expected": pl.Float64, "llr": pl.Float64,
            "p": pl.Float64, "first_period": pl.Int64, "last_period": pl.Int64,
        }  # fmt: skip
        return pl.DataFrame([{name: row[name] for name in types} for row in rows], schema=types)


def find_clusters(
    windows: Windows,
    problem: ScanProblem,
    *,
    replicates: int,
    most_clusters: int,
    p_by: str,
    stop_after: int | None,
    centre: float = 0.0,
    threads: int | None = None,
) -> Clusters:
    """The most likely window, those of the rest that do not overlap it, and their p-values.

    Parameters
    ----------
    windows, problem
        Where to look, and at what.
    replicates, p_by, stop_after
        As of ``scan.scan_poisson``.
    most_clusters
        Clusters to be listed at most.
    centre
        Of normal data the mean of all, which is added to the weighted distances.
    """
    ranked = _ranked(windows, problem, most_clusters)
    if not ranked:
        return Clusters((), np.zeros(0))
    largest, is_stopped = np.zeros(0), False
    if replicates:
        largest, is_stopped = replicates_until(windows, problem, replicates, ranked[0][0], stop_after, threads)
    found = []
    for ratio, members, which in ranked:
        p = float("nan")
        if largest.size:
            is_first = ratio == ranked[0][0]
            p = gumbel_p(ratio, largest) if p_by == "gumbel" else monte_carlo_p(ratio, largest, is_stopped and is_first)
        found.append(_cluster(problem, members, which, ratio, p, centre))
    return Clusters(tuple(found), largest, is_stopped)


def _ranked(windows: Windows, problem: ScanProblem, most: int) -> list[tuple[float, list[int], int]]:
    """Ratio, members and span of the clusters."""
    taken = np.zeros(problem.values.shape[2])
    before = np.concatenate([np.zeros_like(problem.values[:, :1]), np.cumsum(problem.values, axis=1)], axis=1)
    measure = with_returns(problem.measure, windows, 2)
    ranked: list[tuple[float, list[int], int]] = []
    while len(ranked) < most:
        barred = with_returns(taken, windows, 0).astype(np.int64)
        best: tuple[float, int, int, int] = (0.0, -1, -1, -1)
        for which, (first, last) in enumerate(problem.periods.tolist()):
            inside = with_returns(before[:, last + 1] - before[:, first], windows, 1)
            found = best_window(
                windows.start, windows.step, windows.is_end, np.ascontiguousarray(measure[:, which]),
                np.ascontiguousarray(inside), barred, problem.model, problem.total, problem.whole, float(problem.least),
            )  # fmt: skip
            if found[0] > best[0]:
                best = (*found, which)
        if best[1] < 0:
            break
        members = windows.members(best[1], best[2])
        taken[members] = 1.0
        ranked.append((best[0], members, best[3]))
    return ranked


def _cluster(problem: ScanProblem, members: list[int], which: int, ratio: float, p: float, centre: float) -> Cluster:
    """What stands inside a window."""
    first, last = problem.periods[which].tolist()
    inside = problem.values[:, first : last + 1][:, :, members].sum(axis=(1, 2))
    size = problem.measure[:, which][:, members].sum(axis=1)
    if problem.model == NORMAL:
        observed, expected = centre + inside / size, np.full(size.shape, centre)
        sets = tuple(zip(observed.tolist(), expected.tolist(), strict=True))
        return Cluster(members, float(observed.mean()), float(expected.mean()), ratio, p, first, last, sets)
    expected = size * problem.total / problem.whole
    sets = tuple(zip(inside.tolist(), expected.tolist(), strict=True))
    return Cluster(members, float(inside.sum()), float(expected.sum()), ratio, p, first, last, sets)
