"""The largest sum of ratios over several data sets at once (several drugs), and of normal ones.

The evidence of drugs that rise together is added (Kulldorff et al. 2007): of every window the sum over the drugs of their
log-likelihood ratios, each 0 where the drug is not above its share (G10). A squared excess bounds each ratio from above (G4);
only the chains in which that bound passes what was found before are walked with logarithms. Of normal data the bound is the
ratio.

The trap: replicates of the drugs are drawn independently. What they share that is no use (a flow meter, a population figure)
makes them rise together by right, and belongs into the expected values.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import compiled
from headworks.warning.clusters.largest import TOGETHER
from headworks.warning.clusters.likelihood import NORMAL, chi_square_factor, log_ratio

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]
Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@compiled
def window_ratio(model: int, have: Array, size: Array, total: Array, whole: Array, least: float) -> float:
    """(G10) of one window; 0 with fewer cases than ``least``."""
    cases = found = 0.0
    for which in range(have.size):
        cases += have[which]
        found += log_ratio(model, have[which], size[which], total[which], whole[which])
    if model != NORMAL and cases < least:
        return 0.0
    return found


@compiled
def best_window(
    start: Index, step: Counts, is_end: Flags, measure: Array, values: Array, taken: Index, model: int, total: Array,
    whole: Array, least: float,
) -> tuple[float, int, int]:  # fmt: skip
    """Largest ratio of one span of periods, its chain and the step its window ends at; the first of equal ones.

    Parameters
    ----------
    start, step, is_end
        The windows.
    measure, values
        Shape ``(n_sets, n_rows)``.
    taken
        Shape ``(n_rows,)``: 1 of a location no window may hold, -1 where a step takes it away, else 0.
    model, total, whole, least
        As of ``likelihood.log_ratio``, totals of shape ``(n_sets,)``.
    """
    best, best_chain, best_at = 0.0, -1, -1
    have, size = np.zeros(total.size), np.zeros(total.size)
    for chain in range(start.size - 1):
        barred = 0
        for which in range(total.size):
            have[which] = size[which] = 0.0
        for at in range(start[chain], start[chain + 1]):
            row = np.uint32(step[at])
            barred += taken[row]
            bound = 0.0
            for which in range(total.size):
                have[which] += values[which, row]
                size[which] += measure[which, row]
            if barred or not is_end[at]:
                continue
            for which in range(total.size):
                excess = have[which] - size[which] * total[which] / whole[which]
                if excess > 0.0:
                    bound += excess * excess * chi_square_factor(model, size[which], total[which], whole[which])
            if bound * (1.0 + 1e-9) > best:
                found = window_ratio(model, have, size, total, whole, least)
                if found > best:
                    best, best_chain, best_at = found, chain, at
    return best, best_chain, best_at


@compiled
def largest_sums(
    start: Index, step: Counts, is_end: Flags, measure: Array, periods: Index, values: Array, model: int, total: Array,
    whole: Array, least: float, best: Array,
) -> None:  # fmt: skip
    """The largest sum of ratios of each of ``TOGETHER`` replicates.

    Parameters
    ----------
    start, step, is_end
        The windows.
    measure
        Shape ``(n_sets, n_spans, n_rows)``.
    periods
        First and last period of every span.
    values
        Shape ``(n_sets, n_periods, n_rows, TOGETHER)``.
    model, total, whole, least
        As of :func:`best_window`.
    best
        Room for the result, shape ``(TOGETHER,)``.
    """
    n_sets, n_rows = values.shape[0], values.shape[2]
    span = np.zeros((n_rows, n_sets, TOGETHER))
    for r in range(TOGETHER):
        best[r] = 0.0
    for which in range(periods.shape[0]):
        for drug in range(n_sets):
            for row in range(n_rows):
                for r in range(TOGETHER):
                    span[row, drug, r] = 0.0
                    for period in range(periods[which, 0], periods[which, 1] + 1):
                        span[row, drug, r] += values[drug, period, row, r]
        _walk(start, step, is_end, measure, which, span, model, total, whole, least, best)


@compiled
def _walk(
    start: Index, step: Counts, is_end: Flags, measure: Array, which: int, span: Array, model: int, total: Array, whole: Array,
    least: float, best: Array,
) -> None:  # fmt: skip
    """All chains over one span: the bound of every window, then the chains that pass it."""
    n_sets = span.shape[1]
    have, size = np.zeros((n_sets, TOGETHER)), np.zeros(n_sets)
    bound, passed = np.zeros(TOGETHER), np.zeros(TOGETHER)
    for chain in range(start.size - 1):
        for r in range(TOGETHER):
            passed[r] = best[r]
        for drug in range(n_sets):
            size[drug] = 0.0
            for r in range(TOGETHER):
                have[drug, r] = 0.0
        for at in range(start[chain], start[chain + 1]):
            row = np.uint32(step[at])
            for r in range(TOGETHER):
                bound[r] = 0.0
            for drug in range(n_sets):
                size[drug] += measure[drug, which, row]
                share = size[drug] * total[drug] / whole[drug]
                factor = chi_square_factor(model, size[drug], total[drug], whole[drug]) if is_end[at] else 0.0
                for r in range(TOGETHER):
                    value = have[drug, r] + span[row, drug, r]
                    have[drug, r] = value
                    excess = value - share if value > share else 0.0
                    bound[r] += excess * excess * factor
            if is_end[at]:
                for r in range(TOGETHER):
                    passed[r] = bound[r] if bound[r] > passed[r] else passed[r]
        for r in range(TOGETHER):
            if passed[r] > best[r]:
                if model == NORMAL:
                    best[r] = passed[r]
                else:
                    _walk_one(
                        start[chain], start[chain + 1], step, is_end, measure, which, span, model, total, whole, least, r, best
                    )


@compiled
def _walk_one(
    first: int, last: int, step: Counts, is_end: Flags, measure: Array, which: int, span: Array, model: int, total: Array,
    whole: Array, least: float, r: int, best: Array,
) -> None:  # fmt: skip
    """One chain of one replicate with its logarithms."""
    have, size = np.zeros(total.size), np.zeros(total.size)
    for at in range(first, last):
        row = np.uint32(step[at])
        bound = 0.0
        for drug in range(total.size):
            have[drug] += span[row, drug, r]
            size[drug] += measure[drug, which, row]
            excess = have[drug] - size[drug] * total[drug] / whole[drug]
            if excess > 0.0:
                bound += excess * excess * chi_square_factor(model, size[drug], total[drug], whole[drug])
        if is_end[at] and bound > best[r]:
            best[r] = max(best[r], window_ratio(model, have, size, total, whole, least))
