"""Pictures of trends that need no script: the course of a unit, a spark for a row of a table, a week of weekdays, bases.

The level is a line in its band; figures of single weeks stand faint behind it; what was not quantified hangs at its limit with
a downward tick; days that stand out are crosses; a stretch that was not told is empty. The trap: classes only, no style
attribute, or the page's policy drops it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
from django.utils.safestring import SafeString, mark_safe

from headworks.reports.drawing.trend import trend_domain

Row = Mapping[str, Any]
Array = npt.NDArray[np.float64]
_WIDE, _TALL, _LEFT, _TOP, _FOOT = 640.0, 250.0, 46.0, 18.0, 20.0
_MONTHS_APART = 6
# A spark: so many units a week, so many high; whole numbers keep a page of hundreds small.
_SPARK_STEP, _SPARK_TALL = 4, 24
_LEAST_FACTOR, _MOST_FACTOR = 4.0, 100.0


def trend_picture(points: Sequence[Row], title: str, unit: str) -> SafeString:
    """The course of a unit.

    Parameters
    ----------
    points
        From :func:`headworks.reports.drawing.trend.trend_points`.
    title, unit
        What is seen, and what the axis counts.
    """
    low, high = trend_domain(points)
    days = [dt.date.fromisoformat(one["first"]).toordinal() for one in points]
    first, last = (min(days), max(days)) if days else (0, 1)

    def x(point: Row) -> float:
        place = (dt.date.fromisoformat(point["first"]).toordinal() - first) / max(last - first, 1)
        return _LEFT + 8 + (_WIDE - _LEFT - 16) * place

    def y(value: float | None) -> float:
        inside = min(max(value or low, low), high)
        return _TOP + (_TALL - _TOP - _FOOT) * (1 - math.log(inside / low) / math.log(high / low))

    parts = [
        f'<svg class="trend" viewBox="0 0 {_WIDE:g} {_TALL:g}" role="img" aria-label={quoteattr(title)}>',
        f'<text class="axis" x="0" y="10">{escape(unit)}</text>', _grid((low, high), y), _months(first, last),
        *(_figure(one, x(one), y) for one in points if one["mark"] == "figure"),
        *(_stretch(run, x, y) for run in _runs(points)),
        *(_cross(x(one), y(one["middle"])) for one in points if one["mark"] == "outlying"), "</svg>",
    ]  # fmt: skip
    return mark_safe("".join(parts))  # noqa: S308  numbers, and texts that were escaped


def _grid(domain: tuple[float, float], y: Callable[[float], float]) -> str:
    digits = (1, 2, 5) if domain[1] / domain[0] <= 100 else (1,)
    ticks = [float(f"{digit}e{power}") for power in range(-9, 10) for digit in digits]
    shown = [tick for tick in ticks if domain[0] * 0.999 <= tick <= domain[1] * 1.001]
    return "".join(
        f'<path class="grid" d="M{_LEFT:g},{y(tick):.1f}H{_WIDE:g}"/>'
        f'<text class="axis" x="{_LEFT - 6:g}" y="{y(tick) + 3:.1f}" text-anchor="end">{tick:g}</text>'
        for tick in shown
    )


def _months(first: int, last: int) -> str:
    """First days of months, as far apart as there is room, by their number: read alike in every language."""
    months = [dt.date.fromordinal(day) for day in range(first, last + 1) if dt.date.fromordinal(day).day == 1]
    step = max(1, math.ceil(len(months) / _MONTHS_APART))
    parts = []
    for month in months[::step]:
        place = _LEFT + 8 + (_WIDE - _LEFT - 16) * (month.toordinal() - first) / max(last - first, 1)
        parts.append(f'<text class="axis" x="{place:.1f}" y="{_TALL - 6:g}" text-anchor="middle">{month:%Y-%m}</text>')
    return "".join(parts)


def _runs(points: Sequence[Row]) -> list[list[Row]]:
    """Stretches of the level that nothing interrupts."""
    found: dict[int, list[Row]] = {}
    for one in points:
        if one["mark"] == "level":
            found.setdefault(one["run"], []).append(one)
    return list(found.values())


def _stretch(run: Sequence[Row], x: Callable[[Row], float], y: Callable[[float | None], float]) -> str:
    if run[0]["state"] != "value":
        line = " ".join(f"{x(one):.1f},{y(one['upper']):.1f}" for one in run)
        return f'<polyline class="at-most" points="{line}"/>'
    there = [f"{x(one):.1f},{y(one['upper']):.1f}" for one in run]
    back = [f"{x(one):.1f},{y(one['lower']):.1f}" for one in reversed(run)]
    line = " ".join(f"{x(one):.1f},{y(one['middle']):.1f}" for one in run)
    return f'<polygon class="reach" points="{" ".join([*there, *back])}"/><polyline class="level" points="{line}"/>'


def _figure(point: Row, x: float, y: Callable[[float | None], float]) -> str:
    if point["state"] != "value":
        top = y(point["upper"])
        return f'<path class="limit" d="M{x - 3:.1f},{top:.1f}h6M{x:.1f},{top:.1f}v7m-2.5,-3l2.5,3l2.5,-3"/>'
    reach = f"M{x:.1f},{y(point['lower']):.1f}V{y(point['upper']):.1f}" if point["upper"] is not None else ""
    return f'<path class="faint" d="{reach}M{x - 3:.1f},{y(point["middle"]):.1f}h6"/>'


def _cross(x: float, y: float) -> str:
    return f'<path class="outlying" d="M{x - 3.5:.1f},{y - 3.5:.1f}l7,7m0,-7l-7,7"/>'


def shared_reach(lower: Array, upper: Array) -> float:
    """By which factor every spark of a table reaches from its foot to its top, so that most are inside whole.

    Parameters
    ----------
    lower, upper
        Bounds, a row per area and a column per week; not a number where none is told.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        known = np.isfinite(lower) & np.isfinite(upper) & (lower > 0)
        lows = np.where(known, lower, np.inf).min(axis=1, initial=np.inf)
        highs = np.where(known, upper, -np.inf).max(axis=1, initial=-np.inf)
    any_told = np.isfinite(lows) & (highs > 0)
    needed = np.sort(highs[any_told] / lows[any_told])
    if not needed.size:
        return _LEAST_FACTOR
    return float(np.clip(1.15 * needed[int(0.75 * (needed.size - 1))], _LEAST_FACTOR, _MOST_FACTOR))


