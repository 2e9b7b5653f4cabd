"""Loads, consumption and bounds of 1,000,000 measurements, against a 10,000-draw NumPy Monte Carlo of the same rows.

The peer draws each input of the chain (sampling, flow, repeatability, calibration, population, excretion) and is timed on a
sample of rows. Its own bounds scatter by about 1 %, so ours are compared with it (median) and with a
simulation of 4,000,000 draws per drug (worst).
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import numpy as np
import polars as pl

from headworks.core.schema import polars_schema
from headworks.loads import ExcretionFraction, LoadInputs, derive_consumption, derive_loads, simulate_consumption
from headworks.loads.derive_consumption import select_consumption_factors
from headworks.reference import read_set, uncertainty_defaults
from headworks.tables import Flows, Measurements, Populations, Samples, Sites

_ROWS = 1_000_000
_PEER_ROWS = 300
_DEFAULTS = dict(uncertainty_defaults().select("parameter", "rsd").rows())
_DRUGS = (
    "cocaine",
    "amphetamine",
    "methamphetamine",
    "MDMA",
    "cannabis",
    "ketamine",
    "codeine",
    "tramadol",
    "methadone",
    "oxycodone",
)


def inputs(n_rows: int, seed: int = 1) -> LoadInputs:
    """Measurements of ten residues in samples of 200 sites, log-normal concentrations."""
    rng = np.random.default_rng(seed)
    factors = select_consumption_factors(read_set().factors).filter(pl.col("_rank") == 0)
    analytes = [factors.filter(pl.col("drug") == drug)["analyte"][0] for drug in _DRUGS]
    n_samples = n_rows // len(analytes)
    sites = [f"S{i:03d}" for i in range(200)]
    sample_ids = [f"X{i:06d}" for i in range(n_samples)]
    first = dt.datetime(2020, 1, 1, 8, tzinfo=dt.UTC)
    samples = pl.DataFrame({"sample_id": sample_ids, "site_id": [sites[i % 200] for i in range(n_samples)]}).with_columns(
        matrix=pl.lit("sewage"), mode=pl.lit("flow_proportional"), utc_offset_min=pl.lit(0, dtype=pl.Int16),
        collected_from=pl.lit(first) + pl.duration(days=pl.int_range(pl.len()) // 200),
        flow_m3_per_day=pl.Series(rng.lognormal(10, 0.5, n_samples)),
    )  # fmt: skip
    measurements = pl.DataFrame(
        {
            "sample_id": np.repeat(sample_ids, len(analytes)),
            "analyte": np.tile(analytes, n_samples),
            "concentration_ng_per_l": rng.lognormal(5, 1, n_samples * len(analytes)),
        }
    ).with_columns(
        replicate=pl.lit(1, dtype=pl.Int16), detection=pl.lit("quantified"), qc_flag=pl.lit("accepted"), batch_id=pl.lit("B1"),
        lod_ng_per_l=pl.lit(1.0), loq_ng_per_l=pl.lit(5.0),
    )  # fmt: skip
    register = pl.DataFrame({"site_id": sites, "population_served": rng.lognormal(11, 0.7, 200)}).with_columns(
        population_method=pl.lit("census")
    )
    return LoadInputs(
        _filled(measurements, Measurements), _filled(samples, Samples), _filled(register, Sites),
        pl.DataFrame(schema=polars_schema(Populations)), pl.DataFrame(schema=polars_schema(Flows)),
    )  # fmt: skip


def _filled(frame: pl.DataFrame, schema: Any) -> pl.DataFrame:
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in polars_schema(schema).items()
    )


def monte_carlo(rows: list[dict[str, Any]], n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Lower and upper bound of every row's consumption by simulation; shape (rows, 2)."""
    bounds = np.empty((len(rows), 2))
    for i, row in enumerate(rows):
        fraction = ExcretionFraction(
            row["distribution"], row["excretion_fraction"], row["excretion_low"] or np.nan, row["excretion_high"] or np.nan,
            row["factor_rsd"] or np.nan,
        )  # fmt: skip
        terms = [_DEFAULTS[name] for name in ("sampling", "flow", "analysis", "calibration", "population")]
        _, *bounds[i] = simulate_consumption(
            row["load_mg_per_1000_per_day"], terms, fraction, row["mass_ratio"], rng=rng, n_draws=n_draws
        )
    return bounds


def measure() -> list[dict[str, Any]]:
    parameters = read_set()
    given = inputs(_ROWS)
    derive_consumption(derive_loads(inputs(10_000), _DEFAULTS).loads, parameters.factors, parameters.set_id)
    began = time.perf_counter()
    loads = derive_loads(given, _DEFAULTS).loads
    used = derive_consumption(loads, parameters.factors, parameters.set_id)
    ours = loads.height / (time.perf_counter() - began)
    assert loads.height == used.height == _ROWS, (loads.height, used.height)

    known = parameters.factors.rename({"analyte": "residues"})
    per_capita = loads.select("site_id", "day", "load_mg_per_1000_per_day", residues="analyte")
    rows = used.join(per_capita, on=["site_id", "day", "residues"]).join(known, on=["drug", "residues"])
    sample = rows.sample(_PEER_ROWS, seed=2).to_dicts()
    rng = np.random.default_rng(3)
    began = time.perf_counter()
    peer_bounds = monte_carlo(sample, 10_000, rng)
    peer = len(sample) / (time.perf_counter() - began)
    our_bounds = np.array([[row["lower"], row["upper"]] for row in sample])
    median_deviation = float(np.median(np.abs(our_bounds / peer_bounds - 1)))

    one_each = rows.unique("drug", keep="first", maintain_order=True).to_dicts()
    exact = monte_carlo(one_each, 4_000_000, rng)
    worst = float(np.max(np.abs(np.array([[row["lower"], row["upper"]] for row in one_each]) / exact - 1)))
    return [
        _row(
            "loads + consumption + bounds, 1e6 measurements, vs NumPy Monte Carlo of 10,000 draws", ours, peer, 1_000, "rows/s"
        ),
        _bound("bounds against that Monte Carlo, median deviation of its sample", median_deviation, 0.015),
        _bound("bounds against 4,000,000 draws, worst deviation of any drug", worst, 0.015),
    ]


def _row(name: str, ours: float, peer: float, target: float, unit: str) -> dict[str, Any]:
    ratio = ours / peer
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "target": target, "met": ratio >= target, "unit": unit}


def _bound(name: str, deviation: float, limit: float) -> dict[str, Any]:
    return {
        "name": name,
        "ours": deviation,
        "peer": None,
        "ratio": None,
        "target": limit,
        "met": deviation <= limit,
        "unit": "relative",
    }
