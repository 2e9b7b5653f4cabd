r"""Sites where a drug is there on some days and not on others: a few users above a village's sampler.

One law of loads does not hold there: a day without use lies far below any limit, a day with use far above. Such a series has
two laws, learnt from the days before with a memory of ``MEMORY`` samples,

    P(present) = (a + n_present) / (a + b + n),    ln load | present ~ t_(n_present + nu)(m, s^2 (1 + 1/n_present))   (Y9)

with prior counts ``a, b`` and variance from all such series of the residue; an absent day falls in [0, 1 - P(present)], a
present one above it at its place in the second law. A series is taken to be of this kind when far more of its days are
censored than a lognormal with the mean and scatter of the others would leave below the limit. The trap: to the trend model
such a site seems to jump up and down for ever.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtr

from headworks.trends.smoother import Observations

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# About half a year of two samples a week, or a year of one.
MEMORY = 50.0
# Prior: so many days for presence, so many for the scatter of values.
_PRIOR_DAYS, _PRIOR_VALUES = 4.0, 4.0
# More censored days than so many times what a lognormal leaves below the limit, and this share more.
_TIMES, _MORE = 2.0, 0.05
_FEWEST_VALUES = 2
_LEAST_SD = 0.1


def is_intermittent(seen: Observations) -> npt.NDArray[np.bool_]:
    """Whether each series is there on some days only, by all its days.

    Examples
    --------
    Half of the days at 20, half below 0.05.

    >>> from headworks.trends.smoother import observations
    >>> value = np.tile([np.log(20.0), -np.inf], 20) + np.tile([0, 0, 0.1, 0], 10)
    >>> limit = np.where(np.isinf(value), np.log(0.05), value)
    >>> is_intermittent(observations([0, 40], np.arange(40), value, limit)).tolist()
    [True]
    """
    n, rows, known = seen.n_series, seen.of_series, seen.is_quantified
    n_days, n_values = np.bincount(rows, minlength=n), np.bincount(rows[known], minlength=n)
    mean, sd = _mean_and_sd(rows[known], seen.lower[known], n)
    limit = _mean_and_sd(rows[~known], seen.upper[~known], n)[0]
    share = 1.0 - n_values / np.maximum(n_days, 1)
    with np.errstate(invalid="ignore"):
        below = ndtr((limit - mean) / np.maximum(sd, _LEAST_SD))
        return np.asarray((n_values >= _FEWEST_VALUES) & (share > _TIMES * below + _MORE))


def _mean_and_sd(rows: Index, values: Array, n: int) -> tuple[Array, Array]:
    count = np.bincount(rows, minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(rows, values, n) / count
        sd = np.sqrt(np.bincount(rows, (values - mean[rows]) ** 2, n) / np.maximum(count - 1, 1))
    return mean, sd


def intermittent_places(seen: Observations, uniform: Array) -> tuple[Array, Array, Array]:
    """Place of each day in what the days before let expect, and the law's middle and variance of a present day's logarithm.

    Parameters
    ----------
    seen
        Days of intermittent series of one residue, less offsets.
    uniform
        A number between 0 and 1 for each day, which decides where an absent one falls.

    Returns
    -------
    tuple
        Uniform from 0 to 1 if nothing changed; mean; variance.

    Examples
    --------
    Half of the days are present, so the first, absent, falls in the middle of [0, 1/2]; then absence has 0.6, and the second,
    in the middle of the other law, stands at 0.6 + 0.4 / 2.

    >>> from headworks.trends.smoother import observations
    >>> two = observations([0, 2], [1, 8], [-np.inf, 3.0], [0.0, 3.0])
    >>> intermittent_places(two, np.array([0.5, 0.5]))[0].round(3).tolist()
    [0.25, 0.801]
    """
    present = seen.is_quantified
    n_days = np.diff(seen.start)
    share = present.mean() if present.size else 0.5
    counts = np.tile([_PRIOR_DAYS * share, _PRIOR_DAYS * (1 - share)], (seen.n_series, 1))
    centre, spread = _typical(seen, present)
    weight, mean = np.ones(seen.n_series), np.full(seen.n_series, centre)
    squares, degrees = np.full(seen.n_series, _PRIOR_VALUES * spread**2), np.full(seen.n_series, _PRIOR_VALUES)
    place, middle, variance = (np.empty(seen.day.size) for _ in range(3))
    keep = 1.0 - 1.0 / MEMORY
    for day in range(int(n_days.max(initial=0))):
        mine = np.flatnonzero(n_days > day)
        row = seen.start[mine] + day
        here, absent = present[row], counts[mine, 1] / counts[mine].sum(axis=1)
        scale = squares[mine] / degrees[mine] * (1.0 + 1.0 / weight[mine])
        middle[row], variance[row] = mean[mine], scale
        with np.errstate(invalid="ignore"):
            above = stdtr(degrees[mine], np.where(here, seen.lower[row] - mean[mine], 0.0) / np.sqrt(scale))
        place[row] = np.where(here, absent + (1.0 - absent) * above, absent * uniform[row])
        counts[mine] = keep * counts[mine] + np.column_stack([here, ~here])
        some, value = mine[here], seen.lower[row[here]]
        apart, grown = value - mean[some], keep * weight[some]
        squares[some] = keep * squares[some] + apart**2 * grown / (grown + 1.0)
        degrees[some] = keep * degrees[some] + 1.0
        mean[some] += apart / (grown + 1.0)
        weight[some] = grown + 1.0
    return place, middle, variance


def _typical(seen: Observations, present: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Where the present days of the residue lie, and how they scatter within their series."""
    if not present.any():
        return 0.0, 1.0
    rows, values = seen.of_series[present], seen.lower[present]
    mean, _ = _mean_and_sd(rows, values, seen.n_series)
    within = values - mean[rows]
    return float(np.median(values)), max(float(np.sqrt(np.mean(within**2))), _LEAST_SD)
