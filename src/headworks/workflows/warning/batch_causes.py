r"""Do the other sites of a signal's laboratory batch depart likewise? Then the signal is about the batch.

Of the sites outside of the signal whose samples of a week were measured in the same batch, the median of what they
say, less what peers share (Y2), over its standard error with the batch's stated variance, is the standard normal of that batch
(X7).
The trap: the signal's own sites must not be among them, or a county that fills a batch would excuse itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.warning.budget import explain_shared
from headworks.warning.budget.shared_cause import NOT_BELIEVED
from headworks.workflows.warning.figures import week_of_rows
from headworks.workflows.warning.judged import Judged, Residue

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class BatchCause(NamedTuple):
    """Other sites of the batch, how they depart together (a standard normal), and whether that is beyond belief."""

    n_other_sites: int
    z: float
    is_odd: bool


def batch_cause(
    judged: Judged, one: Residue, inside: Index, speaking: npt.NDArray[np.bool_], is_above: bool
) -> BatchCause | None:
    """The batch of a signal whose other sites depart farthest in the signal's direction; None where none can be judged.

    Parameters
    ----------
    judged, one
        All units, and the residue of the signal.
    inside, speaking
        Of the signal: its sites, and its weeks, shape ``(n_weeks,)``.
    is_above
        Whether the signal lies above what was expected.
    """
    sign = 1.0 if is_above else -1.0
    found: list[BatchCause] = []
    for week in np.flatnonzero(speaking).tolist():
        label = batch_of_sites(judged, one, week)
        theirs = np.flatnonzero(np.isin(label, label[inside][label[inside] >= 0]))
        others = np.setdiff1d(theirs, inside)
        if not others.size:
            continue
        named, place = np.unique(label[others], return_inverse=True)
        residual = (one.weeks.value[others, week] - one.weeks.shared[others, week])[:, None]
        tau2 = float(one.sites.seen.batch_variance.mean())
        variance = (one.weeks.variance[others, week] + tau2)[:, None]
        z = explain_shared(residual, variance, np.eye(others.size), place[:, None], tau2).z
        found += [
            BatchCause(int((place == at).sum()), float(z[at]), bool(sign * z[at] > NOT_BELIEVED))
            for at in range(named.size) if not np.isnan(z[at])
        ]  # fmt: skip
    return max(found, key=lambda cause: sign * cause.z) if found else None


def batch_of_sites(judged: Judged, one: Residue, week: int) -> Index:
    """Batch in which most of each site's samples of a week were measured, -1 without; of equal ones the first."""
    rows = np.flatnonzero(week_of_rows(judged, one, np.arange(one.sites.seen.day.size)) == week)
    rows = rows[one.sites.seen.batch[rows] >= 0]
    pairs, n = np.unique(
        np.column_stack([one.site[one.sites.seen.of_series[rows]], one.sites.seen.batch[rows]]), axis=0, return_counts=True
    )
    label = np.full(judged.units.n_sites, -1, dtype=np.int64)
    # Written in order of how many samples, so that the batch of most stands.
    order = np.lexsort((-pairs[:, 1], n))
    label[pairs[order, 0]] = pairs[order, 1]
    return label
