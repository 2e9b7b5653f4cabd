"""The workspace on disk: facts and results as Delta tables, imports, runs and their manifests.

In: tables that keep their promise. Out: the same tables, now or as of an earlier moment. Everything that becomes visible
does so by one atomic commit; nothing is ever overwritten without an older version staying readable.
"""

from headworks.store.facts import read_facts
from headworks.store.imports import begin_import, commit_import, is_imported, put_facts_together, read_imports, undo_unfinished
from headworks.store.results import read_result, read_result_of, replace_result, require_run, result_digest
from headworks.store.runs import Manifest, latest_run, read_manifests, write_manifest
from headworks.store.settings import Settings
from headworks.store.workspace import Workspace, write_atomically, write_json

__all__ = [
    "Manifest",
    "Settings",
    "Workspace",
    "begin_import",
    "commit_import",
    "is_imported",
    "latest_run",
    "put_facts_together",
    "read_facts",
    "read_imports",
    "read_manifests",
    "read_result",
    "read_result_of",
    "replace_result",
    "require_run",
    "result_digest",
    "undo_unfinished",
    "write_atomically",
    "write_json",
    "write_manifest",
]
