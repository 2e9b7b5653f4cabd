from __future__ import annotations

import re

import numpy as np
import pytest
from tests.reports.builders import boundaries, square

from headworks.places.boundaries import AreaBoundary
from headworks.reports.drawing.outlines import outlines_of, shape_id


def corners(path):
    return [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


def test_no_boundary_no_map():
    assert outlines_of({}) is None


def test_a_degree_of_longitude_is_narrower_by_the_cosine_of_the_latitude():
    made = outlines_of({"A": AreaBoundary("A", [square(10.0, 59.5)])})
    # At 60 degrees the cosine is one half: a square of degrees is twice as tall as wide, less the margins of 6 px.
    assert (made.height - 12) / (made.width - 12) == pytest.approx(2.0, rel=1e-3)


def test_north_is_up_and_east_is_right():
    made = outlines_of({"SW": AreaBoundary("SW", [square(0.0, 0.0)]), "NE": AreaBoundary("NE", [square(1.0, 1.0)])})
    (west, south), (east, north) = made.middles["SW"], made.middles["NE"]
    assert east > west
    assert north < south


def test_all_areas_are_on_one_scale_and_inside_the_picture():
    made = outlines_of(boundaries())
    points = np.array([point for path in made.paths.values() for point in corners(path)])
    assert points.min() >= 0
    assert (points.max(axis=0) <= (made.width, made.height)).all()


def test_an_outline_leaves_out_what_two_polygons_share():
    made = outlines_of(boundaries())
    # Three squares in a row: twelve edges, of which two pairs are shared: eight are outside.
    assert made.edges["C1"].count("L") == 8
    assert made.edges["K1"].count("L") == 4


def test_points_that_fall_together_are_written_once():
    ring = np.array([(0, 0), (1, 0), (1, 1e-7), (1, 1), (0, 1), (0, 0)], dtype=float)
    made = outlines_of({"A": AreaBoundary("A", [[ring]])})
    assert len(corners(made.paths["A"])) == 4


def test_a_name_is_safe_in_a_page():
    assert shape_id('x" onload="y') == "shape-x-onload-y"
