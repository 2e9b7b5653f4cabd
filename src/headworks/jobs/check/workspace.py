"""Is the workspace sound, and do its figures still follow from its facts?

Findings name what is wrong and what would do. What a killed import left half done is taken back on the way; a workspace that
cannot be written to is read only.
"""

from __future__ import annotations

from headworks.core.errors import WorkspaceBusy, WorkspaceError
from headworks.jobs.check.facts import check_facts
from headworks.jobs.check.findings import Finding
from headworks.jobs.check.places import check_places
from headworks.jobs.check.results import check_results
from headworks.store import Workspace, delta, undo_unfinished
from headworks.tables import FACTS, RESULTS


def check_workspace(workspace: Workspace, *, reproduce: bool = False, compact: bool = False) -> list[Finding]:
    """Everything worth knowing about the state of a workspace.

    Parameters
    ----------
    reproduce
        Recompute the last run from its own inputs and compare the bits.
    compact
        Rewrite many small files as few, and remove what killed writers left.

    Raises
    ------
    WorkspaceError
        With ``compact``, when the workspace cannot be written to; ``HW-W002`` when another process is writing.
    """
    try:
        findings = _tidy(workspace, compact=compact)
    except WorkspaceBusy:
        raise
    except WorkspaceError as problem:
        if compact:
            raise
        findings = [Finding("warning", "HW-C018", str(problem), "Without that it is only read")]
    return findings + check_facts(workspace) + check_places(workspace) + check_results(workspace, reproduce=reproduce)


def _tidy(workspace: Workspace, *, compact: bool) -> list[Finding]:
    paths = [workspace.facts(name) for name in (*FACTS, "imports")] + [workspace.results(name) for name in RESULTS]
    findings = []
    with workspace.writing():
        for name in undo_unfinished(workspace):
            message = f"An import that had been cut off was taken back: {name}"
            findings.append(Finding("info", "HW-C001", message, "Import the file again"))
        left = [file for path in paths for file in delta.unnamed_files(path)]
        size = sum(file.stat().st_size for file in left) / 1e6
        if left and not compact:
            message = f"{len(left)} files ({size:.1f} MB) were left by a process that was killed; no table names them."
            findings.append(Finding("info", "HW-C019", message, f"headworks check {workspace.path} --compact removes them"))
        if compact:
            for file in left:
                file.unlink(missing_ok=True)
            together = sum(delta.compact(path) for path in paths)
            message = f"{together} small files were put together, {len(left)} left by killed processes were removed."
            findings.append(Finding("info", "HW-C002", message))
    return findings
