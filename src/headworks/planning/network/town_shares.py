"""How many residents of which town drain to which site.

From a town's residents a village with a sewer of its own takes its part, the town's site a share of the rest, the county's
plant a share of what is left, and now and then the plant of another county of the city a share of that; the remainder is not
covered. The trap is the nested site: a town or village or village site may lie upstream of the next, and then its
residents are counted there too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.planning.draws import Purpose, stream
from headworks.planning.network.areas import COUNTY
from headworks.planning.network.site_choice import PLANT, TOWN_SITE, VILLAGE_SITE, SiteChoice
from headworks.planning.plan import SimulationPlan
from headworks.reference.simulation_levels import simulation_value

# Streams of one purpose are told apart by the place of the analyte, which this purpose has no use for.
_SHARES = 1
# Of a county that a second plant serves, so many of its towns are reached.
_SECOND_TOWNS = 0.3


class TownShares(NamedTuple):
    """Sites, the people of each area who pass each site, and the people connected to each site itself.

    ``sites`` has site_id, kind, area_id, upstream_of, city, county, parent_kind, name_zh, longitude, latitude; ``people``
    has site (its place among the sites), area_id, people.
    """

    sites: pl.DataFrame
    people: pl.DataFrame
    connected: np.ndarray


@dataclass
class _Drains:
    """What is found while the towns are gone through: the site next downstream, and who drains where on their own."""

    upstream_of: dict[str, str] = field(default_factory=dict)
    own: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, site: str, area: str, people: float) -> None:
        self.own[site, area] = self.own.get((site, area), 0.0) + people


def share_towns(plan: SimulationPlan, choice: SiteChoice) -> TownShares:
    """Sites with their people; whole residents are not asked for."""
    rng = stream(plan.seed, Purpose.NETWORK, analyte=_SHARES)
    drains = _Drains()
    plants = dict(choice.counties.select("area_id", "parent_id").rows())
    villages = {
        town: (code, people) for town, code, people in choice.villages.select("parent_id", "area_id", "population").rows()
    }
    visitors = _second_counties(plants, rng)
    draws = rng.random((choice.towns.height, 7))
    rows = choice.towns.select("area_id", "parent_id", "population", "has_site").rows()
    is_first = choice.towns.select(pl.col("parent_id").is_first_distinct()).to_series().to_list()
    for number, (town, county, people, has_site) in enumerate(rows):
        left = _village_and_town(drains, town, villages.get(town), people, has_site, draws[number])
        if county in plants:
            left = _plant(drains, (town, county, has_site), is_first[number], left, draws[number])
        if county in visitors and draws[number, 6] < _SECOND_TOWNS:
            drains.add(_plant_id(visitors[county]), town, left * _between("plant_direct", draws[number, 4]))
    return _collected(drains, choice)


def _village_and_town(
    drains: _Drains, town: str, village: tuple[str, float] | None, people: float, has_site: bool, u: np.ndarray
) -> float:
    """Residents of the town who are left."""
    if not has_site:
        return people
    left, nested = people, 0.0
    if village is not None:
        code, residents = village
        covered = residents * simulation_value("village_coverage")
        drains.add(_village_id(code), code, covered)
        left -= covered
        if u[0] < simulation_value("village_upstream"):
            drains.upstream_of[_village_id(code)] = _town_id(town)
            nested = covered
    # At least one resident of its own, so that no site of ours measures only what another has measured.
    own = max(_between("town_coverage", u[1]) * (left + nested) - nested, min(1.0, left))
    drains.add(_town_id(town), town, own)
    return left - own


def _plant(drains: _Drains, place: tuple[str, str, bool], is_first: bool, left: float, u: np.ndarray) -> float:
    """Residents left when the county's plant has taken those its sewers reach; the first town is always reached."""
    town, county, has_site = place
    if not is_first and u[2] > simulation_value("plant_reach"):
        return left
    direct = left * _between("plant_direct", u[3])
    drains.add(_plant_id(county), town, direct)
    if has_site and u[5] < simulation_value("town_upstream"):
        drains.upstream_of[_town_id(town)] = _plant_id(county)
    return left - direct


