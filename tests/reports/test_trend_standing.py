"""What the newest week of a trend says: rise, heading, and why nothing is said where nothing is."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.reports.trend_standing import heading_of, rise_of_row, sd_of, trend_standing
from headworks.trends.statements import rise_sentence


def week(number=20, **replaced):
    row = {
        "period": f"2026-W{number:02d}", "level": 13.0, "lower": 11.0, "upper": 15.0, "quarter_ratio": 1.3,
        "quarter_ratio_lower": 1.07, "quarter_ratio_upper": 1.58, "p_rose": 0.996, "change_per_year": 1.0, "p_rising": 0.5,
        "n_days": 3, "share_censored": 0.0, "state": "value",
    }  # fmt: skip
    return {**row, **replaced}


def test_a_rise_by_three_tenths_is_said_with_its_bounds():
    found = trend_standing([week()], "2026-W20")
    assert found.rise.key == "rose_surely"
    assert [round(found.rise.numbers[name]) for name in ("percent", "lower", "upper")] == [30, 7, 58]


def test_the_newest_week_up_to_the_one_asked_for_counts_and_withheld_ones_do_not():
    rows = [week(18), week(19, level=7.0), week(20, state="suppressed", level=None)]
    assert trend_standing(rows, "2026-W30").row["level"] == 7.0
    assert trend_standing(rows, "2026-W18").row["period"] == "2026-W18"
    assert trend_standing(rows, "2026-W01") is None


@pytest.mark.parametrize(
    ("n_weeks", "replaced", "key"),
    [
        (5, {"quarter_ratio": None}, "too_short"),
        (20, {"quarter_ratio": None}, "other_sites"),
        (20, {"level": None, "quarter_ratio": None}, "never_quantified"),
        (20, {"level": None, "quarter_ratio": None, "n_days": 0}, "not_sampled"),
    ],
)
def test_where_no_change_is_told_it_is_said_why(n_weeks, replaced, key):
    found = trend_standing([week(number + 1, **replaced) for number in range(n_weeks)], "2026-W53")
    assert (found.rise.key, found.words) == (key, "none")


def test_a_slope_of_one_per_cent_a_day_doubles_in_ten_weeks():
    # ln 2 / 0.01 = 69.3 days = 9.9 weeks.
    growth = math.exp(0.01 * 365.25)
    found = heading_of(week(change_per_year=growth, p_rising=0.99))
    assert found.is_rising
    assert found.weeks == pytest.approx(9.9, abs=0.01)
    assert found.shortest < found.weeks < found.longest
    halving = heading_of(week(change_per_year=1 / growth, p_rising=0.01))
    assert not halving.is_rising
    assert halving.weeks == pytest.approx(found.weeks)


def test_an_unsure_or_a_very_slow_slope_has_no_doubling_time():
    assert heading_of(week(change_per_year=2.0, p_rising=0.9)) is None
    assert heading_of(week(change_per_year=1.1, p_rising=0.99)) is None
    assert heading_of(week(change_per_year=None, p_rising=None)) is None


@given(st.floats(-1, 1), st.floats(0.01, 0.6))
def test_a_row_is_said_as_the_statement_says_it(change, sd):
    z = 1.959963984540054
    p = 0.5 * (1 + math.erf(change / sd / math.sqrt(2)))
    ratios = {"quarter_ratio": math.exp(change), "quarter_ratio_lower": math.exp(change - z * sd),
              "quarter_ratio_upper": math.exp(change + z * sd), "p_rose": p}  # fmt: skip
    slow, (quick, _) = rise_sentence(change, sd**2, 10, 0.0), rise_of_row(ratios)
    assert quick.key == slow.key
    assert quick.numbers == pytest.approx(slow.numbers)
    assert sd_of(ratios["quarter_ratio_lower"], ratios["quarter_ratio_upper"]) == pytest.approx(sd)
