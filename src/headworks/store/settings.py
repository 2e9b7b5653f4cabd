"""What ``headworks.toml`` of a workspace may say, checked.

format = 1
name = "Province 44"
timezone = "Asia/Shanghai"            # of local times that come without an offset

[run]
parameter_set = "headworks-2026.1"
residues = "primary"                  # or "molar_sum"
in_sewer_loss = "uncertainty"         # widens bounds where a site's residence_h is known; or "corrected", "ignored"
parameter_dirs = ["parameters"]       # folders with sets of your own, beside this file

[uncertainty]                         # relative standard uncertainties used where a result brings none
flow = 0.10

[publication_floors]                  # residents below which a tier is shown nothing
public = 20000

[publication_sites]                   # independent sites behind a figure, unless a named site stands for them
public = 2

[publication_dominance]               # most that one site may be of a figure's residents
public = 0.9

[publication_detail]                  # shortest period of which a tier sees figures
public = "quarter"

[server]                              # of `headworks serve`; see its page
allowed_hosts = ["drugs.example.org"]

[week_conventions.ours]               # beside the ones shipped
weekday_days = "1;2;3;4;5"
weekend_days = "6;7"
first_year = 2026
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import tomllib
from dataclasses import asdict, dataclass, field
from typing import Any

from headworks.core.disclosure import DEFAULT_DETAIL, DEFAULT_DOMINANCE, DEFAULT_FLOORS, DEFAULT_SITES
from headworks.core.errors import WorkspaceError
from headworks.core.periods import KINDS

FORMAT = 1
_KNOWN: dict[str, dict[str, type | tuple[type, ...]]] = {
    "": {"format": int, "name": str, "timezone": str},
    "run": {"parameter_set": str, "residues": str, "in_sewer_loss": str, "parameter_dirs": list},
    "uncertainty": dict.fromkeys(("sampling", "flow", "analysis", "calibration", "population"), (int, float)),
    "publication_floors": dict.fromkeys(DEFAULT_FLOORS, int),
    "publication_sites": dict.fromkeys(DEFAULT_SITES, int),
    "publication_dominance": dict.fromkeys(DEFAULT_DOMINANCE, (int, float)),
    "publication_detail": dict.fromkeys(DEFAULT_DETAIL, str),
    "server": {
        "database_url_file": str,
        "allowed_hosts": list,
        "behind_tls": bool,
        "session_hours": (int, float),
        "session_days": (int, float),
        "max_upload_mb": int,
        "oidc_issuer": str,
        "oidc_client_id": str,
        "oidc_client_secret_file": str,
        "oidc_button": str,
        "two_person_release": bool,
        "require_totp": bool,
        "mail_host": str,
        "mail_port": int,
        "mail_from": str,
    },
}


@dataclass(frozen=True)
class Settings:
    """A workspace's settings; what is not said has the default of the reference."""

    name: str = ""
    timezone: str | None = None
    parameter_set: str = "headworks-2026.1"
    residues: str = "primary"
    in_sewer_loss: str = "uncertainty"
    parameter_dirs: tuple[str, ...] = ()
    uncertainty: dict[str, float] = field(default_factory=dict)
    publication_floors: dict[str, int] = field(default_factory=dict)
    week_conventions: dict[str, dict[str, Any]] = field(default_factory=dict)
    publication_sites: dict[str, int] = field(default_factory=dict)
    publication_dominance: dict[str, float] = field(default_factory=dict)
    publication_detail: dict[str, str] = field(default_factory=dict)
    server: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Changes when anything that a result hangs on changes."""
        aside = {"name", "timezone", "server"} | {name for name in asdict(self) if name.startswith("publication_")}
        said = {key: value for key, value in asdict(self).items() if key not in aside}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def read_settings(text: str, where: str) -> Settings:
    """The settings a ``headworks.toml`` says.

    Raises
    ------
    WorkspaceError
        ``HW-W003`` for broken TOML, an unknown key, a value of the wrong kind or a later format.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _wrong("The settings are not TOML.", where, str(problem), "Correct that line") from problem
    _require_format(said.get("format", FORMAT), where)
    conventions = said.pop("week_conventions", {})
    if not isinstance(conventions, dict) or not all(isinstance(one, dict) for one in conventions.values()):
        remedy = "Write [week_conventions.NAME] and under it weekday_days, weekend_days and first_year"
        raise _wrong("A setting is of the wrong kind.", f"{where}, week_conventions", repr(conventions), remedy)
    for section in _KNOWN:
        if section and not isinstance(said.get(section, {}), dict):
            raise _wrong("A setting is of the wrong kind.", f"{where}, {section}", repr(said[section]), f"Write [{section}]")
    top = {key: value for key, value in said.items() if not isinstance(value, dict)}
    _require_known("", top, where)
    for section, values in said.items():
        if isinstance(values, dict):
            if section not in _KNOWN:
                raise _unknown(section, [*_KNOWN, "week_conventions"], where)
            _require_known(section, values, where)
    _require_numbers(said, where)
    run = said.get("run", {})
    return Settings(
        name=top.get("name", ""),
        timezone=top.get("timezone"),
        parameter_set=run.get("parameter_set", Settings.parameter_set),
        residues=run.get("residues", Settings.residues),
        parameter_dirs=tuple(run.get("parameter_dirs", ())),
        uncertainty={key: float(value) for key, value in said.get("uncertainty", {}).items()},
        publication_floors=dict(said.get("publication_floors", {})),
        publication_sites=dict(said.get("publication_sites", {})),
        publication_dominance={key: float(value) for key, value in said.get("publication_dominance", {}).items()},
        publication_detail=dict(said.get("publication_detail", {})),
        week_conventions=conventions,
        server=dict(said.get("server", {})),
    )


