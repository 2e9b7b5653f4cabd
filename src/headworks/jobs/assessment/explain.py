"""Why an area is on a list or not, from the record of its outcome alone, and what would change that."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from headworks.assessment.outcomes import decide_again, sentences
from headworks.core.errors import UsageError
from headworks.jobs.area_figures import find_area
from headworks.jobs.assessment.assess import AssessmentDone, AssessmentOrder, assess_workspace, outcomes_for
from headworks.store import Workspace, read_facts


@dataclass(frozen=True)
class Explanation:
    """Of one list: the outcome's row, what decided in words, and whether the record decides the same again."""

    row: dict[str, Any]
    said: list[str]
    is_reproduced: bool

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            **self.row,
            "evidence": json.loads(self.row["evidence"]),
            "said": self.said,
            "is_reproduced": self.is_reproduced,
        }


def explain_outcome(workspace: Workspace, said: str, order: AssessmentOrder, tier: str) -> tuple[str, list[Explanation]]:
    """The name of an area, and the explanation of its outcome on every list that speaks of it.

    Raises
    ------
    UsageError
        ``HW-U015`` for an area that is none, ``HW-U265`` for one without an outcome that the tier may see.
    """
    area_id, name = find_area(read_facts(workspace, "areas"), said)
    done = assess_workspace(workspace, order)
    rows = outcomes_for(workspace, done, tier).filter(area_id=area_id)
    if rows.is_empty():
        found = "it has none" if done.outcomes.filter(area_id=area_id).is_empty() else f"{tier} readers may not see it"
        raise UsageError("There is no outcome of this area.", where=f"{said}, {done.period}", found=found,
                         remedy="Give another area, --period or --tier", code="HW-U265")  # fmt: skip
    return name or area_id, [_explained(done, row) for row in rows.sort(pl.col("list_name")).rows(named=True)]


def _explained(done: AssessmentDone, row: dict[str, Any]) -> Explanation:
    evidence = json.loads(row["evidence"])
    told = sentences(done.rule_set, evidence)
    if row["change_criteria"] is not None:
        where = "this period" if row["change_scope"] == "this_period" else "all periods the rule looks at"
        by = f"{row['change_criteria']} times {row['change_factor']:.4g}"
        told.append(f"Smallest change: {by} in {where}; then {row['change_outcome']}.")
    else:
        told.append("No change of the figures by less than a hundredfold would give another state now.")
    return Explanation(row, told, decide_again(done.rule_set, evidence) == (row["state"], row["outcome"]))
