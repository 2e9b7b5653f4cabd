r"""What the days of each series obey, learnt from the days themselves: nothing is given by hand.

The likelihood of a series is known at the nodes of a grid of settings (``likelihood_rows``). The series of a residue show
together how settings are spread over the nodes, the prior ``pi``, found by expectation maximisation, and each series has then

    w_k = pi_k L_k / sum_j pi_j L_j,      setting = (sum_k w_k sd_k)^2                                       (S7)

What stays open of a setting widens the level: four corners of equal weight stand for the ``w_k`` (S8). A series with few
days has a flat likelihood and takes the residue's mean; one with many its own. The trap: days a residue's weekdays explain
would count as scatter, so offsets are fitted first.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import in_chunks
from headworks.core.errors import DataRefused
from headworks.trends.smoother.likelihood import likelihood_rows
from headworks.trends.smoother.observations import Array, Index, Observations
from headworks.trends.smoother.smooth import UNKNOWN_LEVEL_SD, Settings, level_guess
from headworks.trends.smoother.transition import SLOPE_MEMORY_DAYS, transitions

# Log-scale standard deviations. Level: per root of a day, 4 % to a factor of 10 a year. Slope in the long run, per day: none,
# 30 % and a factor of 3 a year. Days: from one like the other to a factor of 3 apart, in steps of a quarter: one residue's
# series may agree closely, and then lie between two nodes.
WANDER_SD = (0.002, 0.005, 0.01, 0.016, 0.024, 0.036, 0.06, 0.12)
SLOPE_SD = (0.0, 0.0008, 0.003)
DAY_SD = (0.02, 0.08, 0.14, 0.2, 0.25, 0.32, 0.4, 0.5, 0.63, 0.8, 1.05)
# Three days in a hundred scatter five times as widely: what dumping, festivals and slips of the pen look like.
OUTLIER_SHARE, OUTLIER_SCALE = 0.03, 25.0
# Series of a residue that the prior is learnt from, and steps of the maximisation; stopped early, the prior stays smooth.
_MOST_LEARNT_FROM, _STEPS = 200, 40
# Nodes that hold less than this of the prior are not tried for each series.
_LEAST_PRIOR, _MOST_NODES = 0.001, 64
_N_CORNERS = 4
# Numbers of a node without a day of change.
_SETTING = 5
# The mean of half a normal lies sqrt(2 / pi) standard deviations from its middle.
_DRAWN_OUT = float(np.sqrt(np.pi / 2))


def setting_nodes(share: float = OUTLIER_SHARE, scale: float = OUTLIER_SCALE) -> Array:
    """Every node of the grid: wander, slope variance, day variance, share and scale of outliers; shape ``(n_nodes, 5)``."""
    return np.array([(w * w, s * s, d * d, share, scale) for w, s, d in product(WANDER_SD, SLOPE_SD, DAY_SD)])


def log_likelihoods(seen: Observations, series: Index, nodes: Array, level: float, threads: int | None = None) -> Array:
    """Log likelihood of some series at every node, shape ``(n_chosen, n_nodes)``.

    A node may go on with a day of change and the variances of a jump of the level and a bend of the slope on it.
    """
    if nodes.shape[1] == _SETTING:
        nodes = np.column_stack([nodes, np.full(nodes.shape[0], np.inf), np.zeros((nodes.shape[0], 2))])
    log_z = np.zeros((series.size, nodes.shape[0]))
    begin = np.tile([level, UNKNOWN_LEVEL_SD**2], (series.size, 1))
    columns, table = seen.as_kernels_read, transitions()

    def some(first: int, last: int) -> None:
        likelihood_rows(first, last, seen.start, columns, series, nodes, table, begin, log_z)  # type: ignore[no-untyped-call]

    in_chunks(some, series.size, threads)
    return log_z


def pooled_prior(log_z: Array, steps: int = _STEPS) -> Array:
    """How settings of the series of a residue are spread over the nodes, shape ``(n_nodes,)``; adds up to 1.

    Examples
    --------
    Two series that prefer the first node, one that does not care: p = (2 + p + 1/2) / 4 is 5/6.

    >>> pooled_prior(np.array([[9.0, 0.0], [9.0, 0.0], [0.0, 0.0]])).round(2).tolist()
    [0.83, 0.17]
    """
    likelihood = np.exp(log_z - log_z.max(axis=1, keepdims=True))
    n, m = likelihood.shape
    prior = np.full(m, 1.0 / m)
    for _ in range(steps):
        joint = likelihood * prior
        # One series' worth of evenness, so that no node is ruled out by a handful of series.
        prior = ((joint / joint.sum(axis=1, keepdims=True)).sum(axis=0) + 1.0 / m) / (n + 1.0)
    return prior


def node_weights(log_z: Array, prior: Array) -> Array:
    """Probability of each node given each series' days, shape ``(n_series, n_nodes)`` (S7).

    Examples
    --------
    >>> node_weights(np.array([[0.0, np.log(3.0)]]), np.array([0.5, 0.5])).round(2).tolist()
    [[0.25, 0.75]]
    """
    score = log_z + np.log(prior)
    weight = np.exp(score - score.max(axis=1, keepdims=True))
    result: Array = weight / weight.sum(axis=1, keepdims=True)
    return result


class FittedSettings(NamedTuple):
    """``central`` settings of every series, and four equally likely ``corners`` for what is not known of them (S8)."""

    central: Settings
    corners: tuple[Settings, ...]

    def take(self, series: Index) -> FittedSettings:
        """Those of some series."""
        central, *corners = (Settings(*(column[series] for column in one)) for one in (self.central, *self.corners))
        return FittedSettings(central, tuple(corners))


def summed_up(weight: Array, nodes: Array) -> FittedSettings:
    """Central settings and corners of every series.

    The nodes in order of how far a level wanders in the long run are cut into halves of equal weight, each half in order of
    the scatter of days again; the mean of a normal half lies 0.8 standard deviations out, so corners are drawn out by 1.25.

    Parameters
    ----------
    weight
        From :func:`node_weights`.
    nodes
        Settings of the nodes, shape ``(n_nodes, 5)``.

    Returns
    -------
    FittedSettings
        In the order of ``weight``.

    Examples
    --------
    One node alone leaves nothing open.

    >>> found = summed_up(np.ones((1, 1)), np.array([[4e-4, 0.0, 0.09, 0.03, 25.0]]))
    >>> {round(corner.day_variance.item(), 6) for corner in found.corners}
    {0.09}
    """
    deviations = np.sqrt(nodes[:, :3])
    by_wander = np.argsort(nodes[:, 0] + nodes[:, 1] * SLOPE_MEMORY_DAYS / 2, kind="stable")
    by_day = np.argsort(nodes[:, 2], kind="stable")
    mean = weight @ deviations
    corners = []
    for half in range(2):
        of_wander = _half(weight, by_wander, half)
        for other in range(2):
            inner = _half(of_wander, by_day, other) @ deviations
            drawn = mean * (inner / np.where(mean > 0, mean, 1.0)) ** _DRAWN_OUT
            corners.append(_settings(drawn, nodes))
    return FittedSettings(_settings(mean, nodes), tuple(corners))


def _settings(deviations: Array, nodes: Array) -> Settings:
    n = deviations.shape[0]
    return Settings._make((*(deviations**2).T.copy(), np.full(n, nodes[0, 3]), np.full(n, nodes[0, 4])))


def _half(weight: Array, order: Index, half: int) -> Array:
    """The lower or upper half of the weight of each row, in an order of its columns; a column may be cut. Adds up to 1."""
    above = np.cumsum(weight[:, order], axis=1)
    below = np.concatenate([np.zeros((weight.shape[0], 1)), above[:, :-1]], axis=1)
    middle = above[:, -1:] / 2
    low, high = (0.0, middle) if half == 0 else (middle, 2 * middle)
    cut = np.zeros_like(weight)
    cut[:, order] = np.clip(above, low, high) - np.clip(below, low, high)
    result: Array = cut / cut.sum(axis=1, keepdims=True)
    return result


def fit_settings(seen: Observations, group: npt.ArrayLike, threads: int | None = None) -> FittedSettings:
    """Settings of every series, pooled over those of its group, and what is not known of them.

    Parameters
    ----------
    seen
        Days, less their weekday and holiday offsets.
    group
        Residue of each series, any whole number.
    threads
        At most; those of the machine without.

    Returns
    -------
    FittedSettings
        In the order of the series; of a series without days those of its group.

    Raises
    ------
    DataRefused
        ``HW-D544`` when there is not one group for each series.

    Examples
    --------
    Days that hardly differ have hardly any scatter between them.

    >>> from headworks.trends.smoother import observations
    >>> calm = 0.05 * np.sin(np.arange(60.0) ** 2)
    >>> found = fit_settings(observations([0, 60], np.arange(60) * 7, calm, calm), [0])
    >>> bool(np.sqrt(found.central.day_variance.item()) < 0.1)
    True
    """
    groups = require_groups(seen, group)
    laid = np.empty((1 + _N_CORNERS, 5, seen.n_series))
    for one in np.unique(groups):
        series = np.flatnonzero(groups == one)
        found = _fit_group(seen, series, threads)
        laid[:, :, series] = np.array([found.central, *found.corners])
    central, *corners = (Settings(*columns) for columns in laid)
    return FittedSettings(central, tuple(corners))


def require_groups(seen: Observations, group: npt.ArrayLike) -> Index:
    """The group of each series, refused when there is not one for each."""
    groups = np.asarray(group, np.int64)
    if groups.shape != (seen.n_series,):
        raise DataRefused(
            "Each series needs a group to be pooled with.", found=f"groups of shape {groups.shape} for {seen.n_series} series",
            remedy="Give a whole number per series, such as its residue's", code="HW-D544",
        )  # fmt: skip
    return groups


def evenly(series: Index, most: int) -> Index:
    """At most so many of the series, evenly through the list, so that no draw is needed.

    Examples
    --------
    >>> evenly(np.arange(9), 3).tolist()
    [0, 4, 8]
    """
    if series.size <= most:
        return series
    return series[np.unique(np.linspace(0, series.size - 1, most).astype(np.int64))]


def _fit_group(seen: Observations, series: Index, threads: int | None) -> FittedSettings:
    """Settings of the series of one residue."""
    nodes = setting_nodes()
    informed = series[np.diff(seen.start)[series] > 1]
    if informed.size == 0:
        return summed_up(np.full((series.size, nodes.shape[0]), 1.0 / nodes.shape[0]), nodes)
    level = level_guess(seen, series)
    prior = pooled_prior(log_likelihoods(seen, evenly(informed, _MOST_LEARNT_FROM), nodes, level, threads))
    best = np.sort(np.argsort(-prior, kind="stable")[:_MOST_NODES])
    best = best[prior[best] >= min(_LEAST_PRIOR, prior.max())]
    return summed_up(node_weights(log_likelihoods(seen, series, nodes[best], level, threads), prior[best]), nodes[best])
