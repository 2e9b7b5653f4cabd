"""How a laboratory writes and decides, kept in the workspace: one TOML file a profile, import and ``[method]`` together.

laboratory/profiles/<name>.toml
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from headworks.core.errors import UsageError
from headworks.intake.instrument import Profile, profile_of, write_profile
from headworks.store import Workspace, write_atomically
from headworks.workflows.laboratory import BatchMethod, method_of, write_method

_NAME = re.compile(r"[\w][\w .\-]{0,60}")
# Taken where no other is named and the workspace has it.
DEFAULT = "default"


@dataclass(frozen=True)
class LabProfile:
    """How an export is read, and how its batch is evaluated."""

    reading: Profile = field(default_factory=Profile)
    method: BatchMethod = field(default_factory=BatchMethod)

    def as_toml(self) -> str:
        """One file that says both; :func:`lab_profile` reads it back the same."""
        parts = [text.strip("\n") for text in (write_profile(self.reading), write_method(self.method))]
        return "\n\n".join(part for part in parts if part) + "\n"


def lab_profile(text: str, where: str = "profile") -> LabProfile:
    """The profile that a TOML text says.

    Raises
    ------
    UsageError
        ``HW-U005`` for broken TOML or what the import does not know, ``HW-U220`` for what the method does not know.

    Examples
    --------
    >>> both = lab_profile('decimal = ","' + chr(10) + "[method]" + chr(10) + 'weight = "1/x"')
    >>> both.reading.decimal, both.method.weight
    (',', '1/x')
    """
    try:
        said = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(
            "The profile is not TOML.", where=where, found=str(problem), remedy="Correct that line", code="HW-U005"
        ) from problem
    method = said.pop("method", {})
    if not isinstance(method, dict):
        method = {"method": method}
    return LabProfile(profile_of(said, where), method_of(method, where))


def save_profile(workspace: Workspace, name: str, profile: LabProfile) -> Path:
    """Keep a profile under a name; the one that had it is replaced.

    Raises
    ------
    UsageError
        ``HW-U221`` for a name that is no name of a file.
    """
    path = _path(workspace, name)
    with workspace.writing():
        write_atomically(path, profile.as_toml())
    return path


def list_profiles(workspace: Workspace) -> list[str]:
    """Names of the profiles kept."""
    return sorted(path.stem for path in (workspace.path / "laboratory" / "profiles").glob("*.toml"))


def read_profile(workspace: Workspace, name: str) -> LabProfile:
    """A profile that is kept, or one in a file.

    Raises
    ------
    UsageError
        ``HW-U221`` when there is none of that name, with those there are.
    """
    path = Path(name) if name.endswith(".toml") else _path(workspace, name)
    try:
        return lab_profile(path.read_text(encoding="utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError) as problem:
        known = ", ".join(list_profiles(workspace))
        raise UsageError(
            "There is no such profile.", where=str(path), found=getattr(problem, "strerror", None) or str(problem),
            remedy=f"Name a TOML file, or one of {known}" if known else "Name a TOML file", code="HW-U221",
        ) from problem  # fmt: skip


def default_profile(workspace: Workspace) -> LabProfile:
    """The profile named ``default``, or an empty one."""
    return read_profile(workspace, DEFAULT) if DEFAULT in list_profiles(workspace) else LabProfile()


def _path(workspace: Workspace, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError(
            "This is no name for a profile.", found=repr(name), remedy="Use letters, digits, - and _", code="HW-U221"
        )
    return workspace.path / "laboratory" / "profiles" / f"{name}.toml"
