r"""Residuals without what sites share that is no use: a batch of a laboratory, rain, a population figure.

Sites with one label (a batch and residue; or one site and all its drugs) share an effect ``B`` of known variance ``tau^2``
(uncertainty by scope). Of the ``n`` residuals with that label, ``M`` is the median, of error ``v``; with shares ``w`` of
the sites in a unit's roll-up and ``h`` their sum with one label,

    v = (pi / 2) (mean variance - tau^2) / n,   B = g M,   g = tau^2 / (tau^2 + v)                              (X7)
    r' = r - sum h B,    s'^2 = s^2 - sum h^2 (tau^2 - tau^2 (1 - g)^2 - g^2 v)                              (X8)

That a unit's own samples are in ``M`` is not counted: it narrows the middle, but a median does not follow the extreme sample
that would alarm, and with it counted tails come one and a half times too often. ``M / sqrt(tau^2 + v)`` is the standard
normal of the cause itself; beyond ``NOT_BELIEVED`` its variance is not believed, and ``g = 1``: then the finding is about
the cause, of the kind quality. The trap: where all that has a label lies in one area, a batch cannot be told from a change
there, so labels must cut across areas; and of what a whole province shares in a week, the province itself must be judged
before it is taken off.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Half of them must be free of any change of use, and a median of fewer says little.
FEWEST_SITES = 8
NOT_BELIEVED = 3.0


class Explained(NamedTuple):
    """``residual``, ``variance`` ``(n_units, n_drugs)`` of what is left; ``effect``, ``z`` ``(n_labels,)`` of the causes."""

    residual: Array
    variance: Array
    effect: Array
    z: Array

    @property
    def normal(self) -> Array:
        """Standard normals of what is left."""
        result: Array = self.residual / np.sqrt(self.variance)
        return result

    @property
    def is_quality(self) -> npt.NDArray[np.bool_]:
        """Causes that are beyond belief: these go to the laboratory, or whoever keeps flows and populations."""
        with np.errstate(invalid="ignore"):
            return np.abs(self.z) > NOT_BELIEVED


def explain_shared(
    residual: npt.ArrayLike, variance: npt.ArrayLike, shares: npt.ArrayLike, label: npt.ArrayLike, shared_variance: float
) -> Explained:
    """What is left of the residuals of units when the shared cause has been taken off (X7, X8).

    Parameters
    ----------
    residual, variance
        Of units and drugs, log scale, with the shared part; ``(n_units, n_drugs)``, the sites first; not a number where
        not assessable.
    shares
        Share of each site in each unit's roll-up, ``(n_units, n_sites)``; a site's own is 1.
    label
        Cause of each site and drug from 0, -1 of none; ``(n_sites, n_drugs)``.
    shared_variance
        Variance of the effect.

    Returns
    -------
    Explained
        Labels with fewer than 8 residuals have no ``z`` and are left as they are.

    Raises
    ------
    DataRefused
        ``HW-D824`` when shapes do not fit, or variances are not above the shared one.

    Examples
    --------
    Nine sites that are all 0.4 too high are a batch, not nine signals.

    >>> found = explain_shared(np.full((9, 1), 0.4), np.full((9, 1), 0.05), np.eye(9), np.zeros((9, 1), int), 0.01)
    >>> bool(found.is_quality[0]), found.residual.max().round(3).item()
    (True, 0.0)
    """
    r, s2 = np.array(residual, np.float64), np.array(variance, np.float64)
    weights, cause = np.asarray(shares, np.float64), np.asarray(label, np.int64)
    n_sites = cause.shape[0]
    if r.shape != s2.shape or weights.shape != (r.shape[0], n_sites) or cause.shape[1:] != r.shape[1:]:
        raise _refused(f"shapes {r.shape}, {s2.shape}, {weights.shape}, {cause.shape}")
    if (s2[:n_sites] <= shared_variance).any():
        raise _refused(f"a variance of {np.nanmin(s2[:n_sites]):g} that holds a shared one of {shared_variance:g}")
    effect, gain, z = _effects(r[:n_sites], s2[:n_sites], cause, shared_variance)
    for first, last in _alike(cause):
        labels, place = np.unique(cause[:, first], return_inverse=True)
        parts = np.zeros((n_sites, labels.size))
        parts[np.arange(n_sites), place] = 1.0
        held = weights @ parts
        # Labels of the drugs of a run, (labels, drugs); of a site without a label there is nothing to take off.
        at = np.stack([_by_place(cause[:, drug], place, labels.size) for drug in range(first, last)], axis=1)
        known = (at >= 0) & ~np.isnan(z[at])
        r[:, first:last] -= held @ np.where(known, effect[at], 0.0)
        s2[:, first:last] -= held**2 @ np.where(known, gain[at], 0.0)
    return Explained(r, s2, effect, z)


def _alike(cause: Index) -> list[tuple[int, int]]:
    """Runs of drugs whose sites are grouped alike, first and last (exclusive); most often one run."""
    groups = [np.unique(column, return_inverse=True)[1] for column in cause.T]
    cuts = [drug for drug in range(1, len(groups)) if not np.array_equal(groups[drug], groups[drug - 1])]
    return list(zip([0, *cuts], [*cuts, len(groups)], strict=True)) if groups else []


def _by_place(labels: Index, place: Index, n_places: int) -> Index:
    """The label at each place of a grouping."""
    found = np.empty(n_places, np.int64)
    found[place] = labels
    return found


def _effects(r: Array, s2: Array, cause: Index, tau2: float) -> tuple[Array, Array, Array]:
    """Effect, variance it takes off, and standard normal of each label."""
    there = (cause >= 0) & ~np.isnan(r)
    n_labels = int(cause.max(initial=-1)) + 1
    of, values = cause[there], r[there]
    n = np.bincount(of, minlength=n_labels)
    ordered = values[np.lexsort((values, of))]
    first = np.concatenate([[0], np.cumsum(n)])[:-1]
    enough = n >= FEWEST_SITES
    middle, error = np.full(n_labels, np.nan), np.full(n_labels, np.nan)
    low, high = first[enough] + (n[enough] - 1) // 2, first[enough] + n[enough] // 2
    middle[enough] = (ordered[low] + ordered[high]) / 2
    own = np.bincount(of, s2[there], n_labels)[enough] / n[enough] - tau2
    error[enough] = np.pi / 2 * own / n[enough]
    z = middle / np.sqrt(tau2 + error)
    with np.errstate(invalid="ignore"):
        odd = np.abs(z) > NOT_BELIEVED
    part = np.where(odd, 1.0, tau2 / (tau2 + error))
    gain = tau2 - tau2 * (1 - part) ** 2 - part**2 * error
    return part * middle, gain, z


def _refused(found: str) -> DataRefused:
    return DataRefused(
        "Shared causes need residuals of units with the sites first, shares of sites, and labels.", found=found,
        remedy="See explain_shared for the shapes; variances are with the shared part", code="HW-D824",
    )  # fmt: skip
