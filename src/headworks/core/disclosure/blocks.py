"""Secondary suppression within a period: no figure may be what is left of another.

Of every published figure, what is left after all published figures inside it are subtracted (its block, D4) must be empty or
safe. Where it is not, the figure with the fewest residents among those inside is withheld too, and joins the block; where
there is none inside, the figure itself. A unit is withheld in all periods of one kind and year or in none, so no pattern in
time gives a period away.

In a family without crossings this is all: every linear combination of the published figures has whole blocks in it, and what
holds a safe group is safe.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.disclosure.groups import SAFE, Index, SiteFlags, judge_sorted_groups
from headworks.core.disclosure.incidence import Chains, Incidence, published_chains
from headworks.core.disclosure.tiers import TierRule

Mask = npt.NDArray[np.bool_]


def verdict_on_slots(incidence: Incidence, flags: SiteFlags, rule: TierRule) -> Index:
    """Verdict on each figure by itself, one per slot."""
    return _judged(incidence, incidence.by_site, flags, rule)


def _judged(incidence: Incidence, rows: Index, flags: SiteFlags, rule: TierRule) -> Index:
    """Verdict on the slots of some entries, which stand in the order of ``by_site``."""
    slot, site, people = incidence.slot[rows], incidence.site[rows], incidence.people[rows]
    return judge_sorted_groups(slot, site, people, flags, incidence.n_slots, rule)


def hide_blocks(incidence: Incidence, published: Mask, fixed: Mask, flags: SiteFlags, rule: TierRule) -> Mask:
    """Units that may be published.

    Parameters
    ----------
    incidence
        Figures of one kind of period.
    published
        By unit: not withheld so far.
    fixed
        By unit: out already, in an earlier edition; cannot be withheld.
    flags, rule
        Of the sites and the tier.

    Returns
    -------
    np.ndarray
        By unit; a subset of ``published``.
    """
    published = published.copy()
    # What an earlier edition gave away cannot be taken back; it must not keep others from being mended.
    is_lost = np.zeros(incidence.n_slots, dtype=bool)
    while True:
        chains = published_chains(incidence, published)
        unsafe, has_block = unsafe_blocks(incidence, chains, flags, rule)
        unsafe &= ~is_lost
        if not unsafe.any():
            return published
        mending = _innermost(incidence, chains, unsafe)
        withheld = _choose(incidence, chains, mending, has_block, fixed)
        if withheld.size:
            published[withheld] = False
        else:
            is_lost |= mending


def unsafe_blocks(incidence: Incidence, chains: Chains, flags: SiteFlags, rule: TierRule) -> tuple[Mask, Mask]:
    """By slot: whether it has a block that is not safe, and whether it has a block at all."""
    is_owner = np.zeros(incidence.slot.size, dtype=bool)
    is_owner[chains.rows[chains.is_owner]] = True
    verdict = _judged(incidence, incidence.by_site[is_owner[incidence.by_site]], flags, rule)
    has_block = np.zeros(incidence.n_slots, dtype=bool)
    has_block[incidence.slot[is_owner]] = True
    return has_block & (verdict != SAFE), has_block


def _innermost(incidence: Incidence, chains: Chains, unsafe: Mask) -> Mask:
    """Unsafe slots that hold no other unsafe slot: mending the inner may mend the outer."""
    slot = incidence.slot[chains.rows]
    first_of = _first_of_cell(chains)
    before = np.concatenate([[0], np.cumsum(unsafe[slot])])
    is_held = np.zeros(incidence.n_slots, dtype=bool)
    is_held[slot[before[:-1] > before[first_of]]] = True
    innermost = unsafe & ~is_held
    # Crossing figures may hold one another in a circle.
    return innermost if innermost.any() else unsafe


def _first_of_cell(chains: Chains) -> Index:
    """For every entry of the chains, the place of the first one of its cell."""
    starts = np.flatnonzero(chains.is_owner)
    return np.repeat(starts, np.diff(np.append(starts, chains.rows.size)))


def _choose(incidence: Incidence, chains: Chains, mending: Mask, has_block: Mask, fixed: Mask) -> Index:
    """Units to withhold: for each slot to mend the smallest neighbour inside, else the figure itself."""
    slot = incidence.slot[chains.rows]
    inside = np.flatnonzero(~chains.is_owner & mending[slot])
    outer, near, deep = slot[inside], slot[inside - 1], slot[_first_of_cell(chains)[inside]]
    # A neighbour without a block of its own adds nothing until what is inside it is withheld too.
    preference = np.concatenate([np.where(has_block[near], 0, 2), np.full(deep.size, 1)])
    outer, inner = np.concatenate([outer, outer]), np.concatenate([near, deep])
    may = ~fixed[incidence.unit_of[inner]] & (inner != outer)
    outer, inner, preference = outer[may], inner[may], preference[may]
    order = np.lexsort((incidence.unit_of[inner], incidence.slot_people[inner], preference, outer))
    best = order[np.flatnonzero(np.diff(outer[order], prepend=-1))]
    alone = incidence.unit_of[np.setdiff1d(np.flatnonzero(mending), outer)]
    return np.unique(np.concatenate([incidence.unit_of[inner[best]], alone[~fixed[alone]]]))
