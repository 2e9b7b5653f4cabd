"""What left the workspace, for whom: a line for every file, and the catchments behind every figure that was shown.

``publications/log.jsonl`` holds a line per export or report with its tier, its floors and how much was withheld, the steward's
among them. ``publications/<run>-<tier>.parquet`` keeps who was behind the figures shown, so that a later edition, with a
site more or less, gives nothing away by comparison with this one.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from headworks.core.disclosure import DEFAULT_FLOORS, TierRule
from headworks.jobs.clock import now
from headworks.store import Workspace, write_atomically

_FOLDER = "publications"
_MEMBERS = {
    **dict.fromkeys(("unit_kind", "unit_id", "period", "atom", "site_id"), pl.String),
    "people": pl.Float64,
    "piece": pl.String,
    "analytes": pl.String,
}


def log_publication(workspace: Workspace, rule: TierRule, what: str, target: str, run_id: str, **counts: int) -> None:
    """Add a line to the log; a workspace that cannot be written to is read without one."""
    line: dict[str, Any] = {
        "at": now().isoformat(),
        "what": what,
        "target": target,
        "run_id": run_id,
        **counts,
        "rule": asdict(rule),
    }
    path = workspace.path / _FOLDER / "log.jsonl"
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as log:
        # A line that a power cut left unfinished stays by itself; ours begins on its own.
        torn = b"" if log.tell() == 0 or _ends_with_line(path) else b"\n"
        log.write(torn + json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _ends_with_line(path: Path) -> bool:
    with path.open("rb") as log:
        log.seek(-1, io.SEEK_END)
        return log.read() == b"\n"


def read_publications(workspace: Workspace) -> list[dict[str, Any]]:
    """The lines of the log, oldest first; one that was cut off in the middle was never finished and is left out."""
    path = workspace.path / _FOLDER / "log.jsonl"
    if not path.is_file():
        return []
    return [found for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if (found := _line(line))]


def _line(text: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError:
        return None
    return found


def keep_edition(workspace: Workspace, run_id: str, tier: str, members: pl.DataFrame) -> None:
    """Keep who was behind what a tier was shown of a run; panels that were kept before stay."""
    path = workspace.path / _FOLDER / f"{run_id}-{tier}.parquet"
    if path.is_file():
        old = pl.read_parquet(path)
        members = pl.concat([old, members.select(old.columns)]).unique(maintain_order=True)
        if members.height == old.height:
            return
    path.parent.mkdir(exist_ok=True)
    buffer = io.BytesIO()
    members.write_parquet(buffer)
    write_atomically(path, buffer.getvalue())


def earlier_editions(workspace: Workspace, run_id: str, tier: str) -> pl.DataFrame:
    """Members of figures that readers of a tier were shown of other runs; ``edition`` says of which, and for whom.

    A partner reads what the public reads, an analyst what both read.
    """
    tiers = list(DEFAULT_FLOORS)
    frames = [pl.DataFrame(schema={**_MEMBERS, "edition": pl.String})]
    for seen in tiers[: tiers.index(tier) + 1] if tier in tiers else []:
        for path in sorted((workspace.path / _FOLDER).glob(f"*-{seen}.parquet")):
            edition = path.stem.removesuffix(f"-{seen}")
            if edition != run_id:
                rows = pl.read_parquet(path, columns=list(_MEMBERS))
                frames.append(rows.with_columns(edition=pl.lit(path.stem)))
    return pl.concat(frames)
