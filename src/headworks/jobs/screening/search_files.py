"""``lab search``: query spectra of a file against libraries, as a table to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.intake.spectra import read_mzml, read_spectra
from headworks.jobs.csv_text import csv_text
from headworks.jobs.screening.read_input import read_bytes, read_library_files
from headworks.lab.screening import flag_library_records, index_library, judge_search, library_isomers, search_library
from headworks.lab.screening.judge_search import THRESHOLD
from headworks.lab.screening.peak_arrays import FRAGMENT_TOLERANCE_DA
from headworks.lab.screening.search_library import PRECURSOR_PPM
from headworks.reference.screening_rules import level_rules
from headworks.store import write_atomically

COLUMNS = ("query", "rank", "compound", "inchikey", "score", "level", "reason")
_DIGITS = 4


@dataclass(frozen=True)
class SearchOutcome:
    """``hits`` as written; ``flags`` of library records; ``faults`` of both files; how many queries, and with a hit."""

    hits: pl.DataFrame
    flags: pl.DataFrame
    faults: pl.DataFrame
    n_queries: int
    n_with_hit: int
    n_library: int
    n_compounds: int

    @property
    def sentence(self) -> str:
        """In words."""
        return (
            f"{self.n_with_hit:,} of {self.n_queries:,} queries have a hit among {self.n_compounds:,} compounds "
            f"({self.n_library:,} spectra)."
        )


def search_files(
    libraries: Sequence[Path], queries: Path, *, threshold: float = THRESHOLD, most: int = 5,
    precursor_ppm: float = PRECURSOR_PPM, tolerance_da: float = FRAGMENT_TOLERANCE_DA,
) -> SearchOutcome:  # fmt: skip
    """Candidates of every query spectrum with level and reason.

    Parameters
    ----------
    libraries, queries
        MSP, MGF or MassBank records; queries may be an mzML, of which MS2 spectra are searched.
    threshold
        From which a candidate is a hit.
    most
        Candidates shown of each query.
    precursor_ppm, tolerance_da
        Tolerances of precursor and fragments.

    Returns
    -------
    SearchOutcome
        ``hits`` with the columns ``query, rank, compound, inchikey, score, level, reason``: candidates by rank from 1, and for
        a query without a hit one row with rank 0 that says why.

    Raises
    ------
    UsageError
        ``HW-U210`` for files, ``HW-U211`` for a threshold outside 0 to 1 or fewer than one candidate.
    """
    if not 0 <= threshold <= 1 or most < 1:
        raise UsageError("A search needs a threshold from 0 to 1 and at least one candidate.", where="--threshold, --top",
                         found=f"{threshold}, {most}", remedy="Give 0.62 and 5", code="HW-U211")  # fmt: skip
    spectra, files = read_library_files(libraries)
    wanted, faults = _queries(queries)
    index = index_library(spectra, tolerance_da=tolerance_da)
    found = search_library(index, wanted, precursor_ppm=precursor_ppm)
    judged = judge_search(
        index, wanted, query_names(wanted), found, level_rules(), near=library_isomers(index, spectra), threshold=threshold,
        most=most, precursor_ppm=precursor_ppm,
    )  # fmt: skip
    n_with_hit = judged.filter((pl.col("rank") == 1) & (pl.col("score") >= threshold)).height
    return SearchOutcome(
        judged.select(COLUMNS).with_columns(pl.col("score").round(_DIGITS), pl.col("level").replace("", None)),
        flag_library_records(spectra),
        pl.concat([file.faults for file in files] + [faults]), wanted.height, n_with_hit, index.records.height,
        index.compounds.height,
    )  # fmt: skip


def write_hits(outcome: SearchOutcome, path: Path) -> None:
    """The hits as CSV.

    Raises
    ------
    UsageError
        ``HW-U212`` when the file cannot be written.
    """
    try:
        write_atomically(path, csv_text(outcome.hits))
    except OSError as problem:
        raise UsageError("The hits cannot be written.", where=str(path), found=problem.strerror or str(problem),
                         remedy="Name a file in a folder you may write to", code="HW-U212") from problem  # fmt: skip


def _queries(path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    content = read_bytes(path, "file of queries")
    if path.name.lower().removesuffix(".gz").endswith(".mzml"):
        run = read_mzml(content, path.name)
        return run.spectra.filter(pl.col("ms_level") >= 2), run.faults
    read = read_spectra(content, path.name)
    return read.spectra, read.faults


def query_names(queries: pl.DataFrame) -> list[str]:
    """Names of queries, where each is told from the others by its name; else their accessions.

    Examples
    --------
    >>> query_names(pl.DataFrame({"compound": ["q1", "q1"], "spectrum_id": ["A", "B"]}))
    ['A', 'B']
    """
    names = queries["compound"]
    is_telling = names.null_count() == 0 and names.n_unique() == names.len()
    found: list[str] = (names if is_telling else queries["spectrum_id"]).to_list()
    return found
