"""Quiet series to watch."""

import numpy as np

# Mean range of two standard normal numbers.
D2 = 2 / np.sqrt(np.pi)
# Values 1 and 3 in turn: mean 2, every moving range 2, sigma 2 / D2.
FIRST = [1.0, 3.0] * 5
SIGMA = 2 / D2


def watched(*points: float) -> tuple[list[list[float]], list[bool]]:
    """The first phase and points after it, in sigma from the centre."""
    return [[*FIRST, *(2.0 + SIGMA * z for z in points)]], [True] * 10 + [False] * len(points)


def quiet(n_series: int, n_first: int, n_after: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Normal noise and the flags of its first phase."""
    flags = np.arange(n_first + n_after) < n_first
    return np.random.default_rng(seed).standard_normal((n_series, flags.size)), flags
