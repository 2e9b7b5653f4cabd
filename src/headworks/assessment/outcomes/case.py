"""Everything one list looks at in one period, of many areas: what decides, and nothing else.

An explanation is a case written down; the smallest change is sought by changing a case. The trap: once an area is on a list,
its figures are held against the past as it was when it entered. Held against a past that moves on, a load that doubled and
stayed doubled would be "no longer rising" after a year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.outcomes.figures import Array, Figures
from headworks.assessment.outcomes.list_states import OFF, Codes, Flags, Seen, Standing, step
from headworks.assessment.outcomes.probability import p_met, p_unmet
from headworks.assessment.rules import ListRule, RuleSet


class Case(NamedTuple):
    """One list in one period; figures by criterion of ``rule.criteria``, each field ``(n_areas, window)``, newest last."""

    rule_set: RuleSet
    rule: ListRule
    figures: tuple[Figures, ...]
    before: Standing
    children: Array
    is_required_met: Flags
    decision: Codes

    def seen(self) -> Seen:
        """The probabilities that decide."""
        rule, newest = self.rule, slice(-1, None)
        return Seen(
            self._stack(rule.enter.when, p_met, None), self._stack(rule.leave.when, p_unmet, None),
            self._stack(rule.enter.agree, p_met, newest)[..., 0], self._stack(rule.red_lines, p_met, newest)[..., 0],
            self._stack(rule.acceptance.when, p_met, newest)[..., 0], self.children, self.is_required_met, self.decision,
        )  # fmt: skip

    def decide(self) -> tuple[Standing, Codes]:
        """Where the areas stand after the period, and what happened."""
        return step(self.rule, families_of(self.rule_set, self.rule), self.before, self.seen())

    def multiplied(self, criteria: tuple[str, ...], factor: Array, *, is_window: bool) -> Case:
        """The case with the figures of some criteria multiplied, in the newest period or in all of them."""
        size = self.figures[0].value.shape[1]
        powers = np.ones(size) if is_window else (np.arange(size) == size - 1).astype(np.float64)
        by = factor[:, None] ** powers
        changed = (
            one.times(by) if name in criteria else one for name, one in zip(self.rule.criteria, self.figures, strict=True)
        )
        return self._replace(figures=tuple(changed))

    def take(self, rows: npt.NDArray[np.int64]) -> Case:
        """Of some areas."""
        figures = tuple(Figures(*(field[rows] for field in one)) for one in self.figures)
        return self._replace(
            figures=figures, before=self.before.take(rows), children=self.children[rows],
            is_required_met=self.is_required_met[rows], decision=self.decision[rows],
        )  # fmt: skip

    def _stack(self, names: tuple[str, ...], how: object, periods: slice | None) -> Array:
        size = self.figures[0].value.shape
        found = np.empty((len(names), size[0], size[1] if periods is None else 1))
        for place, name in enumerate(names):
            one = self.figures[self.rule.criteria.index(name)]
            if periods is not None:
                one = Figures(*(field[:, periods] for field in one))
            found[place] = how(self.rule_set.criterion(name), one)  # type: ignore[operator]
        return found


def families_of(rule_set: RuleSet, rule: ListRule) -> Codes:
    """Number of the family of each criterion that may agree."""
    names = [rule_set.criterion(name).family for name in rule.enter.agree]
    return np.array([sorted(set(names)).index(name) for name in names], dtype=np.int64)


def window_of(found: Figures, period: int, window: int, before: Standing) -> Figures:
    """The figures of the last ``window`` periods; of areas on the list, against the past as it was when they entered."""
    n = before.state.size
    places = np.broadcast_to(np.arange(period - window + 1, period + 1), (n, window))
    entered = np.where(before.state == OFF, -1, period - 1 - before.dwell)
    of_past = np.where(entered[:, None] >= 0, entered[:, None], places)
    rows = np.arange(n)
    own, past = found.take(rows, np.maximum(places, 0)), found.take(rows, np.maximum(of_past, 0))
    kept = own._replace(
        base_value=past.base_value, base_sd=past.base_sd, base_events=past.base_events, base_exposure=past.base_exposure
    )
    is_before = places < 0
    return Figures(*(np.where(is_before, np.nan, field) for field in kept))
