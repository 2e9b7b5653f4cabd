"""What was really the case, kept apart from the facts: means of periods, people, events, biases of batches.

A truth of a period is the mean over all its simulated calendar days, sampled or not; per capita it is over true residents,
who do not change when people travel. The trap is a truth made of the sampled days only: an interval that must hold the
period's mean would be too narrow and still seem right.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.core.periods import PeriodKind, period_label
from headworks.planning.day_patterns import days_of_week
from headworks.planning.events import NEW_SUBSTANCE, Event, adoption, first_weeks, schedule
from headworks.planning.measuring import Laboratories, MeasuredWeek
from headworks.planning.network import Network
from headworks.planning.plan import DAYS, SimulationPlan
from headworks.planning.true_loads import TrueWeek
from headworks.tables.trends import PERIOD_KINDS

_PEOPLE = 1e3
_KINDS: tuple[PeriodKind, ...] = ("week", "month", "quarter", "half_year", "year")
_EVENT_SCHEMA = {
    "kind": pl.String,
    "analyte": pl.String,
    "site_id": pl.String,
    "area_id": pl.String,
    "first_day": pl.Date,
    "last_day": pl.Date,
    "size": pl.Float64,
}


class TruthLedger:
    """Adds up the truth week by week, so that ten years need no more memory than their periods."""

    def __init__(self, plan: SimulationPlan, network: Network, laboratories: Laboratories) -> None:
        self._plan = plan
        self._network = network
        self._laboratories = laboratories
        self._loads: dict[tuple[str, str], np.ndarray] = {}
        self._present: dict[tuple[str, str], np.ndarray] = {}
        self._days: dict[tuple[str, str], int] = {}
        self._biases: list[tuple[int, np.ndarray]] = []

    def add(self, week: TrueWeek, measured: MeasuredWeek | None) -> None:
        """Count a week, and its batches when it was sampled."""
        days = pl.DataFrame({"day": days_of_week(self._plan, week.week)})
        for kind in _KINDS:
            labels = days.select(period_label(pl.col("day"), kind)).to_series().to_list()
            for label in dict.fromkeys(labels):
                chosen = [place for place in range(DAYS) if labels[place] == label]
                key = kind, label
                self._loads[key] = self._loads.get(key, 0.0) + week.loads[:, :, chosen].sum(axis=2)
                self._present[key] = self._present.get(key, 0.0) + week.present[:, chosen].sum(axis=1)
                self._days[key] = self._days.get(key, 0) + len(chosen)
        if measured is not None:
            self._biases.append((week.week, measured.bias))

    def tables(self) -> dict[str, pl.DataFrame]:
        """``site_periods, population, events, batch_biases``."""
        return {
            "site_periods": self._site_periods(),
            "population": self._population(),
            "events": self._events(),
            "batch_biases": self._batch_biases(),
        }

    def _site_periods(self) -> pl.DataFrame:
        """Sorted by kind, period, residue and site."""
        network, keys = self._network, sorted(self._days, key=lambda key: (_KINDS.index(key[0]), key[1]))
        n_sites, n_residues = network.n_sites, len(self._plan.residues)
        size = n_sites * n_residues
        period = np.repeat(np.arange(len(keys)), size)
        site = np.tile(np.arange(n_sites), len(keys) * n_residues)
        n_days = np.array([self._days[key] for key in keys])
        load = np.concatenate([self._loads[key].ravel() / self._days[key] for key in keys])
        present = np.concatenate([np.tile(self._present[key] / self._days[key], n_residues) for key in keys])
        residue = np.tile(np.repeat(np.arange(n_residues), n_sites), len(keys))
        return pl.DataFrame(
            {
                "site_id": network.sites["site_id"].gather(site),
                "period": pl.Series([label for _, label in keys]).gather(period),
                "period_kind": pl.Series([kind for kind, _ in keys], dtype=pl.Enum(PERIOD_KINDS)).gather(period),
                "analyte": pl.Series(self._plan.residues).gather(residue),
                "load_mg_per_day": load,
                "load_mg_per_1000_per_day": load / network.people[site] * _PEOPLE,
                "people": network.people[site],
                "people_present": present,
                "n_days": n_days[period],
            }
        )

    def _population(self) -> pl.DataFrame:
        network = self._network
        return network.sites.select(
            "site_id",
            kind="kind",
            people=pl.Series(network.people),
            people_connected=pl.Series(network.connected),
            registered=pl.Series(network.registered),
            u_population=pl.lit(self._plan.made_errors.population),
        )

    def _events(self) -> pl.DataFrame:
        plan, network = self._plan, self._network
        rows = [self._event_row(event) for event in [*schedule(plan, network), *self._laboratories.outages]]
        if plan.events and NEW_SUBSTANCE in plan.residues:
            began = first_weeks(plan, network)
            # Only sites where it was used within the simulated weeks.
            for site in np.flatnonzero(adoption(began, plan.n_weeks - 1) > 0):
                place = network.sites["site_id"][int(site)], network.sites["area_id"][int(site)]
                first = plan.monday(int(began[site]))
                rows.append(("new_substance", NEW_SUBSTANCE, *place, first, None, 1.0))
        frame = pl.DataFrame(rows, schema=_EVENT_SCHEMA, orient="row")
        return frame.sort("first_day", "kind", "analyte", "site_id", nulls_last=True)

    def _event_row(self, event: Event) -> tuple[object, ...]:
        site = self._network.sites["site_id"][int(event.sites[0])] if len(event.sites) == 1 else None
        return event.kind, event.analyte, site, event.area_id, *event.days(self._plan), event.size

    def _batch_biases(self) -> pl.DataFrame:
        plan, names = self._plan, self._laboratories.batch_names
        batches = [f"{plan.monday(week):%G-W%V}-{name}" for week, _ in self._biases for name in names]
        width = len(plan.residues)
        biases = np.concatenate([bias.T.ravel() for _, bias in self._biases]) if self._biases else np.zeros(0)
        return pl.DataFrame(
            {
                "batch_id": pl.Series(batches, dtype=pl.String).gather(np.repeat(np.arange(len(batches)), width)),
                "analyte": pl.Series(plan.residues).gather(np.tile(np.arange(width), len(batches))),
                "bias": biases,
            }
        )
