"""How one laboratory's software writes its exports: a TOML file, answered once and kept.

format = "masshunter"             # else found from the header
sheet = "Results"                 # of a workbook
delimiter = ";"                   # of a text file
encoding = "cp1252"
decimal = ","
date_order = "dmy"                # dmy or mdy; dates that begin with the year need none
timezone = "Asia/Shanghai"        # of the instrument's clock
concentration_unit = "ng/mL"      # when the file does not say it
retention_time_unit = "min"       # min or s
ignored = ["Comment"]             # columns nobody needs

[columns]                         # ours = "theirs"
area = "Peak Area"

[sample_types]                    # "theirs" = "ours"
"EQC" = "qc"

[samples]                         # sample name = sample type, before what the export says
"InstBLK" = "solvent_blank"

[integrations]                    # how a peak was integrated, "theirs" = manual or automatic
[analytes]                        # "theirs" = "ours"
[roles]                           # compound = target or internal_standard
[internal_standards]              # analyte = its internal standard, or "none"
[quantifiers]                     # analyte = transition
[qualifiers]                      # "compound: transition" = the compound it belongs to
"""

from __future__ import annotations

import difflib
import json
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from headworks.core.errors import UsageError
from headworks.intake.calendar_cells import require_timezone
from headworks.reference.instrument_words import FORMATS
from headworks.tables.instrument import ROLES, SAMPLE_TYPES

LAYOUTS = (*FORMATS, "masshunter_compounds", "masshunter_transposed")
_CHOICES: dict[str, tuple[str, ...]] = {
    "format": LAYOUTS, "decimal": (",", "."), "date_order": ("dmy", "mdy"), "retention_time_unit": ("min", "s"),
}  # fmt: skip
INTEGRATIONS = ["manual", "automatic"]
_SECTION_CHOICES = {"sample_types": SAMPLE_TYPES, "samples": SAMPLE_TYPES, "roles": ROLES, "integrations": INTEGRATIONS}
# Says of a target that it is quantified without an internal standard.
NONE = "none"


@dataclass(frozen=True)
class Profile:
    """What a laboratory has said of its exports; every part is optional."""

    format: str | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    date_order: str | None = None
    timezone: str | None = None
    concentration_unit: str | None = None
    retention_time_unit: str | None = None
    ignored: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    sample_types: dict[str, str] = field(default_factory=dict)
    samples: dict[str, str] = field(default_factory=dict)
    integrations: dict[str, str] = field(default_factory=dict)
    analytes: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    internal_standards: dict[str, str] = field(default_factory=dict)
    quantifiers: dict[str, str] = field(default_factory=dict)
    qualifiers: dict[str, str] = field(default_factory=dict)

    def with_answer(self, section: str, key: str, value: str) -> Profile:
        """The profile with one more answer; what was said before is kept.

        Examples
        --------
        >>> Profile().with_answer("sample_types", "EQC", "qc").sample_types
        {'EQC': 'qc'}
        """
        if not section:
            return self if getattr(self, key) is not None else replace(self, **_one(key, value))
        if section == "columns" and value == "ignored":
            return replace(self, ignored=(*self.ignored, key))
        pair = {value: key} if section == "columns" else {key: value}
        return replace(
            self, **{section: getattr(self, section) | {k: v for k, v in pair.items() if k not in getattr(self, section)}}
        )


def _one(name: str, value: Any) -> dict[str, Any]:
    return {name: value}


_SECTIONS = tuple(item.name for item in fields(Profile) if item.type == "dict[str, str]")


def load_profile(source: str | Path) -> Profile:
    """The profile that a TOML file or text says.

    Parameters
    ----------
    source
        A path, or the text itself.

    Raises
    ------
    UsageError
        ``HW-U005`` for a file that cannot be read, broken TOML, an unknown key or a value that is not allowed.

    Examples
    --------
    >>> load_profile('decimal = ","').decimal
    ','
    """
    where = source.name if isinstance(source, Path) else "profile"
    try:
        said = tomllib.loads(source.read_text(encoding="utf-8-sig") if isinstance(source, Path) else source)
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            "The profile is not TOML.", where=where, found=str(problem), remedy="Correct that line", code="HW-U005"
        ) from problem
    return profile_of(said, where)


def profile_of(said: dict[str, Any], where: str = "profile") -> Profile:
    """The profile that a table of TOML says, already read.

    Raises
    ------
    UsageError
        ``HW-U005`` for an unknown key or a value that is not allowed.

    Examples
    --------
    >>> profile_of({"decimal": ","}).decimal
    ','
    """
    known = [item.name for item in fields(Profile)]
    for key, value in said.items():
        _require(key in known, where, key, _nearest(key, known))
        _require_value(key, value, where)
    if "timezone" in said:
        require_timezone(said["timezone"], where=where)
    parts: dict[str, Any] = {key: tuple(value) if key == "ignored" else value for key, value in said.items()}
    return Profile(**parts)


def write_profile(profile: Profile) -> str:
    """The profile as TOML; :func:`load_profile` reads it back the same.

    Examples
    --------
    >>> print(write_profile(Profile(decimal=",", samples={"B1": "blank"})), end="")
    decimal = ","
    <BLANKLINE>
    [samples]
    "B1" = "blank"
    """
    lines, sections = [], []
    for item in fields(Profile):
        value = getattr(profile, item.name)
        if not value:
            continue
        if item.name in _SECTIONS:
            sections += ["", f"[{item.name}]", *(f"{_quoted(key)} = {_quoted(said)}" for key, said in value.items())]
        else:
            said = f"[{', '.join(map(_quoted, value))}]" if item.name == "ignored" else _quoted(value)
            lines.append(f"{item.name} = {said}")
    return "\n".join([*lines, *sections]) + "\n"


def _quoted(text: str) -> str:
    # TOML's basic strings are JSON's, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _require_value(key: str, value: Any, where: str) -> None:
    if key in _SECTIONS:
        fits = isinstance(value, dict) and all(isinstance(said, str) and said for said in value.values())
        _require(fits, f"{where}, {key}", repr(value), f'Write [{key}] and lines such as "theirs" = "ours" under it')
        allowed = _SECTION_CHOICES.get(key)
        for theirs, said in value.items() if allowed else ():
            _require(said in (allowed or ()), f"{where}, [{key}] {theirs}", said, _nearest(said, list(allowed or ())))
        return
    is_text = isinstance(value, str) or (
        key == "ignored" and isinstance(value, list) and all(isinstance(v, str) for v in value)
    )
    _require(is_text and bool(value), f"{where}, {key}", repr(value), f'Write {key} = "…"')
    allowed_words = _CHOICES.get(key)
    if allowed_words:
        _require(value in allowed_words, f"{where}, {key}", str(value), "Use one of " + ", ".join(allowed_words))


def _require(fits: bool, where: str, found: str, remedy: str) -> None:
    if not fits:
        raise UsageError("The profile cannot be used as written.", where=where, found=found, remedy=remedy, code="HW-U005")


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]}?" if close else "Use one of " + ", ".join(known)
