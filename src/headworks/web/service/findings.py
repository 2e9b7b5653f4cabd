"""What is unsafe or unfinished about a server, before anybody is let in: ``headworks serve --check``."""

from __future__ import annotations

import importlib.util
import ipaddress
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from headworks.core.errors import HeadworksError
from headworks.store import Workspace
from headworks.web.configuration import ServerConfiguration, read_configuration, secret_key, server_folder

_OTHERS = 0o077
# What keeps a server from being reached by others until it is mended.
_UNSAFE = ("HW-U104", "HW-U105", "HW-U106", "HW-U107", "HW-U123")


class Finding(NamedTuple):
    """What was found, and what would do; ``is_unsafe`` when the server is not started on an address others reach."""

    code: str
    message: str
    remedy: str

    @property
    def is_unsafe(self) -> bool:
        """Whether this keeps a server from an address that others reach."""
        return self.code in _UNSAFE


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def configuration_findings(workspace: Workspace, host: str) -> list[Finding]:
    """What the settings and files say; no database is asked."""
    said = read_configuration(workspace)
    secret_key(workspace)
    return [*_address(said, host), *_secrets(workspace, said), *_issuer(said)]


def _address(said: ServerConfiguration, host: str) -> Iterator[Finding]:
    if is_loopback(host):
        return
    if not said.behind_tls:
        yield Finding(
            "HW-U104", f"Passwords would travel unencrypted: {host} is reached by others and no proxy speaks https.",
            "Put a proxy with https in front and say behind_tls = true, or serve on 127.0.0.1",
        )  # fmt: skip
    if not said.allowed_hosts:
        yield Finding(
            "HW-U105", "The names by which browsers may ask are not said.", 'Say allowed_hosts = ["drugs.example.org"]'
        )  # fmt: skip
    if said.debug:
        yield Finding("HW-U106", "Debug shows insides of the server to whoever makes it fail.", "Take debug away")


def _secrets(workspace: Workspace, said: ServerConfiguration) -> Iterator[Finding]:
    folder = server_folder(workspace)
    named = [said.database_url_file, said.oidc_client_secret_file]
    paths = [folder / "secret.key", folder / "headworks.sqlite3", *map(Path, filter(None, named))]
    for path in paths:
        if path.is_file() and path.stat().st_mode & _OTHERS:
            yield Finding("HW-U107", f"Others on this machine may read a secret: {path}.", f"chmod 600 {path}")


def _issuer(said: ServerConfiguration) -> Iterator[Finding]:
    if not said.oidc_issuer:
        return
    from urllib.parse import urlsplit

    parts = urlsplit(said.oidc_issuer)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        yield Finding(
            "HW-U123", f"The identity provider is not reached by https: {said.oidc_issuer}.", "Give its https address"
        )
    if not said.oidc_client_id:
        yield Finding("HW-U123", "The identity provider has no oidc_client_id.", "Give the one that it gave you")


def database_findings(workspace: Workspace) -> list[Finding]:
    """What the database says; Django must be set up."""
    if read_configuration(workspace).database_url_file and importlib.util.find_spec("psycopg") is None:
        return [Finding("HW-U121", "PostgreSQL is asked for and psycopg is not installed.", "pip install headworks[postgres]")]
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as problem:
        return [
            Finding(
                "HW-U120", f"The database does not answer: {str(problem).strip()}.", "See that it runs and the URL is right"
            )
        ]
    if waiting:
        message = f"{len(waiting)} changes of the database are not made yet."
        return [Finding("HW-U108", message, "headworks serve makes them when it starts")]
    return list(_content())


def _content() -> Iterator[Finding]:
    from headworks.web.access.moved_areas import lost_grants
    from headworks.web.accounts.proofs.codes import administrators
    from headworks.web.audit.verification import verify

    if not administrators().exists():
        yield Finding(
            "HW-U109", "There is no administrator.", "Start the server and use the code that it prints, or headworks user add"
        )
    for broken in verify()[:20]:
        yield Finding(
            "HW-U113", f"The audit log is not as it was written: row {broken.seq} {broken.what}.", "headworks audit verify"
        )
    for grant in lost_grants():
        message = (
            f"A grant opens nothing, since its area is gone: {grant.account.username}, {grant.role} on {grant.area_path}."
        )
        yield Finding("HW-U122", message, "Revoke it and give it anew on the area that is meant")


def server_findings(workspace: Workspace, host: str) -> list[Finding]:
    """All of it."""
    found = configuration_findings(workspace, host)
    try:
        return found + database_findings(workspace)
    except HeadworksError as problem:
        return [*found, Finding(problem.code, problem.what, problem.remedy)]
