"""The contract shelf: every table that crosses a room.

``SHELF`` names them all; the page of all tables, the workspace and ``headworks show`` read it. A new table is a class in
one of the family files and a line here.
"""

from __future__ import annotations

from typing import NamedTuple

from headworks.core.schema import Kind, Table
from headworks.tables.areas import AreaChanges, AreaConsumption, AreaLoads
from headworks.tables.assessment import ListDecisions, ListOutcomes
from headworks.tables.days import DailyLoads
from headworks.tables.indicators import Indicators
from headworks.tables.instrument import InjectionResults
from headworks.tables.levels import AreaEstimates, OutlyingDays, Trends, TrendSettings, WeekdayOffsets
from headworks.tables.loads import Consumption, Loads, PublishedMeans, ReportedLoads, TherapeuticUse
from headworks.tables.places import Areas, CodeChanges, Populations, SiteAreas, Sites
from headworks.tables.quality import DisposalEvents, Nonconformities, PopulationEstimates, ResidueRatios
from headworks.tables.samples import EnantiomericFractions, Flows, Measurements, Samples
from headworks.tables.screening import ScreeningHits
from headworks.tables.signals import Signals
from headworks.tables.trends import Changes, InconsistentMeans, PeriodConsumption, PeriodMeans, WeeklyMeans


class Shelf(NamedTuple):
    """A table, and whether it is fact (imported, append-only), result (computed, replaceable) or record (passed, not kept)."""

    schema: type[Table]
    kind: Kind


SHELF: dict[str, Shelf] = {
    "areas": Shelf(Areas, "fact"),
    "code_changes": Shelf(CodeChanges, "fact"),
    "sites": Shelf(Sites, "fact"),
    "site_areas": Shelf(SiteAreas, "fact"),
    "populations": Shelf(Populations, "fact"),
    "samples": Shelf(Samples, "fact"),
    "flows": Shelf(Flows, "fact"),
    "measurements": Shelf(Measurements, "fact"),
    "enantiomeric_fractions": Shelf(EnantiomericFractions, "fact"),
    "therapeutic_use": Shelf(TherapeuticUse, "fact"),
    "reported_loads": Shelf(ReportedLoads, "fact"),
    "published_means": Shelf(PublishedMeans, "fact"),
    "indicators": Shelf(Indicators, "fact"),
    "injection_results": Shelf(InjectionResults, "record"),
    "screening_hits": Shelf(ScreeningHits, "record"),
    "signals": Shelf(Signals, "record"),
    "list_outcomes": Shelf(ListOutcomes, "record"),
    "list_decisions": Shelf(ListDecisions, "record"),
    "daily_loads": Shelf(DailyLoads, "record"),
    "loads": Shelf(Loads, "result"),
    "consumption": Shelf(Consumption, "result"),
    "weekly_means": Shelf(WeeklyMeans, "result"),
    "period_means": Shelf(PeriodMeans, "result"),
    "period_consumption": Shelf(PeriodConsumption, "result"),
    "changes": Shelf(Changes, "result"),
    "inconsistent_means": Shelf(InconsistentMeans, "result"),
    "area_loads": Shelf(AreaLoads, "result"),
    "area_consumption": Shelf(AreaConsumption, "result"),
    "area_changes": Shelf(AreaChanges, "result"),
    "area_estimates": Shelf(AreaEstimates, "result"),
    "trends": Shelf(Trends, "result"),
    "outlying_days": Shelf(OutlyingDays, "result"),
    "trend_settings": Shelf(TrendSettings, "result"),
    "weekday_offsets": Shelf(WeekdayOffsets, "result"),
    "population_estimates": Shelf(PopulationEstimates, "result"),
    "residue_ratios": Shelf(ResidueRatios, "result"),
    "disposal_events": Shelf(DisposalEvents, "result"),
    "nonconformities": Shelf(Nonconformities, "result"),
}
# The column that says in which part of its table a result is kept, a month or a year; readers do not see it.
PART = "part"
FACTS = tuple(name for name, (_, kind) in SHELF.items() if kind == "fact")
RESULTS = tuple(name for name, (_, kind) in SHELF.items() if kind == "result")

__all__ = [
    "FACTS", "PART", "RESULTS", "SHELF", "AreaChanges", "AreaConsumption", "AreaEstimates", "AreaLoads", "Areas", "Changes", "CodeChanges", "Consumption",
    "DailyLoads", "DisposalEvents", "EnantiomericFractions", "Flows", "InconsistentMeans", "Indicators", "InjectionResults",
    "ListDecisions", "ListOutcomes", "Loads", "Measurements",
    "Nonconformities", "OutlyingDays", "PeriodConsumption", "PeriodMeans", "PopulationEstimates", "Populations", "PublishedMeans", "ReportedLoads",
    "ResidueRatios", "Samples", "ScreeningHits", "Shelf", "Signals", "SiteAreas", "Sites", "TherapeuticUse", "TrendSettings", "Trends", "WeekdayOffsets", "WeeklyMeans",
]  # fmt: skip
