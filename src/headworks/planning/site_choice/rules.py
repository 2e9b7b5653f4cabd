"""What a choice of sites must keep to: budget, capacity, floors, counties, sites forced in or out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import UsageError

Array = npt.NDArray[np.float64]
COLUMNS = ("site_id", "downstream_id", "population", "county_id", "cost", "samples_per_week")


@dataclass(frozen=True)
class ChoiceRules:
    """What a choice must keep to.

    Parameters
    ----------
    budget
        Most that the sites may cost together, in the unit of ``cost``; endless when None.
    capacity
        Most samples a week; endless when None.
    least_people
        Sites with fewer are not chosen unless forced.
    one_per_county
        At least one site in every county that has one to choose.
    is_nesting_allowed
        Whether a site upstream of a chosen one may be chosen too, its people counted once.
    forced_in, forced_out
        Sites that are chosen, or never.
    """

    budget: float | None = None
    capacity: float | None = None
    least_people: float = 0.0
    one_per_county: bool = False
    is_nesting_allowed: bool = False
    forced_in: frozenset[str] = frozenset()
    forced_out: frozenset[str] = frozenset()


def allowed_sites(sites: pl.DataFrame, rules: ChoiceRules) -> tuple[Array, Array]:
    """Whether each site may, and must, be chosen: 0 or 1."""
    must = sites["site_id"].is_in(list(rules.forced_in))
    enough = (sites["population"].fill_null(0.0) > 0) & (sites["population"].fill_null(0.0) >= rules.least_people)
    may = must | (enough & ~sites["site_id"].is_in(list(rules.forced_out)))
    return may.to_numpy().astype(np.float64), must.to_numpy().astype(np.float64)


def require_sites(sites: pl.DataFrame, rules: ChoiceRules) -> None:
    """Refuse sites and rules that nothing can be chosen by.

    Raises
    ------
    UsageError
        ``HW-U189``; all faults are named.
    """
    faults = []
    missing = [name for name in COLUMNS if name not in sites.columns]
    if missing or sites.is_empty():
        faults.append("no sites" if not missing else f"columns {', '.join(missing)} are missing")
    else:
        for name in ("cost", "samples_per_week"):
            values = sites[name].cast(pl.Float64)
            if values.is_null().any() or not bool((values.is_finite() & (values >= 0)).all()):
                faults.append(f"{name} below 0 or missing")
        strangers = sorted((rules.forced_in | rules.forced_out) - set(sites["site_id"]))
        faults += [f"no site {name}" for name in strangers[:10]]
    both = sorted(rules.forced_in & rules.forced_out)
    faults += [f"{name} forced in and out" for name in both[:10]]
    for name in ("budget", "capacity", "least_people"):
        value = getattr(rules, name)
        if value is not None and not (np.isfinite(value) and value >= 0):
            faults.append(f"{name} {value}")
    if faults:
        raise UsageError(
            "These sites or rules cannot be chosen by.",
            where="sites, budget, capacity, least-people, in, out",
            found="; ".join(faults),
            remedy="Give costs and samples of at least 0, and forced sites by their ids, each in or out",
            code="HW-U189",
        )
