"""Try a rule set and keep the trial beside it.

The trap: the trial is of simulated provinces; what it does not simulate (lost samples, amended registers, figures that
scatter more than they say) it does not show.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from headworks.assessment.trial import Trial, operating_characteristics, trial_text
from headworks.core.errors import UsageError
from headworks.jobs.assessment.rule_files import RuleFile
from headworks.reference.rule_sets import trial_province
from headworks.store.workspace import write_atomically

# Provinces of a trial where nothing is said: a share of 2 % of some 9,000 areas of a class is then known to 0.2 %.
PROVINCES = 200


class TrialDone(NamedTuple):
    """The trial, and where it was kept."""

    trial: Trial
    path: Path


def try_rule_set(
    rules: RuleFile,
    provinces: int = PROVINCES,
    seed: int = 1,
    out: Path | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> TrialDone:
    """Try a rule set and write the trial beside its file, or to ``out``.

    Raises
    ------
    UsageError
        ``HW-U261`` for fewer than 2 provinces; ``HW-U263`` for a shipped set without ``out``, or where nothing can be
        written.
    DataRefused
        ``HW-D785`` when a criterion asks for what cannot be simulated.
    """
    path = out or rules.trial_path
    if path is None:
        raise UsageError("A shipped rule set has its trial already.", found=rules.name, remedy="Give --out FILE",
                         code="HW-U263")  # fmt: skip
    trial = operating_characteristics(rules.rule_set, trial_province(), provinces, seed, tell)
    try:
        write_atomically(path, trial_text(trial))
    except OSError as problem:
        raise UsageError("The trial cannot be written.", where=str(path), found=problem.strerror or str(problem),
                         remedy="Give --out FILE in a folder that exists", code="HW-U263") from problem  # fmt: skip
    return TrialDone(trial, path)
