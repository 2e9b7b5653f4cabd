"""Two spectra head to tail: what the sample showed above, what is expected of the suspect below; peaks that agree are dark.

Heights are shares of the largest. The trap: a suspect list has m/z without heights; its fragments are dashes at one height and
no bars, so that nobody reads a height into them.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headworks.lab.screening.peak_arrays import FRAGMENT_TOLERANCE_DA
from headworks.reports.drawing.plain import GRID, INK, MUTED
from headworks.reports.laboratory.frame import BAD, Scale, as_text, element, picture

# Lower where nothing below has a height.
_WIDTH, _HEIGHT, _HEIGHT_OF_LIST = 640, 340, 244
_LEFT, _RIGHT, _MIDDLE, _REACH = 46.0, 626.0, 164.0, 128.0
# Larger peaks are named, so many of them, no two closer than their letters.
_NAMED, _APART = 8, 36.0
# Letters above and below the end of a bar, and where fragments without heights stand.
_ABOVE, _BELOW, _MARK = -4.0, 12.0, 30.0


def mirrored_spectra(
    found: tuple[Sequence[float], Sequence[float]], expected: tuple[Sequence[float], Sequence[float] | None], svg_id: str,
    *, title: str,
) -> str:  # fmt: skip
    """The drawing as SVG.

    Parameters
    ----------
    found
        m/z and heights of the sample's spectrum.
    expected
        m/z and heights of the library's record; of a list m/z of fragments, and no heights.
    svg_id
        Unique in its page.
    title
        Of the drawing.
    """
    mz, height = found
    wanted, tall_wanted = expected
    agree = [any(_is_same(one, other) for other in wanted) for one in mz]
    seen = [any(_is_same(one, other) for other in mz) for one in wanted]
    bottom = _HEIGHT if tall_wanted else _HEIGHT_OF_LIST
    root = picture(svg_id, _WIDTH, bottom, title, _said(len(mz), sum(seen), len(wanted)))
    ends = [*mz, *wanted] or [0.0, 1.0]
    x = Scale(min(ends), max(ends), _LEFT, _RIGHT)
    for share in (0.5, 1.0):
        for side in (-1, 1) if tall_wanted else (-1,):
            y = _MIDDLE + side * share * _REACH
            element(root, "line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, stroke=GRID)
            element(root, "text", f"{100 * share:.0f} %", x=_LEFT - 5, y=y + 3.5, text_anchor="end", fill=MUTED)
    _bars(root, x, -1, mz, height, [INK if is_there else MUTED for is_there in agree])
    colours = [INK if is_there else BAD for is_there in seen]
    if tall_wanted is None:
        _marks(root, x, wanted, colours)
    else:
        _bars(root, x, 1, wanted, tall_wanted, colours)
    element(root, "line", x1=_LEFT, x2=_RIGHT, y1=_MIDDLE, y2=_MIDDLE, stroke=INK)
    below = _("library") if tall_wanted else _("list of fragments") if wanted else _("no list of fragments")
    element(root, "text", _("sample"), x=_LEFT, y=18, fill=INK)
    element(root, "text", below, x=_LEFT, y=bottom - 12, fill=INK)
    element(root, "text", "m/z", x=_RIGHT, y=bottom - 12, text_anchor="end", fill=MUTED)
    return as_text(root)


def _said(n_peaks: int, n_seen: int, n_expected: int) -> str:
    """The drawing in words."""
    peaks = ngettext("%(n)s peak in the sample.", "%(n)s peaks in the sample.", n_peaks) % {"n": n_peaks}
    expected = ngettext("%(seen)s of %(n)s expected peak is among them.", "%(seen)s of %(n)s expected peaks are among them.",
                        n_expected) % {"seen": n_seen, "n": n_expected}  # fmt: skip
    return f"{peaks} {expected}"


def _bars(root: Element, x: Scale, side: int, mz: Sequence[float], height: Sequence[float], colours: Sequence[str]) -> None:
    """Peaks as bars up (-1) or down, the largest with their m/z."""
    top = max(height, default=0.0) or 1.0
    ends = [_MIDDLE + side * _REACH * tall / top for tall in height]
    for one, tall, end, colour in zip(mz, height, ends, colours, strict=True):
        element(
            root, "line", x1=x.at(one), x2=x.at(one), y1=_MIDDLE, y2=end, stroke=colour,
            stroke_width=1 if colour == MUTED else 2, stroke_dasharray="4 3" if colour == BAD else "none",
            hover=f"{one:.4f}: {100 * tall / top:.1f} %",
        )  # fmt: skip
    largest = sorted(zip(mz, height, ends, strict=True), key=lambda peak: -peak[1])[:_NAMED]
    _name(root, [(x.at(one), end + (_ABOVE if side < 0 else _BELOW), one) for one, _tall, end in largest])


def _marks(root: Element, x: Scale, mz: Sequence[float], colours: Sequence[str]) -> None:
    """Fragments without heights."""
    y = _MIDDLE + _MARK
    for one, colour in zip(mz, colours, strict=True):
        element(root, "line", x1=x.at(one) - 4, x2=x.at(one) + 4, y1=y, y2=y, stroke=colour, stroke_width=3,
                hover=f"{one:.4f}")  # fmt: skip
    _name(root, [(x.at(one), y + _BELOW, one) for one in mz])


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= FRAGMENT_TOLERANCE_DA


def _name(root: Element, places: Sequence[tuple[float, float, float]]) -> None:
    taken: list[float] = []
    for x, y, mz in places:
        if all(abs(x - other) >= _APART for other in taken):
            taken.append(x)
            element(root, "text", f"{mz:.3f}", x=x, y=y, text_anchor="middle", fill=INK)
