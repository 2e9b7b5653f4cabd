"""Whether the internal standard is there, injection by injection.

    100 A_IS / mean A_IS of the calibrators,    100 A_IS / median A_IS of the samples                           (J8)

A result whose internal standard is outside the first window is invalid, whatever its ratio says. The second window finds the
one sample that differs where the matrix moves all of them. The trap: in a blank without internal standard the ratio of two
noises can stand in the middle of the curve.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.quality.findings import (
    BATCH,
    LOOK,
    ROUNDING,
    SAMPLES,
    Rules,
    finding_rows,
    no_findings,
)
from headworks.lab.sentences import no_sentence, sentence

# Types that hold an internal standard by rights; a double or solvent blank does not.
_WITH_STANDARD = ("sample", "duplicate", "matrix_spike", "calibrator", "qc", "continuing_calibration", "blank", "field_blank")


def internal_standard_percent(results: pl.DataFrame) -> pl.DataFrame:
    """Results with ``of_calibrators_percent`` and ``of_samples_percent`` (J8).

    An area that is missing or below zero counts as 0. Both are null where a batch has no calibrator, or no sample, with a
    standard, and where no row of the analyte in the batch has one.

    Examples
    --------
    >>> from headworks.lab.quality.findings import results_of
    >>> rows = {"batch_id": ["b"] * 2, "injection": [1, 2], "sample_name": ["c", "s"], "analyte": ["k"] * 2, "loq": [1.0] * 2}
    >>> rows |= {"sample_type": ["calibrator", "sample"], "detection": ["quantified"] * 2, "concentration": [9.0] * 2}
    >>> rows |= {"area": [5.0, 5.0], "internal_standard_area": [200.0, 80.0]}
    >>> internal_standard_percent(results_of(pl.DataFrame(rows)))["of_calibrators_percent"].to_list()
    [100.0, 40.0]
    """
    area = pl.col("internal_standard_area")
    seen, uses_one = pl.when(area > 0).then(area), (area > 0).any().over(BATCH)
    calibrators = pl.when(pl.col("sample_type") == "calibrator").then(seen).mean().over(BATCH)
    samples = pl.when(pl.col("sample_type").is_in(SAMPLES)).then(seen).median().over(BATCH)
    whole = pl.when(uses_one).then(100.0 * area.fill_null(0.0).clip(0.0))
    return results.with_columns(of_calibrators_percent=whole / calibrators, of_samples_percent=whole / samples)


def internal_standard_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Internal standards of all injections that should hold one (J8).

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``: a row for each injection outside a window, none for one inside; it touches itself if it is a
        sample's. Without any calibrator that holds a standard, one row per batch and analyte that says so.
    """
    rows = internal_standard_percent(results).filter(pl.col("sample_type").is_in(_WITH_STANDARD))
    is_sample = pl.col("sample_type").is_in((*SAMPLES, "matrix_spike"))
    rows = rows.with_columns(
        injections=pl.concat_list("injection"),
        touches=pl.when(is_sample).then(pl.concat_list("injection")).otherwise(pl.lit([], pl.List(pl.Int64))),
    )
    parts = [no_findings()]
    for name, column in (("of_calibrators", "of_calibrators_percent"), ("of_samples", "of_samples_percent")):
        rule = rules.get(("internal_standard", name))
        if rule is None:
            continue
        chosen = rows if name == "of_calibrators" else rows.filter(is_sample)
        met = (pl.col("found") >= rule.floor * (1 - ROUNDING)) & (pl.col("found") <= rule.ceiling * (1 + ROUNDING))
        beyond = chosen.with_columns(found=pl.col(column)).filter(pl.col("found").is_not_null() & ~met)
        reason = sentence(f"internal_standard.{name}", sample=pl.col("sample_name"),
                          found=pl.col("found").round_sig_figs(3), lower=rule.lower, upper=rule.upper)  # fmt: skip
        parts.append(finding_rows(beyond, "internal_standard", name, rule, is_met=met, reason=reason))
    rule = rules.get(("internal_standard", "of_calibrators"))
    if rule is not None:
        has_one = pl.col("internal_standard_area").is_not_null().any()
        bare = rows.group_by(BATCH, maintain_order=True).agg(
            _any=has_one, _told=pl.col("of_calibrators_percent").is_not_null().any()
        )
        bare = bare.filter(pl.col("_any") & ~pl.col("_told")).with_columns(
            found=pl.lit(None, pl.Float64), why_not=sentence("internal_standard.not_judged")
        )
        parts.append(finding_rows(bare, "internal_standard", "of_calibrators", rule, is_met=pl.lit(value=True),
                                  reason=no_sentence(), open_is=LOOK))  # fmt: skip
    return pl.concat(parts)
