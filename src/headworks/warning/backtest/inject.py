r"""Outbreaks laid on days of load: the load of a day is multiplied by the factor of its week.

    step       factor = size                                  for all its weeks
    lognormal  factor = 1 + (size - 1) s_k / max s,           s the shares of (H12) by week                     (Y1)

A censored day lies somewhere below its limit, evenly; multiplied it may be seen. The trap: an outbreak may hide in the noise
of the history it is laid on; what a detector makes of the history itself must be reckoned apart.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import UsageError
from headworks.warning.scenarios import delay_shares

Array = npt.NDArray[np.float64]
SHAPES = ("step", "lognormal")
LEVELS = {"province": 1, "city": 2, "county": 3, "town": 4, "village": 5, "site": 6}
_MOST_WEEKS = 26
_EXAMPLE = "Write: size=2,shape=step,level=county,weeks=4"
_PART = re.compile(r"\s*(\w+)\s*=\s*([\w.]+)\s*")


class Outbreak(NamedTuple):
    """Factor at its height, shape, level of the unit it is laid on, and how many weeks it lasts."""

    size: float = 2.0
    shape: str = "step"
    level: int = 3
    weeks: int = 4


def parse_injection(words: str) -> Outbreak:
    """An outbreak from words such as ``size=2,shape=step,level=county,weeks=4``; what is not said is as in this.

    Raises
    ------
    UsageError
        ``HW-U295`` for words that are none, an unknown shape or level, a size of 1 or below 0, more than 26 weeks.

    Examples
    --------
    >>> parse_injection("size=3,level=site")
    Outbreak(size=3.0, shape='step', level=6, weeks=4)
    """
    said = {}
    for part in words.split(","):
        found = _PART.fullmatch(part)
        if found is None or found[1] not in Outbreak._fields:
            raise _refused(part)
        said[found[1]] = found[2]
    shape, level = said.get("shape", "step"), said.get("level", "county")
    if shape not in SHAPES or level not in LEVELS:
        raise _refused(f"shape={shape}, level={level}")
    try:
        outbreak = Outbreak(float(said.get("size", 2)), shape, LEVELS[level], int(said.get("weeks", 4)))
    except ValueError as problem:
        raise _refused(words) from problem
    if not (outbreak.size > 0 and outbreak.size != 1 and 1 <= outbreak.weeks <= _MOST_WEEKS):
        raise _refused(words)
    return outbreak


def _refused(found: str) -> UsageError:
    return UsageError("This is no outbreak to lay on a history.", found=found, remedy=_EXAMPLE, code="HW-U295")


def outbreak_factors(outbreak: Outbreak) -> Array:
    """Factor of the load in each of its weeks (Y1).

    Examples
    --------
    >>> outbreak_factors(Outbreak(weeks=2)).tolist()
    [2.0, 2.0]
    >>> outbreak_factors(Outbreak(shape="lognormal", weeks=3)).round(2).tolist()
    [2.0, 1.83, 1.14]
    """
    if outbreak.shape == "step":
        return np.full(outbreak.weeks, outbreak.size)
    shares = np.zeros(outbreak.weeks)
    known = delay_shares()[: outbreak.weeks]
    shares[: known.size] = known
    result: Array = 1.0 + (outbreak.size - 1.0) * shares / shares.max()
    return result


def injected(value: Array, limit: Array, factor: Array, uniform: Array) -> tuple[Array, Array]:
    """Values and limits of days whose loads are multiplied.

    Parameters
    ----------
    value, limit
        Of days; a value that is not a number is below its limit.
    factor
        Of each day, 1 without an outbreak.
    uniform
        Between 0 and 1: where below its limit a censored day lies.

    Returns
    -------
    tuple
        Values, and limits, which stay.

    Examples
    --------
    A day of 5; one below 10 that lies at 8, which thrice as high is seen.

    >>> injected(np.array([5.0, np.nan]), np.array([np.nan, 10.0]), np.array([2.0, 3.0]), np.array([0.5, 0.8]))[0].tolist()
    [10.0, 24.0]
    """
    hidden = uniform * limit * factor
    with np.errstate(invalid="ignore"):
        seen = np.isnan(value) & (factor != 1.0) & (hidden > limit)
    return np.where(seen, hidden, value * factor), limit
