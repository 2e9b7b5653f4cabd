"""The figures a criterion is held against, as arrays of areas by periods, with the area's own past beside them.

The trap: a figure that is not there is not a number, and never zero; a figure below a limit has a ``ceiling`` and no value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.rules import Criterion

Array = npt.NDArray[np.float64]


class Figures(NamedTuple):
    """Figures of one criterion, every field of shape ``(n_areas, n_periods)``, not a number where there is none.

    ``value`` and ``sd`` (log scale) of a measured figure, ``ceiling`` of one below a limit; ``events`` and ``exposure`` of a
    count. ``base_…`` is the area's own past, ``scale`` what the threshold is multiplied by (1 but for thresholds of the top
    area), ``coverage`` the share of residents behind the figure.
    """

    value: Array
    sd: Array
    ceiling: Array
    events: Array
    exposure: Array
    base_value: Array
    base_sd: Array
    base_events: Array
    base_exposure: Array
    scale: Array
    coverage: Array

    def take(self, areas: npt.NDArray[np.int64], periods: npt.NDArray[np.int64]) -> Figures:
        """Figures of some areas, each in periods of its own; shape of ``periods``, which begins with the areas."""
        row = areas.reshape((-1,) + (1,) * (periods.ndim - 1))
        return Figures(*(field[row, periods] for field in self))

    def times(self, factor: Array) -> Figures:
        """What was found (not the past of it) multiplied: counts to the next whole number away from 1, none as one more."""
        events = np.maximum(self.events, 1.0) * factor - (self.events < 1)
        whole = np.where(factor >= 1, np.ceil(events - 1e-9), np.maximum(np.floor(events + 1e-9), 0.0))
        return self._replace(value=self.value * factor, ceiling=self.ceiling * factor, events=whole)


def figures_of(
    shape: tuple[int, int], *, value: Array | None = None, sd: Array | None = None, ceiling: Array | None = None,
    events: Array | None = None, exposure: Array | None = None, scale: Array | None = None, coverage: Array | None = None,
) -> Figures:  # fmt: skip
    """Figures without a past; what is not given is not a number, ``scale`` 1."""
    none = np.full(shape, np.nan)

    def or_none(one: Array | None) -> Array:
        return none if one is None else one

    return Figures(
        or_none(value), or_none(sd), or_none(ceiling), or_none(events), or_none(exposure), none, none, none, none,
        np.ones(shape) if scale is None else scale, or_none(coverage),
    )  # fmt: skip


def with_past(criterion: Criterion, found: Figures) -> Figures:
    r"""Counts pooled over the criterion's periods, and the area's own past beside each figure (O3).

    The past of a measured figure is the geometric mean of the periods that are there, its variance the mean's as if they
    were independent; that of a count is the sum. Too few periods: no past, and nothing can be said.

    Examples
    --------
    The past of the third period is the first two: sqrt(2 x 8) = 4.

    >>> from headworks.assessment.rules import Against, Columns
    >>> rose = Criterion("rose", "area_loads", "sewage", "log_normal", True, 1.5, Columns(), against=Against(1, 2, 2))
    >>> found = figures_of((1, 3), value=np.array([[2.0, 8.0, 9.0]]), sd=np.full((1, 3), 0.2))
    >>> with_past(rose, found).base_value.round(9).tolist()
    [[nan, nan, 4.0]]
    """
    if criterion.pool > 1:
        found = found._replace(
            events=_moving(found.events, 0, criterion.pool)[0], exposure=_moving(found.exposure, 0, criterion.pool)[0]
        )
    past = criterion.against
    if past is None:
        return found
    if criterion.evidence == "gamma_poisson":
        # The pooled figure would count a period twice: the past is summed from single periods' worth of pools.
        step = criterion.pool
        events, n = _moving(found.events, past.first, past.periods, step)
        exposure, _ = _moving(found.exposure, past.first, past.periods, step)
        enough = n >= past.least
        return found._replace(base_events=np.where(enough, events, np.nan), base_exposure=np.where(enough, exposure, np.nan))
    with np.errstate(divide="ignore"):
        logs = np.where(found.value > 0, np.log(found.value), np.nan)
    total, n = _moving(logs, past.first, past.periods)
    spread, _ = _moving(np.where(np.isnan(logs), np.nan, found.sd**2), past.first, past.periods)
    enough = n >= past.least
    with np.errstate(invalid="ignore", divide="ignore"):
        return found._replace(
            base_value=np.where(enough, np.exp(total / n), np.nan), base_sd=np.where(enough, np.sqrt(spread) / n, np.nan)
        )


def _moving(values: Array, first: int, periods: int, step: int = 1) -> tuple[Array, Array]:
    """Sum over ``periods`` periods, ``step`` apart, the newest of them ``first`` back, of what is there; and how many are."""
    total, n = np.zeros_like(values), np.zeros_like(values)
    for back in range(first, first + periods * step, step):
        if back >= values.shape[1]:
            break
        moved = np.full_like(values, np.nan)
        moved[:, back:] = values[:, : values.shape[1] - back]
        there = ~np.isnan(moved)
        total += np.where(there, moved, 0.0)
        n += there
    return np.where(n > 0, total, np.nan), n
