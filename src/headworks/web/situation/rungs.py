"""The ladder of an area: what lies in it, the area itself, and what it lies in, as intervals on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from headworks.core.periods import KINDS, Period
from headworks.web.access.models import AreaNode
from headworks.web.access.reader import Reader
from headworks.web.figures.indexed import Indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.panels import Rung
from headworks.web.figures.scoped import map_figures
from headworks.web.figures.sentences import middle_of_row, said_of, state_of
from headworks.web.figures.templatetags.figures import amount, area_name
from headworks.web.situation.asked import Asked, levels_below, rows_above
from headworks.web.situation.maps import level_words

_LARGEST = 3
_UNPUBLISHED: Final = {
    "week": gettext_lazy("not published by the week"), "month": gettext_lazy("not published by the month"),
    "quarter": gettext_lazy("not published by the quarter"), "half_year": gettext_lazy("not published by the half-year"),
}  # fmt: skip


class Step(NamedTuple):
    """A line of the ladder, and where it leads: the area's page, how its figure was computed; empty where it leads nowhere."""

    rung: Rung
    computed: str


def steps_of(reader: Reader, asked: Asked) -> list[Step]:
    """From what lies in the area up to the top, each with what the reader may see of it.

    Parameters
    ----------
    reader, asked
        Who asks, and for which area, drug and period.
    """
    own = Step(Rung(area_name(asked.area), asked.row(), _said(asked, asked.area, asked.row()), is_focus=True),
               asked.href("computed") if asked.row() is not None else "")  # fmt: skip
    key = ("below", asked.area.path, asked.period, asked.analyte, asked.version)
    below = kept(reader, key, lambda: _below(reader, asked))
    above = [_above(reader, asked, node, index) for node, index, _tier in rows_above(reader, asked.one, asked.version)]
    return [*below, own, *above]


def _said(asked: Asked, node: Any, row: Mapping[str, Any] | None) -> str:
    said = said_of(row)._asdict()
    words = {"area": area_name(node), "level": level_words(asked, node.level, one=True), **said}
    if row is None:
        return _("%(area)s (%(level)s): %(number)s") % words
    return _("%(area)s (%(level)s): %(number)s, %(interval)s, %(coverage)s") % words


def _above(reader: Reader, asked: Asked, node: AreaNode, index: Indexed) -> Step:
    """An area above: its figure of the period, or the newest that is published where such periods are not."""
    row, there = index.row(asked.analyte, asked.period), asked._replace(area=node)
    label = ""
    if asked.bar is not None and not reader.has("view", node.path) and not index.shows(asked.bar.period.kind):
        label = _published(index, asked.analyte, asked.bar.period)
    if not label:
        return Step(Rung(area_name(node), row, _said(asked, node, row)), there.href("computed") if _is_shown(row) else "")
    row = index.row(asked.analyte, label)
    why = _UNPUBLISHED.get(asked.bar.period.kind, _("not published")) if asked.bar else ""
    text = _("%(area)s (%(level)s): %(why)s; in %(period)s %(number)s, %(interval)s, %(coverage)s") % {
        "area": area_name(node), "level": level_words(asked, node.level, one=True),
        "why": why, "period": label, **said_of(row)._asdict(),
    }  # fmt: skip
    name = _("%(area)s, %(period)s") % {"area": area_name(node), "period": label}
    return Step(Rung(name, row, text), there.href("computed", period=label))


def _is_shown(row: Mapping[str, Any] | None) -> bool:
    return row is not None and state_of(row) != "suppressed"


def _published(index: Indexed, analyte: str, period: Period) -> str:
    """The newest figure up to the period shown, of the shortest longer kind of which there is one; empty where none is."""
    for kind in KINDS[KINDS.index(period.kind) + 1 :]:
        known = [one for one in index.periods.get(kind, ()) if Period.parse(one).first <= period.last]
        found = next((one for one in reversed(known) if _is_shown(index.row(analyte, one))), "")
        if found:
            return found
    return ""


def _below(reader: Reader, asked: Asked) -> list[Step]:
    """Of every level below the range of its middles, lowest level first; then the few most populous areas of the next one."""
    found: list[Step] = []
    levels = levels_below(asked)
    for level in reversed(levels):
        figures = map_figures(reader, asked.area.area_id, level, asked.period, asked.analyte).rows.to_dicts()
        rows = [row for row in figures if state_of(row) == "value"]
        if len(rows) > 1:
            found.append(Step(_range(asked, level, rows), ""))
        if level == levels[0]:
            found += _largest(asked, rows)
    return found


def _range(asked: Asked, level: int, rows: list[dict[str, Any]]) -> Rung:
    """From the lowest to the highest middle; no interval, and drawn as none."""
    middles = [middle_of_row(row) or 0.0 for row in rows]
    words = {"n": len(rows), "level": level_words(asked, level)}
    name = _("%(n)s %(level)s") % words
    said = ngettext("%(n)s area: lowest %(low)s, highest %(high)s mg per 1,000 people a day",
                    "%(n)s %(level)s: lowest %(low)s, highest %(high)s mg per 1,000 people a day", len(rows)) % {
        **words, "low": amount(min(middles)), "high": amount(max(middles))}  # fmt: skip
    return Rung(name, {"state": "value", "lower": min(middles), "upper": max(middles)}, said, is_range=True)


def _largest(asked: Asked, rows: list[dict[str, Any]]) -> list[Step]:
    """The most populous sampled areas of the next level, least of them first."""
    most = sorted(rows, key=lambda row: (-(row.get("population") or 0.0), row["area_id"]))[:_LARGEST]
    nodes = AreaNode.objects.in_bulk([row["area_id"] for row in most])
    steps = []
    for row in reversed(most):
        node = nodes.get(row["area_id"])
        if node is not None:
            rung = Rung(area_name(node), row, _said(asked, node, row))
            steps.append(Step(rung, asked._replace(area=node).href("computed")))
    return steps
