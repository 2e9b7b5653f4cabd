"""People behind every site in every quarter: by each method, combined, and which one loads are divided by.

The methods stand side by side (``methods``); ``combined`` is their precision-weighted mean on the log scale, with
the variance between methods where they disagree (M4 to M6). The trap is to let the combination into the loads unseen: the
row that loads use is named by the caller, the register unless said otherwise, and marked ``is_used``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import gammaincinv

from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period
from headworks.core.schema import sort_by_key
from headworks.core.uncertainty import interval, relative
from headworks.places.populations.combined import Heterogeneity, heterogeneity
from headworks.places.populations.days import sampled_quarters
from headworks.places.populations.methods import (
    COLUMNS,
    COTININE,
    population_by_cotinine,
    population_by_markers,
    population_design,
    population_registered,
)
from headworks.tables import PopulationEstimates, Populations

COMBINED, REGISTER = "combined", "register"
_KEYS = ["site_id", "quarter"]
_NEEDED = ("site_id", "day", "analyte", "load_mg_per_day", "detection", "u_day", "u_batch")
_LEVEL = 0.95
# No count of people is better than one in a thousand.
_LEAST_SIGMA = 1e-3


class PopulationErrors(NamedTuple):
    """Relative standard uncertainties: of a register that states none, and of what states no range.

    Without a range are the design capacity and a bare per-capita load. Of the reference's row ``population`` they are ``rsd``
    and ``high``.
    """

    register: float
    unstated: float


def population_estimates(
    markers: pl.DataFrame,
    sites: pl.DataFrame,
    populations: pl.DataFrame,
    per_capita: pl.DataFrame,
    cigarettes: pl.DataFrame,
    quarters: pl.DataFrame | None = None,
    *,
    errors: PopulationErrors,
    used: str = REGISTER,
    combined_of: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Table ``population_estimates``: a row per site, quarter and method, and one for all of them combined.

    Parameters
    ----------
    markers
        Table ``loads``; rows of other analytes than markers are passed over.
    sites, populations
        Tables.
    per_capita
        The reference's ``population_markers``, with rows of the sites' own above (``calibrated_per_capita``) where there are.
    cigarettes
        From :func:`cigarettes_of_sites`. A site with its own per-capita load of cotinine does not use it.
    quarters
        ``site_id, quarter``: the estimates wanted; without it the quarters that ``markers`` has days in.
    errors
        What is assumed where no uncertainty is stated.
    used
        Method whose population the loads use; where a site has none, its register.
    combined_of
        Methods that are combined; all without it.

    Returns
    -------
    pl.DataFrame
        Sorted by the key. A quarter's rows rest on that quarter's days and the registers only, whatever else is computed.

    Raises
    ------
    DataRefused
        ``HW-D450`` when ``markers`` lacks a column.
    UsageError
        ``HW-U441`` for a method that cannot be used or combined.
    """
    missing = [name for name in _NEEDED if name not in markers.columns]
    if missing:
        raise DataRefused(
            "Marker loads lack columns.",
            where="markers",
            found=", ".join(markers.columns),
            remedy="Add " + ", ".join(missing),
            code="HW-D450",
        )
    _require_methods([used, *(combined_of or [])], per_capita, combined_of)
    wanted = sampled_quarters(markers) if quarters is None else quarters.select(_KEYS).unique().sort(_KEYS)
    methods = _by_method(wanted, markers, sites, populations, per_capita, cigarettes, errors)
    combined = _combined(methods, combined_of)
    rows = pl.concat([methods.filter(pl.col("population").is_not_null()), combined.select(COLUMNS)])
    rows = _with_used(rows, used)
    lower, upper = interval(pl.col("population"), pl.col("sigma"), _LEVEL)
    rows = rows.with_columns(lower=lower, upper=upper, u_population=relative(pl.col("sigma")))
    return sort_by_key(rows.select(PopulationEstimates.column_names()), PopulationEstimates)


def populations_used(estimates: pl.DataFrame) -> pl.DataFrame:
    """Rows for the table ``populations`` from the estimates in use: valid from the first day of their quarter.

    Of the register nothing is repeated: it stands there already.

    Examples
    --------
    >>> one = {"site_id": "S", "quarter": "2026-Q4", "method": "cotinine", "population": 9.0, "u_population": 0.2}
    >>> populations_used(pl.DataFrame([{**one, "is_used": True}])).row(0)
    ('S', datetime.date(2026, 10, 1), 9.0, 'cotinine', 0.2)
    """
    rows = estimates.filter(pl.col("is_used") & (pl.col("method") != REGISTER))
    firsts = {label: Period.parse(label).first for label in rows["quarter"].unique()}
    return rows.select(
        "site_id",
        valid_from=pl.col("quarter").replace_strict(firsts, return_dtype=pl.Date),
        population="population",
        population_method="method",
        u_population="u_population",
    ).select(Populations.column_names())


