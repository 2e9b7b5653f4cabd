"""The course of a figure: drawn by Vega, limits where they belong, log axis said."""

import vl_convert

from headworks.reports.drawing.series import series_spec


def rows():
    value = {
        "first": "2025-01-06",
        "period": "2025-W02",
        "state": "value",
        "middle": 2.0,
        "lower": 1.0,
        "upper": 4.0,
        "run": 0,
        "hover": "2",
    }
    below = {
        "first": "2025-01-13",
        "period": "2025-W03",
        "state": "below_limit",
        "middle": None,
        "lower": 0.0,
        "upper": 0.5,
        "run": 1,
        "hover": "b",
    }
    return [value, below]


def test_a_course_is_drawn_with_its_interval_and_its_limit():
    spec = series_spec(rows(), {"axis": "mg per 1,000 people a day, log scale", "title": "A course"})
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    assert "log scale" in drawn
    assert "A course" in drawn
    scale = spec["layer"][0]["encoding"]["y"]["scale"]
    assert scale["type"] == "log"
    assert scale["domain"][0] <= 0.5


def test_an_empty_course_and_a_dark_one_are_drawn_too():
    assert vl_convert.vegalite_to_svg(series_spec([], {"axis": "mg", "title": ""}, is_dark=True), allowed_base_urls=[])