def sparks(level: Array, lower: Array, upper: Array) -> list[str]:
    """A small course per row, oldest week first: line and band, empty where nothing is told; all on one scale of ratios.

    They are decoration for who sees: the row's words say the same, so they are hidden from who listens.
    """
    n_weeks = level.shape[1]
    factor = shared_reach(lower, upper)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = [np.log(np.where(values > 0, values, np.nan)) for values in (level, lower, upper)]
    told = np.isfinite(logs[0]) & np.isfinite(logs[1]) & np.isfinite(logs[2])
    lows = np.where(told, logs[1], np.inf).min(axis=1, initial=np.inf)
    highs = np.where(told, logs[2], -np.inf).max(axis=1, initial=-np.inf)
    with np.errstate(invalid="ignore"):
        foot = (lows + highs)[:, None] / 2 - math.log(factor) / 2
        heights = [np.rint((_SPARK_TALL - 2) * (1 - (one - foot) / math.log(factor)) + 1) for one in logs]
    placed = [np.where(told, np.clip(np.nan_to_num(one), 0, _SPARK_TALL), 0).astype(np.int64).tolist() for one in heights]
    head = f'<svg class="spark" viewBox="0 0 {_SPARK_STEP * n_weeks} {_SPARK_TALL}" aria-hidden="true">'
    return [
        f"{head}{_spark(weeks, *lines)}</svg>" if any(weeks) else ""
        for weeks, *lines in zip(told.tolist(), *placed, strict=True)
    ]


def _spark(told: list[bool], level: list[int], lower: list[int], upper: list[int]) -> str:
    bands, lines = [], []
    for first, end in _stretches(told):
        left = _SPARK_STEP * first + _SPARK_STEP // 2
        bands.append(f"M{left},{upper[first]}{_steps(upper, range(first, end), _SPARK_STEP)}v{lower[end - 1] - upper[end - 1]}"
                     f"{_steps(lower, range(end - 1, first - 1, -1), -_SPARK_STEP)}z")  # fmt: skip
        lines.append(f"M{left},{level[first]}{_steps(level, range(first, end), _SPARK_STEP)}")
    return f'<path class="reach" d="{"".join(bands)}"/><path class="level" d="{"".join(lines)}"/>'


