"""The worker's part of screening: runs archived and screened, suspects and libraries asked of what is archived.

What it says afterwards is of samples of the laboratory alone. Doing it again changes nothing: a run is known by its bytes, a
hit by sample, suspect, ion and run, and a file that is gone was taken before.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from headworks.jobs.screening import ScreeningOrder, ScreeningOutcome, list_archive, rescreen_archive, screen_files
from headworks.jobs.screening.read_input import read_library_files
from headworks.lab.screening import index_library
from headworks.web.opened import the_workspace
from headworks.web.operations.laboratory.screening.files import file_of, libraries_of
from headworks.web.operations.models import SampleRecord

Tell = Callable[[str], None]
_WORKER = "the worker screens what was sent"


def screen_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do what one sending asks for; what was taken is removed from what waits."""
    area_path = str(said["laboratory"])
    if "runs" in said:
        done = _screen_runs(area_path, said["runs"], tell)
    elif "list" in said:
        done = _ask_again(area_path, file_of(area_path, said["list"]), tell)
    else:
        done = _take_library(area_path, file_of(area_path, said["library"]), tell)
    if done is None:
        return {"status": "taken before"}
    return {
        "n_runs": done.n_runs, "n_new": done.n_new, "n_suspects": done.n_suspects, "n_hits": done.hits.height,
        "n_compounds": done.hits["substance"].n_unique(), "n_faults": done.faults.height,
    }  # fmt: skip


def _screen_runs(area_path: str, runs: list[list[str]], tell: Tell) -> ScreeningOutcome | None:
    waiting = [(file_of(area_path, kept), sample) for kept, sample in runs]
    waiting = [(path, sample) for path, sample in waiting if path.is_file()]
    if not waiting:
        return None
    files, samples = zip(*waiting, strict=True)
    try:
        return screen_files(the_workspace(), files, ScreeningOrder(libraries_of(area_path)), samples, tell)
    finally:
        # What was refused would be refused again; of the others the archive has what may be asked of them.
        for path in files:
            _remove(path)


def _ask_again(area_path: str, suspects: Path, tell: Tell) -> ScreeningOutcome | None:
    if not suspects.is_file():
        return None
    try:
        return rescreen_archive(the_workspace(), ScreeningOrder(suspects=suspects), tell, samples=_samples_of(area_path))
    finally:
        _remove(suspects)


def _take_library(area_path: str, arriving: Path, tell: Tell) -> ScreeningOutcome | None:
    if not arriving.is_file():
        return None
    try:
        spectra, _files = read_library_files([arriving])
        index_library(spectra)  # refused when nothing of it can be searched
        kept = file_of(area_path, f"libraries/{arriving.parent.name}/{arriving.name}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(arriving, kept)
        return rescreen_archive(the_workspace(), ScreeningOrder([kept]), tell, samples=_samples_of(area_path))
    finally:
        _remove(arriving)


def _samples_of(area_path: str) -> set[str]:
    """Archived samples of the laboratory's area."""
    archived = [run.sample_id for run in list_archive(the_workspace())]
    if not area_path:
        return set(archived)
    rows = SampleRecord.objects.unscoped(_WORKER).filter(pk__in=archived, owner_path__startswith=area_path)
    return set(rows.values_list("pk", flat=True))


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # the same bytes under another name are there still
        path.parent.rmdir()
