"""Parquet files as raw tables: every value as its text, so that the same checks hold for all files."""

from __future__ import annotations

import io

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.raw import MOST_COLUMNS, ROW, RawTable, build_raw

_MOST_CELLS = 400_000_000
# A dictionary page can make a million long cells of one; their length together is looked at before they are unpacked.
_MOST_LETTERS = 4 * 1024**3


def read_parquet(content: bytes, file: str) -> RawTable:
    """The table of a Parquet file, each value as its text.

    Raises
    ------
    DataRefused
        ``HW-D102`` not a Parquet file, ``HW-D103`` too large unpacked or too wide.
    """
    try:
        frame = _texts(pl.scan_parquet(io.BytesIO(content)), file)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as problem:
        raise DataRefused(
            "This is not a Parquet file that can be read.",
            where=file,
            found=str(problem)[:200],
            remedy="Write it again, uncompressed or with zstd or snappy",
            code="HW-D102",
        ) from problem
    return build_raw(frame, pl.Series(range(2, frame.height + 2), dtype=pl.Int64), file)


def _texts(lazy: pl.LazyFrame, file: str) -> pl.DataFrame:
    schema = lazy.collect_schema()
    height = int(lazy.select(pl.len()).collect().item())
    if len(schema) > MOST_COLUMNS or height * len(schema) > _MOST_CELLS:
        raise _too_large(file, f"{height:,} rows x {len(schema):,} columns")
    nested = [name for name, dtype in schema.items() if dtype.is_nested() or dtype == pl.Binary or dtype == pl.Object]
    if nested:
        raise DataRefused(
            "Columns hold lists or bytes.",
            where=file,
            found=", ".join(nested)[:500],
            remedy="Give one value a cell",
            code="HW-D102",
        )
    frame = lazy.collect().drop(ROW, strict=False)
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    letters = sum(int(frame[name].str.len_bytes().cast(pl.Int64).sum()) for name in texts)
    if letters > _MOST_LETTERS:
        raise _too_large(file, f"{letters:,} letters")
    zoned = [pl.col(n).dt.to_string("iso:strict") for n, d in frame.schema.items() if isinstance(d, pl.Datetime)]
    return frame.with_columns(zoned).cast(pl.String)


def _too_large(file: str, found: str) -> DataRefused:
    return DataRefused(
        "The file is too large to be a table of results.", where=file, found=found, remedy="Split it", code="HW-D103"
    )