def _second_counties(plants: dict[str, str], rng: np.random.Generator) -> dict[str, str]:
    """County to the plant of another county of its city that some of its towns drain to."""
    codes = sorted(plants)
    draws = rng.random(len(codes))
    most = simulation_value("two_county_plants")
    pairs = zip(codes, codes[1:], draws, strict=False)
    return {after: here for here, after, draw in pairs if plants[here] == plants[after] and draw < most}


def _between(parameter: str, u: float) -> float:
    low, high = simulation_value(parameter, "low"), simulation_value(parameter, "high")
    return low + (high - low) * float(u)


def _plant_id(county: str) -> str:
    return "P" + county[:6]


def _town_id(town: str) -> str:
    return "T" + town[:9]


def _village_id(village: str) -> str:
    return "V" + village


def _collected(drains: _Drains, choice: SiteChoice) -> TownShares:
    sites = _site_rows(drains, choice)
    index = {site: number for number, site in enumerate(sites["site_id"].to_list())}
    town_of = dict(choice.villages.select("area_id", "parent_id").rows())
    connected = np.zeros(len(index))
    passing: dict[tuple[int, str], float] = {}
    for (site, area), people in sorted(drains.own.items()):
        connected[index[site]] += people
        at: str | None = site
        while at is not None:
            # A village's residents are the town's when they pass a larger site.
            named = area if at == site else town_of.get(area, area)
            passing[index[at], named] = passing.get((index[at], named), 0.0) + people
            at = drains.upstream_of.get(at)
    numbers, areas = zip(*sorted(passing), strict=True)
    columns = {"site": numbers, "area_id": areas, "people": [passing[key] for key in sorted(passing)]}
    people_frame = pl.DataFrame(columns, schema={"site": pl.Int64, "area_id": pl.String, "people": pl.Float64})
    return TownShares(sites, people_frame, connected)


def _site_rows(drains: _Drains, choice: SiteChoice) -> pl.DataFrame:
    columns = ["area_id", "parent_id", "name_zh"]
    plants = choice.counties.select(*columns, site_kind=pl.lit(PLANT), site_id="P" + pl.col("area_id").str.head(6))
    towns = choice.towns.filter("has_site").select(
        *columns, site_kind=pl.lit(TOWN_SITE), site_id="T" + pl.col("area_id").str.head(9)
    )
    villages = choice.villages.select(*columns, site_kind=pl.lit(VILLAGE_SITE), site_id="V" + pl.col("area_id"))
    # The county, or the city without counties, in which a site lies.
    above = choice.areas.select(_town="area_id", _above="parent_id")
    home = pl.when(pl.col("site_kind") == PLANT).then("area_id").when(pl.col("site_kind") == TOWN_SITE).then("parent_id")
    sites = pl.concat([plants, towns, villages]).join(above, left_on="parent_id", right_on="_town", how="left")
    sites = sites.with_columns(county=home.otherwise(pl.col("_above"))).sort("site_id")
    homes = choice.areas.select(
        county="area_id", parent_kind="kind", _level="level", _parent="parent_id", longitude="longitude", latitude="latitude"
    )
    sites = sites.join(homes, on="county", how="left", maintain_order="left")
    nexts = [drains.upstream_of.get(site) for site in sites["site_id"].to_list()]
    return sites.select(
        "site_id",
        kind="site_kind",
        area_id="area_id",
        upstream_of=pl.Series(nexts, dtype=pl.String),
        city=pl.when(pl.col("_level") == COUNTY).then("_parent").otherwise("county"),
        county="county",
        parent_kind="parent_kind",
        name_zh="name_zh",
        longitude="longitude",
        latitude="latitude",
    )
