"""Which area lies in which, on a given day.

Codes are dated, so a tree is always the tree *as of* a day: the rows of ``areas`` whose ``valid_from`` … ``valid_to`` hold it.
A parent is any area of a higher level, not always of the next one: a town of Dongguan (level 4) lies directly in the city
(level 2). The trap is to compute a parent from the digits of a code; here it is only ever read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from headworks.core.errors import DataRefused

_MOST_LEVELS = 5
_SHOWN = 5


def areas_at(areas: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """The areas whose code is valid on a day, sorted by ``area_id``.

    Parameters
    ----------
    areas
        Table ``areas``.
    as_of
        The day.

    Returns
    -------
    pl.DataFrame
        The same columns.

    Examples
    --------
    >>> old = {"area_id": "520221", "valid_from": dt.date(1987, 1, 1), "valid_to": dt.date(2020, 12, 31)}
    >>> new = {"area_id": "520204", "valid_from": dt.date(2021, 1, 1), "valid_to": None}
    >>> areas_at(pl.DataFrame([old, new]), dt.date(2020, 6, 1))["area_id"].to_list()
    ['520221']
    """
    day = pl.lit(as_of)
    valid = (pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
    return areas.filter(valid).sort("area_id", "valid_from")


def tree_breaches(areas: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Everything that keeps the areas of a day from being a tree.

    Returns
    -------
    pl.DataFrame
        ``area_id, breach, found``, sorted; ``breach`` is ``two_rows`` (two rows of one code are valid that day), ``orphan``
        (the parent has no valid row), ``level`` (not 1 to 5, or not below the parent's), ``cycle`` (the area lies in
        itself). A cycle always breaks a level too.
    """
    rows = areas_at(areas, as_of).select("area_id", "parent_id", "level")
    twice = rows.group_by("area_id").len().filter(pl.col("len") > 1)
    single = rows.unique("area_id", keep="first", maintain_order=True)
    parents = single.select(parent_id="area_id", parent_level="level")
    joined = rows.filter(pl.col("parent_id").is_not_null()).join(parents, on="parent_id", how="left")
    orphans = joined.filter(pl.col("parent_level").is_null())
    steep = joined.filter(pl.col("level") <= pl.col("parent_level"))
    outside = rows.filter(~pl.col("level").is_between(1, _MOST_LEVELS))
    circling = _circling(single)
    found = [
        twice.select("area_id", breach=pl.lit("two_rows"), found=pl.format("{} rows", "len")),
        orphans.select("area_id", breach=pl.lit("orphan"), found=pl.format("parent {}", "parent_id")),
        steep.select(
            "area_id",
            breach=pl.lit("level"),
            found=pl.format("level {} in {} of level {}", "level", "parent_id", "parent_level"),
        ),
        outside.select("area_id", breach=pl.lit("level"), found=pl.format("level {}", "level")),
        circling.select("area_id", breach=pl.lit("cycle"), found=pl.format("parent {}", "parent_id")),
    ]
    return pl.concat(found).unique().sort("area_id", "breach", "found")


def _circling(single: pl.DataFrame) -> pl.DataFrame:
    """Areas that are among their own ancestors."""
    step = single.filter(pl.col("parent_id").is_not_null()).select("area_id", "parent_id")
    left = step
    while True:
        # Peel off what nothing lies in, or what lies in nothing; a circle is what stays.
        kept = left.join(left, left_on="parent_id", right_on="area_id", how="semi")
        kept = kept.join(left, left_on="area_id", right_on="parent_id", how="semi")
        if kept.height == left.height:
            return kept.sort("area_id")
        left = kept


