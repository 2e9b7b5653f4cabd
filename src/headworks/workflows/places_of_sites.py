"""Which country and city a site belongs to, from the area tree.

``country`` is the top area's code, ``city`` the name of the area that owns the site; both as readers know them. A site whose
area is not known keeps both empty.
"""

from __future__ import annotations

import polars as pl

_MOST_LEVELS = 5


def with_places(sites: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Sites with ``country`` and ``city``.

    Parameters
    ----------
    sites
        Table ``sites``.
    areas
        Table ``areas``; of an area with several validity dates the latest counts.

    Returns
    -------
    pl.DataFrame
        The columns of ``sites`` and two more, in the order of ``sites``.

    Examples
    --------
    >>> areas = pl.DataFrame({"area_id": ["ES", "ES/Reus"], "valid_from": [1, 1], "parent_id": [None, "ES"],
    ...                       "name_en": ["Spain", "Reus"], "name_zh": ["西班牙", None]})
    >>> with_places(pl.DataFrame({"site_id": ["ES001"], "area_id": ["ES/Reus"]}), areas).rows()
    [('ES001', 'ES/Reus', 'ES', 'Reus')]
    """
    latest = areas.sort("valid_from").unique("area_id", keep="last", maintain_order=True)
    parents = dict(latest.select("area_id", "parent_id").rows())
    names = {
        area: english or chinese or area for area, english, chinese in latest.select("area_id", "name_en", "name_zh").rows()
    }
    tops = {area: upwards(area, parents)[-1] for area in parents}
    return sites.with_columns(
        country=pl.col("area_id").replace_strict(tops, default=None, return_dtype=pl.String),
        city=pl.col("area_id").replace_strict(names, default=None, return_dtype=pl.String),
    )


def upwards(area: str, parents: dict[str, str | None]) -> list[str]:
    """The area and those it lies in, innermost first."""
    chain = [area]
    while len(chain) <= _MOST_LEVELS and (parent := parents.get(chain[-1])) is not None:
        chain.append(parent)
    return chain
