"""Cells for areas whose borders nobody drew: circles about the middle of their sites, sized by people, pushed apart.

A map of European cities has a place for each though none has a polygon. Circles stand roughly where the cities lie; where they
would cover one another they give way, and what lies far from all others stands at the edge in its direction, so that two
cities in Australia do not shrink Europe to a point. Such a map shows which is which, not how far.

The trap: a circle on a globe is one on the map only in the map's own plane, so radii are of Mercator's plane.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from headworks.places.boundaries import AreaBoundary

CORNERS = 32
# Circles together cover so much of the frame; one alone at most so much of its longer side; the least frame, in degrees.
_COVERED, _LARGEST, _LEAST_FRAME = 0.12, 0.05, 0.4
_SMALLEST_FACTOR, _LARGEST_FACTOR = 0.6, 1.7
# Beyond so many quarter ranges from the middle an area is far from all others; where many are, none is.
_FAR, _FEW_FAR, _MANY = 3.0, 0.25, 20
_MOST_PUSHED, _PUSHES, _PULL = 800, 80, 0.02
_GAP = 1.05
_STEEPEST = 85.0

Points = NDArray[np.float64]


def round_cells(
    places: Mapping[str, tuple[float, float, float | None]], frame: Points | None = None
) -> dict[str, AreaBoundary]:
    """A circle for each area.

    Parameters
    ----------
    places
        Longitude, latitude and people (or None) by area.
    frame
        Corners of what else the map shows, if anything; then none is far from all others.

    Examples
    --------
    >>> found = round_cells({"A": (10.0, 50.0, 9_000.0), "B": (12.0, 50.0, 1_000.0)})
    >>> len(found["A"].polygons[0][0]), found["A"].is_schematic
    (33, True)
    >>> widths = [float(np.ptp(found[code].polygons[0][0][:, 0])) for code in "AB"]
    >>> widths[0] > widths[1]
    True
    """
    if not places:
        return {}
    codes = sorted(places)
    points = _mercator(np.array([places[code][:2] for code in codes], dtype=np.float64))
    people = np.array([places[code][2] or np.nan for code in codes], dtype=np.float64)
    corners = points if frame is None else np.concatenate([points, _mercator(frame)])
    low, high = (corners.min(axis=0), corners.max(axis=0)) if frame is not None else _frame(points)
    sides = np.maximum(high - low, _LEAST_FRAME)
    radii = _radii(people, sides)
    centres = _pushed_apart(np.clip(points, low, high), radii)
    turns = np.linspace(0.0, 2 * np.pi, CORNERS, endpoint=False)
    circle = np.column_stack((np.cos(turns), np.sin(turns)))
    circle = np.concatenate([circle, circle[:1]])
    return {
        code: AreaBoundary(code, [[_degrees(centre + radius * circle)]], is_schematic=True)
        for code, centre, radius in zip(codes, centres, radii, strict=True)
    }


def mercator_north(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far north of the equator Mercator's map shows a latitude, in degrees of longitude.

    Examples
    --------
    >>> mercator_north(np.array([45.0, 60.0])).round(2).tolist()
    [50.5, 75.46]
    """
    inside = np.radians(np.clip(latitude, -_STEEPEST, _STEEPEST))
    return np.asarray(np.degrees(np.log(np.tan(np.pi / 4 + inside / 2))))


def _mercator(points: Points) -> Points:
    return np.column_stack((points[:, 0], mercator_north(points[:, 1])))


def _degrees(points: Points) -> Points:
    latitude = np.degrees(2 * np.arctan(np.exp(np.radians(points[:, 1]))) - np.pi / 2)
    return np.column_stack((points[:, 0], latitude))


def _frame(points: Points) -> tuple[Points, Points]:
    """Bounds of those that lie together, a tenth wider where others are far; of all where there are few or many are far."""
    low, high = points.min(axis=0), points.max(axis=0)
    if len(points) < _MANY:
        return low, high
    quarters = np.quantile(points, (0.25, 0.75), axis=0)
    middle, reach = np.median(points, axis=0), _FAR * np.maximum(quarters[1] - quarters[0], _LEAST_FRAME)
    is_near = (np.abs(points - middle) <= reach).all(axis=1)
    if is_near.all() or is_near.mean() < 1 - _FEW_FAR:
        return low, high
    near = points[is_near]
    margin = 0.1 * (near.max(axis=0) - near.min(axis=0))
    return np.maximum(near.min(axis=0) - margin, low), np.minimum(near.max(axis=0) + margin, high)


def _radii(people: Points, sides: Points) -> Points:
    usual = min(np.sqrt(_COVERED * sides.prod() / (np.pi * len(people))), _LARGEST * sides.max())
    known = people[np.isfinite(people)]
    factors = np.sqrt(people / np.median(known)) if len(known) else np.full(len(people), np.nan)
    factors = np.where(np.isfinite(factors), np.clip(factors, _SMALLEST_FACTOR, _LARGEST_FACTOR), _SMALLEST_FACTOR)
    return np.asarray(usual * factors)


def _pushed_apart(points: Points, radii: Points) -> Points:
    """Centres so moved that circles hardly cover one another, each drawn back to where it belongs."""
    n = len(points)
    if not 1 < n <= _MOST_PUSHED:
        return points
    # Two at one place part in a direction that is always the same.
    turns = np.arange(n) * 2.399963
    at = points + 1e-6 * radii[:, None] * np.column_stack((np.cos(turns), np.sin(turns)))
    wanted = _GAP * (radii[:, None] + radii[None, :])
    np.fill_diagonal(wanted, 0.0)
    for _ in range(_PUSHES):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-12)
        overlap = np.maximum(wanted - distance, 0.0)
        step = (apart * (0.5 * overlap / distance)[..., None]).sum(axis=1)
        longest = radii / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-12)
        at = at + step * np.minimum(longest, 1.0)[:, None] + _PULL * (points - at)
    return np.asarray(at)
