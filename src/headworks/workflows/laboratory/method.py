"""What a laboratory has decided of a method: weight, profiles of rules, limits, preparation; ``[method]`` of its profile.

[method]
name = "SPE-LC-MS/MS 3"
laboratory_id = "lab-1"
instrument = "QQQ-2"
matrix = "sewage"                      # of samples that the batch sheet does not name
weight = "auto"                        # "1", "1/x", "1/x2", or chosen by back-calculation
degree = 1
calibration_profile = "headworks_default"
identification_profile = "headworks-default"
quality_profile = "headworks-default"
separation = "LC"
apply_dilution = true                  # whether the export's own dilution is applied
volume_loaded_ml = 100.0               # enrichment of samples and procedural blanks: loaded over final volume
volume_final_ml = 1.0
standard_added = "before_extraction"
apply_recovery = false
without_internal_standard = ["caffeine"]
repeat_injections = false              # injections of one name are of one sample
limit_rule = "validation 2026"         # what the limits below are from
u_bias = 0.05                          # relative, shared by a batch

[method.lod]                           # analyte = limit, in the unit of the calibrators
[method.loq]
[method.reporting_limit]
[method.recovery]                      # analyte = fraction
[method.u_within]                      # analyte = u(Rw) of control samples, relative

A key that is not known is refused with its neighbour, so that a limit with a slip in its name is not silently none.
"""

from __future__ import annotations

import difflib
import json
import math
from dataclasses import dataclass, field, fields
from typing import Any, cast

from headworks.core.errors import UsageError
from headworks.lab.calibration.curves import WEIGHT_NAMES, Weight
from headworks.lab.calibration.sample_factor import StandardAdded
from headworks.workflows.laboratory.matrices import MATRIX_UNITS

_CHOICES: dict[str, tuple[Any, ...]] = {
    "weight": ("auto", *WEIGHT_NAMES), "degree": (1, 2), "separation": ("LC", "GC"), "matrix": tuple(MATRIX_UNITS),
    "standard_added": ("before_extraction", "after_extraction"),
}  # fmt: skip
_BY_ANALYTE = ("lod", "loq", "reporting_limit", "recovery", "u_within")
_ABOVE_ZERO = ("volume_loaded_ml", "volume_final_ml")


@dataclass(frozen=True)
class BatchMethod:
    """How a batch is evaluated; see the module for the meaning and unit of each part."""

    name: str | None = None
    laboratory_id: str | None = None
    instrument: str | None = None
    matrix: str = "sewage"
    weight: Weight = "auto"
    degree: int = 1
    calibration_profile: str = "headworks_default"
    identification_profile: str = "headworks-default"
    quality_profile: str = "headworks-default"
    separation: str = "LC"
    apply_dilution: bool | None = None
    volume_loaded_ml: float | None = None
    volume_final_ml: float | None = None
    standard_added: StandardAdded = "before_extraction"
    apply_recovery: bool = False
    without_internal_standard: tuple[str, ...] = ()
    repeat_injections: bool = False
    limit_rule: str = "given by the method"
    u_bias: float = 0.0
    lod: dict[str, float] = field(default_factory=dict)
    loq: dict[str, float] = field(default_factory=dict)
    reporting_limit: dict[str, float] = field(default_factory=dict)
    recovery: dict[str, float] = field(default_factory=dict)
    u_within: dict[str, float] = field(default_factory=dict)


def method_of(said: dict[str, Any], where: str = "profile") -> BatchMethod:
    """The method that a table of TOML says.

    Raises
    ------
    UsageError
        ``HW-U220`` for a key that is not known or a value that cannot be.

    Examples
    --------
    >>> method_of({"weight": "1/x", "loq": {"ketamine": 2}}).loq
    {'ketamine': 2.0}
    """
    known = {item.name: item for item in fields(BatchMethod)}
    read: dict[str, Any] = {}
    for key, value in said.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            _refuse(where, key, key, f"Did you mean {close[0]}?" if close else "Use one of " + ", ".join(known))
        read[key] = _value(key, value, str(known[key].type), where)
    return BatchMethod(**read)


def write_method(method: BatchMethod) -> str:
    """The method as TOML under ``[method]``, without what is as it comes; empty where all is.

    Examples
    --------
    >>> print(write_method(BatchMethod(weight="1/x", loq={"ketamine": 2.0})), end="")
    [method]
    weight = "1/x"
    <BLANKLINE>
    [method.loq]
    "ketamine" = 2.0
    """
    plain, lines, tables = BatchMethod(), [], []
    for item in fields(BatchMethod):
        value = getattr(method, item.name)
        if value == getattr(plain, item.name):
            continue
        if isinstance(value, dict):
            tables += ["", f"[method.{item.name}]", *(f"{_quoted(name)} = {number!r}" for name, number in value.items())]
        else:
            said = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
            lines.append(f"{item.name} = {said}")
    return "\n".join(["[method]", *lines, *tables]) + "\n" if lines or tables else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(key: str, value: Any, kind: str, where: str) -> Any:
    if key in _BY_ANALYTE:
        fits = isinstance(value, dict) and all(_is_amount(number) for number in value.values())
        if not fits:
            _refuse(where, key, repr(value), f'Write [method.{key}] and lines such as "ketamine" = 2.0 under it')
        return {str(name): float(number) for name, number in cast("dict[str, Any]", value).items()}
    if key in _CHOICES:
        if value not in _CHOICES[key] or isinstance(value, bool):
            _refuse(where, key, repr(value), "Use one of " + ", ".join(map(str, _CHOICES[key])))
        return value
    if key == "without_internal_standard":
        if not (isinstance(value, list) and all(isinstance(name, str) for name in value)):
            _refuse(where, key, repr(value), 'Write without_internal_standard = ["…"]')
        return tuple(value)
    if kind.startswith("bool"):
        if not isinstance(value, bool):
            _refuse(where, key, repr(value), "Write true or false")
        return value
    if kind.startswith("float"):
        if not _is_amount(value) or (key in _ABOVE_ZERO and not value > 0):
            _refuse(where, key, repr(value), "Give a number above 0")
        return float(value)
    if not (isinstance(value, str) and value.strip()):
        _refuse(where, key, repr(value), f'Write {key} = "…"')
    return value


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _refuse(where: str, key: str, found: str, remedy: str) -> None:
    raise UsageError(
        "The method cannot be used as written.", where=f"{where}, [method] {key}", found=found, remedy=remedy, code="HW-U220"
    )
