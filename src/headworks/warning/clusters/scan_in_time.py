"""Where and when: scans over places and spans of periods.

A window is a circle (or another set of places) during a span of periods. Retrospective scans look at every span, prospective
ones at those that last until now (Kulldorff 2001). The space-time permutation scan needs no expected numbers: they follow
from the margins, so it sees only what place and time do *together* (Kulldorff et al. 2005, G14).

The trap of a prospective scan is the week before: looked at again each week, one week in twenty has p below 0.05. The budget
over time is not this room's; it takes p and spends it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from headworks.core.errors import UsageError
from headworks.warning.clusters.found import Clusters, find_clusters
from headworks.warning.clusters.monte_carlo import ScanProblem
from headworks.warning.clusters.problems import (
    bernoulli_problem,
    normal_problem,
    permutation_problem,
    poisson_problem,
    spans,
)
from headworks.warning.clusters.required import columns_of, require_share
from headworks.warning.clusters.scan import require_fitting, require_options
from headworks.warning.clusters.windows import Windows, circular_windows

Array = npt.NDArray[np.float64]
MODELS: Final = ("poisson", "bernoulli", "normal", "permutation")


def scan_space_time(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    observed: npt.ArrayLike,
    baseline: npt.ArrayLike | None = None,
    model: str = "poisson",
    max_population_share: float = 0.5,
    replicates: int = 999,
    seed: int = 0,
    *,
    prospective: bool = False,
    max_time_share: float = 0.5,
    population: npt.ArrayLike | None = None,
    min_cases: int = 2,
    p_by: str = "monte_carlo",
    stop_after: int | None = None,
    most_clusters: int = 10,
    windows: Windows | None = None,
    threads: int | None = None,
) -> Clusters:
    """Clusters in space and time.

    Parameters
    ----------
    x, y
        Planar coordinates, shape ``(n_locations,)``.
    observed
        Shape ``(n_locations, n_periods)``: cases, or values of ``normal`` (not a number where nothing was measured).
    baseline
        Of the same shape: expected cases (``poisson``), people (``bernoulli``), variances (``normal``); none of
        ``permutation``.
    model
        ``poisson``, ``bernoulli``, ``normal`` or ``permutation``.
    max_population_share
        Largest share of a window's places, measured on ``population``, else on the baseline of all periods (of ``normal`` on
        the number of places, of ``permutation`` on the cases).
    prospective
        Only spans that last until the last period.
    max_time_share
        Largest share of the periods a span may take.

    The others are as of ``scan.scan_poisson``.

    Returns
    -------
    Clusters
        As of ``scan.scan_poisson``, with the first and last period (from 0) of each.

    Raises
    ------
    DataRefused
        As of ``scan.scan_poisson``.
    UsageError
        ``HW-U240``, ``HW-U241``, ``HW-U242``; ``HW-U243`` for a model there is not or a baseline that it does not take.

    Examples
    --------
    Of 2 and 3 cases in two periods, place 0 has 3 of the 3 later ones where 3 x 3 / 5 are expected.

    >>> found = scan_space_time([0, 9, 99], [0] * 3, [[0, 3], [1, 0], [1, 0]], model="permutation", max_population_share=0.6,
    ...                         prospective=True, replicates=0)
    >>> found[0].members, found[0].first_period, found[0].observed, round(found[0].expected, 6)
    ([0], 1, 3.0, 1.8)
    """
    require_options(replicates, seed, min_cases, p_by, stop_after)
    require_share(max_time_share)
    across, up = columns_of(x=x, y=y)
    values, sizes = _tables(observed, baseline, model, across.size)
    n_periods = values.shape[1]
    periods = spans(n_periods, max(1, int(n_periods * max_time_share)), prospective)
    centre = 0.0
    if model == "normal":
        problem, centre = normal_problem(values, sizes, periods, seed)
        size = np.ones(across.size)
    else:
        problem = _of_counts(model, values, sizes, periods, min_cases, seed)
        size = (values if model == "permutation" else sizes).sum(axis=(0, 1))
    windows = windows or circular_windows(across, up, size if population is None else population, max_population_share)
    require_fitting(windows, across.size)
    return find_clusters(
        windows, problem, replicates=replicates, most_clusters=most_clusters, p_by=p_by, stop_after=stop_after, centre=centre,
        threads=threads,
    )  # fmt: skip


def _of_counts(model: str, values: Array, sizes: Array, periods: npt.NDArray[np.int64], least: int, seed: int) -> ScanProblem:
    if model == "permutation":
        return permutation_problem(values, periods, least, seed)
    return (poisson_problem if model == "poisson" else bernoulli_problem)(values, sizes, periods, least, seed)


def _tables(observed: npt.ArrayLike, baseline: npt.ArrayLike | None, model: str, n: int) -> tuple[Array, Array]:
    """Observed and baseline with the shape ``(1, n_periods, n_locations)``, finite but for normal values."""
    if model not in MODELS or (baseline is None) != (model == "permutation"):
        raise UsageError(
            "This scan in time is not there.",
            found=f"model {model}, " + ("no baseline" if baseline is None else "a baseline"),
            remedy="Give poisson, bernoulli or normal with a baseline, or permutation without",
            code="HW-U243",
        )
    found = []
    for name, column in (("observed", observed), ("baseline", observed if baseline is None else baseline)):
        table = np.asarray(column, dtype=np.float64)
        if table.ndim == 1:
            table = table[:, None]
        if model != "normal":
            columns_of(**{name: table})
        columns_of(**{"x": np.zeros(n), name: np.zeros(table.shape[0])})
        found.append(np.ascontiguousarray(table.T[None]))
    columns_of(**{"periods of observed": np.zeros(found[0].shape[1]), "periods of baseline": np.zeros(found[1].shape[1])})
    return found[0], found[1]
