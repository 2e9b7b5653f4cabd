import numpy as np
import pytest

from headworks.assessment.evaluation import interrupted_series
from headworks.core.errors import DataRefused

TIME = np.arange(48) / 12


def months(n_series=3, effect=-0.7, seed=1, scatter=0.2):
    rng = np.random.default_rng(seed)
    y = 1.0 + 0.1 * TIME + 0.3 * np.cos(2 * np.pi * TIME) + effect * (TIME >= 2)
    return y + scatter * rng.standard_normal((n_series, 48))


def fitted(y, limit=None, rng=1, **options):
    options = {"n_draws": 400, **options}
    return interrupted_series(
        y, np.full(y.shape, np.nan) if limit is None else limit, TIME, 2.0, np.random.default_rng(rng), **options
    )


def below(y, share):
    limit = np.quantile(y, share)
    return np.where(y < limit, np.nan, y), np.where(y < limit, limit, np.nan)


def test_without_noise_the_effect_is_the_effect():
    found = fitted(months(1, scatter=1e-6))
    assert found.ratio[0] == pytest.approx(np.exp(-0.7), rel=1e-4)
    assert found.level_change[0] == pytest.approx(-0.7, abs=1e-4)
    assert found.expected[0] == pytest.approx(np.exp(months(1, 0.0, scatter=0.0)[0]), rel=1e-3)


def test_a_slope_that_changes_is_found():
    y = months(1, 0.0, scatter=1e-6) + np.where(TIME >= 2, -0.5 * (TIME - 2), 0.0)
    found = fitted(y, with_slope=True)
    assert found.slope_change_per_year[0] == pytest.approx(-0.5, abs=1e-3)
    # The mean over the two years after.
    assert found.ratio[0] == pytest.approx(np.exp(-0.5 * 23 / 24), rel=1e-3)


def test_a_factor_on_all_figures_changes_no_ratio():
    y = months()
    assert fitted(y + 3.0).ratio == pytest.approx(fitted(y).ratio)


def test_a_series_has_the_same_result_in_any_batch():
    y, limit = below(months(40), 0.3)
    whole = fitted(y, limit)
    alone = fitted(y[2:3], limit[2:3])
    for name in ("ratio", "lower", "upper", "p_fell"):
        assert getattr(alone, name)[0] == getattr(whole, name)[2]


def test_limits_that_cut_off_hardly_anything_change_hardly_anything():
    y = months(1)
    seen, limit = below(y, 0.02)
    assert fitted(seen, limit).ratio[0] == pytest.approx(fitted(y).ratio[0], rel=0.1)
    assert fitted(seen, limit).share_censored[0] == pytest.approx(1 / 48)


def test_a_fall_below_the_limit_is_still_a_fall():
    # The limit taken as the figure would say a fall to the limit; the model looks below it.
    y = months(40, -0.8)
    seen, limit = below(y, 0.3)
    at_limit = fitted(np.where(np.isnan(seen), limit, seen))
    assert np.log(fitted(seen, limit).ratio).mean() == pytest.approx(-0.8, abs=0.1)
    assert np.log(at_limit.ratio).mean() > -0.65


def test_missing_months_widen_and_are_not_below_anything():
    y = months(30)
    gaps = y.copy()
    gaps[:, 20:30] = np.nan
    whole, found = fitted(y), fitted(gaps)
    assert np.log(found.ratio).mean() == pytest.approx(-0.7, abs=0.12)
    assert np.mean(np.log(found.upper / found.lower)) > np.mean(np.log(whole.upper / whole.lower))
    assert found.share_censored.tolist() == [0.0] * 30


def test_what_a_series_cannot_say_is_refused():
    y = months(1)
    with pytest.raises(DataRefused, match=r"Too little is known after the action.*6 points"):
        interrupted_series(y, np.full(y.shape, np.nan), TIME, 3.5, np.random.default_rng(1))
    with pytest.raises(DataRefused, match=r"0 of them quantified.*how often it was found"):
        fitted(np.where(TIME >= 2, np.nan, y), np.where(TIME >= 2, 0.0, np.nan)[None, :])
    with pytest.raises(DataRefused, match="not evenly spaced"):
        interrupted_series(y, np.full(y.shape, np.nan), TIME**2, 2.0, np.random.default_rng(1))
    with pytest.raises(DataRefused, match="cannot be told apart"):
        fitted(y, harmonics=7)
    with pytest.raises(DataRefused, match="do not fit"):
        fitted(y, np.zeros((2, 48)))
