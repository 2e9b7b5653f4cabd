"""A library made ready to be searched: cleaned once, in the order of its precursors.

Compounds are told apart by the first block of their InChIKey, which is the skeleton without its stereochemistry: MS/MS does
not see the rest. Records without a key are compounds by their name. A compound is called what most of its records call it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema
from headworks.lab.screening.formulas import find_adduct, ion_mz
from headworks.lab.screening.peak_arrays import FRAGMENT_TOLERANCE_DA, PeakArrays, clean_spectra, flat
from headworks.tables.screening import Spectra

# Of a record beside a hit: a page cannot show more, and a table of hits is to stay small.
MOST_SHOWN_PEAKS = 50
_SKELETON = r"^([A-Z]{14})"
_SIGNS = {"positive": 1, "negative": -1}


class SpectrumIndex(NamedTuple):
    """A library to search.

    ``records`` are the library's, without peaks, by ascending precursor, with ``compound_number``; ``compounds`` has
    ``compound, inchikey, formula`` by that number. ``sign`` is 1, -1, or 0 where the polarity is not known. ``fragments`` are
    the cleaned spectra, ``whole`` the same with their precursors.
    """

    records: pl.DataFrame
    compounds: pl.DataFrame
    precursor_mz: np.ndarray
    sign: np.ndarray
    compound_number: np.ndarray
    fragments: PeakArrays
    whole: PeakArrays
    tolerance_da: float
    n_left_out: int


def index_library(spectra: pl.DataFrame, *, tolerance_da: float = FRAGMENT_TOLERANCE_DA) -> SpectrumIndex:
    """A library (``Spectra``) ready for :func:`search_library`.

    Records without a precursor get that of their formula and adduct; those that have neither are left out and counted in
    ``n_left_out``, as are spectra that are no MS2.

    Raises
    ------
    DataRefused
        ``HW-D670`` when no record can be searched, or the tolerance is not above 0.

    Examples
    --------
    >>> library = pl.DataFrame({"spectrum_id": ["a"], "ms_level": [2], "compound": ["Caffeine"], "inchikey": [None],
    ...     "formula": ["C8H10N4O2"], "precursor_mz": [None], "adduct": ["[M+H]+"], "polarity": [None],
    ...     "mz": [[110.07, 138.066]], "intensity": [[20.0, 100.0]]})
    >>> index_library(library).precursor_mz.round(4).tolist()
    [195.0877]
    """
    if not tolerance_da > 0:
        raise DataRefused("A tolerance is above zero.", found=str(tolerance_da), remedy="Give Da, 0.02", code="HW-D670")
    filled = with_precursors(as_spectra(spectra))
    usable = filled.filter(pl.col("precursor_mz").is_not_null() & (pl.col("ms_level") >= 2))
    if usable.is_empty():
        raise DataRefused(
            "No record of the library can be searched.",
            found=f"{spectra.height} records, none an MS2 spectrum with a precursor",
            remedy="Give a precursor m/z, or a formula and an adduct",
            code="HW-D670",
        )
    # The order of the file settles ties of precursors.
    usable = usable.sort("precursor_mz", maintain_order=True)
    numbered, compounds = _compounds(usable)
    start, mz, intensity = flat(usable)
    precursor = usable["precursor_mz"].to_numpy().astype(np.float64)
    return SpectrumIndex(
        numbered.drop("mz", "intensity"),
        compounds,
        precursor,
        polarity_signs(usable),
        numbered["compound_number"].to_numpy().astype(np.int64),
        clean_spectra(start, mz, intensity, precursor, tolerance_da=tolerance_da),
        clean_spectra(start, mz, intensity, precursor, tolerance_da=tolerance_da, margin_da=-0.5),
        tolerance_da,
        spectra.height - usable.height,
    )


def record_peaks(index: SpectrumIndex, record: int) -> tuple[list[float], list[float]]:
    """m/z and shares of the highest of a record's peaks, ascending: the :data:`MOST_SHOWN_PEAKS` highest after cleaning.

    Examples
    --------
    The precursor is among them.

    >>> library = pl.DataFrame({"spectrum_id": ["a"], "ms_level": [2], "compound": ["Caffeine"], "precursor_mz": [195.0877],
    ...     "mz": [[110.07, 138.066, 195.088]], "intensity": [[20.0, 100.0, 50.0]]})
    >>> [[round(x, 3) for x in part] for part in record_peaks(index_library(library), 0)]
    [[110.07, 138.066, 195.088], [0.2, 1.0, 0.5]]
    """
    peaks = slice(index.whole.start[record], index.whole.start[record + 1])
    mz = index.whole.mz[peaks]
    # (V4) turned round.
    height = (index.whole.vector[peaks] / mz) ** 2
    shown = np.sort(np.argsort(-height, kind="stable")[:MOST_SHOWN_PEAKS])
    return mz[shown].tolist(), (height[shown] / height.max(initial=np.finfo(float).tiny)).tolist()


def as_spectra(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with the columns and types of ``Spectra``; what it lacks is empty."""
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in polars_schema(Spectra).items()
    )


