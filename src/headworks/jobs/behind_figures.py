"""Who is behind each figure: the catchments that every site and every area speaks for, in every period.

The same rule as the roll-up: an area adds its most downstream sampled sites. A catchment is cut into *atoms*, a site's own
sewers in one lowest area: what is nested in it upstream is an atom of its own, and what lies in another area too. A plant
holds the atoms of all sites above it; a county holds those atoms of its sites that lie in the county.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import polars as pl

from headworks.core.periods import KINDS, PeriodKind, period_label
from headworks.places.area_tree import require_tree
from headworks.places.catchments import downstream_pairs, site_area_people

_SAMPLED = {"site_id": pl.String, "analyte": pl.String, "period": pl.String, "first": pl.Date, "last": pl.Date}
_ALWAYS, _FOR_EVER = dt.date(1, 1, 1), dt.date(9999, 12, 31)
_MEMBERS = ["unit_kind", "unit_id", "period", "atom", "site_id", "people", "piece"]


class Catchments(NamedTuple):
    """``held``: unit, site, atom and piece, with the days on which they count; ``areas_of``: which site is in which area."""

    held: pl.DataFrame
    areas_of: pl.DataFrame
    pairs: pl.DataFrame


def sampled_periods(loads: pl.DataFrame, reported: pl.DataFrame, kinds: tuple[PeriodKind, ...] = KINDS[1:]) -> pl.DataFrame:
    """Which site has a result of which residue in which period: ``site_id, analyte, period, first, last``.

    Parameters
    ----------
    loads
        Table ``loads``: dated days.
    reported
        Table ``reported_loads``; week 0 counts in its year only.
    kinds
        Kinds of period wanted.
    """
    dated = reported.filter(pl.col("week") > 0)
    texts = pl.format("{}-W{}-{}", "year", pl.col("week").cast(pl.String).str.zfill(2), "weekday")
    days = pl.concat(
        [
            loads.select("site_id", "analyte", "day"),
            dated.select("site_id", "analyte", day=texts.str.to_date("%G-W%V-%u")),
        ]
    ).unique()
    rows = [pl.DataFrame(schema=_SAMPLED)]
    for kind in kinds:
        # A week is filed under its Thursday, a day under its own date.
        labels = days.select("site_id", "analyte", "day", period=period_label(pl.col("day"), kind))
        rows.append(labels.group_by("site_id", "analyte", "period").agg(first=pl.col("day").min(), last=pl.col("day").max()))
    if "year" in kinds:
        bare = (
            reported.filter(pl.col("week") == 0).select("site_id", "analyte", period=pl.col("year").cast(pl.String)).unique()
        )
        rows.append(bare.with_columns(first=pl.lit(None, pl.Date), last=pl.lit(None, pl.Date)))
    found = pl.concat(rows).group_by("site_id", "analyte", "period").agg(pl.col("first").min(), pl.col("last").max())
    return found.sort("analyte", "site_id", "period")


def panels(sampled: pl.DataFrame) -> list[list[str]]:
    """Residues that were sampled at the same sites and periods, together: what is withheld of one is withheld of all."""
    marks = (
        sampled.group_by("analyte").agg(pl.struct("site_id", "period").hash().sum().alias("_mark"), pl.len()).sort("analyte")
    )
    grouped = marks.group_by("_mark", "len", maintain_order=True).agg("analyte")
    return [list(names) for names in grouped["analyte"]]


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
        pl.col("valid_from").fill_null(_ALWAYS), pl.col("valid_to").fill_null(_FOR_EVER)
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
        valid_from=pl.lit(_ALWAYS), valid_to=pl.lit(_FOR_EVER),
    )  # fmt: skip


def members_of(catchments: Catchments, sampled: pl.DataFrame) -> pl.DataFrame:
    """Members of every unit and period, as ``core.disclosure.protect`` takes them.

    Parameters
    ----------
    catchments
        From :func:`catchments_of`.
    sampled
        ``site_id, period, first, last`` of one panel.
    """
    present = sampled.select("site_id", "period", pl.col("first").fill_null(_FOR_EVER), pl.col("last").fill_null(_ALWAYS))
    rows = catchments.held.join(present, on="site_id")
    counts = (pl.col("first") > pl.col("last")) | (
        (pl.col("valid_from") <= pl.col("last")) & (pl.col("valid_to") >= pl.col("first"))
    )
    rows = rows.filter(counts)
    in_area = catchments.areas_of.select("site_id", "area_id").unique()
    blocks = catchments.pairs.join(in_area, on="site_id").join(
        in_area.rename({"site_id": "downstream_id"}), on=["downstream_id", "area_id"]
    )
    blocked = blocks.join(present.select(downstream_id="site_id", period="period"), on="downstream_id").select(
        "site_id", "period", unit_kind=pl.lit("area"), unit_id="area_id"
    )
    rows = rows.join(blocked.unique(), on=["site_id", "period", "unit_kind", "unit_id"], how="anti")
    # Held through two sites only where a register contradicts itself; one of them is enough.
    return (
        rows.select(_MEMBERS).unique(["unit_kind", "unit_id", "period", "atom"]).sort("unit_kind", "unit_id", "period", "atom")
    )
