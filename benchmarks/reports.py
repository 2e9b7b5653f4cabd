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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--county", default="440106")
    parser.add_argument("--province", default="44")
    parser.add_argument("--tier", default="analyst")
    parser.add_argument("--year", type=int, default=2025)
    said = parser.parse_args()
    workspace = Workspace.open(said.workspace)
    wall, cpu = timed(lambda: KeptDisclosure(workspace, said.tier).units)
    print(f"{'what this tier may see':28} wall {wall:7.2f} s  cpu {cpu:7.2f} s")
    periods = {"weekly": "-W46", "monthly": "-11", "quarterly": "-Q4", "half-yearly": "-H2", "annual": ""}
    for name, area in (("county", said.county), ("province", said.province)):
        for kind, label in periods.items():
            order = CycleOrder(kind, area, f"{said.year}{label}", said.tier, FORMATS, LANGUAGES)
            with tempfile.TemporaryDirectory() as folder:
                times = [timed(lambda: make_reports(workspace, order, Path(folder))) for _ in range(_BEST_OF)]  # noqa: B023
            wall, cpu = min(one[0] for one in times), min(one[1] for one in times)
            met = "yes" if wall < _MOST_SECONDS[name] else "NO"
            print(f"{name + ' ' + kind:28} wall {wall:7.2f} s  cpu {cpu:7.2f} s  below {_MOST_SECONDS[name]:g} s: {met}")


if __name__ == "__main__":
    main()
