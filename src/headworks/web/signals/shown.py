"""A signal as a reader may see it: its numbers only where the figure behind them is shown to the reader's tier.

Whoever sees an area learns that there is a signal on it; how high the figure is would be the figure. So the numbers stand
beside a signal of a week, a residue and an area only where that very figure is in the set of the reader's tier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from django.utils import timezone

from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import NotVisible, visible_areas, visible_sites
from headworks.web.access.reader import Reader
from headworks.web.figures.scoped import area_figures, site_figures, tier_of_site
from headworks.web.signals.explained import explanation_for
from headworks.web.signals.intake import MEASURES
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
    # Whether the reader's tier sees what the figure is made of.
    is_whole: bool
    reader: Reader

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
        """Those of ``intake.MEASURES``, and ``ratio``."""
        one = self.signal
        if self.is_withheld:
            return dict.fromkeys((*MEASURES, "ratio"))
        ratio = one.observed / one.expected if one.observed is not None and one.expected else None
        return {**{name: getattr(one, name) for name in MEASURES}, "ratio": ratio}

    @cached_property
    def explanation(self) -> dict[str, Any]:
        """What the detector said, as far as the reader may read it."""
        if self.is_withheld:
            return {}
        return explanation_for(self.reader, self.signal.explanation, self._above, is_whole=self.is_whole)

    @property
    def _above(self) -> str | None:
        """Path of what the signal's place lies in."""
        if self.signal.site_id:
            return self.site.owner_path if self.site is not None else None
        return self.area.path.rstrip("/").rpartition("/")[0] + "/" if self.area is not None and self.area.level > 1 else None


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
    tier = _tier(reader, one, area, site)
    is_withheld = tier != _OPEN and _is_withheld(reader, one, area, site)
    return ShownSignal(one, area, site, is_late, is_withheld, is_whole=tier == _OPEN, reader=reader)


def _tier(reader: Reader, one: Signal, area: AreaNode | None, site: SiteNode | None) -> str:
    """Tier at which the reader sees figures of the place; of a place that is not named to them, the public's."""
    if one.site_id:
        return "public" if site is None else tier_of_site(reader, site)
    if area is not None:
        return reader.tier_at(area.path)
    return reader.tier_at("") if not one.area_path and reader.has("view", "") else "public"


def _is_withheld(reader: Reader, one: Signal, area: AreaNode | None, site: SiteNode | None) -> bool:
    if all(getattr(one, name) is None for name in MEASURES) and not one.explanation:
        return False
    try:
        if one.site_id:
            rows = None if site is None else site_figures(reader, site.pk).rows
        else:
            rows = None if area is None else area_figures(reader, area.pk).rows
    except NotVisible:
        return True
    if rows is None or "state" not in rows.columns or not one.period:
        return True
    # The event's weeks are one number: each of them must be shown.
    wanted = (pl.col("period") >= one.since) if one.since else (pl.col("period") == one.period)
    wanted &= (pl.col("period") <= one.period) & (pl.col("period").str.len_chars() == len(one.period))
    if one.analyte:
        wanted &= pl.col("analyte") == one.analyte
    elif one.drug:
        wanted &= pl.col("drug") == one.drug
    states = rows.filter(wanted)
    return states.is_empty() or bool((states["state"] == "suppressed").any()) or one.period not in set(states["period"])