def with_precursors(spectra: pl.DataFrame) -> pl.DataFrame:
    """Spectra with empty precursors and polarities filled from formula and adduct, where those are known."""
    is_open = spectra["precursor_mz"].is_null() | spectra["polarity"].is_null()
    if not is_open.any():
        return spectra
    rows = spectra.select("formula", "adduct", "precursor_mz", "polarity").rows(named=True)
    mz, polarity = [], []
    for row in rows:
        adduct = find_adduct(row["adduct"])
        mz.append(row["precursor_mz"] if row["precursor_mz"] is not None else expected_mz(row["formula"], row["adduct"]))
        polarity.append(row["polarity"] or (adduct.polarity if adduct else None))
    return spectra.with_columns(
        pl.Series("precursor_mz", mz, dtype=pl.Float64), pl.Series("polarity", polarity, dtype=spectra.schema["polarity"])
    )


def expected_mz(formula: str | None, adduct: str | None) -> float | None:
    """(V1) of what a record says, none where it does not say enough."""
    known = find_adduct(adduct)
    if formula is None or known is None:
        return None
    try:
        return ion_mz(formula, known)
    except DataRefused:
        return None


def polarity_signs(spectra: pl.DataFrame) -> np.ndarray:
    """1, -1, or 0 where not known."""
    words = spectra["polarity"].cast(pl.String)
    return words.replace_strict(_SIGNS, default=0, return_dtype=pl.Int8).fill_null(0).to_numpy().astype(np.int8)


def skeleton(inchikey: str = "inchikey") -> pl.Expr:
    """First block of an InChIKey, null for what is none.

    Examples
    --------
    >>> pl.DataFrame({"inchikey": ["MYWUZJCMWCOHBA-VIFPVBQESA-N", "?"]}).select(skeleton()).to_series().to_list()
    ['MYWUZJCMWCOHBA', None]
    """
    return pl.col(inchikey).str.to_uppercase().str.extract(_SKELETON, 1)


def _compounds(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records with ``compound_number``, and what each number is."""
    name = pl.coalesce("compound", "spectrum_id")
    keyed = records.with_columns(_name=name, _key=pl.coalesce(skeleton(), "name:" + name.str.to_lowercase().str.strip_chars()))
    keys = keyed["_key"].unique().sort()
    number = pl.col("_key").replace_strict(keys, pl.int_range(0, len(keys), eager=True), return_dtype=pl.Int64)
    keyed = keyed.with_columns(compound_number=number)
    # The name most records use; of equally many the first by the alphabet, so that the file's order does not matter.
    common = (
        keyed.group_by("compound_number", "_name").len()
        .sort("compound_number", "len", "_name", descending=[False, True, False])
        .group_by("compound_number", maintain_order=True).first()
    )  # fmt: skip
    facts = keyed.group_by("compound_number").agg(
        inchikey=pl.col("inchikey").drop_nulls().sort().first(), formula=pl.col("formula").drop_nulls().sort().first()
    )
    compounds = common.join(facts, on="compound_number").sort("compound_number")
    return keyed.drop("_name", "_key"), compounds.select(
        "compound_number", compound="_name", inchikey="inchikey", formula="formula"
    )
