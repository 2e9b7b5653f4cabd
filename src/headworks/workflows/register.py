"""What a run needs of the network: sites with their places, and which site speaks for which area.

Codes are read as of the newest date the register knows: a series goes on under the code its area has now.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import polars as pl

from headworks.places.catchments import downstream_pairs, site_area_people
from headworks.places.code_changes import carry_site_areas
from headworks.trends.areas.estimate import Tree, estimate_tree
from headworks.trends.areas.network import Network, build_network
from headworks.workflows.places_of_sites import upwards, with_places

_NEVER = dt.date(1900, 1, 1)


class Register(NamedTuple):
    """What does not change from year to year.

    ``sites`` have ``country`` and ``city``, and ``population_served`` as dated populations say; ``therapeutic`` is medical use
    by site, ``tree`` holds all areas with residents.
    """

    sites: pl.DataFrame
    network: Network
    therapeutic: pl.DataFrame
    tree: Tree


def build_register(facts: dict[str, pl.DataFrame]) -> Register:
    """The register from tables ``sites``, ``site_areas``, ``areas``, ``code_changes``, ``populations``."""
    sites = with_populations(facts["sites"], facts["populations"])
    areas = with_ends(facts["areas"])
    as_of = newest_code_date(areas, facts["code_changes"])
    site_areas, carried = carry_site_areas(facts["site_areas"], sites, facts["code_changes"], areas, as_of)
    people = site_area_people(carried, site_areas, areas, as_of)
    valid = areas.filter((pl.col("valid_from") <= as_of) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= as_of)))
    valid = valid.sort("area_id", "valid_from").unique("area_id", keep="last", maintain_order=True)
    network = build_network(people, downstream_pairs(sites), valid)
    return Register(with_places(sites, areas), network, therapeutic_of_sites(facts), estimate_tree(valid))


def with_ends(areas: pl.DataFrame) -> pl.DataFrame:
    """Areas of which a row without an end ends where the next one of the same code begins.

    Examples
    --------
    >>> day = [dt.date(2020, 1, 1), dt.date(2021, 1, 1)]
    >>> areas = pl.DataFrame({"area_id": ["P", "P"], "valid_from": day, "valid_to": pl.Series([None, None], dtype=pl.Date)})
    >>> with_ends(areas)["valid_to"].to_list()
    [datetime.date(2020, 12, 31), None]
    """
    ordered = areas.sort("area_id", "valid_from")
    before_next = pl.col("valid_from").shift(-1).over("area_id") - pl.duration(days=1)
    return ordered.with_columns(valid_to=pl.coalesce("valid_to", before_next))


def newest_code_date(areas: pl.DataFrame, code_changes: pl.DataFrame) -> dt.date:
    """The last date on which a code changed or began, so that a register reads the same whatever was sampled."""
    dates = pl.concat([areas["valid_from"].drop_nulls(), code_changes["changed_on"].drop_nulls()])
    newest = dates.max()
    return newest if isinstance(newest, dt.date) else _NEVER


def with_populations(sites: pl.DataFrame, populations: pl.DataFrame) -> pl.DataFrame:
    """Sites with the population that counts now: the newest dated one before the one in the register."""
    dated = populations.sort("site_id", "valid_from").unique("site_id", keep="last", maintain_order=True)
    dated = dated.select("site_id", _population="population", _method="population_method")
    joined = sites.join(dated, on="site_id", how="left", maintain_order="left")
    is_dated = pl.col("_population").is_not_null()
    return joined.with_columns(
        population_served=pl.coalesce("_population", "population_served"),
        population_method=pl.when(is_dated).then(pl.col("_method")).otherwise(pl.col("population_method")),
    ).drop("_population", "_method")


def therapeutic_of_sites(facts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Medical use for each site: that of the nearest area above it of which any is known, drug by drug.

    Parameters
    ----------
    facts
        Tables ``sites``, ``areas``, ``therapeutic_use``.

    Returns
    -------
    pl.DataFrame
        ``site_id, drug, valid_from, use_mg_per_1000_per_day, u_use``.
    """
    use, sites = facts["therapeutic_use"], facts["sites"].select("site_id", "area_id").drop_nulls()
    columns = ["site_id", "drug", "valid_from", "use_mg_per_1000_per_day", "u_use"]
    if use.is_empty():
        return sites.join(use, on="area_id", how="inner").select(columns)
    latest = facts["areas"].sort("area_id", "valid_from").unique("area_id", keep="last", maintain_order=True)
    parents = dict(latest.select("area_id", "parent_id").rows())
    steps = [
        (area, above, step) for area in sites["area_id"].unique().sort() for step, above in enumerate(upwards(area, parents))
    ]
    near = pl.DataFrame(steps, schema={"area_id": pl.String, "_above": pl.String, "_step": pl.Int32}, orient="row")
    rows = sites.join(near, on="area_id").join(use, left_on="_above", right_on="area_id", how="inner")
    nearest = pl.col("_step") == pl.col("_step").min().over("site_id", "drug")
    return rows.filter(nearest).select(columns).sort("site_id", "drug", "valid_from")
