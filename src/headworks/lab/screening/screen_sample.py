"""What of a list of suspects, and of a library, is in one sample.

    found:  a feature or an MS2 precursor within the tolerance                                                     (V11)
    fragments that agree:  those of the list within the fragment tolerance, at 1 % of the spectrum's base peak or more (V12)

A sample is its *archive*: features of MS1 and all MS2 spectra, so that it can be asked again about suspects nobody had thought
of. Peaks of MS2 are read only where a precursor fits. The trap: a library is asked with every MS2 spectrum, a list only with
those of its ions; a compound of both has one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.lab.screening.identification_level import FEW_FRAGMENTS, Evidence, identification_level, rules_at
from headworks.lab.screening.isomers import isomers_of, named_isomers, rivals_of
from headworks.lab.screening.isotope_pattern import N_PEAKS, isotope_pattern, isotope_score
from headworks.lab.screening.judge_search import THRESHOLD
from headworks.lab.screening.peak_arrays import FRAGMENT_TOLERANCE_DA
from headworks.lab.screening.search_library import PRECURSOR_PPM, search_library
from headworks.lab.screening.spectrum_index import SpectrumIndex, record_peaks
from headworks.lab.screening.suspect_ions import Ions, matches, signs
from headworks.reference.screening_rules import LevelRule

# Isotopes leave the column together.
_TOGETHER_MIN = 0.1
# A fragment of the list counts from this share of the base peak.
_LEAST_SHARE = 0.01


class Archived(NamedTuple):
    """A sample to screen.

    ``features`` has ``mz, retention_time_min, height, polarity``; ``precursors`` one row per MS2 spectrum with ``precursor_mz,
    retention_time_min, polarity``; ``spectra(rows)`` gives those rows as ``Spectra``.
    """

    features: pl.DataFrame
    precursors: pl.DataFrame
    spectra: Callable[[Sequence[int]], pl.DataFrame]


@dataclass(frozen=True)
class Library:
    """A library with what screening asks of it; ``is_own`` where it was measured on the laboratory's own standards."""

    index: SpectrumIndex
    near: Mapping[int, tuple[str, ...]]
    is_own: bool = False


class Screening(NamedTuple):
    """How to screen."""

    rules: Sequence[LevelRule]
    precursor_ppm: float = PRECURSOR_PPM
    tolerance_da: float = FRAGMENT_TOLERANCE_DA
    threshold: float = THRESHOLD


class _LibraryHit(NamedTuple):
    """Best spectrum of a sample against one compound."""

    score: float
    gap: float
    n_fragments: int
    record: int
    number: int
    spectrum: int
    rivals: tuple[str, ...]


def screen_sample(sample: Archived, ions: Ions | None, library: Library | None, how: Screening) -> list[dict[str, object]]:
    """Hits of one sample: rows of ``ScreeningHits`` but for the sample and its days.

    Parameters
    ----------
    sample
        Its archive.
    ions
        Of :func:`suspect_ions`, or none.
    library
        Or none.
    how
        Tolerances, threshold and rules.

    Returns
    -------
    list of dict
        One per suspect and ion that was found, then one per compound of the library that is no suspect.
    """
    of_library = _library_hits(sample, library, how) if library else {}
    suspects = pl.DataFrame() if ions is None else ions.suspects
    rows: list[dict[str, object]] = []
    told: set[str] = set()
    for ion, feature, spectra in _found(sample, ions, how) if ions is not None else ():
        row = suspects.row(ion, named=True)
        keys = _keys(row["substance"], row["inchikey"])
        hit = next((of_library[key] for key in keys if key in of_library), None)
        told.update(keys)
        rows.append(_hit(sample, library, hit, row, feature, spectra, how))
    for hit in sorted(set(of_library.values()), key=lambda hit: hit.number):
        compound = library.index.compounds.row(hit.number, named=True)  # type: ignore[union-attr]
        if not told & set(_keys(compound["compound"], compound["inchikey"])):
            rows.append(_hit(sample, library, hit, _as_suspect(library, hit), None, [hit.spectrum], how))
    return rows


