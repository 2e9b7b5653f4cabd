r"""Do small excesses add up? The Poisson CUSUM of Rossi, Lampugnani and Marchi (1999).

With ``m`` the expected count,

    S_t = max(0, S_(t-1) + x_t - k),   alarm where S_t >= h                                                        (F9)
    x = (y - m) / m^(1/2)  (standard),   x = (y - 3 m + 2 (m y)^(1/2)) / (2 m^(1/2))  (rossi)                       (F10)

``m`` is the mean of all steps before the first one assessed, a number, or of a Poisson model of these with a yearly wave
("glm"),

    log m_t = a + c cos(2 pi t / freq) + d sin(2 pi t / freq)                                                       (F11)

The threshold is the count that would have made ``S_t`` reach ``h``; ``standard`` takes it up to a whole case. Once the sum
is far above ``h`` no count is small enough, and the threshold of ``rossi`` means nothing (the reference gives the square of
a root that is below zero); the alarm is right.

**A missing step** leaves the sum as it was.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from headworks.warning.peers.answers import NO_CASES, NO_FIT, NOT_OBSERVED, TOO_SHORT, Answers
from headworks.warning.peers.counts import Array, Counts, Index

# As R's glm, whose predictions these are compared with.
_CLOSE, _MOST_STEPS = 1e-8, 25


def cusum(counts: Counts, freq: int, control: dict[str, Any]) -> Answers:
    """Thresholds and alarms of the cumulative sums that start with the first step assessed.

    Parameters
    ----------
    counts
        Counts by series and step; those before the first step assessed give the expected count.
    freq
        Steps a year.
    control
        Settings, as :func:`headworks.warning.peers.control.control_of` gives them.

    Returns
    -------
    Answers
        With ``expected`` and ``score``, the sum.
    """
    expected = _expected(counts, freq, control["m"])
    seen, root, k, h = counts.assessed, np.sqrt(expected), control["k"], control["h"]
    threshold, sums = np.full(seen.shape, np.nan), np.zeros(seen.shape)
    running = np.zeros(seen.shape[0])
    for step in range(seen.shape[1]):
        m, r, y = expected[:, step], root[:, step], seen[:, step]
        room = h + k - running
        with np.errstate(invalid="ignore", divide="ignore"):
            if control["trans"] == "standard":
                threshold[:, step] = np.maximum(np.ceil(m + r * room), 0.0)
                x = (y - m) / r
            else:
                inner = 4.0 * m + 2.0 * r * room
                threshold[:, step] = np.where(inner >= 0, (np.sqrt(np.maximum(inner, 0.0)) - r) ** 2, 0.0)
                x = (y - 3.0 * m + 2.0 * np.sqrt(m * y)) / (2.0 * r)
        running = np.where(np.isfinite(x), np.maximum(running + x - k, 0.0), running)
        sums[:, step] = running
        if control["reset"]:
            running = np.where(running >= h, 0.0, running)
    answers = Answers(threshold, sums >= h)
    answers.extra = {"expected": expected, "score": sums}
    answers.cannot(np.isnan(seen), NOT_OBSERVED)
    if not isinstance(control["m"], (int, float)):
        before = np.isfinite(counts.observed[:, : counts.columns[0]]).sum(axis=1) if counts.columns.size else np.zeros(0)
        answers.cannot(np.broadcast_to((before == 0)[:, None], seen.shape), TOO_SHORT)
    answers.cannot(expected == 0, NO_CASES, keeps_threshold=True)
    answers.cannot(~np.isfinite(expected), NO_FIT)
    return answers


def _expected(counts: Counts, freq: int, m: float | str | None) -> Array:
    """Expected count of each step assessed, nan where there is none."""
    shape = counts.assessed.shape
    if isinstance(m, (int, float)):
        return np.full(shape, float(m))
    past = counts.observed[:, : counts.columns[0]] if counts.columns.size else counts.observed[:, :0]
    there = np.isfinite(past)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, past, 0.0).sum(axis=1) / there.sum(axis=1)
    if m is None:
        return np.broadcast_to(mean[:, None], shape).copy()
    # Steps are counted from the first of each series, as in the reference; where the wave begins changes nothing else.
    return yearly_wave(past, np.arange(past.shape[1]), counts.columns, freq)


def yearly_wave(past: Array, at: Index, wanted: Index, freq: int) -> Array:
    """Expected counts by (F11), fitted to each series.

    Parameters
    ----------
    past
        Counts, shape ``(n_series, n_past)``, nan where missing.
    at, wanted
        Steps of the counts, and steps wanted.
    freq
        Steps a year.

    Returns
    -------
    Array
        Shape ``(n_series, n_wanted)``; nan where a series has fewer than three values.

    Examples
    --------
    A constant has no wave.

    >>> yearly_wave(np.full((1, 24), 5.0), np.arange(24), np.array([24]), 12).round(6).tolist()
    [[5.0]]
    """
    there = np.isfinite(past)
    y = np.where(there, past, 0.0)
    design = _wave(at, freq)
    mu = np.where(there, y + 0.1, 1.0)
    eta = np.log(mu)
    coefficients = np.zeros((past.shape[0], 3))
    deviance, open_ = _deviance(y, mu, there), there.sum(axis=1) >= 3
    result_known = open_.copy()
    for _ in range(_MOST_STEPS):
        if not open_.any():
            break
        weight = np.where(there[open_], mu[open_], 0.0)
        working = eta[open_] + (y[open_] - mu[open_]) / mu[open_]
        left = np.einsum("st,ti,tj->sij", weight, design, design, optimize=True)
        right = np.einsum("st,ti->si", weight * working, design)
        coefficients[open_] = (np.linalg.pinv(left, hermitian=True) @ right[:, :, None])[:, :, 0]
        eta[open_] = coefficients[open_] @ design.T
        mu[open_] = np.maximum(np.exp(np.minimum(eta[open_], 700.0)), np.finfo(np.float64).eps)
        before, deviance = deviance, _deviance(y, mu, there)
        # A series that has arrived stays: its result must not hang on how long the others take.
        open_ = open_ & (np.abs(deviance - before) >= _CLOSE * (np.abs(deviance) + 0.1))
    return np.where(result_known[:, None], np.exp(coefficients @ _wave(wanted, freq).T), np.nan)


def _wave(at: Index, freq: int) -> Array:
    angle = 2.0 * np.pi * at / freq
    return np.column_stack([np.ones(at.size), np.cos(angle), np.sin(angle)])


def _deviance(y: Array, mu: Array, there: Array) -> Array:
    terms = y * np.log(np.where(y > 0, y, 1.0) / np.where(y > 0, mu, 1.0)) - (y - mu)
    total: Array = 2.0 * np.where(there, terms, 0.0).sum(axis=1)
    return total
