"""Rule sets that come with the package, and the province they are tried on, as texts and plain data.

The trap: ``programme_register`` is shipped to show its error rates, not to be used.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import yaml

from headworks.core.errors import UsageError
from headworks.reference.parameter_files import DATA_DIR, nearest

_FOLDER = DATA_DIR / "rule_sets"
_PROVINCE = "trial_province"


def rule_set_names() -> list[str]:
    """Names of the shipped rule sets.

    Examples
    --------
    >>> rule_set_names()
    ['programme_register', 'recommended']
    """
    return sorted(path.stem for path in _FOLDER.glob("*.yaml") if path.stem != _PROVINCE)


def rule_set_text(name: str) -> str:
    """The YAML text of a shipped rule set.

    Raises
    ------
    UsageError
        ``HW-U260`` for a name that none has.
    """
    if name not in rule_set_names():
        raise UsageError(
            "No rule set of this name is shipped.", found=name, remedy=nearest(name, rule_set_names()), code="HW-U260"
        )
    return (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def trial_province() -> dict[str, Any]:
    """What a rule set is tried on: classes of areas, scatter of loads, rates of indicators; not to be changed.

    Examples
    --------
    >>> trial_province()["load"]["days_per_quarter"]
    13
    """
    return cast("dict[str, Any]", yaml.safe_load((_FOLDER / f"{_PROVINCE}.yaml").read_text(encoding="utf-8")))


def shipped_trial_text(name: str) -> str | None:
    """The trial of a shipped rule set; None where it has none."""
    path = _FOLDER / f"{name}.trial.json"
    return path.read_text(encoding="utf-8") if path.is_file() else None
