"""CSV that opens as data: text that a spreadsheet would run as a formula is disarmed with an apostrophe.

A number written as text (``-3.7`` in a refused row) is no formula and stays as it is; so a file of refused rows can be mended
and imported again.
"""

from __future__ import annotations

import polars as pl

_MARKS = "=+\\-@\\t\\r\\n\\x00＝＋－＠"
_RUNS_AS_FORMULA = f"^[{_MARKS}]"
_NUMBER = r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$"
_DISARMED = f"^'[{_MARKS}]"
_BYTE_ORDER_MARK = "\ufeff"


def disarm_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text, and every name of a column, that a spreadsheet would run.

    Examples
    --------
    >>> disarm_formulas(pl.DataFrame({"name": ["=1+1", "-3.7", "Graz"]})).to_series().to_list()
    ["'=1+1", '-3.7', 'Graz']
    """
    text = pl.col(pl.String)
    runs = text.str.contains(_RUNS_AS_FORMULA) & ~text.str.contains(_NUMBER)
    safe = frame.with_columns(pl.when(runs).then(pl.lit("'") + text).otherwise(text).name.keep())
    names = pl.Series(frame.columns, dtype=pl.String)
    return safe.rename({name: f"'{name}" for name in names.filter(names.str.contains(_RUNS_AS_FORMULA)).to_list()})


def arm_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as it was before :func:`disarm_formulas`; a text that had an apostrophe there of its own loses it."""
    text = pl.col(pl.String)
    return frame.with_columns(pl.when(text.str.contains(_DISARMED)).then(text.str.slice(1)).otherwise(text).name.keep())


def disarmed_csv(frame: pl.DataFrame, delimiter: str = ",") -> str:
    """CSV with a byte-order mark, so that spreadsheets read it as UTF-8."""
    return _BYTE_ORDER_MARK + csv_text(frame, delimiter)


def csv_text(frame: pl.DataFrame, delimiter: str = ",") -> str:
    """CSV without a byte-order mark."""
    return disarm_formulas(frame.with_columns(pl.col(pl.Enum).cast(pl.String))).write_csv(separator=delimiter)
