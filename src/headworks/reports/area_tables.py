"""The figures of areas behind a report, as the workspace and its disclosure give them.

Everything here may be shown to the reader: a figure that may not is a row of ``withheld``, which holds no number. The trap:
an area without a row anywhere was not sampled, and one in ``withheld`` was; the two must never look alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from headworks.places.boundaries import AreaBoundary
from headworks.reports.content import Label

# From this level down an area is part of a city; a workspace without such areas is one of cities, reported by site.
_DEEP = 3


@dataclass(frozen=True)
class Computed:
    """A figure of an area down to its samples.

    Attributes
    ----------
    figure
        Its row of ``area_loads``; empty when it is withheld or there is none.
    members
        ``site_id, label, population, share, load_mg_per_day, least_mg_per_day, most_mg_per_day, people, n_days, n_quantified``
        of the sites added that this reader may see, the largest load first; load and people are the site's times its share.
    nested
        ``site_id, label, held_by, holder`` (its name): sampled sites left out because a sampled site downstream holds them.
    n_members, n_nested, n_batches
        How many there are, seen or not; laboratory batches of the members.
    samples
        ``day, sample_id, concentration_ng_per_l, detection, loq_ng_per_l, flow_m3_per_day, batch_id, load_mg_per_day,
        population`` behind the member ``sampled_site``; empty for readers who see no days.
    consumption, change
        Rows of ``area_consumption`` and ``area_changes``; empty where there is none.
    commands
        What returns the rest, with what it is for: ``members``, ``samples``, ``this``.
    """

    area_id: str
    area_name: Label
    period: str
    analyte: str
    drug: str
    tier: str
    figure: Mapping[str, Any]
    members: pl.DataFrame
    nested: pl.DataFrame
    n_members: int
    n_nested: int
    n_batches: int
    samples: pl.DataFrame
    sampled_site: str
    consumption: Mapping[str, Any]
    change: Mapping[str, Any]
    run_id: str
    parameter_set: str
    commands: Mapping[str, str] = field(default_factory=dict)
    is_withheld: bool = False


@dataclass(frozen=True)
class AreaTables:
    """Figures of the report's area, those above it and those in it.

    Attributes
    ----------
    focus
        The area the report is about; None when it is about several that have nothing above them.
    tree
        ``area_id, parent_id, level, name_en, name_zh, population``: the focus, what it lies in, what lies in it; a row each.
    loads, consumption, changes
        Rows of ``area_loads``, ``area_consumption``, ``area_changes`` of the period.
    withheld
        ``area_id, drug, analyte`` of the figures that this reader may not see.
    shapes
        Boundaries by area.
    computed
        By analyte, how the figure of the focus was computed.
    events, nonconformities, populations
        ``disposal_events`` of the period with ``site``, its name; counts by ``rule`` and ``verdict`` with ``n_samples`` and
        ``specification``; ``population_estimates`` with ``site``.
    trends, weeks
        Of the focus, up to the end of the period: rows of ``trends``, and weekly rows of ``area_loads`` with ``state``.
    command
        How to ask for the report of another area, up to its code.
    """

    focus: str | None
    tree: pl.DataFrame
    loads: pl.DataFrame
    consumption: pl.DataFrame
    changes: pl.DataFrame
    withheld: pl.DataFrame
    shapes: Mapping[str, AreaBoundary]
    computed: Mapping[str, Computed]
    events: pl.DataFrame
    nonconformities: pl.DataFrame
    populations: pl.DataFrame
    trends: pl.DataFrame = field(default_factory=pl.DataFrame)
    weeks: pl.DataFrame = field(default_factory=pl.DataFrame)
    n_events_withheld: int = 0
    command: str = "headworks report WORKSPACE --area"

    @property
    def is_deep(self) -> bool:
        """Whether areas below cities are known and any area has a figure: then a report speaks of areas before sites."""
        has_figures = self.loads.height + self.withheld.height > 0
        return has_figures and self.tree.filter(pl.col("level") >= _DEEP).height > 0

    def children(self) -> list[str]:
        """Areas directly in the focus, or those at the top, by code."""
        wanted = pl.col("parent_id").is_null() if self.focus is None else pl.col("parent_id") == self.focus
        return self.tree.filter(wanted).sort("area_id")["area_id"].to_list()
