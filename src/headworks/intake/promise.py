"""Rows that break their table's promise are refused one by one, each with the rule it broke; the others are kept.

The rules are the schema's own (``tables/``); here they only get words. Two rows with the same key are one row when they say
the same, and are all refused when they do not: which one is right, the file does not tell.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import dataframely as dy
import polars as pl

from headworks.core.schema import Table
from headworks.intake.raw import ROW, RawTable, no_refusals, refuse_rows

_WORDS = {
    "nullability": ("HW-D107", "The cell is empty.", "Give a value; this column is required"),
    "min_length": ("HW-D107", "The cell is empty.", "Give a value; this column is required"),
    "dtype": ("HW-D112", "The value is out of the range of this column.", "Correct the value"),
    "min": ("HW-D112", "The value is below the least possible.", "Give at least {min}"),
    "min_exclusive": (
        "HW-D112",
        "The value is not above the least possible.",
        "Give more than {min_exclusive}, or leave it empty",
    ),
    "max": ("HW-D112", "The value is above the greatest possible.", "Give at most {max}"),
    "inf": ("HW-D105", "This is not a finite number.", "Leave the cell empty when there is no value"),
    "nan": ("HW-D105", "This is not a finite number.", "Leave the cell empty when there is no value"),
}


class _Rule(NamedTuple):
    columns: tuple[str, ...]
    problem: str
    remedy: str


# Rules over several columns, in the words of who wrote the file.
_RULES = {
    "ends_after_it_begins": _Rule(
        ("collected_from", "collected_to", "valid_from", "valid_to"), "It ends before it begins.", "Correct one of the two"
    ),
    "an_institution_has_a_consent_protocol": _Rule(
        ("kind", "consent"), "A site at an institution needs a consent protocol.",
        "Give the reference of the recorded protocol in the column consent; without one the site is not kept",
    ),
    "a_quantified_result_has_a_value": _Rule(
        ("concentration_ng_per_l",), "A quantified result has no value.",
        "Give the value, or the state below_loq or not_detected",
    ),
    "a_quantified_load_has_a_value": _Rule(
        ("load_mg_per_1000_per_day",), "A quantified load has no value.", "Give the value, or the limit it is below"
    ),
    "the_lod_is_at_most_the_loq": _Rule(
        ("lod_ng_per_l", "loq_ng_per_l"), "The limit of detection is above the limit of quantification.",
        "Correct the limits; perhaps they are exchanged",
    ),
    "a_count_or_its_growth_is_given": _Rule(
        ("numerator", "growth_percent"), "Neither a count nor its growth is given.", "Give one of the two"
    ),
}  # fmt: skip


@cache
def _with_row(schema: type[Table]) -> type[Table]:
    make: Any = type(schema)
    extended: type[Table] = make(schema.__name__, (schema,), {ROW: dy.Int64(), "__module__": schema.__module__})
    return extended


def keep_promise(
    schema: type[Table], frame: pl.DataFrame, raw: RawTable, theirs: dict[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """The rows that keep the table's promise, the refusals of those that do not, and the rows that repeat one.

    Parameters
    ----------
    schema
        The promise.
    frame
        Its columns plus ``source_row``.
    raw
        The foreign table, for messages.
    theirs
        Our column to the foreign header.

    Returns
    -------
    pl.DataFrame, pl.DataFrame, pl.Series
        Kept rows in the table's types, in order; refusals; ``source_row`` of rows that say the same as an earlier one.
    """
    frame, refusals, repeated = _one_row_per_key(schema, _with_what_may_be_empty(schema, frame), raw, theirs)
    kept, failure = _with_row(schema).filter(frame, cast=True)
    if kept.height == frame.height:
        return pl.DataFrame(kept), refusals, repeated
    broken = failure.details()
    found = [refusals]
    for rule in [name for name in broken.columns if name not in frame.columns]:
        rows = broken.filter(pl.col(rule).cast(pl.String) == "invalid")
        if rows.height:
            # Types are checked on what could be cast; the cell as it came is in the frame.
            found.append(_refusal_of(schema, rule, frame.filter(pl.col(ROW).is_in(rows[ROW].implode())), raw, theirs))
    return pl.DataFrame(kept), pl.concat(found), repeated


def _with_what_may_be_empty(schema: type[Table], frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns that a format does not know and that may be empty."""
    absent = [name for name, column in schema.columns().items() if column.nullable and name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=schema.columns()[name].dtype).alias(name) for name in absent)


def _refusal_of(schema: type[Table], rule: str, rows: pl.DataFrame, raw: RawTable, theirs: dict[str, str]) -> pl.DataFrame:
    column, _, kind = rule.partition("|")
    if not kind:
        words = _RULES.get(rule) or _Rule((), rule.replace("_", " ").capitalize() + ".", "Correct one of these columns")
        named = [name for name in words.columns if name in schema.column_names()] or schema.primary_key()
        shown = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in named], separator=" · ")
        return refuse_rows(
            raw, rows, column=", ".join(theirs.get(name, name) for name in named), code="HW-D115",
            problem=words.problem, found=shown, remedy=words.remedy,
        )  # fmt: skip
    code, problem, remedy = _WORDS.get(kind, ("HW-D112", f"The value breaks the rule {kind}.", "Correct the value"))
    limits: dict[str, Any] = vars(schema.columns()[column]) if column in schema.columns() else {}
    return refuse_rows(
        raw, rows, column=theirs.get(column, column), code=code, problem=problem,
        found=pl.col(column), remedy=remedy.format_map(_Limits(limits)),
    )  # fmt: skip


class _Limits(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return key


def _one_row_per_key(
    schema: type[Table], frame: pl.DataFrame, raw: RawTable, theirs: dict[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    keys = schema.primary_key()
    # As many hashes as rows: no two keys are equal. Otherwise, perhaps; then the keys themselves are compared.
    if frame.select(pl.struct(keys).hash().n_unique()).item() == frame.height:
        return frame, no_refusals(), frame[ROW].clear()
    columns = [name for name in frame.columns if name != ROW]
    distinct = frame.unique(columns, keep="first", maintain_order=True)
    repeated = frame.filter(~pl.col(ROW).is_in(distinct[ROW].implode()))
    clashing = distinct.filter(pl.struct(keys).is_duplicated())
    if clashing.is_empty():
        return distinct, no_refusals(), repeated[ROW]
    # Every row of a clashing key is refused, also one that repeats another of them.
    is_clash = pl.struct(keys).is_in(clashing.select(pl.struct(keys)).to_series().unique().implode())
    refused = frame.filter(is_clash)
    return distinct.filter(~is_clash), refuse_clash(keys, refused, raw, theirs), repeated.filter(~is_clash)[ROW]


def refuse_clash(keys: list[str], rows: pl.DataFrame, raw: RawTable, theirs: dict[str, str]) -> pl.DataFrame:
    """Refusals of rows that have a key in common and say different things."""
    shown = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in keys], separator=" · ")
    return refuse_rows(
        raw, rows, column=", ".join(theirs.get(name, name) for name in keys), code="HW-D110",
        problem="Two rows of this file have the same key and differ.", found=shown,
        remedy="Keep the right one; number repeated measurements in the column replicate",
    )  # fmt: skip
