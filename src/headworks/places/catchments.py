"""How many people of which area drain to which site, and which catchments lie in one another.

The people of area ``a`` who drain to site ``s`` are, from the register and the area tree (N1):

    P(s, a) = max(what the register says for a, sum of P(s, c) over the areas c directly in a)

so a register may name villages, towns, a whole county, or some of each, and no resident is counted twice. A site that the
register of catchments does not name drains its own area with its population. The trap is the site that moves: its rows carry
dates, and everything here is done for each stretch of days between them.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.errors import DataRefused
from headworks.places.area_tree import require_tree

# Days since 1970 that stand for "always" and "for ever" while stretches are compared.
_ALWAYS, _FOR_EVER = -1_000_000, 10_000_000
_STRETCH = ["site_id", "_start", "_end"]


def site_area_people(sites: pl.DataFrame, site_areas: pl.DataFrame, areas: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """People of each area, at every level, who drain to each site (N1).

    Parameters
    ----------
    sites
        Table ``sites``.
    site_areas
        Table ``site_areas``, codes as of the same day; carry older ones with ``carry_site_areas``.
    areas
        Table ``areas``.
    as_of
        The day whose area tree counts.

    Returns
    -------
    pl.DataFrame
        ``site_id, area_id, level, population, valid_from, valid_to``, sorted by site, level, area and date; dates are empty
        where a row always counts. Only areas valid on the day; a site without people or without a known area has no row.

    Raises
    ------
    DataRefused
        ``HW-D401`` when the areas of the day are no tree.

    Examples
    --------
    >>> day = dt.date(2024, 1, 1)
    >>> areas = pl.DataFrame({"area_id": ["C", "T"], "parent_id": [None, "C"], "level": [3, 4],
    ...                       "valid_from": [day, day], "valid_to": [None, None]})
    >>> sites = pl.DataFrame({"site_id": ["S"], "area_id": ["C"], "population_served": [900.0]})
    >>> shares = pl.DataFrame({"site_id": ["S"], "area_id": ["T"], "population": [700.0]})
    >>> site_area_people(sites, shares, areas, day).select("site_id", "area_id", "level", "population").rows()
    [('S', 'C', 3, 700.0), ('S', 'T', 4, 700.0)]
    """
    tree = require_tree(areas, as_of).select("area_id", "parent_id", "level")
    named = _by_stretch(_registered(sites, site_areas)).join(tree, on="area_id", how="inner")
    known = tree.select(parent_id="area_id", parent_level="level")
    done, sums = [], named.clear().select(*_STRETCH, "area_id", "population", "level")
    for level in sorted(tree["level"].unique().to_list(), reverse=True):
        here = _larger(named.filter(pl.col("level") == level), sums.filter(pl.col("level") == level))
        here = here.with_columns(level=pl.lit(level, dtype=tree.schema["level"]))
        done.append(here)
        above = here.join(tree.select("area_id", "parent_id"), on="area_id").join(known, on="parent_id", how="inner")
        above = above.sort(*_STRETCH, "area_id")
        summed = above.group_by(*_STRETCH, "parent_id", "parent_level", maintain_order=True).agg(pl.col("population").sum())
        summed = summed.rename({"parent_id": "area_id", "parent_level": "level"})
        sums = pl.concat([sums, summed.select(sums.columns)])
    people = pl.concat(done) if done else sums
    return _joined_stretches(people.select(*_STRETCH, "area_id", "level", "population"))


def _registered(sites: pl.DataFrame, site_areas: pl.DataFrame) -> pl.DataFrame:
    """What the register says, ``site_id, area_id, population, _from, _to``; sites it does not name drain their own area."""
    dated = site_areas
    for name in ("valid_from", "valid_to"):
        if name not in dated.columns:
            dated = dated.with_columns(pl.lit(None, dtype=pl.Date).alias(name))
    dated = dated.select("site_id", "area_id", "population", "valid_from", "valid_to")
    own = sites.join(site_areas, on="site_id", how="anti").select(
        "site_id", "area_id", population="population_served", valid_from=pl.lit(None, pl.Date), valid_to=pl.lit(None, pl.Date)
    )
    rows = pl.concat([dated, own.cast(dated.schema)])
    rows = rows.filter(pl.col("population").is_not_null() & pl.col("area_id").is_not_null())
    return rows.select(
        "site_id",
        "area_id",
        pl.col("population").cast(pl.Float64),
        _from=pl.col("valid_from").cast(pl.Date).to_physical().fill_null(_ALWAYS),
        _to=pl.col("valid_to").cast(pl.Date).to_physical().fill_null(_FOR_EVER),
    )


def _by_stretch(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row once for every stretch of days in which its site's rows do not change."""
    first = pl.concat([rows.select("site_id", _start="_from"), rows.select("site_id", _start=pl.col("_to") + 1)])
    first = first.filter(pl.col("_start") <= _FOR_EVER).unique().sort("site_id", "_start")
    stretches = first.with_columns(_end=(pl.col("_start").shift(-1).over("site_id") - 1).fill_null(_FOR_EVER))
    spread = rows.join(stretches, on="site_id", how="inner")
    spread = spread.filter((pl.col("_from") <= pl.col("_start")) & (pl.col("_end") <= pl.col("_to")))
    # Areas that were merged may have left several rows of one area.
    spread = spread.sort(*_STRETCH, "area_id", "_from", "_to")
    return spread.group_by(*_STRETCH, "area_id", maintain_order=True).agg(pl.col("population").sum())


