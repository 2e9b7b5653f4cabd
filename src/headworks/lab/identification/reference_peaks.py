"""What a substance looks like in this batch: the mean of its calibrators.

    t_ref = mean t,    r_ref = mean (A_qualifier / A_quantifier)   over the calibrators with a peak            (I1)

Where a batch has no calibrator of a substance, a stored reference may stand in, and is named as such. The trap: retention
times move between columns and weeks, so a stored reference is never mixed with calibrators, only used in their place.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.identification.peak_tables import peaks_of, ratios_of, require_columns, require_once

# One row per batch, analyte and qualifier; qualifier is empty in the row that holds the times.
REFERENCE_COLUMNS = (
    "batch_id", "analyte", "qualifier", "retention_time_min", "relative_retention_time", "internal_standard_offset_min",
    "ratio", "least_qualifier_area", "n_calibrators", "source",
)  # fmt: skip
FROM_BATCH, FROM_STORE = "calibrators of the batch", "stored"
_NUMBERS = list(REFERENCE_COLUMNS[3:8])


def derive_reference(peaks: pl.DataFrame, qualifiers: pl.DataFrame, *, calibrator: str = "calibrator") -> pl.DataFrame:
    """Times and ratios of the calibrators of each batch (I1).

    Parameters
    ----------
    peaks
        ``batch_id, injection, analyte, sample_type, retention_time_min, area`` and, where known,
        ``internal_standard_retention_time_min`` and ``signal_to_noise``.
    qualifiers
        ``batch_id, injection, analyte, qualifier`` and ``qualifier_area``, or ``ion_ratio_percent`` and ``ratio_direction``.
    calibrator
        The sample type that counts. A level that was left out of the calibration is left out of ``peaks`` by the caller.

    Returns
    -------
    pl.DataFrame
        ``REFERENCE_COLUMNS``, sorted; ``ratio`` is qualifier over quantifier, ``least_qualifier_area`` the smallest area of
        the qualifier in a calibrator.

    Raises
    ------
    DataRefused
        ``HW-D620`` to ``HW-D624`` as of the tables.

    Examples
    --------
    >>> key = {"batch_id": ["b", "b"], "injection": [1, 2], "analyte": ["ketamine"] * 2}
    >>> both = {"sample_type": ["calibrator"] * 2, "retention_time_min": [4.9, 5.1], "area": [100.0, 200.0]}
    >>> further = {"qualifier": ["238 > 179"] * 2, "qualifier_area": [38.0, 84.0]}
    >>> peaks, ions = pl.DataFrame(key | both), pl.DataFrame(key | further)
    >>> derive_reference(peaks, ions).filter(pl.col("qualifier") != "")["ratio"].item()
    0.4
    """
    known = peaks_of(peaks)
    mine = known.filter((pl.col("sample_type") == calibrator) & pl.col("is_found"))
    time, own = pl.col("retention_time_min"), pl.col("internal_standard_retention_time_min")
    standard = pl.when(own > 0).then(own)
    times = mine.group_by("batch_id", "analyte").agg(
        time.mean(),
        relative_retention_time=(time / standard).mean(),
        internal_standard_offset_min=(time - standard).mean(),
        n_calibrators=pl.len(),
    )
    ions = ratios_of(known, qualifiers).filter((pl.col("sample_type") == calibrator) & pl.col("ratio").is_not_null())
    ratios = ions.group_by("batch_id", "analyte", "qualifier").agg(
        pl.col("ratio").mean(), least_qualifier_area=pl.col("qualifier_area").min(), n_calibrators=pl.len()
    )
    both = pl.concat([times.with_columns(qualifier=pl.lit("")), ratios], how="diagonal")
    both = both.with_columns(pl.col("n_calibrators").cast(pl.Int64), source=pl.lit(FROM_BATCH))
    return both.select(REFERENCE_COLUMNS).sort("batch_id", "analyte", "qualifier")


def with_stored_reference(reference: pl.DataFrame, stored: pl.DataFrame, batches: list[str]) -> pl.DataFrame:
    """The reference of these batches, filled from a stored one where a batch has no calibrator of an analyte.

    Parameters
    ----------
    reference
        From :func:`derive_reference`.
    stored
        ``REFERENCE_COLUMNS`` without ``batch_id`` and ``source``; further numbers may be left out.
    batches
        Batches that may borrow.

    Raises
    ------
    DataRefused
        ``HW-D620`` for a missing column, ``HW-D622`` for an analyte and qualifier twice, ``HW-D625`` for a ratio or a time
        that is not above zero.
    """
    require_columns(stored, ["analyte", "qualifier"], ["retention_time_min", "ratio"], "stored reference")
    require_once(stored, ["analyte", "qualifier"], "stored reference")
    bad = stored.filter((pl.col("retention_time_min") <= 0) | (pl.col("ratio") <= 0))
    if bad.height:
        raise DataRefused(
            "A stored reference is not above zero.",
            where="stored reference, analyte " + str(bad["analyte"][0]),
            found=str(bad.select("retention_time_min", "ratio").row(0)),
            remedy="Give the retention time in minutes and the ratio as a fraction, qualifier over quantifier",
            code="HW-D625",
        )
    named = stored.with_columns(pl.col("qualifier").fill_null(""), source=pl.lit(FROM_STORE))
    lent = pl.DataFrame({"batch_id": batches}, schema={"batch_id": pl.String}).join(named, how="cross")
    lent = lent.join(reference, on=["batch_id", "analyte"], how="anti")
    present = [name for name in REFERENCE_COLUMNS if name in lent.columns]
    lent = lent.select(present).cast({name: pl.Float64 for name in _NUMBERS if name in present})
    return pl.concat([reference, lent], how="diagonal_relaxed").sort("batch_id", "analyte", "qualifier")
