"""The picture of a signal: what is drawn where, and that nothing is drawn of what is withheld."""

import re

import pytest

from headworks.web.signals.picture import signal_picture

NUMBERS = {"expected": 10.0, "expected_lower": 8.0, "expected_upper": 12.5, "observed": 40.0}


def week(period="2025-W01", state="value", middle=10.0, lower=8.0, upper=12.0, *, speaks=False):
    return {"period": period, "state": state, "middle": middle, "lower": lower, "upper": upper, "speaks": speaks}


def heights(picture, name):
    return [float(found) for found in re.findall(rf'class="{name}" d="M[\d.]+,([\d.]+)', str(picture))]


def test_on_a_log_axis_the_middle_of_two_bounds_is_their_geometric_mean():
    # sqrt(8 x 12.5) = 10: the line of what was expected lies half way between its bounds.
    picture = signal_picture([week(), week("2025-W02", speaks=True)], NUMBERS, "t")
    upper = heights(picture, "expected")[0]
    lower = float(re.search(r'class="expected" d="M[\d.]+,[\d.]+H[\d.]+V([\d.]+)', str(picture)).group(1))
    assert heights(picture, "expected-middle")[0] == pytest.approx((upper + lower) / 2, abs=0.06)
    # Higher is nearer to the top.
    assert heights(picture, "observed")[0] < upper


def test_a_withheld_week_and_one_without_a_sample_are_gaps():
    rows = [week(), week(state="suppressed", middle=None, lower=None, upper=None)]
    rows.append(week(state="not_sampled", middle=None, lower=None, upper=None))
    assert str(signal_picture(rows, NUMBERS, "t")).count('class="week') == 1


def test_what_was_below_the_limit_hangs_at_it_with_a_downward_tick():
    assert "l2.5,3l2.5,-3" in str(signal_picture([week(state="below_limit", middle=None, lower=None)], NUMBERS, "t"))


def test_where_nothing_is_known_nothing_is_drawn():
    assert signal_picture([], NUMBERS, "t") is None
    hidden = week(state="suppressed", middle=None, lower=None, upper=None)
    assert signal_picture([hidden], dict.fromkeys(NUMBERS), "t") is None


def test_titles_are_escaped_and_no_style_stands_in_the_picture():
    picture = str(signal_picture([week()], NUMBERS, '<"&'))
    assert '<"&' not in picture
    assert "style=" not in picture
