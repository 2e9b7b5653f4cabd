import numpy as np
import pytest

from headworks.trends.statements import seasonal_pattern

MONTHS = np.tile(np.arange(1, 13), 6)
YEARS, SERIES = np.tile(np.repeat([2020, 2021, 2022], 12), 2), np.repeat([0, 1], 36)
TURN = 0.3 * np.cos(2 * np.pi * (MONTHS - 7.5) / 12)


def test_a_summer_peak_is_found_whatever_the_level_and_the_trend():
    level = TURN + SERIES * 2.0 + 0.01 * (12 * (YEARS - 2020) + MONTHS)
    found = seasonal_pattern(level, SERIES, YEARS, MONTHS, np.ones(72, bool))
    assert found.peak_month in (7, 8)
    assert found.n_years == 6
    assert np.log(found.ratio) == pytest.approx(TURN[:12], abs=0.05)


def test_a_week_a_year_has_no_season():
    found = seasonal_pattern(TURN, SERIES, YEARS, MONTHS, MONTHS == 4)
    assert found.n_years == 0
    assert found.ratio.tolist() == [1.0] * 12
    assert np.isinf(found.upper).all()


def test_bounds_hold_a_flat_year_as_often_as_stated():
    rng = np.random.default_rng(1)
    month, year = np.tile(np.arange(1, 13), 8), np.repeat(np.arange(8), 12)
    held = [
        (found.lower[3] < 1) & (found.upper[3] > 1)
        for found in (seasonal_pattern(rng.normal(0, 0.2, 96), np.zeros(96), year, month, np.ones(96)) for _ in range(400))
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.045)
