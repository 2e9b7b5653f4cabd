r"""Trends of sites and areas as the tables ``trends`` and ``outlying_days``.

Bounds are those of a log-normal whose mean is the level: ``level exp(-v/2 -+ z sqrt v)`` (T22); with what all weeks share,
``v`` grows by the variance of the people. The trap: a unit without a quantified day has no level, and its upper bound is its
limit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr, ndtri

from headworks.core.schema import polars_schema
from headworks.tables.levels import OutlyingDays, Trends
from headworks.trends.areas.network import Network
from headworks.trends.areas.trend import AreaTrends
from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.day_arrays import DayArrays
from headworks.trends.site_trends import QUARTER_WEEKS, SiteTrends, week_end

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_YEAR_DAYS = 365.25
_LEVEL = 0.95
# Beyond these a growth in a year is only said to be beyond them.
_MOST_GROWTH = 1e3
# A day is suspected when it is more likely an outlier than not.
_SUSPECTED = 0.5


def site_trend_rows(days: DayArrays, trends: SiteTrends, weeks: Index) -> pl.DataFrame:
    """Rows of the table ``trends`` for the sites of one residue.

    Parameters
    ----------
    days, trends
        Days of the residue and what :func:`headworks.trends.site_trends.site_trends` made of them.
    weeks
        Sundays wanted, in order.
    """
    of_series = trends.of_series
    is_known = ~np.isnan(trends.limit) | trends.has_value
    rows = np.flatnonzero(np.isin(trends.sunday, weeks) & trends.is_near & is_known[of_series])
    series = of_series[rows]
    seen = trends.has_value[series]
    shared = trends.course.at(series, trends.week[rows])
    value, online = shared.of("value"), shared.of("online")
    variance = trends.variance[rows] + shared.of("variance")
    level = np.where(seen, np.exp(trends.log_level[rows] + value + variance / 2), np.nan)
    earlier = trends.course.of("value", series, np.maximum(trends.week[rows] - QUARTER_WEEKS, 0))
    change = trends.change[rows] + (value - earlier)
    values = _columns(
        level, np.where(seen, np.nan, trends.limit[series]), variance, np.nan_to_num(trends.u2_site[series]),
        (trends.slope[rows] + shared.of("slope"), trends.slope_variance[rows] + shared.of("slope_variance")),
        (change, trends.change_variance[rows] + shared.of("change_variance")),
    )  # fmt: skip
    values |= {
        "level_online": np.where(seen, np.exp(trends.log_online[rows] + online + variance / 2), np.nan),
        "n_days": trends.n_days[rows],
        "share_censored": _share(trends.n_censored[rows], trends.n_days[rows]),
        "n_sites": np.ones(rows.size),
        "n_matched": (~np.isnan(trends.change[rows])).astype(np.float64),
    }
    named = days.series[series].select(unit_id="site_id", analyte="analyte", drug="drug")
    told = _table(named, "site", trends.sunday[rows], values)
    # A site whose residue stands under two headings has one trend: that of its first heading.
    if days.series.select("site_id", "analyte").is_duplicated().any():
        return told.unique(_KEY, keep="first", maintain_order=True)
    return told


def area_trend_rows(trends: AreaTrends, network: Network, analyte: str, drug: str, weeks: Index) -> pl.DataFrame:
    """Rows of the table ``trends`` for areas, as :func:`site_trend_rows`."""
    chosen = np.isin(trends.sunday, weeks) & ~(np.isnan(trends.level) & ~(trends.most > 0))
    found = AreaTrends._make(field[chosen] for field in trends)
    values = _columns(
        found.level, np.where(np.isnan(found.level), found.most, np.nan), found.variance, found.u2_site,
        (found.slope, found.slope_variance), (found.change, found.change_variance),
    )  # fmt: skip
    values |= {
        "level_online": found.online,
        "n_days": found.n_days,
        "share_censored": _share(found.n_censored, found.n_days),
        "n_sites": found.n_sites,
        "n_matched": found.n_matched,
    }
    named = network.areas[found.area].select(unit_id="area_id", analyte=pl.lit(analyte), drug=pl.lit(drug))
    return _table(named, "area", found.sunday, values)


def outlying_rows(days: DayArrays, trends: SiteTrends, first: int, last: int) -> pl.DataFrame:
    """Days of the table ``outlying_days`` between two days, both included and counted since 1970-01-01."""
    smoothed = trends.learnt.smoothed
    ordinal = days.ordinal[trends.read]
    chosen = (smoothed.p_outlier > _SUSPECTED) & ~np.isnan(days.value[trends.read]) & (first <= ordinal) & (ordinal <= last)
    rows = trends.read[chosen]
    course = trends.course
    series, week = days.of_series[rows], (week_end(days.ordinal[rows]) - course.first) // WEEK_DAYS
    usual = np.exp(smoothed.signal[chosen] + trends.learnt.offset[chosen] + course.of("value", series, week))
    frame = days.series[days.of_series[rows]].select("site_id", "analyte", "drug").with_columns(
        pl.Series("day", days.ordinal[rows].astype(np.int32)).cast(pl.Date),
        load_mg_per_1000_per_day=pl.Series(days.value[rows]), usual_mg_per_1000_per_day=pl.Series(usual),
        p_outlier=pl.Series(np.minimum(smoothed.p_outlier[chosen], 1.0)),
    )  # fmt: skip
    frame = frame.select(OutlyingDays.column_names()).cast(pl.Schema(polars_schema(OutlyingDays)))
    return frame.unique(["site_id", "day", "analyte"], keep="first", maintain_order=True)


_KEY = ["unit_kind", "unit_id", "period", "analyte"]


def _columns(
    level: Array, most: Array, variance: Array, u2_site: Array, slope: tuple[Array, Array], change: tuple[Array, Array]
) -> dict[str, Array]:
    """Level with its bounds, growth and change with their probabilities; not a number where the level is not."""
    unknown = np.isnan(level)
    z = float(ndtri((1.0 + _LEVEL) / 2))
    total = variance + u2_site

    def bound(of: Array, side: float) -> Array:
        return np.asarray(level * np.exp(-of / 2 + side * z * np.sqrt(of)))

    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.exp(np.clip(slope[0] * _YEAR_DAYS, -np.log(_MOST_GROWTH), np.log(_MOST_GROWTH)))
        rising = ndtr(slope[0] / np.sqrt(slope[1]))
        rose = ndtr(change[0] / np.sqrt(change[1]))
        half = z * np.sqrt(change[1])
    found = {
        "change_per_year": growth, "p_rising": rising, "quarter_ratio": np.exp(change[0]),
        "quarter_ratio_lower": np.exp(change[0] - half), "quarter_ratio_upper": np.exp(change[0] + half), "p_rose": rose,
    }  # fmt: skip
    return {
        "level": level,
        "lower": np.where(unknown, 0.0, bound(variance, -1.0)),
        "upper": np.where(unknown, most, bound(variance, 1.0)),
        "lower_total": np.where(unknown, 0.0, bound(total, -1.0)),
        "upper_total": np.where(unknown, most * np.exp(z * np.sqrt(u2_site)), bound(total, 1.0)),
        **{name: np.where(unknown, np.nan, values) for name, values in found.items()},
    }


def _share(censored: Array, days: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = censored / days
    return result


def _table(named: pl.DataFrame, kind: str, sunday: Index, values: dict[str, Array]) -> pl.DataFrame:
    distinct = np.unique(sunday)
    ends = pl.DataFrame({"end": distinct.astype(np.int32)}).select(pl.col("end").cast(pl.Date).dt.strftime("%G-W%V"))
    labels = ends.to_series()[np.searchsorted(distinct, sunday)] if distinct.size else pl.Series(dtype=pl.String)
    frame = named.with_columns(
        labels.alias("period"), unit_kind=pl.lit(kind),
        **{name: pl.Series(array, nan_to_null=True) for name, array in values.items()},
    )  # fmt: skip
    return frame.select(Trends.column_names()).cast(pl.Schema(polars_schema(Trends)))
