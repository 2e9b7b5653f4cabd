"""Secondary suppression over time: a year minus its months must leave nothing small.

A figure of a long period is (nearly) the sum of its short ones. Where a unit is withheld in the short periods and shown in the
long one, what is left of the long figure after every block of short figures inside it is subtracted must be empty or safe
(D5). The unit's own short figures are withheld together, so they are not the danger; others that happen to hold the same
catchments are: a province in a month in which only one of its counties was sampled, or an earlier edition.

A unit that was sampled in one short period only is known there as soon as its long figure is, whatever is withheld: it counts
as shown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.disclosure.blocks import unsafe_blocks
from headworks.core.disclosure.crossings import crossing_pairs
from headworks.core.disclosure.groups import SAFE, Index, SiteFlags, judge_groups
from headworks.core.disclosure.incidence import Incidence, published_chains
from headworks.core.disclosure.tiers import TierRule

Mask = npt.NDArray[np.bool_]


class _Left(NamedTuple):
    """What is left of long figures: rows of the short incidence, the group (a unit in a long period) of each, and its unit."""

    rows: Index
    group: Index
    unit_of: Index
    n_known: Index


def units_disclosed_over_time(
    short: Incidence,
    long_of_period: Index,
    published_short: Mask,
    published_long: Mask,
    flags: SiteFlags,
    rule: TierRule,
) -> Index:
    """Units whose long figures must be withheld, because with shorter ones they give something small away.

    Parameters
    ----------
    short
        Figures of the short periods, published or not.
    long_of_period
        By period code: the long period that holds a short one.
    published_short, published_long
        By unit.
    flags, rule
        Of the sites and the tier.
    """
    left = _left_of_long(short, long_of_period, published_short, published_long)
    if left is None:
        return np.zeros(0, dtype=np.int64)
    # The same catchment in several short periods is one group of people.
    _, once = np.unique(left.group * (int(short.atom.max()) + 1) + short.atom[left.rows], return_index=True)
    rows, group, n_groups = left.rows[once], left.group[once], left.unit_of.size
    verdict = judge_groups(group, short.site[rows], short.people[rows], flags, n_groups, rule)
    is_left = np.bincount(left.group, minlength=n_groups) > 0
    small = left.unit_of[is_left & (left.n_known > 0) & (verdict != SAFE)]
    return np.union1d(small, _known_in_one_period(short, left, published_short, flags, rule))


def _left_of_long(short: Incidence, long_of_period: Index, published_short: Mask, published_long: Mask) -> _Left | None:
    asked = np.flatnonzero((published_long & ~published_short)[short.unit])
    if not asked.size:
        return None
    is_known = _in_known_blocks(short, asked, published_short)
    n_long = int(long_of_period.max()) + 1
    groups, group = np.unique(
        short.unit[asked] * n_long + long_of_period[short.period_of[short.slot[asked]]], return_inverse=True
    )
    n_known = np.bincount(group[is_known], minlength=groups.size)
    return _Left(asked[~is_known], group[~is_known], groups // n_long, n_known)


def _in_known_blocks(short: Incidence, asked: Index, published: Mask) -> Mask:
    """Which cells of withheld slots lie in a block, known by subtraction, that is all inside the slot."""
    chains = published_chains(short, published)
    owners = chains.rows[chains.is_owner]
    owner = np.full(int(short.cell.max()) + 1, -1, dtype=np.int64)
    owner[short.cell[owners]] = short.part[owners]
    block_size = np.bincount(short.part[owners], minlength=short.size_of.size)
    block = owner[short.cell[asked]]
    _, pair, n_inside = np.unique(short.slot[asked] * short.size_of.size + block, return_inverse=True, return_counts=True)
    inside: Mask = (block >= 0) & (n_inside[pair] == block_size[block])
    return inside


def _known_in_one_period(short: Incidence, left: _Left, published_short: Mask, flags: SiteFlags, rule: TierRule) -> Index:
    """Units whose long figure is that of one short period, where it gives something small away."""
    period = short.period_of[short.slot[left.rows]]
    pairs = np.unique(np.stack([left.group, period]), axis=1)
    alone = np.bincount(pairs[0], minlength=left.unit_of.size) == 1
    also = np.zeros(short.n_slots, dtype=bool)
    also[short.slot[left.rows[alone[left.group]]]] = True
    was_unsafe, _ = unsafe_blocks(short, published_chains(short, published_short), flags, rule)
    withheld = np.zeros(0, dtype=np.int64)
    while also.any():
        chains = published_chains(short, published_short, also)
        unsafe, _ = unsafe_blocks(short, chains, flags, rule)
        cells = np.unique(short.cell[chains.rows[(unsafe & ~was_unsafe)[short.slot[chains.rows]]]])
        around = short.slot[chains.rows[np.isin(short.cell[chains.rows], cells)]]
        crossing = np.array([slot for pair in crossing_pairs(short, chains) for slot in pair], dtype=np.int64)
        disclosing = np.unique(np.concatenate([around, crossing]))
        disclosing = disclosing[also[disclosing]]
        if not disclosing.size:
            break
        also[disclosing] = False
        withheld = np.union1d(withheld, short.unit_of[disclosing])
    return withheld
