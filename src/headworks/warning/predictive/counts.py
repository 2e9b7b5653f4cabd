"""What the counts of many series were expected to be, and how far each week lies from it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from headworks.core.compiled import in_chunks
from headworks.core.errors import DataRefused, UsageError
from headworks.warning.predictive import weeks
from headworks.warning.predictive.design import columns_of_weeks, precision_of_columns

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
# Six years hold the season and leave behind what a residue was before; a level cannot be learnt from less than half a year.
LONGEST_YEARS, SHORTEST_YEARS = 6.0, 0.5
# Steps of a year that can be told apart as its season.
FEWEST_A_YEAR = 2
# Beyond this a normal's place cannot be told from certainty.
_FARTHEST = 8.0


class CountPredictive(NamedTuple):
    """Of every series and evaluated week, shape ``(n_series, n_weeks)``; not a number where nothing can be said.

    ``expected`` and ``variance``; ``lower`` and ``upper`` count at the level asked for; ``p_week`` of the count or more, ties
    broken at random, ``p_pair`` of it and the week before together, ``p_value`` of both at once, (H15) where cases are few and
    else (H6), uniform under no change; ``z``, the normal that the week alone stands for, above 0 where the count is high;
    ``dispersion``; ``n_weeks`` in the baseline, and how many of them are believed to be free of an outbreak.
    """

    expected: Array
    variance: Array
    lower: Array
    upper: Array
    p_week: Array
    p_pair: Array
    p_value: Array
    z: Array
    dispersion: Array
    n_weeks: Array
    believed_weeks: Array


def count_predictive(
    counts: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    evaluate: tuple[int, int] | None = None,
    freq: float = 52.0,
    known_outbreaks: npt.ArrayLike | None = None,
    level: float = 0.95,
    threads: int | None = None,
) -> CountPredictive:
    """Each week against what the weeks before its predecessor let expect.

    Parameters
    ----------
    counts
        Shape ``(n_series, n_weeks)``; not a number where a week is missing, which is never taken for zero.
    rng
        Breaks ties of counts, one number for each series and evaluated week.
    evaluate
        First and last week to assess, counted from 0, both included; the last one without.
    freq
        Weeks in a year.
    known_outbreaks
        Weeks that belong to a known outbreak: they leave the baseline and are assessed all the same.
    level
        Coverage of ``lower`` to ``upper``.
    threads
        At most.

    Returns
    -------
    CountPredictive
        Series in the order given. A week's answer hangs on no later week, on no other series and not on the number of threads.

    Raises
    ------
    DataRefused
        ``HW-D740`` when a count is below zero or no whole number, or is not finite.
    UsageError
        ``HW-U250`` when ``evaluate`` lies outside the weeks, ``HW-U251`` when shapes do not fit, ``HW-U233`` when a year has
        fewer than two weeks.

    Examples
    --------
    Two years of 4 a week, then 30.

    >>> steady = np.full((1, 105), 4.0)
    >>> steady[0, ::3], steady[0, 104] = 3.0, 30.0
    >>> found = count_predictive(steady, np.random.default_rng(1))
    >>> found.expected.round(1).item(), bool(found.p_value.item() < 1e-6)
    (3.7, True)
    """
    seen = _require_counts(counts)
    n_series, n_weeks = seen.shape
    first, last = (n_weeks - 1, n_weeks - 1) if evaluate is None else evaluate
    _require_sense(first, last, n_weeks, freq)
    kept = np.ones(seen.shape, dtype=bool) if known_outbreaks is None else ~np.asarray(known_outbreaks, dtype=bool)
    if kept.shape != seen.shape:
        raise UsageError(
            "Known outbreaks do not fit the counts.",
            found=f"shape {kept.shape} for {seen.shape}",
            remedy="Give one value for each series and week",
            code="HW-U251",
        )
    shape = (n_series, last + 1 - first)
    ties, out = rng.random(shape), np.full((*shape, weeks.N_OUT), np.nan)
    columns, precision = columns_of_weeks(n_weeks, freq), precision_of_columns()
    longest, fewest = round(LONGEST_YEARS * freq), round(SHORTEST_YEARS * freq)

    def work(start: int, stop: int) -> None:
        weeks.assess_rows(  # type: ignore[no-untyped-call]
            seen, kept, ties, columns, precision, first, last + 1, longest, fewest, level, start, stop, out
        )  # fmt: skip

    in_chunks(work, n_series, threads)
    return _named(out)


def _require_sense(first: int, last: int, n_weeks: int, freq: float) -> None:
    """Refuse weeks that are not there, and a year that holds no season."""
    if not 0 <= first <= last < n_weeks:
        raise UsageError(
            "The weeks to assess lie outside the series.",
            found=f"{first} to {last} of {n_weeks} weeks",
            remedy="Count from 0",
            code="HW-U250",
        )
    if not FEWEST_A_YEAR <= freq < np.inf:
        raise UsageError(
            "A setting means nothing.", where="freq", found=f"{freq} steps a year",
            remedy=f"Give at least {FEWEST_A_YEAR}, such as 52", code="HW-U233",
        )  # fmt: skip


def _require_counts(counts: npt.ArrayLike) -> Array:
    """Counts as the kernel reads them, missing ones as not a number."""
    seen = np.require(np.array(counts, dtype=np.float64, ndmin=2), requirements=["C", "W"])
    with np.errstate(invalid="ignore"):
        is_odd = ~np.isnan(seen) & ((seen < 0) | (seen != np.floor(seen)) | np.isinf(seen))
    if is_odd.any():
        series, week = (int(place[0]) for place in np.nonzero(is_odd))
        raise DataRefused(
            f"{np.count_nonzero(is_odd)} counts are no whole numbers from 0 on.",
            where=f"series {series}, week {week}",
            found=f"{seen[series, week]}",
            remedy="Give counts, null where a week is missing; for loads take the trend model's predictive",
            code="HW-D740",
        )
    return seen


def _named(out: Array) -> CountPredictive:
    column = {
        name: np.ascontiguousarray(out[:, :, place]) for name, place in (
            ("expected", weeks.EXPECTED), ("variance", weeks.VARIANCE), ("lower", weeks.LOWER), ("upper", weeks.UPPER),
            ("p_week", weeks.P_WEEK), ("p_pair", weeks.P_PAIR), ("p_value", weeks.P_VALUE),
            ("dispersion", weeks.DISPERSION), ("n_weeks", weeks.N_WEEKS), ("believed_weeks", weeks.BELIEF),
        )
    }  # fmt: skip
    z = np.clip(-ndtri(column["p_week"]), -_FARTHEST, _FARTHEST)
    return CountPredictive(z=z, **column)
