import datetime as dt

import numpy as np
import pytest
from tests.trends.areas.builders import COUNTY, PLANTS, day, days, known_spread, network

from headworks.trends.areas.cells import site_cells
from headworks.trends.areas.compare import compare_figures

WEEK = {"week": frozenset({"2025-W10"})}


def compare(net, rows, first, second, labels=WEEK, log_sd=0.4):
    arrays = days(*rows)
    cells, periods = site_cells(arrays, known_spread(arrays, log_sd), net, ["x"], labels)
    at = [(area, periods.index(period)) for area, period in (first, second)]
    return compare_figures(cells, net, 0, *at, len(periods))


def of_week(*areas):
    return [(area, "2025-W10") for area in areas]


def test_a_figure_beside_itself_has_no_doubt():
    net = network(COUNTY, PLANTS)
    found = compare(net, [day("a", 10.0), day("b", 30.0)], *of_week("K", "K"))
    assert (found.ratio, found.ratio_lower, found.ratio_upper) == (1.0, 1.0, 1.0)
    assert found.shared == pytest.approx(1.0)


def test_two_towns_of_their_own_plants_share_nothing_but_a_batch():
    net = network(COUNTY, PLANTS)
    rows = [day("a", 20.0), day("b", 10.0)]
    apart = compare(net, [row | {"batch_id": name} for row, name in zip(rows, "uv", strict=True)], *of_week("Ta", "Tb"))
    together = compare(net, [row | {"batch_id": "u"} for row in rows], *of_week("Ta", "Tb"))
    assert apart.ratio == pytest.approx(2.0)
    # One day of seven each: tau^2 = 6/7 0.16 + 1/7 ln 1.04, v/y^2 = 1 - exp(-tau^2); batch 0.06 and people 0.12 of each.
    tau2 = 6 / 7 * 0.16 + np.log1p(0.2**2) / 7
    s2 = 2 * (-np.expm1(-tau2) + 0.06**2 + 0.12**2)
    assert np.log(apart.ratio_upper / apart.ratio) == pytest.approx(1.959964 * np.sqrt(s2), rel=1e-5)
    s2 -= 2 * 0.06**2
    assert np.log(together.ratio_upper / together.ratio) == pytest.approx(1.959964 * np.sqrt(s2), rel=1e-5)
    assert apart.shared == pytest.approx(0.0, abs=1e-12)


def test_areas_that_one_plant_serves_cannot_be_told_apart():
    net = network(COUNTY, [("a", "K", 30_000.0, None)], [("a", "Ta", 20_000.0), ("a", "Tb", 10_000.0)])
    found = compare(net, [day("a", 12.0)], *of_week("Ta", "Tb"))
    assert found.ratio == pytest.approx(1.0)
    assert found.ratio_upper - found.ratio_lower == pytest.approx(0.0, abs=1e-9)
    assert found.difference_upper == pytest.approx(0.0, abs=1e-9)


def test_the_register_cancels_between_two_periods_of_one_area():
    net = network(COUNTY, PLANTS)
    rows = [day("a", 10.0), day("a", 20.0, dt.date(2025, 3, 12))]
    labels = {"week": frozenset({"2025-W10", "2025-W11"})}
    found = compare(net, rows, ("Ta", "2025-W11"), ("Ta", "2025-W10"), labels, log_sd=1e-9)
    # Only the batches and a seventh of the day's own noise are left.
    s2 = 2 * (0.06**2 - np.expm1(-np.log1p(0.2**2) / 7))
    assert np.log(found.ratio_upper / found.ratio) == pytest.approx(1.959964 * np.sqrt(s2), rel=1e-4)
    assert found.p_first_is_larger > 0.999


def test_an_area_without_a_sample_is_not_compared():
    net = network(COUNTY, PLANTS)
    assert compare(net, [day("a", 10.0)], *of_week("Ta", "Tb")) is None
