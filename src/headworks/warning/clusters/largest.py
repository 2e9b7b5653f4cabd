"""The largest log-likelihood ratio of every replicate, over all windows, exactly and without a logarithm in the inner loop.

For cases ``c`` in a window of measure ``e`` the ratio grows with ``c`` and falls with ``e``. So windows are put into narrow
classes of ``e``, and of each class and replicate only the largest ``c`` is kept: an addition and a comparison, of many
replicates at once. With the ends of the class this bounds the largest ratio from below (G9)::

    bound = max over classes of LLR(largest c, largest e met)

A second walk marks the chains in which a window can reach the bound; of those the ratio is computed, each with its own ``e``.
The result is the exact maximum, whatever the classes are; they decide the time alone.

The trap: replicates stand innermost, so that one step of a window is one contiguous addition; a comparison that is summed up
there and then, rather than kept for the end of the chain, is done one replicate at a time and triples the time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import compiled
from headworks.warning.clusters.likelihood import log_ratio

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]
Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# Replicates done at once: two rows of 64 bytes, and the counts of 2,000 locations stay in the second cache.
TOGETHER = 32
# Classes of measure, equally wide on the square root: where the scatter of counts is the same.
_CLASSES = 2048
_NEVER = 2_147_483_647
# Rounding of a bound, far above that of a ratio and far below what a case changes.
_SLACK = 1e-9


@compiled
def _class_of(size: float, scale: float) -> np.uint32:
    """Class of a measure; unsigned, so that no place is counted from the end."""
    return np.uint32(max(0, min(_CLASSES - 1, int(np.sqrt(max(size, 0.0)) * scale))))


@compiled
def _fill(
    start: Index,
    step: Counts,
    is_end: Flags,
    measure: Array,
    span: Counts,
    scale: float,
    most: Counts,
    low: Array,
    high: Array,
) -> None:
    """The largest cases of every class and replicate, and the ends of the measures met."""
    have = np.zeros(TOGETHER, np.int32)
    for chain in range(start.size - 1):
        for r in range(TOGETHER):
            have[r] = 0
        size = 0.0
        for at in range(start[chain], start[chain + 1]):
            row = np.uint32(step[at])
            size += measure[row]
            more = span[row]
            if not is_end[at]:
                for r in range(TOGETHER):
                    have[r] += more[r]
                continue
            group = _class_of(size, scale)
            low[group] = min(low[group], size)
            high[group] = max(high[group], size)
            largest = most[group]
            for r in range(TOGETHER):
                cases = have[r] + more[r]
                have[r] = cases
                largest[r] = largest[r] if largest[r] > cases else cases


@compiled
def _bounds(
    most: Counts, low: Array, high: Array, model: int, total: float, whole: float, least: int, best: Array, need: Counts,
    is_needed: Flags,
) -> None:  # fmt: skip
    """A lower bound of every replicate's largest ratio (G9), and the cases with which a window of a class may reach it."""
    for group in range(low.size):
        for r in range(best.size):
            if most[group, r] >= least:
                best[r] = max(best[r], log_ratio(model, most[group, r], high[group], total, whole))
    for group in range(low.size):
        for r in range(best.size):
            cases = most[group, r]
            bound = best[r] - _SLACK * (1.0 + best[r])
            if cases < least or best[r] == 0.0 or log_ratio(model, cases, low[group], total, whole) < bound:
                continue
            while cases > least and log_ratio(model, cases - 1, low[group], total, whole) >= bound:
                cases -= 1
            need[group, r] = cases
            is_needed[group] = True


@compiled
def _reach(
    start: Index, step: Counts, is_end: Flags, measure: Array, span: Counts, scale: float, need: Counts, is_needed: Flags,
    model: int, total: float, whole: float, best: Array,
) -> None:  # fmt: skip
    """Raise ``best`` to the ratio of every window that has the cases its class needs."""
    have, has_reached = np.zeros(TOGETHER, np.int32), np.zeros(TOGETHER, np.int32)
    for chain in range(start.size - 1):
        for r in range(TOGETHER):
            have[r] = has_reached[r] = 0
        size = 0.0
        for at in range(start[chain], start[chain + 1]):
            row = np.uint32(step[at])
            size += measure[row]
            more = span[row]
            group = _class_of(size, scale)
            if not (is_end[at] and is_needed[group]):
                for r in range(TOGETHER):
                    have[r] += more[r]
                continue
            needed = need[group]
            for r in range(TOGETHER):
                cases = have[r] + more[r]
                have[r] = cases
                has_reached[r] = 1 if cases >= needed[r] else has_reached[r]
        for r in range(TOGETHER):
            if has_reached[r]:
                _reach_one(
                    start[chain], start[chain + 1], step, is_end, measure, span, scale, need, model, total, whole, r, best
                )


@compiled
def _reach_one(
    first: int, last: int, step: Counts, is_end: Flags, measure: Array, span: Counts, scale: float, need: Counts, model: int,
    total: float, whole: float, r: int, best: Array,
) -> None:  # fmt: skip
    """The same chain once more, of one replicate."""
    cases, size = 0, 0.0
    for at in range(first, last):
        row = np.uint32(step[at])
        size += measure[row]
        cases += span[row, r]
        if is_end[at] and cases >= need[_class_of(size, scale), r]:
            best[r] = max(best[r], log_ratio(model, cases, size, total, whole))


@compiled
def largest_ratios(
    start: Index, step: Counts, is_end: Flags, measure: Array, periods: Index, counts: Counts, model: int, total: float,
    whole: float, least: int, best: Array,
) -> None:  # fmt: skip
    """The largest ratio of each of ``TOGETHER`` replicates over windows and spans of periods.

    Parameters
    ----------
    start, step, is_end
        The windows (``windows.Windows``).
    measure
        Measure of every row in every span of periods, shape ``(n_spans, n_rows)``; of a row that takes away, negative.
    periods
        First and last period of every span, shape ``(n_spans, 2)``.
    counts
        Cases, shape ``(n_periods, n_rows, TOGETHER)``; of a row that takes away, negative.
    model, total, whole
        As of ``likelihood.log_ratio``.
    least
        Windows with fewer cases do not count.
    best
        Room for the result, shape ``(TOGETHER,)``; 0 where no window has more than its share.
    """
    most, need = np.zeros((_CLASSES, TOGETHER), np.int32), np.full((_CLASSES, TOGETHER), _NEVER, np.int32)
    low, high = np.full(_CLASSES, np.inf), np.zeros(_CLASSES)
    is_needed = np.zeros(_CLASSES, np.bool_)
    span = np.zeros((counts.shape[1], TOGETHER), np.int32)
    scale = _CLASSES / np.sqrt(whole)
    for r in range(TOGETHER):
        best[r] = 0.0
    for which in range(measure.shape[0]):
        _sum_span(counts, periods[which, 0], periods[which, 1], span)
        _fill(start, step, is_end, measure[which], span, scale, most, low, high)
    _bounds(most, low, high, model, total, whole, least, best, need, is_needed)
    for which in range(measure.shape[0]):
        _sum_span(counts, periods[which, 0], periods[which, 1], span)
        _reach(start, step, is_end, measure[which], span, scale, need, is_needed, model, total, whole, best)


@compiled
def _sum_span(counts: Counts, first: int, last: int, span: Counts) -> None:
    """Counts of all rows over a span of periods."""
    for row in range(span.shape[0]):
        for r in range(TOGETHER):
            span[row, r] = counts[first, row, r]
    for period in range(first + 1, last + 1):
        for row in range(span.shape[0]):
            for r in range(TOGETHER):
                span[row, r] += counts[period, row, r]
