"""Secondary suppression over time: a year with some of its months must give nothing small away.

A figure of a long period is (nearly) the sum of its short ones. A unit that is shown in long periods and withheld in short
ones has one unknown factor in any combination of figures: how often its long figure is taken. In a short period in which both
what is left of it (its block) and what is left of the figure around it are safe, one of the two stands whatever the factor,
and what holds a safe group is safe. So it is enough that each long period has *one* such short period (D5). Where it has
none, the long figure is withheld too.

Two cases need none. What the unit holds may be made up of figures inside it, throughout: then it says nothing of its own.
Or it makes up, with its neighbours, a figure around it that is shown in the short periods, throughout: then its short figures
follow from others, which are safe.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.disclosure.blocks import unsafe_blocks
from headworks.core.disclosure.groups import Index, SiteFlags
from headworks.core.disclosure.incidence import Incidence, published_chains
from headworks.core.disclosure.tiers import TierRule

Mask = npt.NDArray[np.bool_]


class KnownSlots(NamedTuple):
    """What is left of each slot of the shortest periods; ``around`` is the slot around it, -1 for none."""

    has_block: Mask
    is_safe: Mask
    around: Index
    neighbours_safe: Mask


def units_disclosed_over_time(
    shortest: Incidence, known: KnownSlots, long_of_period: Index, asked: Mask, redundant: Mask, in_shortest: Mask
) -> Index:
    """Units whose long figures must be withheld, because with shorter ones they could give something small away.

    Parameters
    ----------
    shortest
        Figures of the shortest periods of which any is shown.
    known
        From :func:`known_slots`.
    long_of_period
        By period code: the long period that holds a short one.
    asked
        By unit: shown in these long periods and in no shorter ones.
    redundant
        By slot: says nothing of its own, from :func:`redundant_slots` of all kinds.
    in_shortest
        By unit: shown in the shortest periods.
    """
    slots = np.flatnonzero(asked[shortest.unit_of] & ~redundant)
    if not slots.size:
        return np.zeros(0, dtype=np.int64)
    around = known.around[slots]
    is_outermost = around < 0
    own_safe = known.has_block[slots] & known.is_safe[slots]
    stands = own_safe & (is_outermost | (known.has_block[around] & known.is_safe[around]))
    is_shared_out = ~is_outermost & ~known.has_block[around] & in_shortest[shortest.unit_of[around]]
    groups, group = _groups(shortest, slots, long_of_period)

    def in_any(mask: Mask) -> Mask:
        result: Mask = np.bincount(group[mask], minlength=groups.size) > 0
        return result

    makes_up = ~in_any(~is_shared_out) & in_any(own_safe & known.neighbours_safe[slots])
    return np.unique(groups[~(in_any(stands) | makes_up)] // (int(long_of_period.max()) + 1))


def redundant_slots(shortest: Incidence, long_of_period: Index, asked: Mask, published: Mask) -> Mask:
    """Slots of units that, throughout a long period, are made up of figures inside them that are shown in periods as short.

    ``published`` are the units that are shown in these long periods or shorter ones.
    """
    slots = np.flatnonzero(asked[shortest.unit_of])
    redundant = np.zeros(shortest.n_slots, dtype=bool)
    if not slots.size:
        return redundant
    chains = published_chains(shortest, published)
    has_block = np.zeros(shortest.n_slots, dtype=bool)
    has_block[shortest.slot[chains.rows[chains.is_owner]]] = True
    groups, group = _groups(shortest, slots, long_of_period)
    is_made_up = np.bincount(group[has_block[slots]], minlength=groups.size) == 0
    redundant[slots[is_made_up[group]]] = True
    return redundant


def _groups(shortest: Incidence, slots: Index, long_of_period: Index) -> tuple[Index, Index]:
    """Codes of unit and long period, and which of them each slot belongs to."""
    n_long = int(long_of_period.max()) + 1
    codes = shortest.unit_of[slots] * n_long + long_of_period[shortest.period_of[slots]]
    groups, group = np.unique(codes, return_inverse=True)
    return groups, group


def known_slots(shortest: Incidence, published: Mask, redundant: Mask, flags: SiteFlags, rule: TierRule) -> KnownSlots:
    """What can be said of the slots when some units are published in periods of any kind.

    Parameters
    ----------
    published
        By unit: shown in periods of any kind.
    redundant
        By slot: says nothing of its own.
    flags, rule
        Of the sites and the tier.
    """
    chains = published_chains(shortest, published, redundant)
    unsafe, has_block = unsafe_blocks(shortest, chains, flags, rule)
    slot = shortest.slot[chains.rows]
    around = np.full(shortest.n_slots, -1, dtype=np.int64)
    inner = np.flatnonzero(np.append(~chains.is_owner[1:], False))
    around[slot[inner]] = slot[inner + 1]
    spoilt = np.zeros(shortest.n_slots, dtype=bool)
    spoilt[around[unsafe & (around >= 0)]] = True
    neighbours_safe = (around >= 0) & ~spoilt[around]
    return KnownSlots(has_block, has_block & ~unsafe, around, neighbours_safe)
