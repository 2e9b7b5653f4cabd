"""What stands beside the figures of an area: open signals, samples that are late, the neighbours one may see."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from headworks.web.access.models import AreaNode
from headworks.web.access.policy import visible_areas, visible_sites, within
from headworks.web.access.reader import Reader
from headworks.web.operations.plan.routes import late_samples
from headworks.web.signals.models import Signal
from headworks.web.signals.shown import shown_to
from headworks.web.signals.states import OPEN_STATES

_MOST_SIGNALS, _MOST_LATE, _MOST_NEIGHBOURS = 10, 10, 60


def beside(reader: Reader, area: AreaNode) -> dict[str, Any]:
    """Signals, late samples and neighbours of an area, as far as the reader may see each.

    Parameters
    ----------
    reader
        Who asks.
    area
        From the policy.
    """
    return {**open_signals(reader, area), **_late(reader, area), "neighbours": neighbours_of(reader, area)}


def open_signals(reader: Reader, area: AreaNode) -> dict[str, Any]:
    """Signals on the area and on what lies in it, on which nothing was decided for good; the most specific first."""
    rows = Signal.objects.visible_to(reader).filter(within((area.path,), "area_path"), state__in=OPEN_STATES)
    found = list(rows[: _MOST_SIGNALS + 1])
    signals = shown_to(reader, found[:_MOST_SIGNALS]) if found else []
    return {"signals": signals, "has_more_signals": len(found) > _MOST_SIGNALS}


def _late(reader: Reader, area: AreaNode) -> dict[str, Any]:
    rows = late_samples(reader, timezone.localdate()).filter(within((area.path,), "owner_path"))
    found = list(rows[: _MOST_LATE + 1])
    sites = visible_sites(reader, "view_samples").in_bulk([row.site_id for row in found]) if found else {}
    late = [{"sample": row, "site": sites.get(row.site_id)} for row in found[:_MOST_LATE]]
    return {"late_samples": late, "has_more_late": len(found) > _MOST_LATE}


def neighbours_of(reader: Reader, area: AreaNode) -> list[AreaNode]:
    """Areas of the same level in the same area above, of those that the reader was granted; others are not named."""
    if area.parent_id is None:
        return []
    beside_it = visible_areas(reader).filter(parent_id=area.parent_id, level=area.level).exclude(pk=area.pk)
    return list(beside_it.order_by("area_id")[:_MOST_NEIGHBOURS])
