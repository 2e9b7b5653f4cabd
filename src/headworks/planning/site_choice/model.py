r"""The choice of sites as a linear programme in whole numbers, solved by HiGHS.

With x_s whether a site is chosen, A_s the people connected to s first, P_s those whose sewage passes it, and y_s whether the
people connected to s are covered,

    maximise sum A_s y_s,      y_s <= x_s + y_next(s),   0 <= y <= 1                                   (W18)
    sum cost x <= budget,   sum samples x <= capacity,   sum over a county of x >= 1                    (W19)

``y`` counts everybody once, however catchments nest. Where nested sites are forbidden, ``x_u + x_d <= 1`` for each site ``u``
and each ``d`` that its sewage passes later, and sum P_s x_s is as good.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, hstack

from headworks.core.errors import UsageError
from headworks.planning.site_choice.nesting import NOWHERE, Nesting
from headworks.planning.site_choice.rules import ChoiceRules

Array = npt.NDArray[np.float64]
OPTIMAL = 0
_INFEASIBLE = 2
# Close enough to say what would do.
_ROUGH_GAP = 1e-3


class ChoiceModel:
    """The constraints of a choice as HiGHS wants them; variables are x, then y where nesting is allowed."""

    def __init__(self, sites: pl.DataFrame, nested: Nesting, rules: ChoiceRules, may: Array, must: Array) -> None:
        self.n, self.nested, self.rules, self.may, self.must = sites.height, nested, rules, may, must
        self.cost = sites["cost"].to_numpy().astype(np.float64)
        self.samples = sites["samples_per_week"].to_numpy().astype(np.float64)
        self.county, self.counties_without = _counties(sites, may)
        self.has_y = rules.is_nesting_allowed

    def solve(self, gap: float, seconds: float, *, objective: Array | None = None, rules: ChoiceRules | None = None) -> Any:
        """The answer of HiGHS."""
        size = 2 * self.n if self.has_y else self.n
        value = np.zeros(size)
        if objective is not None:
            value[: self.n] = objective
        elif self.has_y:
            value[self.n :] = -self.nested.own
        else:
            value[:] = -self.nested.passing
        lower, upper = np.zeros(size), np.ones(size)
        lower[: self.n], upper[: self.n] = self.must, self.may
        whole = np.zeros(size, dtype=np.int64)
        whole[: self.n] = 1
        return milp(
            value,
            integrality=whole,
            bounds=Bounds(lower, upper),
            constraints=self._constraints(rules or self.rules),
            options={"mip_rel_gap": gap, "time_limit": seconds},
        )

    def _constraints(self, rules: ChoiceRules) -> list[LinearConstraint]:
        made = []
        for limit, use in ((rules.budget, self.cost), (rules.capacity, self.samples)):
            if limit is not None:
                made.append(self._of_x(coo_array(use[None, :]), -np.inf, limit))
        if rules.one_per_county and self.county.shape[0]:
            made.append(self._of_x(self.county, 1, np.inf))
        if self.has_y:
            made.append(LinearConstraint(self._cover(), -np.inf, 0))
        else:
            upstream, downstream = self.nested.pairs()
            if upstream.size:
                rows = np.arange(upstream.size)
                ones = np.ones(2 * upstream.size)
                where = (np.concatenate([rows, rows]), np.concatenate([upstream, downstream]))
                made.append(self._of_x(coo_array((ones, where), shape=(upstream.size, self.n)), -np.inf, 1))
        return made

    def _of_x(self, matrix: Any, low: float, high: float) -> LinearConstraint:
        if self.has_y:
            matrix = hstack([matrix, coo_array((matrix.shape[0], self.n))])
        return LinearConstraint(matrix.tocsr(), low, high)

    def _cover(self) -> Any:
        """y_s - x_s - y_next(s) <= 0 (W18)."""
        rows = np.arange(self.n)
        has_next = self.nested.following != NOWHERE
        data = np.concatenate([np.ones(self.n), -np.ones(self.n), -np.ones(int(has_next.sum()))])
        at = np.concatenate([rows, rows, rows[has_next]])
        of = np.concatenate([self.n + rows, rows, self.n + self.nested.following[has_next]])
        return coo_array((data, (at, of)), shape=(self.n, 2 * self.n)).tocsr()

    def refusal(self, status: int, seconds: float) -> UsageError:
        """What to say when there is no choice, with the budget or capacity that would do."""
        if status != _INFEASIBLE:
            return UsageError("No choice was found in time.", where="time limit", found=f"{seconds:g} s",
                              remedy="Allow more seconds, or a larger --gap", code="HW-U191")  # fmt: skip
        needs = []
        for name, use, endless in (
            ("budget", self.cost, replace(self.rules, budget=None)),
            ("capacity", self.samples, replace(self.rules, capacity=None)),
        ):
            if endless != self.rules:
                found = self.solve(_ROUGH_GAP, seconds, objective=use, rules=endless)
                if found.x is not None:
                    needs.append(f"a {name} of {float(use @ (found.x[: self.n] > 0.5)):g}")
        return UsageError(
            "No choice of sites keeps all these rules.",
            where="budget, capacity, one per county, forced sites, nested sites",
            found=f"budget {self.rules.budget}, capacity {self.rules.capacity}, {len(self.rules.forced_in)} sites forced in",
            remedy="The rest of the rules needs " + " or ".join(needs) if needs else "Take back a rule or a forced site",
            code="HW-U190",
        )


def _counties(sites: pl.DataFrame, may: Array) -> tuple[Any, tuple[str, ...]]:
    """Counties x sites, 1 where a site that may be chosen lies in a county; counties without such a site."""
    names = sites["county_id"].to_list()
    known = sorted({name for name in names if name is not None})
    row_of = {name: row for row, name in enumerate(known)}
    at = [row for row, name in enumerate(names) if name is not None and may[row] > 0]
    with_one = sorted({names[row] for row in at})
    row_of = {name: row for row, name in enumerate(with_one)}
    of = [row_of[names[row]] for row in at]
    matrix = coo_array((np.ones(len(at)), (of, at)), shape=(len(with_one), len(names)))
    return matrix, tuple(name for name in known if name not in row_of)
