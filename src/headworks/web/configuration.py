"""How the server of a workspace is set up: ``[server]`` of ``headworks.toml``, the environment, and files with secrets.

[server]
database_url_file = "/etc/headworks/database-url"  # a file with postgresql://user:password@host/name
allowed_hosts = ["drugs.example.org"]
behind_tls = true                                   # a proxy in front speaks https
session_hours = 8                                   # idle time after which a session ends
session_days = 7                                    # after which it ends in any case
require_totp = true                                 # a second factor for whoever may do most; unless said, off on loopback
oidc_issuer = "https://id.example.org"              # with oidc_client_id and oidc_client_secret_file: the office's own sign-in

A secret is never written in the settings, only the file that holds it. ``HEADWORKS_SERVER_<NAME>`` in the environment
overrides a setting. The key that signs sessions is drawn at the first start and kept in ``server/secret.key``.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from headworks.core.errors import UsageError
from headworks.store import Workspace

WORKSPACE_VARIABLE = "HEADWORKS_WORKSPACE"
_PREFIX = "HEADWORKS_SERVER_"
_KEY_BYTES = 48


@dataclass(frozen=True)
class ServerConfiguration:
    """What ``[server]`` may say, with its defaults."""

    database_url_file: str = ""
    allowed_hosts: tuple[str, ...] = ()
    behind_tls: bool = False
    session_hours: float = 8.0
    session_days: float = 7.0
    max_upload_mb: int = 64
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: str = ""
    oidc_button: str = ""
    two_person_release: bool = True
    require_totp: bool | None = None
    mail_host: str = ""
    mail_port: int = 25
    mail_from: str = ""
    debug: bool = False

    @property
    def totp_is_required(self) -> bool:
        """Whether whoever may do most needs a second factor; unless said, as soon as others can reach the server."""
        return (self.behind_tls or bool(self.allowed_hosts)) if self.require_totp is None else self.require_totp


def read_configuration(workspace: Workspace) -> ServerConfiguration:
    """The setting of each name: from the environment, else from the workspace, else the default.

    Raises
    ------
    UsageError
        ``HW-U101`` for a value of the wrong kind in the environment.
    """
    said: dict[str, Any] = dict(workspace.settings.server)
    for field in fields(ServerConfiguration):
        text = os.environ.get(_PREFIX + field.name.upper())
        if text is not None:
            said[field.name] = _parse(field.name, field.default, text)
    if "allowed_hosts" in said:
        said["allowed_hosts"] = tuple(said["allowed_hosts"])
    return ServerConfiguration(**said)


def _parse(name: str, default: object, text: str) -> object:
    if isinstance(default, bool) or default is None:
        if text.lower() in ("1", "true", "yes", "0", "false", "no"):
            return text.lower() in ("1", "true", "yes")
    elif isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    elif isinstance(default, (int, float)):
        try:
            return type(default)(text)
        except ValueError:
            pass
    else:
        return text
    raise UsageError(
        "A setting in the environment is of the wrong kind.", where=_PREFIX + name.upper(), found=text,
        remedy=f"Give something like {default!r}", code="HW-U101",
    )  # fmt: skip


def server_folder(workspace: Workspace) -> Path:
    """Where the server keeps its own files, beside the facts."""
    return workspace.path / "server"


def secret_key(workspace: Workspace) -> str:
    """The key that signs sessions and audit heads; drawn once, readable for the owner alone."""
    path = server_folder(workspace) / "secret.key"
    if not path.is_file():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()


def read_secret(path: str) -> str:
    """What a file of a secret holds.

    Raises
    ------
    UsageError
        ``HW-U102`` when it cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            "A file that should hold a secret cannot be read.",
            where=path,
            found=str(problem),
            remedy="Make it readable for the account that runs the server",
            code="HW-U102",
        ) from problem


def use_workspace(path: Path) -> Workspace:
    """Make this process the server of a workspace: settings are read when Django asks for them.

    Raises
    ------
    WorkspaceError
        When there is no workspace.
    """
    workspace = Workspace.open(path)
    os.environ[WORKSPACE_VARIABLE] = str(path.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "headworks.web.settings"
    return workspace
