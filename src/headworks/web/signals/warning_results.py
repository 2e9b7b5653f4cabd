"""What the warning job left in the workspace, as pages and the worker read it: signals with their budget, and back-tests.

    signals/<week>/…                        a week's signals and their record, as ``jobs.warning`` keeps them
    signals/backtests/NAME/backtest.json    one back-test, as ``warn backtest --out`` writes it into a folder

The trap: a job may be writing. Files are replaced whole, so a reader finds the one before or the one after.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from headworks.core.errors import UsageError
from headworks.jobs.warning import Warned
from headworks.jobs.warning.warn import kept_signals
from headworks.store import Workspace

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def newest_signals(workspace: Workspace) -> Warned | None:
    """Signals of the newest week that was judged; None before one was."""
    try:
        return kept_signals(workspace)
    except UsageError:
        return None


def read_backtests(workspace: Workspace) -> list[dict[str, Any]]:
    """All back-tests with their ``name``, that of the newest week first; one that cannot be read is left out."""
    folder = workspace.path / "signals" / "backtests"
    files = folder.glob("*/backtest.json") if folder.is_dir() else ()
    found = [_read_json(path) | {"name": path.parent.name} for path in files]
    whole = [one for one in found if isinstance(one.get("scores"), list) and _NAME.fullmatch(one["name"])]
    return sorted(whole, key=lambda one: (str(one.get("week", "")), one["name"]), reverse=True)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
