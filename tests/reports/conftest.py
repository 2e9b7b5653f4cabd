"""One small province: three sites that may be shown, one too small, two drugs, two years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from headworks.core.periods import Period
from headworks.reports import ReportRequest, SituationTables

NAMES = [
    ("drug", "cocaine", "Cocaine", "可卡因"),
    ("drug", "ketamine", "Ketamine", "氯胺酮"),
    ("analyte", "benzoylecgonine", "Benzoylecgonine", "苯甲酰爱康宁"),
]
# site_id, city, population, latitude, longitude; the last is below the analysts' floor of 1,000.
SITES = [
    ("A1", "Aville", 400_000.0, 47.0, 15.0), ("B2", "Betown", 90_000.0, 48.0, 16.0), ("C3", "Cedorf", 10_000.0, 48.5, 14.0),
    ("TINY9", "Hiddenham", 742.0, 46.123457, 13.765432),
]  # fmt: skip
# Mean and total interval of each site and year; no mean = below the limit.
MEANS = pl.DataFrame(
    {"site_id": ["A1", "A1", "B2", "B2", "C3", "TINY9", "TINY9", "A1"],
     "period": ["2021", "2022", "2021", "2022", "2022", "2021", "2022", "2022"],
     "drug": ["cocaine"] * 7 + ["ketamine"],
     "mean": [100.0, 200.0, 50.0, 40.0, None, 777.125, 888.375, 3.0],
     "lower_total": [80.0, 160.0, 40.0, 30.0, None, 600.5, 700.5, 2.0],
     "upper_total": [125.0, 250.0, 62.0, 52.0, 5.0, 900.5, 990.5, 4.0]}
)  # fmt: skip
CHANGES = [("A1", 0.99), ("B2", 0.04), ("TINY9", 0.999)]


def _sites(names: dict[str, str]) -> pl.DataFrame:
    rows = [(site, "AT", names.get(site, city), "plant", *where, "AT") for site, city, *where in SITES]
    columns = ["site_id", "area_id", "city", "name", "population_served", "latitude", "longitude", "country"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _means() -> pl.DataFrame:
    quantified = pl.col("mean").is_not_null()
    return MEANS.with_columns(
        period_kind=pl.lit("year"), analyte=pl.col("drug").replace({"cocaine": "benzoylecgonine"}),
        lower=pl.col("lower_total"), upper=pl.col("upper_total"), n_days=pl.lit(7),
        n_censored=pl.when(quantified).then(0).otherwise(7),
        days_in_period=pl.lit(365), method=pl.lit("t_interval"),
        detection=pl.when(quantified).then(pl.lit("quantified")).otherwise(pl.lit("below_loq")),
    )  # fmt: skip


def _changes() -> pl.DataFrame:
    return pl.DataFrame(CHANGES, schema=["site_id", "p_rose"], orient="row").with_columns(
        period=pl.lit("2022"), previous_period=pl.lit("2021"), analyte=pl.lit("benzoylecgonine"), drug=pl.lit("cocaine"),
        change_percent=pl.lit(-7.5), ratio_lower=pl.lit(1.5), ratio_upper=pl.lit(2.5), reason=pl.lit(None, pl.String),
    )  # fmt: skip


CONSUMPTION = pl.DataFrame(
    {"site_id": ["A1", "TINY9"], "consumption_mg_per_1000_per_day": [718.0, 3189.27],
     "lower": [500.0, 1], "upper": [900.0, 2],
     "doses_per_1000_per_day": [7.18, 31.9], "doses_lower": [5.0, 1], "doses_upper": [9.0, 2]}
).with_columns(period=pl.lit("2022"), drug=pl.lit("cocaine"))  # fmt: skip
INCONSISTENT = pl.DataFrame(
    {"site_id": ["A1", "TINY9"], "city": ["Aville", "Hiddenham"], "year": [2021, 2021], "week": [0, 0],
     "drug": ["cocaine"] * 2, "which_mean": ["daily_mean"] * 2, "published": [99.5, 771.25],
     "recomputed": [100.0, 777.125], "difference": [-0.5, -5.875], "n_days": [7, 7]}
)  # fmt: skip
METHOD: dict[str, Any] = {
    "parameter_set": "demo-1", "run_id": "r-1", "code_version": "0.1.0", "generated_on": dt.date(2026, 3, 1),
    "conventions": "as published", "inputs": [("loads.csv", "ab12", 8)], "acknowledgements": ["Thanks to the plants."],
}  # fmt: skip


@pytest.fixture
def make_tables() -> Callable[..., SituationTables]:
    """Tables with other names for sites, or other columns for whole tables."""

    def make(names: dict[str, str] | None = None, **replaced: Any) -> SituationTables:
        factor = {"drug": "cocaine", "analyte": "benzoylecgonine", "correction_factor": 3.59, "dose_mg": 100.0,
                  "excretion_fraction": 0.29, "u_factor": 0.26, "excretion_status": "verified",
                  "dose_status": "from memory", "citation_excretion": "doi:10.1021/es302722f"}  # fmt: skip
        areas = pl.DataFrame({"area_id": ["AT"], "valid_from": dt.date(2011, 1, 1), "parent_id": None, "population": 1e6})
        made = {
            "areas": areas, "sites": _sites(names or {}), "weekly_means": _means().clear(), "period_means": _means(),
            "period_consumption": CONSUMPTION, "changes": _changes(), "inconsistent_means": INCONSISTENT,
            "names": pl.DataFrame(NAMES, schema=["kind", "id", "name_en", "name_zh"], orient="row"),
            "factors": pl.DataFrame([factor]), "method": METHOD,
        }  # fmt: skip
        return SituationTables(**{**made, **replaced})

    return make


@pytest.fixture
def request_2022() -> ReportRequest:
    return ReportRequest("AT", "Austria", Period.parse("2022"))
