"""A calibration curve above, and below it how far each calibrator comes back from what it should be.

Filled: used; orange diamond: beyond its limit; empty ring: not used. Dashed lines bound the range that may be reported.
"""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from headworks.reports.drawing.plain import INK, MUTED
from headworks.reports.laboratory.frame import BAD, LINE, Scale, as_text, axes, dot, element, picture

_WIDTH, _HEIGHT = 400, 330
_TOP, _LOW = (58.0, 30.0, 388.0, 190.0), (58.0, 222.0, 388.0, 290.0)
_POINTS = 80
# Residuals beyond this many percent are drawn at the edge; the sentence on hovering has the number.
_MOST = 60.0


def calibration_chart(curve: dict[str, Any], calibrators: pl.DataFrame, svg_id: str, *, limit_percent: float = 20.0) -> str:
    """The chart of one curve as SVG.

    Parameters
    ----------
    curve
        A row of ``curves``.
    calibrators
        Those of the curve.
    svg_id
        Unique in its page.
    limit_percent
        Of the profile, for the lines of the lower panel.
    """
    name = curve["analyte"]
    root = picture(svg_id, _WIDTH, _HEIGHT, f"Calibration of {name}", _said(curve, calibrators))
    drawn = calibrators.filter(pl.col("expected_concentration") > 0, pl.col("response") > 0)
    if drawn.is_empty():
        element(root, "text", "No calibrator with a concentration and a response.", x=58, y=110, fill=MUTED)
        return as_text(root)
    x_all, y_all = drawn["expected_concentration"], drawn["response"]
    x = Scale(_least(x_all), _most(x_all), _TOP[0], _TOP[2], is_log=True)
    y = Scale(_least(y_all), _most(y_all), _TOP[3], _TOP[1], is_log=True)
    unit = curve["concentration_unit"] or "unit not said"
    axes(root, x, y, _TOP, ("", "response"), has_x=False)
    _line(root, curve, x, y, (_least(x_all), _most(x_all)))
    rows = list(drawn.iter_rows(named=True))
    for row in rows:
        dot(root, x.at(row["expected_concentration"]), y.at(row["response"]), _hover(row), kind=_kind(row))
    residual = Scale(-max(limit_percent * 1.3, _reach(drawn)), max(limit_percent * 1.3, _reach(drawn)), _LOW[3], _LOW[1])
    axes(root, x, residual, _LOW, (f"concentration, {unit}", "deviation, %"))
    for value in (-limit_percent, limit_percent):
        place = residual.at(value)
        element(root, "line", x1=_LOW[0], x2=_LOW[2], y1=place, y2=place, stroke=BAD, stroke_dasharray="4 3")
    element(root, "line", x1=_LOW[0], x2=_LOW[2], y1=residual.at(0), y2=residual.at(0), stroke=INK)
    for row in rows:
        if row["deviation_percent"] is not None:
            place = min(max(row["deviation_percent"], -_reach(drawn)), _reach(drawn))
            dot(root, x.at(row["expected_concentration"]), residual.at(place), _hover(row), kind=_kind(row))
    return as_text(root)


def _line(root: Any, curve: dict[str, Any], x: Scale, y: Scale, ends: tuple[float, float]) -> None:
    if curve["slope"] is None:
        return
    steps = [ends[0] * (ends[1] / ends[0]) ** (place / (_POINTS - 1)) for place in range(_POINTS)]
    level = [(at, curve["intercept"] + curve["slope"] * at + curve["curvature"] * at * at) for at in steps]
    points = " ".join(f"{x.at(at):.1f},{min(max(y.at(value), _TOP[1]), _TOP[3]):.1f}" for at, value in level if value > 0)
    element(root, "polyline", points=points, fill="none", stroke=LINE, stroke_width=2)
    for bound in ("lowest", "highest") if curve["is_accepted"] else ():
        place = x.at(curve[bound])
        element(root, "line", x1=place, x2=place, y1=_TOP[1], y2=_LOW[3], stroke=MUTED, stroke_dasharray="2 3")


def _least(values: pl.Series) -> float:
    return float(values.min())  # type: ignore[arg-type]


def _most(values: pl.Series) -> float:
    return float(values.max())  # type: ignore[arg-type]


def _reach(rows: pl.DataFrame) -> float:
    found = rows["deviation_percent"].abs().max()
    return min(_MOST, float(found)) if isinstance(found, float) and math.isfinite(found) else 1.0


def _kind(row: dict[str, Any]) -> str:
    return "bad" if row["is_beyond"] else "good" if row["is_used"] else "empty"


def _hover(row: dict[str, Any]) -> str:
    said = f"{row['sample_name']}: {row['expected_concentration']:.6g}"
    if row["deviation_percent"] is not None:
        said += f", {row['deviation_percent']:+.1f} %"
    return said + (f", not used: {row['not_used_reason']}" if row["not_used_reason"] else "")


def _said(curve: dict[str, Any], calibrators: pl.DataFrame) -> str:
    state = "accepted" if curve["is_accepted"] else "not accepted: " + "; ".join(curve["reasons"])
    beyond = calibrators.filter("is_beyond")["sample_name"].to_list()
    return f"Weight {curve['weight']}, {state}." + (f" Beyond the limit: {', '.join(beyond)}." if beyond else "")
