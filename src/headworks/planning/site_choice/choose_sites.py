"""Which sites cover the most people for a budget and a laboratory: an exact choice (W18, W19).

The gap that is reported is how much better a choice nobody found could be, at most. The trap: of the choices that cover as
many people several may cost the same; which of them is named means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.planning.site_choice.model import OPTIMAL, ChoiceModel
from headworks.planning.site_choice.nesting import Nesting, nesting
from headworks.planning.site_choice.rules import ChoiceRules, allowed_sites, require_sites

Array = npt.NDArray[np.float64]
_GAP, _SECONDS = 1e-6, 60.0


@dataclass(frozen=True)
class SiteSelection:
    """What was chosen.

    ``sites`` is the table of sites with ``is_chosen``, ``is_forced``, ``people_counted`` (with it, and with no chosen site
    downstream of it: they sum to ``people``). ``gap`` is relative; 0 when nothing better exists. ``counties_without`` have no
    site that could be chosen.
    """

    sites: pl.DataFrame
    people: float
    people_of_all: float
    cost: float
    samples_per_week: float
    gap: float
    is_optimal: bool
    counties_without: tuple[str, ...]

    @property
    def n_sites(self) -> int:
        """Sites chosen."""
        return int(self.sites["is_chosen"].sum())


def choose_sites(sites: pl.DataFrame, rules: ChoiceRules, *, gap: float = _GAP, seconds: float = _SECONDS) -> SiteSelection:
    """The sites that cover the most people under some rules (W18, W19).

    Parameters
    ----------
    sites
        ``site_id, downstream_id, population, county_id, cost, samples_per_week``; a site without a population is never chosen.
    rules
        Budget, capacity and the rest.
    gap, seconds
        When the solver may stop.

    Raises
    ------
    UsageError
        ``HW-U188`` for a circle, ``HW-U189`` for costs, samples or rules that cannot be and for sites that are not there,
        ``HW-U190`` when nothing keeps all rules, ``HW-U191`` when the solver found nothing in its time.

    Examples
    --------
    The plant covers the town too, so the second site is the one elsewhere.

    >>> sites = pl.DataFrame({"site_id": ["plant", "town", "elsewhere"], "downstream_id": [None, "plant", None],
    ...     "population": [900.0, 500.0, 80.0], "county_id": ["A", "A", "B"], "cost": [1.0, 1.0, 1.0],
    ...     "samples_per_week": [1.0, 1.0, 1.0]})
    >>> found = choose_sites(sites, ChoiceRules(budget=2.0))
    >>> found.sites.filter("is_chosen")["site_id"].to_list(), found.people
    (['plant', 'elsewhere'], 980.0)
    """
    require_sites(sites, rules)
    nested = nesting(sites)
    may, must = allowed_sites(sites, rules)
    model = ChoiceModel(sites, nested, rules, may, must)
    solved = model.solve(gap, seconds)
    if solved.x is None:
        raise model.refusal(solved.status, seconds)
    chosen = solved.x[: sites.height] > 0.5
    chosen = _without_needless(chosen, must, nested, sites, rules)
    return _selection(sites, nested, chosen, must, model.counties_without, solved)


def people_counted(nested: Nesting, chosen: npt.NDArray[np.bool_]) -> Array:
    """People covered by each chosen site that are not covered by one downstream of it; 0 of others.

    Examples
    --------
    >>> chain = Nesting(np.array([1, -1]), np.array([50.0, 900.0]), np.array([50.0, 850.0]))
    >>> people_counted(chain, np.array([True, True])).tolist()
    [0.0, 900.0]
    """
    upstream, downstream = nested.pairs()
    is_covered = np.zeros(chosen.size, dtype=bool)
    is_covered[upstream[chosen[downstream]]] = True
    return np.where(chosen & ~is_covered, nested.passing, 0.0)


def _without_needless(
    chosen: npt.NDArray[np.bool_], must: Array, nested: Nesting, sites: pl.DataFrame, rules: ChoiceRules
) -> npt.NDArray[np.bool_]:
    """Sites that add nobody and that no rule asks for are left out, smallest first."""
    kept = chosen.copy()
    counties = sites["county_id"].to_list()
    for row in np.argsort(nested.passing, kind="stable"):
        if not kept[row] or must[row] or people_counted(nested, kept)[row] > 0:
            continue
        here = [other for other in np.flatnonzero(kept) if counties[other] == counties[row]]
        if not (rules.one_per_county and counties[row] is not None and len(here) == 1):
            kept[row] = False
    return kept


def _selection(
    sites: pl.DataFrame, nested: Nesting, chosen: npt.NDArray[np.bool_], must: Array, without: tuple[str, ...], solved: Any
) -> SiteSelection:
    counted = people_counted(nested, chosen)
    table = sites.with_columns(
        is_chosen=pl.Series(chosen),
        is_forced=pl.Series(must > 0),
        people_counted=pl.Series(counted),
    )
    picked = table.filter("is_chosen")
    return SiteSelection(
        sites=table,
        people=float(counted.sum()),
        people_of_all=float(nested.own.sum()),
        cost=float(picked["cost"].sum()),
        samples_per_week=float(picked["samples_per_week"].sum()),
        gap=max(float(solved.mip_gap or 0.0), 0.0),
        is_optimal=solved.status == OPTIMAL,
        counties_without=without,
    )
