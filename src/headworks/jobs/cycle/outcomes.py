"""Lists that were assessed and signals that were looked for with a run, as the commands for them keep them.

    assessments/<rule set>-<version>/<period>/<run>-<digest>/outcomes.parquet, assessment.json
    signals/<week>/<run>-<digest>/signals.parquet, signals.json

Of one rule set, version and period the one assessed last counts, for decisions may have come in since. The trap: an assessment
by rules without a trial is a draft, and one of another run speaks of other figures; neither stands in a report.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period
from headworks.store import Manifest, Workspace


def kept_outcomes(workspace: Workspace, run: Manifest, period: Period) -> pl.DataFrame | None:
    """``list_outcomes`` of the run in the period by all rule sets that were assessed; None where none was.

    Raises
    ------
    DataRefused
        ``HW-D802`` for an assessment that cannot be read.
    """
    newest: dict[Path, Path] = {}
    for path in sorted((workspace.path / "assessments").glob("*/*/*/assessment.json"), key=_moment):
        is_mine = path.parent.name.startswith(run.run_id) and _is_in(path.parent.parent.name, period)
        if is_mine and not _is_draft(path):
            newest[path.parent.parent] = path.parent
    frames = [_read(folder / "outcomes.parquet") for _, folder in sorted(newest.items())]
    return pl.concat(frames) if frames else None


def kept_signals(workspace: Workspace, run: Manifest, period: Period) -> pl.DataFrame | None:
    """``signals`` of the run in the weeks of the period; None where nobody looked in any of them.

    Raises
    ------
    DataRefused
        ``HW-D802`` for signals that cannot be read.
    """
    newest: dict[Path, Path] = {}
    for path in sorted((workspace.path / "signals").glob("*/*/signals.json"), key=_moment):
        if path.parent.name.startswith(run.run_id) and _is_in(path.parent.parent.name, period):
            newest[path.parent.parent] = path.parent
    frames = [_read(folder / "signals.parquet") for _, folder in sorted(newest.items())]
    return pl.concat(frames) if frames else None


def _is_in(label: str, period: Period) -> bool:
    try:
        return period.first <= Period.parse(label).last <= period.last
    except UsageError:
        return False


def _moment(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, str(path)


def _is_draft(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")).get("is_draft"))
    except (OSError, ValueError, AttributeError) as problem:
        raise _damaged(path, problem) from problem


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise _damaged(path, problem) from problem
    # Names of states are compared and printed as text.
    return frame.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String))


def _damaged(path: Path, problem: Exception) -> DataRefused:
    return DataRefused(
        "A kept assessment is damaged.", where=str(path), found=str(problem), remedy="Make it again (headworks assess)",
        code="HW-D802",
    )  # fmt: skip
