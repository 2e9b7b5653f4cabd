"""Monthly loads and quarterly counts of an area acted on, a, and of others; a plan of them that was registered in time."""

import datetime as dt

import numpy as np
import polars as pl

from headworks.assessment.evaluation import Window, register_plan

BEFORE, AFTER = Window.of_years(2024), Window.of_years(2025)
OTHERS = tuple(f"c{place:02}" for place in range(12))
REGISTERED, OVER = dt.date(2024, 6, 1), dt.date(2026, 1, 1)


def registered(plan):
    """The plan, registered in its window before."""
    return register_plan(plan, REGISTERED, "assessor")


def monthly(factor=0.5, gaps=()):
    """Two years of loads with a season and 5 % of noise, areas at levels of their own; a is multiplied in the second."""
    rng, rows = np.random.default_rng(4), []
    for area in ("a", *OTHERS):
        level = 3.0 if area == "a" else 2.3 + 0.4 * rng.standard_normal()
        for month in range(24):
            label = f"{2024 + month // 12}-{month % 12 + 1:02}"
            load = np.exp(level + 0.2 * np.cos(month * np.pi / 6) + 0.05 * rng.standard_normal())
            load *= factor if area == "a" and month >= 12 else 1.0
            if (area, label) not in gaps:
                rows.append({"area_id": area, "period": label, "analyte": "ketamine", "load_mg_per_1000_per_day": float(load),
                             "upper": 1.2 * float(load)})  # fmt: skip
    return pl.DataFrame(rows)


def quarterly(factor=0.5):
    """Two years of counts of 4,000 people in each area, some 40 a quarter."""
    rng, rows = np.random.default_rng(6), []
    for area in ("a", *OTHERS):
        mean = 40 * float(rng.gamma(25, 1 / 25))
        for quarter in range(8):
            times = factor if area == "a" and quarter >= 4 else 1.0
            rows.append({
                "area_id": area, "period": f"{2024 + quarter // 4}-Q{quarter % 4 + 1}", "indicator": "deaths", "stratum": "all",
                "source": "office", "definition": "all", "vintage": dt.date(2026, 1, 1), "unit": "people",
                "numerator": float(rng.poisson(mean * times)), "denominator": 4000.0,
            })  # fmt: skip
    return pl.DataFrame(rows)
