"""Counts in a table with margins: which cells to withhold, at the least loss.

A count below the threshold (and not zero) is withheld; and so are others, chosen such that the margins leave every small one
an interval as wide as the threshold. The least loss is a mixed-integer programme (D8): for each small cell there must be a
table with the same margins in which it is higher, and one in which it is lower, that differ only where cells are withheld:

    min  sum a_ij y_ij     s.t.  for each small p:  d(p, +-) has zero margins,  -a_ij y_ij <= d_ij <= A y_ij,
                                 d_p(p, +) - d_p(p, -) >= threshold

The trap: one more cell in the row does not protect a small cell; its column still gives it away.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.disclosure.linear_audit import audit_table
from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
# Cells times small cells up to which the programme is solved exactly.
_MOST_EXACT = 4_000
# A cell of zero costs a little, so that none is withheld for nothing.
_ZERO_COST = 1e-3
_SECONDS = 30.0


class SuppressedTable(NamedTuple):
    """``primary`` and ``secondary`` mark cells; ``cost`` is the sum of the secondary ones; ``audit`` as of ``audit_table``."""

    primary: Mask
    secondary: Mask
    cost: float
    audit: pl.DataFrame

    @property
    def suppressed(self) -> Mask:
        """All cells to withhold."""
        return self.primary | self.secondary


def suppress_table(counts: npt.ArrayLike, threshold: int, *, protection: float | None = None) -> SuppressedTable:
    """Cells to withhold of a table of counts whose margins are published.

    Parameters
    ----------
    counts
        ``(n_rows, n_columns)`` without margins.
    threshold
        A count from 1 to below it is small.
    protection
        Width of the interval that a reader may at best get at; the threshold when None.

    Raises
    ------
    DataRefused
        ``HW-D493`` for a table that is not one of counts, or that no suppression protects.

    Examples
    --------
    >>> counts = [[20, 50, 10, 22], [8, 19, 22, 30], [17, 32, 12, 3], [9, 31, 4, 18]]
    >>> answer = suppress_table(counts, 5)
    >>> np.argwhere(answer.secondary).tolist(), answer.cost
    ([[2, 2], [3, 3]], 30.0)
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise DataRefused(
            "A table of counts has rows and columns of numbers of at least 0.",
            found=f"shape {table.shape}",
            remedy="Give the inner cells, without margins",
            code="HW-D493",
        )
    wide = float(threshold if protection is None else protection)
    primary = (table > 0) & (table < threshold)
    secondary = np.zeros_like(primary)
    if primary.any():
        is_small = table.size * int(primary.sum()) <= _MOST_EXACT
        found = _least_loss(table, primary, wide) if is_small else None
        secondary = _greedy(table, primary, wide) if found is None else found
    audit = audit_table(table, primary | secondary, wide).filter(pl.Series(primary[primary | secondary]))
    if not audit["is_protected"].all():
        raise DataRefused(
            "No suppression protects this table.",
            found=f"{audit.height} small cells in {table.shape[0]} rows and {table.shape[1]} columns",
            remedy="Put rows or columns together",
            code="HW-D493",
        )
    return SuppressedTable(primary, secondary, float(table[secondary].sum()), audit)


def _least_loss(table: Array, primary: Mask, wide: float) -> Mask | None:
    """The secondary cells of least total (D8); None when the solver finds none in its time."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    n, targets = table.size, np.flatnonzero(primary)
    value, ceiling = table.ravel(), max(float(table.sum()), wide)
    n_vars = n * (1 + 2 * targets.size)
    row, column, factor, low, high = [], [], [], list[float](), list[float]()

    def add(columns: npt.ArrayLike, factors: npt.ArrayLike, least: float, most: float) -> None:
        columns = np.asarray(columns)
        row.append(np.full(columns.size, len(low)))
        column.append(columns)
        factor.append(np.broadcast_to(np.asarray(factors, dtype=float), columns.shape))
        low.append(least)
        high.append(most)

    lines = [np.arange(n).reshape(table.shape)[i] for i in range(table.shape[0])]
    lines += [np.arange(n).reshape(table.shape)[:, j] for j in range(table.shape[1])]
    for place, target in enumerate(targets):
        up, down = n * (1 + 2 * place), n * (2 + 2 * place)
        for start in (up, down):
            for line in lines:
                add(start + line, 1.0, 0.0, 0.0)
            for cell in range(n):
                add([start + cell, cell], [1.0, value[cell]], 0.0, np.inf)
                add([start + cell, cell], [1.0, -ceiling], -np.inf, 0.0)
        add([up + target, down + target], [1.0, -1.0], wide, np.inf)
    matrix = coo_array((np.concatenate(factor), (np.concatenate(row), np.concatenate(column))), shape=(len(low), n_vars))
    is_binary = np.zeros(n_vars, dtype=np.int64)
    is_binary[:n] = 1
    least, most = np.full(n_vars, -ceiling), np.full(n_vars, ceiling)
    least[:n], most[:n] = primary.ravel(), 1.0
    cost = np.zeros(n_vars)
    cost[:n] = np.where(primary.ravel(), 0.0, np.maximum(value, _ZERO_COST))
    answer = milp(
        cost, constraints=LinearConstraint(matrix.tocsr(), low, high), integrality=is_binary, bounds=Bounds(least, most),
        options={"time_limit": _SECONDS},
    )  # fmt: skip
    if answer.x is None:
        return None
    chosen: Mask = (answer.x[:n] > 0.5).reshape(table.shape) & ~primary
    return chosen


def _greedy(table: Array, primary: Mask, wide: float) -> Mask:
    """For each small cell in turn the cheapest rectangle that gives it room, until the audit is content."""
    hidden = primary.copy()
    tried = np.zeros_like(primary)
    while True:
        audit = audit_table(table, hidden, wide)
        audit = audit.filter(pl.Series(primary[audit["row"].to_numpy(), audit["column"].to_numpy()]) & ~audit["is_protected"])
        audit = audit.filter(~pl.Series(tried[audit["row"].to_numpy(), audit["column"].to_numpy()]))
        if audit.is_empty():
            return hidden & ~primary
        for i, j in audit.select("row", "column").rows():
            tried[i, j] = True
            cost = np.where(hidden, 0.0, np.maximum(table, _ZERO_COST))
            # Corners (i, k), (l, j) and (l, k): the small cell rises by what the first two can fall, and falls with the third.
            room = np.minimum(table[i][None, :], table[:, j][:, None]) + np.minimum(table[i, j], table)
            total = cost[i][None, :] + cost[:, j][:, None] + cost
            total = np.where(room >= wide, total, np.inf)
            total[i, :], total[:, j] = np.inf, np.inf
            if np.isfinite(total).any():
                other_row, other_column = np.unravel_index(int(np.argmin(total)), total.shape)
                hidden[i, other_column] = hidden[other_row, j] = hidden[other_row, other_column] = True
            else:
                hidden[i, :] = hidden[:, j] = True
