"""Ratios of residues against the site's own past."""

import datetime as dt
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loads.disposal.days import START, load, loads

from headworks.core.schema import require_promise
from headworks.loads import residue_ratios
from headworks.tables import ResidueRatios


def ratios(*rows, **more):
    found = residue_ratios(loads(*rows), **more)
    require_promise(ResidueRatios, found, where="test")
    return found


def ketamine(ratio, day, site="S1"):
    """Ketamine over norketamine, molar: norketamine of 223.70 mg/d beside ketamine of ratio x 237.73 mg/d."""
    return [load("ketamine", ratio * 237.73, day=day, site=site), load("norketamine", 223.70, day=day, site=site)]


def past(*values):
    return [row for day, value in enumerate(values) for row in ketamine(value, day)]


def last(frame):
    return frame.sort("day").row(-1, named=True)


def test_the_ratio_is_of_moles():
    row = last(ratios(*ketamine(5.4, 0)))
    assert (row["ratio"], row["ratio_least"], row["ratio_most"]) == pytest.approx((5.4, 5.4, 5.4))
    assert (row["drug"], row["numerator"], row["denominator"]) == ("ketamine", "ketamine", "norketamine")


def test_limits_are_the_median_and_three_and_a_half_spreads_on_the_log_scale():
    # ln of exp(1.0) ... exp(1.9): median 1.45, distances 0.05 ... 0.45 twice each, MAD 0.25, spread 0.37065.
    values = [math.exp(1 + i / 10) for i in range(10)]
    row = last(ratios(*past(*values, 5.4)))
    assert (math.log(row["lower_limit"]), math.log(row["upper_limit"])) == pytest.approx(
        (1.45 - 3.5 * 0.370651, 1.45 + 3.5 * 0.370651), rel=1e-4
    )
    assert (row["n_history"], row["verdict"]) == (10, "ordinary")


def test_an_ordinary_ketamine_ratio_is_not_flagged_with_or_without_a_past():
    # Du 2020: mean 5.36 in wastewater; urine has 0.64.
    assert last(ratios(*past(*[5.0, 5.2, 5.36, 5.5, 5.8, 4.9, 5.4, 5.3, 5.6, 5.1], 5.4)))["verdict"] == "ordinary"
    assert last(ratios(*ketamine(5.4, 0)))["verdict"] == "too_few_days"


def test_ten_times_the_ordinary_ratio_is_above_the_limit():
    assert last(ratios(*past(*[5.0, 5.2, 5.36, 5.5, 5.8, 4.9, 5.4, 5.3, 5.6, 5.1], 54.0)))["verdict"] == "above_limit"
    assert last(ratios(*past(*[5.0, 5.2, 5.36, 5.5, 5.8, 4.9, 5.4, 5.3, 5.6, 5.1], 0.5)))["verdict"] == "below_limit"


def test_ratios_that_never_moved_still_leave_room_for_repeatability():
    row = last(ratios(*past(*[5.0] * 12, 5.5)))
    assert (row["upper_limit"], row["verdict"]) == (pytest.approx(5 * math.exp(0.35)), "ordinary")


def test_the_literature_bounds_hold_while_the_past_is_too_short():
    row = last(ratios(load("cocaine", 303.36), load("benzoylecgonine", 0.5 * 289.33)))
    assert (row["ratio"], row["upper_limit"], row["lower_limit"]) == (pytest.approx(2.0), 1.0, None)
    assert (row["n_history"], row["verdict"]) == (0, "above_limit")


def test_the_sites_own_past_comes_before_the_literature():
    rows = [row for day in range(12) for row in
            (load("cocaine", 2 * 303.36, day=day), load("benzoylecgonine", 289.33, day=day))]  # fmt: skip
    row = last(ratios(*rows))
    assert (row["ratio"], row["n_history"], row["verdict"]) == (pytest.approx(2.0), 11, "ordinary")


def test_an_absent_metabolite_makes_the_ratio_at_least_the_one_at_its_limit():
    row = last(ratios(load("cocaine", 303.36), load("benzoylecgonine", limit=28.933, state="not_detected")))
    assert (row["ratio"], row["ratio_least"], row["ratio_most"]) == (None, pytest.approx(10.0), None)
    assert row["verdict"] == "above_limit"


def test_an_absent_parent_makes_the_ratio_at_most_the_one_at_its_limit():
    row = last(ratios(load("cocaine", limit=30.336), load("benzoylecgonine", 289.33)))
    assert (row["ratio"], row["ratio_least"], row["ratio_most"]) == (None, 0.0, pytest.approx(0.1))
    assert row["verdict"] == "ordinary"


def test_a_detected_metabolite_bounds_the_ratio_from_both_sides():
    row = last(ratios(load("cocaine", 303.36), load("benzoylecgonine", limit=289.33, least=28.933)))
    assert (row["ratio_least"], row["ratio_most"]) == pytest.approx((1.0, 10.0))
    assert row["verdict"] == "ordinary"


def test_two_absent_residues_and_an_unmeasured_one_make_no_row():
    assert ratios(load("cocaine", limit=1.0), load("benzoylecgonine", limit=1.0)).is_empty()
    assert ratios(load("cocaine"), load("benzoylecgonine")).is_empty()
    assert ratios(load("cocaine", 5.0)).is_empty()
    assert ratios().is_empty()


def test_only_days_within_the_past_count_and_a_shorter_past_may_be_asked():
    rows = past(*[5.0] * 12)
    assert last(ratios(*rows, history_days=5))["n_history"] == 5
    assert last(ratios(*rows, history_days=5, min_history=5))["verdict"] == "ordinary"


def test_a_long_sewer_is_carried_back_to_the_source():
    rows = [load("cocaine", 303.36), load("benzoylecgonine", 289.33)]
    sites = pl.DataFrame({"site_id": ["S1"], "residence_h": [6.0]})
    # Cocaine 0.88796 survives 6 h at 20 degrees; benzoylecgonine gains 0.2 % an hour.
    assert last(ratios(*rows, residence=sites))["ratio"] == pytest.approx(1.012 / 0.88796, rel=1e-5)
    elsewhere = pl.DataFrame({"site_id": ["S2"], "residence_h": [6.0]})
    assert last(ratios(*rows, residence=elsewhere))["ratio"] == pytest.approx(1.0)


@given(st.lists(st.floats(0.1, 90.0), min_size=1, max_size=30), st.integers(0, 29), st.floats(0.1, 90.0))
def test_a_new_day_changes_no_old_verdict_and_since_gives_the_same_rows(values, cut, new):
    before = ratios(*past(*values), min_history=3)
    after = ratios(*past(*values, new), min_history=3)
    assert after.filter(pl.col("day") < START + dt.timedelta(days=len(values))).equals(before)
    since = START + dt.timedelta(days=cut)
    assert ratios(*past(*values, new), min_history=3, since=since).equals(after.filter(pl.col("day") >= since))


@given(st.lists(st.floats(0.1, 90.0), min_size=4, max_size=12))
def test_one_site_does_not_see_another(values):
    alone = ratios(*past(*values), min_history=3)
    beside = ratios(*past(*values), *[row for day in range(9) for row in ketamine(70.0, day, "S0")], min_history=3)
    assert beside.filter(site_id="S1").equals(alone)
