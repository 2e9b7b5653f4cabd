"""``lab screen``: runs archived and screened, and every archived run asked again about new suspects.

Suspects once given stay with the workspace and are looked for in every run that comes. A library is named with each command,
since its licence may not allow a copy. A run that is archived already is screened again, not archived again.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import sampling_day
from headworks.core.schema import polars_schema
from headworks.intake.spectra import read_mzml
from headworks.jobs.screening.archive import ArchivedRun, archive_run, list_archive, sampled_on
from headworks.jobs.screening.hits import keep_hits
from headworks.jobs.screening.read_input import read_bytes, read_library_files, read_suspect_file
from headworks.lab.screening import Library, Screening, index_library, library_isomers, screen_sample, suspect_ions
from headworks.lab.screening.judge_search import THRESHOLD
from headworks.lab.screening.search_library import PRECURSOR_PPM
from headworks.lab.screening.suspect_ions import Ions
from headworks.reference.screening_rules import level_rules
from headworks.store import Workspace, read_facts, write_atomically
from headworks.tables.screening import ScreeningHits, Suspects

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ScreeningOrder:
    """What to screen with: libraries, a suspect list, the profile of levels, tolerances."""

    libraries: Sequence[Path] = ()
    suspects: Path | None = None
    is_own_library: bool = False
    profile: str = "headworks-default"
    precursor_ppm: float = PRECURSOR_PPM
    threshold: float = THRESHOLD


@dataclass(frozen=True)
class ScreeningOutcome:
    """Hits of this screening (``ScreeningHits``), faults of the files, and how much was screened."""

    hits: pl.DataFrame
    faults: pl.DataFrame
    n_runs: int
    n_new: int
    n_suspects: int
    runs: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """In words."""
        compounds = self.hits["substance"].n_unique()
        return (
            f"{self.n_runs:,} runs screened ({self.n_new:,} new in the archive) for {self.n_suspects:,} suspects: "
            f"{self.hits.height:,} hits of {compounds:,} compounds."
        )


def screen_files(
    workspace: Workspace,
    files: Sequence[Path],
    order: ScreeningOrder,
    samples: Sequence[str] = (),
    tell: Tell = lambda _: None,
) -> ScreeningOutcome:
    """Archive runs and screen them.

    Parameters
    ----------
    files
        mzML files.
    samples
        A sample for each file; the files' names without.
    tell
        Told what is being done.

    Raises
    ------
    UsageError
        ``HW-U210`` for files, ``HW-U214`` for samples that do not pair with files, ``HW-U215`` when there is nothing to look
        for.
    DataRefused
        What the readers and the archive refuse; runs before it are archived and screened.
    """
    names = list(samples) or [path.name.removesuffix(".gz").removesuffix(".mzML") for path in files]
    if len(names) != len(files) or not all(names):
        raise UsageError("Each file is one sample's.", where="--sample", found=f"{len(names)} samples, {len(files)} files",
                         remedy="Give --sample once for each file, in their order", code="HW-U214")  # fmt: skip
    how = _how(order)
    with workspace.writing(tell=tell):
        ions, library = _sought(workspace, order, only_new=False)
        faults, runs, n_new = [], [], 0
        for path, name in zip(files, names, strict=True):
            tell(f"{path.name}: reading")
            run = read_mzml(read_bytes(path, "run"), path.name)
            archived, is_new = archive_run(workspace, run, name)
            faults.append(run.faults)
            runs.append(archived)
            n_new += is_new
        hits = _screen(workspace, runs, ions, library, how, tell)
    return ScreeningOutcome(hits, pl.concat(faults), len(runs), n_new, _n_suspects(ions), [run.run for run in runs])


def rescreen_archive(
    workspace: Workspace, order: ScreeningOrder, tell: Tell = lambda _: None, *, samples: Collection[str] | None = None
) -> ScreeningOutcome:
    """Screen every archived run: for the suspects of the list that is given, else for all that are known.

    Parameters
    ----------
    samples
        Only the runs of these, of which none may be archived.

    Raises
    ------
    UsageError
        ``HW-U210`` for files, ``HW-U215`` when there is nothing to look for, or no run at all to look in.
    """
    how = _how(order)
    with workspace.writing(tell=tell):
        ions, library = _sought(workspace, order, only_new=True)
        runs = [run for run in list_archive(workspace) if samples is None or run.sample_id in samples]
        if not runs and samples is None:
            raise UsageError(
                "No run is archived yet.", where=str(workspace.path), remedy="Screen mzML files first", code="HW-U215"
            )
        hits = _screen(workspace, runs, ions, library, how, tell)
    faults = pl.DataFrame(schema={"file": pl.String})
    return ScreeningOutcome(hits, faults, len(runs), 0, _n_suspects(ions), [run.run for run in runs])


def _how(order: ScreeningOrder) -> Screening:
    return Screening(level_rules(order.profile), precursor_ppm=order.precursor_ppm, threshold=order.threshold)


def _n_suspects(ions: Ions | None) -> int:
    return 0 if ions is None else ions.suspects["substance"].n_unique()


def _screen(
    workspace: Workspace, runs: Sequence[ArchivedRun], ions: Ions | None, library: Library | None, how: Screening, tell: Tell
) -> pl.DataFrame:
    days = _days(workspace)
    rows: list[dict[str, object]] = []
    for number, run in enumerate(runs, start=1):
        if number % 50 == 1:
            tell(f"{number} of {len(runs)} runs: screening")
        day = sampled_on(run, days)
        about = {"sample_id": run.sample_id, "run": run.run, "sampled_on": day, "first_seen": day, "review": "open"}
        rows += [{**about, **hit} for hit in screen_sample(run.open(), ions, library, how)]
    found = pl.DataFrame(rows, schema=polars_schema(ScreeningHits))
    whole = keep_hits(workspace, found)
    return whole.join(
        found.select("sample_id", "substance", "adduct", "run"), on=["sample_id", "substance", "adduct", "run"], how="semi"
    )


def _days(workspace: Workspace) -> dict[str, dt.date]:
    samples = read_facts(workspace, "samples")
    day = sampling_day(pl.col("collected_from"), pl.col("utc_offset_min").fill_null(0))
    return dict(samples.select("sample_id", day=day).rows())


def _sought(workspace: Workspace, order: ScreeningOrder, *, only_new: bool) -> tuple[Ions | None, Library | None]:
    """Ions of the suspects and the library; suspects that are given are kept."""
    library = None
    if order.libraries:
        spectra, _ = read_library_files(order.libraries)
        index = index_library(spectra)
        library = Library(index, library_isomers(index, spectra), order.is_own_library)
    known = read_known_suspects(workspace)
    given = read_suspect_file(order.suspects).suspects if order.suspects else None
    wanted = known
    if given is not None:
        ions = suspect_ions(given)  # refused before anything is kept
        known = pl.concat([given, known]).unique(["substance", "adduct"], keep="first", maintain_order=True)
        packed = io.BytesIO()
        known.write_parquet(packed)
        write_atomically(workspace.path / "screening" / "suspects.parquet", packed.getvalue())
        if only_new:
            return ions, library
        wanted = known
    if wanted.is_empty() and library is None:
        raise UsageError(
            "There is nothing to look for.",
            where="--suspects, --library",
            found="neither, and no suspects are kept",
            remedy="Give a suspect list or a library",
            code="HW-U215",
        )
    return (None if wanted.is_empty() else suspect_ions(wanted)), library


def read_known_suspects(workspace: Workspace) -> pl.DataFrame:
    """Suspects the workspace keeps (``Suspects``)."""
    path = workspace.path / "screening" / "suspects.parquet"
    return pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=polars_schema(Suspects))
