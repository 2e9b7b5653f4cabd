"""Which published means the printed days do not give.

A programme prints seven days and three means. Where they disagree, a day was corrected, dropped or added without a note. We
keep both and say so: a difference is a question to the publisher, not a correction. One cause can be found from the numbers:
the days were labelled by the end of their window when the means were made by its start, or the other way round, so that all
means come out right with every day moved by one.

The trap: two printed numbers with two decimals can differ by a hundredth through rounding alone, and a floating hundredth is
not exactly one. The default tolerance is a hundredth and a little.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import require_promise
from headworks.tables.loads import PublishedMeans
from headworks.tables.trends import InconsistentMeans, WeeklyMeans
from headworks.trends.week_means import week_means

_WEEK = ["site_id", "year", "week", "drug"]
_MEANS = ["weekday_mean", "weekend_mean", "daily_mean"]
_MOVES = {
    -1: "all printed means are right with every day moved one day earlier",
    1: "all printed means are right with every day moved one day later",
}


def _one_row_per_mean(frame: pl.DataFrame, value: str) -> pl.DataFrame:
    return frame.unpivot(_MEANS, index=_WEEK, variable_name="which_mean", value_name=value)


def explain_by_moved_days(
    odd: pl.DataFrame, theirs: pl.DataFrame, days: pl.DataFrame, conventions: pl.DataFrame, tolerance: float
) -> pl.DataFrame:
    """Weeks of ``odd`` whose printed means are all reproduced with every day moved by one, and which way.

    Parameters
    ----------
    odd
        Weeks in question: site_id, year, week, drug.
    theirs
        ``PublishedMeans``.
    days
        ``DailyLoads``; only undated days (week 0) can be labelled wrongly.
    conventions
        As for ``week_means``.

    Returns
    -------
    pl.DataFrame
        site_id, year, week, drug, explanation.
    """
    asked = days.filter(pl.col("week") == 0).join(odd.select(_WEEK).unique(), on=_WEEK, how="semi")
    found = []
    for move, words in _MOVES.items():
        if asked.is_empty():
            break
        moved = asked.with_columns(weekday=((pl.col("weekday") - 1 + move) % 7 + 1).cast(pl.Int8)).sort(*_WEEK, "weekday")
        ours = week_means(moved, conventions)
        both = theirs.join(ours, on=_WEEK, suffix="_moved")
        close = [((pl.col(name) - pl.col(f"{name}_moved")).abs() <= tolerance) | pl.col(name).is_null() for name in _MEANS]
        found.append(both.filter(pl.all_horizontal(close)).select(*_WEEK, explanation=pl.lit(words)))
    schema = {name: theirs.schema[name] for name in _WEEK} | {"explanation": pl.String}
    return pl.concat([pl.DataFrame(schema=schema), *found]).unique(_WEEK, keep="first", maintain_order=True)


def flag_inconsistent_means(
    week_means: pl.DataFrame,
    published_means: pl.DataFrame,
    tolerance: float = 0.0101,
    *,
    days: pl.DataFrame | None = None,
    conventions: pl.DataFrame | None = None,
) -> dy.DataFrame[InconsistentMeans]:
    """Published means that differ from those of the printed days by more than a tolerance, or have no days.

    Parameters
    ----------
    week_means
        ``WeeklyMeans`` of the published days, under the publisher's convention.
    published_means
        ``PublishedMeans``; a mean that was not printed is not compared.
    tolerance
        Greatest difference that rounding explains, mg/d per 1,000 people.
    days, conventions
        ``DailyLoads`` and the conventions of ``week_means``; with them an explanation is looked for.

    Returns
    -------
    dy.DataFrame[InconsistentMeans]
        In order of site, year, week, drug and mean; ``recomputed`` is empty where none of the days of the mean was printed.

    Raises
    ------
    DataRefused
        ``HW-D002`` when either table breaks its promise.

    Examples
    --------
    The days give 6.00 and the table says 6.50.

    >>> week = {"site_id": "s", "country": "X", "city": "Y", "year": 2020, "week": 0, "drug": "X", "analyte": "x",
    ...         "weekday_mean": 3.0, "weekend_mean": 9.0, "daily_mean": 6.0, "n_days": 2, "convention": "score",
    ...         "share_censored": 0.0, "estimate": 6.0, "estimate_lower": 1.0, "estimate_upper": 9.0, "weekend_ratio": 3.0}
    >>> printed = {"site_id": "s", "year": 2020, "week": 0, "analyte": "x", "drug": "X",
    ...            "weekday_mean": 3.0, "weekend_mean": 9.01, "daily_mean": 6.5}
    >>> odd = flag_inconsistent_means(pl.DataFrame([week]), pl.DataFrame([printed]))
    >>> odd.select("which_mean", "published", "recomputed", "difference").rows()
    [('daily_mean', 6.5, 6.0, 0.5)]
    """
    ours = require_promise(WeeklyMeans, week_means, where="week_means of flag_inconsistent_means")
    theirs = require_promise(PublishedMeans, published_means, where="published_means of flag_inconsistent_means")
    known = ours.select(*_WEEK, "country", "city", "n_days")
    compared = (
        _one_row_per_mean(theirs, "published")
        .filter(pl.col("published").is_not_null())
        .join(_one_row_per_mean(ours, "recomputed"), on=[*_WEEK, "which_mean"], how="left")
        .join(known, on=_WEEK, how="left")
        .with_columns(difference=pl.col("published") - pl.col("recomputed"), n_days=pl.col("n_days").fill_null(0))
    )
    odd = compared.filter((pl.col("difference").abs() > tolerance).fill_null(True))
    odd = odd.with_columns(explanation=pl.lit(None, dtype=pl.String))
    if days is not None and conventions is not None:
        explained = explain_by_moved_days(odd, theirs, days, conventions, tolerance)
        odd = odd.drop("explanation").join(explained, on=_WEEK, how="left")
    return require_promise(InconsistentMeans, odd.sort(*_WEEK, "which_mean"), where="result of flag_inconsistent_means")
