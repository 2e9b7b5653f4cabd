"""A back-test as its page shows it: what was tried, scores by type of series in words, and a picture of what was found.

Scores speak of detectors, not of areas, so every reader who sees figures sees them. Rows that name a unit are left out all the
same. The trap: a score that was not computed is a dash, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from headworks.web.figures.naming import words_of
from headworks.web.figures.templatetags.figures import amount, fine_percent, people, percent

SHARES: Final = {
    "found": pgettext_lazy("backtest", "Found"),
    "found_within_a_week": gettext_lazy("Found within a week"),
    "sensitivity": gettext_lazy("Sensitivity"),
    "specificity": gettext_lazy("Specificity"),
    "predictive_value": gettext_lazy("True of those shown"),
    "false_discovery": gettext_lazy("False of those shown"),
}
AMOUNTS: Final = {
    "false_a_year": gettext_lazy("False alarms a year"),
    "delay_samples": gettext_lazy("Delay, samples"),
    "delay_days": gettext_lazy("Delay, days"),
}
COUNTS: Final = {"n_outbreaks": gettext_lazy("Injected"), "n_episodes": gettext_lazy("Alarms")}
FACTS: Final = {
    "detector": gettext_lazy("Detector"),
    "budget": gettext_lazy("Budget of false alarms"),
    "inject": gettext_lazy("What was injected"),
    "week": gettext_lazy("Up to the week"),
    "weeks_judged": gettext_lazy("Weeks judged"),
    "replicates": gettext_lazy("Replicates"),
    "seed": gettext_lazy("Seed"),
    "method_version": gettext_lazy("Version"),
}
TYPE: Final = "series_type"
TYPE_WORDS: Final = {
    "all": gettext_lazy("all series"),
    "quantified": gettext_lazy("mostly quantified"),
    "partly below the limit": gettext_lazy("partly below the limit"),
    "mostly below the limit": gettext_lazy("mostly below the limit"),
}
_FOUND, _FALSE = "found", "false_discovery"
_UNITS = ("unit_id", "site_id", "area_id")
_WIDE, _LEFT, _ROW, _TOP = 640.0, 190.0, 30.0, 22.0


class ShownBacktest(NamedTuple):
    """``facts`` and ``columns`` as words, ``rows`` as words of each cell, its first the type of series."""

    name: str
    facts: list[tuple[Any, str]]
    columns: list[Any]
    rows: list[tuple[str, list[str]]]
    headline: str
    picture: SafeString | None


def shown_backtest(said: Mapping[str, Any]) -> ShownBacktest:
    """A back-test in the reader's words.

    Parameters
    ----------
    said
        One of ``warning_results.read_backtests``.
    """
    rows = [row for row in said["scores"] if isinstance(row, dict) and not any(row.get(name) for name in _UNITS)]
    known = [name for name in (*COUNTS, *SHARES, *AMOUNTS) if any(row.get(name) is not None for row in rows)]
    facts = [(words, _plain(said[name])) for name, words in FACTS.items() if said.get(name) not in (None, "")]
    columns = [(COUNTS | SHARES | AMOUNTS)[name] for name in known]
    shown = [(_type(row), [_cell(name, row.get(name)) for name in known]) for row in rows]
    return ShownBacktest(str(said["name"]), facts, columns, shown, _headline(rows), _picture(rows))


def _headline(rows: Sequence[Mapping[str, Any]]) -> str:
    """The whole in a sentence; of the row of all series where there is one."""
    whole = next((row for row in rows if row.get(TYPE) in ("all", "", None)), rows[0] if len(rows) == 1 else {})
    if not _is_share(whole.get(_FOUND)):
        return ""
    if _is_share(whole.get(_FALSE)):
        said = {"found": percent(whole[_FOUND]), "false": percent(whole[_FALSE])}
        return _("%(found)s of what was injected was found; %(false)s of what was shown was false.") % said
    return _("%(found)s of what was injected was found.") % {"found": percent(whole[_FOUND])}


def _type(row: Mapping[str, Any]) -> str:
    name = str(row.get(TYPE) or "all")
    return str(TYPE_WORDS.get(name) or words_of(name))


def _cell(name: str, value: Any) -> str:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        return "–"
    if name in COUNTS:
        return people(value)
    return (fine_percent(value) if value < 0.1 else percent(value)) if name in SHARES else amount(value)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(one)}" for key, one in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def _is_share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _picture(rows: Sequence[Mapping[str, Any]]) -> SafeString | None:
    """A bar of what was found for each type of series, and a mark at what was false of those shown."""
    told = [row for row in rows if _is_share(row.get(_FOUND))]
    if not told:
        return None
    tall, width = _TOP + _ROW * len(told), _WIDE - _LEFT - 12
    title = _("What was found of what was injected, by type of series; a mark where false ones are of those shown")
    parts = [f'<svg class="scores" viewBox="0 0 {_WIDE:g} {tall:g}" role="img" aria-label={quoteattr(title)}>']
    for share in (0.0, 0.5, 1.0):
        x = _LEFT + width * share
        parts.append(f'<path class="grid" d="M{x:.1f},{_TOP - 4:g}V{tall:g}"/>')
        anchor = "end" if share == 1.0 else "middle"
        parts.append(f'<text class="axis" x="{x:.1f}" y="12" text-anchor="{anchor}">{escape(percent(share))}</text>')
    for place, row in enumerate(told):
        y = _TOP + _ROW * place
        parts.append(f'<text class="name" x="{_LEFT - 8:g}" y="{y + 18:.1f}" text-anchor="end">{escape(_type(row))}</text>')
        parts.append(f'<rect class="found" x="{_LEFT:g}" y="{y + 6:.1f}" width="{width * row[_FOUND]:.1f}" height="16"/>')
        if _is_share(row.get(_FALSE)):
            x = _LEFT + width * row[_FALSE]
            parts.append(f'<path class="false" d="M{x:.1f},{y + 2:.1f}v24"/>')
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308  numbers, and texts that were escaped
