"""Figures and who is behind them as whole numbers.

Codes stand in the order of their texts: what is sorted by code is sorted by text. A figure is one number, its unit times the
number of periods plus its period, so what is known of figures is looked up and never joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.disclosure.groups import Array, Index, Mask, SiteFlags
from headworks.core.disclosure.spans import kinds_and_years
from headworks.core.errors import DataRefused

UNIT = ["unit_kind", "unit_id"]
_CODED = ("unit", "period", "atom", "piece", "site")


class Names(NamedTuple):
    """What the codes stand for.

    ``units`` has ``unit_kind`` and ``unit_id``; ``kind`` (place in ``KINDS``) and ``year`` are of the periods; ``flags`` are
    of the sites, ``is_institution`` of the units.
    """

    units: pl.DataFrame
    periods: list[str]
    kind: Index
    year: Index
    flags: SiteFlags
    is_area: Mask
    is_institution: Mask

    @property
    def n_figures(self) -> int:
        """Figures that there could be."""
        return self.units.height * len(self.periods)


class CodedMembers(NamedTuple):
    """Members of figures in order of unit, period and atom; ``people`` is not a number where they are unknown."""

    unit: Index
    period: Index
    atom: Index
    piece: Index
    site: Index
    people: Array

    def rows(self, chosen: Index | Mask) -> CodedMembers:
        """Some of the members."""
        unit, period, atom, piece, site = (column[chosen] for column in self[:5])
        return CodedMembers(unit, period, atom, piece, site, self.people[chosen])


class CodedFigures(NamedTuple):
    """Figures by code, and what is said of each: ``population``, optional ``n_sites`` and ``largest_share``."""

    unit: Index
    period: Index
    said: pl.DataFrame


def names_of(units: pl.DataFrame, periods: list[str], sites: pl.DataFrame) -> Names:
    """What codes stand for.

    Parameters
    ----------
    units
        ``unit_kind, unit_id`` in the order of the codes.
    periods
        Labels in the order of their texts.
    sites
        ``site_id, is_named, is_institution`` in the order of the codes.
    """
    kind, year = kinds_and_years(periods)
    named, institution = (sites[flag].fill_null(value=False) for flag in ("is_named", "is_institution"))
    is_area = (units["unit_kind"] == "area").to_numpy()
    is_institution = units["unit_id"].is_in(sites["site_id"].filter(institution).implode()).to_numpy() & ~is_area
    return Names(units, periods, kind, year, SiteFlags(named.to_numpy(), institution.to_numpy()), is_area, is_institution)


def coded(
    figures: pl.DataFrame, members: pl.DataFrame, sites: pl.DataFrame, history: pl.DataFrame | None
) -> tuple[Names, CodedFigures, CodedMembers, list[CodedMembers]]:
    """Names, figures, members and one set of members for every earlier edition, from tables as ``protect`` takes them.

    Raises
    ------
    DataRefused
        ``HW-D491`` for a figure without a member or a member at a site that ``sites`` lacks.
    """
    _require_members(figures, members, sites)
    parts = [_whole(members, "")]
    if history is not None and history.height:
        parts.append(_whole(history, "earlier").select(parts[0].columns).cast(parts[0].schema))
    rows = pl.concat(parts)
    known = sites.unique("site_id").sort("site_id")
    units = rows.select(UNIT).unique().sort(UNIT)
    labels = rows["period"].unique().sort()
    tables = [
        ("unit", units, UNIT), ("period", labels.to_frame(), ["period"]), ("site", known, ["site_id"]),
        *((name, rows.select(name).unique().sort(name), [name]) for name in ("atom", "piece")),
    ]  # fmt: skip
    for name, table, key in tables:
        codes = table.select(key).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(f"_{name}"))
        rows = rows.join(codes, on=key, maintain_order="left")
        if name in ("unit", "period"):
            figures = figures.join(codes, on=key, how="left", maintain_order="left")
    said = [name for name in ("population", "n_sites", "largest_share") if name in figures.columns]
    found = CodedFigures(figures["_unit"].to_numpy(), figures["_period"].to_numpy(), figures.select(said))
    rows = rows.sort("edition", *(f"_{name}" for name in _CODED[:3]))
    editions = [_arrays(one) for one in rows.partition_by("edition", maintain_order=True)]
    return names_of(units, labels.to_list(), known), found, editions[0], editions[1:]


def _whole(members: pl.DataFrame, edition: str) -> pl.DataFrame:
    """Members with every column; those of no edition are of this one."""
    absent = {name: text for name, text in (("piece", ""), ("edition", edition)) if name not in members.columns}
    rows = members.with_columns(pl.lit(text).alias(name) for name, text in absent.items())
    return rows.select(*UNIT, "period", "atom", "piece", "site_id", pl.col("people").cast(pl.Float64), "edition")


def _arrays(rows: pl.DataFrame) -> CodedMembers:
    unit, period, atom, piece, site = (rows[f"_{name}"].to_numpy() for name in _CODED)
    return CodedMembers(unit, period, atom, piece, site, rows["people"].fill_null(np.nan).to_numpy())


def _require_members(figures: pl.DataFrame, members: pl.DataFrame, sites: pl.DataFrame) -> None:
    alone = figures.join(members, on=[*UNIT, "period"], how="anti")
    strange = members.join(sites, on="site_id", how="anti")
    if alone.height or strange.height:
        found = alone.select(*UNIT, "period").rows()[:3] if alone.height else strange["site_id"].unique().sort().to_list()[:3]
        raise DataRefused(
            "It is not known who is behind a figure.",
            where="members" if alone.height else "sites",
            found="; ".join(str(one) for one in found),
            remedy="Give every figure its catchments, and every site a row",
            code="HW-D491",
        )


def joined(editions: Sequence[CodedMembers]) -> tuple[CodedMembers, Index]:
    """Members of several editions as one, and which each is of."""
    edition = np.repeat(np.arange(len(editions)), [one.unit.size for one in editions])
    unit, period, atom, piece, site = (np.concatenate([one[place] for one in editions]) for place in range(5))
    return CodedMembers(unit, period, atom, piece, site, np.concatenate([one.people for one in editions])), edition
