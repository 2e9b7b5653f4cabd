"""Which levels of a calibration pass, and between which of them results may be reported.

A level passes when at least half of its calibrators come back within the limit. From below and from above, levels that fail
are cut off: the lowest accepted level is the limit of quantification of the curve. Inside, enough levels must pass, and no two
neighbours may fail. The trap: a calibrator that was left out, or that could not be used, counts as one that failed.
"""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.lab.calibration.weighted_curve import Array
from headworks.reference.lab_values import CalibrationProfile

Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]
# A deviation that equals its limit but for rounding passes.
_EDGE = 1e-9


class Problem(IntFlag):
    """Why a calibration gives no numbers."""

    NONE = 0
    NO_CALIBRATORS = 1
    TOO_FEW_TO_FIT = 2
    NOT_RISING = 4
    NOT_MONOTONE = 8
    TOO_FEW_LEVELS = 16
    TOO_MANY_FAIL = 32
    NEIGHBOURS_FAIL = 64
    RSE = 128


# Problems of the curve itself, beside those of its acceptance.
UNFIT = Problem.NO_CALIBRATORS | Problem.TOO_FEW_TO_FIT | Problem.NOT_RISING | Problem.NOT_MONOTONE
PROBLEM_WORDS = {
    Problem.NO_CALIBRATORS: "no usable calibrator",
    Problem.TOO_FEW_TO_FIT: "too few levels or calibrators for the curve and its error",
    Problem.NOT_RISING: "the response does not grow with the concentration",
    Problem.NOT_MONOTONE: "the parabola turns within the range",
    Problem.TOO_FEW_LEVELS: "fewer accepted levels than the profile asks for",
    Problem.TOO_MANY_FAIL: "a smaller share of the levels passes than the profile asks for",
    Problem.NEIGHBOURS_FAIL: "two neighbouring levels fail",
    Problem.RSE: "the relative standard error is above the limit of the profile",
}


def problem_words(problems: int) -> tuple[str, ...]:
    """The sentences of a set of problems.

    Examples
    --------
    >>> problem_words(Problem.NO_CALIBRATORS | Problem.TOO_FEW_LEVELS)
    ('no usable calibrator', 'fewer accepted levels than the profile asks for')
    """
    return tuple(words for problem, words in PROBLEM_WORDS.items() if problems & problem)


class AcceptedRange(NamedTuple):
    """Per curve the range and its problems; per calibrator whether it lies beyond the limit of its level."""

    lowest: Array
    highest: Array
    problems: Index
    n_levels: Index
    n_passed: Index
    is_beyond: Flags


def accepted_range(x: Array, deviation: Array, is_used: Flags, profile: CalibrationProfile) -> AcceptedRange:
    """Levels judged by their back-calculated deviations, and the range they leave.

    Parameters
    ----------
    x
        Concentrations, shape ``(n_curves, n_calibrators)``; blanks (0) and cells without a number are no levels.
    deviation
        Back-calculated over nominal concentration less 1, not a number where the calibrator was not used.
    is_used
        Whether the calibrator is in the fit.
    profile
        What is asked for.

    Returns
    -------
    AcceptedRange
        ``lowest`` and ``highest`` are not numbers where no level passes.
    """
    order = np.argsort(np.where(x > 0, x, np.nan), axis=1, kind="stable")
    sorted_x = np.take_along_axis(np.where(x > 0, x, np.nan), order, axis=1)
    size = np.take_along_axis(np.where(is_used & np.isfinite(deviation), np.abs(deviation), np.inf), order, axis=1)
    is_level, level_x, strict, wide = _levels(sorted_x, size, profile)
    first = _first(wide & is_level)
    last = x.shape[1] - 1 - _first((strict & is_level)[:, ::-1])
    # The lowest accepted level may deviate more than the others; one level alone may be both ends.
    place = np.arange(x.shape[1])
    is_first = place == first[:, None]
    last = np.where((wide & is_level).any(axis=1), np.maximum(np.where((strict & is_level).any(axis=1), last, 0), first), 0)
    passes = is_level & (strict | (is_first & wide))
    inside = is_level & (place >= first[:, None]) & (place <= last[:, None])
    n_levels, n_passed = is_level.sum(axis=1), (passes & (place >= first[:, None])).sum(axis=1)
    fails = inside & ~passes
    problems = np.where(n_passed < profile.least_levels, Problem.TOO_FEW_LEVELS, 0)
    problems |= np.where(n_passed < profile.least_share * n_levels - 1e-9, Problem.TOO_MANY_FAIL, 0)
    problems |= np.where((fails[:, 1:] & fails[:, :-1]).any(axis=1), Problem.NEIGHBOURS_FAIL, 0)
    has_any = n_passed > 0
    rows = np.arange(x.shape[0])
    lowest, highest = (np.where(has_any, level_x[rows, at], np.nan) for at in (first, last))
    own_limit = np.where(x == lowest[:, None], profile.deviation_limit_lowest, profile.deviation_limit)
    is_beyond = is_used & (x > 0) & ~(np.abs(deviation) <= own_limit + _EDGE)
    return AcceptedRange(lowest, highest, problems.astype(np.int64), n_levels, n_passed, is_beyond)


def _first(flags: Flags) -> Index:
    found: Index = flags.argmax(axis=1).astype(np.int64)
    return found


def _levels(sorted_x: Array, size: Array, profile: CalibrationProfile) -> tuple[Flags, Array, Flags, Flags]:
    """Levels from the left of each row: whether there is one, its concentration, whether it passes either limit."""
    n_curves, n_most = sorted_x.shape
    is_real = np.isfinite(sorted_x)
    is_new = is_real.copy()
    is_new[:, 1:] &= sorted_x[:, 1:] != sorted_x[:, :-1]
    level = np.where(is_real, np.cumsum(is_new, axis=1) - 1, 0)
    flat = (np.arange(n_curves)[:, None] * n_most + level)[is_real]

    def counted(which: Flags) -> Array:
        sums = np.bincount(flat, which[is_real].astype(np.float64), n_curves * n_most).astype(np.float64)
        return sums.reshape(n_curves, n_most)

    count = counted(is_real)
    level_x = np.full(n_curves * n_most, np.nan)
    level_x[flat] = sorted_x[is_real]
    strict, wide = (
        counted(size <= limit + _EDGE) * 2 >= count for limit in (profile.deviation_limit, profile.deviation_limit_lowest)
    )
    return count > 0, level_x.reshape(n_curves, n_most), strict, wide | strict
