"""Which findings of a substance count, and why the others do not.

A screening run and a measurement become one table of *findings*. Each gets a ``doubt``: the blank of its batch held the
substance, an injection just before it held much of it, or the result is below its limit. Nothing is dropped; what is in doubt
does not make a first appearance.

The trap is a missing blank: a batch without one is not a clean batch. Its findings are in doubt as ``no_blank``.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from headworks.core.errors import DataRefused
from headworks.reference.early_warning_procedure import appearance_rule

# Best first: 1 a reference standard, 2a a library spectrum, 2b diagnostic evidence, 3 candidates, 4 a formula, 5 a mass.
LEVELS: Final = ("1", "2a", "2b", "3", "4", "5")
DOUBTS: Final = ("none", "blank", "carry_over", "no_blank", "below_limit", "suspect_result")
COLUMNS: Final = ("sample_id", "site_id", "day", "inchikey", "substance", "level", "score", "batch_id")
BLANK_COLUMNS: Final = ("batch_id", "inchikey", "response")
SEQUENCE_COLUMNS: Final = ("batch_id", "run_order", "inchikey", "response")


def flag_findings(hits: pl.DataFrame, blanks: pl.DataFrame, injections: pl.DataFrame | None = None) -> pl.DataFrame:
    """Findings with what speaks against each; no row is dropped.

    Parameters
    ----------
    hits
        ``sample_id, site_id, day, inchikey, substance, level`` (1, 2a, 2b, 3, 4, 5), ``score, batch_id``; with ``response``
        (peak area) and ``run_order`` where they are known.
    blanks
        ``batch_id, inchikey, response``: the largest response of a substance in the blanks of a batch; a batch whose blanks
        held nothing has a row with an empty ``inchikey``.
    injections
        ``batch_id, run_order, inchikey, response`` of every injection that held a substance, standards among them; without, no
        carry-over is judged.

    Returns
    -------
    pl.DataFrame
        The columns of ``hits`` with ``doubt`` and ``reason``. A hit without a response in a batch whose blank held the
        substance is in doubt; so is one whose batch has no blank.

    Raises
    ------
    DataRefused
        ``HW-D731`` for missing columns, a level there is not, a finding without site, day or substance.

    Examples
    --------
    A response of 500 over a blank of 100 is 5 times it, where 10 are asked for:

    >>> hit = pl.DataFrame({"sample_id": ["s"], "site_id": ["A"], "day": ["2024-05-06"], "inchikey": ["K"], "substance": ["x"],
    ...                     "level": ["2a"], "score": [0.9], "batch_id": ["b"], "response": [500.0]})
    >>> blank = pl.DataFrame({"batch_id": ["b"], "inchikey": ["K"], "response": [100.0]})
    >>> flag_findings(hit, blank)["doubt"].to_list()
    ['blank']
    """
    _require(hits, COLUMNS, "hits")
    _require(blanks, BLANK_COLUMNS, "blanks")
    _require_whole(hits)
    rows = hits
    for name, kind in (("response", pl.Float64), ("run_order", pl.Int64)):
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, kind).alias(name))
    held = blanks.drop_nulls("inchikey").group_by("batch_id", "inchikey").agg(_blank=pl.col("response").max())
    with_blank = blanks.select("batch_id", _has_blank=pl.lit(value=True)).unique("batch_id")
    rows = rows.join(held, on=["batch_id", "inchikey"], how="left", maintain_order="left")
    rows = rows.join(with_blank, on="batch_id", how="left", maintain_order="left")
    rows = rows.with_columns(_carried=_carried(rows, injections))
    ratio = appearance_rule("sample_to_blank")
    near = pl.col("_blank").is_not_null() & (pl.col("response") < ratio * pl.col("_blank")).fill_null(value=True)
    carried = (pl.col("response") < ratio * pl.col("_carried")).fill_null(value=False)
    doubt = (
        pl.when(pl.col("_has_blank").is_null()).then(pl.lit("no_blank")).when(near).then(pl.lit("blank"))
        .when(carried).then(pl.lit("carry_over")).otherwise(pl.lit("none"))
    )  # fmt: skip
    rows = rows.with_columns(doubt=doubt)
    reason = (
        pl.when(pl.col("doubt") == "no_blank").then(pl.lit("no blank of the batch is known"))
        .when(pl.col("doubt") == "blank").then(pl.format("the batch's blank held {}", pl.col("_blank").round(1)))
        .when(pl.col("doubt") == "carry_over").then(pl.format("up to {} may be carried over", pl.col("_carried").round(1)))
    )  # fmt: skip
    return rows.with_columns(reason=reason).select(*hits.columns, "doubt", "reason")


def findings_from_measurements(measurements: pl.DataFrame, samples: pl.DataFrame, substances: pl.DataFrame) -> pl.DataFrame:
    """Findings of a targeted method: quantified is level 1, by its reference standard.

    Parameters
    ----------
    measurements
        ``sample_id, analyte, detection, batch_id, qc_flag`` of the table ``measurements``.
    samples
        ``sample_id, site_id, day``.
    substances
        ``analyte, inchikey``; what is not in it has its own name as key.

    Returns
    -------
    pl.DataFrame
        Columns as of :func:`flag_findings`. ``below_limit`` of a trace, ``suspect_result`` of a flagged result; what was not
        detected is no finding, nor is a result that was rejected.
    """
    _require(measurements, ("sample_id", "analyte", "detection", "batch_id", "qc_flag"), "measurements")
    _require(samples, ("sample_id", "site_id", "day"), "samples")
    detection = pl.col("detection").cast(pl.String)
    flag = pl.col("qc_flag").cast(pl.String).fill_null("accepted")
    rows = measurements.filter(detection != "not_detected", flag != "rejected").join(
        samples.select("sample_id", "site_id", "day"), on="sample_id"
    )
    rows = rows.join(substances.select("analyte", "inchikey"), on="analyte", how="left", maintain_order="left")
    doubt = (
        pl.when(flag != "accepted").then(pl.lit("suspect_result"))
        .when(detection == "below_loq").then(pl.lit("below_limit")).otherwise(pl.lit("none"))
    )  # fmt: skip
    return rows.select(
        "sample_id", "site_id", "day", inchikey=pl.coalesce("inchikey", "analyte"), substance="analyte", level=pl.lit("1"),
        score=pl.lit(None, pl.Float64), batch_id="batch_id", doubt=doubt, reason=pl.lit(None, pl.String),
    ).unique(maintain_order=True)  # fmt: skip


def _carried(rows: pl.DataFrame, injections: pl.DataFrame | None) -> pl.Series:
    """Largest response that may be left of an injection just before, of every finding."""
    none = pl.Series("_carried", [None] * rows.height, pl.Float64)
    if injections is None:
        return none
    _require(injections, SEQUENCE_COLUMNS, "injections")
    share, after = appearance_rule("carry_over_percent") / 100.0, int(appearance_rule("injections_after"))
    mine = rows.with_row_index("_row").select("_row", "batch_id", "inchikey", "run_order")
    before = injections.select("batch_id", "inchikey", _order="run_order", _held="response")
    gap = pl.col("run_order") - pl.col("_order")
    left = mine.join(before, on=["batch_id", "inchikey"], how="inner").filter(gap.is_between(1, after))
    # What is left falls by the same share with every injection.
    left = left.with_columns(_carried=pl.col("_held") * pl.lit(share).pow(gap)).group_by("_row").agg(pl.col("_carried").max())
    return mine.join(left, on="_row", how="left", maintain_order="left")["_carried"]


def _require(table: pl.DataFrame, columns: tuple[str, ...], name: str) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataRefused(
            "A table of findings has not all columns.",
            where=name,
            found="no " + ", ".join(missing),
            remedy="Give " + ", ".join(columns),
            code="HW-D731",
        )


def _require_whole(hits: pl.DataFrame) -> None:
    """Refuse a level there is not and a finding that lies nowhere."""
    unknown = hits.filter(~pl.col("level").cast(pl.String).is_in(LEVELS).fill_null(value=False))
    nowhere = hits.filter(pl.any_horizontal(pl.col("site_id", "day", "inchikey", "sample_id").is_null()))
    for rows, what, column in ((unknown, "There is no such level of identification.", "level"),
                               (nowhere, "A finding has no sample, site, day or substance.", "site_id")):  # fmt: skip
        if rows.height:
            raise DataRefused(
                what,
                where=f"hits, sample {rows['sample_id'][0]}" + (f" and {rows.height - 1} more" if rows.height > 1 else ""),
                found=f"{rows[column][0]}",
                remedy="Give the levels " + ", ".join(LEVELS) + " and join samples to the hits first",
                code="HW-D731",
            )
