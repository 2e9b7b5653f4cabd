"""The smallest change of an area's figures that would change what becomes of it.

Figures of one criterion, then of several, are multiplied by one factor: first those of this period, and where no change of
them would do (because two of three periods are asked for) those of the whole window. The factor is found by halving, for all
areas at once, with the very step that decided. The trap: a factor nearer to 1 on the safe side would not flip the outcome;
what is told is the near end of the flipping side, so that it does.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.outcomes.case import Case
from headworks.assessment.outcomes.figures import Array
from headworks.assessment.outcomes.list_states import Codes

# Beyond a hundredfold nobody calls it a change.
_FURTHEST = float(np.log(100.0))
# 2^-24 of that: a factor is told to six digits.
_HALVINGS = 24


class SmallestChange(NamedTuple):
    """Of every area: number of the set of criteria (-1 none), factor, whether the whole window changes, what then happens."""

    sets: list[tuple[str, ...]]
    which: Codes
    factor: Array
    is_window: npt.NDArray[np.bool_]
    happened: Codes


def smallest_change(case: Case) -> SmallestChange:
    """The smallest change that gives another state, for every area of a case.

    Returns
    -------
    SmallestChange
        ``which`` is -1 where no change of figures does, such as before the least time on a list is over.
    """
    n = case.before.state.size
    sets = _sets(case)
    best = SmallestChange(sets, np.full(n, -1), np.full(n, np.nan), np.zeros(n, dtype=bool), np.full(n, -1))
    now = case.decide()[0].state
    n_single = len(case.rule.criteria)
    for is_window in (False, True):
        for group in (range(n_single), range(n_single, len(sets))):
            open_rows = np.flatnonzero(best.which < 0)
            if open_rows.size:
                _try(case.take(open_rows), now[open_rows], open_rows, best, group, is_window)
    return best


def _try(case: Case, now: Codes, rows: Codes, best: SmallestChange, group: range, is_window: bool) -> None:
    """The nearest of a group of sets, both ways, written into ``best``."""
    nearest = np.full(rows.size, np.inf)
    for place in group:
        for way in (1.0, -1.0):
            log_factor, happened = _flip(case, now, best.sets[place], way, is_window)
            better = np.abs(log_factor) < nearest
            nearest = np.where(better, np.abs(log_factor), nearest)
            best.which[rows[better]] = place
            best.factor[rows[better]] = np.exp(log_factor[better])
            best.is_window[rows[better]] = is_window
            best.happened[rows[better]] = happened[better]


def _flip(case: Case, now: Codes, names: tuple[str, ...], way: float, is_window: bool) -> tuple[Array, Codes]:
    """Log factor at which the state first differs, infinite where it never does; and what then happens."""
    found, then = np.full(now.size, np.inf), np.full(now.size, -1)
    far = np.full(now.size, way * _FURTHEST)
    after, happened = case.multiplied(names, np.exp(far), is_window=is_window).decide()
    rows = np.flatnonzero(after.state != now)
    if not rows.size:
        return found, then
    part, was = case.take(rows), now[rows]
    near, high, what = np.zeros(rows.size), far[rows], happened[rows]
    for _ in range(_HALVINGS):
        middle = (near + high) / 2
        after, happened = part.multiplied(names, np.exp(middle), is_window=is_window).decide()
        differs = after.state != was
        near, high = np.where(differs, near, middle), np.where(differs, middle, high)
        what = np.where(differs, happened, what)
    found[rows], then[rows] = high, what
    return found, then


def _sets(case: Case) -> list[tuple[str, ...]]:
    """Every criterion alone, then pairs of two families, then all."""
    names = case.rule.criteria
    family = {name: case.rule_set.criterion(name).family for name in names}
    pairs = [pair for pair in combinations(names, 2) if family[pair[0]] != family[pair[1]]]
    whole = [names] if len(names) > 1 and names not in pairs else []
    return [*((name,) for name in names), *pairs, *whole]
