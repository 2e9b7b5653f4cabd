"""Intervals of a chain of six uncertain inputs, against a NumPy Monte Carlo of 10,000 draws of the same rows.

consumption = C Q F / (P f (1 + s)): four log-normal terms (rsd 5 to 30 %), a beta fraction (mean 0.1 to 0.5, rsd 5 to 30 %), a
normal change in the sewer (sd 1 to 10 points), all drawn anew for each row; out come mean, sd and three quantiles. Rows that
need the quadrature are among those that are timed. The peer is vectorised float64 with NumPy's fastest generator, adds the
logarithms before one exponential, and orders by partition; it is timed on a sample of rows, in turns with us.

Two ratios: per second of wall clock with two threads of ours (the peer has one), and per second of processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from tests.loads.propagation.fine_quadrature import log_quantile

from headworks.loads.propagation import LogNormal, Propagated, PropagationInputs, SewerChange, propagate
from headworks.loads.propagation.inputs import beta_fraction

_ROWS, _PEER_ROWS, _CHECKED_ROWS, _DRAWS, _TURNS = 1_000_000, 100, 300, 10_000, 7
_LEVELS = (0.025, 0.5, 0.975)
_LEAST_RATIO, _MOST_ERROR = 10_000.0, 0.003


def inputs(n_rows: int, seed: int = 1) -> PropagationInputs:
    rng = np.random.default_rng(seed)

    def term(middle: float) -> LogNormal:
        return LogNormal(rng.lognormal(middle, 1.0, n_rows), rng.uniform(0.05, 0.30, n_rows))

    fraction = beta_fraction(rng.uniform(0.1, 0.5, n_rows), rng.uniform(0.05, 0.30, n_rows))
    sewer = SewerChange(rng.uniform(-0.2, 0.1, n_rows), rng.uniform(0.01, 0.10, n_rows))
    return PropagationInputs((term(5.0), term(10.0), term(0.0)), (term(11.0),), fraction, sewer)


def first_rows(given: PropagationInputs, n: int) -> PropagationInputs:
    def cut(term: Any) -> Any:
        return type(term)(*(np.asarray(column)[:n] for column in term))

    return PropagationInputs(
        tuple(cut(term) for term in given.above), tuple(cut(term) for term in given.below), cut(given.excretion),
        cut(given.sewer),
    )  # fmt: skip


def monte_carlo(given: PropagationInputs, n_draws: int, seed: int) -> np.ndarray:
    """Mean, sd and quantiles by drawing; shape (rows, 5)."""
    rng = np.random.Generator(np.random.SFC64(seed))
    terms = [*given.above, *given.below]
    signs = np.array([1.0] * len(given.above) + [-1.0] * len(given.below))
    log_medians = signs @ np.log([np.asarray(term.median) for term in terms])
    sds = np.sqrt(np.log1p(np.square([np.asarray(term.relative_uncertainty) for term in terms])))
    assert given.excretion is not None
    assert given.sewer is not None
    a, b, change, sd = (np.asarray(column) for column in (*given.excretion, *given.sewer))
    places = [(n_draws - 1) * level for level in _LEVELS]
    kth = sorted({int(place) + more for place in places for more in (0, 1)})
    found, z = np.empty((a.size, 5)), np.empty((len(terms) + 1, n_draws))
    for i in range(a.size):
        rng.standard_normal(out=z)
        draws = np.exp(log_medians[i] + (signs * sds[:, i]) @ z[:-1])
        draws /= rng.beta(a[i], b[i], n_draws) * (1.0 + change[i] + sd[i] * z[-1])
        found[i, :2] = draws.mean(), draws.std()
        draws.partition(kth)
        found[i, 2:] = [draws[int(p)] + (p - int(p)) * (draws[int(p) + 1] - draws[int(p)]) for p in places]
    return found


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def worst_error(given: PropagationInputs, found: Propagated, rows: int) -> tuple[float, float, np.ndarray]:
    """Worst and median relative error of the quantiles of the first rows; and the true quantiles, shape (rows, 3)."""
    few = first_rows(given, rows)
    assert few.excretion is not None
    assert few.sewer is not None
    terms = [*few.above, *few.below]
    sigma = np.sqrt(np.log1p(np.square([np.asarray(term.relative_uncertainty) for term in terms])).sum(axis=0))
    scale = np.prod([np.asarray(term.median) for term in few.above], axis=0) / np.asarray(few.below[0].median)
    left = 1.0 + np.asarray(few.sewer.mean)
    ratio = np.asarray(few.sewer.sd) / left
    a, b = (np.asarray(shape) for shape in few.excretion)
    truth = np.empty((rows, 3))
    for i in range(rows):
        for k, level in enumerate(_LEVELS):
            start = np.log(found.quantiles[k, i] / scale[i] * left[i])
            truth[i, k] = np.exp(log_quantile(sigma[i], a[i], b[i], ratio[i], level, start)) * scale[i] / left[i]
    errors = np.abs(found.quantiles[:, :rows].T / truth - 1)
    return float(errors.max()), float(np.median(errors[:, 2])), truth


def measure(threads: int = 2) -> list[dict[str, Any]]:
    given = inputs(_ROWS)
    few = first_rows(given, _PEER_ROWS)
    found = propagate(given, _LEVELS, threads=threads)  # compiles, or loads what was compiled
    monte_carlo(few, _DRAWS, 1)
    ours, peer, ours_alone = [], [], []
    for turn in range(_TURNS):
        ours.append(_timed(lambda: propagate(given, _LEVELS, threads=threads)))
        ours_alone.append(_timed(lambda: propagate(given, _LEVELS, threads=1)))
        peer.append(_timed(lambda turn=turn: monte_carlo(few, _DRAWS, turn)))  # type: ignore[misc]
    wall = _ROWS / min(seconds for seconds, _ in ours), _PEER_ROWS / min(seconds for seconds, _ in peer)
    processor = _ROWS / min(seconds for _, seconds in [*ours, *ours_alone]), _PEER_ROWS / min(seconds for _, seconds in peer)
    error, middle, truth = worst_error(given, found, _CHECKED_ROWS)
    drawn = np.abs(monte_carlo(first_rows(given, _CHECKED_ROWS), _DRAWS, 99)[:, 2:] / truth - 1)
    share = float((found.engine_used == 1).mean())
    return [
        _rate(f"propagation, {threads} threads, wall clock", *wall),
        _rate("propagation, processor time", *processor),
        {"name": f"propagation, worst error of {3 * _CHECKED_ROWS} quantiles ({share:.3%} of rows by quadrature)",
         "ours": error, "peer": float(drawn.max()), "ratio": None, "target": _MOST_ERROR, "met": error <= _MOST_ERROR,
         "unit": "relative"},
        {"name": "propagation, median error at 97.5 %", "ours": middle, "peer": float(np.median(drawn[:, 2])), "ratio": None,
         "target": _MOST_ERROR, "met": middle <= _MOST_ERROR, "unit": "relative"},
    ]  # fmt: skip


def _rate(name: str, ours: float, peer: float) -> dict[str, Any]:
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "target": _LEAST_RATIO,
        "met": ours / peer >= _LEAST_RATIO,
        "unit": "rows/s",
    }


if __name__ == "__main__":
    for row in measure():
        print(row)
