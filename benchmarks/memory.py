"""Peak memory of the whole command that imports 1,000,000 CSV rows."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.import_rows import write_csv

_LIMIT_GIB = 2.0


def measure() -> list[dict[str, Any]]:
    command = [sys.executable, "-c", "from headworks.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        path, workspace = Path(folder) / "measurements.csv", str(Path(folder) / "ws")
        write_csv(path)
        subprocess.run([*command, "init", workspace], check=True, capture_output=True)
        subprocess.run([*command, "import", workspace, str(path), "--as", "headworks"], check=True, capture_output=True)
    # Linux gives kilobytes, macOS bytes; the largest child so far is the import.
    scale = 1024**3 if sys.platform == "darwin" else 1024**2
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / scale
    return [
        {"name": "peak memory of that import, whole process", "ours": peak, "peer": None, "ratio": None, "target": _LIMIT_GIB,
         "met": peak < _LIMIT_GIB, "unit": "GiB"}
    ]  # fmt: skip
