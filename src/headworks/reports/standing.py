"""Where each site stands for one drug in the period: the one table all figures, sentences and downloads are read from.

A row per site that the reader may see, sampled or not. ``state`` is ``value`` (a mean of quantified days), ``below_limit``
(sampled, no day quantified) or ``not_sampled``. The trap: a site below the limit has no value but has a place: it stands
below every site whose interval begins above its limit, and where no limit is known it has no place at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from headworks.reports.inputs import View
from headworks.reports.ranks import rank_intervals

# A change is called one when the probability of its direction is above this; said in every sentence that uses it.
SURE = 0.9


def _period_means(view: View, drug: str, analyte: str) -> pl.DataFrame:
    wanted = (pl.col("drug") == drug) & (pl.col("analyte") == analyte) & (pl.col("period") == view.request.period.label)
    return view.tables.period_means.filter(wanted).select(
        "site_id", "analyte", "mean", "lower", "upper", "lower_total", "upper_total", "n_days", "n_censored",
        "days_in_period", "method", pl.col("detection").cast(pl.String),
    )  # fmt: skip


def _changes(view: View, drug: str, analyte: str) -> pl.DataFrame:
    wanted = (pl.col("drug") == drug) & (pl.col("analyte") == analyte) & (pl.col("period") == view.request.period.label)
    p_rose = pl.col("p_rose")
    word = (
        pl.when(p_rose > SURE)
        .then(pl.lit("rising"))
        .when(p_rose < 1 - SURE)
        .then(pl.lit("falling"))
        .when(p_rose.is_not_null())
        .then(pl.lit("unclear"))
        .otherwise(pl.lit("not_assessable"))
    )
    return view.tables.changes.filter(wanted).select(
        "site_id", "previous_period", "change_percent", "p_rose", "ratio_lower", "ratio_upper", "reason", change=word
    )


def _consumption(view: View, drug: str) -> pl.DataFrame:
    wanted = (pl.col("drug") == drug) & (pl.col("period") == view.request.period.label)
    return view.tables.period_consumption.filter(wanted).select(
        "site_id",
        "consumption_mg_per_1000_per_day",
        "doses_per_1000_per_day",
        "doses_lower",
        "doses_upper",
        consumption_lower="lower",
        consumption_upper="upper",
    )


def _ranked(rows: pl.DataFrame) -> pl.DataFrame:
    """Ranks among the sampled sites; a censored site lies anywhere from 0 to its upper bound."""
    sampled = rows.filter(pl.col("state") != "not_sampled")
    lower = sampled["lower_total"].fill_null(0.0).cast(pl.Float64).to_numpy()
    upper = sampled["upper_total"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    first, last = rank_intervals(lower, upper)
    ranks = pl.DataFrame({"site_id": sampled["site_id"], "rank_first": first, "rank_last": last})
    return rows.join(ranks, on="site_id", how="left")


def standing(view: View, drug: str) -> pl.DataFrame:
    """One row per visible site: state, mean with intervals, ranks, change, consumption; highest mean first.

    Parameters
    ----------
    view
        What the reader may see.
    drug
        A drug of the view.

    Returns
    -------
    DataFrame
        Sites with a value by falling mean, then those below the limit by falling limit, then those not sampled by name.
    """
    analyte = view.analyte(drug)
    people = view.sites.select("site_id", "label", "country", "population_served", "latitude", "longitude")
    state = (
        pl.when(pl.col("n_days").is_null())
        .then(pl.lit("not_sampled"))
        .when((pl.col("detection") == "quantified") & pl.col("mean").is_not_null())
        .then(pl.lit("value"))
        .otherwise(pl.lit("below_limit"))
    )
    rows = (
        people.join(_period_means(view, drug, analyte), on="site_id", how="left")
        .join(_changes(view, drug, analyte), on="site_id", how="left")
        .join(_consumption(view, drug), on="site_id", how="left")
        .with_columns(drug=pl.lit(drug), state=state)
    )
    order = pl.col("state").replace_strict({"value": 0, "below_limit": 1, "not_sampled": 2}, return_dtype=pl.Int8)
    return _ranked(rows).sort(
        [order, pl.coalesce("mean", "upper_total"), "label"], descending=[False, True, False], nulls_last=True
    )


@dataclass(frozen=True)
class Tally:
    """The counts and quantiles a headline is made of."""

    n_known: int
    n_sampled: int
    n_below: int
    people_sampled: float
    people_known: float
    median: float | None
    quarter_low: float | None
    quarter_high: float | None
    lowest: float | None
    highest: float | None
    n_pairs: int
    n_rising: int
    n_falling: int
    n_unclear: int
    previous_period: str | None


def placed_quantile(values: list[float], n_below: int, share: float) -> float | None:
    """Quantile over all sampled sites, those below the limit placed lowest; ``None`` when it falls among them.

    Linear between neighbours, as the usual definition has it: position ``share * (n - 1)``.
    """
    n = n_below + len(values)
    if n == 0:
        return None
    position = share * (n - 1)
    below, above = int(np.floor(position)), int(np.ceil(position))
    if below < n_below:
        return None
    low, high = values[below - n_below], values[above - n_below]
    return low + (position - below) * (high - low)


def tally(rows: pl.DataFrame) -> Tally:
    """Counts and quantiles of a standing table.

    Examples
    --------
    >>> placed_quantile([10.0, 20.0, 40.0], 2, 0.5)
    10.0
    >>> placed_quantile([10.0, 20.0, 40.0], 2, 0.25) is None
    True
    """
    sampled = rows.filter(pl.col("state") != "not_sampled")
    values = sorted(sampled.filter(pl.col("state") == "value")["mean"].to_list())
    n_below = sampled.height - len(values)
    changes = rows.filter(pl.col("change").is_not_null())
    counts = dict(changes["change"].value_counts().rows())
    previous = changes["previous_period"].drop_nulls()
    return Tally(
        n_known=rows.height,
        n_sampled=sampled.height,
        n_below=n_below,
        people_sampled=float(sampled["population_served"].sum() or 0.0),
        people_known=float(rows["population_served"].sum() or 0.0),
        median=placed_quantile(values, n_below, 0.5),
        quarter_low=placed_quantile(values, n_below, 0.25),
        quarter_high=placed_quantile(values, n_below, 0.75),
        lowest=values[0] if values else None,
        highest=values[-1] if values else None,
        n_pairs=changes.height,
        n_rising=counts.get("rising", 0),
        n_falling=counts.get("falling", 0),
        n_unclear=counts.get("unclear", 0),
        previous_period=previous[0] if len(previous) else None,
    )
