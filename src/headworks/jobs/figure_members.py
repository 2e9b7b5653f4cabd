"""Who is behind each figure of a tier: the catchments that every site and area speaks for, in every period.

The same rule as the roll-up: an area adds its most downstream sampled sites. What a unit may hold is
laid out once as a grid of what is held by periods; a panel of residues is a choice among its cells, so twelve panels that
differ in a few days cost little more than one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.disclosure.coding import UNIT, CodedMembers, Names, names_of
from headworks.jobs.behind_figures import ALWAYS, FOR_EVER, Catchments
from headworks.jobs.sampled_periods import Codes, Days, SampledPeriods, codes_of, day_number

_TEXTS = ["atom", "piece"]


class FigureMembers(NamedTuple):
    """Everything held, in order of unit, atom and site, and the cells of held by period in order of unit and period.

    ``passes`` are pairs of something an area holds and a site of the area downstream of it, through which it would be counted
    twice. ``by_site`` are the cells in order of unit, period and site.
    ``unit_of_site`` is -1 for one that holds nothing. ``texts`` say in words what is held.
    """

    names: Names
    unit_of_site: Codes
    atoms: pl.Series
    pieces: pl.Series
    held: CodedMembers
    texts: pl.DataFrame
    valid_from: Days
    valid_to: Days
    passes: tuple[Codes, Codes]
    cells: Codes
    by_site: Codes

    @property
    def n_periods(self) -> int:
        """Periods."""
        return len(self.names.periods)

    def counting(self, sampled: SampledPeriods, analyte: int) -> Codes:
        """Cells that are behind figures of a residue, in order of unit, period and atom.

        Parameters
        ----------
        sampled
            In the periods of the names.
        analyte
            Place of the residue.
        """
        there, first, last = sampled.is_there[analyte], sampled.first[analyte], sampled.last[analyte]
        site = self.held.site
        grid = there[site]
        limited = np.flatnonzero((self.valid_from > day_number(ALWAYS)) | (self.valid_to < day_number(FOR_EVER)))
        begins, ends = self.valid_from[limited, None], self.valid_to[limited, None]
        first, last = first[site[limited]], last[site[limited]]
        grid[limited] &= (first > last) | ((begins <= last) & (ends >= first))
        upstream, downstream = self.passes
        is_passed = np.zeros_like(grid)
        np.logical_or.at(is_passed, upstream, there[downstream])
        grid &= ~is_passed
        found = self.cells[grid.reshape(-1)[self.cells]]
        # Held through two sites only where a register contradicts itself; one of them is enough.
        figure, atom = self.figure_of(found), self.held.atom[found // self.n_periods]
        chosen: Codes = found[(np.diff(figure, prepend=-1) != 0) | (np.diff(atom, prepend=-1) != 0)]
        return chosen

    def figure_of(self, cells: Codes) -> Codes:
        """Figure of each cell."""
        figures: Codes = self.held.unit[cells // self.n_periods] * self.n_periods + cells % self.n_periods
        return figures

    def members(self, cells: Codes) -> CodedMembers:
        """Cells as members of figures."""
        return self.held.rows(cells // self.n_periods)._replace(period=cells % self.n_periods)

    def n_sites_of(self, cells: Codes) -> Codes:
        """By figure: how many sites its cells speak through."""
        is_chosen = np.zeros(self.cells.size, dtype=bool)
        is_chosen[cells] = True
        ordered = self.by_site[is_chosen[self.by_site]]
        figure, site = self.figure_of(ordered), self.held.site[ordered // self.n_periods]
        is_other = (np.diff(figure, prepend=-1) != 0) | (np.diff(site, prepend=-1) != 0)
        return np.bincount(figure[is_other], minlength=self.names.n_figures)

    def table(self, cells: Codes) -> pl.DataFrame:
        """Cells in words: ``unit_kind, unit_id, period, atom, site_id, people, piece``."""
        rows = self.texts[cells // self.n_periods]
        labels = pl.Series(self.names.periods, dtype=pl.String)[cells % self.n_periods]
        return rows.select(*UNIT, labels.alias("period"), "atom", "site_id", "people", "piece")


def figure_members(
    catchments: Catchments, sampled: SampledPeriods, sites: pl.DataFrame, editions: pl.DataFrame
) -> FigureMembers:
    """What is held, in codes that have a place for members of earlier editions too.

    Parameters
    ----------
    catchments
        From :func:`headworks.jobs.behind_figures.catchments_of`.
    sampled
        In periods that the tier sees.
    sites
        ``site_id, is_named, is_institution``, sorted by site.
    editions
        ``unit_kind, unit_id, period, atom, piece`` of figures that were shown before; they may speak of what is held no more.
    """
    every = pl.concat([catchments.held.select(*UNIT, *_TEXTS), editions.select(*UNIT, *_TEXTS)])
    periods = sorted({*sampled.periods, *editions["period"].unique()})
    names = names_of(every.select(UNIT).unique().sort(UNIT), periods, sites)
    atoms, pieces = (every[name].unique().sort() for name in _TEXTS)
    coded = code_members(catchments.held, names, sites["site_id"], atoms, pieces)
    days = [catchments.held[name].to_physical().to_numpy() for name in ("valid_from", "valid_to")]
    order = np.lexsort((days[0], coded.site, coded.atom, coded.unit))
    held, places = coded.rows(order), np.arange(order.size)
    of_sites = names.units["unit_id"].filter(~names.is_area)
    place = codes_of(sites["site_id"], of_sites)
    return FigureMembers(
        names=names,
        # Sites come after areas.
        unit_of_site=np.where(place < 0, -1, place + int(names.is_area.sum())),
        atoms=atoms,
        pieces=pieces,
        held=held,
        texts=catchments.held[order],
        valid_from=days[0][order],
        valid_to=days[1][order],
        passes=_passes(catchments, catchments.held[order], sites["site_id"]),
        cells=_ordered(held.unit, places, len(periods)),
        by_site=_ordered(held.unit, held.site * order.size + places, len(periods)),
    )


def code_members(members: pl.DataFrame, names: Names, sites: pl.Series, atoms: pl.Series, pieces: pl.Series) -> CodedMembers:
    """Members of figures as codes, in their order; without a column ``period`` they are of the first."""
    ids = names.units["unit_id"].unique().sort()
    place_of = np.full((2, ids.len()), -1, dtype=np.int64)
    place_of[names.is_area.astype(np.int64), codes_of(names.units["unit_id"], ids)] = np.arange(names.units.height)
    n_rows = np.zeros(members.height, dtype=np.int64)
    return CodedMembers(
        unit=place_of[(members["unit_kind"] == "area").to_numpy().astype(np.int64), codes_of(members["unit_id"], ids)],
        period=codes_of(members["period"], names.periods) if "period" in members.columns else n_rows,
        atom=codes_of(members["atom"], atoms),
        piece=codes_of(members["piece"], pieces),
        site=codes_of(members["site_id"], sites),
        people=members["people"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
    )


def _ordered(unit: Codes, within: Codes, n_periods: int) -> Codes:
    """Cells of held by period in order of unit, period and what is given."""
    period = np.arange(n_periods)
    order: Codes = np.lexsort(tuple(np.broadcast_to(key, (unit.size, n_periods)).reshape(-1) for key in (
        within[:, None], period, unit[:, None])))  # fmt: skip
    return order


def _passes(catchments: Catchments, held: pl.DataFrame, sites: pl.Series) -> tuple[Codes, Codes]:
    """Place of what an area holds through a site, and of a site of the area downstream of it."""
    in_area = catchments.areas_of.select("site_id", "area_id").unique()
    pairs = catchments.pairs.join(in_area, on="site_id").join(
        in_area.rename({"site_id": "downstream_id"}), on=["downstream_id", "area_id"]
    )
    of_areas = held.with_row_index("_place").filter(pl.col("unit_kind") == "area")
    found = of_areas.join(pairs, left_on=["site_id", "unit_id"], right_on=["site_id", "area_id"])
    return found["_place"].cast(pl.Int64).to_numpy(), codes_of(found["downstream_id"], sites)
