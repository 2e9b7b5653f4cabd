"""A tiny province for reports of areas: two cities, one with two counties, a town and a village; two drugs, one of them hidden."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from headworks.core.schema import polars_schema
from headworks.places.boundaries import AreaBoundary
from headworks.reports import AreaTables, Computed, Label
from headworks.tables import SHELF

# area, parent, level, English, Chinese
TREE = [
    ("AT", None, 1, "Austria", "奥地利"), ("C1", "AT", 2, "Firsttown", "一市"), ("C2", "AT", 2, "Secondtown", "二市"),
    ("K1", "C1", 3, "Upper County", "上县"), ("K2", "C1", 3, "Lower County", "下县"), ("K3", "C1", 3, "Silent County", "静县"),
    ("T1", "K1", 4, "Hilltown", "山镇"), ("V1", "T1", 5, "Brookvillage", "溪村"),
]  # fmt: skip
# area, load per 1,000 (None below the limit), lower, upper, coverage, sites, nested
LOADS = [
    ("AT", 42.0, 33.0, 54.0, 0.81, 5, 2), ("C1", 50.0, 40.0, 60.0, 1.07, 3, 0), ("K1", 120.0, 90.0, 160.0, 0.7, 2, 1),
    ("K2", None, 0.0, 5.0, 0.4, 1, 0), ("T1", 110.0, 80.0, 150.0, None, 1, 0), ("V1", 30.0, 20.0, 45.0, 0.9, 1, 0),
]  # fmt: skip


def filled(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows in the columns and types of a table of the shelf, what is not said left empty."""
    schema = polars_schema(SHELF[table].schema)
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema, orient="row")


def area_loads(drug: str = "cocaine", analyte: str = "benzoylecgonine") -> pl.DataFrame:
    rows = []
    for area, load, lower, upper, coverage, sites, nested in LOADS:
        level = next(one[2] for one in TREE if one[0] == area)
        people = 1_000_000.0
        rows.append({
            "area_id": area, "period": "2022", "analyte": analyte, "drug": drug, "period_kind": "year", "level": level,
            "load_mg_per_day": None if load is None else load * 1000, "least_mg_per_day": (load or 0.0) * 990,
            "most_mg_per_day": (load or 5.0) * 1010, "load_mg_per_1000_per_day": load, "lower": lower, "upper": upper,
            "detection": "below_loq" if load is None else "quantified", "share_censored": 0.02, "population": people,
            "area_population": None if coverage is None else people / coverage, "coverage": coverage, "n_sites": sites,
            "n_nested": nested, "n_days": 52, "largest_share": 0.5, "u_day": 0.3, "u_batch": 0.1, "u_site": 0.0,
        })  # fmt: skip
    return filled("area_loads", rows)


def area_changes() -> pl.DataFrame:
    """Austria fell, Firsttown rose, of Upper County it cannot be told."""
    said = [("AT", 0.02, 0.5), ("C1", 0.99, 2.0), ("K1", 0.6, 1.1)]
    return filled("area_changes", [
        {"area_id": area, "period": "2022", "analyte": "benzoylecgonine", "drug": "cocaine", "previous_period": "2021",
         "previous_load": 40.0, "load": 40.0 * ratio, "ratio": ratio, "ratio_lower": ratio / 1.2, "ratio_upper": ratio * 1.2,
         "p_rose": p_rose, "n_sites": 2, "coverage": 0.5}
        for area, p_rose, ratio in said
    ])  # fmt: skip


def square(west: float, south: float, side: float = 1.0) -> list[np.ndarray]:
    east, north = west + side, south + side
    return [np.array([(west, south), (east, south), (east, north), (west, north), (west, south)])]


def boundaries() -> dict[str, AreaBoundary]:
    """C1 is made of the three counties side by side; C2 stands above them."""
    counties = {f"K{i}": AreaBoundary(f"K{i}", [square(10.0 + i, 47.0)], True) for i in (1, 2, 3)}
    whole = AreaBoundary("C1", [polygon for one in counties.values() for polygon in one.polygons], True)
    return {**counties, "C1": whole, "C2": AreaBoundary("C2", [square(11.0, 48.0)], True)}


