"""How coverage grows with the budget: the best choice for each of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from headworks.core.errors import UsageError
from headworks.planning.site_choice.choose_sites import choose_sites
from headworks.planning.site_choice.rules import ChoiceRules

# A frontier is looked at, not acted upon: one in ten thousand people is near enough.
_GAP, _SECONDS = 1e-4, 60.0


def coverage_frontier(
    sites: pl.DataFrame, rules: ChoiceRules, budgets: Sequence[float], *, gap: float = _GAP, seconds: float = _SECONDS
) -> pl.DataFrame:
    """People covered for each budget, under the same rules; budgets that nothing fits in are left out.

    Returns
    -------
    pl.DataFrame
        budget, cost, n_sites, samples_per_week, people, share, gap; by budget.
    """
    rows = []
    for budget in sorted(set(budgets)):
        try:
            found = choose_sites(sites, replace(rules, budget=budget), gap=gap, seconds=seconds)
        except UsageError as problem:
            if problem.code != "HW-U190":
                raise
            continue
        share = found.people / found.people_of_all if found.people_of_all else 0.0
        rows.append((budget, found.cost, found.n_sites, found.samples_per_week, found.people, share, found.gap))
    names = ("budget", "cost", "n_sites", "samples_per_week", "people", "share", "gap")
    schema = {name: pl.Int64 if name == "n_sites" else pl.Float64 for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")
