"""The table ``list_outcomes``: one row per area and list of the last period.

The trap: an area of a level the list does not speak of has no row; it is not "off".
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.assessment.outcomes.case import families_of
from headworks.assessment.outcomes.evaluate import Areas, Course
from headworks.assessment.outcomes.explain import as_json, evidence_of
from headworks.assessment.outcomes.list_states import OFF
from headworks.assessment.outcomes.smallest_change import smallest_change
from headworks.core.schema import sort_by_key
from headworks.tables.assessment import LIST_STATES, OUTCOMES, ListOutcomes

_SCOPES = {False: "this_period", True: "window"}


def outcome_rows(
    courses: list[Course], areas: Areas, area_ids: list[str], population: np.ndarray, periods: list[str], run_id: str
) -> pl.DataFrame:
    """The outcomes of the last period, with evidence and the smallest change.

    Parameters
    ----------
    population
        Residents of each area, not a number where unknown.
    periods
        Labels of all periods evaluated, oldest first.

    Returns
    -------
    pl.DataFrame
        ``ListOutcomes``, sorted by its key.
    """
    parts = [_of_list(one, areas, area_ids, population, periods, run_id) for one in courses]
    return sort_by_key(pl.concat(parts), ListOutcomes)


def _of_list(
    course: Course, areas: Areas, area_ids: list[str], population: np.ndarray, periods: list[str], run_id: str
) -> pl.DataFrame:
    rule, rules = course.rule, course.case.rule_set
    rows = np.flatnonzero(np.isin(areas.level, rule.levels)) if rule.levels else np.arange(areas.level.size)
    case = course.case.take(rows)
    seen, change = case.seen(), smallest_change(case)
    with np.errstate(invalid="ignore"):
        strongest = np.where(np.isnan(seen.enter[:, :, -1]), -1.0, seen.enter[:, :, -1])
    lead, p = np.argmax(strongest, axis=0), strongest.max(axis=0)
    families = families_of(rules, rule)
    agreeing = seen.agree >= rule.enter.agree_at
    n_agree = sum(np.any(agreeing[families == one], axis=0).astype(np.int64) for one in np.unique(families))
    label = dict(enumerate(periods))
    window = [label.get(len(periods) - rule.window + place, "") for place in range(rule.window)]
    after = course.after.take(rows)
    is_off = after.state == OFF
    since = [None if off else label.get(len(periods) - 1 - int(one)) for off, one in zip(is_off, after.dwell, strict=True)]
    found = change.which >= 0
    frame = pl.DataFrame(
        {
            "area_id": [area_ids[row] for row in rows], "period": [periods[-1]] * rows.size,
            "rule_set": [rules.rule_set_id] * rows.size, "list_name": [rule.name] * rows.size,
            "rule_version": [rules.version] * rows.size, "rule_digest": [rules.digest] * rows.size,
            "run_id": [run_id] * rows.size,
            "level": areas.level[rows], "population": population[rows],
            "state": [LIST_STATES[one] for one in after.state],
            "outcome": [OUTCOMES[one] for one in course.happened[rows, -1]],
            "previous": [LIST_STATES[one] for one in case.before.state], "since": since, "is_appealed": after.is_appealed,
            "probability": np.where(p < 0, np.nan, p),
            "criterion": [rule.enter.when[one] if share >= 0 else None for one, share in zip(lead, p, strict=True)],
            "families": np.asarray(n_agree), "changed": _changed(course, rows),
            "change_criteria": [", ".join(change.sets[one]) if one >= 0 else None for one in change.which],
            "change_factor": change.factor,
            "change_scope": [_SCOPES[bool(w)] if f else None for w, f in zip(change.is_window, found, strict=True)],
            "change_outcome": [OUTCOMES[one] if one >= 0 else None for one in change.happened],
            "evidence": [as_json(evidence_of(case, window, row)) for row in range(rows.size)],
        },
        schema_overrides={"since": pl.String, "criterion": pl.String, "change_criteria": pl.String, "change_scope": pl.String,
                          "change_outcome": pl.String, "changed": pl.String},
    )  # fmt: skip
    frame = frame.with_columns(pl.col("population", "probability", "change_factor").fill_nan(None))
    return pl.DataFrame(ListOutcomes.validate(frame, cast=True))


def _changed(course: Course, rows: np.ndarray) -> list[str | None]:
    """Criteria of entry that crossed their probability since the period before."""
    rule = course.rule
    if rule.window < 2:
        return [None] * rows.size
    shown = course.case.take(rows).seen().enter >= rule.enter.probability
    told: list[str | None] = []
    for row in range(rows.size):
        now, was = shown[:, row, -1], shown[:, row, -2]
        signs = [("+" if now[k] else "-") + name for k, name in enumerate(rule.enter.when) if now[k] != was[k]]
        told.append(", ".join(signs) or None)
    return told
