"""An outcome as a record that decides again, and in words.

The record holds the figures of every criterion in the window, where the area stood before, and what people decided. With the
rule set it gives the outcome again (:func:`decide_again`): a reader needs neither the workspace nor our word for it.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from headworks.assessment.outcomes.case import Case
from headworks.assessment.outcomes.figures import Figures
from headworks.assessment.outcomes.list_states import Standing
from headworks.assessment.outcomes.probability import p_met, p_unmet
from headworks.assessment.rules import RuleSet
from headworks.core.errors import DataRefused
from headworks.tables.assessment import DECISIONS, LIST_STATES, OUTCOMES

_FIELDS = Figures._fields


def evidence_of(case: Case, periods: list[str], row: int) -> dict[str, Any]:
    """The record of one area.

    Parameters
    ----------
    periods
        Labels of the window, newest last; those before the first known are empty.
    row
        The area.
    """
    before = case.before
    standing = {
        "state": LIST_STATES[before.state[row]], "age": int(before.age[row]), "dwell": int(before.dwell[row]),
        "fresh": int(before.fresh[row]), "is_appealed": bool(before.is_appealed[row]),
    }  # fmt: skip
    decision = int(case.decision[row])
    return {
        "list": case.rule.name, "rule_digest": case.rule_set.digest, "periods": periods, "before": standing,
        "children": _number(case.children[row]), "is_required_met": bool(case.is_required_met[row]),
        "decision": DECISIONS[decision] if decision >= 0 else None,
        "figures": {name: _figures(one, row) for name, one in zip(case.rule.criteria, case.figures, strict=True)},
    }  # fmt: skip


def case_of(rule_set: RuleSet, evidence: dict[str, Any]) -> Case:
    """The case that a record tells, of one area.

    Raises
    ------
    DataRefused
        ``HW-D784`` when the record was made by another rule set.
    """
    if evidence["rule_digest"] != rule_set.digest:
        raise DataRefused(
            "The evidence was made by another rule set.", where=evidence["list"], found=evidence["rule_digest"][:12],
            remedy=f"Give the rule set of that time; this one is {rule_set.digest[:12]}", code="HW-D784",
        )  # fmt: skip
    rule = next(one for one in rule_set.lists if one.name == evidence["list"])
    said, size = evidence["before"], len(evidence["periods"])
    whole = {name: np.array([said[name]], dtype=np.int64) for name in ("age", "dwell", "fresh")}
    before = Standing(np.array([LIST_STATES.index(said["state"])]), is_appealed=np.array([said["is_appealed"]]), **whole)
    decision = -1 if evidence["decision"] is None else DECISIONS.index(evidence["decision"])
    return Case(
        rule_set, rule, tuple(_read(evidence["figures"][name], size) for name in rule.criteria), before,
        np.array([_read_number(evidence["children"])]), np.array([evidence["is_required_met"]]), np.array([decision]),
    )  # fmt: skip


def decide_again(rule_set: RuleSet, evidence: dict[str, Any]) -> tuple[str, str]:
    """State and outcome that follow from a record alone.

    Raises
    ------
    DataRefused
        ``HW-D784`` when the record was made by another rule set.
    """
    after, happened = case_of(rule_set, evidence).decide()
    return LIST_STATES[int(after.state[0])], OUTCOMES[int(happened[0])]


def sentences(rule_set: RuleSet, evidence: dict[str, Any]) -> list[str]:
    """What decided, in words: one sentence a criterion, then what the rule asks."""
    case = case_of(rule_set, evidence)
    rule, said = case.rule, []
    for name, found in zip(rule.criteria, case.figures, strict=True):
        criterion = rule_set.criterion(name)
        p = p_met(criterion, found)[0]
        told = ", ".join(f"{label} {_percent(one)}" for label, one in zip(evidence["periods"], p, strict=True) if label)
        said.append(f"{name} ({criterion.meaning or criterion.family}): {_figure(found)}; probability that it holds: {told}.")
        if case.before.state[0] and name in rule.leave.when:
            said.append(f"{name}: probability of the opposite {_percent(p_unmet(criterion, found)[0, -1])} now.")
    enter, leave = rule.enter, rule.leave
    said.append(
        f"To enter: {enter.how} of {', '.join(enter.when)} with {enter.probability:.0%} in {enter.periods} of {enter.of} "
        f"periods, and {enter.families} independent families of indicators with {enter.agree_at:.0%} now."
    )
    said.append(
        f"To leave: {leave.how} of {', '.join(leave.when)} the opposite with {leave.probability:.0%} in {leave.periods} of "
        f"{leave.of} periods, not before {leave.min_dwell} periods on the list ({int(case.before.dwell[0])} so far)."
    )
    return said


def as_json(evidence: dict[str, Any]) -> str:
    """The record as text; what is not there is null."""
    return json.dumps(evidence, allow_nan=False, separators=(",", ":"), sort_keys=True)


def _figures(one: Figures, row: int) -> dict[str, list[float | None]]:
    told = {name: [_number(value) for value in getattr(one, name)[row]] for name in _FIELDS}
    return {name: values for name, values in told.items() if any(value is not None for value in values)}


def _read(said: dict[str, list[float | None]], size: int) -> Figures:
    none: list[float | None] = [None] * size
    return Figures(*(np.array([[_read_number(value) for value in said.get(name, none)]]) for name in _FIELDS))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _read_number(value: float | None) -> float:
    return math.nan if value is None else value


def _percent(p: float) -> str:
    return "unknown" if math.isnan(p) else f"{p:.1%}"


def _figure(found: Figures) -> str:
    value, events, past = found.value[0, -1], found.events[0, -1], found.base_value[0, -1]
    if not math.isnan(events):
        text = f"{events:,.0f} counted"
        exposure = found.exposure[0, -1]
        text += "" if math.isnan(exposure) else f" over {exposure:,.0f} people"
        base = found.base_events[0, -1]
        return text if math.isnan(base) else f"{text}, {base:,.0f} over {found.base_exposure[0, -1]:,.0f} in its past"
    if math.isnan(value):
        return "no figure" if math.isnan(found.ceiling[0, -1]) else f"below {found.ceiling[0, -1]:.3g}"
    return f"{value:.3g}" + ("" if math.isnan(past) else f", {past:.3g} in its past")
