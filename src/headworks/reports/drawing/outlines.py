"""Boundaries as paths of one picture: projected once, drawn many times by name.

Every map of a report shows the same piece of land at the same scale, so a path is written into the page once and each map
refers to it. An area put together from several polygons has an outline too: the edges that no two of its polygons share.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from headworks.places.boundaries import AreaBoundary, middle_of

Array = npt.NDArray[np.float64]
_WIDTH, _MOST_HEIGHT, _MARGIN = 640.0, 560.0, 6.0


@dataclass(frozen=True)
class Outlines:
    """Size of the map in px; by area its filled path, its outline, and the middle of its largest polygon."""

    width: float
    height: float
    paths: Mapping[str, str]
    edges: Mapping[str, str]
    middles: Mapping[str, tuple[float, float]]
    is_schematic: bool


def shape_id(area_id: str) -> str:
    """Name of an area's path in the page.

    Examples
    --------
    >>> shape_id("AT/Graz")
    'shape-AT-Graz'
    """
    return "shape-" + re.sub(r"[^A-Za-z0-9]+", "-", area_id)


def outlines_of(boundaries: Mapping[str, AreaBoundary]) -> Outlines | None:
    """Paths of the areas, all on one scale; None when there is no boundary.

    Parameters
    ----------
    boundaries
        By area, longitudes and latitudes; a degree of each is as long as at the middle of all.
    """
    points = [ring for one in boundaries.values() for polygon in one.polygons for ring in polygon]
    if not points:
        return None
    stacked = np.concatenate(points)
    (west, south), (east, north) = stacked.min(axis=0), stacked.max(axis=0)
    narrowing = math.cos(math.radians(min(abs(north + south) / 2, 80.0)))
    wide, tall = max((east - west) * narrowing, 1e-6), max(north - south, 1e-6)
    scale = min((_WIDTH - 2 * _MARGIN) / wide, (_MOST_HEIGHT - 2 * _MARGIN) / tall)

    def placed(ring: Array) -> Array:
        x = (ring[:, 0] - west) * narrowing * scale + _MARGIN
        y = (north - ring[:, 1]) * scale + _MARGIN
        return np.round(np.column_stack([x, y]), 1)

    rings = {
        area: [_thinned(placed(ring)) for polygon in one.polygons for ring in polygon] for area, one in boundaries.items()
    }
    middles = {area: placed(np.array([middle_of(one)]))[0] for area, one in boundaries.items()}
    return Outlines(
        width=wide * scale + 2 * _MARGIN,
        height=tall * scale + 2 * _MARGIN,
        paths={area: "".join(map(_closed, mine)) for area, mine in rings.items()},
        edges={area: _outline(mine) for area, mine in rings.items()},
        middles={area: (float(x), float(y)) for area, (x, y) in middles.items()},
        is_schematic=any(one.is_schematic for one in boundaries.values()),
    )


def _thinned(ring: Array) -> Array:
    """The ring without points that fall on the one before."""
    kept = np.append(True, (np.diff(ring, axis=0) != 0).any(axis=1))
    return ring[kept] if kept.sum() > 3 else ring


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _closed(ring: Array) -> str:
    return "M" + "L".join(f"{_number(x)},{_number(y)}" for x, y in ring[:-1]) + "Z"


def _outline(rings: Iterable[Array]) -> str:
    """Edges that stand once: what two polygons of an area share is inside it."""
    corners = [[(float(x), float(y)) for x, y in ring] for ring in rings]
    edges = [frozenset(pair) for ring in corners for pair in pairwise(ring)]
    once = {edge for edge, count in Counter(edges).items() if count == 1}
    path, before = [], None
    for ring in corners:
        for start, end in pairwise(ring):
            if frozenset((start, end)) in once:
                path.append(
                    ("" if start == before else f"M{_number(start[0])},{_number(start[1])}")
                    + f"L{_number(end[0])},{_number(end[1])}"
                )
                before = end
    return "".join(path)
