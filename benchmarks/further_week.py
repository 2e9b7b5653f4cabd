"""The command `headworks run` after one week more of a whole province, against computing everything again.

1,943 sites, 12 residues, 51 or 52 weeks known. Two weeks come in: the last of a year, which lies in two years at once, and the
first whole one of the next. Both commands are timed as an operator meets them, start-up included, on copies of one workspace,
one after the other on the same machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_COMMAND = [sys.executable, "-c", "from headworks.cli import main; main()"]
_SIMULATE = ["--province", "44", "--analytes", "12", "--seed", "7", "--no-truth"]
_MOST_SECONDS = 5.0
_ROUNDS = 2


def measure(sites: int = 1_943) -> list[dict[str, Any]]:
    rows = []
    for known, name in ((51, "that lies in two years"), (52, "first of a new year")):
        with tempfile.TemporaryDirectory() as folder:
            workspace = _province(Path(folder) / "known", known, sites)
            ours = min(_seconds(workspace, Path(folder) / "week", []) for _ in range(_ROUNDS))
            peer = _seconds(workspace, Path(folder) / "whole", ["--full"])
        rows.append(
            {"name": f"run after week {known + 1} of {sites:,} sites ({name}), vs recomputing all", "ours": ours, "peer": peer,
             "ratio": peer / ours, "target": _MOST_SECONDS, "met": ours < _MOST_SECONDS, "unit": "s"}
        )  # fmt: skip
    return rows


def _province(workspace: Path, weeks: int, sites: int) -> Path:
    """A workspace whose results are up to date but for its last week."""
    for first, last in ((1, weeks), (weeks + 1, weeks + 1)):
        _headworks("simulate", workspace, *_SIMULATE, "--sites", sites, "--weeks", last, "--from-week", first)
        files = sorted((workspace / "simulated").glob("*.parquet"))
        _headworks("import", workspace, *files, "--as", "headworks")
        if first == 1:
            _headworks("run", workspace)
            for file in files:
                file.unlink()
    return workspace


def _seconds(workspace: Path, copy: Path, options: list[str]) -> float:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(workspace, copy)
    began = time.perf_counter()
    _headworks("run", copy, *options)
    return time.perf_counter() - began


def _headworks(*words: object) -> None:
    subprocess.run([*_COMMAND, *map(str, words)], check=True, capture_output=True)
