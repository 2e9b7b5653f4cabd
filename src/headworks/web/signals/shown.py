"""A signal as a reader may see it: its numbers only where the figure behind them is shown to the reader's tier.

Whoever sees an area learns that there is a signal on it; how high the figure is would be the figure. So the numbers stand
beside a signal of a week, a residue and an area only where that very figure is in the set of the reader's tier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils import timezone

from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import NotVisible, visible_areas, visible_sites
from headworks.web.access.reader import Reader
from headworks.web.figures.scoped import area_figures, site_figures, tier_of_site
from headworks.web.signals.models import Signal
from headworks.web.signals.states import KINDS, OUTCOME_WORDS, STATE_WORDS

_OPEN = "steward"


@dataclass(frozen=True)
class ShownSignal:
    """A signal with the words of its page; numbers are None where they are withheld."""

    signal: Signal
    area: AreaNode | None
    site: SiteNode | None
    is_late: bool
    is_withheld: bool

    @property
    def kind_words(self) -> Any:
        """What kind it is."""
        return KINDS[self.signal.kind]

    @property
    def state_words(self) -> Any:
        """Where it stands."""
        return STATE_WORDS[self.signal.state]

    @property
    def outcome_words(self) -> Any:
        """How it ended."""
        return OUTCOME_WORDS.get(self.signal.outcome, "")

    @property
    def numbers(self) -> dict[str, float | None]:
        """``statistic``, ``expected``, ``observed`` and ``ratio``."""
        one = self.signal
        if self.is_withheld:
            return dict.fromkeys(("statistic", "expected", "observed", "ratio"))
        ratio = one.observed / one.expected if one.observed is not None and one.expected else None
        return {"statistic": one.statistic, "expected": one.expected, "observed": one.observed, "ratio": ratio}

    @property
    def explanation(self) -> dict[str, Any]:
        """What the detector said."""
        return {} if self.is_withheld else self.signal.explanation


def shown_to(reader: Reader, signals: list[Signal]) -> list[ShownSignal]:
    """Signals that a reader may see, with their areas and sites, in the same order.

    Parameters
    ----------
    signals
        Rows of ``Signal.objects.visible_to(reader)``.
    """
    # A signal seen through a site that serves two areas does not name the other one.
    mine = visible_areas(reader).filter(path__in={one.area_path for one in signals})
    areas = {area.path: area for area in mine}
    known = visible_sites(reader, "view").filter(pk__in={one.site_id for one in signals if one.site_id})
    sites = {site.pk: site for site in known}
    now = timezone.now()
    return [_shown(reader, one, areas.get(one.area_path), sites.get(one.site_id), now) for one in signals]


def _shown(reader: Reader, one: Signal, area: AreaNode | None, site: SiteNode | None, now: dt.datetime) -> ShownSignal:
    is_late = one.due_at is not None and one.due_at < now
    return ShownSignal(one, area, site, is_late, _is_withheld(reader, one, area, site))


def _is_withheld(reader: Reader, one: Signal, area: AreaNode | None, site: SiteNode | None) -> bool:
    if one.statistic is None and one.expected is None and one.observed is None and not one.explanation:
        return False
    try:
        if one.site_id:
            if site is None:
                return True
            if tier_of_site(reader, site) == _OPEN:
                return False
            rows = site_figures(reader, site.pk).rows
        elif area is not None:
            if reader.tier_at(area.path) == _OPEN:
                return False
            rows = area_figures(reader, area.pk).rows
        else:
            return not reader.has("view", "") or reader.tier_at("") != _OPEN
    except NotVisible:
        return True
    if "state" not in rows.columns or not one.period:
        return True
    wanted = (pl.col("period") == one.period) & (pl.col("state") != "suppressed")
    if one.analyte:
        wanted &= pl.col("analyte") == one.analyte
    elif one.drug:
        wanted &= pl.col("drug") == one.drug
    return rows.filter(wanted).is_empty()
