"""Heroin from morphine, one number at a time and as a table."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loads.splitting.rows import DAY, U, load, loads, medicine

from headworks.core.errors import DataRefused
from headworks.core.schema import require_promise
from headworks.core.uncertainty import combine, interval, sigma_log
from headworks.loads import derive_consumption, derive_heroin, illicit_heroin, replace_consumption
from headworks.loads.splitting import OpiateFractions, opiate_fractions
from headworks.reference import read_set
from headworks.tables import Consumption

FACTORS = read_set().factors
HEROIN = 369.42 / 285.34 / 0.42
OF_CODEINE = 0.07 / 0.30 * 285.34 / 299.37
LOADS = st.floats(0.0, 100.0)


def test_a_morphine_load_of_6_7_bounds_heroin_at_20_7():
    # 6.7 x 369.42 / 285.34 / 0.42 = 20.653.
    assert illicit_heroin(6.7).heroin == pytest.approx(20.653, abs=5e-4)


def test_the_published_10_3_is_what_is_left_when_3_36_of_the_morphine_are_accounted_for():
    # The inputs of the study are not published: 3.359 mg of excreted medical morphine is what its figure asks for.
    excreted = 6.7 - 10.3 / HEROIN
    assert excreted == pytest.approx(3.3586, abs=1e-4)
    assert illicit_heroin(6.7, therapeutic_morphine=excreted / 0.75).heroin == pytest.approx(10.3)


def test_medicine_and_codeine_by_hand():
    # 6.7 - 3 x 0.75 - 5 x 0.22240 = 3.3380; x 3.08254.
    rest = illicit_heroin(6.7, 3.0, 5.0)
    assert rest.morphine_of_heroin == pytest.approx(6.7 - 2.25 - 5 * OF_CODEINE)
    assert rest.heroin == pytest.approx(rest.morphine_of_heroin * HEROIN)


def test_more_medicine_than_morphine_leaves_no_heroin_and_says_so():
    rest = illicit_heroin(2.0, 10.0, u_morphine=0.2, u_therapeutic=0.1)
    assert (rest.heroin, rest.lower) == (0.0, 0.0)
    assert rest.clipped_share > 0.999
    near = illicit_heroin(7.5, 10.0, u_morphine=0.2, u_therapeutic=0.1)
    assert near.clipped_share == pytest.approx(0.5)
    assert near.upper > 0


def test_without_anything_taken_off_the_interval_is_the_log_normal_one():
    by = opiate_fractions()
    _, lower, upper, _, _ = illicit_heroin(6.7, u_morphine=0.3)
    assert (lower, upper) == pytest.approx(interval(6.7 * HEROIN, sigma_log(combine([0.3, by.u_heroin_factor]))), rel=1e-9)


@pytest.mark.parametrize(("medical", "codeine"), [(2.0, 4.0), (4.0, 2.0), (0.5, 10.0)])
def test_the_closed_form_covers_what_a_simulation_draws(medical, codeine):
    # Loads and factors are drawn about their truth; how often does the interval hold the true heroin?
    rng, n, by = np.random.default_rng(7), 40_000, opiate_fractions()
    u_load, u_use = 0.25, 0.15

    def draw(u):
        return np.exp(rng.normal(0.0, sigma_log(u), n))

    truth = illicit_heroin(10.0, medical, codeine).heroin
    morphine = 10.0 * draw(u_load)
    believed_use = medical * draw(combine([u_use, by.u_morphine_of_medicine]))
    believed_codeine = codeine * draw(combine([u_load, by.u_morphine_of_codeine]))
    sharp = by._replace(heroin_factor=1.0)
    found = illicit_heroin(morphine, believed_use, believed_codeine, u_morphine=u_load, u_therapeutic=u_use, u_codeine=u_load,
                           fractions=sharp)  # fmt: skip
    factor = by.heroin_factor * draw(by.u_heroin_factor)
    covered = np.mean((found.lower * factor <= truth) & (truth <= found.upper * factor))
    assert 0.93 < covered < 0.975


@given(LOADS, LOADS, LOADS, st.floats(0.01, 0.5))
def test_arrays_agree_with_numbers_and_bounds_hold_the_value(morphine, medical, codeine, u):
    more = {"u_morphine": u, "u_therapeutic": u, "u_codeine": u}
    one = illicit_heroin(morphine, medical, codeine, **more)
    many = illicit_heroin(np.array([morphine, 1.0]), np.array([medical, 0.0]), np.array([codeine, 0.0]), **more)
    assert [array[0] for array in many] == pytest.approx(list(one))
    assert 0 <= one.lower <= one.heroin * (1 + 1e-12)
    assert one.heroin <= one.upper * (1 + 1e-12)
    assert 0 <= one.clipped_share <= 1


@pytest.mark.parametrize(
    "wrong", [{"morphine": -1.0}, {"morphine": 1.0, "codeine": -1.0}, {"morphine": 1.0, "u_codeine": -1.0}]
)
def test_a_number_below_zero_is_refused(wrong):
    with pytest.raises(DataRefused, match="below zero") as refusal:
        illicit_heroin(**wrong)
    assert refusal.value.code == "HW-D256"


def test_a_set_without_a_factor_that_is_needed_is_refused():
    with pytest.raises(DataRefused, match="Heroin cannot be computed from morphine") as refusal:
        opiate_fractions(FACTORS.filter(pl.col("biomarker_id") != "COD_MOR"))
    assert (refusal.value.code, refusal.value.where) == ("HW-D255", "codeine as morphine")
    assert isinstance(opiate_fractions(FACTORS), OpiateFractions)


def derive(*rows, therapeutic=(("morphine", 3.0),)):
    derived = derive_heroin(loads(*rows), FACTORS, medicine(*therapeutic), "headworks-2026.1")
    require_promise(Consumption, derived.consumption, where="test")
    return derived


def only(*rows, **more):
    return derive(*rows, **more).consumption.row(0, named=True)


def test_a_day_with_codeine_and_sales_has_heroin():
    row = only(load("morphine", 12.0), load("codeine", 5.0))
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx((12 - 2.25 - 5 * OF_CODEINE) * HEROIN)
    assert (row["drug"], row["residues"], row["detection"]) == ("heroin", "morphine - codeine - therapeutic", "quantified")
    assert row["doses_per_1000_per_day"] == pytest.approx(row["consumption_mg_per_1000_per_day"] / 30)
    assert 0 < row["lower"] < row["consumption_mg_per_1000_per_day"] < row["upper"]


def test_taking_parts_off_leaves_the_same_errors_to_a_smaller_number():
    row = only(load("morphine", 6.7), load("codeine", 5.0))
    assert row["u_day"] > U["u_day"]
    # Population is shared by both loads of the sample, not by the sales.
    assert row["u_site"] == pytest.approx(0.12 * (6.7 - 5 * OF_CODEINE) / (6.7 - 2.25 - 5 * OF_CODEINE))


def test_without_codeine_or_sales_heroin_is_a_bound():
    bare = only(load("morphine", 6.7), therapeutic=())
    assert (bare["consumption_mg_per_1000_per_day"], bare["detection"], bare["lower"]) == (None, "below_loq", 0.0)
    assert bare["upper"] > 20.65
    some = only(load("morphine", 6.7))
    assert some["consumption_mg_per_1000_per_day"] is None
    assert 0 < some["upper"] < bare["upper"]
    assert only(load("morphine", 6.7), load("codeine", 5.0), therapeutic=())["consumption_mg_per_1000_per_day"] is None


def test_sales_count_from_their_day_on_and_at_their_site():
    late = (("morphine", 3.0, 0.1, DAY + dt.timedelta(days=1)),)
    assert only(load("morphine", 6.7), load("codeine", 5.0), therapeutic=late)["consumption_mg_per_1000_per_day"] is None
    newer = (("morphine", 3.0), ("morphine", 1.0, 0.1, DAY))
    row = only(load("morphine", 6.7), load("codeine", 5.0), therapeutic=newer)
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx((6.7 - 0.75 - 5 * OF_CODEINE) * HEROIN)


def test_codeine_below_its_limit_takes_nothing_off_the_value_and_its_limit_off_the_lower_bound():
    sure, unsure = (only(load("morphine", 6.7), load("codeine", limit=limit)) for limit in (0.001, 8.0))
    assert sure["consumption_mg_per_1000_per_day"] == unsure["consumption_mg_per_1000_per_day"]
    assert unsure["consumption_mg_per_1000_per_day"] == pytest.approx((6.7 - 2.25) * HEROIN)
    assert unsure["lower"] < sure["lower"]
    assert unsure["upper"] == pytest.approx(sure["upper"], rel=1e-3)


def test_censored_morphine_stays_censored():
    row = only(load("morphine", limit=4.0, state="not_detected"), load("codeine", 1.0))
    assert (row["consumption_mg_per_1000_per_day"], row["detection"], row["lower"]) == (None, "not_detected", 0.0)
    assert row["upper"] > (4.0 - 2.25 - OF_CODEINE) * HEROIN


def test_the_split_is_shown():
    derived = derive(load("morphine", 2.0), load("codeine", 5.0))
    row = derived.split.row(0, named=True)
    assert (row["morphine_of_medicine"], row["morphine_of_codeine"]) == pytest.approx((2.25, 5 * OF_CODEINE))
    assert (row["rest_mg_per_1000_per_day"], row["clipped_share"] > 0.9) == (0.0, True)
    assert derived.consumption["consumption_mg_per_1000_per_day"].item() == 0.0
    assert derived.consumption["lower"].item() == 0.0


def test_heroin_from_morphine_takes_the_place_of_heroin_from_6_mam():
    rows = [load("morphine", 6.7), load("codeine", 5.0), load("6-MAM", 0.1)]
    before = derive_consumption(loads(*rows), FACTORS, "headworks-2026.1")
    assert before.filter(drug="heroin")["residues"].to_list() == ["6-MAM"]
    after = replace_consumption(before, derive(*rows).consumption)
    assert after.filter(drug="heroin")["residues"].to_list() == ["morphine - codeine - therapeutic"]
    assert after.height == before.height
    require_promise(Consumption, after, where="test")


def test_a_bound_from_morphine_gives_way_to_a_value_from_6_mam_but_not_to_another_bound():
    for mam, kept in [(load("6-MAM", 0.1), "6-MAM"), (load("6-MAM", limit=0.1), "morphine - codeine - therapeutic")]:
        rows = [load("morphine", 6.7), mam]
        after = replace_consumption(derive_consumption(loads(*rows), FACTORS, "x"), derive(*rows).consumption)
        assert after.filter(drug="heroin")["residues"].to_list() == [kept]


def test_no_morphine_makes_no_rows():
    assert derive(load("codeine", 5.0)).consumption.is_empty()
