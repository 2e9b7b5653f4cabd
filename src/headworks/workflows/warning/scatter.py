r"""Standard normals made to keep their promise: a week in which everybody scatters, and a law that is too shy or too bold.

    z' = z / max(1, s_w),   s_w = 1.4826 median |z| over the units of a level in a week                      (Y5)

so a festival, a storm or a bad week of a laboratory, which moves most units one way or the other, is no evidence about any.
Then each series is held against its own scatter (Y8), and each residue's places against those that its units of a level had
before (H13), on either side. The trap: the past holds real events as well, which makes this shy, never bold.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from headworks.warning.evidence import recalibrate
from headworks.warning.evidence.recalibrate import FEWEST
from headworks.workflows.warning.kinds import LONGEST_REACH
from headworks.workflows.warning.units import SITE_LEVEL, Units

Array = npt.NDArray[np.float64]
_OF_MAD = 1.4826
# Fewer units do not tell how a week scatters.
_FEWEST_UNITS = 20
_LEAST_P = 1e-300
# A series' own scatter counts as much as that of all once it has so many weeks; where its squares are cut.
_NU, _CUT = 10.0, 3.0


def evened_out(z: Array, units: Units) -> Array:
    """Normals of one residue, ``(n_units, n_weeks)``, less what a wild week makes of all (Y5).

    Examples
    --------
    A week in which everybody is two off is no evidence; another stays as it is.

    >>> sites = Units(tuple("s%d" % i for i in range(20)), np.full(20, 6), np.full(20, -1), np.full(20, -1),
    ...               np.vstack([np.full((5, 20), -1), np.arange(20)]))
    >>> z = np.column_stack([np.tile([-2.0, 2.0], 10), np.tile([-0.5, 0.5], 10)])
    >>> evened_out(z, sites)[1].round(2).tolist()
    [0.67, 0.5]
    """
    found = z.copy()
    with warnings.catch_warnings():
        # A week without any unit has no median, and nothing to divide.
        warnings.simplefilter("ignore", RuntimeWarning)
        for level in np.unique(units.level):
            mine = np.flatnonzero(units.level == level)
            enough = (~np.isnan(z[mine])).sum(axis=0) >= _FEWEST_UNITS
            spread = _OF_MAD * np.nanmedian(np.abs(z[mine]), axis=0)
            found[mine] /= np.where(enough, np.maximum(spread, 1.0), 1.0)
    return found


def own_spread(z: Array, n_before: int) -> Array:
    r"""Normals over how widely those of their own series scattered before, drawn towards 1 (Y8).

        s^2 = max(1, (NU + sum z^2) / (NU + n))

    A series whose days always scattered more than its setting says has not changed. The sum cuts ``z`` at 3, so that one
    event of the past does not hide the next.

    Examples
    --------
    Ten weeks at 2 weigh as much as ten at 1: sqrt((10 + 40) / 20).

    >>> own_spread(np.full((1, 11), 2.0), 10)[0, -1].round(4).item()
    1.2649
    """
    earlier = np.clip(z[..., :n_before], -_CUT, _CUT)
    n = np.count_nonzero(~np.isnan(earlier), axis=-1)
    spread = np.sqrt(np.maximum((_NU + np.nansum(earlier**2, axis=-1)) / (_NU + n), 1.0))
    result: Array = z / spread[..., None]
    return result


def recalibrated(z: Array, n_before: int) -> Array:
    """Normals whose places are uniform among those of the weeks before (H13); as they are where there are too few.

    Parameters
    ----------
    z
        Any shape, weeks last.
    n_before
        The weeks before this one are held against.
    """
    earlier = z[..., :n_before]
    if np.count_nonzero(~np.isnan(earlier)) < FEWEST:
        return z
    # Never bolder than the law: far out, a few thousand weeks tell how often, not how far.
    above = np.fmax(recalibrate(ndtr(-z), ndtr(-earlier)), ndtr(-z))
    below = np.fmax(recalibrate(ndtr(z), ndtr(earlier)), ndtr(z))
    up, down = -ndtri(np.maximum(above, _LEAST_P)), ndtri(np.maximum(below, _LEAST_P))
    result: Array = np.where(z >= 0, np.maximum(up, 0.0), np.minimum(down, 0.0))
    return result


def recalibrated_by_kind(z: Array, units: Units, n_before: int) -> Array:
    """Normals of all residues, ``(n_residues, n_units, n_weeks)``: residue by residue and level by level.

    Areas of a level with too few weeks before are held against all other such areas: many small ones, whose laws are shy,
    would hide how bold those of the large ones are.
    """
    found = own_spread(z, max(n_before - LONGEST_REACH, 0))
    # A residue that spreads would make the past of all others look wild.
    for residue in found:
        known = np.count_nonzero(~np.isnan(residue[:, :n_before]), axis=1)
        alone = np.array([known[units.level == level].sum() >= FEWEST for level in range(SITE_LEVEL + 1)])
        group = np.where(alone[units.level] | (units.level == SITE_LEVEL), units.level, 0)
        for one in np.unique(group):
            residue[group == one] = recalibrated(residue[group == one], n_before)
    return found
