r"""Do two figures speak of different times, and does each divide what it counts by the people of the same time?

A *window* is the span of time a number was counted over. Two traps live here. A three-year rolling total of 2012 and one of
2013 share two years of three: whatever was done in between, they must agree. If yearly counts are independent with equal
variance, totals over w years that stand d < w years apart correlate by

    (w - d) / w                                                                                           (B30)

so part of a fall, and part of the regression to the mean, is hidden. And a total of three years over the residents of one is
a rate three times too high. Both are found from the windows, which the table of indicators carries for numerator and
denominator; where the windows are not told, :func:`rolling_evidence` finds the first trap in the numbers.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr

from headworks.assessment.comparison.equal_lists import refuse

Array = npt.NDArray[np.float64]
_DAYS_A_MONTH = 365.25 / 12
# Windows of calendar years differ by a leap day; anything beyond a twentieth is another window.
_SAME = 0.05
_LEAST_STEPS = 4


class Window(NamedTuple):
    """A span of days, both ends included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1

    @classmethod
    def of_years(cls, last: int, n_years: int = 1) -> Window:
        """Calendar years ending with ``last``.

        Examples
        --------
        >>> Window.of_years(2012, 3)
        Window(first=datetime.date(2010, 1, 1), last=datetime.date(2012, 12, 31))
        """
        return cls(dt.date(last - n_years + 1, 1, 1), dt.date(last, 12, 31))

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def shared_days(one: Window, other: Window) -> int:
    """Days that lie in both windows.

    Examples
    --------
    >>> shared_days(Window.of_years(2012, 3), Window.of_years(2013, 3))
    731
    """
    return max(0, (min(one.last, other.last) - max(one.first, other.first)).days + 1)


def require_apart(before: Window, after: Window) -> None:
    """Refuse a comparison of windows that share days, or stand in the wrong order.

    Raises
    ------
    DataRefused
        ``HW-D768`` with the share of the later window that is also in the earlier.

    Examples
    --------
    >>> require_apart(Window.of_years(2012, 3), Window.of_years(2015, 3))
    """
    shared = shared_days(before, after)
    if shared:
        refuse(
            "HW-D768",
            f"The windows before and after overlap: {100 * shared / after.days:.0f} % of the later was already counted in the "
            "earlier, so a fall cannot be seen and no regression to the mean either.",
            found=f"{before} and {after}",
            remedy=f"Compare with a window that begins after {before.last}",
        )
    if after.first <= before.last:
        remedy = "Exchange the windows"
        refuse("HW-D768", "The window after lies before the one before.", found=f"{before} and {after}", remedy=remedy)


def require_same_span(numerator: Window, denominator: Window, where: str = "") -> None:
    """Refuse a rate whose numerator and denominator were counted over windows of different length.

    Raises
    ------
    DataRefused
        ``HW-D769`` with the factor by which the rate is wrong.

    Examples
    --------
    >>> require_same_span(Window.of_years(2012, 3), Window.of_years(2012, 3))
    """
    factor = numerator.days / denominator.days
    if abs(factor - 1) > _SAME:
        refuse(
            "HW-D769",
            f"A rate divides a count of one window by people of another: it is {factor:.2f} times what it should be.",
            where=where,
            found=f"counted {numerator}, people {denominator}",
            remedy="Add up the people of every year of the count (person-years)",
        )


def find_window_mismatch(rates: pl.DataFrame) -> pl.DataFrame:
    """Rates that divide a count of one window by people of another.

    Parameters
    ----------
    rates
        ``numerator_first, numerator_last, denominator_first, denominator_last`` (dates, both ends included) and whatever
        names the row, a row per rate.

    Returns
    -------
    pl.DataFrame
        The rows that do not fit, in their order, with ``times_too_high``; none where all is well.

    Examples
    --------
    >>> three, one = Window.of_years(2015, 3), Window.of_years(2015)
    >>> row = {"numerator_first": three.first, "numerator_last": three.last}
    >>> row |= {"denominator_first": one.first, "denominator_last": one.last}
    >>> find_window_mismatch(pl.DataFrame([row]))["times_too_high"].round(1).to_list()
    [3.0]
    """

    def days(name: str) -> pl.Expr:
        return (pl.col(f"{name}_last") - pl.col(f"{name}_first")).dt.total_days() + 1

    factor = days("numerator") / days("denominator")
    return rates.with_columns(times_too_high=factor).filter((pl.col("times_too_high") - 1).abs() > _SAME)


class RollingEvidence(NamedTuple):
    """Whether the numbers can be only totals of overlapping windows.

    ``ratio`` of the variance of yearly differences to the least that independent counts can have; the chance of one as low.
    """

    ratio: float
    p_value: float
    is_rolling: bool


def rolling_evidence(counts: npt.ArrayLike, alpha: float = 0.001) -> RollingEvidence:
    """Whether a table of yearly counts is one of rolling totals, by how smooth it is.

    Independent yearly counts of mean m differ from year to year with variance of at least 2 m (Poisson), whatever else moves
    them. Totals over w years share most of what they count: their variance of differences is 2 m / w. A sum of squared
    differences below what chance allows, over many areas, has no other innocent reading.

    Parameters
    ----------
    counts
        Shape ``(n_years, n_areas)``, at least five years.
    alpha
        Chance of a false finding, at most.

    Raises
    ------
    DataRefused
        ``HW-D769`` for a table too short or with counts missing or below 0.

    Examples
    --------
    >>> yearly = np.random.default_rng(1).poisson(20.0, (12, 40))
    >>> rolling_evidence(yearly).is_rolling, rolling_evidence(yearly[:-2] + yearly[1:-1] + yearly[2:]).is_rolling
    (False, True)
    """
    y = np.asarray(counts, dtype=np.float64)
    if y.ndim != 2 or y.shape[0] <= _LEAST_STEPS or not np.isfinite(y).all() or (y < 0).any():
        remedy = f"A row per year, more than {_LEAST_STEPS}, and a column per area, without gaps"
        refuse("HW-D769", "Too little to see whether totals overlap.", found="x".join(map(str, y.shape)), remedy=remedy)
    if y.sum() <= 0:
        refuse("HW-D769", "Nothing was counted anywhere.", found="0 cases", remedy="Give a table with cases")
    squared = (np.diff(y, axis=0) ** 2).mean(axis=0)
    least = 2 * y.mean(axis=0)
    ratio = float(squared.sum() / least.sum())
    # Of t differences of Poisson counts of mean m: variance of the sum of squares, neighbours hanging together.
    mean, t = y.mean(axis=0), y.shape[0] - 1
    variance = (mean**2 * (12 * t - 4) + mean * (4 * t - 2)).sum() / t**2
    p = float(ndtr((ratio - 1) * least.sum() / np.sqrt(variance)))
    return RollingEvidence(ratio, p, p < alpha)
