"""Screening of files and of a workspace: a search written as CSV, samples archived, every archive asked again.

``screening/`` in a workspace holds ``archive/`` (one Parquet file a run, named by the SHA-256 of the run's bytes),
``suspects.parquet`` and ``hits.parquet`` (``ScreeningHits``).
"""

from headworks.jobs.screening.archive import ArchivedRun, list_archive
from headworks.jobs.screening.hits import read_hits, review_hit
from headworks.jobs.screening.screen_files import ScreeningOrder, ScreeningOutcome, rescreen_archive, screen_files
from headworks.jobs.screening.search_files import SearchOutcome, search_files

__all__ = [
    "ArchivedRun", "ScreeningOrder", "ScreeningOutcome", "SearchOutcome", "list_archive", "read_hits", "rescreen_archive",
    "review_hit", "screen_files", "search_files",
]  # fmt: skip
