r"""Columns of a series' baseline: level, trend in years, two waves of the year; and how large their coefficients may be.

Coefficients are normal about 0 before anything is seen (the level is free). A trend of half a logarithm a year, a first wave
of one and a second of one half, each at one standard deviation, hold what reports show; a history of few cases cannot say
more.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# Standard deviations of the coefficients before anything is seen; the level's is as good as none.
LEVEL_SD, TREND_SD_PER_YEAR, FIRST_WAVE_SD, SECOND_WAVE_SD = 1e3, 0.5, 1.0, 0.5


def columns_of_weeks(n_weeks: int, freq: float) -> Array:
    """Level, trend and season of ``n_weeks`` weeks (H1), shape ``(n_weeks, 6)``; ``freq`` weeks make a year.

    Examples
    --------
    A year after the first week the trend is one year ahead, and the waves are where they were.

    >>> columns_of_weeks(53, 52.0)[52].round(9).tolist()
    [1.0, 1.0, 1.0, 0.0, 1.0, 0.0]
    """
    years = np.arange(n_weeks) / freq
    waves = [wave(2 * np.pi * j * years) for j in (1, 2) for wave in (np.cos, np.sin)]
    result: Array = np.ascontiguousarray(np.stack([np.ones(n_weeks), years, *waves], axis=1))
    result[np.abs(result) < 1e-12] = 0.0
    return result


def precision_of_columns() -> Array:
    """Inverse variances of the coefficients before anything is seen, shape ``(6,)``."""
    sizes = [LEVEL_SD, TREND_SD_PER_YEAR, FIRST_WAVE_SD, FIRST_WAVE_SD, SECOND_WAVE_SD, SECOND_WAVE_SD]
    result: Array = np.array(sizes) ** -2.0
    return result
