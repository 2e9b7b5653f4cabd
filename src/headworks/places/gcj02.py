"""Is a set of points shifted as Chinese web maps shift them, and where are they really?

GCJ-02 moves WGS 84 coordinates in China: by 420 to 650 m in Guangdong and Guizhou, differently from place to place. The
transform is public (N3):

    lat' = lat + f(lon, lat) / (pi/180 x a (1 - e2) / (1 - e2 sin2 lat)^(3/2))
    lon' = lon + g(lon, lat) / (pi/180 x a cos lat / (1 - e2 sin2 lat)^(1/2))

with f and g sums of sines of lon - 105 and lat - 35, in metres, and a, e2 of the ellipsoid of Krasovsky. The trap: one
map laid over another that is shifted looks right at the scale of a province; only points of the *same* places tell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Ellipsoid of Krasovsky (1940): half axis in metres and squared eccentricity, as the transform has them.
_HALF_AXIS_M, _ECCENTRICITY_2 = 6_378_245.0, 0.00669342162296594323
# The transform leaves points outside this frame alone: west, south, east, north.
_FRAME = (72.004, 0.8293, 137.8347, 55.8271)
_M_PER_DEGREE = 111_320.0
_ROUNDS = 12
# 1.4826 makes the median absolute deviation a standard deviation, 1.2533 a median's standard error.
_SE_OF_MEDIAN = 1.4826 * 1.2533

Points = NDArray[np.float64]


def gcj02_shift(lon: ArrayLike, lat: ArrayLike) -> tuple[Points, Points]:
    """GCJ-02 coordinates of WGS 84 points (N3); points outside China's frame stay.

    Parameters
    ----------
    lon, lat
        Decimal degrees, WGS 84.

    Returns
    -------
    tuple of arrays
        Longitude and latitude as a GCJ-02 map has them.

    Examples
    --------
    >>> lon, lat = gcj02_shift(113.2644, 23.1291)
    >>> round(float(lon), 6), round(float(lat), 6)
    (113.26973, 23.126423)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    east, north = _sines(x - 105.0, y - 35.0)
    west, south, right, top = _FRAME
    inside = (x >= west) & (x <= right) & (y >= south) & (y <= top)
    phi = np.radians(y)
    magic = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    d_lat = np.degrees(north * magic**1.5 / (_HALF_AXIS_M * (1.0 - _ECCENTRICITY_2)))
    d_lon = np.degrees(east * np.sqrt(magic) / (_HALF_AXIS_M * np.cos(phi)))
    return np.where(inside, x + d_lon, x), np.where(inside, y + d_lat, y)


def wgs84_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Points, Points]:
    """WGS 84 coordinates of GCJ-02 points, to better than a millimetre.

    The transform has no inverse in closed form; its shift changes slowly, so that a few rounds find it.

    Examples
    --------
    >>> lon, lat = wgs84_from_gcj02(*gcj02_shift(113.2644, 23.1291))
    >>> round(float(lon), 9), round(float(lat), 9)
    (113.2644, 23.1291)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    found_x, found_y = x.copy(), y.copy()
    for _ in range(_ROUNDS):
        there_x, there_y = gcj02_shift(found_x, found_y)
        found_x, found_y = found_x + (x - there_x), found_y + (y - there_y)
    return found_x, found_y


def _sines(x: Points, y: Points) -> tuple[Points, Points]:
    """The shift to the east and to the north, in metres, of the public transform."""
    pi, root = np.pi, np.sqrt(np.abs(x))
    both = 20.0 * np.sin(6.0 * pi * x) + 20.0 * np.sin(2.0 * pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (both + 20.0 * np.sin(pi * y) + 40.0 * np.sin(pi / 3.0 * y)) * 2.0 / 3.0
    north = north + (160.0 * np.sin(pi / 12.0 * y) + 320.0 * np.sin(pi / 30.0 * y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (both + 20.0 * np.sin(pi * x) + 40.0 * np.sin(pi / 3.0 * x)) * 2.0 / 3.0
    east = east + (150.0 * np.sin(pi / 12.0 * x) + 300.0 * np.sin(pi / 30.0 * x)) * 2.0 / 3.0
    return east, north


class ShiftFound(NamedTuple):
    """How two sets of coordinates of the same places differ.

    ``multiple`` is how many times the GCJ-02 shift of each place the first set lies off the second (median), ``error`` its
    standard error; ``verdict`` is ``gcj02`` (the first set is shifted), ``reference`` (the second one is), ``none``, or
    ``unclear`` when the points scatter too much to tell.
    """

    verdict: str
    n: int
    median_shift_m: float
    direction: str
    multiple: float
    error: float


def detect_gcj02(points: ArrayLike, reference: ArrayLike) -> ShiftFound:
    """Whether points lie off a reference as GCJ-02 lies off WGS 84 there.

    Parameters
    ----------
    points, reference
        Shape ``(n, 2)``, longitude and latitude in degrees; the same row is the same place.

    Returns
    -------
    ShiftFound
        ``median_shift_m`` and ``direction`` are of the median of the differences.

    Examples
    --------
    >>> places = np.array([[113.26, 23.13], [113.75, 23.02], [114.06, 22.54]])
    >>> found = detect_gcj02(np.column_stack(gcj02_shift(*places.T)), places)
    >>> found.verdict, found.direction, round(found.multiple, 2)
    ('gcj02', 'east-southeast', 1.0)
    """
    first, second = np.asarray(points, dtype=float).reshape(-1, 2), np.asarray(reference, dtype=float).reshape(-1, 2)
    known = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    first, second = first[known], second[known]
    moved = np.column_stack(gcj02_shift(second[:, 0], second[:, 1]))
    scale = np.column_stack([np.cos(np.radians(second[:, 1])), np.ones(len(second))]) * _M_PER_DEGREE
    off, shift = (first - second) * scale, (moved - second) * scale
    in_china = (shift**2).sum(axis=1) > 0.0
    if not in_china.any():
        return ShiftFound("unclear", 0, 0.0, "", 0.0, float("inf"))
    off, shift = off[in_china], shift[in_china]
    ratio = (off * shift).sum(axis=1) / (shift**2).sum(axis=1)
    multiple = float(np.median(ratio))
    spread = float(np.median(np.abs(ratio - multiple)))
    n = len(ratio)
    # Two or three points that agree by chance prove nothing: their spread is not taken below a tenth of a shift.
    error = _SE_OF_MEDIAN * max(spread, 0.1) / float(np.sqrt(n))
    middle = np.median(off, axis=0)
    return ShiftFound(_verdict(multiple, error), n, float(np.hypot(*middle)), _direction(*middle), multiple, error)


def _verdict(multiple: float, error: float) -> str:
    """The nearest of -1, 0 and 1, when it lies within two standard errors, or a quarter, and the others do not."""
    if error > 0.25 or abs(multiple - round(multiple)) > max(0.25, 2.0 * error):
        return "unclear"
    return {1: "gcj02", 0: "none", -1: "reference"}.get(round(multiple), "unclear")


def _direction(east_m: float, north_m: float) -> str:
    names = [
        "north",
        "north-northeast",
        "northeast",
        "east-northeast",
        "east",
        "east-southeast",
        "southeast",
        "south-southeast",
    ]
    names += [
        "south",
        "south-southwest",
        "southwest",
        "west-southwest",
        "west",
        "west-northwest",
        "northwest",
        "north-northwest",
    ]
    return names[round(float(np.degrees(np.arctan2(east_m, north_m))) / 22.5) % 16]
