"""Which sites there are, who drains to them, and which of them lie in one another.

A county plant is furthest downstream. It has residents of its own in the towns its sewers reach, and the residents of the town
sites upstream of it; a village site may lie upstream of its town's site. With ``R`` (sites x sites, 1 where the residents
connected to site j pass site i) the people behind the sites are ``R`` times the people connected to each (S4), and
loads add up in the same way. A register errs for a site as a whole (S13). The trap is to draw people for each site on its
own: then a town has more than its plant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from headworks.planning.draws import Purpose, mean_one, stream
from headworks.planning.network.areas import populated_areas
from headworks.planning.network.site_choice import PLANT, SiteChoice, choose_sites
from headworks.planning.network.town_shares import share_towns
from headworks.planning.plan import SimulationPlan
from headworks.reference.simulation_levels import simulation_value

_URBAN_KINDS = ("district", "prefecture_city")


@dataclass(frozen=True, eq=False)
class Network:
    """Areas and sites, what is true of them and what the register says; arrays have a value per site, in their order.

    ``sites`` has site_id, kind (plant, town, village), area_id, upstream_of; ``shares`` has site (its index), area_id and true
    and registered people, everything upstream included. ``connected`` are people who drain to the site and to none before it.
    """

    areas: pl.DataFrame
    sites: pl.DataFrame
    shares: pl.DataFrame
    passes: csr_matrix
    connected: np.ndarray
    people: np.ndarray
    registered: np.ndarray
    city: np.ndarray
    county: np.ndarray
    is_urban: np.ndarray
    u_flow: np.ndarray
    water_l_per_person: np.ndarray
    rain_sd: np.ndarray
    cities: tuple[str, ...]
    batch: np.ndarray

    @property
    def n_sites(self) -> int:
        """Sites."""
        return self.sites.height


def build_network(plan: SimulationPlan) -> Network:
    """The network of a plan.

    Raises
    ------
    UsageError
        ``HW-U062`` when the province has no room for so many sites.
    """
    areas = populated_areas(plan)
    choice = choose_sites(plan, areas)
    shares = share_towns(plan, choice)
    sites = shares.sites
    passes = _passes(sites["upstream_of"].to_list(), sites["site_id"].to_list())
    rng = stream(plan.seed, Purpose.SITES)
    n, made = sites.height, plan.made_errors
    error = mean_one(rng, made.population, n)
    counted = shares.people["people"].to_numpy() * error[shares.people["site"].to_numpy()]
    rows = shares.people.with_columns(registered=pl.Series(np.maximum(np.round(counted), 1.0)))
    registered = np.bincount(rows["site"].to_numpy(), weights=rows["registered"].to_numpy(), minlength=n)
    cities, city = _coded(sites["city"])
    return Network(
        areas=_with_villages(areas, choice),
        sites=sites,
        shares=rows,
        passes=passes,
        connected=shares.connected,
        people=np.asarray(passes @ shares.connected),
        registered=registered,
        city=city,
        county=_coded(sites["county"])[1],
        is_urban=sites["parent_kind"].is_in(_URBAN_KINDS).to_numpy(),
        u_flow=np.round(rng.uniform(*made.flow, n), 2),
        water_l_per_person=simulation_value("water_per_person")
        * np.exp(simulation_value("water_between_sd") * rng.standard_normal(n)),
        rain_sd=rng.uniform(simulation_value("rain_sd", "low"), simulation_value("rain_sd", "high"), n),
        cities=cities,
        batch=_batches(city),
    )


def _passes(upstream_of: list[str | None], site_ids: list[str]) -> csr_matrix:
    """1 where what is connected to the column's site passes the row's."""
    index = {site: number for number, site in enumerate(site_ids)}
    rows, columns = [], []
    for number, next_site in enumerate(upstream_of):
        rows.append(number)
        columns.append(number)
        while next_site is not None:
            rows.append(index[next_site])
            columns.append(number)
            next_site = upstream_of[index[next_site]]
    shape = (len(site_ids), len(site_ids))
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


def _coded(names: pl.Series) -> tuple[tuple[str, ...], np.ndarray]:
    known = names.unique().sort()
    codes = names.replace_strict(known, pl.int_range(len(known), dtype=pl.Int64, eager=True), return_dtype=pl.Int64)
    return tuple(known), codes.to_numpy()


def _batches(city: np.ndarray) -> np.ndarray:
    """Number of the site's batch in its laboratory: a city's laboratory takes its sites in groups of about forty."""
    largest = int(simulation_value("samples_per_batch"))
    numbers = np.zeros(len(city), dtype=np.int64)
    for one in np.unique(city):
        here = np.flatnonzero(city == one)
        numbers[here] = np.arange(len(here)) * -(-len(here) // largest) // len(here)
    return numbers


def _with_villages(areas: pl.DataFrame, choice: SiteChoice) -> pl.DataFrame:
    return pl.concat([areas, choice.villages.select(areas.columns)]).sort("area_id")


def plants_of(network: Network) -> np.ndarray:
    """Indices of the county plants."""
    return np.flatnonzero((network.sites["kind"] == PLANT).to_numpy())
