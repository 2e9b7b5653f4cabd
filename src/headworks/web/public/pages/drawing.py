"""Small pictures beside the numbers: intervals of areas under one another, and how a figure went over periods.

Places are computed here, on one log axis per picture; the templates only write them down. Every picture stands beside the
table of what it shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from headworks.reports.drawing.classes import decade_domain
from headworks.web.public.pages.area_page import PublicFigure

WIDTH = 240.0
_HEIGHT, _TOP = 120.0, 8.0
_LEAST_WIDE = 2.0


@dataclass(frozen=True)
class Bar:
    """A figure with where its interval begins, how wide it is and where its middle lies; None where it has no numbers."""

    figure: PublicFigure
    start: float | None
    wide: float
    middle: float


@dataclass(frozen=True)
class Steps:
    """A figure over periods: points with their intervals, the line through them, and what the axis ends at."""

    points: list[dict[str, Any]]
    line: str
    low: float
    high: float
    is_enough: bool


def bars_of(figures: list[PublicFigure]) -> list[Bar]:
    """Intervals on one axis."""
    domain = _domain(figures)

    def bar(one: PublicFigure) -> Bar:
        lower, upper, load = _span(one)
        if lower is None or upper is None:
            return Bar(one, None, 0.0, 0.0)
        start, end = _at(lower, domain), _at(upper, domain)
        middle = _at(load, domain) if load is not None else start
        return Bar(one, round(start, 1), round(max(end - start, _LEAST_WIDE), 1), round(middle, 1))

    return [bar(one) for one in figures]


def steps_of(figures: list[PublicFigure]) -> Steps:
    """A figure over periods, evenly spaced; a period without a number is a gap."""
    domain = _domain(figures)
    room = WIDTH / max(len(figures), 1)
    points: list[dict[str, Any]] = []
    line, is_pen_down = "", False
    for number, one in enumerate(figures):
        lower, upper, load = _span(one)
        x = round((number + 0.5) * room, 1)
        if load is None or lower is None or upper is None:
            points.append({"figure": one, "x": x, "y": None})
            is_pen_down = False
            continue
        y, high, low = (round(_HEIGHT - _at(value, domain) / WIDTH * _HEIGHT + _TOP, 1) for value in (load, upper, lower))
        points.append({"figure": one, "x": x, "y": y, "top": high, "tall": round(max(low - high, _LEAST_WIDE), 1)})
        line += f"{'L' if is_pen_down else 'M'}{x},{y}"
        is_pen_down = True
    n_numbers = sum(point["y"] is not None for point in points)
    return Steps(points, line, *domain, is_enough=n_numbers > 1)


def _span(one: PublicFigure) -> tuple[float | None, float | None, float | None]:
    numbers = one.numbers
    return numbers["lower"], numbers["upper"], numbers["load_mg_per_1000_per_day"]


def _domain(figures: list[PublicFigure]) -> tuple[float, float]:
    return decade_domain([value for one in figures for value in _span(one) if value is not None])


def _at(value: float, domain: tuple[float, float]) -> float:
    low, high = domain
    inside = min(max(value, low), high)
    return WIDTH * (math.log(inside) - math.log(low)) / (math.log(high) - math.log(low))
