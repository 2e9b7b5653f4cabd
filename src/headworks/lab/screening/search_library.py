"""Which compounds of a library a spectrum may be, best first.

Records whose precursor lies within the tolerance and whose polarity does not speak against it are scored by (V7); a compound
has the score of its best record. Every such compound is named, also below the threshold: who sees only hits cannot see how
near a miss was. What the best one amounts to, or why there is none, is :func:`judge_search`'s.

The trap: scores of one query are compared with each other, so ties are settled the same way always: by the cosine with the
precursor left in, then by the record's deviation, then by its accession.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.compiled import compiled, in_chunks
from headworks.core.errors import DataRefused
from headworks.lab.screening.peak_arrays import PeakArrays, clean_spectra, flat
from headworks.lab.screening.similarity import combined_score, pair_similarity
from headworks.lab.screening.spectrum_index import SpectrumIndex, as_spectra, polarity_signs, with_precursors

PRECURSOR_PPM = 10.0
# Share of the cosine with precursor: less than any difference of scores that means something.
_TIE_SHARE = 1e-3


class Candidates(NamedTuple):
    """Compounds by query, best first; arrays of one length. ``record`` is the row of the best record in the index."""

    query: np.ndarray
    rank: np.ndarray
    compound_number: np.ndarray
    record: np.ndarray
    score: np.ndarray
    entropy: np.ndarray
    cosine: np.ndarray
    n_fragments: np.ndarray


def search_library(
    index: SpectrumIndex, queries: pl.DataFrame, *, precursor_ppm: float = PRECURSOR_PPM, by_record: bool = False,
    threads: int | None = None,
) -> Candidates:  # fmt: skip
    """Candidates for each query.

    Parameters
    ----------
    index
        Of :func:`index_library`.
    queries
        ``Spectra``; those without a precursor have no candidates.
    precursor_ppm
        Most that precursors differ, of the query's.
    by_record
        Every record is a candidate of its own, not the best of each compound.
    threads
        At most; those of this machine without.

    Returns
    -------
    Candidates
        By query, then rank from 1.

    Raises
    ------
    DataRefused
        ``HW-D670`` for a tolerance that is not above 0.
    """
    spectra = with_precursors(as_spectra(queries))
    start, mz, intensity = flat(spectra)
    precursor = spectra["precursor_mz"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    arrays = start, mz, intensity, precursor
    sign = polarity_signs(spectra)
    return search_arrays(index, arrays, sign, precursor_ppm=precursor_ppm, by_record=by_record, threads=threads)


def search_arrays(
    index: SpectrumIndex, queries: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], sign: np.ndarray,
    *, precursor_ppm: float = PRECURSOR_PPM, by_record: bool = False, threads: int | None = None,
) -> Candidates:  # fmt: skip
    """As :func:`search_library`, of queries as arrays: start, m/z, intensity, precursor, and the sign of their polarity."""
    if not precursor_ppm > 0:
        raise DataRefused("A tolerance is above zero.", found=str(precursor_ppm), remedy="Give ppm, 10", code="HW-D670")
    start, mz, intensity, precursor = queries
    fragments = clean_spectra(start, mz, intensity, precursor, tolerance_da=index.tolerance_da, threads=threads)
    whole = clean_spectra(start, mz, intensity, precursor, tolerance_da=index.tolerance_da, margin_da=-0.5, threads=threads)
    first, last = precursor_window(index.precursor_mz, precursor, precursor_ppm)
    offset = np.concatenate(([0], np.cumsum(last - first)))
    out = np.empty((4, offset[-1]))
    tolerance = index.tolerance_da

    def work(low: int, high: int) -> None:
        _score(fragments, whole, index.fragments, index.whole, first, last, offset, tolerance, low, high, out)

    in_chunks(work, first.size, threads)
    query = np.repeat(np.arange(first.size), last - first)
    record = np.arange(offset[-1]) - np.repeat(offset[:-1] - first, last - first)
    # A polarity that is not known speaks against nothing.
    is_possible = sign[query] * index.sign[record] >= 0
    return _best_of_compounds(index, query[is_possible], record[is_possible], precursor, out[:, is_possible], by_record)


def precursor_window(library: np.ndarray, precursor: np.ndarray, ppm: float) -> tuple[np.ndarray, np.ndarray]:
    """First and last, exclusive, of the ascending ``library`` within the tolerance; none for NaN.

    Examples
    --------
    >>> low, high = precursor_window(np.array([99.9, 100.0005, 100.2]), np.array([100.0, np.nan]), 10.0)
    >>> low.tolist(), high.tolist()
    ([1, 0], [2, 0])
    """
    known = np.where(np.isfinite(precursor), precursor, -1.0)
    width = known * (ppm * 1e-6)
    first = np.searchsorted(library, known - width, side="left")
    last = np.searchsorted(library, known + width, side="right")
    is_known = np.isfinite(precursor)
    return np.where(is_known, first, 0), np.where(is_known, last, 0)


@compiled
def _score(
    fragments: PeakArrays, whole: PeakArrays, library: PeakArrays, library_whole: PeakArrays, first: np.ndarray,
    last: np.ndarray, offset: np.ndarray, tolerance: float, low: int, high: int, out: np.ndarray,
) -> None:  # fmt: skip
    for query in range(low, high):
        a, b = fragments.start[query], fragments.start[query + 1]
        c, d = whole.start[query], whole.start[query + 1]
        for record in range(first[query], last[query]):
            at = offset[query] + record - first[query]
            e, f = library.start[record], library.start[record + 1]
            entropy, cosine, n = pair_similarity(
                fragments.mz[a:b], fragments.weight[a:b], fragments.vector[a:b],
                library.mz[e:f], library.weight[e:f], library.vector[e:f], tolerance,
            )  # fmt: skip
            g, h = library_whole.start[record], library_whole.start[record + 1]
            _, tie, _ = pair_similarity(
                whole.mz[c:d], whole.weight[c:d], whole.vector[c:d],
                library_whole.mz[g:h], library_whole.weight[g:h], library_whole.vector[g:h], tolerance,
            )  # fmt: skip
            out[0, at], out[1, at], out[2, at], out[3, at] = entropy, cosine, n, tie


def _best_of_compounds(
    index: SpectrumIndex, query: np.ndarray, record: np.ndarray, precursor: np.ndarray, found: np.ndarray, by_record: bool
) -> Candidates:
    """The best record of each compound of each query, ranked."""
    entropy, cosine, n, tie = found
    score = combined_score(entropy, cosine, n)
    compound = index.compound_number[record]
    apart = np.abs(index.precursor_mz[record] - precursor[query])
    order = np.lexsort((record, apart, -(score + _TIE_SHARE * tie), query))
    # Best first within a query: the first row of a compound is its best, and stays.
    key = query[order] * np.int64(index.compounds.height) + compound[order]
    kept = order if by_record else order[np.sort(np.unique(key, return_index=True)[1])]
    owner = query[kept]
    begins = np.searchsorted(owner, owner, side="left")
    return Candidates(
        owner, np.arange(owner.size) - begins + 1, compound[kept], record[kept], score[kept], entropy[kept], cosine[kept],
        n[kept].astype(np.int64),
    )  # fmt: skip
