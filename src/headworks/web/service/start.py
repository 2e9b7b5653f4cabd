"""What is done once before the pages open: tables, the register, figures for pages, and the first administrator's code."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from headworks.core.errors import UsageError
from headworks.jobs.serving import current_run
from headworks.store import Workspace, latest_run
from headworks.web.configuration import read_configuration, server_folder, use_workspace
from headworks.web.service.findings import configuration_findings, is_loopback

_OWNER_ONLY = 0o077


def open_server(path: Path) -> Workspace:
    """The workspace, with Django ready to be asked in this process.

    Raises
    ------
    WorkspaceError
        When there is no workspace.
    UsageError
        ``HW-U120`` when the database does not answer, ``HW-U121`` when its driver is not installed.
    """
    # What the server writes is for its own account alone: database, keys, heads, uploads.
    os.umask(_OWNER_ONLY)
    workspace = use_workspace(path)
    _require_driver(workspace)
    import django

    folder = server_folder(workspace)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("headworks.sqlite3*"):
        file.chmod(0o600)
    django.setup()
    return workspace


def _require_driver(workspace: Workspace) -> None:
    import importlib.util

    if read_configuration(workspace).database_url_file and importlib.util.find_spec("psycopg") is None:
        raise UsageError(
            "PostgreSQL is asked for and psycopg is not installed.", where="[server] database_url_file",
            remedy="pip install headworks[postgres]", code="HW-U121",
        )  # fmt: skip


def open_database(path: Path) -> Workspace:
    """The workspace with its database brought up to this version.

    Raises
    ------
    UsageError
        ``HW-U120`` when the database does not answer.
    """
    workspace = open_server(path)
    from django.core.management import call_command
    from django.db import OperationalError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as problem:
        raise UsageError(
            "The database does not answer.", where="[server] database_url_file", found=str(problem).strip(),
            remedy="See that it runs and that the URL is right", code="HW-U120",
        ) from problem  # fmt: skip
    return workspace


def require_safe(workspace: Workspace, host: str) -> None:
    """Refuse an address that others reach while something is unsafe.

    Raises
    ------
    UsageError
        With the code of the first finding, and all of them as what was found.
    """
    if is_loopback(host):
        return
    unsafe = [finding for finding in configuration_findings(workspace, host) if finding.is_unsafe]
    if unsafe:
        raise UsageError(
            "The server is not started on an address that others reach while something is unsafe.", where=host,
            found=" ".join(f"{finding.code}: {finding.message}" for finding in unsafe),
            remedy="; ".join(finding.remedy for finding in unsafe), code=unsafe[0].code,
        )  # fmt: skip


def make_ready(workspace: Workspace, tell: Callable[[str], None] = lambda step: None) -> str | None:
    """Copy the register, ask for figures where there are none; a code when there is no administrator yet."""
    from headworks.web.access.register import copy_register
    from headworks.web.accounts.proofs.codes import administrators, make_code
    from headworks.web.accounts.proofs.throttle import forget_old
    from headworks.web.accounts.sessions import SessionStore
    from headworks.web.work.queue import ask

    tell("copying the register of areas and sites")
    copy_register(workspace)
    run = latest_run(workspace)
    if run is not None and current_run(workspace) != run.run_id:
        ask("serve_figures", once="serve_figures")
    forget_old()
    SessionStore.clear_expired()
    return None if administrators().exists() else make_code(None)
