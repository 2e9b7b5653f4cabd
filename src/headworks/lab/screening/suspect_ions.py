"""Suspects as ions to look for, and where in a run they are.

A suspect with an m/z is that ion; one with a formula alone is looked for as every adduct that is screened, (V1). An ion is
found where a feature, or the precursor of an MS2 spectrum, lies within the tolerance.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.screening.formulas import find_adduct, ion_mz, parse_formula
from headworks.lab.screening.search_library import precursor_window
from headworks.reference.screening_rules import adducts
from headworks.tables.screening import POLARITIES


class Ions(NamedTuple):
    """Ions to look for, ascending by m/z: ``suspects`` row by row, their m/z and sign (0 where the polarity is not known)."""

    suspects: pl.DataFrame
    mz: np.ndarray
    sign: np.ndarray


def suspect_ions(suspects: pl.DataFrame) -> Ions:
    """Ions of ``Suspects``, each with its adduct, m/z and polarity filled in.

    Raises
    ------
    DataRefused
        ``HW-D660`` for formulas that are none, every one of them; ``HW-D661`` for unknown adducts of suspects without m/z.

    Examples
    --------
    >>> list_ = pl.DataFrame({"substance": ["mephedrone"], "adduct": ["[M+H]+"], "formula": ["C11H15NO"],
    ...     "precursor_mz": [None], "polarity": [None]})
    >>> suspect_ions(list_).mz.round(4).tolist()
    [178.1226]
    """
    rows, bad = [], []
    for row in suspects.iter_rows(named=True):
        known = find_adduct(row["adduct"])
        if row["precursor_mz"] is not None:
            rows.append({**row, "polarity": row["polarity"] or (known.polarity if known else None)})
            continue
        try:
            parse_formula(row["formula"] or "")
        except DataRefused as problem:
            bad.append((row["substance"], row["formula"] or "", problem.remedy))
            continue
        if row["adduct"] and known is None:
            raise DataRefused("This kind of ion is not known.", where=f"suspect {row['substance']}", found=row["adduct"],
                              remedy="Give its m/z, or one of " + ", ".join(adducts()), code="HW-D661")  # fmt: skip
        ions = [known] if known else [ion for ion in adducts().values() if ion.is_screened]
        rows += [
            {**row, "adduct": ion.name, "precursor_mz": ion_mz(row["formula"], ion), "polarity": ion.polarity}
            for ion in ions
            if row["polarity"] in (None, ion.polarity)
        ]
    if bad:
        raise DataRefused("Formulas of suspects cannot be read.", where="; ".join(name for name, *_ in bad),
                          found="; ".join(text for _, text, _ in bad), remedy=bad[0][2], code="HW-D660")  # fmt: skip
    schema: dict[str, Any] = {**suspects.schema, "adduct": pl.String, "precursor_mz": pl.Float64, "polarity": pl.String}
    frame = pl.DataFrame(rows, schema=schema).sort("precursor_mz", "substance", "adduct")
    return Ions(frame, frame["precursor_mz"].to_numpy(), signs(frame["polarity"]))


def signs(polarity: pl.Series) -> np.ndarray:
    """1, -1, or 0 where not known."""
    words = dict(zip(POLARITIES, (1, -1), strict=True))
    return polarity.cast(pl.String).replace_strict(words, default=0, return_dtype=pl.Int8).fill_null(0).to_numpy()


def matches(ions: Ions, mz: np.ndarray, sign: np.ndarray, ppm: float) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a row of ``ions`` and a place in ``mz`` (any order) that agree within the tolerance of the ion.

    Examples
    --------
    >>> ions = Ions(pl.DataFrame(), np.array([100.0]), np.array([1]))
    >>> ion, place = matches(ions, np.array([99.0, 100.0005, 100.0005]), np.array([1, 1, -1]), 10.0)
    >>> ion.tolist(), place.tolist()
    ([0], [1])
    """
    order = np.argsort(mz, kind="stable")
    first, last = precursor_window(mz[order], ions.mz, ppm)
    count = last - first
    ion = np.repeat(np.arange(ions.mz.size), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - first, count)
    place = order[within]
    fits = ions.sign[ion].astype(int) * sign[place].astype(int) >= 0
    return ion[fits], place[fits]
