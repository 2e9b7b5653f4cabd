r"""Evidence of each kind of departure, added up over the newest weeks, as p-values of each week.

A large departure shows in the last three samples (X1). For one that shows slowly a week's bet is that of the room ``warning``
(H8), (H9); it may have begun in any of the last ``L`` weeks, so

    e_t = (1/L) sum_(s = t-L+1 .. t) prod_(s .. t) bet,      p_t = min(1, 1/e_t)                             (Y6)

is an e-value, being the mean of some. Upwards both are asked, and the smaller p-value is doubled. The trap: a week without a
sample bets nothing (1), and a unit that was not sampled in the week is not assessed in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.warning.budget import recent_p
from headworks.warning.evidence import rise_evidence, scatter_evidence

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# A slow rise and a change of scatter show in a quarter, if at all.
LONGEST_REACH = 13
# Scatter needs so many weeks with a sample.
LEAST_WEEKS_OF_SCATTER = 6
SAMPLES = 3


class Family(NamedTuple):
    """Name, p-value of each week from normals with weeks last, and the kind of signal a week's evidence is."""

    name: str
    p: Callable[[Array], Array]


def slow_evidence(z: Array, bet: Callable[[npt.ArrayLike], Array], reach: int = LONGEST_REACH) -> tuple[Array, Index]:
    """e-value of each week (Y6), and how many weeks before it that began which says most.

    Parameters
    ----------
    z
        Standard normals, weeks last; not a number without a sample.
    bet
        e-values of single weeks.
    reach
        Weeks in which it may have begun.

    Examples
    --------
    Two begins: the bet of the week itself, and its product with that of the week before.

    >>> e, back = slow_evidence(np.array([[2.0, 2.0]]), rise_evidence, 2)
    >>> bet = rise_evidence([2.0])[0]
    >>> bool(np.isclose(e[0, 1], (bet + bet**2) / 2)), back.tolist()
    (True, [[0, 1]])
    """
    bets = bet(z)
    running, total = np.ones(z.shape), np.zeros(z.shape)
    best, back = np.zeros(z.shape), np.zeros(z.shape, dtype=np.int64)
    for step in range(min(reach, z.shape[-1])):
        shifted = np.ones(z.shape)
        shifted[..., step:] = bets[..., : z.shape[-1] - step] if step else bets
        running = running * shifted
        total += running
        better = running > best * (1 + 1e-12)
        best, back = np.where(better, running, best), np.where(better, step, back)
    return total / reach, back


def p_up(z: Array) -> Array:
    """p-value of each week against a rise, sudden or slow; not a number where there is no sample.

    Examples
    --------
    Alone, 3 has 0.00135; asked in two ways, twice that.

    >>> p_up(np.array([[3.0]])).round(4).tolist()
    [[0.0027]]
    """
    sudden, slow = recent_p(z), 1.0 / np.maximum(slow_evidence(z, rise_evidence)[0], 1e-300)
    return _known(z, np.minimum(1.0, 2.0 * np.fmin(sudden, slow)))


def p_down(z: Array) -> Array:
    """p-value of each week against a drop.

    Examples
    --------
    >>> p_down(np.array([[-3.0]])).round(5).tolist()
    [[0.00135]]
    """
    return _known(z, recent_p(-z))


def p_scatter(z: Array) -> Array:
    """p-value of each week against days that scatter more, or less, than they did."""
    known = ~np.isnan(z)
    counted = np.cumsum(known, axis=-1)
    recent = counted.copy()
    recent[..., LONGEST_REACH:] -= counted[..., :-LONGEST_REACH]
    found = np.minimum(1.0, 1.0 / np.maximum(slow_evidence(z, scatter_evidence)[0], 1e-300))
    result: Array = np.where(known & (recent >= LEAST_WEEKS_OF_SCATTER), found, np.nan)
    return result


def p_either(z: Array) -> Array:
    """p-value of each week against a departure in either direction.

    Examples
    --------
    >>> p_either(np.array([[-3.0]])).round(4).tolist()
    [[0.0027]]
    """
    return _known(z, np.minimum(1.0, 2.0 * np.fmin(recent_p(z), recent_p(-z))))


def _known(z: Array, p: Array) -> Array:
    result: Array = np.where(np.isnan(z), np.nan, p)
    return result


UP, DOWN = Family("up", p_up), Family("down", p_down)
SCATTER, RATIO = Family("scatter", p_scatter), Family("ratio", p_either)
FAMILIES = (UP, DOWN, SCATTER, RATIO)


def kind_and_begin(z: Array, family: Family) -> tuple[str, int]:
    """The kind of signal that one unit's weeks make as of the last, and the week it began in.

    Parameters
    ----------
    z
        Weeks of one unit up to the week, shape ``(n_weeks,)``.
    family
        What was asked.

    Examples
    --------
    >>> kind_and_begin(np.array([0.0, 0.2, 4.0, 4.5]), UP), kind_and_begin(np.full(20, 1.4), UP)
    (('exceedance', 2), ('rise', 7))
    """
    last = z.size - 1
    if family is SCATTER:
        return "variance", max(0, last - int(slow_evidence(z, scatter_evidence)[1][-1]))
    if family is UP:
        evidence, back = slow_evidence(z, rise_evidence)
        if 1.0 / evidence[-1] < recent_p(z)[-1]:
            return "rise", last - int(back[-1])
    sign = -1.0 if family is DOWN or (family is RATIO and z[last] < 0) else 1.0
    names = {"up": "exceedance", "down": "drop", "ratio": "ratio"}
    return names[family.name], _begin_of_sum(sign * z)


def _begin_of_sum(z: Array) -> int:
    """First week of the sum over the last samples that stands out most."""
    places = np.flatnonzero(~np.isnan(z))[::-1][:SAMPLES]
    sums = np.cumsum(z[places]) / np.sqrt(np.arange(1, places.size + 1))
    return int(places[int(np.argmax(sums))]) if places.size else z.size - 1
