"""Rows of ``consumption`` from what is left of a load after known parts: the table side of (L17) to (L19).

A row has a value when the load was quantified and every part is known. Else it is censored, at most what is left when the
known parts are taken off (``below_loq``: not quantified, with a limit), because a part nobody knows can only lower it.
A rest below 0 is 0 with its upper bound; the table ``split`` says how much of its distribution was cut off.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.schema import sort_by_key
from headworks.core.uncertainty import coverage_factor
from headworks.loads.derive_consumption import with_consumption
from headworks.loads.factor_interval import FACTOR_ROW
from headworks.loads.splitting.difference import Bounded, Difference, difference_interval
from headworks.tables import Consumption

_LEVEL = 0.95
_LAW = ["u_factor", "distribution", "excretion_fraction", "excretion_low", "excretion_high"]


class Part(NamedTuple):
    """What is taken off: the columns that :func:`as_part` makes."""

    name: str
    is_of_the_sample: bool


class DerivedSplit(NamedTuple):
    """Rows of ``consumption``; and for each of them the load, its parts, the rest and the clipped share."""

    consumption: pl.DataFrame
    split: pl.DataFrame


def split_rows(whole: pl.DataFrame, parts: list[Part], factors: pl.DataFrame, parameter_set: str) -> DerivedSplit:
    """Consumption from the rest of a load.

    Parameters
    ----------
    whole
        Rows of ``loads`` with a population, with ``drug, residues, is_complete`` (every part is known) and the columns of the
        parts.
    parts
        What is taken off.
    factors
        One row per drug: the factor that the rest is multiplied by.
    parameter_set
        Its name.

    Returns
    -------
    DerivedSplit
        Both sorted by site, day and drug.
    """
    rows = whole.join(
        factors.select("drug", "correction_factor", "dose_mg", *_LAW).with_row_index(FACTOR_ROW), on="drug", how="inner"
    )
    terms = pl.col("u_day").pow(2).log1p() + pl.col("u_batch").pow(2).log1p() + pl.col("u_site").pow(2).log1p()
    spread = (terms.sqrt() * coverage_factor(_LEVEL)).exp()
    value = pl.col("load_mg_per_1000_per_day")
    rows = rows.with_columns(_most=pl.coalesce(value, "limit_mg_per_1000_per_day"))
    rows = rows.with_columns(_low=pl.col("_most") * (1.0 / spread), _high=pl.col("_most") * spread)
    rest = _rest(rows, parts)
    is_known = pl.col("is_complete") & value.is_not_null()
    rows = rows.with_columns(
        *(_series(f"_{name}", getattr(rest, name)) for name in ("value", "lower", "upper", "clipped_share")), _known=is_known
    )
    used = with_consumption(_as_load(rows), parameter_set, below="_below", above="_above")
    used = used.with_columns(**_scopes(parts)).select(Consumption.column_names())
    detection = Consumption.columns()["detection"].dtype
    used = used.with_columns(pl.col("detection").cast(detection))
    split = rows.select(
        *["site_id", "day", "drug", "residues", "load_mg_per_1000_per_day"],
        *[part.name for part in parts],
        rest_mg_per_1000_per_day=pl.when("_known").then("_value"),
        rest_upper="_upper",
        clipped_share="_clipped_share",
    )
    return DerivedSplit(sort_by_key(used, Consumption), split.sort("site_id", "day", "drug"))


def replace_consumption(consumption: pl.DataFrame, split: pl.DataFrame) -> pl.DataFrame:
    """Consumption with split rows in the place of those of the same site, day and drug: nothing is counted twice.

    Parameters
    ----------
    consumption
        Table ``consumption``.
    split
        Rows of the same promise. One that is only a bound gives way to a quantified one (heroin from 6-MAM).

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``consumption``, sorted by its key.
    """
    key = Consumption.primary_key()
    has_value = pl.col("consumption_mg_per_1000_per_day").is_not_null()
    better = consumption.filter(has_value).join(split.filter(~has_value), on=key, how="semi")
    winners = split.join(better, on=key, how="anti")
    return sort_by_key(pl.concat([consumption.join(winners, on=key, how="anti"), winners]), Consumption)


def as_part(
    name: str, value: pl.Expr, u_day: pl.Expr, u_shared: pl.Expr, r: pl.Expr, most: pl.Expr | None = None
) -> list[pl.Expr]:
    """The columns of one part: a log-normal about ``value``, or where it is censored anything from 0 to ``most``.

    ``<name>`` and ``<name>_low, _high, _r, _u_day, _u_shared``, 0 where the part is unknown. A censored part takes nothing off
    the value, and its most off the lower bound. ``r`` is the covariance with the whole over the whole's standard deviation.
    """
    sigma = (u_day.pow(2).log1p() + u_shared.pow(2).log1p()).sqrt()
    spread = (sigma * coverage_factor(_LEVEL)).exp()
    upper = pl.coalesce(value, value if most is None else most)
    return [
        value.fill_null(0.0).alias(name),
        (value * (1.0 / spread)).fill_null(0.0).alias(f"{name}_low"),
        (upper * spread).fill_null(0.0).alias(f"{name}_high"),
        (r * pl.when(sigma > 0).then(1.0 / sigma)).fill_null(0.0).clip(0.0, 1.0).alias(f"{name}_r"),
        u_day.fill_null(0.0).alias(f"{name}_u_day"),
        u_shared.fill_null(0.0).alias(f"{name}_u_shared"),
    ]


def shared_correlation() -> pl.Expr:
    """Covariance of two loads of one sample, which share population and calibration, over the first's standard deviation."""
    shared = pl.col("u_batch").pow(2).log1p() + pl.col("u_site").pow(2).log1p()
    return shared * (1.0 / (shared + pl.col("u_day").pow(2).log1p()).sqrt())