def computed(**replaced: Any) -> Computed:
    members = pl.DataFrame({
        "site_id": ["A1", "B2"], "label": ["Aville", "Betown"], "share": [1.0, 0.5], "load_mg_per_day": [30_000.0, 12_000.0],
        "least_mg_per_day": [30_000.0, 11_000.0], "most_mg_per_day": [30_000.0, 13_000.0], "people": [600_000.0, 400_000.0],
        "n_days": [30, 22], "n_quantified": [30, 20],
    })  # fmt: skip
    samples = pl.DataFrame({
        "day": [dt.date(2022, 3, 7)], "sample_id": ["s-1"], "concentration_ng_per_l": [250.0], "detection": ["quantified"],
        "loq_ng_per_l": [5.0], "flow_m3_per_day": [120_000.0], "batch_id": ["b-1"], "load_mg_per_day": [30_000.0],
        "population": [600_000.0],
    })  # fmt: skip
    made = {
        "area_id": "AT", "area_name": Label("Austria", "奥地利"), "period": "2022", "analyte": "benzoylecgonine",
        "drug": "cocaine", "tier": "analyst", "figure": area_loads().row(0, named=True), "members": members,
        "nested": pl.DataFrame({"label": ["Village"], "held_by": ["A1"], "holder": ["Aville"]}), "n_members": 5,
        "n_nested": 2, "n_batches": 4, "samples": samples, "sampled_site": "Aville · A1",
        "consumption": {"consumption_mg_per_1000_per_day": 84.0, "u_factor": 0.3}, "change": {}, "run_id": "r-1",
        "parameter_set": "demo-1", "commands": {"this": "headworks explain ws --area AT", "samples": "headworks explain ws"},
    }  # fmt: skip
    return Computed(**{**made, **replaced})


EVENTS = filled("disposal_events", [
    {"site_id": "A1", "day": dt.date(2022, 3, 7), "drug": "cocaine", "test": "residue_ratio", "analytes": "cocaine",
     "statistic": 9.0, "limit": 2.0, "disposed_share": 0.7, "lower": 0.5, "upper": 0.8, "is_kept_out": True,
     "explanation": "More unchanged drug than use leaves."}
]).with_columns(site=pl.lit("Aville"))  # fmt: skip
CONFORMITY = pl.DataFrame(
    {"rule": ["flow", "flow", "ph"], "verdict": ["broken", "not_stated", "broken"], "n": [3, 5, 1],
     "n_samples": [52] * 3, "specification": ["A code, 2024"] * 3}
)  # fmt: skip
POPULATIONS = filled("population_estimates", [
    {"site_id": "A1", "quarter": "2022-Q1", "method": method, "population": people, "lower": people * 0.9,
     "upper": people * 1.1, "u_population": 0.05, "is_used": method == "combined", "note": None}
    for method, people in (("register", 400_000.0), ("cotinine", 420_000.0), ("combined", 410_000.0))
]).with_columns(site=pl.lit("Aville"))  # fmt: skip


def area_tables(**replaced: Any) -> AreaTables:
    columns = ["area_id", "parent_id", "level", "name_en", "name_zh"]
    tree = pl.DataFrame(TREE, schema=columns, orient="row").with_columns(population=pl.lit(1e6))
    withheld = pl.DataFrame({"area_id": ["C2"], "drug": ["cocaine"], "analyte": ["benzoylecgonine"]})
    made = {
        "focus": "AT", "tree": tree, "loads": area_loads(), "consumption": filled("area_consumption", []),
        "changes": area_changes(), "withheld": withheld, "shapes": boundaries(), "computed": {"benzoylecgonine": computed()},
        "events": EVENTS, "nonconformities": CONFORMITY, "populations": POPULATIONS,
    }  # fmt: skip
    return AreaTables(**{**made, **replaced})
