"""Where the sites of a network stand: counties with a plant, towns and villages with a site.

The programme has 122 county plants, 1,611 town sites and 210 village sites; a smaller network keeps these proportions, and
chooses its towns in the chosen counties and in the cities without counties, so that catchments still nest. The trap is a
choice at random from the whole province: of 150 sites hardly a town would lie upstream of a chosen plant.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.planning.draws import Purpose, stream
from headworks.planning.network.areas import CITY, COUNTY, TOWN, villages_of
from headworks.planning.plan import SimulationPlan
from headworks.reference.simulation_levels import simulation_value

PLANT, TOWN_SITE, VILLAGE_SITE = "plant", "town", "village"
# Counties, towns and villages of the Guangdong programme.
PROGRAMME = (122, 1_611, 210)
_FEWEST = 3


class SiteChoice(NamedTuple):
    """Counties with a plant, towns with a site or within such a county, villages with a site, and all areas down to towns.

    ``towns`` has ``has_site``; ``villages`` has ``population`` and ``parent_id``, its town; each town has at most one.
    """

    counties: pl.DataFrame
    towns: pl.DataFrame
    villages: pl.DataFrame
    areas: pl.DataFrame


def programme_sites(areas: pl.DataFrame) -> int:
    """Sites of the programme in a province of so many counties.

    Examples
    --------
    >>> programme_sites(pl.DataFrame({"level": 122 * [3]})), programme_sites(pl.DataFrame({"level": 88 * [3]}))
    (1943, 1401)
    """
    counties = int((areas["level"] == COUNTY).sum())
    return sum(PROGRAMME) * counties // PROGRAMME[0]


def split_sites(n_sites: int) -> tuple[int, int, int]:
    """County plants, town sites and village sites among so many.

    Examples
    --------
    >>> split_sites(1_943), split_sites(150)
    ((122, 1611, 210), (9, 125, 16))
    """
    plants, _, villages = (round(n_sites * part / sum(PROGRAMME)) for part in PROGRAMME)
    plants = max(plants, 1)
    return plants, n_sites - plants - villages, villages


def choose_sites(plan: SimulationPlan, areas: pl.DataFrame) -> SiteChoice:
    """Places for the sites of a plan.

    Parameters
    ----------
    areas
        From ``populated_areas``.

    Raises
    ------
    UsageError
        ``HW-U062`` for fewer than three sites, or more than there is room for.
    """
    counties = areas.filter(level=COUNTY)
    n_sites = programme_sites(areas) if plan.n_sites is None else plan.n_sites
    towns = areas.filter(level=TOWN)
    plants, town_sites, village_sites = split_sites(n_sites)
    if n_sites < _FEWEST or plants > counties.height or town_sites > towns.height:
        raise UsageError(
            "A province has room for a plant in each county and a site in each town.",
            found=f"{n_sites} sites: {plants} plants, {town_sites} towns",
            remedy=f"Give --sites from {_FEWEST} to {programme_sites(areas)}",
            code="HW-U062",
        )
    rng = stream(plan.seed, Purpose.NETWORK)
    chosen = counties[np.sort(rng.permutation(counties.height)[:plants])]
    with_site = _choose_towns(towns, areas, chosen, town_sites, rng)
    mine = towns.with_columns(has_site=pl.Series(with_site))
    mine = mine.filter(pl.col("has_site") | pl.col("parent_id").is_in(chosen["area_id"].to_list()))
    villages = _choose_villages(plan, mine.filter("has_site"), village_sites, rng)
    return SiteChoice(chosen, mine, villages, areas)


def _choose_towns(
    towns: pl.DataFrame, areas: pl.DataFrame, counties: pl.DataFrame, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Whether a town has a site: those of chosen counties first, statistical units last."""
    order = rng.random(towns.height)
    in_city = towns["parent_id"].is_in(areas.filter(level=CITY)["area_id"].to_list()).to_numpy()
    is_near = towns["parent_id"].is_in(counties["area_id"].to_list()).to_numpy()
    # As large a share of the towns without a county as of all towns, and one of them always.
    most = 1.2 * count / towns.height
    is_near = is_near | (in_city & (order < max(most, order[in_city].min(initial=1.0) + 1e-12)))
    is_unit = (towns["kind"] == "statistical_unit").to_numpy()
    has_site = np.zeros(towns.height, dtype=bool)
    has_site[np.lexsort((order, is_unit, ~is_near))[:count]] = True
    return has_site


def _choose_villages(plan: SimulationPlan, towns: pl.DataFrame, count: int, rng: np.random.Generator) -> pl.DataFrame:
    """One village in each of some towns, villages before residents' committees, with its residents."""
    villages = villages_of(plan.province)
    villages = villages.with_columns(_order=pl.Series(rng.random(villages.height)))
    homes = towns.select(parent_id="area_id", _town="population")
    villages = villages.join(homes, on="parent_id").sort(pl.col("kind") != "villagers_committee", "_order")
    villages = villages.unique("parent_id", keep="first", maintain_order=True).head(count).sort("area_id")
    low, high = simulation_value("village_population", "low"), simulation_value("village_population", "high")
    drawn = pl.Series(rng.uniform(low, high, villages.height))
    people = pl.min_horizontal(drawn, 0.5 * pl.col("_town")).round().clip(1.0)
    return villages.with_columns(population=people).drop("_order", "_town")