def require_tree(areas: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """The areas of a day, or a refusal that names every place where they are no tree.

    An orphan is not refused: it stands at the top, and a check tells of it.

    Raises
    ------
    DataRefused
        ``HW-D401`` with the areas and what was found.
    """
    broken = tree_breaches(areas, as_of).filter(pl.col("breach") != "orphan")
    if broken.height:
        shown = [f"{area} ({breach}: {found})" for area, breach, found in broken.head(_SHOWN).rows()]
        more = f" and {broken.height - _SHOWN} more" if broken.height > _SHOWN else ""
        raise DataRefused(
            f"The areas of {as_of} are no tree.",
            where="areas, " + ", ".join(broken["area_id"].unique().sort().head(_SHOWN).to_list()),
            found="; ".join(shown) + more,
            remedy="Give each code one row a day, a level of 1 to 5, and a parent of a higher level (a smaller number)",
            code="HW-D401",
        )
    return areas_at(areas, as_of)


def ancestors_table(areas: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Every area with itself and every area it lies in.

    Parameters
    ----------
    areas
        Table ``areas``.
    as_of
        The day whose codes and parents count.

    Returns
    -------
    pl.DataFrame
        ``area_id, ancestor_id, level``, sorted by area and level, where ``level`` is the ancestor's. The area itself is the
        last row of its own.

    Raises
    ------
    DataRefused
        ``HW-D401`` when the areas are no tree.

    Examples
    --------
    >>> day = dt.date(2024, 1, 1)
    >>> areas = pl.DataFrame({"area_id": ["4419", "441900003"], "parent_id": [None, "4419"], "level": [2, 4],
    ...                       "valid_from": [day, day], "valid_to": [None, None]})
    >>> ancestors_table(areas, day).rows()
    [('4419', '4419', 2), ('441900003', '4419', 2), ('441900003', '441900003', 4)]
    """
    rows = require_tree(areas, as_of)
    step = rows.select(ancestor_id="area_id", next_id="parent_id", next_level="level")
    reached = [rows.select("area_id", ancestor_id="area_id", level="level")]
    current = rows.select("area_id", ancestor_id="parent_id")
    while current.height:
        found = current.filter(pl.col("ancestor_id").is_not_null()).join(step, on="ancestor_id", how="inner")
        reached.append(found.select("area_id", "ancestor_id", level="next_level"))
        current = found.select("area_id", ancestor_id="next_id")
    return pl.concat(reached).sort("area_id", "level")


@dataclass(frozen=True)
class AreaTree:
    """The areas of one day, to be asked one by one; for whole tables use ``ancestors_table``.

    Examples
    --------
    >>> day = dt.date(2024, 1, 1)
    >>> areas = pl.DataFrame({"area_id": ["44", "4419", "441900003"], "parent_id": [None, "44", "4419"],
    ...                       "level": [1, 2, 4], "valid_from": [day] * 3, "valid_to": [None] * 3})
    >>> tree = AreaTree.at(areas, day)
    >>> tree.path("441900003"), tree.descendants("44")
    (['44', '4419', '441900003'], ['4419', '441900003'])
    """

    as_of: dt.date
    levels: dict[str, int]
    parents: dict[str, str | None]
    below: dict[str, list[str]]

    @classmethod
    def at(cls, areas: pl.DataFrame, as_of: dt.date) -> AreaTree:
        """The tree of a day.

        Raises
        ------
        DataRefused
            ``HW-D401`` when the areas are no tree.
        """
        rows = require_tree(areas, as_of)
        levels: dict[str, int] = dict(rows.select("area_id", "level").rows())
        parents = {area: parent if parent in levels else None for area, parent in rows.select("area_id", "parent_id").rows()}
        below: dict[str, list[str]] = {area: [] for area in levels}
        for area, parent in parents.items():
            if parent is not None:
                below[parent].append(area)
        return cls(as_of, levels, parents, below)

    def level(self, area_id: str) -> int:
        """Level of an area, 1 to 5."""
        return self.levels[self._known(area_id)]

    def parent(self, area_id: str) -> str | None:
        """The area it lies in; None at the top."""
        return self.parents[self._known(area_id)]

    def ancestors(self, area_id: str) -> list[str]:
        """The areas it lies in, innermost first."""
        found: list[str] = []
        parent = self.parent(area_id)
        while parent is not None:
            found.append(parent)
            parent = self.parents[parent]
        return found

    def path(self, area_id: str) -> list[str]:
        """From the top to the area itself."""
        return [*reversed(self.ancestors(area_id)), area_id]

    def children(self, area_id: str) -> list[str]:
        """Areas directly below, by code."""
        return list(self.below[self._known(area_id)])

    def descendants(self, area_id: str) -> list[str]:
        """All areas below, each parent before its children."""
        found: list[str] = []
        for child in self.children(area_id):
            found += [child, *self.descendants(child)]
        return found

    def _known(self, area_id: str) -> str:
        if area_id in self.levels:
            return area_id
        raise DataRefused(
            f"There is no area {area_id} on {self.as_of}.",
            found=area_id,
            remedy="Look it up with `headworks areas find`, or give the date on which its code was valid",
            code="HW-D402",
        )
