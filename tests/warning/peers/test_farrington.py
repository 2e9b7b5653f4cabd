import numpy as np
import polars as pl
import pytest
from scipy import stats
from tests.warning.peers.builders import steady, weeks

from headworks.warning.detect import detect

NB = {
    "no_periods": 10,
    "weights_threshold": 2.58,
    "p_threshold_trend": 1,
    "past_weeks_not_included": 26,
    "threshold_method": "nbPlugin",
}


def constant(n=120, value=16.0, **last):
    """The same count every week but the last one."""
    return weeks([value] * (n - 1) + [last.get("last", value)])


def at_end(table, method="farrington_flexible", **control):
    t = table["t"].max()
    return detect(table, method, evaluate=(t, t), **({"b": 2} | control)).row(0, named=True)


def test_a_steady_baseline_by_hand():
    # No scatter: phi = 1 and no variance of the fit but 1/(14 x 16) in 1996. U = (16^(2/3) + z sqrt(4/9 16^(1/3) tau))^(3/2).
    z, tau = stats.norm.ppf(0.975), 1 + 1 / 14
    by_hand = (16 ** (2 / 3) + z * np.sqrt(4 / 9 * 16 ** (1 / 3) * tau)) ** 1.5
    assert at_end(constant(), "farrington")["threshold"] == pytest.approx(by_hand, rel=1e-7)
    z = stats.norm.ppf(0.95)
    flexible = (16 ** (2 / 3) + z * np.sqrt(4 / 9 * 16 ** (1 / 3))) ** 1.5
    assert at_end(constant())["threshold"] == pytest.approx(flexible, rel=1e-7)


def test_a_steady_baseline_has_the_poisson_quantile():
    for method in ("nbPlugin", "muan"):
        found = at_end(constant(last=30), alpha=0.01, threshold_method=method)
        assert found["threshold"] == stats.poisson.ppf(0.99, 16)
        assert found["alarm"] is True
        assert found["p_value"] == pytest.approx(stats.poisson.sf(29, 16), rel=1e-6)


def test_transformations_of_the_delta_method_by_hand():
    z, tau = stats.norm.ppf(0.975), 1 + 1 / 14
    assert at_end(constant(), "farrington", power_trans="1/2")["threshold"] == pytest.approx((4 + z * np.sqrt(tau) / 2) ** 2)
    assert at_end(constant(), "farrington", power_trans="none")["threshold"] == pytest.approx(16 + z * np.sqrt(16 * tau))


def test_a_score_of_one_is_the_threshold():
    found = at_end(constant(last=30))
    assert found["score"] == pytest.approx((30 - 16) / (found["threshold"] - 16))


def test_a_trend_of_three_years_stays_and_of_two_does_not():
    y = np.round(np.exp(2 + 0.006 * np.arange(170)))
    table = weeks(y.tolist())
    assert at_end(table, "farrington", b=2)["trend_coefficient"] is None
    assert at_end(table, b=3, trend=False)["trend_coefficient"] is None
    # A trend up predicts more than was ever seen, and is not believed; a trend down stays.
    assert at_end(table, "farrington", b=3)["trend_coefficient"] is None
    assert at_end(weeks(y[::-1].tolist()), "farrington", b=3)["trend_coefficient"] == pytest.approx(-0.006, abs=3e-4)


def test_few_cases_are_not_assessed_and_raise_no_alarm():
    found = at_end(constant(value=1.0))
    assert found["reason"] == "not assessed because fewer than 5 cases in 4 steps"
    assert (found["assessable"], found["alarm"], found["threshold"]) == (False, False, None)
    assert at_end(constant(value=1.0), limit54=(4, 4))["assessable"]


def test_few_cases_are_counted_per_week_observed():
    # Two weeks of four were observed, three cases in each: twelve in four weeks, not six.
    table = constant().with_columns(observed=pl.when(pl.col("t") >= 117).then(pl.lit(3.0)).otherwise("observed"))
    table = table.with_columns(observed=pl.when(~pl.col("t").is_in([118, 119])).then("observed"))
    assert at_end(table, limit54=(10, 4))["assessable"]
    assert not at_end(table, limit54=(13, 4))["assessable"]


@pytest.mark.parametrize("method", ["farrington", "farrington_flexible"])
def test_a_missing_baseline_week_leaves_the_rest(method):
    table = steady(170)
    t = 170 - 52
    without = at_end(table.filter(pl.col("t") != t), method, b=3)
    emptied = at_end(table.with_columns(observed=pl.when(pl.col("t") != t).then("observed")), method, b=3)
    assert without == emptied
    assert without["n_baseline"] == 20
    assert without["threshold"] == pytest.approx(at_end(table, method, b=3)["threshold"], rel=0.1)


def test_a_short_history_and_a_missing_week_say_so():
    assert at_end(steady(150), b=3)["reason"] == "the history is too short"
    found = at_end(steady(170).with_columns(observed=pl.when(pl.col("t") < 170).then("observed")), b=3)
    assert (found["reason"], found["alarm"]) == ("not observed in this step", None)


def test_a_season_nobody_observed_is_not_assessed():
    around = [t for year in (52, 104) for t in range(120 - year - 3, 120 - year + 4)]
    found = at_end(steady(120).filter(~pl.col("t").is_in(around)), **NB)
    assert found["reason"] == "too few steps of the baseline were observed"


def test_a_season_without_a_case_has_no_upper_quantile_of_its_mean():
    around = [t for year in (52, 104) for t in range(120 - year - 3, 120 - year + 4)]
    table = steady(120).with_columns(observed=pl.when(~pl.col("t").is_in(around)).then("observed").otherwise(0.0))
    assert at_end(table, **NB)["threshold"] == 0.0
    found = at_end(table, **(NB | {"threshold_method": "muan"}))
    assert (found["reason"], found["alarm"]) == ("the threshold of this method is without end here", False)


def test_thresholds_do_not_depend_on_the_batch_or_on_threads():
    many = pl.concat([steady(290, seed, 1.5 * 2**seed, f"s{seed}") for seed in range(6)])
    whole = detect(many, evaluate=(280, 290), b=5, threads=1, **NB)
    assert whole.equals(detect(many, evaluate=(280, 290), b=5, threads=5, **NB))
    apart = [detect(many.filter(pl.col("series") == f"s{i}"), evaluate=(280, 290), b=5, **NB) for i in range(6)]
    assert whole.equals(pl.concat(apart))


def test_false_alarms_of_the_quantile_are_as_stated():
    # 100 series x 30 weeks of Poisson 30, no season and no trend to be found: 1 % and, of a discrete law, less; the binomial
    # error of 3,000 weeks is 0.18 %, and the estimated mean adds a little.
    many = pl.concat([steady(310, seed, 30.0, f"s{seed:03}") for seed in range(100)])
    found = detect(many, evaluate=(281, 310), b=5, **(NB | {"alpha": 0.01, "trend": False}))
    assert found["assessable"].all()
    assert 0.004 < found["alarm"].mean() < 0.018