def _larger(said: pl.DataFrame, summed: pl.DataFrame) -> pl.DataFrame:
    """The larger of what is said of an area and the sum of what lies in it."""
    columns = [*_STRETCH, "area_id", "population"]
    both = pl.concat([said.select(columns), summed.select(columns)])
    return both.group_by(*_STRETCH, "area_id").agg(pl.col("population").max()).sort(*_STRETCH, "area_id")


def _joined_stretches(people: pl.DataFrame) -> pl.DataFrame:
    """Neighbouring stretches with the same people become one row; few sites have more than one stretch."""
    unit = ["site_id", "level", "area_id"]
    dated = people.filter((pl.col("_start") > _ALWAYS) | (pl.col("_end") < _FOR_EVER)).select("site_id").unique()
    moving = people.join(dated, on="site_id", how="semi").sort(*unit, "_start")
    follows = (pl.col("_start") == pl.col("_end").shift(1) + 1) & (pl.col("population") == pl.col("population").shift(1))
    moving = moving.with_columns(_run=(~follows.fill_null(value=False)).cum_sum().over(unit))
    runs = moving.group_by(*unit, "_run", maintain_order=True).agg(
        pl.col("population").first(), pl.col("_start").first(), pl.col("_end").last()
    )
    still = people.join(dated, on="site_id", how="anti")
    rows = pl.concat([still, runs.select(still.columns)]).sort(*unit, "_start")
    valid_from = pl.when(pl.col("_start") > _ALWAYS).then(pl.col("_start")).cast(pl.Int32).cast(pl.Date)
    valid_to = pl.when(pl.col("_end") < _FOR_EVER).then(pl.col("_end")).cast(pl.Int32).cast(pl.Date)
    return rows.select("site_id", "area_id", "level", "population", valid_from=valid_from, valid_to=valid_to)


