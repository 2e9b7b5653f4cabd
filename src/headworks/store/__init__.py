"""The workspace on disk: facts and results as Delta tables, imports, runs and their manifests.

In: tables that keep their promise. Out: the same tables, now or as of an earlier moment. Everything that becomes visible
does so by one atomic commit; nothing is ever overwritten without an older version staying readable.
"""

from headworks.store.facts import commit_import, is_imported, read_facts, read_imports, undo_unfinished
from headworks.store.runs import (
    Manifest,
    latest_run,
    read_manifests,
    read_result,
    replace_result,
    result_digest,
    write_manifest,
)
from headworks.store.settings import Settings
from headworks.store.workspace import Workspace, write_atomically, write_json

__all__ = [
    "Manifest",
    "Settings",
    "Workspace",
    "commit_import",
    "is_imported",
    "latest_run",
    "read_facts",
    "read_imports",
    "read_manifests",
    "read_result",
    "replace_result",
    "result_digest",
    "undo_unfinished",
    "write_atomically",
    "write_json",
    "write_manifest",
]