def _keys(name: str, inchikey: str | None) -> list[str]:
    """What a compound is known by here: skeleton and name."""
    return [key for key in ((inchikey or "")[:14].upper(), name.strip().lower()) if key]


def _library_hits(sample: Archived, library: Library, how: Screening) -> dict[str, _LibraryHit]:
    """Hits of the library by key; the best spectrum of each compound."""
    n = sample.precursors.height
    if n == 0:
        return {}
    low, high = library.index.precursor_mz[[0, -1]] * (1.0 - np.array([1.0, -1.0]) * how.precursor_ppm * 1e-6)
    near = sample.precursors.with_row_index("_row").filter(pl.col("precursor_mz").is_between(low, high))["_row"].to_list()
    if not near:
        return {}
    found = search_library(library.index, sample.spectra(near), precursor_ppm=how.precursor_ppm)
    best: dict[int, _LibraryHit] = {}
    bounds = np.searchsorted(found.query, np.arange(len(near) + 1))
    for at in np.flatnonzero((found.rank == 1) & (found.score >= how.threshold)).tolist():
        query, number = int(found.query[at]), int(found.compound_number[at])
        score, others = float(found.score[at]), slice(int(bounds[query]), int(bounds[query + 1]))
        if number in best and score <= best[number].score:
            continue
        second = float(found.score[at + 1]) if at + 1 < others.stop else 0.0
        best[number] = _LibraryHit(score, score - second, int(found.n_fragments[at]), int(found.record[at]), number,
                                   near[query], rivals_of(library.index, found, others, at))  # fmt: skip
    names = library.index.compounds
    return {key: hit for number, hit in best.items()
            for key in _keys(names["compound"][number], names["inchikey"][number])}  # fmt: skip


