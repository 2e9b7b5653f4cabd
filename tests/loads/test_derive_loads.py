"""Concentrations become loads with bounds; what cannot is listed."""

import datetime as dt
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loads.builders import UNCERTAINTY, inputs, result, sample

from headworks.core.schema import require_promise
from headworks.core.uncertainty import combine, interval, sigma_log
from headworks.loads import derive_loads
from headworks.tables import Loads


def derive(*results, **more):
    derived = derive_loads(inputs(list(results), **more), UNCERTAINTY)
    require_promise(Loads, derived.loads, where="test")
    return derived


def only(*results, **more):
    loads = derive(*results, **more).loads
    assert loads.height == 1
    return loads.row(0, named=True)


def test_a_quantified_result_has_its_load_and_log_normal_bounds():
    row = only(result(450.0))
    assert row["load_mg_per_day"] == pytest.approx(54_000.0)
    assert row["load_mg_per_1000_per_day"] == pytest.approx(142.10526, abs=1e-5)
    u_day = combine([0.10, 0.20, 0.15])
    assert (row["u_day"], row["u_batch"], row["u_site"]) == pytest.approx((u_day, 0.06, 0.12))
    assert (row["lower"], row["upper"]) == pytest.approx(
        interval(142.10526, sigma_log(combine([u_day, 0.06, 0.12]))), rel=1e-6
    )
    bounds = (row["load_mg_per_day_lower"], row["load_mg_per_day_upper"])
    assert bounds == pytest.approx(interval(54_000.0, sigma_log(combine([u_day, 0.06]))), rel=1e-6)


def test_a_results_own_uncertainty_counts_before_the_default():
    row = only(result(450.0, u_analysis=0.0), samples=[sample(u_flow=0.05)])
    assert row["u_day"] == pytest.approx(combine([0.10, 0.05, 0.0]))


def test_what_a_laboratory_says_of_its_batch_counts_before_the_default_and_does_not_average_out():
    # A result of 0.1 and one that brings none, 0.06: their mean shares at most 0.1.
    assert only(result(450.0, u_batch=0.1))["u_batch"] == pytest.approx(0.1)
    two = only(result(450.0, u_batch=0.1), result(450.0, replicate=2, u_batch=None))
    assert two["u_batch"] == pytest.approx(0.1)


def test_below_loq_has_no_value_and_is_at_most_the_load_at_the_loq():
    row = only(result(None, detection="below_loq", lod_ng_per_l=1.0, loq_ng_per_l=10.0))
    assert row["load_mg_per_day"] is None
    assert row["load_mg_per_1000_per_day"] is None
    at_loq, at_lod = 10.0 * 120 / 380, 1.0 * 120 / 380  # ng/L x 120,000 m3/d x 1e-3 / 380,000 x 1,000
    spread = interval(1.0, sigma_log(combine([combine([0.10, 0.20, 0.15]), 0.06, 0.12])))
    assert row["limit_mg_per_1000_per_day"] == pytest.approx(at_loq)
    assert (row["lower"], row["upper"]) == pytest.approx((at_lod * spread[0], at_loq * spread[1]))


def test_not_detected_is_between_nothing_and_the_lod():
    row = only(result(None, detection="not_detected", lod_ng_per_l=2.0, loq_ng_per_l=10.0))
    assert row["lower"] == 0.0
    assert row["limit_mg_per_1000_per_day"] == pytest.approx(2.0 * 120 / 380)
    assert row["detection"] == "not_detected"


def test_an_unknown_limit_leaves_the_upper_bound_empty():
    row = only(result(None, detection="below_loq"))
    assert (row["lower"], row["upper"], row["limit_mg_per_1000_per_day"]) == (0.0, None, None)


def test_a_value_reported_below_its_loq_is_kept_out():
    row = only(result(3.0, detection="below_loq", loq_ng_per_l=10.0))
    assert row["load_mg_per_day"] is None
    assert row["limit_mg_per_1000_per_day"] == pytest.approx(10.0 * 120 / 380)


def test_replicates_are_averaged_and_one_censored_replicate_censors_the_mean():
    mean = only(result(400.0), result(500.0, replicate=2))
    assert (mean["load_mg_per_day"], mean["n_results"]) == (pytest.approx(54_000.0), 2)
    mixed = only(result(400.0), result(None, replicate=2, detection="below_loq", loq_ng_per_l=100.0))
    assert mixed["load_mg_per_day"] is None
    assert mixed["limit_mg_per_1000_per_day"] == pytest.approx(250.0 * 120 / 380)  # (400 + 100) / 2
    assert mixed["detection"] == "below_loq"


