"""In which order to drive: from the first stop always to the nearest that is left.

A tour made so is on average a quarter longer than the shortest one; who knows the roads knows better. Stops without
coordinates come last, by name.
"""

from __future__ import annotations

import math

_EARTH_KM = 6371.0


def route_order(stops: dict[str, tuple[float | None, float | None]]) -> list[str]:
    """Names of stops in the order of the tour; it begins in the north-west, wherever that is.

    Parameters
    ----------
    stops
        Latitude and longitude in degrees by name; None where unknown.

    Examples
    --------
    >>> route_order({"c": (0.0, 3.0), "a": (0.0, 1.0), "nowhere": (None, None), "b": (0.0, 2.0)})
    ['a', 'b', 'c', 'nowhere']
    """
    known = {name: (lat, lon) for name, (lat, lon) in sorted(stops.items()) if lat is not None and lon is not None}
    rest = sorted(set(stops) - set(known))
    if not known:
        return rest
    here = min(known, key=lambda name: (known[name][1] - known[name][0], name))
    tour = [here]
    left = dict(known)
    while left.pop(here) and left:
        here = min(left, key=lambda name: (_km(known[tour[-1]], left[name]), name))
        tour.append(here)
    return tour + rest


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))
