"""Whether a group of people may be spoken of, to a tier of readers.

A group is safe when

    people >= floor                                                                                     (D1)
    sites >= minimum, or residents of named sites >= floor                                              (D2)
    largest share <= dominance, or people - largest >= floor, or the largest could be shown alone       (D3)

Each of the three stays true when more people join the group, whoever they are: *what holds a safe group is safe*. Everything
in this package rests on that. An institution adds neither people nor a site before a tier that is not shown institutions.

The equations are in ``docs/methods/disclosure.md``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.disclosure.tiers import TierRule

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SAFE, POPULATION, SITES, DOMINANCE = 0, 1, 2, 3
# A sum of shares of people may fall short of their number in the last digits.
_ROUNDING = 1e-6


class SiteFlags(NamedTuple):
    """By site code: published by name with consent; an institution."""

    is_named: Mask
    is_institution: Mask


def judge_groups(group: Index, site: Index, people: Array, flags: SiteFlags, n_groups: int, rule: TierRule) -> Index:
    """Verdict on each group: safe, or the first of (D1) to (D3) that it breaks.

    Parameters
    ----------
    group, site
        Codes, one entry per group and catchment, in any order.
    people
        Residents of the entry.
    flags
        By site code.
    n_groups
        A group without an entry is broken by (D1).
    rule
        The tier's.

    Returns
    -------
    np.ndarray
        ``SAFE``, ``POPULATION``, ``SITES`` or ``DOMINANCE``, shape ``(n_groups,)``.

    Examples
    --------
    >>> from headworks.core.disclosure import tier_rule
    >>> flags = SiteFlags(np.zeros(3, bool), np.zeros(3, bool))
    >>> judge_groups(np.array([0, 0, 1]), np.array([0, 1, 2]), np.array([15e3, 6e3, 3e4]), flags, 2, tier_rule("public"))
    array([0, 2])
    """
    order = by_group_and_site(group, site, flags)
    return judge_sorted_groups(group[order], site[order], people[order], flags, n_groups, rule)


def by_group_and_site(group: Index, site: Index, flags: SiteFlags) -> Index:
    """The order in which entries of a group stand together, and in it those of a site."""
    order: Index = np.argsort(group * flags.is_named.size + site, kind="stable")
    return order


def judge_sorted_groups(group: Index, site: Index, people: Array, flags: SiteFlags, n_groups: int, rule: TierRule) -> Index:
    """As :func:`judge_groups`, of entries that stand in the order of :func:`by_group_and_site`."""
    if not group.size:
        return np.full(n_groups, POPULATION, dtype=np.int64)
    first = np.flatnonzero((np.diff(group, prepend=-1) != 0) | (np.diff(site, prepend=-1) != 0))
    summed = np.add.reduceat(people, first)
    of_group, of_site = group[first], site[first]
    counts = ~flags.is_institution[of_site] | rule.shows_institutions
    summed = np.where(counts, summed, 0.0)
    stands = np.where(counts & (flags.is_named[of_site] | (rule.min_sites <= 1)), summed, 0.0)

    starts = np.flatnonzero(np.diff(of_group, prepend=-1))
    present = of_group[starts]
    total, n_sites, named = (
        np.add.reduceat(values, starts)
        for values in (summed, counts.astype(np.float64), np.where(flags.is_named[of_site], summed, 0.0))
    )
    largest, standing = np.maximum.reduceat(summed, starts), np.maximum.reduceat(stands, starts)
    floor = rule.floor - _ROUNDING
    is_mixed = (largest <= rule.dominance * total) | (total - largest >= floor)
    stands_alone = (standing >= largest) & (largest >= floor)
    verdict = np.full(n_groups, POPULATION, dtype=np.int64)
    verdict[present] = np.where(
        total < floor,
        POPULATION,
        np.where((n_sites < rule.min_sites) & (named < floor), SITES, np.where(is_mixed | stands_alone, SAFE, DOMINANCE)),
    )
    return verdict
