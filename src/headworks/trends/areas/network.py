"""Which sites speak for which area, as arrays: the members of a sum, and who blocks whom.

An *entry* is a site in an area: so many of the area's residents drain to it. A site that serves residents of several areas
has its load and its people shared out by residents. The trap is the nested site: a village sampled above a town's plant is a
member of the town only while the plant has no sample; where both have one, the plant's entry *blocks* the village's.

A site that moves between areas has a *unit* for each stretch of days in which its entries do not change.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_EPOCH_FIRST = -10_000_000


class Network(NamedTuple):
    """``areas`` has a row per area with an entry; entries stand in order of area.

    ``first_unit`` and ``breaks`` tell the unit of a site on a day: the breaks of a site are the days on which it moves.
    ``blocked`` and ``blocker``: entry and unit of every pair of which the second lies downstream of the first in one area.
    """

    areas: pl.DataFrame
    site_of: dict[str, int]
    first_unit: Index
    breaks: dict[int, Index]
    n_units: int
    unit: Index
    area: Index
    share: Array
    start: Index
    blocked: Index
    blocker: Index

    @property
    def is_twin(self) -> npt.NDArray[np.bool_]:
        """Whether an entry is a further unit of the site of the entry before it, in the same area."""
        site = np.searchsorted(self.first_unit, self.unit, side="right")
        twin = np.zeros(self.unit.size, dtype=bool)
        twin[1:] = (self.area[1:] == self.area[:-1]) & (site[1:] == site[:-1])
        return twin

    def units_of(self, site: Index, ordinal: Index) -> Index:
        """Unit of each site and day; -1 for a site (-1) that no area knows."""
        unit = np.where(site >= 0, self.first_unit[np.maximum(site, 0)] if self.first_unit.size else -1, -1)
        for moving, days in self.breaks.items():
            rows = np.flatnonzero(site == moving)
            unit[rows] += np.searchsorted(days, ordinal[rows], side="right")
        return unit


def build_network(people: pl.DataFrame, pairs: pl.DataFrame, areas: pl.DataFrame) -> Network:
    """The network of a register.

    Parameters
    ----------
    people
        ``site_id, area_id, level, population, valid_from, valid_to``: residents of each area, at every level, who drain to
        each site.
    pairs
        ``site_id, downstream_id``: every site with every site its sewage passes later.
    areas
        ``area_id, parent_id, level, population``: the area tree of the day, a row per area.

    Returns
    -------
    Network
    """
    people = people.filter(pl.col("population") > 0).with_columns(
        _from=pl.col("valid_from").cast(pl.Date).to_physical().cast(pl.Int64),
        _to=pl.col("valid_to").cast(pl.Date).to_physical().cast(pl.Int64) + 1,
    )
    site_ids = people["site_id"].unique().sort().to_list()
    site_of = {site: place for place, site in enumerate(site_ids)}
    breaks = _breaks(people, site_of)
    n_of = np.array([1 + breaks[place].size if place in breaks else 1 for place in range(len(site_ids))], dtype=np.int64)
    first_unit = np.concatenate([[0], np.cumsum(n_of)])[:-1] if site_ids else np.zeros(0, dtype=np.int64)
    entries = _entries(people, site_of, first_unit, breaks)
    parents = areas.select("area_id", "parent_id")
    entries = _with_share(entries, parents)
    known = areas.select("area_id", "level", area_population="population")
    named = entries.select("area_id").unique().join(known, on="area_id", how="inner").sort("level", "area_id")
    named = named.with_row_index("area")
    entries = entries.join(named.select("area_id", "area"), on="area_id", how="inner").sort("area", "unit")
    entries = entries.with_row_index("entry")
    held = entries.select("entry", "site_id", "area").join(pairs.select("site_id", "downstream_id"), on="site_id")
    below = entries.select("area", "unit", downstream_id="site_id")
    blocks = held.join(below, on=["area", "downstream_id"], how="inner").sort("entry", "unit")
    area = entries["area"].cast(pl.Int64).to_numpy()
    return Network(
        areas=named.drop("area"),
        site_of=site_of,
        first_unit=first_unit,
        breaks=breaks,
        n_units=int(n_of.sum()),
        unit=entries["unit"].to_numpy(),
        area=area,
        share=entries["share"].to_numpy(),
        start=np.flatnonzero(np.diff(area, prepend=-1)),
        blocked=blocks["entry"].cast(pl.Int64).to_numpy(),
        blocker=blocks["unit"].to_numpy(),
    )


def _breaks(people: pl.DataFrame, site_of: dict[str, int]) -> dict[int, Index]:
    """The days on which a site's entries change."""
    dates = pl.concat([people.select("site_id", day="_from"), people.select("site_id", day="_to")]).drop_nulls().unique()
    return {
        site_of[site]: np.sort(np.array(days, dtype=np.int64))
        for site, days in dates.sort("site_id", "day").group_by("site_id", maintain_order=True).agg("day").rows()
    }


def _entries(people: pl.DataFrame, site_of: dict[str, int], first_unit: Index, breaks: dict[int, Index]) -> pl.DataFrame:
    """A row per unit and area: ``unit, site_id, area_id, population``."""
    places = people["site_id"].replace_strict(site_of, return_dtype=pl.Int64).to_numpy() if people.height else np.zeros(0, int)
    still = ~np.isin(places, list(breaks))
    columns = people.select("site_id", "area_id", "population")
    plain = columns.filter(pl.Series(still)).with_columns(unit=pl.Series(first_unit[places[still]], dtype=pl.Int64))
    moving = []
    for row in people.filter(pl.Series(~still)).to_dicts():
        place = site_of[row["site_id"]]
        days = breaks[place]
        begins = np.concatenate([[_EPOCH_FIRST], days])
        ends = np.concatenate([days, [-_EPOCH_FIRST]])
        for stretch, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            from_, to = row["_from"], row["_to"]
            if (from_ is None or from_ <= begin) and (to is None or end <= to):
                unit = int(first_unit[place]) + stretch
                moving.append((row["site_id"], row["area_id"], row["population"], unit))
    return pl.concat([plain, pl.DataFrame(moving, schema=plain.schema, orient="row")]).sort("unit", "area_id")


def _with_share(entries: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    """Entries with the ``share`` of their unit's people: over those of the unit's topmost areas."""
    placed = entries.join(parents, on="area_id", how="left")
    above = entries.select("unit", parent_id="area_id", _is_inner=pl.lit(value=True))
    placed = placed.join(above, on=["unit", "parent_id"], how="left").sort("unit", "area_id")
    total = (
        placed.filter(pl.col("_is_inner").is_null())
        .group_by("unit", maintain_order=True)
        .agg(_total=pl.col("population").sum())
    )
    return (
        placed.join(total, on="unit", how="left")
        .with_columns(share=pl.col("population") * (1.0 / pl.col("_total")))
        .select("unit", "site_id", "area_id", "share")
    )
