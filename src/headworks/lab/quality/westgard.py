r"""Multi-rules on controls, z = (x - target) / s, within each level, across levels and across runs.

    1_2s  |z| > 2                           4_1s   four in a row beyond 1 on one side
    1_3s  |z| > 3                           n_x    n in a row on one side of 0, n of 8, 10, 12
    2_2s  two in a row beyond 2 on one side 7_t    seven in a row each above, or each below, the one before     (J9)
    R_4s  within a run, one above 2 and one below -2

*In a row* is meant within a level over all runs, and across levels in the order of measurement; for 2_2s across levels, two
levels of one run, in whatever order they were measured. All comparisons are strict: 2.0 is not beyond 2. A control without a
number is not in the row. Rules look back only: the control that completes a pattern breaks the rule, and what is measured
later changes nothing.

The trap: R_4s across runs would be a shift, which other rules find; it holds within a run alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# How many in a row, by name of the rule.
_IN_A_ROW = {"2_2s": 2, "4_1s": 4, "8_x": 8, "10_x": 10, "12_x": 12}
_TREND = 7
RULES = ("1_2s", "1_3s", "2_2s", "r_4s", "4_1s", "8_x", "10_x", "12_x", "7_t")


def broken_rules(z: Array, series: Index, run: Index, level: Index, limits: Mapping[str, float]) -> dict[str, Flags]:
    """Which control breaks which rule (J9).

    Parameters
    ----------
    z
        Standardised controls in order of measurement within their series, shape ``(n,)``; not a number where there is none.
    series
        Laboratory, instrument and analyte of each: what is followed over time, whole numbers in any order.
    run
        Batch of each, rising within a series.
    level
        Level of each.
    limits
        Name of each rule that is applied, of ``RULES``, and its multiple of s (0 for ``8_x`` and its like; not read for
        ``7_t``).

    Returns
    -------
    dict
        For each rule named, shape ``(n,)``: whether this control breaks it, that is, completes its pattern.

    Raises
    ------
    DataRefused
        ``HW-D634`` for a rule that is not known, or arrays of different lengths.

    Examples
    --------
    >>> z, one = np.array([0.5, 2.1, 2.2]), np.zeros(3, dtype=np.int64)
    >>> broken_rules(z, one, np.arange(3), one, {"2_2s": 2.0, "1_3s": 3.0})["2_2s"].tolist()
    [False, False, True]
    """
    z = np.asarray(z, dtype=np.float64)
    strange = sorted(set(limits) - set(RULES))
    if strange or not z.shape == series.shape == run.shape == level.shape:
        raise DataRefused(
            "Multi-rules cannot be applied.",
            where="controls" if not strange else "quality rules, check westgard",
            found=", ".join(strange) or f"{z.size}, {series.size}, {run.size} and {level.size} numbers",
            remedy="Give rules of " + ", ".join(RULES) + ", and arrays of one length",
            code="HW-D634",
        )
    told = np.flatnonzero(np.isfinite(z))
    # Series together, each in order of measurement; and within it, levels together.
    merged = told[np.argsort(series[told], kind="stable")]
    by_level = merged[np.lexsort((level[merged], series[merged]))]
    found = {}
    for name, limit in limits.items():
        flags = np.zeros(z.size, dtype=bool)
        if name in ("1_2s", "1_3s"):
            flags[told] = np.abs(z[told]) > limit
        elif name == "r_4s":
            flags[merged] = _both_sides(z[merged], _starts(series[merged], run[merged]), limit)
        elif name == "7_t":
            flags[by_level] = _trend(z[by_level], _starts(series[by_level], level[by_level]))
        else:
            flags[by_level] = _in_a_row(z[by_level], _starts(series[by_level], level[by_level]), limit, _IN_A_ROW[name])
            if name == "2_2s":
                flags[merged] |= _two_levels(z[merged], series[merged], run[merged], level[merged], limit)
            else:
                flags[merged] |= _in_a_row(z[merged], _starts(series[merged]), limit, _IN_A_ROW[name])
        found[name] = flags
    return found


def _starts(*keys: Index) -> Flags:
    """Where a new group begins, of rows that stand together by group."""
    start = np.zeros(keys[0].size, dtype=bool)
    start[:1] = True
    for key in keys:
        start[1:] |= key[1:] != key[:-1]
    return start


def _run_length(holds: Flags, start: Flags) -> Index:
    """How many rows in a row hold up to here, within their group; 0 where this one does not."""
    place = np.arange(holds.size)
    # The last row that breaks the row: one that does not hold, or the one before a group.
    before = np.where(~holds, place, np.where(start, place - 1, -1))
    return place - np.maximum.accumulate(before) if holds.size else place


def _in_a_row(z: Array, start: Flags, limit: float, many: int) -> Flags:
    return (_run_length(z > limit, start) >= many) | (_run_length(z < -limit, start) >= many)


def _seen_before(holds: Flags, start: Flags) -> Flags:
    """Whether a row of this group, this one or an earlier, holds."""
    count = np.cumsum(holds)
    first = np.maximum.accumulate(np.where(start, np.arange(holds.size), 0)) if holds.size else count
    return np.asarray(count - (count - holds)[first] > 0, dtype=np.bool_)


def _both_sides(z: Array, start: Flags, limit: float) -> Flags:
    """Rows beyond the limit on one side after one, within the run, beyond it on the other."""
    above, below = z > limit, z < -limit
    return (above & _seen_before(below, start)) | (below & _seen_before(above, start))


def _two_levels(z: Array, series: Index, run: Index, level: Index, limit: float) -> Flags:
    """Rows beyond the limit after one of another level, within the run, beyond it on the same side."""
    start = _starts(series, run)
    found = np.zeros(z.size, dtype=bool)
    first = np.maximum.accumulate(np.where(start, np.arange(z.size), 0)) if z.size else np.zeros(0, dtype=np.int64)
    for holds in (z > limit, z < -limit):
        rows = np.flatnonzero(holds)
        # Of the rows beyond, the first of a run has none before it; any that differs from it in level, or follows one that
        # does.
        new = np.ones(rows.size, dtype=bool)
        if not rows.size:
            continue
        new[1:] = first[rows[1:]] != first[rows[:-1]]
        opener = np.maximum.accumulate(np.where(new, np.arange(rows.size), 0))
        differs = level[rows] != level[rows[opener]]
        found[rows] |= _seen_before(differs, new)
    return found


def _trend(z: Array, start: Flags) -> Flags:
    """Rows that end seven in a row, each above or each below the one before."""
    rises, falls = np.zeros(z.size, dtype=bool), np.zeros(z.size, dtype=bool)
    rises[1:], falls[1:] = z[1:] > z[:-1], z[1:] < z[:-1]
    rises[start] = falls[start] = False
    # Six steps join seven controls.
    return (_run_length(rises, start) >= _TREND - 1) | (_run_length(falls, start) >= _TREND - 1)