def _rest(rows: pl.DataFrame, parts: list[Part]) -> Difference:
    def array(name: str) -> np.ndarray:
        return rows[name].fill_null(np.nan).to_numpy()

    bounded = [Bounded(*(array(part.name + end) for end in ("", "_low", "_high", "_r"))) for part in parts]
    return difference_interval(Bounded(array("_most"), array("_low"), array("_high")), bounded, _LEVEL)


def _as_load(rows: pl.DataFrame) -> pl.DataFrame:
    """The rest as the load, least and most that :func:`with_consumption` takes, with the spread towards either side."""
    z = coverage_factor(_LEVEL)
    value, lower, upper, known = pl.col("_value"), pl.col("_lower"), pl.col("_upper"), pl.col("_known")
    is_some, is_clear = known & (value > 0), known & (lower > 0)
    state = pl.col("detection").cast(pl.String)
    return rows.with_columns(
        central=pl.when(known).then(value),
        least=pl.when(is_clear).then(value).otherwise(0.0),
        most=pl.when(is_some).then(value).otherwise(upper),
        _below=pl.when(is_clear).then((value * (1.0 / lower)).log() * (1.0 / z)).otherwise(0.0),
        _above=pl.when(is_some).then((upper * (1.0 / value)).log() * (1.0 / z)).otherwise(0.0),
        detection=pl.when(known | (state == "not_detected")).then(state).otherwise(pl.lit("below_loq")),
    )


def _scopes(parts: list[Part]) -> dict[str, pl.Expr]:
    """Relative errors of the rest by what shares them: taking a part off leaves its errors to a smaller number."""
    load, rest = pl.col("load_mg_per_1000_per_day"), pl.col("_value")
    over = 1.0 / rest
    of_sample = load
    day, shared = (load * pl.col("u_day")).pow(2), pl.lit(0.0)
    for part in parts:
        taken = pl.col(part.name)
        day = day + (taken * pl.col(f"{part.name}_u_day")).pow(2)
        shared = shared + (taken * pl.col(f"{part.name}_u_shared")).pow(2)
        of_sample = of_sample - taken if part.is_of_the_sample else of_sample
    is_some = pl.col("_known") & (rest > 0)
    return {
        "u_day": pl.when(is_some).then(day.sqrt() * over).otherwise("u_day"),
        "u_batch": pl.when(is_some).then(of_sample.abs() * pl.col("u_batch") * over).otherwise("u_batch"),
        "u_site": pl.when(is_some).then(of_sample.abs() * pl.col("u_site") * over).otherwise("u_site"),
        "u_factor": pl.when(is_some).then((pl.col("u_factor").pow(2) + shared * over.pow(2)).sqrt()).otherwise("u_factor"),
    }


def _series(name: str, values: np.ndarray) -> pl.Series:
    return pl.Series(name, values).fill_nan(None)
