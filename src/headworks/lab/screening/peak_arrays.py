"""Spectra as flat arrays, cleaned as both similarities want them.

    kept:  m/z <= m/z_precursor - 1.6;  of these I > 0 and I >= 0.003 I_max;  nearer than 2 tol to a higher one: joined (V2)
    p = I / sum I,  S = -sum p ln p;   p <- p^(0.25 + 0.25 S) / sum where S < 3                                     (V3)
    v = m/z I^0.5 / norm                                                                                           (V4)

The highest peak of (V2) is the highest of those below the precursor;
(V3) is Li's weighting (Li et al. 2021, Nat Methods 18:1524), (V4) the cosine's. The
trap is the precursor: two spectra of one mass always share it, so with it every isomer looks alike. After (V2) no two peaks
of a spectrum lie within twice the tolerance, so each has at most one partner.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.compiled import compiled, in_chunks

# Below the usual 1 %: fragments of 0.3 to 1 % tell isomers apart (docs/studies/spectral_search.md).
NOISE_SHARE = 0.003
# Nothing of a fragment ion is that near the precursor, nor above it.
PRECURSOR_MARGIN_DA = 1.6
FRAGMENT_TOLERANCE_DA = 0.02
# Above this entropy a spectrum is even enough as it is (Li 2021).
_EVEN_ENTROPY = 3.0


class PeakArrays(NamedTuple):
    """Cleaned spectra end to end: spectrum ``i`` has the peaks ``start[i]`` to ``start[i + 1]``.

    ``weight`` is (V3) and sums to 1 in each spectrum, ``vector`` is (V4) and has length 1.
    """

    start: np.ndarray
    mz: np.ndarray
    weight: np.ndarray
    vector: np.ndarray


def flat(spectra: pl.DataFrame, mz: str = "mz", intensity: str = "intensity") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start, m/z and intensity of two columns of lists.

    Examples
    --------
    >>> start, mz, _ = flat(pl.DataFrame({"mz": [[50.0, 60.0], []], "intensity": [[1.0, 2.0], []]}))
    >>> start.tolist(), mz.tolist()
    ([0, 2, 2], [50.0, 60.0])
    """
    start = np.concatenate(([0], np.cumsum(spectra[mz].list.len().to_numpy()))).astype(np.int64)
    values = (spectra[name].explode(empty_as_null=False).to_numpy() for name in (mz, intensity))
    one, other = (np.ascontiguousarray(array, dtype=np.float64) for array in values)
    return start, one, other


def clean_spectra(
    start: np.ndarray, mz: np.ndarray, intensity: np.ndarray, precursor_mz: np.ndarray,
    *, tolerance_da: float = FRAGMENT_TOLERANCE_DA, margin_da: float = PRECURSOR_MARGIN_DA, noise_share: float = NOISE_SHARE,
    threads: int | None = None,
) -> PeakArrays:  # fmt: skip
    """Spectra after (V2), with their weights (V3) and (V4).

    Parameters
    ----------
    start, mz, intensity
        Spectra end to end, ascending in each; intensities may be 0.
    precursor_mz
        Of each spectrum; NaN where not known, then nothing is cut.
    tolerance_da
        Of fragments.
    margin_da
        Peaks above the precursor less this are cut; negative keeps it.
    noise_share
        Of the highest peak that is left.
    threads
        At most; those of this machine without.

    Examples
    --------
    Intensities 3 : 1, so p = 0.75, 0.25, S = 0.5623, and the power of (V3) is 0.3906.

    >>> clean = clean_spectra(*(np.array(x) for x in ([0, 3], [50.0, 60.0, 150.0], [3.0, 1.0, 9.0], [150.0])))
    >>> clean.mz.tolist(), clean.weight.round(4).tolist()
    ([50.0, 60.0], [0.6057, 0.3943])
    """
    n = start.size - 1
    count = np.zeros(n, dtype=np.int64)
    out = np.empty((3, mz.size))
    cut = np.where(np.isfinite(precursor_mz), precursor_mz - margin_da, np.inf)
    start = np.ascontiguousarray(start, dtype=np.int64)

    def work(first: int, last: int) -> None:
        _clean(start, mz, intensity, cut, 2.0 * tolerance_da, noise_share, first, last, count, out)

    in_chunks(work, n, threads)
    # Peaks were written where the raw ones began; now they close up.
    new_start = np.concatenate(([0], np.cumsum(count)))
    at = np.arange(new_start[-1]) - np.repeat(new_start[:-1] - start[:-1], count)
    return PeakArrays(new_start, *(np.ascontiguousarray(out[k, at]) for k in range(3)))


@compiled
def _merge_neighbours(mz: np.ndarray, left: np.ndarray, merge: float, sums: np.ndarray, centres: np.ndarray) -> None:
    """Sum, and sum of m/z times intensity, of each peak with its neighbours; 0 for what went to another."""
    n = left.size
    taken = np.zeros(n, np.bool_)
    # The highest takes its neighbours first, whatever order they stand in.
    for k in np.argsort(-left, kind="mergesort"):
        if taken[k] or not left[k] > 0.0:
            continue
        a, b = k, k + 1
        while a > 0 and mz[k] - mz[a - 1] <= merge:
            a -= 1
        while b < n and mz[b] - mz[k] <= merge:
            b += 1
        for j in range(a, b):
            if not taken[j] and left[j] > 0.0:
                taken[j] = True
                sums[k] += left[j]
                centres[k] += left[j] * mz[j]


@compiled
def _clean(
    start: np.ndarray, mz: np.ndarray, intensity: np.ndarray, cut: np.ndarray, merge: float, noise: float,
    first: int, last: int, count: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    for i in range(first, last):
        low, high = start[i], start[i + 1]
        while high > low and mz[high - 1] > cut[i]:
            high -= 1
        n, top = high - low, 0.0
        for k in range(low, high):
            top = max(top, intensity[k])
        if n == 0 or not top > 0.0:
            continue
        left = np.empty(n)
        for k in range(n):
            left[k] = intensity[low + k] if intensity[low + k] >= noise * top else 0.0
        sums, centres = np.zeros(n), np.zeros(n)
        _merge_neighbours(mz[low:high], left, merge, sums, centres)
        m, total = 0, 0.0
        for k in range(n):
            if sums[k] > 0.0:
                out[0, low + m] = centres[k] / sums[k]
                out[1, low + m] = sums[k]
                total += sums[k]
                m += 1
        entropy, square = 0.0, 0.0
        for k in range(low, low + m):
            p = out[1, k] / total
            entropy -= p * np.log(p)
            out[2, k] = out[0, k] * np.sqrt(out[1, k])
            square += out[2, k] * out[2, k]
        power = 0.25 + 0.25 * entropy if entropy < _EVEN_ENTROPY else 1.0
        again, length = 0.0, np.sqrt(square)
        for k in range(low, low + m):
            out[1, k] = (out[1, k] / total) ** power
            again += out[1, k]
            out[2, k] /= length
        for k in range(low, low + m):
            out[1, k] /= again
        count[i] = m
