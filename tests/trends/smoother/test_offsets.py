import numpy as np
import pytest

from headworks.trends.smoother import fit_offsets, observations
from headworks.trends.smoother.offsets import weekday_of

TRUE = np.array([-0.2, -0.3, -0.25, -0.1, 0.15, 0.45, 0.25])


def sampled(sites: int, weeks: int, share: float, holiday: float = 0.0):
    rng = np.random.default_rng(8)
    day = np.arange(4, 4 + 7 * weeks)
    is_holiday = rng.random((sites, day.size)) < 0.05
    value = (
        rng.normal(0, 1, (sites, 1))
        + TRUE[weekday_of(day)]
        + 0.3 * rng.standard_normal((sites, day.size))
        + holiday * is_holiday
    )
    limit = np.quantile(value, share, axis=1, keepdims=True)
    censored = value < limit
    upper, lower = np.where(censored, limit, value), np.where(censored, -np.inf, value)
    seen = observations(np.arange(sites + 1) * day.size, np.tile(day, sites), lower.ravel(), upper.ravel())
    return seen, is_holiday.ravel()


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_weekdays_and_holidays_are_found_under_censoring(share):
    seen, is_holiday = sampled(30, 26, share, holiday=0.5)
    found = fit_offsets(seen, np.zeros(30), is_holiday)
    assert found.weekday[0] == pytest.approx(TRUE, abs=0.05)
    assert found.holiday[0] == pytest.approx(0.5, abs=0.1)
    assert np.all(np.sqrt(found.weekday_variance) < 0.03)


def test_one_weekday_alone_has_no_offset_of_its_own():
    day = 1 + 7 * np.arange(30)
    value = np.sin(day.astype(float))
    found = fit_offsets(observations([0, 30], day, value, value), [0])
    assert np.abs(found.weekday).max() < 0.05


def test_a_few_wild_days_do_not_send_a_weekday_off():
    rng = np.random.default_rng(1)
    day = np.arange(4, 46)
    value = np.where(rng.random((5, 42)) < 0.3, 4.0, 0.0) * rng.standard_normal((5, 42))
    seen = observations(np.arange(6) * 42, np.tile(day, 5), value.ravel(), value.ravel())
    assert np.abs(fit_offsets(seen, np.zeros(5)).weekday).max() < 1.0
