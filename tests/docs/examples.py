"""An example of the documentation, run as a reader runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HOME = "/home/you"
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


def printed(script: Path, folder: Path) -> str:
    """Both streams, results first; the folder and the names of runs as on the page."""
    command = [sys.executable, str(script)] if script.suffix == ".py" else ["sh", "-eu", str(script)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "PYTHONWARNINGS": "", "HEADWORKS_NO_OPEN": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = done.stdout + done.stderr
    return _RUN_ID.sub("20260301T080000Z-1a2b3c4d", text.replace(str(folder.resolve()), HOME))