def _steps(values: list[int], places: range, step: int) -> str:
    """Lines from each place to the next, told as steps; a dash parts numbers by itself."""
    said = [
        f"{step}{',' if values[here] >= values[before] else ''}{values[here] - values[before]}"
        for before, here in pairwise(places)
    ]
    return "l" + " ".join(said) if said else ""


def _stretches(told: list[bool]) -> list[tuple[int, int]]:
    found, start = [], None
    for place, is_told in enumerate([*told, False]):
        if is_told and start is None:
            start = place
        elif not is_told and start is not None:
            found.append((start, place))
            start = None
    return found


def weekday_picture(days: Sequence[tuple[str, float, float, float]], title: str) -> SafeString:
    """Seven dots with bars about the mean of the week, on a log scale: name, ratio, lower, upper, Monday first."""
    reach = max([1.15, *(max(one[3], 1 / max(one[2], 0.01)) for one in days)])
    wide, tall = 44.0, 110.0

    def y(ratio: float) -> float:
        return 8 + (tall - 30) * (1 - math.log(max(ratio, 1 / reach) * reach) / (2 * math.log(reach)))

    parts = [f'<svg class="weekdays" viewBox="0 0 {wide * len(days):g} {tall:g}" role="img" aria-label={quoteattr(title)}>',
             f'<path class="grid" d="M0,{y(1):.1f}H{wide * len(days):g}"/>']  # fmt: skip
    for place, (name, ratio, lower, upper) in enumerate(days):
        x, top, foot = wide * (place + 0.5), y(upper), y(lower)
        said = escape(f"{name}: × {ratio:.2f} ({lower:.2f}–{upper:.2f})")
        bar = f'<rect class="band" x="{x - 4:.1f}" y="{top:.1f}" width="8" height="{max(foot - top, 1):.1f}"/>'
        parts.append(f'<g><title>{said}</title>{bar}<circle class="dot" cx="{x:.1f}" cy="{y(ratio):.1f}" r="4"/></g>')
        parts.append(f'<text class="axis" x="{x:.1f}" y="{tall - 6:g}" text-anchor="middle">{escape(name)}</text>')
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308  numbers, and texts that were escaped


def basis_patterns() -> SafeString:
    """Fills of partly measured and of modelled amounts, once a page: upright lines, and a grid that nothing else has."""
    return mark_safe(
        '<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>'
        '<pattern id="basis-partly_measured" patternUnits="userSpaceOnUse" width="5" height="5">'
        '<rect class="part-band" width="5" height="5"/><path class="ink-line" d="M1,0V5"/></pattern>'
        '<pattern id="basis-modelled" patternUnits="userSpaceOnUse" width="6" height="6">'
        '<rect class="paper" width="6" height="6"/>'
        '<path class="ink-line" d="M0,0H6M0,0V6"/></pattern></defs></svg>'
    )


def basis_bars(bars: Sequence[tuple[str, str, float | None, float | None, float | None]], title: str) -> SafeString:
    """Amounts under one another on one log scale, each filled by what it rests on.

    Parameters
    ----------
    bars
        Name, basis (measured, partly_measured, modelled), middle, lower, upper.
    title
        What is seen.
    """
    known = [value for one in bars for value in one[2:] if value]
    if not known:
        return mark_safe("")
    low, high = min(known) / 1.2, max(known) * 1.2
    left, wide, tall = 190.0, 300.0, 8.0 + 26.0 * len(bars)

    def x(value: float) -> float:
        return left + wide * math.log(min(max(value, low), high) / low) / math.log(high / low)

    parts = [
        f'<svg class="ladder bases" viewBox="0 0 {left + wide + 10:g} {tall:g}" role="img" aria-label={quoteattr(title)}>'
    ]
    for place, (name, basis, middle, lower, upper) in enumerate(bars):
        y = 6 + 26.0 * place
        ends = x(lower or low), x(upper or high)
        fill = "" if basis == "measured" else f' fill="url(#basis-{basis})"'
        parts.append(
            f'<text x="{left - 8:g}" y="{y + 12:g}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{basis}" x="{ends[0]:.1f}" y="{y + 2:g}" width="{max(ends[1] - ends[0], 1.5):.1f}" '
            f'height="13"{fill}/>'
        )
        if middle:
            parts.append(f'<path class="middle" d="M{x(middle):.1f},{y - 1:g}v19"/>')
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308  numbers, and texts that were escaped
