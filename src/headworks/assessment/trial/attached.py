"""A trial belongs to one text of a rule set; a set without its trial may not be used.

The trap: a threshold changed by a digit is another rule set. Its trial is made again, or it is refused.
"""

from __future__ import annotations

import json
from typing import Any

from headworks.assessment.rules import RuleSet
from headworks.assessment.trial.operating_characteristics import Trial
from headworks.core.errors import DataRefused


def trial_text(trial: Trial) -> str:
    """A trial as the text that is kept beside its rule set."""
    return json.dumps(trial.as_dict(), ensure_ascii=False, indent=1) + "\n"


def require_trial(rule_set: RuleSet, text: str | None, where: str) -> dict[str, Any]:
    """The trial of a rule set.

    Parameters
    ----------
    text
        What is kept beside it; None where there is none.

    Raises
    ------
    DataRefused
        ``HW-D786`` when there is none, it cannot be read, or it is that of another text.
    """
    try:
        said = json.loads(text) if text is not None else None
        found = "none" if said is None else str(said["rule_digest"])
    except (ValueError, KeyError, TypeError):
        said, found = None, "a file that is no trial"
    if said is None or found != rule_set.digest:
        raise DataRefused(
            "The rule set has no trial: how often it lists areas for nothing is not known.", where=where,
            found=found if said is None else f"a trial of {found[:12]}, the rule set is {rule_set.digest[:12]}",
            remedy="Make it: headworks assess trial --rules FILE", code="HW-D786",
        )  # fmt: skip
    return dict(said)
