"""A rule set and its trial from files, or from those that come with the package.

The trial of ``mine.yaml`` is kept beside it, as ``mine.trial.json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headworks.assessment.rules import RuleSet, read_rule_set
from headworks.core.errors import UsageError
from headworks.reference.parameter_files import nearest
from headworks.reference.rule_sets import rule_set_names, rule_set_text, shipped_trial_text
from headworks.workflows.assessment import assessable_columns


@dataclass(frozen=True)
class RuleFile:
    """A rule set, the text of its trial (None without one), and where that is or would be."""

    rule_set: RuleSet
    name: str
    trial_text: str | None
    trial_path: Path | None


def read_rule_file(said: str) -> RuleFile:
    """The rule set of a file, or a shipped one by its name.

    Raises
    ------
    UsageError
        ``HW-U260`` when it is neither.
    DataRefused
        ``HW-D780``, ``HW-D781`` when it is no rule set.
    """
    path = Path(said)
    if not path.is_file():
        if said in rule_set_names():
            return RuleFile(_parsed(rule_set_text(said), said), said, shipped_trial_text(said), None)
        raise UsageError("There is no such rule set.", found=said, code="HW-U260",
                         remedy=f"Give a YAML file, or a shipped one. {nearest(said, rule_set_names())}")  # fmt: skip
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError("The rule set cannot be read.", where=said, found=str(problem), remedy="Give a YAML file in UTF-8",
                         code="HW-U260") from problem  # fmt: skip
    beside = path.with_suffix(".trial.json")
    return RuleFile(
        _parsed(text, path.name), path.name, beside.read_text(encoding="utf-8") if beside.is_file() else None, beside
    )


def _parsed(text: str, where: str) -> RuleSet:
    return read_rule_set(text, where, assessable_columns())
