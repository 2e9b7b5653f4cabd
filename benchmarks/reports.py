"""The five reports of a county and of a province, in four formats and three languages.

    python -m benchmarks.reports WORKSPACE [--county 440106] [--province 44] [--tier analyst]

WORKSPACE holds a run of a year (``headworks demo-province``); copies of its tables are not made, but editions are kept in it.
What a tier may see of a run is decided once and kept; that is timed apart and shown first. Wall and CPU seconds, the best of
three, without the start of the program.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from headworks.jobs.cycle import CycleOrder, make_reports
from headworks.jobs.cycle.decisions import KeptDisclosure
from headworks.reports.formats import FORMATS, LANGUAGES
from headworks.store import Workspace

_MOST_SECONDS = {"county": 3.0, "province": 30.0}
_BEST_OF = 3


def timed(work: Any) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def measure(
    workspace_path: Path, *, county: str = "440106", province: str = "44", tier: str = "analyst", year: int = 2025
) -> list[dict[str, Any]]:
    """Rows of a table: seconds of what is decided once, and of twelve files of each report of a county and of a province."""
    workspace = Workspace.open(workspace_path)
    wall, cpu = timed(lambda: KeptDisclosure(workspace, tier).units)
    rows = [_row("what this tier may see, kept", wall, cpu, None)]
    periods = {"weekly": "-W46", "monthly": "-11", "quarterly": "-Q4", "half-yearly": "-H2", "annual": ""}
    for name, area in (("county", county), ("province", province)):
        for kind, label in periods.items():
            order = CycleOrder(kind, area, f"{year}{label}", tier, FORMATS, LANGUAGES)
            times = _times(workspace, order)
            wall, cpu = min(one[0] for one in times), min(one[1] for one in times)
            rows.append(_row(f"{kind} report of a {name}, 12 files", wall, cpu, _MOST_SECONDS[name]))
    return rows


def _times(workspace: Workspace, order: CycleOrder) -> list[tuple[float, float]]:
    with tempfile.TemporaryDirectory() as folder:
        return [timed(lambda: make_reports(workspace, order, Path(folder))) for _ in range(_BEST_OF)]


def _row(name: str, wall: float, cpu: float, target: float | None) -> dict[str, Any]:
    return {
        "name": f"{name} ({cpu:.2f} s of CPU)", "ours": wall, "peer": None, "ratio": None, "target": target,
        "met": target is None or wall < target, "unit": "s, best of three",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--county", default="440106")
    parser.add_argument("--province", default="44")
    parser.add_argument("--tier", default="analyst")
    parser.add_argument("--year", type=int, default=2025)
    said = parser.parse_args()
    rows = measure(said.workspace, county=said.county, province=said.province, tier=said.tier, year=said.year)
    for row in rows:
        target = "" if row["target"] is None else f"below {row['target']:g} s: {'yes' if row['met'] else 'NO'}"
        print(f"{row['name']:62} wall {row['ours']:7.2f} s  {target}")


if __name__ == "__main__":
    main()
