"""How many cigarettes a head the people behind each site smoke: of the nearest area above the site that states it.

The trap is the denominator: per head of the whole population, children and non-smokers included, not per smoker.
"""

from __future__ import annotations

import polars as pl

_MOST_LEVELS = 5
_STATED = ("cigarettes_per_person_day", "cigarettes_low", "cigarettes_high", "status")


def cigarettes_of_sites(sites: pl.DataFrame, areas: pl.DataFrame, smoking: pl.DataFrame) -> pl.DataFrame:
    """Cigarettes per head and day of every site, from its own area or the nearest one above that states a number.

    Parameters
    ----------
    sites, areas
        Tables; of an area with several validity dates the latest counts.
    smoking
        ``area_id, cigarettes_per_person_day, cigarettes_low, cigarettes_high, status``; a row without a number states none.

    Returns
    -------
    pl.DataFrame
        ``site_id`` and the columns of ``smoking`` but ``area_id``, empty where no area states a number; sorted.

    Examples
    --------
    >>> areas = pl.DataFrame({"area_id": ["44", "4401"], "valid_from": [1, 1], "parent_id": [None, "44"]})
    >>> told = {"area_id": ["44"], "cigarettes_per_person_day": [4.0], "cigarettes_low": [None], "cigarettes_high": [None]}
    >>> smoking = pl.DataFrame({**told, "status": ["from memory"]})
    >>> cigarettes_of_sites(pl.DataFrame({"site_id": ["S"], "area_id": ["4401"]}), areas, smoking).row(0)[:2]
    ('S', 4.0)
    """
    parents = areas.sort("valid_from").unique("area_id", keep="last", maintain_order=True).select("area_id", "parent_id")
    stated = smoking.filter(pl.col("cigarettes_per_person_day").is_not_null()).select("area_id", *_STATED)
    left = sites.select("site_id", pl.col("area_id").cast(pl.String))
    found = []
    for _ in range(_MOST_LEVELS):
        met = left.join(stated, on="area_id", how="inner")
        found.append(met.select("site_id", *_STATED))
        left = left.join(met.select("site_id"), on="site_id", how="anti").join(parents, on="area_id", how="left")
        left = left.select("site_id", area_id="parent_id")
    found.append(left.select("site_id", *(pl.lit(None, dtype=stated.schema[name]).alias(name) for name in _STATED)))
    return pl.concat(found).sort("site_id")
