"""Which areas are on which list in every period, from the first to the last, by one rule set.

Lists are gone through in their order, in each period; within a list the lowest level first, because a town may need its
villages (staged promotion). Nothing is carried from an earlier assessment: the whole history follows from the figures, the
rules and the decisions, so that it can be followed again. The trap: figures that were amended since change history too;
what was published then is kept with its run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.outcomes.case import Case, families_of, window_of
from headworks.assessment.outcomes.figures import Array, Figures
from headworks.assessment.outcomes.list_states import OFF, Codes, Seen, Standing, nobody, step
from headworks.assessment.outcomes.probability import p_met, p_unmet
from headworks.assessment.rules import Criterion, ListRule, RuleSet


class Areas(NamedTuple):
    """Areas by number: level, and number of the area above (-1 at the top), each ``(n_areas,)``."""

    level: Codes
    parent: Codes


class Course(NamedTuple):
    """A list over time: state, what happened and how long areas are on it, ``(n_areas, n_periods)``; ``case`` of the last."""

    rule: ListRule
    state: Codes
    happened: Codes
    case: Case
    after: Standing


def evaluate(rule_set: RuleSet, figures: tuple[Figures, ...], areas: Areas, decisions: dict[str, Codes]) -> list[Course]:
    """The course of every list of a rule set.

    Parameters
    ----------
    figures
        Of each criterion of the set, in its order, with their past (:func:`figures.with_past`).
    decisions
        By list: code of ``DECISIONS`` of every area and period, -1 none; lists without decisions may be missing.

    Returns
    -------
    list of Course
        In the order of the lists.
    """
    shape = figures[0].value.shape
    met = np.stack([p_met(one, found) for one, found in zip(rule_set.criteria, figures, strict=True)])
    unmet = np.stack([p_unmet(one, found) for one, found in zip(rule_set.criteria, figures, strict=True)])
    courses: dict[str, Course] = {}
    for rule in rule_set.lists:
        required = courses[rule.requires].state != OFF if rule.requires else np.ones(shape, dtype=bool)
        said = decisions.get(rule.name, np.full(shape, -1, dtype=np.int64))
        courses[rule.name] = _course(rule_set, rule, figures, (met, unmet), areas, required, said)
    return list(courses.values())


def _course(
    rule_set: RuleSet, rule: ListRule, figures: tuple[Figures, ...], probabilities: tuple[Array, Array], areas: Areas,
    required: npt.NDArray[np.bool_], said: Codes,
) -> Course:  # fmt: skip
    n, periods = figures[0].value.shape
    before, after = nobody(n), nobody(n)
    state, happened = np.zeros((n, periods), dtype=np.int64), np.zeros((n, periods), dtype=np.int64)
    children = np.full(n, np.nan)
    families = families_of(rule_set, rule)
    # Without staged promotion no level needs another.
    levels = np.unique(areas.level)[::-1] if rule.share_of_children > 0 else np.array([-1])
    for period in range(periods):
        before, children = after, np.full(n, np.nan)
        seen = _seen(rule_set, rule, figures, probabilities, period, before)
        for level in levels:
            if level >= 0:
                children = np.where(areas.level == level, _share_below(areas, after.state != OFF), children)
            told = seen._replace(children=children, is_required_met=required[:, period], decision=said[:, period])
            then, what = step(rule, families, before, told)
            here = areas.level == level if level >= 0 else np.ones(n, dtype=bool)
            after = Standing(*(np.where(here, new, old) for new, old in zip(then, after, strict=True)))
            happened[:, period] = np.where(here, what, happened[:, period])
        out = ~np.isin(areas.level, rule.levels) if rule.levels else np.zeros(n, dtype=bool)
        after = Standing(*(np.where(out, old, new) for old, new in zip(nobody(n), after, strict=True)))
        state[:, period] = after.state
    own = tuple(figures[rule_set.place(name)] for name in rule.criteria)
    windows = tuple(window_of(one, periods - 1, rule.window, before) for one in own)
    case = Case(rule_set, rule, windows, before, children, required[:, -1], said[:, -1])
    return Course(rule, state, happened, case, after)


def _seen(
    rule_set: RuleSet,
    rule: ListRule,
    figures: tuple[Figures, ...],
    probabilities: tuple[Array, Array],
    period: int,
    before: Standing,
) -> Seen:
    """As :meth:`Case.seen`, of probabilities known already but for areas on the list, whose past stands still."""
    met, unmet = probabilities
    on = np.flatnonzero(before.state != OFF)
    standing = before.take(on)

    def window(names: tuple[str, ...], known: Array, is_opposite: bool, size: int) -> Array:
        found = np.full((len(names), known.shape[1], size), np.nan)
        reach = min(size, period + 1)
        for row, name in enumerate(names):
            place = rule_set.place(name)
            found[row, :, size - reach :] = known[place, :, period + 1 - reach : period + 1]
            if on.size and rule_set.criteria[place].against is not None:
                mine = Figures(*(field[on] for field in figures[place]))
                found[row, on] = _held(rule_set.criteria[place], window_of(mine, period, size, standing), is_opposite)
        return found

    full = rule.window
    return Seen(
        window(rule.enter.when, met, False, full), window(rule.leave.when, unmet, True, full),
        window(rule.enter.agree, met, False, 1)[..., 0], window(rule.red_lines, met, False, 1)[..., 0],
        window(rule.acceptance.when, met, False, 1)[..., 0],
        *(np.empty(0), np.empty(0, dtype=bool), np.empty(0, dtype=np.int64)),
    )  # fmt: skip


def _held(criterion: Criterion, found: Figures, is_opposite: bool) -> Array:
    return p_unmet(criterion, found) if is_opposite else p_met(criterion, found)


def _share_below(areas: Areas, is_on: npt.NDArray[np.bool_]) -> Array:
    """Share of the areas one level down that are on the list; not a number where there are none."""
    below = areas.parent >= 0
    n = np.bincount(areas.parent[below], minlength=areas.level.size).astype(np.float64)
    listed = np.bincount(areas.parent[below], is_on[below].astype(np.float64), minlength=areas.level.size)
    return np.where(n > 0, listed / np.maximum(n, 1.0), np.nan)
