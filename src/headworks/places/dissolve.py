"""Polygons that touch made one: the lines between them taken away.

Two polygons that share an edge walk it in opposite directions, so an edge whose reverse stands too is inside; what is left is
the outline, outer rings in one direction and holes in the other. The trap: only edges with the same two corners are shared;
where a corner of one lies on the side of the other, the line between them stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from headworks.places.geojson import Polygon, Ring, signed_area

_DECIMALS = 6
Corner = tuple[float, float]


def dissolved(polygons: Sequence[Polygon]) -> list[Polygon]:
    """The polygons without the lines that two of them share.

    Parameters
    ----------
    polygons
        Outer ring first, then holes; rings in any direction.

    Examples
    --------
    >>> left = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    >>> whole = dissolved([[left], [left + [1.0, 0.0]]])
    >>> len(whole), signed_area(whole[0][0])
    (1, 2.0)
    """
    if len(polygons) < 2:
        return [list(polygon) for polygon in polygons]
    edges = _outline(polygons)
    rings = _chained(edges)
    outer = [ring for ring in rings if signed_area(ring) > 0.0]
    found: list[Polygon] = [[ring] for ring in outer]
    for hole in (ring for ring in rings if signed_area(ring) < 0.0):
        home = next((polygon for polygon in found if holds(polygon[0], hole[0])), None)
        if home is not None:
            home.append(hole)
    return found


def _outline(polygons: Sequence[Polygon]) -> dict[tuple[Corner, Corner], None]:
    """Directed edges whose reverse does not stand, in the order of the polygons."""
    edges: dict[tuple[Corner, Corner], None] = {}
    for polygon in polygons:
        for number, ring in enumerate(polygon):
            turned = ring if (signed_area(ring) > 0.0) == (number == 0) else ring[::-1]
            corners = [(float(x), float(y)) for x, y in np.round(turned, _DECIMALS)]
            for start, end in pairwise(corners):
                if start == end:
                    continue
                if (end, start) in edges:
                    del edges[end, start]
                else:
                    edges[start, end] = None
    return edges


def _chained(edges: dict[tuple[Corner, Corner], None]) -> list[Ring]:
    """Rings made of edges, each begun at the first that is left."""
    follow: dict[Corner, list[Corner]] = {}
    for start, end in edges:
        follow.setdefault(start, []).append(end)
    rings = []
    for start in list(follow):
        while follow.get(start):
            ring, at = [start], follow[start].pop()
            while at != start and follow.get(at):
                ring.append(at)
                at = follow[at].pop()
            if at == start and len(ring) > 2:
                rings.append(np.array([*ring, start]))
    return rings


def holds(ring: Ring, point: np.ndarray) -> bool:
    """Whether a point lies in a ring: a ray from it crosses the ring an odd number of times.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    >>> holds(square, np.array([0.5, 0.5])), holds(square, np.array([1.5, 0.5]))
    (True, False)
    """
    x, y = ring[:-1, 0], ring[:-1, 1]
    x_next, y_next = ring[1:, 0], ring[1:, 1]
    spans = (y > point[1]) != (y_next > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x + (point[1] - y) * (x_next - x) / (y_next - y)
    return bool((spans & (at > point[0])).sum() % 2)
