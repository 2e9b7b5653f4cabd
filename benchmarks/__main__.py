"""Run every benchmark, print a table, write ``benchmarks/latest.json``."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import (
    batch_evaluation,
    cube,
    detectors,
    further_week,
    import_rows,
    loads_and_consumption,
    memory,
    propagation,
    province_week,
    reconciliation,
    scan,
    smoother,
    spectral_search,
)


def main() -> None:
    rows = [
        *loads_and_consumption.measure(), *import_rows.measure(), *memory.measure(), *further_week.measure(),
        *propagation.measure(), *smoother.measure(), *reconciliation.measure(), *cube.measure(),
        *batch_evaluation.measure(), *spectral_search.measure(), *detectors.measure(), *scan.measure(),
        *province_week.measure(),
    ]  # fmt: skip
    width = max(len(row["name"]) for row in rows)
    print(f"{'name':{width}} {'ours':>14} {'peer':>14} {'ratio':>12} {'target':>10} met  unit")
    for row in rows:
        numbers = [("" if row[key] is None else f"{row[key]:,.4g}") for key in ("ours", "peer", "ratio", "target")]
        ours, peer, ratio, target = numbers
        met = "yes" if row["met"] else "NO"
        print(f"{row['name']:{width}} {ours:>14} {peer:>14} {ratio:>12} {target:>10} {met:4} {row['unit']}")
    target_file = Path(__file__).parent / "latest.json"
    target_file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(f"\nWritten: {target_file.relative_to(Path.cwd()) if target_file.is_relative_to(Path.cwd()) else target_file.name}")


main()
