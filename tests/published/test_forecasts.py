"""One-step-ahead forecasts of real days: EUDA and SCORE (edition 2025, days of 2011 to 2022) and Statistics Canada's months of 2022.

Targets of issue 5: 80 and 95 % intervals cover within 4 points, and the mean absolute log error is below that of the last value
and of the same weekday a year before. In full in docs/studies/forecasts.md; here the countries of 2018 to 2020, and the
months. Settings come from the years (months) before alone. Written 2026-11 with numpy 2.4, scipy 1.17, numba 0.68.
"""

import importlib.util
import sys
from pathlib import Path

import pytest

STUDY = Path(__file__).parents[2] / "studies" / "forecasts.py"
SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def study():
    for name in ("euda-score-wastewater", "statcan-wastewater-drugs"):
        if not (SHARED / name).exists():
            pytest.skip(f"no {name} in the shared data folder beside the repository (owner: trends)")
    spec = importlib.util.spec_from_file_location("forecasts", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules["forecasts"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["forecasts"]


@pytest.mark.shared
def test_days_of_countries_are_forecast_as_well_as_stated(study):
    rows = study.euda_rows().filter(study.pl.col("year") <= 2020)
    found = study.forecasts(study.series_of(study.of_countries(rows), "country"), 2018)
    assert found.place.size > 1_500
    assert study.coverage(found.place, 0.80) == pytest.approx(0.80, abs=0.05)
    assert study.coverage(found.place, 0.95) == pytest.approx(0.95, abs=0.04)
    ours, last, seasonal = study.errors(found)
    assert ours < last < seasonal


@pytest.mark.shared
def test_months_of_canadian_cities_are_forecast_as_well_as_stated(study):
    found = study.forecasts(study.statcan_series(), 4)
    assert found.place.size == 575
    assert study.coverage(found.place, 0.80) == pytest.approx(0.80, abs=0.04)
    assert study.coverage(found.place, 0.95) == pytest.approx(0.95, abs=0.04)
    ours, last, _ = study.errors(found)
    assert ours < last
