"""What every site and every area can speak for: catchments, cut where figures may be told apart.

A catchment is cut into *atoms*, a site's own sewers in one lowest area: what is nested in it upstream is an atom of its own,
and what lies in another area too. A plant holds the atoms of all sites above it; a county holds those atoms of its sites that
lie in the county. Which of it counts in a period, :mod:`headworks.jobs.figure_members` says.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import polars as pl

from headworks.places.area_tree import require_tree
from headworks.places.catchments import downstream_pairs, site_area_people

# Days of what has no beginning or no end.
ALWAYS, FOR_EVER = dt.date(1, 1, 1), dt.date(9999, 12, 31)


class Catchments(NamedTuple):
    """``held``: unit, site, atom and piece, with the days on which they count; ``areas_of``: which site is in which area."""

    held: pl.DataFrame
    areas_of: pl.DataFrame
    pairs: pl.DataFrame


def catchments_of(
    sites: pl.DataFrame, site_areas: pl.DataFrame, areas: pl.DataFrame, people_of: pl.DataFrame, as_of: dt.date
) -> Catchments:
    """Atoms of all sites and areas.

    Parameters
    ----------
    sites, site_areas, areas
        The tables.
    people_of
        ``site_id, people``: residents that count now, empty where unknown.
    as_of
        Day whose area tree counts.

    Raises
    ------
    DataRefused
        ``HW-D401`` or ``HW-D403`` when areas are no tree or sewage flows in a circle.
    """
    pairs = downstream_pairs(sites).select("site_id", "downstream_id", "steps")
    tree = require_tree(areas, as_of).select("area_id", "parent_id") if areas.height else areas.select("area_id", "parent_id")
    people = site_area_people(sites, site_areas, areas, as_of) if areas.height else _no_people()
    people = people.filter(pl.col("population") > 0).with_columns(
        pl.col("valid_from").fill_null(ALWAYS), pl.col("valid_to").fill_null(FOR_EVER)
    )
    atoms = _atoms(sites, people, tree, pairs, people_of)
    itself = sites.select("site_id", upstream_id="site_id")
    above = pl.concat([itself, pairs.select(site_id="downstream_id", upstream_id="site_id")])
    through = above.join(atoms.rename({"site_id": "upstream_id"}), on="upstream_id")
    of_sites = _site_units(through, atoms)
    areas_of = people.select("site_id", "area_id", "valid_from", "valid_to")
    of_areas = through.join(_ancestors(tree), left_on="lowest", right_on="below").join(areas_of, on=["site_id", "area_id"])
    of_areas = of_areas.select(
        "site_id", "atom", "people", "valid_from", "valid_to", unit_kind=pl.lit("area"), unit_id="area_id", piece=pl.lit("")
    )
    held = pl.concat([of_sites.select(of_areas.columns), of_areas])
    return Catchments(held.unique(["unit_kind", "unit_id", "site_id", "atom", "valid_from"]), areas_of, pairs)


def _no_people() -> pl.DataFrame:
    dates = {"valid_from": pl.Date, "valid_to": pl.Date}
    return pl.DataFrame(schema={"site_id": pl.String, "area_id": pl.String, "population": pl.Float64, **dates})


def _ancestors(tree: pl.DataFrame) -> pl.DataFrame:
    """``below, area_id``: every area with itself and all areas above it."""
    current = tree.select(below="area_id", area_id="area_id")
    reached = [current]
    while current.height:
        current = current.join(tree, on="area_id").select("below", area_id="parent_id").drop_nulls()
        reached.append(current)
    return pl.concat(reached).unique()


def _atoms(
    sites: pl.DataFrame, people: pl.DataFrame, tree: pl.DataFrame, pairs: pl.DataFrame, people_of: pl.DataFrame
) -> pl.DataFrame:
    """``site_id, lowest, atom, people``: residents of a lowest area who drain to the site and to none above it."""
    widest = people.group_by("site_id", "area_id").agg(pl.col("population").max())
    children = widest.join(tree, on="area_id").group_by("site_id", area_id="parent_id").agg(_below=pl.col("population").sum())
    lowest = widest.join(children, on=["site_id", "area_id"], how="left").select(
        "site_id", lowest="area_id", people=pl.col("population") - pl.col("_below").fill_null(0.0)
    )
    lowest = lowest.filter(pl.col("people") > 0)
    bare = sites.join(lowest, on="site_id", how="anti").select("site_id", lowest=pl.lit(""), people=pl.lit(None, pl.Float64))
    lowest = pl.concat([lowest, bare]).join(people_of.rename({"people": "_now"}), on="site_id", how="left")
    total = pl.col("people").sum().over("site_id")
    # The register shares a site out; how many there are now, the newest count says.
    now = (
        pl.when(pl.col("people").is_null())
        .then("_now")
        .otherwise(pl.col("people") * (pl.col("_now") * (1.0 / total)).fill_null(1.0))
    )
    lowest = lowest.select("site_id", "lowest", people=now)
    next_up = pairs.filter(pl.col("steps") == 1).join(lowest, on="site_id")
    nested = next_up.group_by("lowest", site_id="downstream_id").agg(_nested=pl.col("people").sum())
    own = lowest.join(nested, on=["site_id", "lowest"], how="left").with_columns(
        people=(pl.col("people") - pl.col("_nested").fill_null(0.0)).clip(0.0)
    )
    return own.select("site_id", "lowest", "people", atom=pl.format("{}|{}", "site_id", "lowest")).sort("site_id", "lowest")


def _site_units(through: pl.DataFrame, atoms: pl.DataFrame) -> pl.DataFrame:
    """Sites as units; a site that several areas share has a piece for each of them."""
    own = atoms.sort("site_id", "people").group_by("site_id", maintain_order=True).agg(
        n=pl.len(), largest=pl.col("lowest").last()
    )  # fmt: skip
    mine = atoms.select("site_id", "lowest", _is_mine=pl.lit(value=True))
    rows = through.join(own, on="site_id").join(mine, on=["site_id", "lowest"], how="left")
    piece = pl.when(pl.col("n") == 1).then(pl.lit("")).when("_is_mine").then("lowest").otherwise("largest")
    return rows.select(
        "site_id", "atom", "people", unit_kind=pl.lit("site"), unit_id="site_id", piece=piece,
        valid_from=pl.lit(ALWAYS), valid_to=pl.lit(FOR_EVER),
    )  # fmt: skip
