"""Two spectra head to tail: what the sample showed above, what is expected of the suspect below; peaks that agree are dark.

Heights are shares of the largest. The trap: a suspect list has m/z without heights, so its lines below are all of one length.
"""

from __future__ import annotations

from collections.abc import Sequence

from headworks.reports.drawing.plain import GRID, INK, MUTED
from headworks.reports.laboratory.frame import BAD, Scale, as_text, element, picture

_WIDTH, _HEIGHT = 640, 340
_LEFT, _RIGHT, _MIDDLE, _REACH = 46.0, 626.0, 164.0, 128.0
# Peaks agree within this many ppm, or so many m/z where that is more: the widest of common instruments.
_PPM, _LEAST = 20.0, 0.005
# Larger peaks are named, so many of them, no two closer than their letters.
_NAMED, _APART = 8, 36.0


def mirrored_spectra(
    found: tuple[Sequence[float], Sequence[float]], expected: Sequence[float], svg_id: str, *, title: str
) -> str:
    """The drawing as SVG.

    Parameters
    ----------
    found
        m/z and heights of the sample's spectrum.
    expected
        m/z of fragments.
    svg_id
        Unique in its page.
    title
        Of the drawing.
    """
    mz, height = found
    top = max(height, default=0.0) or 1.0
    agree = [any(_is_same(one, other) for other in expected) for one in mz]
    seen = [any(_is_same(one, other) for other in mz) for one in expected]
    said = f"{len(mz)} peaks in the sample, {sum(seen)} of {len(expected)} expected fragments among them."
    root = picture(svg_id, _WIDTH, _HEIGHT, title, said)
    ends = [*mz, *expected] or [0.0, 1.0]
    x = Scale(min(ends), max(ends), _LEFT, _RIGHT)
    for share in (0.5, 1.0):
        for side in (-1, 1) if expected else (-1,):
            y = _MIDDLE + side * share * _REACH
            element(root, "line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, stroke=GRID)
            element(root, "text", f"{100 * share:.0f} %", x=_LEFT - 5, y=y + 3.5, text_anchor="end", fill=MUTED)
    for one, tall, is_there in zip(mz, height, agree, strict=True):
        at = x.at(one)
        element(
            root, "line", x1=at, x2=at, y1=_MIDDLE, y2=_MIDDLE - _REACH * tall / top, stroke=INK if is_there else MUTED,
            stroke_width=2 if is_there else 1, hover=f"{one:.4f}: {100 * tall / top:.1f} %",
        )  # fmt: skip
    for one, is_there in zip(expected, seen, strict=True):
        at, missing = x.at(one), {} if is_there else {"stroke_dasharray": "4 3"}
        element(
            root, "line", x1=at, x2=at, y1=_MIDDLE, y2=_MIDDLE + _REACH, stroke=INK if is_there else BAD, stroke_width=2,
            hover=f"{one:.4f}, {'found' if is_there else 'not found'}", **missing,
        )  # fmt: skip
    element(root, "line", x1=_LEFT, x2=_RIGHT, y1=_MIDDLE, y2=_MIDDLE, stroke=INK)
    names = sorted(zip(mz, height, strict=True), key=lambda peak: -peak[1])[:_NAMED]
    _name(root, [(x.at(one), _MIDDLE - _REACH * tall / top - 4, one) for one, tall in names])
    _name(root, [(x.at(one), _MIDDLE + _REACH + 12, one) for one in expected])
    element(root, "text", "sample", x=_LEFT, y=18, fill=INK)
    element(root, "text", "expected" if expected else "no list of fragments", x=_LEFT, y=_HEIGHT - 12, fill=INK)
    element(root, "text", "m/z", x=_RIGHT, y=_HEIGHT - 12, text_anchor="end", fill=MUTED)
    return as_text(root)


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= max(_LEAST, _PPM * 1e-6 * other)


def _name(root: object, places: Sequence[tuple[float, float, float]]) -> None:
    taken: list[float] = []
    for x, y, mz in places:
        if all(abs(x - other) >= _APART for other in taken):
            taken.append(x)
            element(root, "text", f"{mz:.3f}", x=x, y=y, text_anchor="middle", fill=INK)  # type: ignore[arg-type]
