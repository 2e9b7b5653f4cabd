"""Counts, people and loads made into what a scan walks over: values, measures, spans of periods, a way to draw replicates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.warning.clusters.likelihood import BERNOULLI, NORMAL, POISSON
from headworks.warning.clusters.monte_carlo import ScanProblem
from headworks.warning.clusters.random_counts import alias_table, scatter_cases, shuffle_cases, standard_normals
from headworks.warning.clusters.required import require_not_negative

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Drawn = npt.NDArray[np.int32] | Array
# Of a value's variance at least this is its own, however much its neighbours are said to share.
_LEAST_OWN = 0.25


def poisson_problem(cases: Array, expected: Array, periods: Index, least: int, seed: int) -> ScanProblem:
    """Cases against expected ones; both of shape ``(n_sets, n_periods, n_locations)``.

    The expected of each set are scaled to its cases: a replicate places that number of cases by chance (G1).
    """
    _require_counts(cases)
    require_not_negative("expected", expected.reshape(-1, expected.shape[2]).T)
    alone = np.argwhere((expected == 0) & (cases > 0))
    if alone.size:
        raise DataRefused(
            "Cases stand where none are expected.",
            where=f"location {int(alone[0][2])}",
            found=f"{cases[tuple(alone[0])]:g} cases, 0 expected",
            remedy="Give an expected number above 0, however small, or leave the location out",
            code="HW-D723",
        )
    total = cases.sum(axis=(1, 2))
    sums = expected.sum(axis=(1, 2))
    expected = expected * np.divide(total, sums, out=np.zeros_like(sums), where=sums > 0)[:, None, None]
    tables = [alias_table(one.T.ravel()) if number > 0 else None for one, number in zip(expected, total, strict=True)]

    def draw(first: int, drawn: Drawn) -> None:
        for which, table in enumerate(tables):
            counts = np.zeros(drawn.shape[1:], np.int32)
            if table is not None:
                scatter_cases(_key(seed, which), first, int(total[which]), *table, counts)
            drawn[which] = counts

    return ScanProblem(POISSON, cases, _over_spans(expected, periods), periods, total, np.maximum(total, 1.0), least, draw)


def bernoulli_problem(cases: Array, people: Array, periods: Index, least: int, seed: int) -> ScanProblem:
    """Cases among people; shapes as of :func:`poisson_problem`, whole numbers, one data set."""
    _require_counts(cases)
    _require_counts(people)
    over = np.argwhere(cases > people)
    if over.size:
        raise DataRefused(
            "There are more cases than people.",
            where=f"location {int(over[0][2])}",
            found=f"{cases[tuple(over[0])]:g} of {people[tuple(over[0])]:g}",
            remedy="Give cases and those without as one number of people",
            code="HW-D723",
        )
    total, whole = cases.sum(axis=(1, 2)), people.sum(axis=(1, 2))
    # One label for every person, so a replicate is a relabelling of as many cases.
    labels = [np.repeat(np.arange(one.size), one.T.ravel().astype(np.int64)) for one in people]

    def draw(first: int, drawn: Drawn) -> None:
        for which, label in enumerate(labels):
            counts = np.zeros(drawn.shape[1:], np.int32)
            room, nowhere = np.zeros_like(label), np.zeros(0, np.int64)
            shuffle_cases(_key(seed, which), first, int(total[which]), label, nowhere, room, counts)
            drawn[which] = counts

    return ScanProblem(BERNOULLI, cases, _over_spans(people, periods), periods, total, np.maximum(whole, 1.0), least, draw)


def normal_problem(
    value: Array, variance: Array, periods: Index, seed: int, common: Sequence[tuple[Index, float]] = ()
) -> tuple[ScanProblem, float]:
    """Normal values with known variances, and the mean of all; nothing is where a value is not a number.

    Weighted distances from the weighted mean of a data set are scanned (G3); replicates are normal with the same variances,
    of which the effects in ``common`` are a part: labels ``(n_periods, n_locations)``, -1 for none, and a variance.
    """
    is_there = np.isfinite(value)
    bad = np.argwhere(is_there & ~((variance > 0) & np.isfinite(variance)))
    if bad.size:
        raise DataRefused(
            "A value has no variance above 0.",
            where=f"location {int(bad[0][2])}",
            found=f"{variance[tuple(bad[0])]:g}",
            remedy="Give the square of each value's standard uncertainty",
            code="HW-D721",
        )
    weight = np.where(is_there, 1.0 / np.where(is_there, variance, 1.0), 0.0)
    whole = weight.sum(axis=(1, 2))
    divisor = np.where(whole > 0, whole, 1.0)
    mean = (weight * np.where(is_there, value, 0.0)).sum(axis=(1, 2)) / divisor
    distance = weight * np.where(is_there, value - mean[:, None, None], 0.0)
    in_common = sum((size * (label >= 0) for label, size in common), np.zeros(weight.shape[1:]))
    root = np.sqrt(weight * np.maximum(1.0 - weight * in_common, _LEAST_OWN))
    shared = [(*np.unique(label, return_inverse=True), np.sqrt(size)) for label, size in common if size > 0.0]

    def draw(first: int, drawn: Drawn) -> None:
        for which in range(weight.shape[0]):
            noise = np.zeros((weight[which].size, drawn.shape[3]))
            standard_normals(_key(seed, which), first, noise)
            noise = noise.reshape(*weight.shape[1:], -1) * root[which][:, :, None]
            for number, (names, place, deviation) in enumerate(shared, start=weight.shape[0]):
                effect = np.zeros((names.size, drawn.shape[3]))
                standard_normals(_key(seed, number), first, effect)
                effect[names < 0] = 0.0
                noise += weight[which][:, :, None] * deviation * effect[place]
            drawn[which] = noise - weight[which][:, :, None] * (noise.sum(axis=(0, 1)) / divisor[which])

    none = np.zeros(weight.shape[0])
    problem = ScanProblem(NORMAL, distance, _over_spans(weight, periods), periods, none, divisor, 0, draw)
    return problem, float(mean.mean())


def permutation_problem(cases: Array, periods: Index, least: int, seed: int) -> ScanProblem:
    """Cases by place and time; the expected are cases of the place times cases of the span over all cases (G14)."""
    _require_counts(cases)
    counts = cases[0].astype(np.int64)
    n_periods, n = counts.shape
    place = np.repeat(np.tile(np.arange(n), n_periods), counts.ravel())
    label = np.repeat(np.repeat(np.arange(n_periods), n), counts.ravel())
    total = cases.sum(axis=(1, 2))
    whole = np.maximum(total, 1.0)
    by_period = np.append(0.0, np.cumsum(cases[0].sum(axis=1)))
    by_span = by_period[periods[:, 1] + 1] - by_period[periods[:, 0]]
    measure = (by_span[:, None] * cases[0].sum(axis=0) / whole)[None]

    def draw(first: int, drawn: Drawn) -> None:
        made = np.zeros(drawn.shape[1:], np.int32)
        shuffle_cases(_key(seed, 0), first, label.size, label, place, np.zeros_like(label), made)
        drawn[0] = made

    return ScanProblem(POISSON, cases, measure, periods, total, whole, least, draw)


def spans(n_periods: int, most: int, is_prospective: bool) -> Index:
    """First and last period of every span of at most so many periods; those that last until now, or all.

    Examples
    --------
    >>> spans(3, 2, is_prospective=True).tolist()
    [[2, 2], [1, 2]]
    """
    ends = [n_periods - 1] if is_prospective else range(n_periods)
    found = [(last - length, last) for last in ends for length in range(min(most, last + 1))]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _over_spans(measure: Array, periods: Index) -> Array:
    """Sum of every location over every span."""
    before = np.concatenate([np.zeros_like(measure[:, :1]), np.cumsum(measure, axis=1)], axis=1)
    sums: Array = before[:, periods[:, 1] + 1] - before[:, periods[:, 0]]
    return sums


def _key(seed: int, which: int) -> np.uint64:
    """Key of a data set's draws."""
    return np.uint64((seed + which * 0x9E3779B97F4A7C15) % 2**64)


def _require_counts(cases: Array) -> None:
    require_not_negative("cases", cases.reshape(-1, cases.shape[2]).T)
    broken = np.argwhere(cases != np.round(cases))
    if broken.size:
        raise DataRefused(
            "A number of cases is not whole.",
            where=f"location {int(broken[0][2])}",
            found=f"{cases[tuple(broken[0])]:g}",
            remedy="Give counts; of loads scan the logarithms with scan_normal",
            code="HW-D722",
        )