def _by_method(
    wanted: pl.DataFrame,
    markers: pl.DataFrame,
    sites: pl.DataFrame,
    populations: pl.DataFrame,
    per_capita: pl.DataFrame,
    cigarettes: pl.DataFrame,
    errors: PopulationErrors,
) -> pl.DataFrame:
    by_markers = population_by_markers(wanted, markers, per_capita, errors.unstated)
    own_cotinine = by_markers.filter(pl.col("method") == COTININE).select(_KEYS)
    by_rule = population_by_cotinine(wanted, markers, sites, cigarettes, errors.unstated)
    return pl.concat(
        [
            population_registered(wanted, sites, populations, errors.register),
            population_design(wanted, sites, errors.unstated),
            by_markers,
            by_rule.join(own_cotinine, on=_KEYS, how="anti"),
        ]
    )


def _combined(methods: pl.DataFrame, combined_of: Sequence[str] | None) -> pl.DataFrame:
    """One row per site quarter: all methods weighed, and what they say against each other."""
    counted = methods if combined_of is None else methods.filter(pl.col("method").is_in(list(combined_of)))
    counted = counted.filter(pl.col("population").is_not_null())
    places = counted.select(_KEYS).unique().sort(_KEYS).with_row_index("_place")
    names = counted.select("method").unique().sort("method").with_row_index("_row")
    cells = counted.join(places, on=_KEYS, how="left").join(names, on="method", how="left")
    row, column = cells["_row"].to_numpy(), cells["_place"].to_numpy()
    logs, sigma = np.full((2, names.height, places.height), np.nan)
    logs[row, column] = np.log(cells["population"].to_numpy())
    # A register may state an error of 0; as a weight that would be infinite.
    sigma[row, column] = np.maximum(cells["sigma"].to_numpy(), _LEAST_SIGMA)
    result = heterogeneity(logs, sigma)
    lacking = methods.filter(pl.col("population").is_null()).select(*_KEYS, _lacking="note")
    frame = places.with_columns(
        method=pl.lit(COMBINED),
        population=pl.Series(np.exp(result.mean)),
        sigma=pl.Series(result.sigma),
        n_days=pl.lit(None, dtype=pl.Int32),
        _disagree=_disagreement(result, logs, names["method"].to_list()),
    ).join(lacking, on=_KEYS, how="left")
    note = pl.concat_str("_disagree", "_lacking", separator="; ", ignore_nulls=True)
    return frame.with_columns(note=pl.when(note != "").then(note)).sort(_KEYS)


def _disagreement(result: Heterogeneity, logs: np.ndarray, names: list[str]) -> pl.Series:
    """A sentence where Q exceeds the 95 % point of its chi-squared distribution."""
    # The quantile of chi-squared; scipy.stats has it too and takes most of a second to import.
    limit = 2 * np.asarray(gammaincinv(np.maximum(result.df, 1.0) / 2, _LEVEL))
    text: list[str | None] = [None] * logs.shape[1]
    for place in np.flatnonzero((result.df > 0) & (result.q > limit)):
        here = logs[:, place]
        most, least = int(np.nanargmax(here)), int(np.nanargmin(here))
        text[place] = (
            f"methods disagree (Q {result.q[place]:.1f} on {result.df[place]:.0f} df): {names[most]} is "
            f"{np.exp(here[most] - here[least]):.2f} times {names[least]}"
        )
    return pl.Series(text, dtype=pl.String)


def _with_used(rows: pl.DataFrame, used: str) -> pl.DataFrame:
    """Marks the row that loads use; the register where the method asked for has no estimate."""
    if used == REGISTER:
        return rows.with_columns(is_used=pl.col("method") == REGISTER)
    has_used = (pl.col("method") == used).any().over(_KEYS)
    is_stand_in = (pl.col("method") == REGISTER) & ~has_used
    told = pl.concat_str("note", pl.lit(f"used because there is no estimate by {used}"), separator="; ", ignore_nulls=True)
    return rows.with_columns(
        is_used=(pl.col("method") == used) | is_stand_in, note=pl.when(is_stand_in).then(told).otherwise("note")
    )


def _require_methods(asked: Sequence[str], per_capita: pl.DataFrame, combined_of: Sequence[str] | None) -> None:
    known = {REGISTER, "design", COTININE, *per_capita["marker"].to_list()}
    allowed = known if combined_of is not None and COMBINED in combined_of else known | {COMBINED}
    unknown = [name for name in asked if name not in allowed]
    if unknown:
        raise UsageError(
            "There is no such way to count people.",
            found=", ".join(unknown),
            remedy="Give one of " + ", ".join(sorted(known | {COMBINED})),
            code="HW-U441",
        )
