"""The areas of a province, real codes and names, with residents drawn for each.

Counties are log-normal about the province's median (S3), their towns share them by log-normal weights; a county, a city and
the province are the sums of their towns, so children always sum to their parent. The trap is the city without counties
(Dongguan, Zhongshan): its towns are drawn directly, and their parent is the city.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import polars as pl

from headworks.places.divisions import divisions
from headworks.planning.draws import Purpose, stream
from headworks.planning.plan import SimulationPlan
from headworks.reference.simulation_levels import simulation_value

PROVINCE, CITY, COUNTY, TOWN, VILLAGE = 1, 2, 3, 4, 5
# A farm, forest or industrial estate with a code of its own: few people live there.
_UNIT = "statistical_unit"


@cache
def _areas_of(province: str) -> pl.DataFrame:
    with resources.files("headworks.places").joinpath("data/county_points_and_tiles.csv").open("rb") as file:
        points = pl.read_csv(file, schema_overrides={"code12": pl.String})
    points = points.select(area_id="code12", longitude="lon_approx", latitude="lat_approx")
    areas = divisions(province, villages=True).drop("population", "valid_from", "valid_to")
    return areas.join(points, on="area_id", how="left", maintain_order="left")


def areas_of(province: str) -> pl.DataFrame:
    """Areas of a province down to its towns, sorted by code.

    Returns
    -------
    pl.DataFrame
        The columns of ``areas`` without dates and population; longitude, latitude (of counties, rounded).

    Examples
    --------
    >>> areas_of("44").group_by("level").len().sort("level").rows()
    [(1, 1), (2, 21), (3, 122), (4, 1757)]
    """
    return _areas_of(province).filter(pl.col("level") <= TOWN)


def villages_of(province: str) -> pl.DataFrame:
    """Villages and residents' committees of a province, as ``areas_of``."""
    return _areas_of(province).filter(pl.col("level") == VILLAGE)


def populated_areas(plan: SimulationPlan) -> pl.DataFrame:
    """``areas_of`` with ``population``: whole people; the same for any number of sites.

    Examples
    --------
    >>> areas = populated_areas(SimulationPlan(province="52"))
    >>> [areas.filter(level=level)["population"].sum() for level in (1, 2, 3, 4)] == 4 * [areas["population"][0]]
    True
    """
    areas = areas_of(plan.province)
    towns = areas.filter(level=TOWN)
    counties = areas.filter(level=COUNTY)
    rng = stream(plan.seed, Purpose.POPULATIONS)
    size_of_county = np.exp(simulation_value("county_population_sd") * rng.standard_normal(counties.height))
    weight = np.exp(simulation_value("town_population_sd") * rng.standard_normal(towns.height))
    weight = np.where((towns["kind"] == _UNIT).to_numpy(), simulation_value("unit_weight"), 1.0) * weight
    residents = simulation_value("county_population_median", plan.province) * size_of_county
    drawn = towns.select("area_id", "parent_id", weight=weight).join(
        counties.select(parent_id="area_id", residents=residents), on="parent_id", how="left", maintain_order="left"
    )
    share = pl.col("weight") / pl.col("weight").sum().over("parent_id")
    alone = simulation_value("direct_town_population_median") * pl.col("weight")
    people = pl.coalesce(pl.col("residents") * share, alone).round().clip(1.0)
    return _summed_up(areas, drawn.select("area_id", population=people))


def _summed_up(areas: pl.DataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    known = [towns]
    for level in (COUNTY, CITY, PROVINCE):
        below = areas.filter(pl.col("level") > level).join(pl.concat(known), on="area_id")
        sums = below.group_by("parent_id").agg(pl.col("population").sum())
        here = areas.filter(pl.col("level") == level).join(sums, left_on="area_id", right_on="parent_id")
        known.append(here.select("area_id", "population"))
    return areas.join(pl.concat(known), on="area_id", how="left", maintain_order="left")
