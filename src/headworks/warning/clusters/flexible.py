"""Connected groups of areas as windows: a cluster along a river or a road is no circle.

The trap: the number of groups doubles with each location, so only groups among the nearest are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.warning.clusters.required import columns_of, require_not_negative, require_share
from headworks.warning.clusters.windows import SAME_SHARE, Windows, from_chains

Array = npt.NDArray[np.float64]
# Beyond these a flexible scan takes hours, and the memory of a small machine.
_MOST_STEPS = 30_000_000


def flexible_windows(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    neighbours: Sequence[Sequence[int]],
    population: npt.ArrayLike,
    max_share: float = 0.5,
    most_locations: int = 8,
) -> Windows:
    """Connected groups of areas: those of a centre and its nearest locations that hang together (G6).

    Parameters
    ----------
    x, y, population, max_share
        As of :func:`circular_windows`.
    neighbours
        Of every location those it borders on.
    most_locations
        The centre and so many less one of its nearest; groups double with each.

    Raises
    ------
    DataRefused
        ``HW-D726`` when there are more groups than can be looked at; ``HW-D720``, ``HW-D721``.

    Examples
    --------
    In a row of three the ends do not touch: {0}, {0, 1} of the first; {1}, {1, 0}, {1, 2} of the second.

    >>> found = flexible_windows([0, 1, 2], [0, 0, 0], [[1], [0, 2], [1]], [1, 1, 1], 0.7)
    >>> int(found.is_end[: found.start[2]].sum())
    5
    """
    across, up, people = columns_of(x=x, y=y, population=population)
    require_share(max_share)
    require_not_negative("population", people)
    borders = [set(ones) for ones in neighbours]
    if len(borders) != across.size or any(not 0 <= one < across.size for ones in borders for one in ones):
        raise DataRefused(
            "The borders and the locations do not fit.",
            found=f"{len(borders)} lists of neighbours, {across.size} locations",
            remedy="Give a list of the places (from 0) of the neighbours for every location",
            code="HW-D720",
        )
    chains, steps_left = [], _MOST_STEPS
    most = max_share * float(people.sum()) * (1.0 + SAME_SHARE)
    for centre in range(across.size):
        near = np.argsort(np.hypot(across - across[centre], up - up[centre]), kind="stable")[:most_locations]
        steps, ends = [], []
        for row, is_end in _connected(centre, borders, {int(one) for one in near} | {centre}, people, most):
            steps.append(row)
            ends.append(is_end)
            if len(steps) > steps_left:
                raise DataRefused(
                    "There are too many connected groups.",
                    found=f"more than {_MOST_STEPS:,} steps with {most_locations} locations",
                    remedy="Give a smaller most_locations, or use circles",
                    code="HW-D726",
                )
        steps_left -= len(steps)
        chains.append((steps, ends))
    return from_chains(chains, across.size)


def _connected(
    centre: int, borders: list[set[int]], allowed: set[int], people: Array, most: float
) -> Iterator[tuple[int, bool]]:
    """Steps through the connected groups about a centre, each met once: what was left out once stays out below."""
    n = len(borders)

    def grow(place: int, held: float, waiting: list[int], seen: set[int]) -> Iterator[tuple[int, bool]]:
        held += float(people[place])
        yield place, held <= most
        if held <= most:
            fresh = sorted((borders[place] & allowed) - seen)
            ahead, known = waiting + fresh, seen | set(fresh)
            while ahead:
                chosen = ahead.pop(0)
                yield from grow(chosen, held, list(ahead), known)
        yield n + place, False

    yield from grow(centre, 0.0, [], {centre})
