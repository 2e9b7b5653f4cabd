"""The five reports of the cycle: frozen tables in, a content tree out, printed by :mod:`headworks.reports.formats`.

In: :class:`CycleTables` (frames as a tier may see them) and a :class:`CycleRequest`. Out: :class:`CycleContent`.
"""

from __future__ import annotations

from headworks.reports.cycle.content import CycleContent
from headworks.reports.cycle.inputs import CycleRequest, CycleTables, Edition
from headworks.reports.cycle.kinds import KINDS, Kind, kind_of, require_period
from headworks.reports.cycle.report import cycle_report
from headworks.reports.cycle.revisions import reasons_of, revisions_between

__all__ = [
    "KINDS", "CycleContent", "CycleRequest", "CycleTables", "Edition", "Kind", "cycle_report", "kind_of", "reasons_of",
    "require_period", "revisions_between",
]  # fmt: skip
