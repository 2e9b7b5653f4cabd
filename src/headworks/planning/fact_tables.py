"""The facts of a simulation as the tables that are imported: what a programme would know, and nothing that is only true.

A sample's identifier begins with its day, so that rows sorted by it are sorted by time. Names of sites say that they are
simulated: the places are real, and what is said of them here is not.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.core.schema import Table, polars_schema
from headworks.places.divisions import LISTED_ON
from headworks.planning.measuring import ENANTIOMERS_OF, Laboratories, MeasuredWeek
from headworks.planning.network import Network
from headworks.planning.network.site_choice import PLANT, TOWN_SITE
from headworks.planning.plan import DAYS, SimulationPlan
from headworks.reference.simulation_levels import simulation_value
from headworks.tables import SHELF, Areas, EnantiomericFractions, Measurements, Populations, Samples, SiteAreas, Sites
from headworks.tables.samples import DETECTION, QC_FLAGS

_BEIJING_MIN = 480
# Windows begin at 08:00 local time, which is midnight UTC of the same date.
_HOURS_TO_LABORATORY, _HOURS_TO_EXTRACTION = 6, 24
_COLD_C, _WARM_C, _VOLUME_ML, _INTERVAL_MIN = 4.0, 12.0, 1_000.0, 15.0


def network_facts(plan: SimulationPlan, network: Network) -> dict[str, pl.DataFrame]:
    """``areas, sites, site_areas, populations``, each as the shelf promises it, sorted by its key."""
    # The list holds on its own day and after; that it held before is a claim of the simulation.
    areas = network.areas.with_columns(valid_from=pl.lit(min(LISTED_ON, plan.start)))
    shares = network.shares.select(
        site_id=network.sites["site_id"].gather(network.shares["site"]), area_id="area_id", population="registered"
    )
    populations = network.sites.select(
        "site_id",
        valid_from=pl.lit(min(LISTED_ON, plan.start)),
        population=pl.Series(network.registered),
        population_method=pl.lit("register"),
        u_population=pl.lit(plan.made_errors.population),
    )
    frames = {"areas": areas, "sites": _sites(network), "site_areas": shares, "populations": populations}
    promises = {"areas": Areas, "sites": Sites, "site_areas": SiteAreas, "populations": Populations}
    return {name: promised(frame, promises[name]).sort(promises[name].primary_key()) for name, frame in frames.items()}


def _sites(network: Network) -> pl.DataFrame:
    is_nested = pl.col("upstream_of").is_not_null()
    kind = (
        pl.when((pl.col("kind") == PLANT) | ((pl.col("kind") == TOWN_SITE) & ~is_nested))
        .then(pl.lit("plant_influent"))
        .when(pl.col("kind") == TOWN_SITE)
        .then(pl.lit("pumping_station"))
        .when(is_nested)
        .then(pl.lit("manhole"))
        .otherwise(pl.lit("septic_tank"))
    )
    return network.sites.select(
        "site_id",
        "area_id",
        name=pl.col("name_zh") + "（模拟）",
        kind=kind,
        matrix=pl.lit("sewage"),
        upstream_of="upstream_of",
        population_served=pl.Series(network.registered),
        population_method=pl.lit("register"),
        # The county's rounded point: where a site stands is not simulated.
        latitude="latitude",
        longitude="longitude",
    )


def sample_facts(
    plan: SimulationPlan, network: Network, laboratories: Laboratories, weeks: list[MeasuredWeek]
) -> dict[str, pl.DataFrame]:
    """``samples, measurements, enantiomeric_fractions`` of some weeks, sorted by their keys."""
    samples = _numbered(plan, network, weeks)
    fractions = samples.filter(pl.col("fraction_r").is_not_nan()).select(
        "sample_id",
        "fraction_r",
        analyte=pl.lit(ENANTIOMERS_OF),
        u_fraction=pl.lit(simulation_value("enantiomeric_fraction", "u")),
    )
    results = _results(plan, laboratories, weeks, samples)
    if ENANTIOMERS_OF in plan.residues:
        found = results.filter((pl.col("analyte") == ENANTIOMERS_OF) & (pl.col("detection") == DETECTION[0]))
        fractions = fractions.join(found, on="sample_id", how="semi", maintain_order="left")
    return {
        "samples": promised(_samples(samples), Samples),
        "measurements": promised(results, Measurements),
        "enantiomeric_fractions": promised(fractions, EnantiomericFractions),
    }


def _numbered(plan: SimulationPlan, network: Network, weeks: list[MeasuredWeek]) -> pl.DataFrame:
    """A row per sample, in the order of its identifier."""
    days = [np.full(len(week.site), DAYS * week.week) + week.weekday for week in weeks]
    columns = {
        "site": _joined([week.site for week in weeks], int),
        "day": _joined(days, int),
        "flow_m3_per_day": _joined([week.flow_m3_per_day for week in weeks], float),
        "temperature_c": _joined([week.temperature_c for week in weeks], float),
        "ph": _joined([week.ph for week in weeks], float),
        "is_warm": _joined([week.is_warm for week in weeks], bool),
        "fraction_r": _joined([week.fraction_r for week in weeks], float),
    }
    samples = pl.DataFrame(columns).with_columns(day=pl.lit(plan.start) + pl.duration(days="day"))
    width = max(4, len(str(network.n_sites)))
    number = (pl.col("site") + 1).cast(pl.String).str.zfill(width)
    sites = network.sites["site_id"].gather(samples["site"])
    return samples.with_columns(
        sample_id=pl.col("day").cast(pl.Date).dt.to_string("%Y-%m-%d") + "-" + number,
        site_id=sites,
        u_flow=pl.Series(network.u_flow[columns["site"]]),
    )


def _samples(numbered: pl.DataFrame) -> pl.DataFrame:
    begin = pl.col("day").cast(pl.Datetime("us", "UTC"))
    received = begin + pl.duration(hours=24 + _HOURS_TO_LABORATORY)
    warm = pl.lit("received warmer than asked")
    return numbered.select(
        "sample_id",
        "site_id",
        matrix=pl.lit("sewage"),
        collected_from=begin,
        collected_to=begin + pl.duration(hours=24),
        utc_offset_min=pl.lit(_BEIJING_MIN),
        mode=pl.lit("flow_proportional"),
        interval_min=pl.lit(_INTERVAL_MIN),
        flow_m3_per_day="flow_m3_per_day",
        u_flow="u_flow",
        temperature_c="temperature_c",
        ph="ph",
        volume_ml=pl.lit(_VOLUME_ML),
        role=pl.lit("routine"),
        transport_temperature_c=pl.when("is_warm").then(_WARM_C).otherwise(_COLD_C),
        received_at=received,
        extracted_at=received + pl.duration(hours=_HOURS_TO_EXTRACTION),
        deviation=pl.when("is_warm").then(warm),
    )


def _results(
    plan: SimulationPlan, laboratories: Laboratories, weeks: list[MeasuredWeek], samples: pl.DataFrame
) -> pl.DataFrame:
    residues = pl.Series(plan.residues)
    count, n_residues = samples.height, len(residues)
    # Residues stand in the order of the alphabet, so that sample by sample is sorted by the key.
    has = _tall([week.has_result for week in weeks], bool)
    sample = np.repeat(np.arange(count), n_residues)[has]
    names = [f"{_week_label(plan, week.week)}-{name}" for week in weeks for name in laboratories.batch_names]
    first = np.cumsum([0, *[len(laboratories.batch_names)] * len(weeks)])
    batch = _joined([week.batch + begin for week, begin in zip(weeks, first, strict=False)], int)
    value = _tall([week.concentration for week in weeks], float)[has]
    state = _tall([week.detection for week in weeks], np.uint8)[has]
    limit = {name: _tall([getattr(week, name) for week in weeks], float)[has] for name in ("lod", "loq")}
    frame = pl.DataFrame(
        {
            "sample_id": samples["sample_id"].gather(sample),
            "analyte": residues.gather(np.tile(np.arange(n_residues), count)[has]),
            "replicate": pl.repeat(1, len(sample), dtype=pl.Int16, eager=True),
            "concentration_ng_per_l": np.where(state == 0, np.round(value, 4), np.nan),
            "detection": _coded(state, DETECTION),
            "lod_ng_per_l": limit["lod"],
            "loq_ng_per_l": limit["loq"],
            "u_analysis": _tall([week.u_analysis for week in weeks], float)[has],
            "batch_id": pl.Series(names, dtype=pl.String).gather(batch[sample]),
            "method": pl.repeat("simulated", len(sample), eager=True),
            "qc_flag": _coded(_tall([week.qc for week in weeks], np.uint8)[has], QC_FLAGS),
        }
    )
    frame = frame.with_columns(pl.col("concentration_ng_per_l").fill_nan(None))
    return frame if plan.limits else frame.with_columns(pl.lit(None).alias(name) for name in ("lod_ng_per_l", "loq_ng_per_l"))


def _coded(places: np.ndarray, words: list[str]) -> pl.Series:
    return pl.Series(words, dtype=pl.Enum(words)).gather(places.astype(np.uint32))


def _week_label(plan: SimulationPlan, week: int) -> str:
    return f"{plan.monday(week):%G-W%V}"


def _joined(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate(parts).astype(dtype, copy=False) if parts else np.zeros(0, dtype=dtype)


def _tall(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    """Residues x samples of some weeks as one column, sample by sample."""
    return _joined([part.T.ravel() for part in parts], dtype)


def promised(frame: pl.DataFrame, promise: type[Table]) -> pl.DataFrame:
    """The frame with all columns of its table, in its types; what it lacks is empty."""
    types = polars_schema(promise)
    lacking = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in types.items() if name not in frame.columns]
    return frame.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in types.items())


def empty_facts() -> dict[str, pl.DataFrame]:
    """The tables of ``sample_facts`` without a row."""
    names = ("samples", "measurements", "enantiomeric_fractions")
    return {name: pl.DataFrame(schema=polars_schema(SHELF[name].schema)) for name in names}
