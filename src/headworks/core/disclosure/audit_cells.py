"""Published figures as rows of zeros and ones over catchments in their shortest periods, for audits of small provinces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.disclosure.groups import Array, Index, SiteFlags
from headworks.core.disclosure.spans import longer_periods, with_kind
from headworks.core.periods import KINDS


class AuditCells(NamedTuple):
    """``matrix`` is ``(n_figures, n_cells)``; ``people``, ``site`` and ``catchment`` are codes and residents of a cell."""

    matrix: npt.NDArray[np.int8]
    people: Array
    site: Index
    catchment: Index
    flags: SiteFlags
    names: list[str]
    cell_names: list[str]


_UNIT = ["unit_kind", "unit_id"]


def audit_cells(published: pl.DataFrame, members: pl.DataFrame, sites: pl.DataFrame) -> AuditCells:
    """Rows of the published figures; a figure of a long period holds what its unit held in the shortest ones inside it.

    A site that is shared out to several areas is as many rows: who knows its load knows each area's share of it. So what an
    area less others leaves of a site that is shown is a figure about all who drain to it: its shares are one catchment here.
    """
    shown = with_kind(published.select(*_UNIT, "period").unique())
    shortest = min(shown["period_kind"].unique().to_list(), key=KINDS.index)
    leaves = with_kind(members.select("period").unique()).filter(pl.col("period_kind") == shortest)["period"].sort().to_list()
    inside = [pl.DataFrame({"leaf": leaves, "period": leaves}, schema={"leaf": pl.String, "period": pl.String})]
    longer = [kind for kind in shown["period_kind"].unique().sort().to_list() if kind != shortest]
    inside += [longer_periods(leaves, kind).rename({"period": "leaf", "longer": "period"}) for kind in longer]
    if "piece" not in members.columns:
        members = members.with_columns(piece=pl.lit(""))
    rows = shown.join(pl.concat(inside), on="period").join(members.rename({"period": "leaf"}), on=[*_UNIT, "leaf"])
    rows = rows.with_columns(
        figure=pl.format("{} {} {}{}", "unit_kind", "unit_id", "period", "piece"), cell=pl.format("{} {}", "atom", "leaf")
    )
    # A catchment is counted under the site of the largest figure that holds it: the fewest sites.
    largest = rows.with_columns(size=pl.len().over("figure")).sort("cell", "size").unique("cell", keep="last").sort("cell")
    largest = _with_catchment(largest, rows)
    figures, cells = rows["figure"].unique().sort().to_list(), largest["cell"].to_list()
    row, column = {name: i for i, name in enumerate(figures)}, {name: i for i, name in enumerate(cells)}
    matrix = np.zeros((len(figures), len(cells)), dtype=np.int8)
    pairs = rows.select("figure", "cell").unique()
    matrix[[row[name] for name in pairs["figure"]], [column[name] for name in pairs["cell"]]] = 1
    known = sites.select("site_id", "is_named", "is_institution").unique("site_id").sort("site_id").with_row_index("site")
    codes = largest.join(known, on="site_id", how="left", maintain_order="left")["site"].cast(pl.Int64).to_numpy()
    catchments = {name: code for code, name in enumerate(largest["catchment"].unique().sort().to_list())}
    return AuditCells(
        matrix=matrix,
        people=largest["people"].fill_null(0.0).to_numpy(),
        site=codes,
        catchment=np.array([catchments[name] for name in largest["catchment"].to_list()], dtype=np.int64),
        flags=SiteFlags(known["is_named"].to_numpy(), known["is_institution"].to_numpy()),
        names=figures,
        cell_names=cells,
    )


def _with_catchment(cells: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Cells with the ``catchment`` they are counted as, once in a group, and its people."""
    shared = rows.filter((pl.col("unit_kind") == "site") & (pl.col("piece") != "")).unique(["unit_id", "cell"]).sort("cell")
    shared = shared.with_columns(_people=pl.col("people").sum().over("unit_id", "leaf"))
    found = cells.join(
        shared.select("cell", "_people", _site="unit_id").unique("cell"), on="cell", how="left", maintain_order="left"
    )
    name = pl.when(pl.col("_site").is_null()).then(pl.format("atom {}", "atom")).otherwise(pl.format("site {}", "_site"))
    return found.with_columns(catchment=name, people=pl.coalesce("_people", "people"))
