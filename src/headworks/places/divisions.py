"""The divisions that are shipped: five levels of Guangdong (44) and Guizhou (52), and what became of older codes.

The statistics bureau's list says what holds on one day, 2023-06-30; nothing earlier is claimed unless it is asked for. The
changes come from comparing yearly lists, so only their year is known, and 1 January of that year stands for it.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib import resources
from typing import NamedTuple

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.schema import polars_schema, require_promise, sort_by_key
from headworks.places.english_names import english_name
from headworks.tables.places import Areas, CodeChanges

LISTED_ON = dt.date(2023, 6, 30)
SYSTEM = "stats-cn-12"
PROVINCES = ("44", "52")
_CITY, _TOWN, _VILLAGE = 2, 4, 5
_REDRAWN, _REASSIGNED, _ENDED = "区划调整", "码位改派", "撤销"


class ShippedChanges(NamedTuple):
    """Table ``code_changes``, and the source's rows that carry no series: its columns and ``reason``."""

    changes: pl.DataFrame
    left_out: pl.DataFrame


def divisions(*provinces: str, villages: bool = False, valid_from: dt.date = LISTED_ON) -> pl.DataFrame:
    """The shipped areas of provinces, by default down to towns and streets.

    Parameters
    ----------
    provinces
        ``"44"`` Guangdong, ``"52"`` Guizhou; both when none is named.
    villages
        Also level 5, some 45,000 areas.
    valid_from
        First day of every code; an earlier one than the list's own is your claim.

    Returns
    -------
    pl.DataFrame
        Table ``areas``, sorted by its key; ``population`` is empty.

    Raises
    ------
    UsageError
        ``HW-U042`` for a province that is not shipped.

    Examples
    --------
    >>> areas = divisions("44")
    >>> areas.group_by("level").len().sort("level").rows()
    [(1, 1), (2, 21), (3, 122), (4, 1757)]
    """
    listed = _listed().filter(pl.col("code12").str.slice(0, 2).is_in(_required(provinces)))
    listed = listed if villages else listed.filter(pl.col("level") < _VILLAGE)
    english = [english_name(*row) for row in listed.select("name_zh", "name_pinyin", "level").rows()]
    areas = listed.select(
        "level",
        "name_zh",
        "name_pinyin",
        "kind",
        area_id="code12",
        parent_id="parent_code12",
        valid_from=pl.lit(valid_from),
        code_system=pl.lit(SYSTEM),
        name_en=pl.Series(english, dtype=pl.String),
        population=pl.lit(None, dtype=pl.Float64),
        valid_to=pl.lit(None, dtype=pl.Date),
    )
    return sort_by_key(areas.select(Areas.column_names()), Areas)


def shipped_code_changes(*provinces: str) -> ShippedChanges:
    """What became of the codes of provinces since 1985, and the rows of the source that no series can follow.

    Renamed and re-coded areas are carried whole; several old codes that became one are a ``merge``; redrawn borders, and a
    county whose name passed to a whole city, are a ``split`` of unknown share. A row without an old or a new code, or from
    another province, carries nothing and is left out with its reason.

    Raises
    ------
    UsageError
        ``HW-U042`` for a province that is not shipped.

    Examples
    --------
    >>> changes, left_out = shipped_code_changes("52")
    >>> changes.filter(old_id="520221000000").select("new_id", "kind", "share").rows()
    [('520204000000', 'recode', 1.0)]
    """
    wanted = _required(provinces)
    source = _compared()
    source = source.filter(pl.coalesce("old_code12", "new_code12").str.slice(0, 2).is_in(wanted) | _arrives(wanted))
    reason = (
        pl.when(pl.col("old_code12").is_null())
        .then(pl.lit("newly founded: no older series to carry on"))
        .when(pl.col("new_code12").is_null())
        .then(pl.lit("dissolved without a successor in the source: its series ends"))
        .when(_arrives(wanted))
        .then(pl.lit("the old code is of another province: two areas of one name, not one area"))
    )
    source = source.with_columns(reason=reason)
    kept = source.filter(pl.col("reason").is_null()).drop("reason")
    changes = _classified(kept).select(CodeChanges.column_names()).unique(CodeChanges.primary_key(), maintain_order=True)
    changes = require_promise(CodeChanges, changes.cast(pl.Schema(polars_schema(CodeChanges))), where="shipped code changes")
    return ShippedChanges(sort_by_key(changes, CodeChanges), source.filter(pl.col("reason").is_not_null()))


def _arrives(wanted: list[str]) -> pl.Expr:
    """The new code is ours and the old one is not."""
    old, new = (pl.col(name).str.slice(0, 2) for name in ("old_code12", "new_code12"))
    return (~old.is_in(wanted) & new.is_in(wanted)).fill_null(value=False)


def _classified(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``old_id, new_id, changed_on, kind, share``."""
    swapped = rows.filter(pl.col("change_type") == _REASSIGNED).select(
        "year", pl.col("new_name_zh").alias("old_name_zh"), _went_to="new_code12"
    )
    rows = rows.join(swapped, on=["year", "old_name_zh"], how="left")
    # A code given to another area the same year that took this area's: follow the area, not the code.
    goes_to = pl.when(pl.col("change_type") == _REASSIGNED).then(pl.coalesce("_went_to", "new_code12"))
    rows = rows.with_columns(new_id=pl.coalesce(goes_to, "new_code12"))
    is_county, is_city = pl.col("old_code12").str.slice(4, 2) != "00", pl.col("new_id").str.slice(4, 2) == "00"
    has_counties = ~pl.col("new_id").is_in(_cities_without_counties())
    same = pl.col("old_code12") == pl.col("new_id")
    rows = rows.with_columns(_is_split=(pl.col("change_type") == _REDRAWN) | (is_county & is_city & has_counties))
    n_old = pl.col("old_code12").n_unique().over("year", "new_id", "_is_split")
    kind = (
        pl.when("_is_split")
        .then(pl.lit("split"))
        .when(same)
        .then(pl.lit("rename"))
        .when((n_old > 1) | (pl.col("change_type") == _ENDED))
        .then(pl.lit("merge"))
        .otherwise(pl.lit("recode"))
    )
    rows = rows.with_columns(kind=kind, old_id="old_code12", code_system=pl.lit(SYSTEM))
    changed_on = pl.date(pl.col("year").cast(pl.Int32), 1, 1)
    return rows.with_columns(changed_on=changed_on, share=pl.when(pl.col("kind") != "split").then(1.0))


def _required(provinces: tuple[str, ...]) -> list[str]:
    unknown = [province for province in provinces if province not in PROVINCES]
    if unknown:
        raise UsageError(
            "The divisions of this province are not shipped.",
            found=", ".join(unknown),
            remedy="Use 44 (Guangdong) or 52 (Guizhou), or import a table of areas of your own",
            code="HW-U042",
        )
    return list(provinces or PROVINCES)


@cache
def _listed() -> pl.DataFrame:
    with resources.files("headworks.places").joinpath("data/divisions_cn_44_52.parquet").open("rb") as file:
        return pl.read_parquet(file)


@cache
def _compared() -> pl.DataFrame:
    with resources.files("headworks.places").joinpath("data/code_changes_gd_gz.csv").open("rb") as file:
        return pl.read_csv(file, infer_schema=False)


@cache
def _cities_without_counties() -> list[str]:
    """Cities whose towns lie directly in them."""
    towns = _listed().filter(pl.col("level") == _TOWN)
    cities = _listed().filter(pl.col("level") == _CITY).select(parent_code12="code12")
    return towns.join(cities, on="parent_code12", how="semi")["parent_code12"].unique().sort().to_list()
