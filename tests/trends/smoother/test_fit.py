import numpy as np
import pytest
from tests.trends.smoother.builders import some_series

from headworks.core.errors import DataRefused
from headworks.trends.smoother import Settings, first_state, fit_settings, smooth
from headworks.trends.smoother.fit import log_likelihoods, setting_nodes, summed_up


def test_the_likelihood_at_a_node_is_that_of_the_smoother():
    seen = some_series(np.random.default_rng(4), 3, 20, 0.4)
    nodes = setting_nodes()[[10, 60]]
    found = log_likelihoods(seen, np.array([2, 0]), nodes, 0.5)
    nothing = np.zeros(4, np.int64)
    for which, node in enumerate(nodes):
        settings = Settings.same(3, *node)
        twin = smooth(seen, settings, nothing, nothing[:0], state=first_state(seen, settings, 0.5)).log_likelihood
        assert found[:, which] == pytest.approx(twin[[2, 0]], abs=1e-9)


def test_the_scatter_of_days_is_found_and_short_series_take_the_others():
    rng = np.random.default_rng(6)
    seen = some_series(rng, 40, 80, 0.3, day_sd=0.45)
    short = seen.start[-2] + 3
    cut = seen._replace(start=np.append(seen.start[:-1], short))._replace(**{
        name: getattr(seen, name)[:short] for name in seen._fields if name != "start"})  # fmt: skip
    found = np.sqrt(fit_settings(cut, np.zeros(40)).central.day_variance)
    # 0.45 in all, of which 0.2 is known: 0.403 is left.
    assert np.median(found) == pytest.approx(0.403, abs=0.04)
    assert found[-1] == pytest.approx(np.median(found), abs=0.06)


def test_corners_have_the_mean_and_the_spread_of_what_is_left_open():
    nodes = setting_nodes()
    weight = np.zeros((1, nodes.shape[0]))
    same = (nodes[:, 0] == nodes[30, 0]) & (nodes[:, 1] == 0)
    weight[0, np.flatnonzero(same)[2:5]] = [0.25, 0.5, 0.25]
    found = summed_up(weight, nodes)
    deviations = np.sqrt([corner.day_variance.item() for corner in found.corners])
    days = np.sqrt(nodes[np.flatnonzero(same)[2:5], 2])
    mean = days @ [0.25, 0.5, 0.25]
    spread = np.sqrt((days - mean) ** 2 @ [0.25, 0.5, 0.25])
    assert np.sqrt(found.central.day_variance.item()) == pytest.approx(mean)
    # A quarter, a half and a quarter scatter thus; with one wander alone corners lie a little farther out.
    assert spread <= deviations.std() <= 1.3 * spread


def test_a_group_for_each_series_is_asked_for():
    with pytest.raises(DataRefused, match="needs a group") as refused:
        fit_settings(some_series(np.random.default_rng(0), 2, 3, 0.0), [0])
    assert refused.value.code == "HW-D544"


def test_series_without_days_take_the_middle_of_the_grid():
    empty = some_series(np.random.default_rng(0), 1, 2, 0.0).take(np.array([], np.int64))
    nothing = empty._replace(start=np.array([0, 0]))
    assert fit_settings(nothing, [0]).central.day_variance.item() > 0
