"""Brute force: every sum and difference of two or three published figures, and the group of people it speaks of.

Slow and obvious: the audit that ``protect`` is held to. Each figure is a row of zeros and ones over *cells* (a catchment in a
period); ``A - B``, ``A + B - C`` and their like speak of the cells where they are not zero. A group below the floor, of too
few sites or dominated by one, is a disclosure. ``A - B - C`` speaks of the same people as ``B + C - A`` and is not tried
twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.disclosure.audit_cells import AuditCells, audit_cells
from headworks.core.disclosure.groups import DOMINANCE, POPULATION, SAFE, SITES, Index, judge_groups
from headworks.core.disclosure.tiers import TierRule

WORDS = {POPULATION: "primary_population", SITES: "primary_sites", DOMINANCE: "dominance"}


def brute_force_differences(
    published: pl.DataFrame, members: pl.DataFrame, sites: pl.DataFrame, rule: TierRule, *, together: int = 3
) -> pl.DataFrame:
    """Every pair and triple of published figures whose sum or difference discloses a small group; empty is well.

    Parameters
    ----------
    published
        ``unit_kind, unit_id, period`` of the figures that were shown.
    members
        As for :func:`protect`: of the shown figures, and of their units in the shortest periods inside them.
    sites
        ``site_id, is_named, is_institution``.
    rule
        The tier's.
    together
        2 for pairs, 3 for pairs and triples.

    Returns
    -------
    pl.DataFrame
        ``figures`` (``A + B - C`` in words), ``cells`` (catchments and periods revealed), ``people``, ``why``; a group that
        several combinations reveal is told once, by the first.
    """
    cells = audit_cells(published, members, sites)
    seen, found = set[bytes](), []
    for names, support in _combinations(cells, together):
        group, cell = np.nonzero(support)
        catchment = cells.catchment[cell]
        key = group * (int(cells.catchment.max()) + 1) + catchment
        _, once = np.unique(key, return_index=True)
        verdict = judge_groups(group[once], cells.site[cell[once]], cells.people[cell[once]], cells.flags, len(names), rule)
        for row in np.flatnonzero((verdict != SAFE) & support.any(axis=1)):
            mark = support[row].tobytes()
            if mark not in seen:
                seen.add(mark)
                found.append((names[row], *_described(cells, np.flatnonzero(support[row])), WORDS[int(verdict[row])]))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "figures": pl.String,
        "cells": pl.List(pl.String),
        "people": pl.Float64,
        "why": pl.String,
    }
    return pl.DataFrame(found, schema=pl.Schema(schema), orient="row")


def _combinations(cells: AuditCells, together: int) -> Iterator[tuple[list[str], npt.NDArray[np.bool_]]]:
    """Names of combinations and the cells they speak of, many at a time."""
    matrix, names = cells.matrix, cells.names
    for i in range(len(names) - 1):
        rest = range(i + 1, len(names))
        yield [f"{names[i]} - {names[j]}" for j in rest], matrix[i] != matrix[i + 1 :]
    if together < 3:
        return
    overlaps = (matrix.astype(np.int32) @ matrix.T.astype(np.int32)) > 0
    for i, j in combinations(range(len(names)), 2):
        # Where C touches neither or only one of A and B, nothing cancels that a pair would not cancel.
        thirds = [k for k in np.flatnonzero(overlaps[i] & overlaps[j]) if k not in (i, j)]
        if thirds:
            yield [f"{names[i]} + {names[j]} - {names[k]}" for k in thirds], (matrix[i] + matrix[j] - matrix[thirds]) != 0


def _described(cells: AuditCells, revealed: Index) -> tuple[list[str], float]:
    residents = dict(zip(cells.catchment[revealed].tolist(), cells.people[revealed].tolist(), strict=True))
    return [cells.cell_names[cell] for cell in revealed], float(sum(residents.values()))
