"""Five classes of load with edges fixed per drug, and four of population: the same in every report.

The edges are dated data beside this module, not quantiles of the figures shown: a colour means the same this year and
next, here and there.
"""

from __future__ import annotations

import csv
import math
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from headworks.reports.content import Message, tell

# Five equally spaced colours of cividis, dark to light; read alike with and without colour vision.
CIVIDIS = ("#00224e", "#434e6c", "#7d7c78", "#bcaf6f", "#fee838")
# Upper edge of a population class, and the radius in px its sites are drawn with.
POPULATION_CLASSES: tuple[tuple[float, float], ...] = ((50_000, 3.5), (250_000, 5.0), (1_000_000, 7.0), (math.inf, 9.5))
_OTHERS = "*"


@lru_cache(maxsize=1)
def read_class_edges() -> dict[str, tuple[float, ...]]:
    """Edges between the five classes, mg/d per 1,000 people, by drug in lower case; ``*`` for every other drug."""
    text = files("headworks.reports.drawing").joinpath("class_edges.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["drug"]: tuple(float(row[f"edge_{number}"]) for number in range(1, 5)) for row in rows}


def class_edges(drug: str) -> tuple[float, ...]:
    """The four edges of a drug.

    Examples
    --------
    >>> class_edges("Cocaine"), class_edges("new drug")
    ((20.0, 100.0, 250.0, 500.0), (1.0, 10.0, 100.0, 1000.0))
    """
    edges = read_class_edges()
    return edges.get(drug.lower(), edges[_OTHERS])


def class_of(value: float, edges: tuple[float, ...]) -> int:
    """Class of a value, 0 the lowest; an edge belongs to the class above it.

    Examples
    --------
    >>> [class_of(x, (20.0, 100.0, 250.0, 500.0)) for x in (19.9, 20.0, 600.0)]
    [0, 1, 4]
    """
    return sum(value >= edge for edge in edges)


def radius_of(population: float | None) -> float:
    """Radius a site is drawn with; the smallest where the population is not known."""
    if population is None:
        return POPULATION_CLASSES[0][1]
    return next(radius for edge, radius in POPULATION_CLASSES if population < edge)


def class_captions(edges: tuple[float, ...]) -> tuple[tuple[str, Message], ...]:
    """Colour and wording of each class, lowest first."""
    inner = [tell("{low} to {high}", low=low, high=high) for low, high in pairwise(edges)]
    captions = [tell("below {high}", high=edges[0]), *inner, tell("{low} and above", low=edges[-1])]
    return tuple(zip(CIVIDIS, captions, strict=True))


def decade_domain(values: list[float]) -> tuple[float, float]:
    """A log axis that holds all values, from one of 1, 2, 5 times a power of ten to another, at most five decades.

    Examples
    --------
    >>> decade_domain([3.0, 420.0])
    (2.0, 500.0)
    """
    positive = [value for value in values if value > 0]
    if not positive:
        return 0.1, 10.0
    steps = [float(f"{digit}e{power}") for power in range(-9, 10) for digit in (1, 2, 5)]
    high = next((step for step in steps if step >= max(positive)), steps[-1])
    lowest = max(min(positive), high * 1e-5)
    low = next((step for step in reversed(steps) if step <= lowest), steps[0])
    return min(low, high / 10), high
