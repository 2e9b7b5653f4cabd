r"""Evidence added up over weeks, for a change that may have begun in any of them.

    M_t = (1 + M_{t-1}) e_t                                                                                (H11)

is the sum over all begins ``s`` of the product ``e_s … e_t`` (Shiryaev and Roberts). While nothing changes its mean is the
number of weeks, so an alarm at ``M_t >= c`` comes once in ``c`` weeks at most, on average, whenever one looks (e-detectors;
Shin, Ramdas and Rinaldo). A missing week has ``e = 1`` and adds no begin of its own. The trap: ``M`` is no e-value; ``M_t /
t`` is one at week t.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.errors import UsageError

Array = npt.NDArray[np.float64]
_LARGEST = 1e290


def e_detector(
    evidence: npt.ArrayLike,
    *,
    is_assessed: npt.ArrayLike | None = None,
    resets: npt.ArrayLike | None = None,
    start: npt.ArrayLike = 0.0,
) -> Array:
    """Evidence accumulated up to each week.

    Parameters
    ----------
    evidence
        e-values, shape ``(n_series, n_weeks)``, at least 0; independent of one another under no change.
    is_assessed
        Whether a week has a sample that could be judged; all without. Another week leaves the sum as it is.
    resets
        Weeks of a known outbreak: the sum begins at 0 after them.
    start
        The sum before the first week, to go on from.

    Returns
    -------
    Array
        Shape ``(n_series, n_weeks)``; in a week that resets, still with that week's evidence.

    Raises
    ------
    UsageError
        ``HW-U253`` when evidence is below zero or not a number, ``HW-U254`` when shapes differ.

    Examples
    --------
    (1 + 0) 2 = 2, a missing week, (1 + 2) 4 = 12.

    >>> e_detector([[2.0, 1.0, 4.0]], is_assessed=[[True, False, True]]).tolist()
    [[2.0, 2.0, 12.0]]
    """
    bets = np.atleast_2d(np.asarray(evidence, np.float64))
    if not np.all(bets >= 0):
        raise UsageError(
            "Evidence is at least 0 and a number.", found=f"{np.count_nonzero(~(bets >= 0))} of {bets.size}",
            remedy="Give 1 where a week is missing", code="HW-U253",
        )  # fmt: skip
    judged = _as_wide(is_assessed, bets.shape, True)
    reset = _as_wide(resets, bets.shape, False)
    sums, total = np.empty(bets.shape), np.broadcast_to(np.asarray(start, np.float64), bets.shape[:1])
    for week in range(bets.shape[1]):
        grown = np.minimum((1.0 + total) * bets[:, week], _LARGEST)
        sums[:, week] = np.where(judged[:, week], grown, total)
        total = np.where(reset[:, week], 0.0, sums[:, week])
    return sums


def _as_wide(flags: npt.ArrayLike | None, shape: tuple[int, ...], default: bool) -> npt.NDArray[np.bool_]:
    """Flags of every series and week."""
    wide = np.full(shape, default) if flags is None else np.atleast_2d(np.asarray(flags, dtype=bool))
    if wide.shape != shape:
        raise UsageError(
            "Flags of weeks do not fit the evidence.", found=f"shape {wide.shape} for {shape}",
            remedy="Give one for each series and week", code="HW-U254",
        )  # fmt: skip
    return wide
