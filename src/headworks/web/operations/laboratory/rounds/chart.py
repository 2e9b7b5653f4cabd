"""Scores of an analyte from round to round: lines where a score becomes questionable and unsatisfactory.

A ring is an entry below its limit, on the middle line of no score; a diamond lies at fault. The trap: En has its own limit, so
a point is at fault by its outcome, not by its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headworks.reference.lab_values import lab_constant
from headworks.reports.drawing.plain import GRID, INK, MUTED
from headworks.reports.laboratory.frame import BAD, Scale, as_text, dot, element, picture

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 230, 58.0, 16.0, 190.0
# Points further out are drawn at the edge.
_MOST = 4.4
# A chart of more entries is of dots on dots.
_SHOWN = 60
_FAILED = ("unsatisfactory", "false negative")
# Dates are named where they do not touch.
_APART = 72.0


def chart_of_scores(entries: pl.DataFrame, svg_id: str, *, title: str, words: Mapping[str, str]) -> str:
    """The drawing as SVG.

    Parameters
    ----------
    entries
        Of one analyte, ``lab.proficiency.ENTRY_SCHEMA``.
    svg_id
        Unique in its page.
    title
        Of the drawing.
    words
        Outcomes in the reader's language.
    """
    rows = entries.filter(pl.col("outcome") != "no result").sort("reported_on", "round", maintain_order=True).tail(_SHOWN)
    n_failed = rows.filter(pl.col("outcome").is_in(_FAILED)).height
    entered = ngettext("%(n)s entry.", "%(n)s entries.", rows.height) % {"n": rows.height}
    failed = ngettext("%(n)s is at fault.", "%(n)s are at fault.", n_failed) % {"n": n_failed}
    root = picture(svg_id, _WIDTH, _HEIGHT, title, f"{entered} {failed}")
    y = Scale(-_MOST, _MOST, _BOTTOM, _TOP)
    _lines(root, y)
    x = Scale(0, max(rows.height - 1, 1), _LEFT + 8, _WIDTH - 12)
    named_at, before = -_APART, ""
    for place, row in enumerate(rows.iter_rows(named=True)):
        at, score = x.at(place), row["z"]
        # A number that the entry does not have has a place on the line of none.
        level = y.at(0.0 if score is None else min(max(score, -_MOST), _MOST))
        kind = "bad" if row["outcome"] in _FAILED else "empty" if score is None else "good"
        value = "" if score is None else f", {row['kind'] or 'z'} = {score:.2f}"
        sample = f" {row['sample']}" if row["sample"] else ""
        dot(root, at, level, f"{row['round']}{sample}, {row['reported_on']}{value}: {words[row['outcome']]}", kind=kind)
        if row["round"] != before and at - named_at >= _APART:
            element(root, "text", str(row["reported_on"]), x=at, y=_BOTTOM + 16, text_anchor="middle", fill=MUTED)
            named_at = at
        before = row["round"]
    if rows.is_empty():
        element(root, "text", _("No entry yet."), x=_LEFT + 8, y=_TOP + 20, fill=MUTED)
    return as_text(root)


def _lines(root: Element, y: Scale) -> None:
    """None, and where scores become questionable and unsatisfactory."""
    warning, action = lab_constant("score_warning"), lab_constant("score_action")
    for size, colour, dashes in ((0.0, INK, ""), (warning, GRID, "4 3"), (action, BAD, "")):
        for level in {size, -size}:
            more = {"stroke_dasharray": dashes} if dashes else {}
            element(root, "line", x1=_LEFT, x2=_WIDTH - 6, y1=y.at(level), y2=y.at(level), stroke=colour, **more)
            element(
                root, "text", f"{level:+g}" if level else "0", x=_LEFT - 5, y=y.at(level) + 3.5, text_anchor="end", fill=MUTED
            )