def _found(sample: Archived, ions: Ions, how: Screening) -> list[tuple[int, int | None, list[int]]]:
    """Ions that are there: ion, its highest feature, rows of its MS2 spectra, (V11)."""
    features, headers = sample.features, sample.precursors
    ion, place = matches(ions, features["mz"].to_numpy(), signs(features["polarity"]), how.precursor_ppm)
    height = features["height"].to_numpy()
    best: dict[int, int] = {}
    for one, at in zip(ion.tolist(), place.tolist(), strict=True):
        if one not in best or height[at] > height[best[one]]:
            best[one] = at
    known = headers["precursor_mz"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    ion, place = matches(ions, known, signs(headers["polarity"]), how.precursor_ppm)
    spectra: dict[int, list[int]] = {}
    for one, at in zip(ion.tolist(), place.tolist(), strict=True):
        spectra.setdefault(one, []).append(at)
    return [(one, best.get(one), sorted(spectra.get(one, []))) for one in sorted({*best, *spectra})]


def _as_suspect(library: Library | None, hit: _LibraryHit) -> dict[str, object]:
    """A compound of the library as a row of suspects; its time is the record's only where the library is the laboratory's."""
    assert library is not None  # noqa: S101  for the type checker
    record = library.index.records.row(hit.record, named=True)
    compound = library.index.compounds.row(hit.number, named=True)
    return {
        "substance": compound["compound"], "inchikey": record["inchikey"], "formula": record["formula"],
        "adduct": record["adduct"] or "", "precursor_mz": record["precursor_mz"], "fragment_mz": [],
        "retention_time_min": record["retention_time_min"] if library.is_own else None,
    }  # fmt: skip


def _hit(
    sample: Archived, library: Library | None, hit: _LibraryHit | None, suspect: Mapping[str, object], feature: int | None,
    spectra: list[int], how: Screening,
) -> dict[str, object]:  # fmt: skip
    expected = float(str(suspect["precursor_mz"]))
    if feature is None:
        feature = _nearest_feature(sample, expected, spectra[0], how)
    ion = sample.features.row(feature, named=True) if feature is not None else sample.precursors.row(spectra[0], named=True)
    found = float(ion["mz"] if feature is not None else ion["precursor_mz"])
    standard, time = suspect["retention_time_min"], ion["retention_time_min"]
    difference = time - standard if isinstance(standard, float) and time is not None else None
    isotopes = _isotopes(sample, suspect["formula"], feature, how)
    listed = _listed_fragments(sample, suspect["fragment_mz"], spectra, how)
    n_fragments = max(listed, hit.n_fragments if hit else 0)
    alike = (*library.near.get(hit.number, ()), *hit.rivals) if library and hit else ()
    name, key = str(suspect["substance"]), suspect["inchikey"]
    isomers = isomers_of(name, None if key is None else str(key), named_isomers(), alike)
    evidence = Evidence(hit.score if hit else None, hit.gap if hit else None, bool(library and hit and library.is_own),
                        n_fragments, difference, isotopes, isomers)  # fmt: skip
    level, rule, reason = identification_level(evidence, rules_at(how.rules, how.threshold))
    record = library.index.records.row(hit.record, named=True) if library and hit else None
    peaks = record_peaks(library.index, hit.record) if library and hit else (None, None)
    return {
        "substance": name, "adduct": str(suspect["adduct"] or ""), "inchikey": key, "level": level or "5", "rule": rule,
        "score": evidence.score, "n_fragments": n_fragments, "is_few_fragments": n_fragments < FEW_FRAGMENTS,
        "precursor_mz": found, "deviation_ppm": 1e6 * (found / expected - 1.0), "retention_time_min": time,
        "retention_difference_min": difference, "isotope_score": isotopes,
        "intensity": ion["height"] if feature is not None else None, "isomers": "; ".join(isomers),
        "library_record": record["spectrum_id"] if record else None, "license": record["license"] if record else None,
        "library_mz": peaks[0], "library_share": peaks[1], "reason": reason,
    }  # fmt: skip


def _nearest_feature(sample: Archived, mz: float, spectrum: int, how: Screening) -> int | None:
    """The feature an MS2 spectrum was taken of: of its m/z, nearest in time."""
    time = sample.precursors["retention_time_min"][spectrum]
    features = sample.features["mz"].to_numpy()
    near = np.flatnonzero(np.abs(features - mz) <= mz * how.precursor_ppm * 1e-6)
    if near.size == 0:
        return None
    if time is None:
        return int(near[np.argmax(sample.features["height"].to_numpy()[near])])
    return int(near[np.argmin(np.abs(sample.features["retention_time_min"].to_numpy()[near] - time))])


def _listed_fragments(sample: Archived, fragments: object, spectra: list[int], how: Screening) -> int:
    """Most fragments of the list that one of the spectra shows, (V12)."""
    listed = np.asarray(fragments or [], dtype=float)
    if listed.size == 0 or not spectra:
        return 0
    most = 0
    for row in sample.spectra(spectra).iter_rows(named=True):
        mz, height = np.asarray(row["mz"] or [], dtype=float), np.asarray(row["intensity"] or [], dtype=float)
        mz = mz[height >= _LEAST_SHARE * height.max()] if height.size else mz
        at = np.searchsorted(mz, listed - how.tolerance_da)
        is_there = (at < mz.size) & (mz[np.minimum(at, mz.size - 1)] <= listed + how.tolerance_da) if mz.size else [False]
        most = max(most, int(np.sum(is_there)))
    return most


def _isotopes(sample: Archived, formula: object, feature: int | None, how: Screening) -> float | None:
    """(V9) of a feature, from features that leave the column with it."""
    if feature is None or not isinstance(formula, str):
        return None
    apart, _ = isotope_pattern(formula)
    mz, time = sample.features["mz"].to_numpy(), sample.features["retention_time_min"].to_numpy()
    height = sample.features["height"].to_numpy()
    heights = np.zeros(N_PEAKS)
    for k in range(N_PEAKS):
        wanted = mz[feature] + apart[k]
        low, high = np.searchsorted(
            mz, [wanted - wanted * how.precursor_ppm * 1e-6, wanted + wanted * how.precursor_ppm * 1e-6]
        )
        near = np.arange(low, high)[np.abs(time[low:high] - time[feature]) <= _TOGETHER_MIN]
        heights[k] = height[near].max() if near.size else 0.0
    return isotope_score(formula, heights, float(height.min()))
