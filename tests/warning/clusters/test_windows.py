import numpy as np
import pytest
from tests.warning.clusters.builders import connected_groups, slow_circles, slow_poisson, small_map

from headworks.core.errors import DataRefused
from headworks.warning.clusters import circular_windows, downstream_windows, flexible_windows, scan_poisson


def sets_of(windows):
    """All windows as sets, chain by chain."""
    chains = range(windows.start.size - 1)
    ends = [[at for at in range(windows.start[c], windows.start[c + 1]) if windows.is_end[at]] for c in chains]
    return [[frozenset(windows.members(chain, at)) for at in ends[chain]] for chain in chains]


def test_circles_are_those_written_out():
    x, y, _, size = small_map(n=15)
    found = [one for chain in sets_of(circular_windows(x, y, size, 0.4)) for one in chain]
    assert sorted(map(sorted, found)) == sorted(map(sorted, slow_circles(x, y, size, 0.4)))


def test_on_a_grid_a_ring_enters_at_once():
    # A grid of 3 x 3: about the middle come 1, 5 and 9 places.
    x, y = np.repeat([0.1, 0.2, 0.3], 3), np.tile([0.1, 0.2, 0.3], 3)
    assert [len(one) for one in sets_of(circular_windows(x, y, np.ones(9), 1.0))[4]] == [1, 5, 9]


def test_connected_groups_are_all_of_them_and_each_once():
    # A ring of seven with one chord; every group of the nearest six.
    n = 7
    neighbours = [[(i + 1) % n, (i - 1) % n] for i in range(n)]
    neighbours[0].append(3)
    neighbours[3].append(0)
    angle = 2 * np.pi * np.arange(n) / n
    x, y = np.cos(angle) * (1 + 0.01 * np.arange(n)), np.sin(angle)
    for centre, found in enumerate(sets_of(flexible_windows(x, y, neighbours, np.ones(n), 1.0, most_locations=6))):
        near = set(np.argsort(np.hypot(x - x[centre], y - y[centre]), kind="stable")[:6].tolist())
        assert len(found) == len(set(found))
        assert set(found) == set(connected_groups(centre, neighbours, near))


def test_a_flexible_scan_finds_a_river_that_no_circle_holds():
    x, y = np.meshgrid(np.arange(6.0), np.arange(6.0))
    x, y = x.ravel(), y.ravel()
    neighbours = [np.flatnonzero(np.abs(x - x[i]) + np.abs(y - y[i]) == 1).tolist() for i in range(36)]
    cases = np.where(y == 2, 12, 3)
    flexible = flexible_windows(x, y, neighbours, np.ones(36), 0.5, most_locations=9)
    plain = scan_poisson(x, y, cases, np.ones(36), replicates=0)
    wiggly = scan_poisson(x, y, cases, np.ones(36), replicates=64, windows=flexible)
    assert wiggly[0].llr > plain[0].llr
    inside = wiggly[0].members
    total = float(cases.sum())
    assert wiggly[0].llr == pytest.approx(slow_poisson(cases[inside].sum(), len(inside) * total / 36, total))
    # Replicates with steps back are exact too: the largest of all groups written out, for the maps that were drawn.
    assert wiggly.largest.min() > 0


def test_what_drains_to_a_place_is_its_windows():
    #   0   1
    #    \ /
    #     2   3
    #      \ /
    #       4
    found = sets_of(downstream_windows([2, 2, 4, 4, -1], [1, 1, 1, 1, 1], 0.6))
    assert found == [[{0}], [{1}], [{2}, {0, 1, 2}], [{3}], [{4}, {2, 3, 4}]]


def test_water_in_a_circle_and_links_to_nowhere_are_refused():
    with pytest.raises(DataRefused, match="in a circle") as refused:
        downstream_windows([1, 0], [1, 1])
    assert refused.value.code == "HW-D725"
    with pytest.raises(DataRefused, match="do not fit"):
        downstream_windows([5, -1], [1, 1])
    with pytest.raises(DataRefused, match="do not fit"):
        flexible_windows([0, 1], [0, 0], [[1], [7]], [1, 1])


def test_too_many_groups_are_refused(monkeypatch):
    monkeypatch.setattr("headworks.warning.clusters.flexible._MOST_STEPS", 50)
    with pytest.raises(DataRefused, match="too many connected groups") as refused:
        flexible_windows(np.arange(6), np.zeros(6), [[j for j in range(6) if j != i] for i in range(6)], np.ones(6), 1.0)
    assert refused.value.code == "HW-D726"


def test_windows_of_other_places_are_refused():
    with pytest.raises(DataRefused, match="several lengths"):
        scan_poisson([0, 1, 2], [0, 0, 0], [1, 2, 3], [1, 1, 1], windows=circular_windows([0, 1], [0, 0], [1, 1]))