def _require_format(said: object, where: str) -> None:
    if said == FORMAT and not isinstance(said, bool):
        return
    if isinstance(said, int) and said > FORMAT:
        remedy = f"Install the version that made it; this one reads {FORMAT}"
        raise _wrong("The workspace was made by a later version.", where, f"format {said}", remedy)
    raise _wrong("There is no such format of a workspace.", where, f"format {said!r}", f"Write format = {FORMAT}")


def _require_numbers(said: dict[str, Any], where: str) -> None:
    for name, value in said.get("uncertainty", {}).items():
        if not 0 <= value < math.inf:
            remedy = "Give a fraction such as 0.12"
            raise _wrong("An uncertainty is below zero or no number.", f"{where}, [uncertainty] {name}", str(value), remedy)
    for name, value in said.get("publication_floors", {}).items():
        if value < 0:
            raise _wrong("A floor is below zero.", f"{where}, [publication_floors] {name}", str(value), "Give residents")
    _require_publication(said, where)
    folders = said.get("run", {}).get("parameter_dirs", [])
    if not all(isinstance(folder, str) for folder in folders):
        raise _wrong("A folder is a text.", f"{where}, [run] parameter_dirs", repr(folders), 'Write ["parameters"]')


def _require_publication(said: dict[str, Any], where: str) -> None:
    for name, value in said.get("publication_sites", {}).items():
        if value < 1:
            raise _wrong("A figure comes from a site.", f"{where}, [publication_sites] {name}", str(value), "Give 1 or more")
    for name, value in said.get("publication_dominance", {}).items():
        if not 0 < value <= 1:
            remedy = "Give a share such as 0.9; 1 to allow any"
            raise _wrong("A share is above 0 and at most 1.", f"{where}, [publication_dominance] {name}", str(value), remedy)
    for name, value in said.get("publication_detail", {}).items():
        if value not in KINDS:
            remedy = "Use one of " + ", ".join(KINDS)
            raise _wrong("There is no such kind of period.", f"{where}, [publication_detail] {name}", value, remedy)


def _require_known(section: str, values: dict[str, Any], where: str) -> None:
    for key, value in values.items():
        if key not in _KNOWN[section]:
            raise _unknown(key, list(_KNOWN[section]), where)
        wanted = _KNOWN[section][key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise _wrong(
                "A setting is of the wrong kind.", f"{where}, {section} {key}".strip(), repr(value), "See the page on settings"
            )


def _unknown(key: str, known: list[str], where: str) -> WorkspaceError:
    near = difflib.get_close_matches(key, known, n=1)
    return _wrong(
        "There is no such setting.",
        where,
        key,
        f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join(filter(None, known)),
    )


def _wrong(what: str, where: str, found: str, remedy: str) -> WorkspaceError:
    return WorkspaceError(what, where=where, found=found, remedy=remedy, code="HW-W003")
