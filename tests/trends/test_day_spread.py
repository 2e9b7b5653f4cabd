import datetime as dt

import numpy as np
import pytest

from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import day_spread, fit_prior


def weekly(build, values, *, first=dt.date(2025, 1, 6), **more):
    return [build.dated(first + dt.timedelta(weeks=i), value, **more) for i, value in enumerate(values)]


def spread_of(build, rows):
    arrays = day_arrays(build.frame(rows))
    return arrays, day_spread(arrays)


def test_the_prior_recovers_what_the_variances_were_drawn_from():
    # s_i^2 = s_0^2 F(d_i, d_0): 0.16 on 8 degrees, 4,000 series.
    rng = np.random.default_rng(5)
    variances = 0.16 * rng.f(12, 8, 4000)
    prior = fit_prior(variances, np.full(4000, 12.0))
    assert prior.variance(np.zeros(1)).item() == pytest.approx(0.16, rel=0.05)
    assert prior.degrees_of_freedom == pytest.approx(8, rel=0.15)


def test_the_prior_follows_the_size_of_the_place():
    # ln s_0^2 falls by 0.5 for each e-fold of people.
    rng = np.random.default_rng(6)
    people = rng.uniform(7, 14, 3000)
    prior = fit_prior(np.exp(-0.5 * people) * rng.chisquare(12, 3000) / 12, np.full(3000, 12.0), people)
    assert np.log(prior.variance(np.array([8.0, 13.0]))) == pytest.approx([-4.0, -6.5], abs=0.05)
    assert prior.variance(np.array([99.0])) == prior.variance(np.array([people.max()]))


def test_a_quarter_learns_from_the_four_before_it_and_not_from_itself(build):
    rng = np.random.default_rng(1)
    before = [row for site in "abcdef" for row in weekly(build, np.exp(rng.normal(0, 0.3, 13)), site_id=site)]
    calm = weekly(build, [1.0] * 5, first=dt.date(2025, 4, 7), site_id="a")
    wild = weekly(build, [1.0, 99.0] * 3, first=dt.date(2025, 4, 7), site_id="a")
    found = []
    for later in (calm, wild):
        arrays, spread = spread_of(build, before + later)
        at_a = (arrays.series["site_id"].to_numpy()[arrays.of_series] == "a") & (arrays.ordinal >= 20_180)
        found.append(spread.log_sd[at_a][0])
    assert found[0] == found[1]


def test_a_slow_drift_hardly_enters_the_spread(build):
    # ln y rises by 0.1 a week: each difference gives 0.005, a log-sd of 0.07, though the logs themselves spread by 0.39.
    rows = [row for site in "abcd" for row in weekly(build, np.exp(0.1 * np.arange(13)), site_id=site)]
    arrays, spread = spread_of(build, rows)
    assert spread.log_sd[0] == pytest.approx(np.sqrt(0.005), rel=0.1)
    assert np.std(np.log(arrays.value[:13])) > 0.37


def test_a_series_with_few_days_is_drawn_to_the_others(build):
    rng = np.random.default_rng(2)
    rows = [row for site in range(30) for row in weekly(build, np.exp(rng.normal(0, 0.4, 13)), site_id=f"s{site}")]
    rows += weekly(build, [1.0, 1.0001], site_id="thin")
    arrays, spread = spread_of(build, rows)
    thin = arrays.series["site_id"].to_numpy()[arrays.of_series] == "thin"
    assert 0.3 < spread.log_sd[thin][0] < 0.5


def test_a_residue_that_is_new_borrows_what_the_others_show(build):
    rng = np.random.default_rng(3)
    rows = [row for site in range(9) for row in weekly(build, np.exp(rng.normal(0, 0.2, 13)), site_id=f"s{site}")]
    rows += weekly(build, [5.0], site_id="s0", analyte="new", drug="NEW")
    arrays, spread = spread_of(build, rows)
    is_new = arrays.series["analyte"].to_numpy()[arrays.of_series] == "new"
    assert 0.1 < spread.log_sd[is_new].item() < 0.3


def test_nothing_known_gives_the_default(build):
    assert spread_of(build, weekly(build, [2.0]))[1].log_sd.item() == 0.5
