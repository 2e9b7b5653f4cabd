"""A province with known truth: the facts a programme would have, and beside them what was really the case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from headworks.planning.fact_tables import empty_facts, network_facts, sample_facts
from headworks.planning.measuring import Laboratories, equip_laboratories, measure_week
from headworks.planning.network import Network, build_network
from headworks.planning.plan import SimulationPlan, require_plan
from headworks.planning.true_loads import true_weeks
from headworks.planning.truth_tables import TruthLedger


@dataclass(frozen=True, eq=False)
class SimulatedProvince:
    """``facts`` are tables of the shelf, ``truth`` never is imported: site_periods, population, events, batch_biases."""

    facts: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]


@dataclass(frozen=True, eq=False)
class WeeksOfFacts:
    """The facts of some weeks, counted from 0, the last one included."""

    first_week: int
    last_week: int
    facts: dict[str, pl.DataFrame]


@dataclass(frozen=True, eq=False)
class Simulation:
    """A plan made ready: its network, its laboratories, and the ledger that its weeks fill."""

    plan: SimulationPlan
    network: Network
    laboratories: Laboratories
    ledger: TruthLedger

    def network_facts(self) -> dict[str, pl.DataFrame]:
        """``areas, sites, site_areas, populations``."""
        return network_facts(self.plan, self.network)

    def weeks(self, weeks_per_part: int, first_week: int = 0) -> Iterator[WeeksOfFacts]:
        """Samples and results part by part; the truth of a part is in the ledger when it is handed out.

        A part holds the same rows, bit for bit, however many weeks follow it. Weeks before ``first_week`` are simulated,
        because later ones build on them, and handed out in no part.
        """
        measured, first = [], first_week
        for truth in true_weeks(self.plan, self.network):
            taken = self.plan.is_sampled(truth.week) and truth.week >= first_week
            found = measure_week(self.plan, self.network, self.laboratories, truth) if taken else None
            self.ledger.add(truth, found)
            if found is not None:
                measured.append(found)
            is_full = truth.week + 1 == first + weeks_per_part
            if is_full or truth.week + 1 == self.plan.n_weeks:
                facts = sample_facts(self.plan, self.network, self.laboratories, measured) if measured else empty_facts()
                yield WeeksOfFacts(first, truth.week, facts)
                measured, first = [], truth.week + 1


def prepare_simulation(plan: SimulationPlan) -> Simulation:
    """A simulation of a plan, before its first week.

    Raises
    ------
    UsageError
        ``HW-U061`` to ``HW-U064`` and ``HW-U067``, see ``require_plan`` and ``build_network``.
    """
    network = build_network(require_plan(plan))
    laboratories = equip_laboratories(plan, network)
    return Simulation(plan, network, laboratories, TruthLedger(plan, network, laboratories))


def simulate_province(plan: SimulationPlan) -> SimulatedProvince:
    """Facts and truth of a plan; the same plan gives the same bits.

    Raises
    ------
    UsageError
        When the plan cannot be carried out.

    Examples
    --------
    >>> province = simulate_province(SimulationPlan(n_sites=20, n_weeks=2, n_analytes=1, missing=False))
    >>> province.facts["samples"].height, province.facts["measurements"].height
    (40, 40)
    """
    simulation = prepare_simulation(plan)
    (weeks,) = simulation.weeks(plan.n_weeks)
    return SimulatedProvince({**simulation.network_facts(), **weeks.facts}, simulation.ledger.tables())
