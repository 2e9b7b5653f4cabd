"""The digital archive of a workspace's runs: what a sample showed, kept so that it can be asked again.

One Parquet file a run, named by the SHA-256 of the run's bytes and written whole or not at all: features of MS1 (``kind`` 1)
and every MS2 spectrum (``kind`` 2) with its peaks from 0.1 % of the base peak. Sample, file and time stand in its
metadata. Readers take the columns they need; peaks only where a precursor fits.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from headworks.core.errors import DataRefused, WorkspaceError
from headworks.intake.spectra import Run
from headworks.lab.screening import Archived, derive_features
from headworks.lab.screening.spectrum_index import as_spectra
from headworks.store import Workspace, write_atomically

FORMAT = "1"
_FOLDER = Path("screening") / "archive"
_KEY = "headworks.screening"
# Less of the base peak is noise on every instrument of docs/studies/spectral_search.md, and most of a file.
_LEAST_SHARE = 0.001
_HEAD = ["kind", "mz", "retention_time_min", "height", "area", "n_scans", "polarity"]
_FEATURE, _SPECTRUM = 1, 2


@dataclass(frozen=True)
class ArchivedRun:
    """A run in the archive."""

    path: Path
    run: str
    sample_id: str
    file: str
    started_at: str
    n_features: int
    n_spectra: int

    def open(self) -> Archived:
        """Its contents, peaks only when they are asked for.

        Raises
        ------
        WorkspaceError
            ``HW-W006`` when the file is damaged.
        """
        head = _read(self.path, _HEAD)
        features = head.filter(pl.col("kind") == _FEATURE)
        spectra = head.filter(pl.col("kind") == _SPECTRUM).rename({"mz": "precursor_mz"})
        kept: list[pl.DataFrame] = []

        def peaks(rows: Sequence[int]) -> pl.DataFrame:
            if not kept:
                whole = _read(
                    self.path, ["kind", "mz", "polarity", "spectrum_id", "retention_time_min", "peak_mz", "peak_height"]
                )
                kept.append(whole.filter(pl.col("kind") == _SPECTRUM))
            chosen = kept[0][list(rows)].rename({"mz": "precursor_mz", "peak_mz": "mz", "peak_height": "intensity"})
            return as_spectra(chosen.with_columns(ms_level=pl.lit(2)))

        return Archived(features, spectra, peaks)


def archive_run(workspace: Workspace, run: Run, sample_id: str) -> tuple[ArchivedRun, bool]:
    """Keep a run under a sample; the same run again changes nothing. Also says whether it is new.

    Raises
    ------
    DataRefused
        ``HW-D671`` when these bytes are archived under another sample already; ``HW-D672`` for a run without spectra.
    """
    path = workspace.path / _FOLDER / run.content_hash[:2] / f"{run.content_hash}.parquet"
    if path.exists():
        known = _described(path)
        if known.sample_id != sample_id:
            raise DataRefused("This run is archived as another sample.", where=run.file, found=f"sample {known.sample_id}",
                              remedy="Name that sample, or give the right file", code="HW-D671")  # fmt: skip
        return known, False
    if run.spectra.is_empty():
        raise DataRefused(
            "The run has no spectra to be screened.",
            where=run.file,
            found=f"{run.chromatograms.height} chromatograms",
            remedy="Give a full-scan or DDA run; SRM is quantified by headworks lab evaluate",
            code="HW-D672",
        )
    frame = _rows(run)
    about = {"format": FORMAT, "sample_id": sample_id, "run": run.content_hash, "file": run.file,
             "started_at": run.started_at.isoformat() if run.started_at else "",
             "n_features": frame.filter(pl.col("kind") == _FEATURE).height,
             "n_spectra": frame.filter(pl.col("kind") == _SPECTRUM).height}  # fmt: skip
    packed = io.BytesIO()
    frame.write_parquet(packed, compression="zstd", metadata={_KEY: json.dumps(about, ensure_ascii=False)})
    write_atomically(path, packed.getvalue())
    return _described(path), True


def _rows(run: Run) -> pl.DataFrame:
    """Features, then MS2 spectra, both by ascending m/z so that the file packs well."""
    features = derive_features(run.spectra).with_columns(kind=pl.lit(_FEATURE, pl.Int8))
    second = run.spectra.filter(pl.col("ms_level") >= 2)
    second = second.drop_nulls("mz").with_row_index("_row")
    peaks = second.select("_row", "mz", "intensity").filter(pl.col("mz").list.len() > 0).explode("mz", "intensity")
    top = pl.col("intensity").max().over("_row")
    kept = (
        peaks.filter(pl.col("intensity") >= _LEAST_SHARE * top)
        .group_by("_row", maintain_order=True)
        .agg(
            peak_mz=pl.col("mz").cast(pl.Float32),
            peak_height=pl.col("intensity").cast(pl.Float32),
            height=pl.col("intensity").max(),
        )
    )
    spectra = second.select(
        "_row", "spectrum_id", "retention_time_min", pl.col("polarity").cast(pl.String), mz="precursor_mz",
        kind=pl.lit(_SPECTRUM, pl.Int8),
    ).join(kept, on="_row", how="left", maintain_order="left").drop("_row")  # fmt: skip
    both = pl.concat(
        [features, spectra.sort("mz", "retention_time_min", nulls_last=True, maintain_order=True)], how="diagonal"
    )
    return both.select(*_HEAD, "spectrum_id", "peak_mz", "peak_height")


def list_archive(workspace: Workspace) -> list[ArchivedRun]:
    """Runs in the archive, by sample and run.

    Raises
    ------
    WorkspaceError
        ``HW-W006`` when one is damaged.
    """
    return sorted((_described(path) for path in _paths(workspace)), key=lambda run: (run.sample_id, run.run))


def _paths(workspace: Workspace) -> Iterator[Path]:
    # What a crash left behind begins with a dot.
    yield from (path for path in (workspace.path / _FOLDER).glob("??/*.parquet") if not path.name.startswith("."))


def _described(path: Path) -> ArchivedRun:
    try:
        about = json.loads(pl.read_parquet_metadata(path)[_KEY])
        return ArchivedRun(
            path, about["run"], about["sample_id"], about["file"], about["started_at"], about["n_features"], about["n_spectra"]
        )
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError) as problem:
        raise _damaged(path, problem) from problem


def _read(path: Path, columns: list[str]) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, columns=columns)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise _damaged(path, problem) from problem


def _damaged(path: Path, problem: Exception) -> WorkspaceError:
    return WorkspaceError("An archived run is damaged.", where=str(path), found=str(problem)[:200],
                          remedy="Remove the file and screen the run's mzML again", code="HW-W006")  # fmt: skip


def sampled_on(run: ArchivedRun, days: dict[str, dt.date]) -> dt.date | None:
    """The sample's day; that of the run where the workspace does not know the sample."""
    if run.sample_id in days:
        return days[run.sample_id]
    return dt.datetime.fromisoformat(run.started_at).date() if run.started_at else None
