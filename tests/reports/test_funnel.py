"""The funnel's definition: marks that say who lies outside without colour, curves on the scale of the points, names few."""

import vl_convert

from headworks.reports.drawing.funnel import funnel_spec

LIMITS = [{"x": x, "lower_998": 10 / (1 + x), "lower_95": 10 / (1 + x / 2), "upper_95": 10 * (1 + x / 2),
           "upper_998": 10 * (1 + x)} for x in (0.1, 0.3, 0.5)]  # fmt: skip
WORDS = {"title": "", "x_axis": "error", "y_axis": "mg"}


def point(standing="inside", *, is_alarm=False, label="Haizhu", y=10.0):
    """An area with an error of 0.2."""
    return {"x": 0.2, "y": y, "label": label, "hover": f"{label}: {y}", "standing": standing, "is_alarm": is_alarm}


def test_who_lies_outside_is_said_by_shape_and_fill():
    points = [point(), point("above", is_alarm=True, y=40.0), point("below", y=5.0)]
    marks = funnel_spec(points, LIMITS, 10.0, WORDS)["datasets"]["rows"]
    assert [one["shape"] for one in marks] == ["circle", "triangle-up", "triangle-down"]
    assert marks[0]["fill"] != marks[1]["fill"] == marks[2]["fill"]
    assert [one["is_named"] for one in marks] == [False, True, False]


def test_names_that_would_cover_one_another_are_left_to_hovering():
    points = [point("above", is_alarm=True, label=f"a{i}") for i in range(13)]
    assert not any(one["is_named"] for one in funnel_spec(points, LIMITS, 10.0, WORDS)["datasets"]["rows"])


def test_a_known_figure_stands_where_the_funnel_is_narrow():
    spec = funnel_spec([point()], LIMITS, 10.0, WORDS, is_reversed=True)
    across = spec["layer"][0]["encoding"]["x"]["scale"]
    assert across == {"type": "log", "domain": [0.1, 0.5], "nice": False, "reverse": True}


def test_it_draws_on_light_and_dark_paper():
    for is_dark in (False, True):
        points = [point(), point("above", is_alarm=True, y=40.0, label="海珠")]
        drawn = vl_convert.vegalite_to_svg(funnel_spec(points, LIMITS, 10.0, WORDS, is_dark=is_dark), allowed_base_urls=[])
        assert "海珠" in drawn
        assert drawn.count("<path") > 4
