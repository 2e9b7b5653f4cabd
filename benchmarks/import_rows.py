"""Import of 1,000,000 CSV rows with full validation, against reading and checking them row by row with the csv module.

Ours is the whole command, from the file to committed, validated facts; the peer reads, converts and checks the same columns
of a sample of the rows and writes nothing.
"""

from __future__ import annotations

import csv
import io
import math
import tempfile
import time
from pathlib import Path
from typing import Any

from headworks.jobs.import_files import ImportOrder, import_file
from headworks.store import Workspace

ROWS = 1_000_000
_PEER_ROWS = 200_000
_ANALYTES = (
    "benzoylecgonine",
    "methamphetamine",
    "MDMA",
    "ketamine",
    "morphine",
    "codeine",
    "THC-COOH",
    "amphetamine",
    "EDDP",
    "tramadol",
)


def write_csv(path: Path, n_rows: int = ROWS) -> None:
    """Measurements as a laboratory would give them, one in eleven below a limit."""
    lines = ["sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l,u_analysis,batch_id"]
    for i in range(n_rows):
        value = "<LOQ" if i % 11 == 0 else f"{5 + (i * 7919 % 100_000) / 37:.3f}"
        lines.append(f"S{i // 10:06d},{_ANALYTES[i % 10]},{value},1.5,5,0.12,B{i // 5000}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def peer_rate(text: str) -> float:
    """Rows per second, row by row."""
    began = time.perf_counter()
    seen = set()
    n = 0
    for row in csv.DictReader(io.StringIO(text)):
        key = (row["sample_id"].strip(), row["analyte"].strip())
        assert all(key)
        assert key not in seen
        seen.add(key)
        lod, loq, u = float(row["lod_ng_per_l"]), float(row["loq_ng_per_l"]), float(row["u_analysis"])
        assert 0 <= lod <= loq
        assert u >= 0
        value = row["concentration_ng_per_l"].strip()
        if not value.startswith("<"):
            number = float(value)
            assert math.isfinite(number)
            assert number >= 0
        n += 1
    return n / (time.perf_counter() - began)


def measure() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measurements.csv"
        write_csv(path)
        rates = []
        for attempt in range(3):
            workspace = Workspace.create(Path(folder) / f"ws{attempt}")
            began = time.perf_counter()
            outcome = import_file(workspace, path, ImportOrder("headworks"))
            rates.append(outcome.rows_new / (time.perf_counter() - began))
            assert outcome.rows_new == ROWS, outcome
        lines = path.read_text(encoding="utf-8").splitlines()[: _PEER_ROWS + 1]
    peer = peer_rate("\n".join(lines))
    ours = sorted(rates)[1]
    name = "import of 1e6 CSV rows, validated and committed (median of 3), vs csv module row by row without writing"
    return [
        {
            "name": name,
            "ours": ours,
            "peer": peer,
            "ratio": ours / peer,
            "target": 250_000,
            "met": ours >= 250_000,
            "unit": "rows/s (target on ours)",
        }
    ]
