"""Bytes of the files a command names, and the lists and libraries in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.intake.spectra import SpectraFile, SuspectFile, read_spectra, read_suspects

# A file larger than this is not read into memory.
_MOST_BYTES = 4_000_000_000


def read_bytes(path: Path, what: str) -> bytes:
    """The bytes of a file.

    Raises
    ------
    UsageError
        ``HW-U210`` for a file that is not there, cannot be read or is too large.
    """
    try:
        if path.stat().st_size <= _MOST_BYTES:
            return path.read_bytes()
        found = f"{path.stat().st_size:,} bytes"
    except OSError as problem:
        found = problem.strerror or str(problem)
    raise UsageError(
        f"The {what} cannot be read.",
        where=str(path),
        found=found,
        remedy="Name a readable file of at most 4 GB",
        code="HW-U210",
    )


def read_library_files(paths: Sequence[Path]) -> tuple[pl.DataFrame, list[SpectraFile]]:
    """Spectra of several library files as one, accessions that come twice told apart by their file."""
    files = [read_spectra(read_bytes(path, "library"), path.name) for path in paths]
    whole = pl.concat([file.spectra.with_columns(_file=pl.lit(file.file)) for file in files])
    name = pl.col("spectrum_id")
    is_again = name.is_first_distinct().not_()
    named = whole.with_columns(spectrum_id=pl.when(is_again).then(pl.format("{} ({})", name, "_file")).otherwise(name))
    # Two files of one name: the place tells them apart.
    is_again = pl.col("spectrum_id").is_first_distinct().not_()
    place = pl.int_range(pl.len()).cast(pl.String)
    named = named.with_columns(spectrum_id=pl.when(is_again).then(pl.format("{} [{}]", name, place)).otherwise(name))
    return named.drop("_file"), files


def read_suspect_file(path: Path) -> SuspectFile:
    """Suspects of a CSV file."""
    return read_suspects(read_bytes(path, "suspect list"), path.name)
