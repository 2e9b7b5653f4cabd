"""A result's three states from the ways laboratories write them.

    12.5            quantified, unless below a limit that is given beside it
    <LOQ  BQL  nq   below_loq       (the limit from its column)
    <LOD  ND  未检出  not_detected    (the limit from its column)
    <10             below 10: the limit is the LOD or the LOQ given beside it, else taken as the LOQ
    0               never zero: below the limit given beside it, else not quantified with the limit unknown
    >1000           above the calibrated range: refused, to be diluted and run again
    NA, empty       missing: no result, so no row

Where a further column states the state, it must agree with what is written; a limit of zero is no limit and is refused. The
trap is the zero: read as a value it pulls every mean down, and nothing afterwards can tell it from a measured one.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.intake.cells import CellReader

STATES = ["quantified", "below_loq", "not_detected"]
_BELOW_LOQ = {
    "<loq", "<lloq", "<mql", "<mloq", "<rl", "bloq", "blq", "bql", "nq", "n.q.", "n.q", "<lq", "belowloq", "notquantified",
    "未定量", "低于定量限", "<定量限",
}  # fmt: skip
_NOT_DETECTED = {
    "<lod", "<mdl", "<mlod", "nd", "n.d.", "n.d", "bdl", "bld", "<ld", "belowlod", "notdetected", "undetected",
    "未检出", "低于检出限", "<检出限", "nf",
}  # fmt: skip
_MISSING = {"na", "n.a.", "n.a", "n/a", "-", "--", "missing", "notanalysed", "notanalyzed", "notmeasured", "未测", "缺测", "/"}
SYNONYMS = {
    "detected": "quantified", "loq": "below_loq", "<loq": "below_loq", "not_quantified": "below_loq", "bql": "below_loq",
    "nd": "not_detected", "<lod": "not_detected", "non_detect": "not_detected", "nondetect": "not_detected",
}  # fmt: skip
_SAME = 1e-9


class _Written(NamedTuple):
    """What the cells say before limits are looked at: marks, and the cells that hold a number."""

    is_loq_word: pl.Series
    is_lod_word: pl.Series
    is_below: pl.Series
    is_above: pl.Series
    is_missing: pl.Series
    numbers: pl.Series


def read_result(
    reader: CellReader,
    column: str,
    *,
    lod: pl.Series,
    loq: pl.Series,
    stated: pl.Series | None = None,
    factor: float | pl.Series = 1.0,
    missing: frozenset[str] = frozenset(),
    words: dict[str, str] | None = None,
) -> pl.DataFrame:
    """Value, state and limits of each result.

    Parameters
    ----------
    reader
        Over the foreign table; refusals are added to it.
    column
        Foreign column with the result as written.
    lod, loq
        Limits in the unit used inside; null where not given.
    stated
        The state where a column gives it.
    factor
        From the column's unit to the unit used inside.
    missing
        Further words of the format for a missing result, in small letters.
    words
        The owner's own words for a result, and what they mean in ours.

    Returns
    -------
    pl.DataFrame
        Columns ``value, detection, lod, loq, is_missing``, one row per row of the table, in its order.
    """
    cells = reader.frame[column]
    written = _look(cells.replace(words) if words else cells, missing)
    reader.refuse(
        column, written.is_above, "HW-D117", "The result is above the calibrated range.",
        "Dilute and run again, or give the value",
    )  # fmt: skip
    number = reader.number(column, cells=written.numbers) * factor
    frame = pl.DataFrame(
        {
            "number": number, "is_below": written.is_below, "is_loq_word": written.is_loq_word,
            "is_lod_word": written.is_lod_word, "is_missing": written.is_missing, "lod": lod, "loq": loq,
            "stated": pl.repeat(None, len(number), dtype=pl.String, eager=True) if stated is None else stated,
        }
    )  # fmt: skip
    return _states(reader, column, frame.with_columns(is_missing=pl.col("is_missing") & pl.col("stated").is_null()))


def _look(cells: pl.Series, missing: frozenset[str]) -> _Written:
    # Words are few and numbers many: only what is no plain number is folded, each text once.
    odd = cells.filter(~cells.str.contains(r"^[0-9]+([.,][0-9]*)?$").fill_null(value=True)).unique()
    forms = odd.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s", "").str.replace(r"^[≤⩽]=?|^<=", "<")
    folded = cells.replace_strict(odd, forms, default=None, return_dtype=pl.String)
    is_loq_word = folded.is_in(list(_BELOW_LOQ)).fill_null(value=False)
    is_lod_word = folded.is_in(list(_NOT_DETECTED)).fill_null(value=False)
    is_missing_word = folded.is_in([*_MISSING, *missing]).fill_null(value=False)
    is_above = folded.str.starts_with(">").fill_null(value=False)
    is_below = folded.str.starts_with("<").fill_null(value=False) & ~is_loq_word & ~is_lod_word
    is_word = is_loq_word | is_lod_word | is_above | is_missing_word
    bare = pl.when(is_word).then(None).when(is_below).then(folded.str.strip_prefix("<")).otherwise(cells)
    return _Written(
        is_loq_word, is_lod_word, is_below, is_above, is_missing_word | cells.is_null(), pl.select(bare).to_series()
    )


def _states(reader: CellReader, column: str, frame: pl.DataFrame) -> pl.DataFrame:
    n, has_lod, has_loq = pl.col("number"), pl.col("lod").is_not_null(), pl.col("loq").is_not_null()
    is_at_lod, is_at_loq = _equals(n, pl.col("lod")), _equals(n, pl.col("loq"))
    by_words = pl.when("is_lod_word").then(pl.lit("not_detected")).when("is_loq_word").then(pl.lit("below_loq"))
    is_below = pl.when("is_below").then(
        pl.when(is_at_lod & ~is_at_loq).then(pl.lit("not_detected")).otherwise(pl.lit("below_loq"))
    )
    by_number = (
        pl.when(n == 0)
        .then(pl.when(has_lod).then(pl.lit("not_detected")).otherwise(pl.lit("below_loq")))
        .when((n < pl.col("lod")).fill_null(value=False))
        .then(pl.lit("not_detected"))
        .when((n < pl.col("loq")).fill_null(value=False))
        .then(pl.lit("below_loq"))
        .when(n.is_not_null())
        .then(pl.lit("quantified"))
    )
    frame = frame.with_columns(
        by_words=by_words,
        detection=pl.coalesce(by_words, "stated", is_below, by_number),
        is_foreign_limit=pl.col("is_below") & n.is_not_null() & (has_lod | has_loq) & ~is_at_lod & ~is_at_loq,
        is_only_limit=pl.col("is_below") & ~has_lod & ~has_loq,
    )
    is_lod = (pl.col("stated") == "not_detected").fill_null(value=False)
    frame = frame.with_columns(
        lod=pl.when(pl.col("is_only_limit") & is_lod).then(n).otherwise("lod"),
        loq=pl.when(pl.col("is_only_limit") & ~is_lod).then(n).otherwise("loq"),
    )
    _refuse_contradictions(reader, column, frame)
    # A number below a limit is kept as reported; a limit or a zero is no value.
    value = pl.when(pl.col("is_below") | (n == 0)).then(None).otherwise(n)
    return frame.select(value.alias("value"), "detection", "lod", "loq", "is_missing")


def _equals(number: pl.Expr, limit: pl.Expr) -> pl.Expr:
    return ((number - limit).abs() <= _SAME * limit.abs()).fill_null(value=False)


def _refuse_contradictions(reader: CellReader, column: str, frame: pl.DataFrame) -> None:
    n, stated = pl.col("number"), pl.col("stated")
    is_number = ~pl.col("is_below")
    limit = pl.when(stated == "below_loq").then(pl.coalesce("loq", "lod")).otherwise(pl.coalesce("lod", "loq"))
    checks = [
        ("HW-D116", "The limit written with the result is neither the LOD nor the LOQ beside it.",
         "Give the limits of this very result (after dilution and enrichment)", pl.col("is_foreign_limit")),
        ("HW-D116", "A limit of detection or quantification is not above zero.",
         "Give the limit, or leave it empty when unknown",
         (pl.col("lod") <= 0) | (pl.col("loq") <= 0)),
        ("HW-D112", "A concentration or load is below zero.", "Give a value of at least 0, or the limit it is below", n < 0),
        ("HW-D107", "The result is said to be quantified but has no value above zero.",
         "Give the value, or below_loq or not_detected", (pl.col("detection") == "quantified") & (n.fill_null(0) == 0)),
        ("HW-D116", "The result as written and the state beside it do not agree.", "Correct the result or its state",
         (pl.col("by_words") != stated) | (pl.col("is_below") & (stated == "quantified"))),
        ("HW-D116", "The result is said to be quantified but lies below its limit.",
         "Correct the result, its state or its limits",
         (stated == "quantified") & is_number & (n > 0) & (n < pl.max_horizontal("lod", "loq"))),
        ("HW-D116", "The result is said not to be quantified but lies above its limit.",
         "Correct the result, its state or its limits",
         (stated != "quantified") & is_number & (n > limit) & ~_equals(n, limit)),
    ]  # fmt: skip
    marks = frame.select(condition.fill_null(value=False).alias(str(i)) for i, (_, _, _, condition) in enumerate(checks))
    for i, (code, problem, remedy, _) in enumerate(checks):
        reader.refuse(column, marks[str(i)], code, problem, remedy)
