r"""The best estimates of a tree that adds up, in one walk up and one walk down.

Up, from the leaves: what the children sum to, ``s`` with variance ``w``, meets the direct estimate ``y`` with variance ``v``:

    m = s + k (y - s),    u = k v,    k = w / (w + v)                                                     (R1)

Down, from the roots: a parent known as ``M`` with variance ``V`` is shared among children ``m_c`` with variances ``u_c``. With
``o_c`` and ``s_c`` the variance and the sum of the *other* children, and ``g_c = u_c / (u_c + o_c)``,

    M_c = (1 - g_c) m_c + g_c (M - s_c),    V_c = g_c^2 V + g_c o_c                                       (R2)

The trap: ``V_c`` is often written ``u_c - g_c^2 (sum u - V)``. Where one child is far less certain than the rest that is a
difference of two large numbers. (R2) adds positive ones; the others are summed from both ends, not by taking a child away.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import compiled

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@compiled
def reconcile_columns(
    order: Index, start: Index, children: Index, mean: Array, variance: Array,
    out_mean: Array, out_variance: Array, first: int, last: int, together: int,
) -> int:  # fmt: skip
    """Write columns ``first`` to ``last`` of the reconciled means and variances, some together; count cells of no sense.

    An infinite variance is no estimate, whatever its mean. A reconciled variance is infinite where nothing is known, and the
    mean then not a number.
    """
    most = 0
    for place in range(order.size):
        most = max(most, start[place + 1] - start[place])
    sums, variances = np.zeros((most + 2, together)), np.zeros((most + 2, together))
    faults = 0
    for left in range(first, last, together):
        width = min(together, last - left)
        for place in range(order.size - 1, -1, -1):
            node, family = order[place], children[start[place] : start[place + 1]]
            faults += _merge_upwards(node, family, mean, variance, out_mean, out_variance, left, width, sums[0], variances[0])
        for place in range(order.size):
            node, family = order[place], children[start[place] : start[place + 1]]
            _share_downwards(node, family, out_mean, out_variance, left, width, sums, variances)
    return faults


@compiled
def _merge_upwards(
    node: int, family: Index, mean: Array, variance: Array, out_mean: Array, out_variance: Array,
    left: int, width: int, total_mean: Array, total_variance: Array,
) -> int:  # fmt: skip
    """Estimate of a node from its children and its own direct estimate (R1); how many of the latter cannot be read."""
    faults = 0
    for column in range(width):
        total_mean[column] = 0.0
        total_variance[column] = 0.0 if family.size else np.inf
    for child in family:
        for column in range(width):
            total_mean[column] += out_mean[child, left + column]
            total_variance[column] += out_variance[child, left + column]
    # What is not used is computed all the same: without jumps, columns are done several at a time.
    for column in range(width):
        y, v = mean[node, left + column], variance[node, left + column]
        m, w = total_mean[column], total_variance[column]
        has_own, has_sum = v < np.inf, w < np.inf
        both = w + v
        k = w / both
        met, met_variance = m + k * (y - m), k * v
        met = met if has_sum else y
        met_variance = met_variance if has_sum else v
        keeps_sum = (not has_own) or both == 0.0
        # A sum of which a part is unknown must not spoil the sums above it.
        m = m if has_sum else 0.0
        out_mean[node, left + column] = m if keeps_sum else met
        out_variance[node, left + column] = w if keeps_sum else met_variance
        faults += 0 if v >= 0.0 and (abs(y) < np.inf or not has_own) else 1
    return faults


@compiled
def _share_downwards(
    node: int, family: Index, out_mean: Array, out_variance: Array, left: int, width: int, sums: Array, variances: Array
) -> None:
    """Estimates of the children of a node that is known from everything (R2)."""
    after = family.size + 1
    for column in range(width):
        sums[0, column] = 0.0
        variances[0, column] = 0.0
    for at in range(family.size):
        for column in range(width):
            sums[at + 1, column] = sums[at, column] + out_mean[family[at], left + column]
            variances[at + 1, column] = variances[at, column] + out_variance[family[at], left + column]
    for column in range(width):
        sums[after, column] = 0.0
        variances[after, column] = 0.0
    for at in range(family.size - 1, -1, -1):
        child = family[at]
        for column in range(width):
            m, u = out_mean[child, left + column], out_variance[child, left + column]
            above, above_variance = out_mean[node, left + column], out_variance[node, left + column]
            rest = above - (sums[at, column] + sums[after, column])
            others = variances[at, column] + variances[after, column]
            g = u / (u + others)
            stays = others == np.inf or u + others == 0.0
            shared = m if stays else (1.0 - g) * m + g * rest
            shared_variance = u if stays else g * g * above_variance + g * others
            left_over = rest if others < np.inf else 0.0
            out_mean[child, left + column] = shared if u < np.inf else left_over
            out_variance[child, left + column] = shared_variance if u < np.inf else above_variance + others
            sums[after, column] += m
            variances[after, column] += u
    for column in range(left, left + width):
        out_mean[node, column] = out_mean[node, column] if out_variance[node, column] < np.inf else np.nan
