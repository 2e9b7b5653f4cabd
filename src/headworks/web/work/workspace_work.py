"""Imports, runs and the preparation of figures, as work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.jobs.serving import prepare_serving
from headworks.web.access.register import copy_register
from headworks.web.opened import the_workspace
from headworks.web.public.editions import published_runs
from headworks.web.work.kinds import Tell, register_kind
from headworks.web.work.queue import ask


def import_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Import a file that was put into the server's folder; then ask for a run."""
    path = Path(said["path"])
    tell(f"importing {said.get('name', path.name)}")
    outcome = import_file(the_workspace(), path, ImportOrder(said.get("format", "headworks")), tell)
    copy_register(the_workspace())
    # Also when it is there already: a worker may have died between the import and this line. A run looks at what is new.
    if outcome.status in ("imported", "already_imported"):
        ask("run", once="run")
    return {**outcome.as_dict(), "file": said.get("name", path.name)}


def run_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Bring results up to date; then prepare figures for readers, and look for signals."""
    outcome = run(the_workspace(), full=bool(said.get("full")), tell=tell)
    ask("serve_figures", once="serve_figures")
    ask("warn", once="warn")
    return {"status": outcome.status, "reason": outcome.reason, "run_id": outcome.manifest.run_id}


def serve_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Cut the newest run to every tier, for pages to read."""
    copy_register(the_workspace())
    return prepare_serving(the_workspace(), keep=published_runs(), tell=tell)


def register() -> None:
    """Make these kinds known."""
    register_kind("import", import_work)
    register_kind("run", run_work)
    register_kind("serve_figures", serve_work)
