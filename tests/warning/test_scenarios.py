import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.warning.scenarios import delay_shares, draw_counts, draw_loads, draw_outbreaks, expected_counts, scenarios


def test_there_are_28_with_names_of_their_own():
    assert len({one.name for one in scenarios()}) == 28


def test_the_mean_of_a_week_by_hand():
    # Set 1 with trend and season, week 52: exp(0.1 + 0.0025 x 52 + 0.6) = exp(0.83).
    assert expected_counts(scenarios()[3])[51] == pytest.approx(np.exp(0.83))


@pytest.mark.parametrize("phi", [1.0, 1.5, 5.0])
def test_the_variance_is_phi_times_the_mean(phi):
    drawn = draw_counts(np.random.default_rng(1), np.full(400, 6.0), phi, 500)
    assert drawn.mean() == pytest.approx(6.0, rel=0.02)
    assert drawn.var() / drawn.mean() == pytest.approx(phi, rel=0.03)


def test_outbreaks_have_the_size_and_shape_asked_for():
    mean = np.full(30, 25.0)
    added = draw_outbreaks(np.random.default_rng(2), mean, 4.0, np.full(4_000, 5), 3.0)
    # 3 standard deviations of sqrt(4 x 25) = 10 each.
    assert added.sum(axis=1).mean() == pytest.approx(30.0, rel=0.02)
    assert added[:, :5].sum() == 0
    assert added[:, 5:9].sum(axis=0) / added.sum() == pytest.approx(delay_shares()[:4], abs=0.01)


@given(st.floats(0.05, 0.9), st.integers(1, 2))
def test_the_share_below_the_limit_is_the_one_asked_for(censored, every):
    loads = draw_loads(np.random.default_rng(3), 5, 200, every_weeks=every, censored=censored, missing=0.2)
    assert np.isinf(loads.lower).mean() == pytest.approx(censored, abs=0.02)
    assert np.all(np.isinf(loads.lower) | (loads.lower == loads.upper))
    assert loads.week[1] == every


def test_a_seed_gives_the_same_draws():
    one, two = (draw_loads(np.random.default_rng(4), 3, 50, censored=0.4) for _ in range(2))
    assert np.array_equal(one.lower, two.lower)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(UsageError, match="begins outside the weeks"):
        draw_outbreaks(np.random.default_rng(1), np.ones(5), 1.0, [5], 1.0)
    with pytest.raises(UsageError, match="between 0 and 1"):
        draw_loads(np.random.default_rng(1), 1, 10, censored=1.0)
