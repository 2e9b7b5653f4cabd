"""How well a reader who can solve equations knows what was withheld.

Every published figure is a linear equation over what nobody published; loads and counts are not negative. The least and the
most that a withheld figure can be, given all of them, are two linear programmes (D7):

    min, max  h x     subject to   M x = b,   x >= 0

A withheld figure is protected when that interval is at least as wide as asked. For small tables: every figure costs two
solutions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_ROUNDING = 1e-7


def audit_by_lp(
    published: npt.ArrayLike, values: npt.ArrayLike, withheld: npt.ArrayLike, truth: npt.ArrayLike, protection: npt.ArrayLike
) -> pl.DataFrame:
    """Interval of every withheld figure that follows from the published ones (D7).

    Parameters
    ----------
    published
        ``(n_published, n_cells)``: coefficients of each published figure.
    values
        ``(n_published,)``: what was published.
    withheld
        ``(n_withheld, n_cells)``: coefficients of each withheld figure.
    truth
        ``(n_withheld,)``: what they are, in the unit of the values.
    protection
        Width that protects, one for all or one each; same unit.

    Returns
    -------
    pl.DataFrame
        ``figure`` (row of ``withheld``), ``value``, ``lower``, ``upper`` (empty when unbounded), ``is_protected``.

    Raises
    ------
    DataRefused
        ``HW-D492`` when the published values contradict one another.

    Examples
    --------
    A total of 15 of which neither part is known:

    >>> audit_by_lp([[1, 1]], [15], [[1, 0]], [3], 5).rows()
    [(0, 3.0, 0.0, 15.0, True)]
    """
    from scipy.optimize import linprog

    matrix, given = np.atleast_2d(np.asarray(published, dtype=float)), np.asarray(values, dtype=float)
    rows, known = np.atleast_2d(np.asarray(withheld, dtype=float)), np.asarray(truth, dtype=float)
    # Loads of a province span many powers of ten; the solver's tolerance is absolute.
    scale = max(float(np.abs(given).max(initial=0.0)), 1e-300)
    width = np.broadcast_to(np.asarray(protection, dtype=float), known.shape)
    bounds = np.full((rows.shape[0], 2), np.nan)
    for i, row in enumerate(rows):
        for side, sign in enumerate((1.0, -1.0)):
            answer = linprog(sign * row, A_eq=matrix, b_eq=given / scale, bounds=(0, None), method="highs")
            if answer.status == 2:
                raise DataRefused(
                    "The published figures contradict one another.",
                    found=f"{given.size} figures over {matrix.shape[1]} cells",
                    remedy="Audit figures of one edition, before rounding",
                    code="HW-D492",
                )
            bounds[i, side] = sign * float(answer.fun or 0.0) * scale if answer.status == 0 else sign * -np.inf
    lower, upper = bounds[:, 0] + 0.0, bounds[:, 1] + 0.0
    is_wide = upper - lower >= width * (1 - _ROUNDING) - _ROUNDING * np.abs(known)
    is_wide &= upper - lower > _ROUNDING * scale
    return pl.DataFrame(
        {
            "figure": np.arange(known.size),
            "value": known,
            "lower": _clean(lower),
            "upper": pl.Series(_clean(upper)).replace(np.inf, None),
            "is_protected": is_wide,
        }
    )


def _clean(values: Array) -> Array:
    """Without the solver's noise around zero and around whole numbers."""
    is_finite = np.isfinite(values)
    nearest = np.round(np.where(is_finite, values, 0.0))
    near = is_finite & (np.abs(np.where(is_finite, values, 1.0) - nearest) < 1e-6)
    return np.where(near, nearest, values) + 0.0


def audit_table(counts: npt.ArrayLike, suppressed: npt.ArrayLike, protection: float) -> pl.DataFrame:
    """Interval of every suppressed cell of a table whose margins and other cells are published.

    Parameters
    ----------
    counts
        ``(n_rows, n_columns)`` without margins.
    suppressed
        Same shape: which cells are withheld.
    protection
        Width that protects, counts.

    Returns
    -------
    pl.DataFrame
        ``row, column, value, lower, upper, is_protected``.
    """
    table, hidden = np.asarray(counts, dtype=float), np.asarray(suppressed, dtype=bool)
    row, column = np.nonzero(hidden)
    if not row.size:
        schema = {"row": pl.Int64, "column": pl.Int64, "value": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}
        return pl.DataFrame(schema={**schema, "is_protected": pl.Boolean})
    margins = np.zeros((table.shape[0] + table.shape[1], row.size))
    margins[row, np.arange(row.size)] = 1.0
    margins[table.shape[0] + column, np.arange(row.size)] = 1.0
    open_cells = np.where(hidden, table, 0.0)
    sums = np.concatenate([open_cells.sum(axis=1), open_cells.sum(axis=0)])
    found = audit_by_lp(margins, sums, np.eye(row.size), table[row, column], protection)
    return found.select(row=pl.Series(row), column=pl.Series(column), value="value", lower="lower", upper="upper",
                        is_protected="is_protected")  # fmt: skip
