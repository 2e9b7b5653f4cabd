"""Released concentrations become loads with bounds, one row per site, sampling day and residue.

What is combined: the results of a site, day and residue (replicates, several samples) are averaged as concentrations; if
one of them is censored the row is censored, at the mean of values and limits, which is the most it can have been. What is
shared: ``u_day`` holds sampling, flow and repeatability, ``u_batch`` calibration, ``u_site`` the population and, when asked
for, in-sewer stability.

A result without what a load needs (its sample, a flow) makes no load; it is listed with the reason. Without a population the
load is there and the per-capita load is empty.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.core.periods import sampling_day
from headworks.core.schema import sort_by_key
from headworks.core.uncertainty import coverage_factor
from headworks.loads.mass_load import mass_load
from headworks.loads.per_capita import load_per_1000
from headworks.loads.sampling.roles import is_blank
from headworks.loads.sewer.before_the_sewer import with_stability
from headworks.tables import Loads

_LEVEL = 0.95


class LoadInputs(NamedTuple):
    """The fact tables that loads are derived from."""

    measurements: pl.DataFrame
    samples: pl.DataFrame
    sites: pl.DataFrame
    populations: pl.DataFrame
    flows: pl.DataFrame


class DerivedLoads(NamedTuple):
    """Loads, and the results that made none: ``sample_id, analyte, replicate, reason``."""

    loads: pl.DataFrame
    left_out: pl.DataFrame


def derive_loads(inputs: LoadInputs, uncertainty: dict[str, float], *, stability: pl.DataFrame | None = None) -> DerivedLoads:
    """Loads and per-capita loads with 95 % bounds.

    Parameters
    ----------
    inputs
        Measurements, samples, sites, populations and flows, each the latest row of its key.
    uncertainty
        Relative standard uncertainties used where a result brings none: ``sampling, flow, analysis`` (each day),
        ``calibration`` (batch; a result's own ``u_batch`` goes before it), ``population`` (site).
    stability
        ``site_id, analyte, surviving_fraction, u_stability`` as ``derive_stability`` gives them: concentrations are divided by
        the first (L16), the second joins ``u_site`` and all bounds. None for neither; so for a site and residue without a row.

    Returns
    -------
    DerivedLoads
        ``loads`` keeps the promise of the table ``loads``, sorted by its key; a censored row has empty loads, and its
        ``upper`` is the most it can have been (empty when the limit is unknown).

    Raises
    ------
    DataRefused
        ``HW-D254`` when ``stability`` has a site and residue twice, a fraction not above 0 or an uncertainty below 0.
    """
    results = _with_samples(inputs, uncertainty)
    reason = (
        pl.when(pl.col("site_id").is_null())
        .then(pl.lit("the sample is not known"))
        .when(pl.col("qc_flag") == "rejected")
        .then(pl.lit("quality control rejected the result"))
        .when(pl.col("is_blank"))
        .then(pl.lit("the sample is a blank"))
        .when(pl.col("matrix") != "sewage")
        .then(pl.lit("the matrix is not sewage"))
        .when(pl.col("flow_m3_per_day").is_null())
        .then(pl.lit("no flow is known for the sampling day"))
    )
    results = results.with_columns(reason=reason)
    left_out = results.filter(pl.col("reason").is_not_null()).select("sample_id", "analyte", "replicate", "reason")
    daily = _one_row_per_day(results.filter(pl.col("reason").is_null()), uncertainty)
    if stability is None:
        loads = daily.with_columns(**_bounds()).select(Loads.column_names())
    else:
        daily = with_stability(daily, stability)
        loads = daily.with_columns(**_bounds(pl.col("u_stability"))).select(Loads.column_names())
    loads = sort_by_key(loads, Loads)
    return DerivedLoads(loads, left_out.sort("sample_id", "analyte", "replicate"))


def _with_samples(inputs: LoadInputs, uncertainty: dict[str, float]) -> pl.DataFrame:
    samples = inputs.samples.select(
        "sample_id",
        "site_id",
        pl.col("matrix").cast(pl.String),
        pl.col("flow_m3_per_day").alias("_sample_flow"),
        pl.col("u_flow").alias("_sample_u_flow"),
        is_blank=is_blank(pl.col("role")),
        day=sampling_day(pl.col("collected_from").dt.replace_time_zone(None), pl.col("utc_offset_min")),
    )
    flows = inputs.flows.select(
        "site_id", "day", pl.col("flow_m3_per_day").alias("_day_flow"), pl.col("u_flow").alias("_day_u_flow")
    )
    samples = samples.join(flows, on=["site_id", "day"], how="left").select(
        "sample_id",
        "site_id",
        "matrix",
        "is_blank",
        "day",
        flow_m3_per_day=pl.coalesce("_sample_flow", "_day_flow"),
        u_flow=pl.coalesce("_sample_u_flow", "_day_u_flow"),
    )
    # The population is found for the samples, of which there are far fewer than results.
    samples = _with_population(samples, inputs, uncertainty)
    results = inputs.measurements.with_columns(pl.col("detection", "qc_flag").cast(pl.String))
    return results.join(samples, on="sample_id", how="left")


def _one_row_per_day(results: pl.DataFrame, uncertainty: dict[str, float]) -> pl.DataFrame:
    state = pl.col("detection")
    is_undetected, is_below = state == "not_detected", state == "below_loq"
    limit = (
        pl.when(is_undetected).then(pl.coalesce("lod_ng_per_l", "loq_ng_per_l")).when(is_below).then(pl.col("loq_ng_per_l"))
    )
    value = pl.when(state == "quantified").then(pl.col("concentration_ng_per_l"))
    has_both = is_below & pl.col("loq_ng_per_l").is_not_null()
    least = pl.when(has_both).then(pl.col("lod_ng_per_l").fill_null(0.0)).otherwise(0.0)
    results = results.with_columns(
        _value=value,
        _most=pl.coalesce(value, limit),
        _least=pl.coalesce(value, least),
        _u=_relative(
            pl.lit(uncertainty["sampling"]),
            pl.col("u_flow").fill_null(uncertainty["flow"]),
            pl.col("u_analysis").fill_null(uncertainty["analysis"]),
        ),
        _u_batch=_of_batch(results).fill_null(uncertainty["calibration"]),
    )
    is_alone = pl.len().over("site_id", "day", "analyte") == 1 if _has_repeats(results) else pl.lit(value=True)
    results = results.with_columns(_is_alone=is_alone)
    single = results.filter("_is_alone").select(
        "site_id",
        "day",
        "analyte",
        "detection",
        "batch_id",
        concentration="_value",
        most="_most",
        least="_least",
        flow="flow_m3_per_day",
        u_day="_u",
        population="population",
        population_method="population_method",
        u_site="u_site",
        n_results=pl.lit(1, dtype=pl.UInt32),
        u_batch="_u_batch",
    )
    several = _averaged(results.filter(~pl.col("_is_alone")))
    return pl.concat([single, several.select(single.columns)])


def _has_repeats(results: pl.DataFrame) -> bool:
    """Whether a site, day and residue may have several results; cheap to say no for a million rows."""
    samples = results.select("sample_id", "site_id", "day").unique()
    return bool((results["replicate"] != 1).any()) or samples.select("site_id", "day").n_unique() < samples.height


def _averaged(results: pl.DataFrame) -> pl.DataFrame:
    state = pl.col("detection")
    all_quantified, none_detected = (state == "quantified").all(), (state == "not_detected").all()
    words = pl.when(all_quantified).then(pl.lit("quantified")).when(none_detected).then(pl.lit("not_detected"))
    # Sorted before they are averaged: the same results give the same bits, in whatever order they come.
    return results.group_by("site_id", "day", "analyte").agg(
        concentration=pl.when(all_quantified).then(pl.col("_value").sort().mean()),
        most=pl.when(pl.col("_most").is_not_null().all()).then(pl.col("_most").sort().mean()),
        least=pl.col("_least").sort().mean(),
        detection=words.otherwise(pl.lit("below_loq")),
        flow=pl.col("flow_m3_per_day").sort().mean(),
        u_day=pl.col("_u").max(),
        batch_id=pl.col("batch_id").sort().first(),
        population=pl.col("population").first(),
        population_method=pl.col("population_method").first(),
        u_site=pl.col("u_site").first(),
        n_results=pl.len(),
        # What a batch shares does not average out within it.
        u_batch=pl.col("_u_batch").max(),
    )


def _of_batch(results: pl.DataFrame) -> pl.Expr:
    """What the laboratory says its batch shares; nothing in tables of before it could."""
    return pl.col("u_batch") if "u_batch" in results.columns else pl.lit(None, pl.Float64)


def _relative(*terms: pl.Expr) -> pl.Expr:
    """Exact relative uncertainty of a product of log-normals (U2) from expressions."""
    product = pl.lit(1.0)
    for term in terms:
        product = product * (1.0 + term * term)
    return (product - 1.0).sqrt()


def _with_population(samples: pl.DataFrame, inputs: LoadInputs, uncertainty: dict[str, float]) -> pl.DataFrame:
    """Samples with the newest population that was valid on their day, else the one in the register of sites."""
    served = inputs.sites.select(
        "site_id", pl.col("population_served").alias("_served"), pl.col("population_method").alias("_served_method")
    )
    dated = inputs.populations.select(
        "site_id",
        "valid_from",
        "u_population",
        pl.col("population").alias("_dated"),
        pl.col("population_method").alias("_dated_method"),
    )
    found = samples.sort("day").join_asof(
        dated.sort("valid_from", "site_id"),
        left_on="day",
        right_on="valid_from",
        by="site_id",
        strategy="backward",
        check_sortedness=False,
    )
    found = found.join(served, on="site_id", how="left")
    people = pl.coalesce("_dated", "_served")
    is_dated = pl.col("_dated").is_not_null()
    return found.select(
        *samples.columns,
        population=pl.when(people > 0).then(people),
        population_method=pl.when(is_dated).then(pl.col("_dated_method")).otherwise(pl.col("_served_method")),
        u_site=pl.when(people > 0).then(pl.col("u_population").fill_null(uncertainty["population"])).otherwise(0.0),
    )


def _bounds(u_stability: pl.Expr | None = None) -> dict[str, pl.Expr]:
    z = coverage_factor(_LEVEL)
    terms_load = pl.col("u_day").pow(2).log1p() + pl.col("u_batch").pow(2).log1p()
    if u_stability is not None:
        terms_load = terms_load + u_stability.pow(2).log1p()
    spread_load = (z * terms_load.sqrt()).exp()
    all_terms = pl.col("u_day").pow(2).log1p() + pl.col("u_batch").pow(2).log1p() + pl.col("u_site").pow(2).log1p()
    spread = (z * all_terms.sqrt()).exp()
    load = mass_load(pl.col("concentration"), pl.col("flow"))
    most, least = mass_load(pl.col("most"), pl.col("flow")), mass_load(pl.col("least"), pl.col("flow"))
    people = pl.col("population")
    is_censored = pl.col("detection") != "quantified"
    return {
        "load_mg_per_day": load,
        "load_mg_per_1000_per_day": load_per_1000(load, people),
        "load_mg_per_day_lower": least * (1.0 / spread_load),
        "load_mg_per_day_upper": most * spread_load,
        "lower": load_per_1000(least, people) * (1.0 / spread),
        "upper": load_per_1000(most, people) * spread,
        "limit_mg_per_1000_per_day": pl.when(is_censored).then(load_per_1000(most, people)),
        "detection": pl.col("detection").cast(Loads.columns()["detection"].dtype),
        "n_results": pl.col("n_results").cast(pl.Int32),
    }
