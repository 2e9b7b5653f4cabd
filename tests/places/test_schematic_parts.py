"""Parts of a cell: of one size, together the whole, nowhere twice; whatever the shape."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.places.boundaries import AreaBoundary, schematic_boundaries
from headworks.places.dissolve import holds
from headworks.places.schematic_parts import parts_of, size_of, with_parts


def ring(*corners):
    return np.array([*corners, corners[0]], dtype=float)


def star(n, inner):
    """A ring with bays: radii in turn 1 and ``inner``."""
    angles = [2 * math.pi * i / n for i in range(n)]
    return ring(*[(r * math.cos(a), r * math.sin(a)) for i, a in enumerate(angles) for r in [inner if i % 2 else 1.0]])


def whole(polygons):
    return sum(size_of(polygon) for polygon in polygons)


def times_covered(parts, point):
    return sum(
        holds(polygon[0], point) and not any(holds(hole, point) for hole in polygon[1:])
        for part in parts for polygon in part
    )  # fmt: skip


def test_a_rectangle_in_four_is_four_squares_in_a_row():
    # 4 x 1 at the equator: cut at 2, then each half at 1 and 3.
    parts = parts_of([[ring((0, 0), (4, 0), (4, 1), (0, 1))]], 4)
    west_edges = [part[0][0][:, 0].min() for part in parts]
    assert west_edges == pytest.approx([0, 1, 2, 3])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(3, 14), st.floats(0.2, 1.0), st.integers(0, 2**32 - 1))
def test_parts_tile_the_whole_without_overlap(n, corners, inner, seed):
    shape = [[star(2 * corners, inner)]]
    parts = parts_of(shape, n)
    assert len(parts) == n
    assert [whole(part) for part in parts] == pytest.approx([whole(shape) / n] * n, rel=1e-6)
    for point in np.random.default_rng(seed).uniform(-1, 1, (25, 2)):
        assert times_covered(parts, point) == int(holds(shape[0][0], point))


def test_a_hole_stays_a_hole():
    holed = [ring((0, 0), (6, 0), (6, 6), (0, 6)), ring((2, 2), (4, 2), (4, 4), (2, 4))]
    for n in (2, 3, 5, 9):
        parts = parts_of([holed], n)
        assert sum(map(whole, parts)) == pytest.approx(32.0)
        assert times_covered(parts, np.array([3.1, 2.9])) == 0
        assert times_covered(parts, np.array([1.1, 2.9])) == 1


def test_a_bay_across_the_cut_makes_two_pieces_of_one_part():
    comb = ring((0, 0), (6, 0), (6, 2.2), (4, 2.2), (4, 0.1), (2, 0.1), (2, 2.2), (0, 2.2))
    far = parts_of([[comb]], 2)[1]
    assert sum(map(size_of, far)) == pytest.approx(size_of([comb]) / 2)


def test_no_children_no_cut_and_own_boundaries_are_never_mixed_with_parts():
    square = [[ring((0, 0), (1, 0), (1, 1), (0, 1))]]
    tree = pl.DataFrame({"area_id": ["A", "B", "C"], "parent_id": [None, "A", "A"], "level": [3, 4, 4]})
    own = {"A": AreaBoundary("A", square), "B": AreaBoundary("B", square)}
    assert set(with_parts(own, tree)) == {"A", "B"}
    assert with_parts({}, tree) == {}


def test_every_town_and_village_in_a_county_gets_a_part_of_it():
    cells = dict(list(schematic_boundaries("44").items())[:5])
    rows = [{"area_id": code, "parent_id": None, "level": 3} for code in cells]
    rows += [{"area_id": f"{code}-{i}", "parent_id": code, "level": 4} for code in cells for i in range(13)]
    rows += [{"area_id": f"{code}-0-{i}", "parent_id": f"{code}-0", "level": 5} for code in cells for i in range(3)]
    found = with_parts(cells, pl.DataFrame(rows))
    assert len(found) == 5 * (1 + 13 + 3)
    for code, cell in cells.items():
        towns = [found[f"{code}-{i}"] for i in range(13)]
        assert sum(whole(town.polygons) for town in towns) == pytest.approx(whole(cell.polygons))
        assert all(town.is_schematic for town in towns)
