"""All that is said of the weeks of many series, from the place of each sample in what any model expected.

The way for loads: the trend model's one-step-ahead law gives bounds of each place (``smoother.places``), and this does the
rest. Counts have a p-value of their own (``predictive``). The trap: ``alarm`` is the p-value's at a rate for each week;
``evidence`` answers to whoever looks at any time, and is what a budget over many series takes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from headworks.core.errors import UsageError
from headworks.warning.evidence.e_detector import e_detector
from headworks.warning.evidence.effects import exceedance_evidence, rise_evidence
from headworks.warning.evidence.places import normal_of, randomised_place
from headworks.warning.evidence.short_memory import short_memory_p

Array = npt.NDArray[np.float64]


class Judged(NamedTuple):
    """Shape ``(n_series, n_weeks)`` each: normals, p-values of the week and of it with the one before, e-values, their sum.

    Not a number in ``z``, ``p_week`` and ``p_value`` where nothing could be judged; there ``e_value`` is 1, the sum stays
    and no alarm is given.
    """

    z: Array
    p_week: Array
    p_value: Array
    e_value: Array
    evidence: Array
    alarm: npt.NDArray[np.bool_]
    is_assessed: npt.NDArray[np.bool_]


def judge(z: npt.ArrayLike, alpha: float = 0.01, *, resets: npt.ArrayLike | None = None, p: Array | None = None) -> Judged:
    """Every week by its standard normal ``z``.

    Parameters
    ----------
    z
        Shape ``(n_series, n_weeks)``; standard normal and independent under no change; not a number where there is no sample.
    alpha
        False alarms a week, as a share.
    resets
        Weeks of known outbreaks, after which evidence begins anew.
    p
        p-values that stand for those of :func:`short_memory_p`.

    Returns
    -------
    Judged
        Series and weeks as given.

    Raises
    ------
    UsageError
        ``HW-U255`` when ``alpha`` is not between 0 and 1.

    Examples
    --------
    >>> found = judge([[0.0, float("nan"), 3.0]])
    >>> found.alarm.tolist(), found.is_assessed.tolist()
    ([[False, False, True]], [[True, False, True]])
    """
    if not 0 < alpha < 1:
        raise UsageError("A rate of false alarms lies between 0 and 1.", found=str(alpha), remedy="Give 0.01", code="HW-U255")
    normal = np.atleast_2d(np.asarray(z, np.float64))
    p_value = short_memory_p(normal) if p is None else p
    assessed = ~np.isnan(normal)
    bets = (exceedance_evidence(normal) + rise_evidence(normal)) / 2
    evidence = e_detector(bets, is_assessed=assessed, resets=resets)
    with np.errstate(invalid="ignore"):
        return Judged(normal, ndtr(-normal), p_value, bets, evidence, p_value <= alpha, assessed)


def judge_places(
    lower: npt.ArrayLike, upper: npt.ArrayLike, rng: np.random.Generator, alpha: float = 0.01,
    *, resets: npt.ArrayLike | None = None,
) -> Judged:  # fmt: skip
    """Every week by the bounds of its place in a predictive law, see :func:`randomised_place`.

    Examples
    --------
    >>> judge_places([[0.2, 0.999]], [[0.2, 0.999]], np.random.default_rng(1)).p_value.round(4).tolist()
    [[0.8, 0.0018]]
    """
    return judge(normal_of(np.atleast_2d(randomised_place(lower, upper, rng))), alpha, resets=resets)
