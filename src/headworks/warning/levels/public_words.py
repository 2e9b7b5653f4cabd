"""Five words for the public, by site and by area, each with its statistic; or a class that says why there is none.

A week is held against the site's own past, whose days end before the week begins. Half the limit stands for a result below it
(the convention of the schemes), and the share of such results stands beside the word. The trap: a word of one site cannot be
compared with that of another, whatever the colours suggest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.reference.public_levels import LevelScheme, cut_points, level_scheme
from headworks.warning.levels.statistics import statistic_percentile, statistic_sd_units, statistic_wval

Array = npt.NDArray[np.float64]
Statistic = Callable[[Array, Array, npt.NDArray[np.int64], float], Array]
STATISTICS: Final[dict[str, Statistic]] = {
    "percentile": statistic_percentile,
    "sd-units": statistic_sd_units,
    "wval": statistic_wval,
}
NO_DATA, LIMITED = "no data", "limited coverage"
_COLUMNS = ("site_id", "analyte", "day", "value", "limit")
_KEY = ["site_id", "analyte"]
# What the convention of the schemes puts in for a result below its limit.
_OF_LIMIT = 0.5
_DAYS_A_WEEK = 7


def site_levels(days: pl.DataFrame, weeks: Sequence[dt.date], scheme: str = "percentile") -> pl.DataFrame:
    """The word of every site, residue and week.

    Parameters
    ----------
    days
        ``site_id, analyte, day, value, limit``: loads or concentrations of one unit, above 0; ``value`` is empty below the
        limit.
    weeks
        First days (Mondays) of the weeks asked for.
    scheme
        ``percentile``, ``sd-units`` or ``wval``.

    Returns
    -------
    pl.DataFrame
        ``site_id, analyte, week, word, rank, statistic, n_samples, n_history, share_censored``, every site and residue of
        ``days`` in every week, sorted. ``word`` is ``no data`` without a sample in the week, ``limited coverage`` with too
        short or too even a past; rank and statistic are then empty. ``share_censored`` is that of the past and the week.

    Raises
    ------
    DataRefused
        ``HW-D727`` for a table without the columns, a value or limit not above 0, or a row with neither.
    ParameterError
        ``HW-D728`` for a scheme there is not.

    Examples
    --------
    >>> past = [dt.date(2024, 1, 1) + dt.timedelta(7 * week) for week in range(31)]
    >>> days = pl.DataFrame({"site_id": "A", "analyte": "cocaine", "day": past, "value": [1.0] * 15 + [2.0] * 15 + [3.0],
    ...                      "limit": 0.1})
    >>> site_levels(days, [past[-1]]).select("word", "rank", "statistic").row(0)
    ('very high', 5, 100.0)
    """
    rules = level_scheme(scheme)
    rows = _filled(days)
    series = rows.select(_KEY).unique().sort(_KEY)
    found = [_one_week(rows, series, week, rules) for week in weeks]
    if not found:
        return _worded(_empty(rows), rules)
    return _worded(pl.concat(found), rules).sort(*_KEY, "week")


def area_levels(levels: pl.DataFrame, people: pl.DataFrame, scheme: str = "percentile") -> pl.DataFrame:
    """The word of every area: the median of its sites' statistics.

    Parameters
    ----------
    levels
        What :func:`site_levels` gives, of one scheme.
    people
        ``area_id, site_id, population, residents``: people of the area at the site, and of the area; an area of any level.
        Sites that lie in one another must have been told apart before (``places.independent_members``).
    scheme
        As of :func:`site_levels`.

    Returns
    -------
    pl.DataFrame
        ``area_id, analyte, week, word, rank, statistic, n_sites, coverage``; ``limited coverage`` with too few sites or too
        small a share of the residents behind the median, ``no data`` with no site.
    """
    rules = level_scheme(scheme)
    joined = people.join(levels, on="site_id", how="inner")
    has = pl.col("statistic").is_not_null()
    areas = joined.group_by("area_id", "analyte", "week").agg(
        statistic=pl.col("statistic").median(),
        n_sites=has.sum().cast(pl.Int64),
        coverage=pl.col("population").filter(has).sum() / pl.col("residents").first(),
    )
    enough = (pl.col("n_sites") >= rules.least_sites) & (pl.col("coverage") >= rules.least_coverage)
    why = pl.when(pl.col("n_sites") == 0).then(pl.lit(NO_DATA)).when(~enough).then(pl.lit(LIMITED))
    worded = _worded(areas.with_columns(_why=why), rules)
    order = ["area_id", "analyte", "week", "word", "rank", "statistic", "n_sites", "coverage"]
    return worded.select(order).sort("area_id", "analyte", "week")


def _filled(days: pl.DataFrame) -> pl.DataFrame:
    """The days with half the limit where there is no value; or a refusal."""
    missing = [name for name in _COLUMNS if name not in days.columns]
    if missing:
        raise DataRefused(
            "The days of public levels have not all columns.",
            found=", ".join(missing),
            remedy="Give " + ", ".join(_COLUMNS),
            code="HW-D727",
        )
    number = pl.coalesce(pl.col("value").cast(pl.Float64), _OF_LIMIT * pl.col("limit").cast(pl.Float64))
    rows = days.select(*_KEY, "day", _number=number, _is_censored=pl.col("value").is_null())
    bad = rows.with_row_index("row").filter(~(pl.col("_number") > 0).fill_null(value=False))
    if bad.height:
        raise DataRefused(
            "A public level needs a value or a limit above 0.",
            where=f"row {bad['row'][0]}, {bad['site_id'][0]}, {bad['day'][0]}",
            found=f"{bad['_number'][0]}" + (f", and {bad.height - 1} more rows" if bad.height > 1 else ""),
            remedy="Leave value empty below the limit and give the limit",
            code="HW-D727",
        )
    return rows


def _one_week(rows: pl.DataFrame, series: pl.DataFrame, week: dt.date, rules: LevelScheme) -> pl.DataFrame:
    """Statistic and counts of every series in one week."""
    day = pl.col("day")
    inside = rows.filter((day >= week) & (day < week + dt.timedelta(_DAYS_A_WEEK)))
    past = rows.filter((day < week) & (day >= week - dt.timedelta(rules.history_days)))
    means = inside.group_by(_KEY).agg(_week=pl.col("_number").mean(), n_samples=pl.len(), _low=pl.col("_is_censored").sum())
    counts = past.group_by(_KEY).agg(n_history=pl.len(), _low_past=pl.col("_is_censored").sum())
    table = series.join(means, on=_KEY, how="left").join(counts, on=_KEY, how="left").sort(_KEY)
    table = table.with_columns(pl.col("n_samples", "n_history", "_low", "_low_past").fill_null(0).cast(pl.Int64))
    values = past.sort(*_KEY, "day")["_number"].to_numpy()
    start = np.append(0, np.cumsum(table["n_history"].to_numpy()))
    week_mean = table["_week"].fill_null(np.nan).to_numpy()
    statistic = STATISTICS[rules.scheme](week_mean, values, start, rules.baseline_percentile)
    n_all = pl.col("n_samples") + pl.col("n_history")
    table = table.with_columns(
        week=pl.lit(week),
        statistic=pl.Series(statistic).fill_nan(None),
        share_censored=pl.when(n_all > 0).then((pl.col("_low") + pl.col("_low_past")) / n_all),
    )
    short = (pl.col("n_history") < rules.least_samples) | pl.col("statistic").is_null()
    why = pl.when(pl.col("n_samples") == 0).then(pl.lit(NO_DATA)).when(short).then(pl.lit(LIMITED))
    return table.select(*_KEY, "week", "statistic", "n_samples", "n_history", "share_censored", _why=why)


def _worded(table: pl.DataFrame, rules: LevelScheme) -> pl.DataFrame:
    """Word and rank beside the statistic, by the cut points of each residue."""
    rank, word = pl.lit(None, pl.Int8), pl.lit(None, pl.String)
    for analyte in table["analyte"].unique().sort():
        for row in cut_points(rules.scheme, analyte).iter_rows(named=True):
            # From the lowest word up: a later row goes over an earlier one.
            is_above = pl.lit(value=True) if row["above"] is None else pl.col("statistic") > row["above"]
            reached = (pl.col("analyte") == analyte) & is_above
            rank = pl.when(reached).then(pl.lit(row["rank"], pl.Int8)).otherwise(rank)
            word = pl.when(reached).then(pl.lit(row["word"])).otherwise(word)
    has = pl.col("_why").is_null()
    table = table.with_columns(word=pl.coalesce("_why", word), rank=pl.when(has).then(rank))
    table = table.with_columns(statistic=pl.when(has).then(pl.col("statistic")))
    order = [*_KEY, "week", "word", "rank", "statistic", "n_samples", "n_history", "share_censored"]
    return table.select(order) if "site_id" in table.columns else table.drop("_why")


def _empty(rows: pl.DataFrame) -> pl.DataFrame:
    types = {"week": pl.Date, "statistic": pl.Float64, "n_samples": pl.Int64, "n_history": pl.Int64,
             "share_censored": pl.Float64, "_why": pl.String}  # fmt: skip
    return rows.head(0).select(*_KEY, *(pl.lit(None, kind).alias(name) for name, kind in types.items()))
