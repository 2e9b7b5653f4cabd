"""Which sets of locations are looked at: circles, connected groups on a graph of areas, and what drains to one place.

Windows lie in *chains*: lists of steps, each of which adds a location or takes one away, and at some steps a window ends. A
circle that grows is a chain of additions; a search through connected groups also goes back. The counts of a window are then
one addition away from those of the window before.

The trap is a tie: locations equally far from a centre enter together, so that no result hangs on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import in_chunks
from headworks.core.errors import DataRefused
from headworks.warning.clusters.required import columns_of, require_not_negative, require_share

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Distances that differ by less are rounding of one distance.
_SAME_DISTANCE = 1e-9
# A share that is met exactly must not fail by rounding.
SAME_SHARE = 1e-9
# Centres whose distances are sorted at once: a few MB.
_CENTRES_AT_ONCE = 64


class Windows(NamedTuple):
    """Chains of windows over ``n_locations`` locations.

    ``start`` has the first step of every chain and one more number; ``step`` the location added, or ``n_locations`` plus the
    one taken away; ``is_end`` whether a window ends there.
    """

    start: Index
    step: npt.NDArray[np.int32]
    is_end: npt.NDArray[np.bool_]
    n_locations: int

    @property
    def has_returns(self) -> bool:
        """Whether a step takes a location away."""
        return bool(self.step.size) and int(self.step.max()) >= self.n_locations

    def members(self, chain: int, at: int) -> list[int]:
        """Locations of the window that ends at a step, in the order they entered."""
        inside: dict[int, None] = {}
        for row in self.step[self.start[chain] : at + 1].tolist():
            if row < self.n_locations:
                inside[row] = None
            else:
                inside.pop(row - self.n_locations)
        return list(inside)


def circular_windows(x: npt.ArrayLike, y: npt.ArrayLike, population: npt.ArrayLike, max_share: float = 0.5) -> Windows:
    """Circles about every location, up to a share of the population (G5).

    Parameters
    ----------
    x, y
        Planar coordinates in one unit; of degrees make kilometres first.
    population
        What the share is measured on, at least 0.
    max_share
        Largest share of the population inside, above 0, at most 1.

    Raises
    ------
    DataRefused
        ``HW-D720`` and ``HW-D721`` for columns of several lengths and values that cannot be used.
    UsageError
        ``HW-U240`` for a share outside of its range.

    Examples
    --------
    Of three places in a row of 1 each, half of three holds one:

    >>> circular_windows([0, 1, 5], [0, 0, 0], [1, 1, 1]).step.tolist()
    [0, 1, 2]
    """
    across, up, people = columns_of(x=x, y=y, population=population)
    require_share(max_share)
    require_not_negative("population", people)
    n = across.size
    rows: list[tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_], Index] | None] = [None] * -(-n // _CENTRES_AT_ONCE)
    most = max_share * float(people.sum()) * (1.0 + SAME_SHARE)

    def sort_some(first: int, last: int) -> None:
        for piece in range(first, last):
            centres = slice(piece * _CENTRES_AT_ONCE, min((piece + 1) * _CENTRES_AT_ONCE, n))
            rows[piece] = _circles(across, up, people, centres, most)

    in_chunks(sort_some, len(rows))
    done = [row for row in rows if row is not None]
    if not done:
        return _no_windows(0)
    length = np.concatenate([row[2] for row in done])
    step, is_end = np.concatenate([row[0] for row in done]), np.concatenate([row[1] for row in done])
    return Windows(np.append(0, np.cumsum(length)), step, is_end, n)


def _circles(
    x: Array, y: Array, population: Array, centres: slice, most: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_], Index]:
    """Steps, ends and lengths of the chains of some centres."""
    distance = np.hypot(x[centres, None] - x, y[centres, None] - y)
    order = np.argsort(distance, axis=1, kind="stable")
    distance = np.take_along_axis(distance, order, axis=1)
    apart = np.diff(distance, axis=1, append=np.inf) > _SAME_DISTANCE * distance
    is_end = apart & (np.cumsum(population[order], axis=1) <= most)
    # A chain stops at its last window.
    length = np.where(is_end.any(axis=1), is_end.shape[1] - np.argmax(is_end[:, ::-1], axis=1), 0)
    kept = np.arange(is_end.shape[1]) < length[:, None]
    return order[kept].astype(np.int32), is_end[kept], length


def downstream_windows(upstream_of: Sequence[int], population: npt.ArrayLike, max_share: float = 0.5) -> Windows:
    """For every place of a network what drains to it, from as many links upstream as there are.

    Parameters
    ----------
    upstream_of
        Of every location the one its water comes to next, -1 of the last.
    population, max_share
        As of :func:`circular_windows`; the people are those of the location's own stretch.

    Raises
    ------
    DataRefused
        ``HW-D725`` when water runs in a circle; ``HW-D720``, ``HW-D721``.

    Examples
    --------
    Two manholes above a plant: each alone, and no window of all three, which are more than half.

    >>> found = downstream_windows([2, 2, -1], [1, 1, 4])
    >>> [found.members(chain, found.start[chain + 1] - 1) for chain in range(2)]
    [[0], [1]]
    """
    below = np.asarray(upstream_of, dtype=np.int64)
    (people,) = columns_of(population=population)
    require_share(max_share)
    require_not_negative("population", people)
    if below.size != people.size or np.any(below >= below.size):
        raise DataRefused(
            "The network and its people do not fit.",
            found=f"{below.size} links, {people.size} populations",
            remedy="Give a link and a population for every location",
            code="HW-D720",
        )
    above: list[list[int]] = [[] for _ in range(below.size)]
    for place, next_place in enumerate(below.tolist()):
        if next_place >= 0:
            above[next_place].append(place)
    chains, most = [], max_share * float(people.sum()) * (1.0 + SAME_SHARE)
    for outlet in range(below.size):
        steps, ends, ring, seen = [], [], [outlet], 0
        while ring and seen <= below.size:
            steps += ring
            ends += [False] * (len(ring) - 1) + [float(people[steps].sum()) <= most]
            seen += len(ring)
            ring = [place for last in ring for place in above[last]]
        if seen > below.size:
            raise DataRefused(
                "Water runs in a circle.",
                where=f"location {outlet}",
                remedy="Leave the link empty (-1) at the location furthest downstream",
                code="HW-D725",
            )
        chains.append((steps, ends))
    return from_chains(chains, below.size)


def from_chains(chains: list[tuple[list[int], list[bool]]], n_locations: int) -> Windows:
    """Windows of chains, each its steps and whether a window ends there."""
    start = np.append(0, np.cumsum([len(steps) for steps, _ in chains], dtype=np.int64))
    step = np.array([row for steps, _ in chains for row in steps], dtype=np.int32)
    return Windows(start, step, np.array([end for _, ends in chains for end in ends], dtype=bool), n_locations)


def windows_of_members(windows: Windows, location: Index) -> Windows:
    """The same windows over members of the locations: where a location enters, all of its members do.

    Sites that are known by their town's place alone are one location: a chain for each of them would be walked in vain.

    Parameters
    ----------
    windows
        Without steps that take a location away.
    location
        Location of every member, -1 of one that lies nowhere; every location has a member.

    Examples
    --------
    Two sites in the first of two places:

    >>> found = windows_of_members(circular_windows([0, 9], [0, 0], [1, 1]), np.array([0, 0, 1]))
    >>> [found.members(chain, found.start[chain + 1] - 1) for chain in range(2)]
    [[0, 1], [2]]
    """
    size = np.bincount(location[location >= 0], minlength=windows.n_locations)
    order = np.argsort(location, kind="stable")[np.count_nonzero(location < 0) :]
    length = size[windows.step]
    end = np.append(0, np.cumsum(length))
    first = np.cumsum(size) - size
    step = order[np.arange(end[-1]) + np.repeat(first[windows.step] - end[:-1], length)]
    is_end = np.zeros(step.size, dtype=bool)
    is_end[end[1:] - 1] = windows.is_end
    return Windows(end[windows.start], step.astype(np.int32), is_end, location.size)


def joined_windows(first: Windows, second: Windows) -> Windows:
    """Windows of two kinds over the same locations, looked at together."""
    start = np.concatenate([first.start, first.start[-1] + second.start[1:]])
    step, is_end = np.concatenate([first.step, second.step]), np.concatenate([first.is_end, second.is_end])
    return Windows(start, step, is_end, first.n_locations)


def windows_of_several(windows: Windows, least: int) -> Windows:
    """Those windows alone that hold so many locations at least.

    Examples
    --------
    >>> windows_of_several(circular_windows([0, 1, 5, 6], [0] * 4, [1] * 4), 2).is_end.tolist()
    [False, True, False, True, False, True, False, True]
    """
    inside = np.cumsum(np.where(windows.step < windows.n_locations, 1, -1))
    before = np.append(0, inside)[windows.start[:-1]]
    return windows._replace(is_end=windows.is_end & (inside - np.repeat(before, np.diff(windows.start)) >= least))


def _no_windows(n_locations: int) -> Windows:
    return Windows(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, bool), n_locations)