def downstream_pairs(sites: pl.DataFrame) -> pl.DataFrame:
    """Every site with every site that its sewage passes later.

    Parameters
    ----------
    sites
        Table ``sites``: ``site_id, upstream_of``.

    Returns
    -------
    pl.DataFrame
        ``site_id, downstream_id, steps``, sorted by site and steps; ``steps`` is 1 for the next site. A next site that is
        not in the table ends the way; the check names it.

    Raises
    ------
    DataRefused
        ``HW-D403`` when sewage would flow in a circle; all circles are named.

    Examples
    --------
    >>> sites = pl.DataFrame({"site_id": ["plant", "town", "village"], "upstream_of": [None, "plant", "town"]})
    >>> downstream_pairs(sites).rows()
    [('town', 'plant', 1), ('village', 'town', 1), ('village', 'plant', 2)]
    """
    known = sites.select("site_id", pl.col("upstream_of").cast(pl.String)).unique("site_id", keep="first", maintain_order=True)
    step = known.filter(pl.col("upstream_of").is_not_null()).join(known, left_on="upstream_of", right_on="site_id", how="semi")
    circles = sewage_circles(step)
    if circles:
        raise DataRefused(
            "Catchments lie in one another in a circle.",
            where="sites, upstream_of",
            found="; ".join(" → ".join([*circle, circle[0]]) for circle in circles),
            remedy="Leave upstream_of empty at the site that is furthest downstream",
            code="HW-D403",
        )
    onward = step.select(downstream_id="site_id", _next="upstream_of")
    current = step.select("site_id", downstream_id="upstream_of")
    reached = [current.with_columns(steps=pl.lit(1, dtype=pl.Int32))]
    while current.height:
        current = current.join(onward, on="downstream_id", how="inner").select("site_id", downstream_id="_next")
        reached.append(current.with_columns(steps=pl.lit(len(reached) + 1, dtype=pl.Int32)))
    return pl.concat(reached).sort("site_id", "steps")


def sewage_circles(sites: pl.DataFrame) -> list[list[str]]:
    """Circles of ``upstream_of``, each once, beginning at its first name; empty for a register that is sound."""
    following: dict[str, str | None] = dict(sites.select("site_id", "upstream_of").rows())
    circles, seen = [], set[str]()
    for start in sorted(following):
        way: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in seen and at not in way:
            way[at] = len(way)
            at = following.get(at)
        if at is not None and at in way:
            circle = list(way)[way[at] :]
            turn = circle.index(min(circle))
            circles.append(circle[turn:] + circle[:turn])
        seen.update(way)
    return circles


def independent_members(
    people: pl.DataFrame, pairs: pl.DataFrame, sampled: set[str], area_id: str, day: dt.date | None = None
) -> list[str]:
    """The most downstream sampled sites of an area; no resident drains to two of them. Slow and obvious.

    A site is left out of an area's figure when sewage from it passes another sampled site to which people of that area drain.

    Parameters
    ----------
    people
        From ``site_area_people``.
    pairs
        From ``downstream_pairs``.
    sampled
        Sites with a sample in the period.
    area_id
        The area.
    day
        Only rows that count on this day; all rows when None.

    Returns
    -------
    list of str
        Sorted.

    Examples
    --------
    >>> people = pl.DataFrame({"site_id": ["plant", "village"], "area_id": ["T", "T"], "population": [900.0, 50.0],
    ...                        "valid_from": [None, None], "valid_to": [None, None]})
    >>> pairs = pl.DataFrame({"site_id": ["village"], "downstream_id": ["plant"], "steps": [1]})
    >>> independent_members(people, pairs, {"plant", "village"}, "T"), independent_members(people, pairs, {"village"}, "T")
    (['plant'], ['village'])
    """
    candidates = set()
    for row in people.filter(pl.col("area_id") == area_id).to_dicts():
        begins, ends = row["valid_from"], row["valid_to"]
        counts = day is None or ((begins is None or begins <= day) and (ends is None or day <= ends))
        if counts and row["population"] > 0 and row["site_id"] in sampled:
            candidates.add(row["site_id"])
    later: dict[str, set[str]] = {}
    for site, downstream in pairs.select("site_id", "downstream_id").rows():
        later.setdefault(site, set()).add(downstream)
    return sorted(site for site in candidates if not later.get(site, set()) & candidates)
