"""Polygons that touch made one: nothing lost, no line inside, holes kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.places.boundaries import schematic_boundaries
from headworks.places.dissolve import dissolved, holds
from headworks.places.schematic_parts import parts_of, size_of


def square(x, y):
    return [np.array([[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]], dtype=float)]


def test_eight_squares_around_nothing_are_one_ring_with_a_hole():
    around = [square(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    whole = dissolved(around)
    assert [len(polygon) for polygon in whole] == [2]
    assert size_of(whole[0]) == pytest.approx(8.0)
    assert not holds(whole[0][0], np.array([3.5, 1.5]))


def test_what_does_not_touch_stays_apart():
    assert len(dissolved([square(0, 0), square(5, 5)])) == 2


def test_one_polygon_and_none_are_left_as_they_are():
    assert dissolved([]) == []
    assert len(dissolved([square(0, 0)])) == 1


@settings(max_examples=30, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2))
def test_no_surface_is_lost_whatever_the_squares_and_their_direction(cells):
    polygons = [square(x, y) if (x + y) % 2 else [square(x, y)[0][::-1]] for x, y in sorted(cells)]
    assert sum(map(size_of, dissolved(polygons))) == pytest.approx(len(cells))


def test_the_counties_of_the_shipped_map_become_one_land():
    cells = [polygon for cell in schematic_boundaries("44").values() for polygon in cell.polygons]
    whole = dissolved(cells)
    assert sum(map(size_of, whole)) == pytest.approx(sum(map(size_of, cells)), rel=1e-6)
    assert len(whole) < 5


def test_parts_put_together_again_are_as_large_as_the_whole():
    parts = [polygon for part in parts_of([square(0, 0)], 4) for polygon in part]
    assert sum(map(size_of, dissolved(parts))) == pytest.approx(1.0)
