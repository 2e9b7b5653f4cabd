"""Members of figures as whole numbers, for arrays."""

from __future__ import annotations

import polars as pl

from headworks.core.disclosure.groups import SiteFlags
from headworks.core.disclosure.spans import with_kind
from headworks.core.disclosure.tiers import TierRule
from headworks.core.periods import KINDS

UNIT = ["unit_kind", "unit_id"]
_MEMBERS = [*UNIT, "period", "atom", "site_id", "people"]


def coded_members(
    members: pl.DataFrame, sites: pl.DataFrame, rule: TierRule, history: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame, SiteFlags]:
    """Members as codes; the units (a unit is an area or site in a year, new or out already); flags of the sites."""
    if "piece" not in members.columns:
        members = members.with_columns(piece=pl.lit(""))
    rows = members.select(*_MEMBERS, "piece").with_columns(edition=pl.lit(""))
    if history is not None and history.height:
        old = history if "piece" in history.columns else history.with_columns(piece=pl.lit(""))
        old = old if "edition" in old.columns else old.with_columns(edition=pl.lit("earlier"))
        rows = pl.concat([rows, old.select(rows.columns).cast(rows.schema)])
    rows = with_kind(rows)
    rows = rows.filter(~pl.col("period_kind").is_in([kind for kind in KINDS if rule.holds_back(kind)]))
    known = sites.unique("site_id").sort("site_id").with_row_index("site")
    # An analyst is shown a site of unknown population: it counts as one that just reaches the floor.
    unknown = float(rule.floor) if rule.shows_unknown else 0.0
    rows = rows.with_columns(pl.col("people").cast(pl.Float64).fill_null(unknown), is_area=pl.col("unit_kind") == "area")
    key = [*UNIT, "year", "edition"]
    units = rows.select(key).unique().sort("edition", *UNIT, "year").with_row_index("unit")
    atoms = rows.select("atom").unique().sort("atom").with_row_index("atom_code")
    pieces = rows.select("piece").unique().sort("piece").with_row_index("piece_code")
    rows = (
        rows.join(units, on=key)
        .join(atoms, on="atom")
        .join(pieces, on="piece")
        .join(known.select("site_id", "site"), on="site_id")
        .select(
            "period", "period_kind", "is_area", "people",
            *(pl.col(name).cast(pl.Int64) for name in ("unit", "site")),
            atom=pl.col("atom_code").cast(pl.Int64),
            piece=pl.col("piece_code").cast(pl.Int64),
        )
    )  # fmt: skip
    flags = SiteFlags(
        known["is_named"].fill_null(value=False).to_numpy(), known["is_institution"].fill_null(value=False).to_numpy()
    )
    return rows.sort("unit", "period", "atom"), units.with_columns(is_fixed=pl.col("edition") != ""), flags
