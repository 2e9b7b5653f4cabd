"""Figures that are out: who was behind what earlier editions showed of the same residues, where it is not who is now.

A figure that has the same catchments as before gives nothing away by comparison; one that has others counts as a figure of
its own, which cannot be withheld any more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.disclosure.coding import CodedMembers
from headworks.jobs.figure_members import FigureMembers, code_members
from headworks.jobs.sampled_periods import Codes


class EarlierEditions(NamedTuple):
    """Members of what was shown, in order of edition, figure, atom and piece; ``said`` is the place of their residues.

    ``group`` is the place of what a member is of among ``groups``, units with an atom and a piece that are held now; -1 where
    it is held no more. ``group_of`` is that of everything held.
    """

    members: CodedMembers
    edition: Codes
    n_editions: int
    said: Codes
    analytes: list[frozenset[str]]
    group: Codes
    group_of: Codes

    def changed(self, behind: FigureMembers, cells: Codes, analytes: list[str]) -> list[CodedMembers]:
        """One set of members for each edition: of figures of any of some residues behind which others are now.

        Parameters
        ----------
        behind
            What is held.
        cells
            Cells behind the figures of now.
        analytes
            Residues of the panel.
        """
        is_asked = np.array([not one.isdisjoint(analytes) for one in self.analytes], dtype=bool)
        rows = np.flatnonzero(is_asked[self.said])
        n_figures, n_periods = behind.names.n_figures, behind.n_periods
        out = self.members.rows(rows)
        figure = self.edition[rows] * n_figures + out.unit * n_periods + out.period
        # One row for what several residues were shown with.
        is_first = np.ones(rows.size, dtype=bool)
        is_first[1:] = (np.diff(figure) != 0) | (np.diff(out.atom) != 0) | (np.diff(out.piece) != 0)
        rows, figure, out = rows[is_first], figure[is_first], out.rows(is_first)
        is_now = np.zeros((int(self.group_of.max(initial=-1)) + 2, n_periods), dtype=bool)
        is_now[self.group_of[cells // n_periods], cells % n_periods] = True
        # The last row is of what is held no more.
        is_same = is_now[self.group[rows], out.period]
        n_now = np.tile(np.bincount(behind.figure_of(cells), minlength=n_figures), self.n_editions)
        n_then = np.bincount(figure, minlength=n_now.size)
        n_same = np.bincount(figure, is_same, n_now.size)
        is_changed = (n_then != n_now) | (n_same != n_then)
        kept = is_changed[figure]
        edition, out = self.edition[rows][kept], out.rows(kept)
        return [out.rows(edition == one) for one in np.unique(edition).tolist()]


def code_editions(editions: pl.DataFrame, behind: FigureMembers, sites: pl.Series) -> EarlierEditions:
    """Editions in the codes of what is held now.

    Parameters
    ----------
    editions
        From :func:`headworks.jobs.publications.earlier_editions`.
    behind
        Made with these editions.
    sites
        Known sites, sorted.
    """
    names = editions["edition"].unique().sort()
    texts = editions["analytes"].unique().sort()
    coded = code_members(editions, behind.names, sites, behind.atoms, behind.pieces)
    edition = editions["edition"].cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    said = editions["analytes"].cast(pl.Enum(texts)).to_physical().cast(pl.Int64).to_numpy()
    order = np.lexsort((coded.piece, coded.atom, coded.period, coded.unit, edition))
    coded = coded.rows(order)

    def key(members: CodedMembers) -> Codes:
        keys: Codes = (members.unit * behind.atoms.len() + members.atom) * behind.pieces.len() + members.piece
        return keys

    groups, group_of = np.unique(key(behind.held), return_inverse=True)
    place = np.searchsorted(groups, key(coded)).clip(0, max(groups.size - 1, 0))
    is_held = groups[place] == key(coded) if groups.size else np.zeros(place.size, dtype=bool)
    return EarlierEditions(
        members=coded,
        edition=edition[order],
        n_editions=names.len(),
        said=said[order],
        analytes=[frozenset(text.split(";")) for text in texts],
        group=np.where(is_held, place, -1),
        group_of=group_of,
    )
