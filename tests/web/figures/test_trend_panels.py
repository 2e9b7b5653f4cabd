"""Pictures of trends: bands where they are told, nothing across gaps, no style attribute, one scale of ratios in a table."""

import numpy as np
import pytest

from headworks.reports.drawing.trend import trend_points
from headworks.web.figures.trend_panels import basis_bars, shared_reach, sparks, trend_picture, weekday_picture


def weeks(*numbers, **replaced):
    return [
        {"period": f"2025-W{n:02d}", "level": 4.0, "lower": 3.0, "upper": 5.0, "state": "value", **replaced} for n in numbers
    ]


def test_a_stretch_is_a_band_and_a_line_and_a_gap_parts_two():
    drawn = trend_picture(trend_points(weeks(2, 3, 6, 7), []), "A <course>", "mg")
    assert drawn.count('class="reach"') == 2
    assert drawn.count('class="level"') == 2
    assert "A &lt;course&gt;" in drawn
    assert "style=" not in drawn


def test_limits_hang_from_their_limit_and_a_level_never_quantified_is_dashed():
    figure = {"period": "2025-W02", "mean": None, "lower": 0.0, "upper": 2.0, "state": "below_limit"}
    drawn = trend_picture(trend_points(weeks(2, 3, level=None, lower=0.0), [figure]), "title", "mg")
    assert drawn.count('class="at-most"') == 1
    assert drawn.count('class="limit"') == 1
    assert 'class="reach"' not in drawn


def test_a_flat_spark_is_a_flat_line_in_the_middle_of_its_band():
    # A band of a factor two either way on a scale of 16 x 1.15: the line at half height, 12 of 24.
    flat = np.ones((1, 3))
    assert "M2,12l4,0 4,0" in sparks(flat, flat / 4, flat * 4)[0]


def test_a_gap_parts_a_spark_and_nothing_told_is_no_picture():
    level = np.array([[1.0, np.nan, 1.0], [np.nan] * 3])
    drawn = sparks(level, level / 2, level * 2)
    assert drawn[0].count("M") == 4
    assert drawn[1] == ""


def test_the_shared_reach_has_bounds():
    narrow = np.ones((3, 4))
    assert shared_reach(narrow, narrow) == 4.0
    assert shared_reach(narrow * 1e-6, narrow) == 100.0
    assert shared_reach(narrow * np.nan, narrow * np.nan) == 4.0
    assert shared_reach(narrow, narrow * 10) == pytest.approx(11.5)


def test_weekdays_and_bases_are_drawn_with_their_names():
    days = [(name, 1.0, 0.9, 1.1) for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
    assert weekday_picture(days, "By weekday").count("<circle") == 7
    bars = basis_bars([("covered", "measured", 2.0, 1.0, 3.0), ("all", "modelled", 4.0, 2.0, 8.0)], "Bases")
    assert 'fill="url(#basis-modelled)"' in bars
    assert bars.count("<rect") == 2
    assert basis_bars([], "Bases") == ""
