"""Every way Headworks says no, in one tree.

    HeadworksError                    exit code
    ├── UsageError       HW-U…        2   the command or the arguments are off
    ├── DataRefused      HW-D…        3   a file or a table breaks its promise
    │   └── ParameterError HW-P…      3   a factor, set or residue that the reference does not hold
    └── WorkspaceError   HW-W…        2   no workspace there, it is damaged, or another process holds it
        └── WorkspaceBusy             2   try again

A message has four parts: *what is wrong*, *where*, *what was found*, *what would do*. The code is stable: the command
line, the JSON output and the documentation use the same one.
"""

from __future__ import annotations


class HeadworksError(Exception):
    """What was wrong, where, what was found, what would do; and a stable code.

    Parameters
    ----------
    what
        One sentence that says what is wrong.
    where
        File, sheet, row, column, command or setting.
    found
        The offending value as it was read.
    remedy
        What would do.
    code
        Stable code such as ``HW-D101``; listed in the documentation.

    Examples
    --------
    >>> print(DataRefused("A flow is below zero.", where="flows.csv, row 7", found="-3", remedy="Give m3/d >= 0."))
    A flow is below zero. Where: flows.csv, row 7. Found: -3. Remedy: Give m3/d >= 0.
    """

    exit_code = 2
    default_code = "HW-0000"

    def __init__(self, what: str, *, where: str = "", found: str = "", remedy: str = "", code: str | None = None) -> None:
        self.what = what
        self.where = where
        self.found = found
        self.remedy = remedy
        self.code = code or self.default_code
        super().__init__(what)

    def __str__(self) -> str:
        parts = [self.what]
        for label, text in (("Where", self.where), ("Found", self.found), ("Remedy", self.remedy)):
            if text:
                parts.append(f"{label}: {text}" + ("" if text.endswith((".", "?", "!")) else "."))
        return " ".join(parts)

    def as_dict(self) -> dict[str, str]:
        """The same five parts for ``--json`` and the API."""
        return {
            "code": self.code,
            "what": self.what,
            "where": self.where,
            "found": self.found,
            "remedy": self.remedy,
        }


class UsageError(HeadworksError):
    """The command, an option or an argument cannot be acted on."""

    exit_code = 2
    default_code = "HW-U001"


class DataRefused(HeadworksError):
    """A file or table breaks its promise and nothing of it was kept."""

    exit_code = 3
    default_code = "HW-D001"


class ParameterError(DataRefused):
    """A parameter set, factor or residue that is not in the reference."""

    default_code = "HW-P001"


class WorkspaceError(HeadworksError):
    """The workspace is missing, damaged or of another version."""

    exit_code = 2
    default_code = "HW-W001"


class WorkspaceBusy(WorkspaceError):
    """Another process is writing; nothing was changed, try again."""

    default_code = "HW-W002"
