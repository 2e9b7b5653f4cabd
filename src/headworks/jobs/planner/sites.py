"""Which sites of a workspace to sample for a budget and a laboratory, with where they lie, and the coverage frontier."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from headworks.core.errors import UsageError
from headworks.planning.site_choice import ChoiceRules, SiteSelection, choose_sites, coverage_frontier
from headworks.store import Workspace, read_facts
from headworks.workflows.register import with_populations

_COUNTY = 3
_WEEKS = 52
_SHARES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
_OWN = {"site_id": pl.String, "cost": pl.Float64, "samples_per_week": pl.Float64}


@dataclass(frozen=True)
class SiteOrder:
    """What is asked.

    Parameters
    ----------
    rules
        Budget, capacity and the rest; the budget in the unit of the costs.
    samples_per_week
        At each site.
    cost_per_sample, cost_per_site
        A site costs the year's samples, and so much a year besides.
    own_file
        CSV with ``site_id`` and ``cost`` or ``samples_per_week``, which replace those of its sites.
    has_frontier
        Whether coverage is also found for budgets below and above.
    """

    rules: ChoiceRules
    samples_per_week: float = 1.0
    cost_per_sample: float = 1.0
    cost_per_site: float = 0.0
    own_file: Path | None = None
    has_frontier: bool = True


@dataclass(frozen=True)
class SiteAnswer:
    """What was chosen; ``table`` is ready for a map, chosen sites first by people counted."""

    selection: SiteSelection
    table: pl.DataFrame
    frontier: pl.DataFrame
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The answer in plain words."""
        one = self.selection
        share = one.people / one.people_of_all if one.people_of_all else 0.0
        sure = "No choice covers more" if one.gap == 0 and one.is_optimal else f"No choice covers {one.gap:.2%} more"
        return (
            f"{one.n_sites:,} sites cover {one.people:,.0f} people, {share:.1%} of those at any site, for {one.cost:,.0f} and "
            f"{one.samples_per_week:,.0f} samples a week. {sure}."
        )

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        one = self.selection
        return {
            "n_sites": one.n_sites,
            "people": one.people,
            "people_of_all": one.people_of_all,
            "cost": one.cost,
            "samples_per_week": one.samples_per_week,
            "gap": one.gap,
            "is_optimal": one.is_optimal,
            "counties_without_a_site": list(one.counties_without),
            "sites": self.table.filter("is_chosen").to_dicts(),
            "frontier": self.frontier.to_dicts(),
            "notes": list(self.notes),
            "sentence": self.sentence,
        }


def choose_for_workspace(workspace: Workspace, order: SiteOrder) -> SiteAnswer:
    """The sites of a workspace that cover the most people.

    Raises
    ------
    UsageError
        ``HW-U188`` to ``HW-U191`` of the choice, ``HW-U194`` for a file of costs that cannot be read.
    """
    sites = with_populations(read_facts(workspace, "sites"), read_facts(workspace, "populations"))
    sites = sites.filter(pl.col("matrix").cast(pl.String) == "sewage")
    table = _with_costs(_table(sites, read_facts(workspace, "areas")), order)
    notes = []
    n_unknown = table["population"].null_count()
    if n_unknown:
        notes.append(f"{n_unknown:,} sites without a population cannot be chosen.")
    selection = choose_sites(table, order.rules)
    if order.rules.one_per_county and selection.counties_without:
        notes.append(f"{len(selection.counties_without)} counties have no site that may be chosen: "
                     + ", ".join(selection.counties_without[:10]) + ".")  # fmt: skip
    if not selection.is_optimal:
        notes.append("The time was up before this was known to be the best choice.")
    budgets = _budgets(order.rules, table) if order.has_frontier else []
    frontier = coverage_frontier(table, order.rules, budgets)
    shown = selection.sites.sort("is_chosen", "people_counted", "site_id", descending=[True, True, False])
    return SiteAnswer(selection, shown, frontier, tuple(notes))


def _table(sites: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    latest = areas.sort("area_id", "valid_from").unique("area_id", keep="last", maintain_order=True)
    parents, levels = dict(latest.select("area_id", "parent_id").rows()), dict(latest.select("area_id", "level").rows())
    counties = [_county(area, parents, levels) for area in sites["area_id"]]
    return sites.select(
        "site_id",
        "name",
        "area_id",
        pl.Series("county_id", counties, dtype=pl.String),
        "latitude",
        "longitude",
        downstream_id="upstream_of",
        population="population_served",
    )


def _county(area: str | None, parents: dict[str, str | None], levels: dict[str, int]) -> str | None:
    """The county an area lies in, or the next one above where there is none."""
    seen: set[str] = set()
    while area is not None and area not in seen and levels.get(area, 0) > _COUNTY:
        seen.add(area)
        area = parents.get(area)
    return area


def _with_costs(table: pl.DataFrame, order: SiteOrder) -> pl.DataFrame:
    table = table.with_columns(samples_per_week=pl.lit(order.samples_per_week), cost=pl.lit(None, dtype=pl.Float64))
    if order.own_file is not None:
        own = _read_own(order.own_file)
        table = table.update(own, on="site_id", how="left")
    of_year = order.cost_per_site + order.cost_per_sample * _WEEKS * pl.col("samples_per_week")
    return table.with_columns(cost=pl.coalesce("cost", of_year))


def _read_own(path: Path) -> pl.DataFrame:
    try:
        own = pl.read_csv(path, infer_schema=False)
        kept = [name for name in _OWN if name in own.columns]
        if "site_id" not in kept or len(kept) < 2:
            raise _unreadable(path, f"columns {', '.join(own.columns)}")
        own = own.select([pl.col(name).cast(_OWN[name]) for name in kept])
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise _unreadable(path, str(problem).splitlines()[0]) from problem
    if own["site_id"].is_duplicated().any():
        raise _unreadable(path, "a site twice")
    return own


def _unreadable(path: Path, found: str) -> UsageError:
    return UsageError(
        "The file of costs cannot be read.",
        where=str(path),
        found=found,
        remedy="Give a CSV with site_id and cost or samples_per_week, each site once",
        code="HW-U194",
    )


def _budgets(rules: ChoiceRules, table: pl.DataFrame) -> list[float]:
    whole = float(table["cost"].sum())
    return [min(share * (rules.budget if rules.budget is not None else whole / 2), whole) for share in _SHARES]
