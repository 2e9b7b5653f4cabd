"""Molar ratios of two residues of a drug, each day against control limits of the site's own past.

    ratio  = (load_n / M_n) / (load_d / M_d)                                                  (L28)
    limits = exp(median(ln ratio) -/+ k max(spread, least spread))                            (L29)

with median and spread of the site's quantified ratios of the days before (L27). Flow and population cancel. With too short a
past the bounds of the literature hold, where there are any. A residue that was measured and not quantified makes the ratio a
bound: cocaine of 100 ng/L beside benzoylecgonine below 1 ng/L is a ratio of at least 95, and that is evidence.

The trap is the sewer: cocaine is lost on the way, so a long sewer looks like use. With ``residence`` the ratio is that at the
source; loads that were corrected already (``stability`` of ``derive_loads``) must not be corrected again.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from headworks.core.schema import sort_by_key
from headworks.core.uncertainty import coverage_factor
from headworks.loads.disposal.past_days import past_days
from headworks.loads.sewer.derive_stability import expected_survival
from headworks.reference.residue_pairs import DisposalRules, disposal_rules, residue_pairs
from headworks.tables import ResidueRatios

_LEVEL = 0.95


def residue_ratios(
    loads: pl.DataFrame,
    pairs: pl.DataFrame | None = None,
    *,
    history_days: int | None = None,
    min_history: int | None = None,
    rules: DisposalRules | None = None,
    since: dt.date | None = None,
    residence: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Ratios with control limits and verdicts, for every day on which both residues of a pair were measured.

    Parameters
    ----------
    loads
        Table ``loads``: all days that are wanted or that may be their past.
    pairs
        As :func:`headworks.reference.residue_pairs.residue_pairs` gives them, which is the default.
    history_days, min_history
        Instead of those of ``rules``.
    rules
        Numbers of the tests; the default is that of the reference.
    since
        Only days from here on come out; earlier ones serve as their past.
    residence
        ``site_id, residence_h`` and, if known, ``temperature_c``: carries ratios back to the source.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``residue_ratios``, sorted by its key. Days on which the two limits leave the ratio anything from
        0 up make no row. ``ratio`` is empty when a residue was not quantified; ``ratio_least`` and ``ratio_most`` are not.
    """
    rules = rules or disposal_rules()
    rules = rules._replace(history_days=history_days or rules.history_days, min_history=min_history or rules.min_history)
    known = (residue_pairs() if pairs is None else pairs).with_row_index("_pair")
    near = loads.lazy()
    if since is not None:
        # The limits are found for the asked days only, from the quantified ones of their past.
        is_near = (pl.lit(since) - pl.col("day")).dt.total_days() <= rules.history_days
        is_past = is_near & pl.col("load_mg_per_day").is_not_null()
        near = near.filter((pl.col("day") >= since) | is_past)
    ratios = _ratios(_amounts(near, known), known, residence)
    ratios = _with_limits(ratios, ratios if since is None else ratios.filter(pl.col("day") >= since), rules)
    return sort_by_key(ratios.with_columns(verdict=_verdict()).select(_promised()), ResidueRatios)


