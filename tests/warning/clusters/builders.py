"""Small maps, and scans written out slowly."""

from itertools import combinations

import numpy as np


def small_map(n=24, total=80, seed=1):
    """Places at random with people, and cases put among them by chance."""
    rng = np.random.default_rng(seed)
    x, y, people = rng.random(n), rng.random(n), rng.lognormal(0, 1, n)
    expected = people / people.sum() * total
    return x, y, rng.multinomial(total, people / people.sum()), expected


def slow_poisson(cases, expected, total):
    if cases <= expected or expected >= total:
        return 0.0
    outside = (total - cases) * np.log((total - cases) / (total - expected)) if cases < total else 0.0
    return cases * np.log(cases / expected) + outside


def slow_circles(x, y, size, share=0.5):
    """Members of every circle, as sets, written out."""
    found = []
    for centre in range(len(x)):
        distance = np.hypot(x - x[centre], y - y[centre])
        for radius in np.unique(distance):
            inside = frozenset(np.flatnonzero(distance <= radius * (1 + 1e-12)).tolist())
            if size[list(inside)].sum() <= share * size.sum() * (1 + 1e-12):
                found.append(inside)
    return found


def slow_scan(x, y, cases, expected, share=0.5, least=2):
    """Largest ratio over all circles."""
    total = cases.sum()
    sums = [(cases[list(one)].sum(), expected[list(one)].sum()) for one in slow_circles(x, y, expected, share)]
    return max((slow_poisson(c, e, total) for c, e in sums if c >= least), default=0.0)


def connected_groups(centre, neighbours, allowed):
    """All connected sets that hold a centre, by trying every subset."""
    others = sorted(allowed - {centre})
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            group, reached, edge = {centre, *chosen}, {centre}, [centre]
            while edge:
                fresh = (set(neighbours[edge.pop()]) & group) - reached
                reached |= fresh
                edge += fresh
            if reached == group:
                yield frozenset(group)
