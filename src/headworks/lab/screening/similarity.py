"""How alike two spectra are: by entropy, by cosine, and both together.

    entropy  E = 1 - (2 S_AB - S_A - S_B) / ln 4,   S of p, p' and (p + p') / 2                                      (V5)
    cosine   C = sum v v'  over fragments that agree to half the tolerance                                          (V6)
    score    G = sqrt(E C) n / (n + 0.1),   n fragments that agree                                                  (V7)

Over fragments that agree, (V5) is half the sum of f(p + p') - f(p) - f(p') with f(x) = x log2 x. The cosine's narrower window
and its weight by m/z tell isomers apart that share their small fragments; the last factor of (V7) takes 9 % from a score that
rests on a single fragment, 3 % where three agree.

The trap: (V5) is Li's similarity only after Li's weighting (V3), which the cleaned spectra carry already.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from headworks.core.compiled import compiled
from headworks.lab.screening.peak_arrays import FRAGMENT_TOLERANCE_DA, PeakArrays

# Fragments that agree count against this one: one alone may be any amine's. From docs/studies/spectral_search.md.
FEW_FRAGMENTS_WEIGHT = 0.1


class Similarity(NamedTuple):
    """(V5), (V6), (V7) and the number of fragments that agree."""

    entropy: float
    cosine: float
    score: float
    n_fragments: int


def spectral_similarity(
    one: PeakArrays, i: int, other: PeakArrays, j: int, tolerance_da: float = FRAGMENT_TOLERANCE_DA
) -> Similarity:
    """Spectrum ``i`` of one set against spectrum ``j`` of another.

    Examples
    --------
    A spectrum against itself; three fragments make 3 / 3.1.

    >>> from headworks.lab.screening.peak_arrays import clean_spectra
    >>> clean = clean_spectra(*(np.array(x) for x in ([0, 3], [50.0, 60.0, 70.0], [3.0, 1.0, 2.0], [150.0])))
    >>> found = spectral_similarity(clean, 0, clean, 0)
    >>> round(found.entropy, 6), round(found.cosine, 6), round(found.score, 4)
    (1.0, 1.0, 0.9677)
    """
    a, b = slice(one.start[i], one.start[i + 1]), slice(other.start[j], other.start[j + 1])
    entropy, cosine, n = pair_similarity(
        one.mz[a], one.weight[a], one.vector[a], other.mz[b], other.weight[b], other.vector[b], tolerance_da
    )
    return Similarity(entropy, cosine, float(combined_score(np.array(entropy), np.array(cosine), np.array(n))), n)


def combined_score(entropy: np.ndarray, cosine: np.ndarray, n_fragments: np.ndarray) -> np.ndarray:
    """(V7)."""
    found: np.ndarray = np.minimum(np.sqrt(entropy * cosine) * (n_fragments / (n_fragments + FEW_FRAGMENTS_WEIGHT)), 1.0)
    return found


@compiled
def pair_similarity(
    mz: np.ndarray, weight: np.ndarray, vector: np.ndarray, mz_other: np.ndarray, weight_other: np.ndarray,
    vector_other: np.ndarray, tolerance: float,
) -> tuple[float, float, int]:  # fmt: skip
    """(V5), (V6) and how many fragments agree, of two cleaned spectra."""
    entropy, cosine, n = 0.0, 0.0, 0
    i, j = 0, 0
    while i < mz.size and j < mz_other.size:
        apart = mz[i] - mz_other[j]
        if apart > tolerance:
            j += 1
        elif apart < -tolerance:
            i += 1
        else:
            p, q = weight[i], weight_other[j]
            both = p + q
            entropy += both * np.log2(both) - p * np.log2(p) - q * np.log2(q)
            if abs(apart) <= 0.5 * tolerance:
                cosine += vector[i] * vector_other[j]
            n += 1
            i += 1
            j += 1
    return min(max(0.5 * entropy, 0.0), 1.0), min(cosine, 1.0), n
