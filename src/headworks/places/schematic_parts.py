"""Cells for areas that no map shows: the polygon of the area they lie in, cut into parts of one size.

The shipped map ends at counties. A town or a village gets a part of its county's cell, so that a map of 1,700 towns has a
place for each; it shows in which county a town lies, not where in it. Cuts are straight: the longer side of what is left is
halved, again and again, so parts are compact, touch and never overlap.

The trap: a line that passes through a corner. Every corner is on exactly one side (what lies on the line counts as beyond it),
so crossings come in pairs along the line whatever the shape, holes and bays included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from headworks.places.boundaries import AreaBoundary
from headworks.places.dissolve import holds
from headworks.places.geojson import Polygon, Ring, signed_area

_MOST_STEPS = 60


def with_parts(boundaries: Mapping[str, AreaBoundary], tree: pl.DataFrame) -> dict[str, AreaBoundary]:
    """Boundaries, and parts of them for areas without any, down to the lowest level.

    Parameters
    ----------
    boundaries
        By ``area_id``.
    tree
        ``area_id, parent_id, level`` of the day. An area is cut only where none of its children has a boundary: an operator's
        own and schematic ones are not mixed within one area.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 2.0], [0.0, 2.0], [0.0, 0.0]])
    >>> tree = pl.DataFrame({"area_id": ["A", "A1", "A2"], "parent_id": [None, "A", "A"], "level": [3, 4, 4]})
    >>> found = with_parts({"A": AreaBoundary("A", [[square]])}, tree)
    >>> found["A1"].polygons[0][0].max(axis=0).tolist(), found["A1"].is_schematic
    ([2.0, 2.0], True)
    """
    found = dict(boundaries)
    children: dict[str, list[str]] = {}
    for area, parent in tree.sort("level", "area_id").select("area_id", "parent_id").rows():
        if parent is not None:
            children.setdefault(parent, []).append(area)
    todo = [area for area in tree.sort("level", "area_id")["area_id"].to_list() if area in found]
    while todo:
        parent = todo.pop()
        below = children.get(parent, [])
        if not below or any(child in boundaries for child in below):
            continue
        for child, polygons in zip(below, parts_of(found[parent].polygons, len(below)), strict=True):
            found[child] = AreaBoundary(child, polygons, is_schematic=True)
        todo.extend(below)
    return found


def parts_of(polygons: Sequence[Polygon], n: int) -> list[list[Polygon]]:
    """Parts of one size that together are the polygons, from west to east or from north to south.

    Parameters
    ----------
    polygons
        Outer ring first, then holes.
    n
        How many parts.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    >>> [round(sum(size_of(polygon) for polygon in part), 6) for part in parts_of([[square]], 3)]
    [0.333333, 0.333333, 0.333333]
    """
    if n <= 1:
        return [list(polygons)]
    first = n // 2
    near, far = _divided(list(polygons), first / n)
    return [*parts_of(near, first), *parts_of(far, n - first)]


def size_of(polygon: Polygon) -> float:
    """Surface of a polygon without its holes, in square degrees."""
    return abs(signed_area(polygon[0])) - sum(abs(signed_area(hole)) for hole in polygon[1:])


def _divided(polygons: list[Polygon], share: float) -> tuple[list[Polygon], list[Polygon]]:
    """What lies before and beyond the line across the longer side that leaves a share of the surface before it."""
    corners = np.concatenate([ring for polygon in polygons for ring in polygon])
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    narrowing = np.cos(np.radians((south + north) / 2))
    # From west to east, or from north to south: as one reads.
    axis, sign = (0, 1.0) if (east - west) * narrowing >= north - south else (1, -1.0)
    low, high = sorted((sign * (west, north)[axis], sign * (east, south)[axis]))
    whole = sum(map(size_of, polygons))

    def left_over(at: float) -> float:
        return sum(size_of(part) for polygon in polygons for part in _before(polygon, axis, sign, at)) - share * whole

    line = _root(left_over, (low, -share * whole), (high, (1 - share) * whole), 1e-12 * whole)
    near = [part for polygon in polygons for part in _before(polygon, axis, sign, line)]
    far = [part for polygon in polygons for part in _before(polygon, axis, -sign, -line)]
    return near, far


def _root(excess: Callable[[float], float], low: tuple[float, float], high: tuple[float, float], enough: float) -> float:
    """Where a rising function is nothing, between two places where it is known (regula falsi, Illinois)."""
    (x, y), (x_high, y_high) = low, high
    at = x
    for _ in range(_MOST_STEPS):
        at = (x * y_high - x_high * y) / (y_high - y)
        found = excess(at)
        if abs(found) <= enough:
            break
        if (found > 0.0) == (y_high > 0.0):
            x_high, y_high, y = at, found, y / 2
        else:
            x, y, y_high = at, found, y_high / 2
    return at


def _before(polygon: Polygon, axis: int, sign: float, line: float) -> list[Polygon]:
    """The pieces of a polygon on the near side of a line."""
    whole: list[Ring] = []
    chains: list[Ring] = []
    for ring in polygon:
        is_near = sign * ring[:-1, axis] < line
        if is_near.all():
            whole.append(ring)
        elif is_near.any():
            chains.extend(_chains(ring[:-1], is_near, axis, sign * line))
    outer = _closed(chains, 1 - axis)
    if polygon[0] is not None and whole and whole[0] is polygon[0]:
        outer, whole = [whole[0]], whole[1:]
    pieces: list[Polygon] = [[ring] for ring in outer]
    for hole in whole:
        home = next((piece for piece in pieces if holds(piece[0], hole[0])), None)
        if home is not None:
            home.append(hole)
    return pieces


def _chains(corners: Ring, is_near: np.ndarray, axis: int, line: float) -> list[Ring]:
    """Runs of near corners, from where the ring comes over the line to where it goes back."""
    n = len(corners)
    enters = [i for i in range(n) if is_near[i] and not is_near[i - 1]]
    found = []
    for start in enters:
        run = [_crossing(corners[start - 1], corners[start], axis, line)]
        at = start
        while is_near[at % n]:
            run.append(corners[at % n])
            at += 1
        run.append(_crossing(corners[(at - 1) % n], corners[at % n], axis, line))
        found.append(np.array(run))
    return found


def _crossing(one: np.ndarray, other: np.ndarray, axis: int, line: float) -> np.ndarray:
    point = one + (other - one) * ((line - one[axis]) / (other[axis] - one[axis]))
    point[axis] = line
    return np.asarray(point)


def _closed(chains: list[Ring], along: int) -> list[Ring]:
    """Rings made of chains: along the line, the first crossing belongs with the second, the third with the fourth."""
    ends = sorted(
        ((float(chain[place][along]), number, place) for number, chain in enumerate(chains) for place in (0, -1)),
    )
    partner = {}
    for first, second in zip(ends[::2], ends[1::2], strict=True):
        partner[first[1:]], partner[second[1:]] = second[1:], first[1:]
    left, rings = set(range(len(chains))), []
    while left:
        number, place = min(left), 0
        ring: list[np.ndarray] = []
        while number in left:
            left.discard(number)
            ring.extend(chains[number] if place == 0 else chains[number][::-1])
            number, place = partner[(number, -1 if place == 0 else 0)]
        rings.append(np.array([*ring, ring[0]]))
    return rings
