"""Circles for areas without borders: round on the map, sized by people, apart from one another, none lost."""

import numpy as np
import pytest

from headworks.places.boundaries import middle_of
from headworks.places.round_cells import mercator_north, round_cells


def plane(cell):
    ring = cell.polygons[0][0]
    return np.column_stack((ring[:, 0], mercator_north(ring[:, 1])))


def many(n, seed=1):
    places = np.random.default_rng(seed)
    return {
        f"C{i}": (float(places.uniform(0, 30)), float(places.uniform(40, 60)), float(places.uniform(1e3, 1e6)))
        for i in range(n)
    }


def test_a_circle_is_round_on_the_map_wherever_it_lies():
    for cell in round_cells({"N": (20.0, 68.0, 1e5), "S": (20.0, 38.0, 1e5)}).values():
        ring = plane(cell)
        assert len(ring) == 33
        assert (ring[0] == ring[-1]).all()
        away = np.hypot(*(ring[:-1] - ring[:-1].mean(axis=0)).T)
        assert away.max() / away.min() < 1.001


def test_circles_hardly_cover_one_another_and_stay_near_their_places():
    places = many(150)
    cells = round_cells(places)
    centres = np.array([plane(cells[code])[:-1].mean(axis=0) for code in places])
    radii = np.array([np.ptp(plane(cells[code])[:, 0]) / 2 for code in places])
    apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1)) + np.eye(len(places)) * 1e9
    assert (apart / (radii[:, None] + radii[None])).min() > 0.8
    moved = np.hypot(*(np.array([middle_of(cells[code]) for code in places]) - np.array([p[:2] for p in places.values()])).T)
    assert np.median(moved) < 1.0


def test_what_lies_far_from_all_others_stands_at_the_edge_and_keeps_its_direction():
    cells = round_cells(many(60) | {"Sydney": (151.2, -33.9, 5e6)})
    x, y = middle_of(cells["Sydney"])
    assert 25 < x < 60
    assert y < 45
    assert len(cells) == 61


def test_where_many_are_far_the_whole_is_shown():
    far = {f"F{i}": (150.0 + i % 5, -30.0, 1e5) for i in range(40)}
    assert max(middle_of(one)[0] for one in round_cells(many(60) | far).values()) > 145


@pytest.mark.parametrize("places", [{}, {"A": (10.0, 50.0, None)}, {"A": (10.0, 50.0, None), "B": (10.0, 50.0, None)}])
def test_none_one_and_two_at_one_place(places):
    cells = round_cells(places)
    assert set(cells) == set(places)
    if len(cells) == 2:
        assert middle_of(cells["A"]) != middle_of(cells["B"])


def test_circles_beside_polygons_take_their_frame():
    frame = np.array([[0.0, 40.0], [30.0, 60.0]])
    wide = np.ptp(plane(round_cells({"A": (10.0, 50.0, 1e5)}, frame)["A"])[:, 0])
    assert 1.0 < wide < 5.0