def _amounts(loads: pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Load of the residues of the pairs, and the least and most it can have been, without the spread of the bounds."""
    names = [*pairs["numerator"], *pairs["denominator"]]
    z = coverage_factor(_LEVEL)
    spread = (z * (pl.col("u_day").pow(2).log1p() + pl.col("u_batch").pow(2).log1p()).sqrt()).exp()
    value = pl.col("load_mg_per_day")
    of_pairs = loads.filter(pl.col("analyte").is_in(names))
    return of_pairs.select(
        "site_id",
        "day",
        "analyte",
        value=value,
        least=pl.coalesce(value, pl.col("load_mg_per_day_lower") * spread),
        most=pl.coalesce(value, pl.col("load_mg_per_day_upper") * (1.0 / spread)),
    ).collect()


def _ratios(amounts: pl.DataFrame, pairs: pl.DataFrame, residence: pl.DataFrame | None) -> pl.DataFrame:
    facts = ["_pair", "drug", "numerator", "denominator", "lower_bound", "upper_bound"]
    masses = pl.col("denominator_molar_mass_g_per_mol") * (1.0 / pl.col("numerator_molar_mass_g_per_mol"))
    above = amounts.join(pairs.select(*facts, _masses=masses), left_on="analyte", right_on="numerator", coalesce=False)
    both = above.join(
        amounts, left_on=["site_id", "day", "denominator"], right_on=["site_id", "day", "analyte"], suffix="_below"
    )
    back = pl.lit(1.0)
    if residence is not None:
        both = both.join(_back_to_source(residence, pairs), on=["site_id", "_pair"], how="left")
        back = pl.col("_back").fill_null(1.0)
    factor = pl.col("_masses") * back
    both = both.with_columns(
        ratio=_over(pl.col("value"), pl.col("value_below")) * factor,
        ratio_least=(_over(pl.col("least"), pl.col("most_below")) * factor).fill_null(0.0),
        ratio_most=_over(pl.col("most"), pl.col("least_below")) * factor,
    )
    says_nothing = pl.col("ratio").is_null() & (pl.col("ratio_least") == 0) & pl.col("ratio_most").is_null()
    return both.filter(~says_nothing).select("site_id", "day", *facts, "ratio", "ratio_least", "ratio_most")


def _over(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """The quotient; empty over zero."""
    return above * pl.when(below > 0).then(1.0 / below)


def _back_to_source(residence: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """What the ratio at the site is multiplied by to give that at the source, by site and pair."""
    survival = expected_survival(residence, [*pairs["numerator"], *pairs["denominator"]])
    survival = survival.select("site_id", "analyte", "surviving_fraction")
    of_pairs = pairs.select("_pair", "numerator", "denominator").join(residence.select("site_id"), how="cross")
    for side in ("numerator", "denominator"):
        side_survival = survival.rename({"analyte": side, "surviving_fraction": f"_{side}"})
        of_pairs = of_pairs.join(side_survival, on=["site_id", side], how="left")
    back = pl.col("_denominator").fill_null(1.0) * (1.0 / pl.col("_numerator").fill_null(1.0))
    return of_pairs.select("site_id", "_pair", _back=back)


def _with_limits(ratios: pl.DataFrame, asked: pl.DataFrame, rules: DisposalRules) -> pl.DataFrame:
    rank = pl.col("site_id").cast(pl.Enum(ratios["site_id"].unique().sort())).to_physical().cast(pl.Int64)
    place = [(rank * 1_000 + pl.col("_pair").cast(pl.Int64)).alias("series"), pl.col("day").to_physical().cast(pl.Int64)]
    known = ratios.filter(pl.col("ratio") > 0).select(*place, value=pl.col("ratio").log()).sort("series", "day")
    wanted = asked.select(place)
    past = past_days(
        known["series"].to_numpy(),
        known["day"].to_numpy(),
        known["value"].to_numpy(),
        wanted["series"].to_numpy(),
        wanted["day"].to_numpy(),
        history_days=rules.history_days,
        least_days=rules.min_history,
    )
    reach = rules.spreads * np.maximum(past.spread, rules.least_spread)
    return asked.with_columns(
        lower_limit=_limit(past.centre - reach, "lower_bound"),
        upper_limit=_limit(past.centre + reach, "upper_bound"),
        n_history=pl.Series(past.n.astype(np.int32)),
    )


def _limit(logarithm: np.ndarray, bound: str) -> pl.Expr:
    return pl.coalesce(pl.lit(pl.Series(np.exp(logarithm)).fill_nan(None)), pl.col(bound))


def _verdict() -> pl.Expr:
    lower, upper = pl.col("lower_limit"), pl.col("upper_limit")
    return (
        pl.when(lower.is_null() & upper.is_null())
        .then(pl.lit("too_few_days"))
        .when(pl.col("ratio_least") > upper)
        .then(pl.lit("above_limit"))
        .when(pl.col("ratio_most") < lower)
        .then(pl.lit("below_limit"))
        .otherwise(pl.lit("ordinary"))
    )


def _promised() -> list[pl.Expr]:
    return [pl.col(name).cast(column.dtype) for name, column in ResidueRatios.columns().items()]
