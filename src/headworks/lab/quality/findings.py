"""What a check found: one row with its number, its limits, what follows, whom it touches, and a sentence.

The trap: a check that could not be made is not a check that was passed. Its outcome is ``not_judged``, with the reason.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.sentences import SENTENCE_COLUMNS, no_sentence, sentence

FINDING_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "batch_id": pl.String, "analyte": pl.String, "check": pl.String, "rule": pl.String, "outcome": pl.String,
    "consequence": pl.String, "level": pl.String, "found": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
    "unit": pl.String, "injections": pl.List(pl.Int64), "touches": pl.List(pl.Int64), "reason": pl.String,
    "code": pl.String, "values": pl.List(pl.String),
}  # fmt: skip
PASS, FAIL, NOT_JUDGED = "pass", "fail", "not_judged"
REJECT, WITHHOLD, LOOK, NOTE, NOTHING = "reject", "withhold", "look", "note", "none"
# Types of injections; those of the shelf's injection_results, and the field blank, which the sample's role tells.
SAMPLES = ("sample", "duplicate")
BLANKS = ("blank", "field_blank")
BLANKS_WITHOUT_ANALYTE = ("blank", "double_blank", "solvent_blank")
CONTROLS = ("continuing_calibration", "qc")
BATCH = ["batch_id", "analyte"]
_RESULT_TEXTS = ["batch_id", "injection", "sample_name", "sample_type", "analyte", "detection"]
_RESULT_NUMBERS = ["area", "concentration", "loq"]
_OPTIONAL: dict[str, type[pl.DataType]] = {
    "level": pl.String, "parent_sample_name": pl.String, "expected_concentration": pl.Float64, "lod": pl.Float64,
    "reporting_limit": pl.Float64, "internal_standard_area": pl.Float64, "added_concentration": pl.Float64,
}  # fmt: skip
CENSORED = ("below_loq", "not_detected")
DETECTIONS = ("quantified", "below_loq", "not_detected", "above_uloq")
# Numbers nearer than this are equal after rounding in binary; no instrument prints nine digits.
ROUNDING = 1e-9


class Rule(NamedTuple):
    """Limits of a rule, in its unit; what follows when it is broken."""

    lower: float | None
    upper: float | None
    unit: str
    consequence: str

    @property
    def ceiling(self) -> float:
        """The upper limit of a rule that has only that."""
        return float("inf") if self.upper is None else self.upper

    @property
    def floor(self) -> float:
        """The lower limit of a rule that has only that."""
        return float("-inf") if self.lower is None else self.lower


Rules = dict[tuple[str, str], Rule]


def rules_by_name(rules: pl.DataFrame) -> Rules:
    """Rules of one profile by check and name.

    Raises
    ------
    DataRefused
        ``HW-D630`` for rules of no or of several profiles.
    """
    profiles = rules["profile"].unique().sort().to_list()
    if len(profiles) != 1:
        raise DataRefused(
            "Quality control goes by one profile.",
            where="quality rules, column profile",
            found=", ".join(profiles) or "no rules",
            remedy="Choose one profile",
            code="HW-D630",
        )
    columns = rules.select("check", "rule", "limit_lower", "limit_upper", "unit", "consequence").rows()
    return {(check, name): Rule(lower, upper, unit, consequence) for check, name, lower, upper, unit, consequence in columns}


def results_of(results: pl.DataFrame) -> pl.DataFrame:
    """Results with their optional columns, endless numbers taken out, in order of batch, analyte and injection.

    Parameters
    ----------
    results
        One row per injection and analyte: ``batch_id, injection`` (place in the run), ``sample_name, sample_type, analyte,
        area, concentration, loq, detection`` (of ``DETECTIONS``; empty: no valid result), and where known ``level,
        expected_concentration, internal_standard_area, lod, reporting_limit, parent_sample_name`` (of a duplicate or spike)
        and ``added_concentration``. All concentrations of a batch's analyte are in one unit.

    Raises
    ------
    DataRefused
        ``HW-D631`` for a missing column, one without numbers, or a detection that is not known; ``HW-D632`` for an injection
        that has an analyte twice.
    """
    missing = [name for name in (*_RESULT_TEXTS, *_RESULT_NUMBERS) if name not in results.columns]
    if missing:
        _refuse("Results of a batch lack a column.", missing, results.columns, "Add it")
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in _OPTIONAL.items() if name not in results.columns]
    rows = results.with_columns(absent)
    numbers = [*_RESULT_NUMBERS, *(name for name, dtype in _OPTIONAL.items() if dtype == pl.Float64)]
    wordy = [name for name in numbers if not (rows[name].dtype.is_numeric() or rows[name].dtype == pl.Null)]
    if wordy:
        _refuse("A column of results holds no numbers.", wordy, wordy, "Give numbers, and nothing where there is none")
    rows = rows.with_columns(pl.col("injection").cast(pl.Int64), pl.col("detection", "sample_type").cast(pl.String))
    strange = set(rows["detection"].drop_nulls().unique()) - set(DETECTIONS)
    if strange:
        _refuse("A result is of a state that is not known.", ["detection"], sorted(strange), "Give " + ", ".join(DETECTIONS))
    rows = rows.with_columns(
        pl.when(pl.col(name).cast(pl.Float64).is_finite()).then(pl.col(name).cast(pl.Float64)) for name in numbers
    )
    twice = rows.filter(rows.select("batch_id", "analyte", "injection").is_duplicated())
    if twice.height:
        raise DataRefused(
            "An injection has an analyte twice.",
            where="results, batch_id, analyte, injection",
            found=str(twice.select("batch_id", "analyte", "injection").row(0)),
            remedy="Give each injection its own number",
            code="HW-D632",
        )
    return rows.sort("batch_id", "analyte", "injection")


def _refuse(what: str, columns: list[str], found: list[str], remedy: str) -> None:
    raise DataRefused(
        what, where="results, column " + ", ".join(columns), found=", ".join(found), remedy=remedy, code="HW-D631"
    )


def finding_rows(
    rows: pl.DataFrame, check: str, name: str, rule: Rule, *, is_met: pl.Expr, reason: pl.Expr, open_is: str = NOTE
) -> pl.DataFrame:
    """Rows as findings.

    Parameters
    ----------
    rows
        ``batch_id, analyte, found`` and, where they are other than none or the rule's, ``lower, upper, level, injections,
        touches, why_not`` (a sentence of ``lab.sentences`` where the check could not be made).
    is_met
        Whether the rule is kept.
    reason
        The sentence, as :func:`headworks.lab.sentences.sentence` makes it.
    open_is
        What follows where the check could not be made.
    """
    absent = {
        "lower": pl.lit(rule.lower, pl.Float64), "upper": pl.lit(rule.upper, pl.Float64), "level": pl.lit(None, pl.String),
        "why_not": no_sentence(), "injections": pl.lit([], pl.List(pl.Int64)),
        "touches": pl.lit([], pl.List(pl.Int64)),
    }  # fmt: skip
    rows = rows.with_columns(value.alias(column) for column, value in absent.items() if column not in rows.columns)
    # A comparison with a number that is missing is neither kept nor broken.
    endless = ~pl.col("found").is_finite().fill_null(value=True)
    untold = pl.when(is_met.is_null() | endless).then(sentence("check.number_missing"))
    rows = rows.with_columns(why_not=pl.coalesce("why_not", untold), found=pl.when(~endless).then("found"))
    is_open, met = pl.col("why_not").is_not_null(), is_met.fill_null(value=False)
    outcome = pl.when(is_open).then(pl.lit(NOT_JUDGED)).when(met).then(pl.lit(PASS)).otherwise(pl.lit(FAIL))
    follows = pl.when(is_open).then(pl.lit(open_is)).when(met).then(pl.lit(NOTHING)).otherwise(pl.lit(rule.consequence))
    touched = pl.when(is_open | ~met).then(pl.col("touches").fill_null(pl.lit([], pl.List(pl.Int64))))
    filled = rows.with_columns(
        check=pl.lit(check), rule=pl.lit(name), unit=pl.lit(rule.unit), outcome=outcome, consequence=follows,
        touches=touched.otherwise(pl.lit([], pl.List(pl.Int64))),
        _said=pl.coalesce("why_not", reason, sentence("check.name_missing")),
    ).with_columns(pl.col("_said").struct.field(name) for name in SENTENCE_COLUMNS)  # fmt: skip
    return filled.select(pl.col(column).cast(dtype) for column, dtype in FINDING_SCHEMA.items())


def result_bounds(suffix: str) -> tuple[pl.Expr, pl.Expr]:
    """The least and the most a result can be: itself when quantified, nothing to its limit when not."""
    detection, value, loq = pl.col(f"detection{suffix}"), pl.col(f"concentration{suffix}"), pl.col(f"loq{suffix}")
    limit = pl.when(detection == "not_detected").then(pl.coalesce(f"lod{suffix}", loq)).otherwise(loq)
    censored = detection.is_in(CENSORED)
    return pl.when(censored).then(0.0).otherwise(value), pl.when(censored).then(limit).otherwise(value)


def no_findings() -> pl.DataFrame:
    """An empty table of findings."""
    return pl.DataFrame(schema=FINDING_SCHEMA)


def touched_by(rows: pl.DataFrame, results: pl.DataFrame, is_touched: pl.Expr, key: str | None = None) -> pl.DataFrame:
    """Rows with ``touches``: injections of samples of the same batch and analyte (and ``key``) for which ``is_touched`` holds.

    ``is_touched`` may use columns of both; a column of ``rows`` that ``results`` has too is named ``<column>_finding``.
    """
    if rows.is_empty():
        return rows.with_columns(touches=pl.lit([], pl.List(pl.Int64)))
    numbered = rows.with_row_index("_row")
    samples = results.filter(pl.col("sample_type").is_in(SAMPLES))
    on = [*BATCH, key] if key else BATCH
    both = samples.join(numbered, on=on, how="inner", suffix="_finding").filter(is_touched)
    lists = both.group_by("_row").agg(touches=pl.col("injection").unique().sort())
    joined = numbered.join(lists, on="_row", how="left", maintain_order="left").drop("_row")
    return joined.with_columns(pl.col("touches").fill_null(pl.lit([], pl.List(pl.Int64))))
