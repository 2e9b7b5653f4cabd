"""Which rows of an import are new, which amend what is known, which say it again.

A fact is never overwritten: an amendment is a further row with the same key, and the latest one counts. In registers
(areas, sites) an empty cell says nothing, so it keeps what was known; in measurements it says that there is no value.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from headworks.core.schema import polars_schema
from headworks.intake.raw import ROW
from headworks.intake.sheets import REGISTERS
from headworks.tables import SHELF

# Changes a reader should see one by one, because later figures hang on them.
_WATCHED = {
    "sites": ("latitude", "longitude", "population_served", "area_id", "name"),
    "populations": ("population",),
    "areas": ("parent_id",),
}


@dataclass(frozen=True)
class Novelty:
    """Rows to append, and how many were new, amended or unchanged; ``changed`` lists the watched changes in words."""

    rows: pl.DataFrame
    n_new: int
    n_amended: int
    n_unchanged: int
    changed: list[str]


def compare_with_known(table: str, rows: pl.DataFrame, known: pl.DataFrame) -> Novelty:
    """Sort the rows of one table of an import into new, amended and unchanged.

    Parameters
    ----------
    table
        Name on the shelf.
    rows
        The import's rows: the table's columns plus ``source_row``.
    known
        The latest row of every key that the workspace knows.

    Returns
    -------
    Novelty
        ``rows`` holds the new and the amended ones, in the import's order.
    """
    schema = SHELF[table].schema
    keys = schema.primary_key()
    columns = schema.column_names()
    values = [name for name in columns if name not in keys]
    if known.is_empty():
        return Novelty(rows.select(*columns, ROW), rows.height, 0, 0, [])
    joined = rows.join(
        # A store may hand back plain text for a closed list of words.
        known.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(schema).items()).with_columns(
            _is_known=pl.lit(value=True)
        ),
        on=keys,
        how="left",
        suffix="_known",
        maintain_order="left",
    )
    if table in REGISTERS:
        joined = joined.with_columns(pl.coalesce(name, f"{name}_known").alias(name) for name in values)
    is_known = pl.col("_is_known").fill_null(value=False)
    same = [pl.col(name).eq_missing(pl.col(f"{name}_known")) for name in values]
    state = (
        pl.when(~is_known)
        .then(pl.lit("new"))
        .when(pl.all_horizontal(same))
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("amended"))
    )
    joined = joined.with_columns(_state=state)
    counts = dict(joined["_state"].value_counts().rows())
    amended = joined.filter(pl.col("_state") == "amended")
    return Novelty(
        rows=joined.filter(pl.col("_state") != "unchanged").select(*columns, ROW),
        n_new=counts.get("new", 0),
        n_amended=counts.get("amended", 0),
        n_unchanged=counts.get("unchanged", 0),
        changed=_watched_changes(table, keys, amended),
    )


def _watched_changes(table: str, keys: list[str], amended: pl.DataFrame) -> list[str]:
    said = []
    for name in _WATCHED.get(table, ()):
        moved = amended.filter(~pl.col(name).eq_missing(pl.col(f"{name}_known")) & pl.col(f"{name}_known").is_not_null())
        for row in moved.select(*keys, f"{name}_known", name).rows():
            *key, before, after = row
            said.append(f"{table} {' · '.join(map(str, key))}: {name} changed from {before} to {after}")
    return said
