"""Loads by site and week added up to towns, counties, cities and a province, in one pass over the rows.

Sites, weeks and areas are small whole numbers and most sites have a result in most weeks, so the sums live in a dense cube:
a row of the facts is one addition at a place that is computed, not searched for. A level is the sum of the one below it, so
every figure of an area is the sum of the figures of its members, cell by cell:

    load[area, week] = sum of load[member, week],   and likewise for population and number of results

What a result is of, a residue, is outside: a cube per residue, which is also how facts lie in files and how work is shared.

The trap: a cell without a result holds a load of 0 as well. ``n`` tells: nothing was measured where it is 0. And where most
cells are empty (below one in twenty) a grouped query takes less memory than a cube.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import compiled
from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.uint32]
Index = npt.NDArray[np.int64]


class Cube(NamedTuple):
    """Sums of one level, each of shape ``(n_areas, n_periods)``: load, population, and how many results these are of.

    ``load`` and ``population`` in the unit of the rows; per head is one over the other, a ratio of sums.
    """

    load: Array
    population: Array
    n: Counts


@compiled
def _add_rows(
    site: npt.NDArray[Any],
    day: npt.NDArray[Any],
    load: npt.NDArray[Any],
    population: npt.NDArray[Any],
    period_of_day: Index,
    cube: Cube,
) -> int:
    """Add rows to their cells; the first row that has none, or -1."""
    loads, people, n = cube
    for i in range(site.size):
        if site[i] < 0 or site[i] >= n.shape[0] or day[i] < 0 or day[i] >= period_of_day.size:
            return i
        period = period_of_day[day[i]]
        if period < 0 or period >= n.shape[1]:
            return i
        # Not a number, so no result: neither its load nor its people count.
        if load[i] == load[i] and population[i] == population[i]:
            loads[site[i], period] += load[i]
            people[site[i], period] += population[i]
            n[site[i], period] += 1
    return -1


@compiled
def _add_members(members: Cube, parent: Index, cube: Cube) -> None:
    """Add every member's row to that of its area, in the order of members."""
    for row in range(parent.size):
        for k in range(members[2].shape[1]):
            cube[0][parent[row], k] += members[0][row, k]
            cube[1][parent[row], k] += members[1][row, k]
            cube[2][parent[row], k] += members[2][row, k]


def site_cube(
    site: npt.ArrayLike,
    day: npt.ArrayLike,
    load: npt.ArrayLike,
    population: npt.ArrayLike,
    period_of_day: npt.ArrayLike,
    n_sites: int,
    n_periods: int,
) -> Cube:
    """Sums per site and period, of one residue.

    Parameters
    ----------
    site, day
        Whole numbers from 0, a row each; in any order.
    load, population
        Per row; a row of which either is not a number counts for nothing. Added in float64 in the order of rows.
    period_of_day
        Which period each day belongs to, ``0 … n_periods - 1``.
    n_sites, n_periods
        Shape of the cube.

    Returns
    -------
    Cube
        Of shape ``(n_sites, n_periods)``.

    Raises
    ------
    DataRefused
        ``HW-D559`` where columns are not equally long, or a row has no cell.

    Examples
    --------
    Site 0 has days 0 and 6, both of week 0: 2 + 3.

    >>> week = np.arange(14) // 7
    >>> cube = site_cube([0, 1, 0], [0, 8, 6], [2.0, 7.0, 3.0], [10.0, 20.0, 10.0], week, 2, 2)
    >>> cube.load.tolist(), cube.n.tolist()
    ([[5.0, 0.0], [0.0, 7.0]], [[2, 0], [0, 1]])
    """
    sites, days, loads, people = (_read_only(column) for column in (site, day, load, population))
    columns = (sites, days, loads, people)
    if len({column.shape for column in columns}) > 1:
        raise DataRefused(
            "The columns of a cube are not equally long.",
            found=", ".join(str(column.size) for column in columns),
            remedy="Give site, day, load and population of each row",
            code="HW-D559",
        )
    cube = _empty(n_sites, n_periods)
    wrong = _add_rows(sites, days, loads, people, _read_only(np.asarray(period_of_day, dtype=np.int64)), cube)
    if wrong >= 0:
        raise DataRefused(
            "A row has no cell in the cube.",
            where=f"row {wrong}",
            found=f"site {sites[wrong]}, day {days[wrong]}",
            remedy=f"Give sites below {n_sites} and days of one of {n_periods} periods",
            code="HW-D559",
        )
    return cube


def roll_up(sites: Cube, parents: Sequence[npt.ArrayLike]) -> list[Cube]:
    """The cube of every level, that of the sites first.

    Parameters
    ----------
    sites
        Of the lowest level.
    parents
        For each level above, the area that each area of the level below belongs to, from 0.

    Returns
    -------
    list
        One more than ``parents``.

    Raises
    ------
    DataRefused
        ``HW-D560`` where a level does not give every area below it a place.

    Examples
    --------
    >>> one = np.array([[1.0], [2.0], [4.0]])
    >>> levels = roll_up(Cube(one, 10 * one, np.ones((3, 1), dtype=np.uint32)), [[0, 0, 1], [0, 0]])
    >>> [level.load[:, 0].tolist() for level in levels]
    [[1.0, 2.0, 4.0], [3.0, 4.0], [7.0]]
    """
    levels = [sites]
    for number, given in enumerate(parents, start=1):
        parent, below = _read_only(np.asarray(given, dtype=np.int64)), levels[-1]
        if parent.shape != below.n.shape[:1] or (parent.size and parent.min() < 0):
            raise DataRefused(
                "A level does not say where each area below it belongs.",
                where=f"level {number} above the sites",
                found=f"{parent.size} places for {below.n.shape[0]} areas",
                remedy="Give one area, from 0, for each area of the level below",
                code="HW-D560",
            )
        cube = _empty(int(parent.max()) + 1 if parent.size else 0, below.n.shape[1])
        _add_members(below, parent, cube)
        levels.append(cube)
    return levels


def _empty(n_areas: int, n_periods: int) -> Cube:
    shape = (n_areas, n_periods)
    return Cube(np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.uint32))


def _read_only(column: npt.ArrayLike) -> npt.NDArray[Any]:
    """A column as the kernels take it, whoever owns the memory: never written to, so that there is one kind of it."""
    view = np.ascontiguousarray(column).view()
    view.flags.writeable = False
    return view
