"""Words before numbers: how high a load is, whether it moved, and what a state means.

very low, low, medium, high, very high     by class edges that are fixed per drug (reports.drawing.classes)
rising, falling, no clear change           by the probability that the load rose against a year earlier
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from headworks.reference import names
from headworks.reports.drawing.classes import CIVIDIS, class_edges, class_of

LEVEL_WORDS: Final = (_("very low"), _("low"), _("medium"), _("high"), _("very high"))
TREND_WORDS: Final = {
    "rising": _("rising"),
    "falling": _("falling"),
    "unclear": _("no clear change"),
    "unknown": _("no earlier year to compare"),
}
TREND_MARKS: Final = {"rising": "▲", "falling": "▼", "unclear": "▬", "unknown": "–"}
# As sure as the words are: nine in ten.
SURE: Final = 0.9
# The share of residents below which a figure speaks for few of them (NWSS).
LITTLE: Final = 0.05


@dataclass(frozen=True)
class SaidLevel:
    """A load in a word, with the class it stands for."""

    number: int
    words: Any
    color: str


@dataclass(frozen=True)
class SaidTrend:
    """Whether a load moved against a year earlier, and how sure that is."""

    kind: str
    probability: float | None
    percent: float | None
    lower: float | None
    upper: float | None

    @property
    def words(self) -> Any:
        """In a word or two."""
        return TREND_WORDS[self.kind]

    @property
    def mark(self) -> str:
        """The same as a mark."""
        return TREND_MARKS[self.kind]


def say_level(drug: str, load: float | None, lower: float | None = None, upper: float | None = None) -> SaidLevel | None:
    """The class of a load; of one that is only known to lie between bounds, theirs when both lie in one class.

    Examples
    --------
    >>> say_level("cocaine", 600.0).number, say_level("cocaine", None, 1.0, 9.0).number, say_level("cocaine", None, 1.0, 90.0)
    (4, 0, None)
    """
    edges = class_edges(drug)
    known = {class_of(value, edges) for value in ((lower, upper) if load is None else (load,)) if value is not None}
    if len(known) != 1:
        return None
    number = known.pop()
    return SaidLevel(number, LEVEL_WORDS[number], CIVIDIS[number])


def say_trend(change: dict[str, Any] | None) -> SaidTrend:
    """Rising or falling where that is nine in ten sure.

    Examples
    --------
    >>> say_trend({"state": "value", "p_rose": 0.97, "ratio": 1.3, "ratio_lower": 1.1, "ratio_upper": 1.6}).kind
    'rising'
    >>> say_trend(None).kind
    'unknown'
    """
    chance = None if change is None or change.get("state") == "suppressed" else change.get("p_rose")
    if change is None or chance is None:
        return SaidTrend("unknown", None, None, None, None)
    kind = "rising" if chance >= SURE else "falling" if chance <= 1 - SURE else "unclear"
    percents = [None if (x := change.get(name)) is None else 100 * (x - 1) for name in ("ratio", "ratio_lower", "ratio_upper")]
    return SaidTrend(kind, max(chance, 1 - chance), *percents)


def drug_name(drug: str) -> str:
    """A drug's name in the reader's language."""
    return _name("drug", drug)


def residue_name(analyte: str) -> str:
    """A residue's name in the reader's language."""
    return _name("analyte", analyte)


def _name(kind: str, name_id: str) -> str:
    drug, mark, residue = name_id.partition(": ")
    if mark and (kind, name_id) not in _known():
        return gettext("%(drug)s, as %(residue)s") % {"drug": _name("drug", drug), "residue": _name("analyte", residue)}
    english, chinese = _known().get((kind, name_id), ("", ""))
    is_chinese = (get_language() or "en").startswith("zh")
    return str((chinese if is_chinese else english) or english or name_id)


@lru_cache(maxsize=1)
def _known() -> dict[tuple[str, str], tuple[str, str]]:
    rows = names().select("kind", "id", "name_en", "name_zh").rows()
    return {(kind, name_id): (english or "", chinese or "") for kind, name_id, english, chinese in rows}
