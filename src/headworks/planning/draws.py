"""Where every random number of a simulation comes from.

Numbers are counter-based: the generator of a purpose, a week and an analyte is found from the seed without drawing anything
before it. So a province simulated for 53 weeks has, bit for bit, the 52 weeks it had before, and one analyte more leaves the
others as they were. The trap is a generator handed from week to week: whatever draws one number more shifts all that follows.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from headworks.core.uncertainty import sigma_log

MOST_SEED = 2**63


class Purpose(IntEnum):
    """What numbers are drawn for; each has a stream of its own. The values are part of the result: never renumber."""

    POPULATIONS = 1
    NETWORK = 2
    SITES = 3
    LEVELS = 4
    DRIFT = 5
    USE = 6
    WEATHER = 7
    SAMPLING = 8
    ANALYSIS = 9
    LIMITS = 10
    OUTAGES = 11
    EVENTS = 12
    NEW_SUBSTANCE = 13


def stream(seed: int, purpose: Purpose, week: int = 0, analyte: int = 0) -> np.random.Generator:
    """The generator of one purpose, week and analyte of a seed (S1).

    Examples
    --------
    >>> later = stream(7, Purpose.USE, week=52).random()
    >>> _ = stream(7, Purpose.USE, week=51).random(1_000)
    >>> stream(7, Purpose.USE, week=52).random() == later
    True
    """
    key = np.array([seed, purpose], dtype=np.uint64)
    counter = np.array([0, 0, week, analyte], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


def mean_one(rng: np.random.Generator, u: float | np.ndarray, size: int | tuple[int, ...]) -> np.ndarray:
    """Log-normal factors with mean one and relative standard deviation ``u`` (S2).

    Examples
    --------
    >>> mean_one(stream(7, Purpose.SAMPLING), 0.0, 3).tolist()
    [1.0, 1.0, 1.0]
    """
    sigma = np.asarray(sigma_log(np.asarray(u, dtype=float)))
    return np.asarray(np.exp(sigma * rng.standard_normal(size) - 0.5 * sigma**2))
