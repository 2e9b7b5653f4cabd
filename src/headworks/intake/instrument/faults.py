"""Faults of an export by file, row and column: ``refused`` when a cell is emptied or a row left out, else ``warning``."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.intake.raw import REFUSAL_SCHEMA, ROW

FAULT_SCHEMA: dict[str, type[pl.DataType]] = {**REFUSAL_SCHEMA, "severity": pl.String}


class Place(NamedTuple):
    """File and sheet."""

    file: str
    sheet: str | None

    @property
    def where(self) -> str:
        """In words."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file


def no_faults() -> pl.DataFrame:
    """An empty list."""
    return pl.DataFrame(schema=FAULT_SCHEMA)


def fault_rows(
    rows: pl.DataFrame, place: Place, code: str, problem: str, *, found: pl.Expr, remedy: str, column: str,
    severity: str = "refused",
) -> pl.DataFrame:  # fmt: skip
    """One fault for each of ``rows``, which may carry ``source_row``."""
    if rows.is_empty():
        return no_faults()
    return rows.select(
        file=pl.lit(place.file),
        sheet=pl.lit(place.sheet, dtype=pl.String),
        row=pl.col(ROW).cast(pl.Int64) if ROW in rows.columns else pl.lit(None, dtype=pl.Int64),
        column=pl.lit(column),
        code=pl.lit(code),
        problem=pl.lit(problem),
        found=found.cast(pl.String).fill_null("").str.slice(0, 200),
        remedy=pl.lit(remedy),
        severity=pl.lit(severity),
    )
