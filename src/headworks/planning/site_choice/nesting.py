"""Whose sewage passes which sites: the people of a site that pass none before it, and the way downstream.

The trap: registers say how many people drain to each site, not how they overlap. A site downstream has at least the people of
all sites next upstream of it; where the register says fewer, what it says of those upstream counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import UsageError

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
NOWHERE = -1


class Nesting(NamedTuple):
    """By row of the table of sites: the row next downstream or -1, people whose sewage passes, people who pass none before."""

    following: Index
    passing: Array
    own: Array

    def pairs(self) -> tuple[Index, Index]:
        """Every site with every site that its sewage passes later.

        Examples
        --------
        >>> chain = Nesting(np.array([1, 2, -1]), np.ones(3), np.ones(3))
        >>> [rows.tolist() for rows in chain.pairs()]
        [[0, 1, 0], [1, 2, 2]]
        """
        upstream, downstream = [], []
        rows = np.arange(self.following.size)
        at = self.following.copy()
        while np.any(at != NOWHERE):
            keep = at != NOWHERE
            rows, at = rows[keep], at[keep]
            upstream.append(rows)
            downstream.append(at)
            at = self.following[at]
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *upstream]), np.concatenate([none, *downstream])


def nesting(sites: pl.DataFrame) -> Nesting:
    """Nesting of sites.

    Parameters
    ----------
    sites
        ``site_id``, ``downstream_id`` (empty, or not in the table, ends the way), ``population``.

    Raises
    ------
    UsageError
        ``HW-U188`` when sewage flows in a circle.

    Examples
    --------
    >>> sites = pl.DataFrame({"site_id": ["plant", "town", "village"], "downstream_id": [None, "plant", "town"],
    ...                       "population": [900.0, 100.0, 150.0]})
    >>> found = nesting(sites)
    >>> found.passing.tolist(), found.own.tolist()
    ([900.0, 150.0, 150.0], [750.0, 0.0, 150.0])
    """
    row_of = {site: row for row, site in enumerate(sites["site_id"])}
    following = np.array([row_of.get(name, NOWHERE) for name in sites["downstream_id"]], dtype=np.int64)
    said = sites["population"].fill_null(0.0).to_numpy().astype(np.float64)
    waiting = np.bincount(following[following != NOWHERE], minlength=following.size)
    ready = [int(row) for row in np.flatnonzero(waiting == 0)]
    upstream, passing = np.zeros_like(said), said.copy()
    done = 0
    while done < len(ready):
        row = ready[done]
        done += 1
        passing[row] = max(said[row], upstream[row])
        after = int(following[row])
        if after != NOWHERE:
            upstream[after] += passing[row]
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
    if done < following.size:
        circle = sites["site_id"].gather(np.flatnonzero(waiting > 0)).to_list()
        raise UsageError(
            "Catchments lie in one another in a circle.",
            where="sites, upstream_of",
            found=", ".join(circle[:10]),
            remedy="Leave upstream_of empty at the site that is furthest downstream",
            code="HW-U188",
        )
    return Nesting(following, passing, passing - upstream)
