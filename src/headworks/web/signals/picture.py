"""The picture of a signal: figures of the weeks before, what was expected of the weeks that speak, and what was seen.

Figures come from the set of the reader's tier, so a withheld week is a gap. The axis is logarithmic, as of trends. The trap:
classes only, no style attribute, or the page's policy drops it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import polars as pl
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from headworks.core.periods import Period
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.figures.scoped import area_figures, site_figures
from headworks.web.figures.sentences import middle_of_row, state_of
from headworks.web.signals.shown import ShownSignal

WEEKS = 26
_WIDE, _TALL, _LEFT, _TOP, _FOOT = 640.0, 230.0, 52.0, 20.0, 22.0
_LABELS_APART = 5
_HEADROOM = 1.25


def weeks_of(reader: Reader, shown: ShownSignal) -> list[dict[str, Any]]:
    """Rows of the weeks up to the signal's last, from the first with a sample on, as the reader's tier is shown them.

    Returns
    -------
    list of dict
        ``period, state`` (value, below_limit, suppressed, not_sampled), ``middle, lower, upper, speaks``.
    """
    one = shown.signal
    if not one.period or not one.analyte or Period.parse(one.period).kind != "week":
        return []
    try:
        if one.site_id:
            rows = site_figures(reader, one.site_id).rows
        else:
            rows = area_figures(reader, shown.area.pk).rows if shown.area is not None else pl.DataFrame()
    except NotVisible:
        return []
    labels = [one.period]
    while len(labels) < WEEKS or (one.since and labels[-1] > one.since and len(labels) < 2 * WEEKS):
        labels.append(Period.parse(labels[-1]).previous().label)
    known: dict[str, dict[str, Any]] = {}
    if {"analyte", "period", "state"} <= set(rows.columns):
        mine = rows.filter((pl.col("analyte") == one.analyte) & pl.col("period").is_in(labels))
        known = {row["period"]: row for row in mine.to_dicts()}
    weeks = [_week(label, known.get(label), one.since or one.period) for label in reversed(labels)]
    # Before the first sample there is nothing to see.
    first = next((place for place, row in enumerate(weeks) if row["state"] != "not_sampled" or row["speaks"]), 0)
    return weeks[first:]


def _week(label: str, row: Mapping[str, Any] | None, since: str) -> dict[str, Any]:
    found: dict[str, Any] = {"period": label, "state": state_of(row), "middle": None, "lower": None, "upper": None}
    if row is not None and found["state"] != "suppressed":
        middle = middle_of_row(row) if found["state"] == "value" else None
        found |= {"middle": middle, "lower": row.get("lower"), "upper": row.get("upper")}
    return found | {"speaks": label >= since}


def signal_picture(weeks: Sequence[Mapping[str, Any]], numbers: Mapping[str, float | None], title: str) -> SafeString | None:
    """The picture; None where there is nothing to draw.

    Parameters
    ----------
    weeks
        From :func:`weeks_of`.
    numbers
        Of the shown signal: ``expected, expected_lower, expected_upper, observed``.
    title
        What is seen, for those who listen.
    """
    values = [row[name] for row in weeks for name in ("middle", "lower", "upper")]
    values += [numbers.get(name) for name in ("expected", "expected_lower", "expected_upper", "observed")]
    positive = [value for value in values if value is not None and value > 0]
    middles = [row["middle"] or row["upper"] for row in weeks if row["middle"] or row["upper"]]
    if not weeks or not positive or not (middles or numbers.get("observed")):
        return None
    y = _scale(min(positive) / _HEADROOM, max(positive) * _HEADROOM)
    step = (_WIDE - _LEFT - 16) / max(len(weeks) - 1, 1)
    places = [_LEFT + 8 + step * place for place in range(len(weeks))]
    parts = [
        f'<svg class="signal-picture" viewBox="0 0 {_WIDE:g} {_TALL:g}" role="img" aria-label={quoteattr(title)}>',
        f'<text class="axis" x="0" y="11">{escape(_("mg per 1,000 people a day, log scale"))}</text>',
        _grid(min(positive) / _HEADROOM, max(positive) * _HEADROOM, y), _labels(weeks, places),
        _expected(weeks, places, step, numbers, y),
        *(_mark(row, x, y) for row, x in zip(weeks, places, strict=True)),
        _observed(weeks, places, step, numbers, y), "</svg>",
    ]  # fmt: skip
    return mark_safe("".join(parts))  # noqa: S308  numbers, and texts that were escaped


def _scale(low: float, high: float) -> Callable[[float], float]:
    span = math.log(high / low)
    return lambda value: _TOP + (_TALL - _TOP - _FOOT) * (1 - math.log(min(max(value, low), high) / low) / span)


def _grid(low: float, high: float, y: Callable[[float], float]) -> str:
    digits = (1, 2, 5) if high / low <= 100 else (1,)
    ticks = [float(f"{digit}e{power}") for power in range(-9, 10) for digit in digits]
    return "".join(
        f'<path class="grid" d="M{_LEFT:g},{y(tick):.1f}H{_WIDE:g}"/>'
        f'<text class="axis" x="{_LEFT - 6:g}" y="{y(tick) + 3:.1f}" text-anchor="end">{tick:g}</text>'
        for tick in ticks
        if low <= tick <= high
    )


def _labels(weeks: Sequence[Mapping[str, Any]], places: Sequence[float]) -> str:
    last = len(weeks) - 1
    shown = [place for place in range(last, -1, -1) if (last - place) % _LABELS_APART == 0]
    return "".join(
        f'<text class="axis" x="{places[i]:.1f}" y="{_TALL - 6:g}" text-anchor="{"end" if i == last else "middle"}">'
        f"{escape(weeks[i]['period'])}</text>"
        for i in shown
    )


def _speaking(weeks: Sequence[Mapping[str, Any]], places: Sequence[float], step: float) -> tuple[float, float]:
    mine = [x for row, x in zip(weeks, places, strict=True) if row["speaks"]] or [places[-1]]
    return mine[0] - step / 2, min(mine[-1] + step / 2, _WIDE)


def _expected(
    weeks: Sequence[Mapping[str, Any]], places: Sequence[float], step: float, numbers: Mapping[str, float | None], y: Any
) -> str:
    middle, lower, upper = (numbers.get(name) for name in ("expected", "expected_lower", "expected_upper"))
    first, last = _speaking(weeks, places, step)
    found = ""
    if lower and upper:
        found += f'<path class="expected" d="M{first:.1f},{y(upper):.1f}H{last:.1f}V{y(lower):.1f}H{first:.1f}Z"/>'
    if middle:
        found += f'<path class="expected-middle" d="M{first:.1f},{y(middle):.1f}H{last:.1f}"/>'
    return found


def _observed(
    weeks: Sequence[Mapping[str, Any]], places: Sequence[float], step: float, numbers: Mapping[str, float | None], y: Any
) -> str:
    seen = numbers.get("observed")
    if not seen:
        return ""
    first, last = _speaking(weeks, places, step)
    return f'<path class="observed" d="M{first:.1f},{y(seen):.1f}H{last:.1f}"/>'


def _mark(row: Mapping[str, Any], x: float, y: Callable[[float], float]) -> str:
    kind = "speaks" if row["speaks"] else "before"
    if row["state"] == "value" and row["middle"]:
        reach = f"M{x:.1f},{y(row['lower']):.1f}V{y(row['upper']):.1f}" if row["lower"] and row["upper"] else ""
        return f'<path class="week {kind}" d="{reach}M{x - 4:.1f},{y(row["middle"]):.1f}h8"/>'
    if row["state"] in ("value", "below_limit") and row["upper"]:
        top = y(row["upper"])
        return f'<path class="week {kind}" d="M{x - 4:.1f},{top:.1f}h8M{x:.1f},{top:.1f}v7m-2.5,-3l2.5,3l2.5,-3"/>'
    return ""
