"""What a search amounts to: a level with its rule for each candidate, or why there is no hit.

A query of which no candidate reaches the threshold has one more row with rank 0, which says why; its candidates stay, without
a level, since who reviews wants to see how near they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from headworks.lab.screening.identification_level import FEW_FRAGMENTS, Evidence, identification_level, rules_at
from headworks.lab.screening.isomers import isomers_of, named_isomers, rivals_of
from headworks.lab.screening.search_library import PRECURSOR_PPM, Candidates
from headworks.lab.screening.spectrum_index import SpectrumIndex, polarity_signs, with_precursors
from headworks.reference.screening_rules import LevelRule

# From which a candidate is a hit: recall and false hits in balance (docs/studies/spectral_search.md).
THRESHOLD = 0.62
_COLUMNS = {
    "query": pl.String, "rank": pl.Int64, "compound": pl.String, "inchikey": pl.String, "score": pl.Float64,
    "level": pl.String, "reason": pl.String, "library_record": pl.String, "license": pl.String, "n_fragments": pl.Int64,
    "is_few_fragments": pl.Boolean, "deviation_ppm": pl.Float64, "query_number": pl.Int64,
}  # fmt: skip


def judge_search(
    index: SpectrumIndex, queries: pl.DataFrame, names: Sequence[str], candidates: Candidates, rules: Sequence[LevelRule],
    *, near: Mapping[int, tuple[str, ...]] | None = None, threshold: float = THRESHOLD, most: int = 5,
    precursor_ppm: float = PRECURSOR_PPM,
) -> pl.DataFrame:  # fmt: skip
    """Candidates of every query with level and reason.

    Parameters
    ----------
    index, queries, candidates
        As searched.
    names
        Of the queries.
    rules
        Of a profile of levels.
    near
        Isomers by compound, of :func:`library_isomers`.
    threshold
        From which a candidate is a hit.
    most
        Candidates shown of each query.
    precursor_ppm
        As searched.

    Returns
    -------
    pl.DataFrame
        ``query, rank, compound, inchikey, score, level, reason`` and what they rest on; by query in their order, then rank,
        then the row with rank 0 of a query without a hit.
    """
    named, rules = named_isomers(), rules_at(rules, threshold)
    spectra = with_precursors(queries)
    bounds = np.searchsorted(candidates.query, np.arange(spectra.height + 1))
    keys, records = index.records["inchikey"].to_list(), index.records["spectrum_id"].to_list()
    licenses, compounds = index.records["license"].to_list(), index.compounds["compound"].to_list()
    why = _WhyNone(index, spectra, precursor_ppm)
    rows: list[tuple[object, ...]] = []
    for query in range(spectra.height):
        first, last = int(bounds[query]), int(bounds[query + 1])
        for at in range(first, min(last, first + most)):
            record, number = int(candidates.record[at]), int(candidates.compound_number[at])
            score, n = float(candidates.score[at]), int(candidates.n_fragments[at])
            rival = float(candidates.score[first if at > first else at + 1]) if last - first > 1 else 0.0
            level, reason = "", f"below threshold: {score:.2f}, needs {threshold:.2f}"
            if score >= threshold:
                alike = (*(near or {}).get(number, ()), *rivals_of(index, candidates, slice(first, last), at))
                isomers = isomers_of(compounds[number], keys[record], named, alike)
                level, _, reason = identification_level(Evidence(score, score - rival, n_fragments=n, isomers=isomers), rules)
            apart = 1e6 * (index.precursor_mz[record] / why.precursor[query] - 1.0)
            rows.append((names[query], at - first + 1, compounds[number], keys[record], score, level, reason,
                         records[record], licenses[record], n, n < FEW_FRAGMENTS, apart, query))  # fmt: skip
        if first == last or candidates.score[first] < threshold:
            reason = ""
            if first == last:
                reason = why.reason(query)
            else:
                best = compounds[int(candidates.compound_number[first])]
                reason = f"below threshold: best {candidates.score[first]:.2f} ({best}), needs {threshold:.2f}"
                reason += _nothing_left(spectra, query, candidates, first)
            rows.append((names[query], 0, *(None,) * 3, "", reason, *(None,) * 5, query))
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def _nothing_left(spectra: pl.DataFrame, query: int, candidates: Candidates, at: int) -> str:
    """A note where a low score has a plain cause."""
    if candidates.n_fragments[at] > 0:
        return ""
    n = int(spectra["mz"].list.len()[query])
    return "; the query shows its precursor alone" if n <= 1 else "; no fragment agrees"


class _WhyNone:
    """Says why a query has no candidate at all."""

    def __init__(self, index: SpectrumIndex, spectra: pl.DataFrame, ppm: float) -> None:
        self.index, self.ppm = index, ppm
        self.precursor = spectra["precursor_mz"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        self.sign = polarity_signs(spectra)
        self.names = index.compounds["compound"].to_list()
        # Records a query of each polarity may be compared with.
        self.fits = {sign: np.flatnonzero(index.sign * sign >= 0) for sign in (-1, 0, 1)}

    def reason(self, query: int) -> str:
        """In words."""
        mz, fits, library = self.precursor[query], self.fits[int(self.sign[query])], self.index.precursor_mz
        if not np.isfinite(mz):
            return "no precursor m/z in the query"
        if fits.size == 0:
            return "the library has no record of this polarity"
        # Both neighbours of the query among those that fit.
        at = int(np.searchsorted(library[fits], mz))
        near = min((fits[k] for k in (at - 1, at) if 0 <= k < fits.size), key=lambda k: abs(library[k] - mz))
        name = self.names[int(self.index.compound_number[near])]
        return f"no precursor within {self.ppm:g} ppm: nearest {name} at {1e6 * (library[near] / mz - 1.0):+.1f} ppm"
