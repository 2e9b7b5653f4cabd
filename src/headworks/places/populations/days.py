"""What a quarter's days say about a marker's load: a mean on the log scale and its error.

    ln L = mean of ln(load)                                                                       (M8)
    var = max(s^2, s_0^2) / n + sum over batches of (n_b / n)^2 ln(1 + u_batch^2)                  (M9)

``s`` is the scatter between the days, ``s_0`` the error of one day's load: days cannot agree better than they were measured.
A quarter rests on its own days only. The trap is censored days: left out, they leave the higher ones, so they are counted,
and a quarter with more of them than of quantified days says nothing.
"""

from __future__ import annotations

import polars as pl

from headworks.core.periods import period_label


def sampled_quarters(loads: pl.DataFrame) -> pl.DataFrame:
    """The site quarters with at least one sampling day: ``site_id, quarter``, sorted.

    Examples
    --------
    >>> import datetime as dt
    >>> sampled_quarters(pl.DataFrame({"site_id": ["S", "S"], "day": [dt.date(2026, 10, 1), dt.date(2026, 12, 31)]})).rows()
    [('S', '2026-Q4')]
    """
    days = loads.select("site_id", "day").unique()
    return days.select("site_id", quarter=period_label(pl.col("day"), "quarter")).unique().sort("site_id", "quarter")


def marker_quarters(quarters: pl.DataFrame, markers: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Days of markers summed up per site, quarter and analyte.

    Parameters
    ----------
    quarters
        ``site_id, quarter``: those wanted.
    markers
        ``site_id, day, analyte, load_mg_per_day, detection, u_day, u_batch`` and, where known, ``batch_id``: the table
        ``loads``. Days without a batch are taken as one batch.
    names
        Analytes that are markers.

    Returns
    -------
    pl.DataFrame
        ``site_id, quarter, analyte, mean_ln`` (mg/d), ``n_days, n_censored, variance`` (of the mean, log scale), sorted; a
        quarter with more censored than quantified days is left out.
    """
    rows = markers.filter(pl.col("analyte").is_in(names)).with_columns(quarter=period_label(pl.col("day"), "quarter"))
    batch = pl.col("batch_id") if "batch_id" in rows.columns else pl.lit(None, dtype=pl.String)
    rows = rows.join(quarters, on=["site_id", "quarter"], how="semi").with_columns(
        _batch=batch.fill_null(""),
        _is_value=(pl.col("detection").cast(pl.String) == "quantified") & (pl.col("load_mg_per_day") > 0),
    )
    keys = ["site_id", "quarter", "analyte"]
    usable = rows.filter("_is_value").sort(*keys, "day")
    in_batch = usable.group_by(*keys, "_batch", maintain_order=True).agg(n_b=pl.len(), u_b=pl.col("u_batch").max())
    shared = in_batch.sort(*keys, "_batch").group_by(*keys, maintain_order=True).agg(
        _batches=(pl.col("n_b").cast(pl.Float64).pow(2) * pl.col("u_b").pow(2).log1p()).sum()
    )  # fmt: skip
    found = usable.group_by(*keys, maintain_order=True).agg(
        mean_ln=pl.col("load_mg_per_day").log().mean(),
        _scatter=pl.col("load_mg_per_day").log().var(),
        _known=pl.col("u_day").pow(2).log1p().mean(),
        n_days=pl.len().cast(pl.Int32),
    )
    censored = rows.filter(~pl.col("_is_value")).group_by(keys).agg(n_censored=pl.len().cast(pl.Int32))
    found = found.join(shared, on=keys, how="left").join(censored, on=keys, how="left")
    found = found.with_columns(pl.col("n_censored").fill_null(0)).filter(pl.col("n_censored") <= pl.col("n_days"))
    n = pl.col("n_days").cast(pl.Float64)
    variance = pl.max_horizontal("_scatter", "_known") * (1.0 / n) + pl.col("_batches") * (1.0 / (n * n))
    return found.with_columns(variance=variance).drop("_scatter", "_known", "_batches").sort(keys)
