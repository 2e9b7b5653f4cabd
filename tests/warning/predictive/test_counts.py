import numpy as np
import pytest
from scipy.stats import nbinom

from headworks.core.errors import DataRefused, UsageError
from headworks.warning.predictive.counts import count_predictive
from headworks.warning.scenarios import draw_counts, expected_counts, scenarios


def weeks(n_series: int = 4, n_weeks: int = 200, mean: float = 5.0, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (n_series, n_weeks)).astype(float)


def judged(counts: np.ndarray, seed: int = 9, **said):
    return count_predictive(counts, np.random.default_rng(seed), **said)


def test_no_week_hangs_on_threads_on_other_series_or_on_later_weeks():
    counts = weeks()
    one, two = judged(counts, threads=1, evaluate=(150, 190)), judged(counts, threads=2, evaluate=(150, 190))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, two, strict=True))
    later = counts.copy()
    later[:, 171:] += 40
    moved = judged(later, evaluate=(150, 190))
    assert np.array_equal(moved.p_value[:, :21], one.p_value[:, :21])


def test_a_level_well_known_gives_the_negative_binomial_tail():
    # Given the truth the p-value is that of the law; 311 weeks know it nearly.
    rng, r = np.random.default_rng(3), 20.0 / 2.0
    counts = rng.negative_binomial(r, 1 / 3.0, (60, 313)).astype(float)
    counts[:, -1] = 40.0
    counts[:, -2] = np.nan
    found = judged(counts)
    assert np.median(found.p_week) == pytest.approx(nbinom(r, 1 / 3.0).sf(39.5), rel=0.3)
    assert np.array_equal(found.p_week, found.p_value)


def test_a_gap_is_no_zero_and_leaves_the_rest_assessable():
    counts = weeks(mean=8.0)
    gaps = counts.copy()
    gaps[:, ::5] = np.nan
    found = judged(gaps, evaluate=(190, 199))
    assert np.isnan(found.p_value[:, [0, 5]]).all()
    assert np.isfinite(found.p_value[:, [1, 2, 3, 4]]).all()
    assert found.expected.mean() == pytest.approx(8.0, rel=0.1)


def test_a_known_outbreak_leaves_the_baseline_and_is_assessed():
    counts = weeks(mean=8.0)
    counts[:, 120:150] += 10
    known = np.zeros(counts.shape, dtype=bool)
    known[:, 120:150] = True
    assert judged(counts, known_outbreaks=known).expected.mean() == pytest.approx(8.0, rel=0.12)
    assert np.median(judged(counts, known_outbreaks=known, evaluate=(149, 149)).p_week) < 0.01


def test_a_short_history_says_nothing():
    found = judged(weeks(n_weeks=20))
    assert np.isnan(found.p_value).all()
    assert (found.n_weeks == 18).all()


def test_two_weeks_of_a_small_rise_say_more_together_than_alone():
    counts = weeks(n_series=1, n_weeks=300, mean=20.0)
    counts[0, -2:] = 32.0
    found = judged(counts)
    assert found.p_pair.item() < found.p_value.item() < found.p_week.item()


@pytest.mark.parametrize("which", [0, 5, 7, 10, 17, 22, 24])
def test_false_alarms_come_as_often_as_stated(which):
    # 40 series x 49 weeks at 5 %: 98 expected, Monte Carlo standard error about 12 % of it.
    scenario, rng = scenarios()[which], np.random.default_rng(which)
    counts = draw_counts(rng, expected_counts(scenario), scenario.phi, 40)[:, 312:]
    found = count_predictive(counts, rng, evaluate=(263, 311))
    assert 0.65 < np.mean(found.p_value <= 0.05) / 0.05 < 1.45
    assert np.mean(found.p_week) == pytest.approx(0.5, abs=0.04)


def test_half_a_count_is_refused():
    with pytest.raises(DataRefused, match=r"1 counts are no whole numbers.*series 0, week 3.*2\.5"):
        judged(np.array([[1.0, 2.0, 3.0, 2.5, np.nan]]))


def test_weeks_outside_and_flags_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="lie outside the series"):
        judged(weeks(), evaluate=(190, 200))
    with pytest.raises(UsageError, match="1 steps a year"):
        judged(weeks(), freq=1)
    with pytest.raises(UsageError, match="do not fit the counts"):
        judged(weeks(), known_outbreaks=np.zeros((1, 3), dtype=bool))