def test_two_samples_of_a_day_make_one_row():
    row = only(result(400.0), result(500.0, sample="X2"), samples=[sample(), sample("X2")])
    assert (row["load_mg_per_day"], row["n_results"]) == (pytest.approx(54_000.0), 2)


def test_alone_or_beside_repeats_a_row_comes_out_the_same():
    alone = derive(result(450.0)).loads
    beside = derive(
        result(450.0), result(1.0, analyte="MDMA"), result(3.0, analyte="MDMA", replicate=2),
    ).loads.filter(pl.col("analyte") == "benzoylecgonine")  # fmt: skip
    assert beside.equals(alone)


def test_the_flow_of_the_day_serves_a_sample_without_one():
    flows = [{"site_id": "S1", "day": dt.date(2024, 3, 5), "flow_m3_per_day": 120_000.0, "u_flow": 0.05}]
    row = only(result(450.0), samples=[sample(flow=None)], flows=flows)
    assert row["load_mg_per_day"] == pytest.approx(54_000.0)
    assert row["u_day"] == pytest.approx(combine([0.10, 0.05, 0.15]))


def test_the_population_is_the_newest_that_was_valid_on_the_day():
    def dated(day, people, u=None):
        return {"site_id": "S1", "valid_from": day, "population": people, "population_method": "register", "u_population": u}

    populations = [
        dated(dt.date(2020, 1, 1), 100_000.0),
        dated(dt.date(2024, 3, 5), 200_000.0, 0.3),
        dated(dt.date(2025, 1, 1), 9.0),
    ]
    row = only(result(450.0), populations=populations)
    assert (row["population"], row["u_site"], row["population_method"]) == (200_000.0, 0.3, "register")
    before = only(result(450.0), samples=[sample(day=dt.date(2019, 12, 31))], populations=populations)
    assert (before["population"], before["population_method"]) == (380_000.0, "census")


def test_without_a_population_the_load_is_there_and_the_per_capita_load_is_not():
    row = only(result(450.0), people=None)
    assert row["load_mg_per_day"] == pytest.approx(54_000.0)
    assert (row["load_mg_per_1000_per_day"], row["lower"], row["upper"], row["u_site"]) == (None, None, None, 0.0)


def test_what_makes_no_load_is_listed_with_its_reason():
    derived = derive(
        result(1.0), result(2.0, sample="X2"), result(3.0, sample="X3"), result(4.0, sample="X4"), result(5.0, sample="lost"),
        samples=[sample(qc="x"), sample("X2", flow=None), sample("X3"), sample("X4", matrix="sediment")],
    )  # fmt: skip
    reasons = dict(derived.left_out.select("sample_id", "reason").rows())
    assert reasons == {
        "X2": "no flow is known for the sampling day",
        "X4": "the matrix is not sewage",
        "lost": "the sample is not known",
    }
    rejected = derive(result(1.0, qc_flag="rejected"))
    assert rejected.left_out["reason"].to_list() == ["quality control rejected the result"]
    assert rejected.loads.is_empty()


def test_no_results_give_an_empty_table():
    assert derive().loads.is_empty()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.floats(0.1, 1e4)), max_size=15), st.randoms())
def test_the_order_of_results_does_not_matter(rows, random):
    results = [result(c, sample=f"X{s}", analyte=f"a{a}", replicate=i + 1) for i, (s, a, c) in enumerate(rows)]
    samples = [sample(f"X{s}", day=dt.date(2024, 3, 5 + s // 2)) for s in range(5)]
    shuffled = list(results)
    random.shuffle(shuffled)
    one, other = derive(*results, samples=samples).loads, derive(*shuffled, samples=samples).loads
    assert (
        one.drop("load_mg_per_day", "load_mg_per_1000_per_day")
        .select("site_id", "day", "analyte", "n_results")
        .equals(other.select("site_id", "day", "analyte", "n_results"))
    )
    for name in ("load_mg_per_day", "lower", "upper"):
        assert all(math.isclose(a, b, rel_tol=1e-12) for a, b in zip(one[name], other[name], strict=True))
