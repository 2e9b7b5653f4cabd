"""Which records of a library contradict themselves or each other.

Real libraries have labels that are wrong: a name with another compound's structure, a precursor that its formula cannot give.
With them in, searches are confidently wrong. A flag drops nothing: the user decides.

    |m/z_record / m/z(V1) - 1| > 20 ppm                                                                            (V10)
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.screening.formulas import find_adduct, parse_formula
from headworks.lab.screening.search_library import search_library
from headworks.lab.screening.spectrum_index import as_spectra, expected_mz, index_library, skeleton

# Records are often rounded to three or four decimals: 1 mDa at m/z 100 is 10 ppm.
_MOST_PPM = 20.0
# A record this near to another compound's, and this far from its own compound's others, has the wrong label or is an isomer.
_NEAR_ANOTHER, _FAR_FROM_OWN = 0.85, 0.4
# Above the precursor there is nothing of a singly charged ion but its isotopes.
_ABOVE_DA, _MOST_SHARE_ABOVE = 5.0, 0.2
_COLUMNS = {"spectrum_id": pl.String, "check": pl.String, "found": pl.String, "expected": pl.String, "reason": pl.String}


def flag_library_records(spectra: pl.DataFrame) -> pl.DataFrame:
    """Records of a library (``Spectra``) that should be looked at, one row per record and check.

    Returns
    -------
    pl.DataFrame
        ``spectrum_id, check, found, expected, reason``, by the order of the library. Checks: ``formula, adduct, polarity,
        precursor, inchikey, name, structure_formula, above_precursor, resembles_another``.

    Examples
    --------
    >>> record = pl.DataFrame({"spectrum_id": ["a"], "formula": ["C10H15N"], "adduct": ["[M+H]+"], "precursor_mz": [151.1],
    ...     "ms_level": [2], "mz": [[91.05]], "intensity": [[1.0]]})
    >>> flag_library_records(record).select("check", "expected").row(0)
    ('precursor', '150.1277')
    """
    library = as_spectra(spectra)
    rows = [flag for row in library.drop("mz", "intensity").iter_rows(named=True) for flag in _of_record(row)]
    flags = pl.DataFrame(rows, schema=_COLUMNS, orient="row")
    order = library.select("spectrum_id").with_row_index("_place")
    parts = [flags, _names(library), _formulas(library), _above(library), _resembling(library)]
    found = pl.concat(parts).join(order, on="spectrum_id", how="left").sort("_place", "check", maintain_order=True)
    return found.drop("_place")


def _of_record(row: dict[str, object]) -> list[tuple[object, ...]]:
    """What a record alone contradicts."""
    found: list[tuple[object, ...]] = []
    name, formula, adduct = row["spectrum_id"], row["formula"], str(row["adduct"] or "")
    known = find_adduct(adduct)
    if adduct and known is None:
        found.append((name, "adduct", adduct, "", "The kind of precursor is not known, so its m/z is not checked."))
    if known and row["polarity"] and known.polarity != row["polarity"]:
        found.append((name, "polarity", str(row["polarity"]), known.polarity, "The adduct has the other polarity."))
    key = str(row["inchikey"] or "")
    if key and (len(key) < 14 or not key[:14].isalpha() or not key[:14].isupper() or key[14:15] not in ("", "-")):
        found.append((name, "inchikey", key, "", "This is no InChIKey."))
    if formula is not None:
        try:
            parse_formula(str(formula))
        except DataRefused:
            found.append((name, "formula", str(formula), "", "This is no formula of elements known here."))
    expected, mz = expected_mz(None if formula is None else str(formula), adduct), row["precursor_mz"]
    if expected is not None and isinstance(mz, float) and abs(mz / expected - 1.0) * 1e6 > _MOST_PPM:
        apart = 1e6 * (mz / expected - 1.0)
        found.append((name, "precursor", f"{mz:.4f}", f"{expected:.4f}",
                      f"Formula and adduct give another precursor ({apart:+.0f} ppm)."))  # fmt: skip
    return found


def _names(library: pl.DataFrame) -> pl.DataFrame:
    """Records whose name most records give to another skeleton."""
    named = library.with_columns(_name=pl.col("compound").str.to_lowercase(), _key=skeleton())
    return _minority(named, "_name", "_key", "name", "Most records of this name have another structure.")


def _formulas(library: pl.DataFrame) -> pl.DataFrame:
    """Records whose structure most records give another formula."""
    keyed = library.with_columns(_key=skeleton())
    return _minority(keyed, "_key", "formula", "structure_formula", "Most records of this structure have another formula.")


def _minority(library: pl.DataFrame, by: str, value: str, check: str, reason: str) -> pl.DataFrame:
    """Rows whose ``value`` is not the commonest of their ``by``; where two are equally common, all rows."""
    known = library.filter(pl.col(by).is_not_null() & pl.col(value).is_not_null())
    counts = known.group_by(by, value).len()
    most = counts.group_by(by).agg(
        _most=pl.col("len").max(), _n=pl.len(), _main=pl.col(value).sort_by("len", value, descending=[True, False]).first(),
        _ties=(pl.col("len") == pl.col("len").max()).sum(),
    )  # fmt: skip
    odd = known.join(most, on=by).filter((pl.col("_n") > 1) & ((pl.col(value) != pl.col("_main")) | (pl.col("_ties") > 1)))
    return odd.select("spectrum_id", check=pl.lit(check), found=value, expected="_main", reason=pl.lit(reason))


def _above(library: pl.DataFrame) -> pl.DataFrame:
    """Spectra with much above their precursor."""
    is_above = pl.col("mz") > pl.col("precursor_mz") + _ABOVE_DA
    flat = library.filter(pl.col("precursor_mz").is_not_null() & (pl.col("mz").list.len() > 0)).select(
        "spectrum_id", "precursor_mz", "mz", "intensity"
    )
    share = flat.explode("mz", "intensity").group_by("spectrum_id", "precursor_mz").agg(
        share=pl.col("intensity").filter(is_above).sum() / pl.col("intensity").sum()
    )  # fmt: skip
    return share.filter(pl.col("share") > _MOST_SHARE_ABOVE).select(
        "spectrum_id", check=pl.lit("above_precursor"),
        found=(100 * pl.col("share")).round(0).cast(pl.Int64).cast(pl.String) + " %", expected=pl.lit("0 %"),
        reason=pl.lit("Much of the spectrum lies above its precursor."),
    )  # fmt: skip


def _resembling(library: pl.DataFrame) -> pl.DataFrame:
    """Records near another compound's records and far from their own compound's."""
    try:
        index = index_library(library)
    except DataRefused:
        return pl.DataFrame(schema=_COLUMNS)
    kept = index.records["spectrum_id"].to_list()
    places = {name: place for place, name in enumerate(library["spectrum_id"].to_list())}
    ordered = library[[places[name] for name in kept]]
    found = search_library(index, ordered, by_record=True)
    own = index.compound_number[found.query] == index.compound_number[found.record]
    itself = found.query == found.record
    n = len(kept)
    nearest_own, nearest_other = np.full(n, -1.0), np.full(n, -1.0)
    np.maximum.at(nearest_own, found.query[own & ~itself], found.score[own & ~itself])
    np.maximum.at(nearest_other, found.query[~own], found.score[~own])
    odd = np.flatnonzero((nearest_own >= 0) & (nearest_own <= _FAR_FROM_OWN) & (nearest_other >= _NEAR_ANOTHER))
    names = index.compounds["compound"].to_list()
    rows = []
    for query in odd.tolist():
        others = np.flatnonzero((found.query == query) & ~own)
        best = others[np.argmax(found.score[others])]
        scores = f"score {nearest_other[query]:.2f}; {nearest_own[query]:.2f} at most with records of its own"
        own_name, other_name = names[int(index.compound_number[query])], names[int(found.compound_number[best])]
        reason = f"The spectrum is that of another compound ({scores})."
        rows.append((kept[query], "resembles_another", own_name, other_name, reason))
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")
