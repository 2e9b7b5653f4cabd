r"""When did it turn? The probability of each place for a change, and of none, with every non-detect in it.

On a day of change the level may jump and the slope is drawn anew, both by far more than from day to day. With the likelihood
of all days under a change at each place, ``L_k``, and under none, ``L_0``,

    P(change at k) = (p / n) L_k / ((1 - p) L_0 + (p / n) sum_j L_j)                                          (S16)

for ``n`` places and a probability ``p`` of a change before anything is seen. The trap: settings learnt with the change in
the days have grown by it, so a change is stated with caution.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.smoother.fit import log_likelihoods
from headworks.trends.smoother.observations import Array, Index, Observations
from headworks.trends.smoother.smooth import Settings, level_guess

# A change worth its name: a factor of two either way, or as much within two months.
JUMP_SD, BEND_SD = float(np.log(2.0)), float(np.log(2.0) / 60.0)
PRIOR_OF_A_CHANGE = 0.5


class TurningPoints(NamedTuple):
    """``p_change`` that there was one; of each candidate ``day`` its ``probability`` if there was.

    ``first`` to ``last`` is the shortest run of candidates that holds 95 % of it.
    """

    p_change: float
    day: Index
    probability: Array
    first: int
    last: int


def turning_points(
    even: Observations, settings: Settings, series: int, days: npt.ArrayLike, prior: float = PRIOR_OF_A_CHANGE
) -> TurningPoints:
    """Where one series turned.

    Parameters
    ----------
    even, settings
        Days less offsets, and the (central) settings of every series.
    series
        Which one.
    days
        Candidates, in order, such as every Monday; a change is before the first day seen on or after it.
    prior
        Probability of a change before anything is seen.

    Returns
    -------
    TurningPoints
        Days since 1970-01-01.

    Examples
    --------
    >>> from headworks.trends.smoother import observations
    >>> day = np.arange(0, 420, 7)
    >>> load = np.where(day < 210, 0.0, 1.0) + 0.05 * np.sin(day**2)
    >>> seen = observations([0, 60], day, load, load)
    >>> found = turning_points(seen, Settings.same(1, 1e-4, 0.0, 0.01, 0.03, 25.0), 0, day[1:])
    >>> found.p_change > 0.99, found.first, found.last
    (True, 210, 210)
    """
    candidates = np.asarray(days, np.int64)
    own = np.array([column[series] for column in settings])
    nodes = np.tile(np.concatenate([own, [np.inf, JUMP_SD**2, BEND_SD**2]]), (candidates.size + 1, 1))
    nodes[1:, 5] = candidates
    one = even.take(np.array([series]))
    log_z = log_likelihoods(one, np.array([0]), nodes, level_guess(one))[0]
    score = log_z + np.log(np.concatenate([[1 - prior], np.full(candidates.size, prior / max(candidates.size, 1))]))
    weight = np.exp(score - score.max())
    p_change = float(weight[1:].sum() / weight.sum())
    given = weight[1:] / weight[1:].sum() if weight[1:].sum() > 0 else weight[1:]
    first, last = _shortest(given)
    return TurningPoints(p_change, candidates, given, int(candidates[first]), int(candidates[last]))


def _shortest(probability: Array, level: float = 0.95) -> tuple[int, int]:
    """First and last place of the shortest run that holds ``level``."""
    total = np.concatenate([[0.0], np.cumsum(probability)])
    ends = np.searchsorted(total, total[:-1] + level * total[-1] - 1e-12)
    lengths = np.where(ends <= probability.size, ends - np.arange(probability.size), probability.size + 1)
    first = int(np.argmin(lengths))
    return first, int(min(max(ends[first] - 1, first), probability.size - 1))
