"""NADA 1.6-1.1 and survival 3.5-3 (R 4.2.2) on data sets of NADA2 2.0.1: what our classical methods must give.

Numbers from the shared data beside the project (``censored-golden``, its README has the origin). Tolerances: 1e-6 relative for
Kaplan–Meier, ROS and maximum likelihood, where R's own iteration stops within about that; tau and p to 1e-9; slopes and
intercepts to 1e-6, 100 times closer than asked, because the search takes the same steps. Written 2026-11, numpy 2.4, scipy 1.17.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headworks.trends.classical import (
    censored_groups,
    censored_quantiles,
    censored_summary,
    censored_trend,
    seasonal_trend,
)

GOLDEN = Path(__file__).parents[3] / "shared" / "data" / "censored-golden"
SETS = ["ShePyrene", "AtrazineJune", "Copper", "Zinc", "BrumbaughHg", "HeronBloodPb", "HeronKidneyPb", "GalesCreekCr", "TCE", "Example1As"]  # fmt: skip
METHODS = {"KM": "km", "ROS_lognormal": "ros", "MLE_lognormal": "mle", "MLE_normal": "mle_normal"}
QUANTILES = {"q05": 0.05, "q25": 0.25, "q75": 0.75, "q90": 0.9, "q95": 0.95}
FIELDS = {
    "mean": "mean", "median": "median", "sd": "sd", "se_mean": "se", "mean_LCL95": "lower", "mean_UCL95": "upper",
    "intercept": "mean_log", "meanlog": "mean_log", "slope": "sd_log", "sdlog": "sd_log", "loglik_survreg": "log_likelihood",
}  # fmt: skip
pytestmark = pytest.mark.shared


def table(name: str) -> pl.DataFrame:
    path = GOLDEN / f"{name}.csv"
    if not path.exists():
        pytest.skip("no censored-golden in the shared data folder beside the repository (owner: trends)")
    return pl.read_csv(path, infer_schema_length=None, null_values="NA")


@pytest.mark.parametrize("name", SETS)
def test_every_number_of_a_summary_is_nada_s(name):
    data, expected = table(name), table("expected_summary").filter(pl.col("dataset") == name)
    values, hidden = data["value"].cast(pl.Float64).to_numpy(), data["nondetect"].to_numpy()
    summaries = {method: censored_summary(values, hidden, ours) for method, ours in METHODS.items()}
    checked = 0
    for method, parameter, number in expected.filter(pl.col("method") != "data").select("method", "parameter", "value").rows():
        if parameter in QUANTILES:
            ours = censored_quantiles(values, hidden, [QUANTILES[parameter]], METHODS[method]).item()
        else:
            ours = getattr(summaries[method], FIELDS[parameter])
        assert ours == pytest.approx(number, rel=1e-6), (method, parameter)
        checked += 1
    counts = dict(expected.filter(pl.col("method") == "data").select("parameter", "value").rows())
    assert (summaries["KM"].n, summaries["KM"].n_nondetect) == (counts["n"], counts["n_nondetect"])
    assert checked >= 24


def test_what_nada_cannot_give_is_not_a_number_here():
    # 194 of 247 of TCE are below the lowest detected value, and 9 of 24 of Atrazine in June.
    for name, probability in (("TCE", 0.5), ("AtrazineJune", 0.25)):
        data = table(name)
        assert np.isnan(censored_quantiles(data["value"], data["nondetect"], [probability])).all()


@pytest.mark.parametrize("name", ["GalesCreekCr", "HeronPb", "TCEpop"])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_line_and_its_test_are_nada_s(name, scale):
    data = table(f"trend_{name}")
    found = censored_trend(data["x"], data["y"], data["x_nondetect"], data["y_nondetect"], scale)
    row = table("expected_trend").filter((pl.col("dataset") == name) & (pl.col("scale") == scale)).row(0, named=True)
    assert (found.tau, found.p) == pytest.approx((row["tau"], row["p"]), rel=1e-9)
    # The printed years have 14 digits, so the first halving starts 1e-8 away and ends within its 1e-7.
    assert (found.slope, found.intercept) == pytest.approx((row["slope"], row["intercept"]), rel=1e-6)


def test_the_seasonal_test_is_nada2_s():
    data, expected = table("trend_GalesCreek_seasonal"), table("expected_seasonal_GalesCreek")
    found = seasonal_trend(data["Season"], data["dectime"], data["TCr"], data["CrND"])
    for season, trend in found.seasons:
        row = expected.filter(pl.col("season") == season).row(0, named=True)
        assert (trend.n, trend.s) == (row["n"], row["S"])
        assert (trend.tau, trend.p) == pytest.approx((row["tau"], row["p"]), rel=1e-9)
        assert (trend.slope, trend.intercept) == pytest.approx((row["slope"], row["intercept"]), rel=1e-6)
    combined = expected.filter(pl.col("season") == "combined").row(0, named=True)
    assert (found.n, found.s) == (combined["n"], combined["S"])
    assert found.tau == pytest.approx(combined["tau"], rel=1e-9)


def test_the_comparison_of_two_zones_is_that_of_r():
    data = table("group_CuZn")
    expected = dict(table("expected_group").select("test", "value").rows())
    found = censored_groups(data["Zn"], data["nondetect"], data["zone"])
    assert found.groups == ("AlluvialFan", "BasinTrough")
    assert (found.chi_square, found.p) == pytest.approx((expected["peto_peto_chisq"], expected["peto_peto_p"]), rel=1e-6)
    ours = (found.log_ratio[1], found.sigma)
    assert ours == pytest.approx((expected["lognormal_reg_slope"], expected["lognormal_reg_sigma"]), rel=1e-6)
