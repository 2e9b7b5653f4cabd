"""Where is there more than chance would put there? Scans over places, one number of cases or one value for each.

All windows are compared at once, so the p-value holds for the whole map: with 1 in 20 as bar, one map in twenty without any
cluster shows one. The trap is a value that is the size of the place: cases need what is expected, or they map the population.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from headworks.core.errors import UsageError
from headworks.warning.clusters.found import Clusters, find_clusters
from headworks.warning.clusters.problems import bernoulli_problem, normal_problem, poisson_problem
from headworks.warning.clusters.required import columns_of
from headworks.warning.clusters.windows import Windows, circular_windows

Array = npt.NDArray[np.float64]
P_BY: Final = ("monte_carlo", "gumbel")
_ALL_AT_ONCE = np.zeros((1, 2), np.int64)


def scan_poisson(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    max_population_share: float = 0.5,
    replicates: int = 999,
    seed: int = 0,
    *,
    population: npt.ArrayLike | None = None,
    min_cases: int = 2,
    p_by: str = "monte_carlo",
    stop_after: int | None = None,
    most_clusters: int = 10,
    windows: Windows | None = None,
    threads: int | None = None,
) -> Clusters:
    """Clusters of high rates by Kulldorff's scan with the Poisson model (G1).

    Parameters
    ----------
    x, y
        Planar coordinates, shape ``(n_locations,)``.
    cases
        Whole numbers, shape ``(n_locations,)``; or ``(n_locations, n_drugs)`` for several drugs at once (G10).
    expected
        Of the same shape, at least 0. They are scaled to the number of cases, so a population does as well.
    max_population_share
        Largest share of a window, measured on ``expected`` (of several drugs the sum of their shares) unless ``population``
        is given.
    replicates
        Replicates for the p-values; 0 for none, p is then not a number.
    seed
        Whole number from 0; the same seed gives the same replicates, whatever the number of threads.
    population
        What the share is measured on, shape ``(n_locations,)``.
    min_cases
        Cases in a window at least. 2 is also SaTScan's default: one case is no cluster. 1 is the bare formula.
    p_by
        ``monte_carlo`` (G11) or ``gumbel`` (G13).
    stop_after
        Stop once so many replicates reached the ratio found (G12); None for all replicates.
    most_clusters
        Clusters listed at most.
    windows
        Windows of your own (:func:`flexible_windows`, :func:`downstream_windows`) instead of circles; the share is then
        theirs.
    threads
        Threads at most.

    Returns
    -------
    Clusters
        Most likely first, none sharing a location with one before; empty where no window has more than its share, as without
        cases or with one location. Members are places from 0.

    Raises
    ------
    DataRefused
        ``HW-D720`` several lengths, ``HW-D721`` a value missing or below 0, ``HW-D722`` cases that are not whole, ``HW-D723``
        cases where none are expected.
    UsageError
        ``HW-U240`` the share, ``HW-U241`` replicates, seed or least cases, ``HW-U242`` no such way to a p-value.

    References
    ----------
    Kulldorff 1997 Commun Stat Theory Methods 26:1481.

    Examples
    --------
    3 cases of 4 in the first two of four equal places: 3 ln(3/2) + 1 ln(1/2) = 0.5232.

    >>> found = scan_poisson([0, 1, 8, 9], [0, 0, 0, 0], [2, 1, 1, 0], [1, 1, 1, 1], replicates=0)
    >>> found[0].members, found[0].observed, found[0].expected, round(found[0].llr, 4)
    ([0], 2.0, 1.0, 0.5754)
    """
    require_options(replicates, seed, min_cases, p_by, stop_after)
    across, up, counts, means = columns_of(x=x, y=y, cases=cases, expected=expected)
    counts, means = as_sets(counts), as_sets(means)
    _require_one_shape(counts, means, "cases", "expected")
    problem = poisson_problem(counts, means, _ALL_AT_ONCE, min_cases, seed)
    if windows is None:
        size = problem.measure.sum(axis=(0, 1)) if population is None else population
        windows = circular_windows(across, up, size, max_population_share)
    require_fitting(windows, across.size)
    return find_clusters(
        windows, problem, replicates=replicates, most_clusters=most_clusters, p_by=p_by, stop_after=stop_after, threads=threads
    )


def scan_bernoulli(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    cases: npt.ArrayLike,
    people: npt.ArrayLike,
    max_population_share: float = 0.5,
    replicates: int = 999,
    seed: int = 0,
    *,
    min_cases: int = 2,
    p_by: str = "monte_carlo",
    stop_after: int | None = None,
    most_clusters: int = 10,
    windows: Windows | None = None,
    threads: int | None = None,
) -> Clusters:
    """Clusters of high shares, such as samples with a residue among samples taken (G2).

    Parameters
    ----------
    cases, people
        Whole numbers, shape ``(n_locations,)``: with, and with or without. The share of a window is measured on ``people``.

    The others, the result and what is refused are as of :func:`scan_poisson`; ``HW-D723`` here is more cases than people.

    Examples
    --------
    All 2 of 2 in one place, none of 2 elsewhere: 2 ln 1 + 2 ln 1 - 4 ln(1/2) = 2.7726.

    >>> round(scan_bernoulli([0, 9], [0, 0], [2, 0], [2, 2], replicates=0)[0].llr, 4)
    2.7726
    """
    require_options(replicates, seed, min_cases, p_by, stop_after)
    across, up, counts, number = columns_of(x=x, y=y, cases=cases, people=people)
    counts, number = as_sets(counts), as_sets(number)
    _require_one_shape(counts, number, "cases", "people")
    problem = bernoulli_problem(counts, number, _ALL_AT_ONCE, min_cases, seed)
    windows = windows or circular_windows(across, up, number.sum(axis=(0, 1)), max_population_share)
    require_fitting(windows, across.size)
    return find_clusters(
        windows, problem, replicates=replicates, most_clusters=most_clusters, p_by=p_by, stop_after=stop_after, threads=threads
    )


def scan_normal(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    value: npt.ArrayLike,
    variance: npt.ArrayLike,
    max_population_share: float = 0.5,
    replicates: int = 999,
    seed: int = 0,
    *,
    population: npt.ArrayLike | None = None,
    p_by: str = "monte_carlo",
    stop_after: int | None = None,
    most_clusters: int = 10,
    windows: Windows | None = None,
    threads: int | None = None,
) -> Clusters:
    """Clusters of high values with known variances, such as logarithms of loads (G3).

    Parameters
    ----------
    value
        Shape ``(n_locations,)`` or ``(n_locations, n_drugs)``; not a number where nothing was measured.
    variance
        Of the same shape, above 0: squares of the standard uncertainties, with the scatter between locations.
    population
        What the share of a window is measured on; without, every location counts the same.

    The others, the result and what is refused are as of :func:`scan_poisson`; ``observed`` and ``expected`` are the weighted
    means of the window and of all.

    Examples
    --------
    Weights 1, mean 1, distance of the second 3: 3^2 x 4 / (2 x 1 x 3) = 6.

    >>> found = scan_normal([0, 5, 9, 20], [0] * 4, [0.0, 4.0, 0.0, 0.0], [1.0] * 4, replicates=0)
    >>> found[0].members, round(found[0].llr, 6), found[0].observed
    ([1], 6.0, 4.0)
    """
    require_options(replicates, seed, 1, p_by, stop_after)
    across, up = columns_of(x=x, y=y)
    values, spread = as_sets(np.asarray(value, dtype=np.float64)), as_sets(np.asarray(variance, dtype=np.float64))
    _require_one_shape(values, spread, "value", "variance")
    columns_of(x=across, value=np.zeros(values.shape[2]))
    problem, centre = normal_problem(values, spread, _ALL_AT_ONCE, seed)
    size = np.ones(across.size) if population is None else population
    windows = windows or circular_windows(across, up, size, max_population_share)
    require_fitting(windows, across.size)
    return find_clusters(
        windows, problem, replicates=replicates, most_clusters=most_clusters, p_by=p_by, stop_after=stop_after, centre=centre,
        threads=threads,
    )  # fmt: skip


def as_sets(column: Array) -> Array:
    """Shape ``(n_sets, 1, n_locations)`` of a column, or of one column per drug."""
    table = column[:, None] if column.ndim == 1 else column
    return np.ascontiguousarray(table.T[:, None, :])


def require_options(replicates: int, seed: int, min_cases: int, p_by: str, stop_after: int | None) -> None:
    """Refuse what is no number of replicates, no seed, and no way to a p-value."""
    if replicates < 0 or seed < 0 or min_cases < 1 or (stop_after is not None and stop_after < 1):
        raise UsageError(
            "A scan cannot be made with these numbers.",
            found=f"replicates {replicates}, seed {seed}, min_cases {min_cases}, stop_after {stop_after}",
            remedy="Give whole numbers: replicates and seed from 0, the others from 1",
            code="HW-U241",
        )
    if p_by not in P_BY:
        raise UsageError("There is no such way to a p-value.", found=p_by, remedy="Give " + " or ".join(P_BY), code="HW-U242")
    if p_by == "gumbel" and (stop_after is not None or replicates in (1, 2)):
        raise UsageError(
            "A Gumbel law needs all its replicates, and more than two.",
            found=f"replicates {replicates}, stop_after {stop_after}",
            remedy="Leave stop_after out and give 99 replicates or more",
            code="HW-U242",
        )


def require_fitting(windows: Windows, n_locations: int) -> None:
    """Refuse windows of other locations."""
    columns_of(locations=np.zeros(n_locations), windows=np.zeros(windows.n_locations))


def _require_one_shape(first: Array, second: Array, name: str, other: str) -> None:
    columns_of(**{name: np.zeros(first.shape[2]), other: np.zeros(second.shape[2])})
    columns_of(**{f"drugs of {name}": np.zeros(first.shape[0]), f"drugs of {other}": np.zeros(second.shape[0])})
