"""Days of load of many series as flat arrays, the form that the kernels read."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
NO_BATCH = -1


class Observations(NamedTuple):
    """What was seen: a row per sampled day, in order of series and day; logarithms are natural.

    ``start`` has a number per series and one more: the rows of series ``i`` are ``start[i]`` to ``start[i + 1]``, exclusive.
    ``day`` counts days since 1970-01-01. A quantified day has ``lower == upper``; of one not detected ``lower`` is minus
    infinity and ``upper`` the log limit of detection; of one detected and not quantified they are the logs of LOD and LOQ.
    ``variance`` is the known log-scale variance of the day's own measurement. ``n_days`` of a composite are the days it
    covers; ``day`` is then its middle. Days of one ``batch`` share an error of variance ``batch_variance``; ``NO_BATCH``
    shares nothing.
    """

    start: Index
    day: Index
    lower: Array
    upper: Array
    variance: Array
    n_days: Array
    batch: Index
    batch_variance: Array

    @property
    def n_series(self) -> int:
        """How many series."""
        return self.start.size - 1

    @property
    def of_series(self) -> Index:
        """Series of each row."""
        return np.repeat(np.arange(self.n_series), np.diff(self.start))

    @property
    def is_quantified(self) -> npt.NDArray[np.bool_]:
        """Whether a day has a value."""
        result: npt.NDArray[np.bool_] = self.lower == self.upper
        return result

    @property
    def as_kernels_read(self) -> tuple[npt.NDArray[Any], ...]:
        """The columns, each one piece of memory that may be written: kernels are compiled for that alone."""
        return tuple(np.require(column, requirements=["C", "W"]) for column in self[1:])

    def take(self, series: Index) -> Observations:
        """Some of the series, in the order asked for."""
        sizes = np.diff(self.start)[series]
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = np.arange(start[-1]) + np.repeat(self.start[series] - start[:-1], sizes)
        return Observations._make((start, *(column[rows] for column in self[1:])))


def observations(
    start: npt.ArrayLike,
    day: npt.ArrayLike,
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    variance: npt.ArrayLike = 0.0,
    n_days: npt.ArrayLike = 1.0,
    batch: npt.ArrayLike = NO_BATCH,
    batch_variance: npt.ArrayLike = 0.0,
) -> Observations:
    """The arrays, broadcast to one length and checked.

    Parameters
    ----------
    start, day, lower, upper, variance, n_days, batch, batch_variance
        As in :class:`Observations`; the last four may be one number for all.

    Returns
    -------
    Observations
        Series and rows in the order given.

    Raises
    ------
    DataRefused
        ``HW-D541`` when days of a series are not in order, a bound is not a number or above its upper one, a day has neither
        bound, or a variance or a number of days is not one; ``HW-D542`` when ``start`` does not cover the rows.

    Examples
    --------
    >>> seen = observations([0, 2], [10, 17], [0.0, -np.inf], [0.0, -1.0])
    >>> seen.n_series, seen.is_quantified.tolist()
    (1, [True, False])
    """
    days = np.asarray(day, dtype=np.int64)

    def real(column: npt.ArrayLike) -> Array:
        numbers = np.asarray(column, np.float64)
        # What is broadcast may not be written, and kernels would copy it each time.
        return np.ascontiguousarray(numbers if numbers.shape == days.shape else np.broadcast_to(numbers, days.shape))

    batches = np.ascontiguousarray(np.broadcast_to(np.asarray(batch, np.int64), days.shape))
    result = Observations(
        np.asarray(start, np.int64),
        days,
        real(lower),
        real(upper),
        real(variance),
        real(n_days),
        batches,
        real(batch_variance),
    )
    _require_sound(result)
    return result


def _require_sound(seen: Observations) -> None:
    """Refuse what the kernels could not read."""
    start = seen.start
    if start.size < 1 or start[0] != 0 or start[-1] != seen.day.size or np.any(np.diff(start) < 0):
        raise DataRefused(
            "The starts of the series do not cover the rows.",
            found=f"{start.size} starts for {seen.day.size} rows",
            remedy="Give 0, the end of each series, in order, and last the number of rows",
            code="HW-D542",
        )
    same = seen.of_series[1:] == seen.of_series[:-1]
    faults = {
        "days out of order": np.append(False, same & (np.diff(seen.day) < 0)),
        "a lower bound that is not at most the upper one": ~(seen.lower <= seen.upper),
        "no bound at all": np.isneginf(seen.lower) & np.isposinf(seen.upper),
        "an endless value": (seen.lower == seen.upper) & ~np.isfinite(seen.lower),
        "a variance that is not a number of at least 0": ~((seen.variance >= 0) & (seen.batch_variance >= 0)),
        "less than one day": ~(seen.n_days >= 1),
    }
    found = [f"{what} (row {int(np.flatnonzero(rows)[0])})" for what, rows in faults.items() if rows.any()]
    if found:
        raise DataRefused(
            "Days cannot be smoothed.", found="; ".join(found), remedy="Leave such days out, or repair them", code="HW-D541"
        )
