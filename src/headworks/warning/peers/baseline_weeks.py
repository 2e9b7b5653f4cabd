"""Which earlier steps a step is compared with, and the part of the year each stands for.

Farrington et al. (1996) compare with the ``2 w + 1`` steps around the same time in each of ``b`` earlier years. Noufaily et
al. (2013) use all steps between as well: the steps between two such windows are cut into ``no_periods - 1`` blocks of equal
length (the first ones a step longer where that does not divide), and every block of the year has a level of its own. The
latest steps are left out, so that an outbreak under way does not enter its own baseline.

The trap: years are ``freq`` steps, exactly. A calendar year has 52.18 weeks; over five years the window drifts by a day a
year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from headworks.warning.peers.counts import Index


class BaselineWeeks(NamedTuple):
    """Distances to earlier steps (below 0, in order of time), and the level of each: 0 is the time of year assessed."""

    offset: Index
    level: Index
    n_levels: int


def baseline_weeks(b: int, w: int, freq: int, no_periods: int, past_weeks_not_included: int) -> BaselineWeeks:
    """Steps and levels of the baseline, the same for every step assessed.

    Parameters
    ----------
    b, w
        Years back, and steps on either side of the same time of year.
    freq
        Steps a year.
    no_periods
        Levels of the year; 1 compares with the windows alone.
    past_weeks_not_included
        Steps right before the one assessed that are left out.

    Examples
    --------
    One year back, a step either side, and the nine months between in three blocks of three; the last six months are left out.

    >>> found = baseline_weeks(b=1, w=1, freq=12, no_periods=4, past_weeks_not_included=6)
    >>> found.offset.tolist(), found.level.tolist()
    ([-13, -12, -11, -10, -9, -8, -7], [0, 0, 0, 1, 1, 1, 2])
    """
    # Blocks after the window of a year; the window of this year is level 0 as well, where it is not left out.
    distance = np.arange(-b * freq - w, -past_weeks_not_included, dtype=np.int64)
    since_window = (distance + w) % freq
    between = since_window - (2 * w + 1)
    shortest, longer = divmod(freq - 2 * w - 1, max(no_periods - 1, 1))
    # The first blocks after the window are a step longer, as many as there are steps left over.
    in_longer = between // (shortest + 1)
    in_others = longer + (between - longer * (shortest + 1)) // max(shortest, 1)
    level = np.where(between < 0, 0, 1 + np.where(in_longer < longer, in_longer, in_others))
    kept = (between < 0) & (distance < -w) if no_periods == 1 else np.ones(distance.size, dtype=bool)
    return BaselineWeeks(distance[kept], level[kept], int(level[kept].max(initial=0)) + 1)
