"""What happens on top of ordinary use: an outbreak, dumping, a new substance.

Events of a year (52 weeks) are drawn for that year alone, so that a longer simulation begins with the same ones. The first
come early in the year, and dumping falls in a week that is sampled. The trap is to place events relative to the end.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from headworks.planning.draws import Purpose, stream
from headworks.planning.network import Network, plants_of
from headworks.planning.network.site_choice import VILLAGE_SITE
from headworks.planning.plan import DAYS, SimulationPlan
from headworks.reference.simulation_levels import simulation_value

YEAR_WEEKS = 52
OUTBREAK_OF, NEW_SUBSTANCE, DUMPED = "methamphetamine", "etomidate-acid", ("ketamine", "MDMA")
# Weeks of a year in which events begin: the first, and one more than the last.
_OUTBREAK, _DUMPING, _NEW = (5, 8), (7, 10), (4, 7)
# How long a new substance takes to the cities it began in, and to the others, weeks.
_SAME_CITY, _ELSEWHERE = (4, 30), (12, 120)


@dataclass(frozen=True, eq=False)
class Event:
    """Something that happens at some sites' own residents, or is poured in at one.

    ``sites`` are indices. ``size`` is a factor of use for an outbreak, the first day's load over the ordinary one for dumping.
    """

    kind: str
    analyte: str | None
    sites: np.ndarray
    first_week: int
    n_weeks: int
    size: float
    area_id: str | None = None

    def days(self, plan: SimulationPlan) -> tuple[dt.date, dt.date]:
        """First and last day."""
        return plan.monday(self.first_week), plan.monday(self.first_week + self.n_weeks) - dt.timedelta(days=1)


def schedule(plan: SimulationPlan, network: Network) -> list[Event]:
    """Outbreaks and dumping of all years that a plan touches; none when the plan has no events.

    Returns
    -------
    list of Event
        In the order in which they begin.
    """
    if not plan.events:
        return []
    found = [
        event
        for year in range(-(-plan.n_weeks // YEAR_WEEKS))
        for event in [*_outbreaks(plan, network, year), *_dumping(plan, network, year)]
    ]
    mine = [event for event in found if event.first_week < plan.n_weeks and event.analyte in plan.residues]
    return sorted(mine, key=lambda event: (event.first_week, event.kind, event.analyte or ""))


def _outbreaks(plan: SimulationPlan, network: Network, year: int) -> list[Event]:
    rng = stream(plan.seed, Purpose.EVENTS, week=year)
    factor, weeks = simulation_value("outbreak_factor"), int(simulation_value("outbreak_weeks"))
    villages = np.flatnonzero((network.sites["kind"] == VILLAGE_SITE).to_numpy())
    starts = year * YEAR_WEEKS + rng.integers(*_OUTBREAK, 2)
    draws = rng.random(2)
    events = []
    if len(villages):
        village = villages[[int(draws[0] * len(villages))]]
        area = network.sites["area_id"][int(village[0])]
        events.append(Event("outbreak", OUTBREAK_OF, village, int(starts[0]), weeks, factor, area))
    plants = plants_of(network)
    plant = int(plants[int(draws[1] * len(plants))])
    sites = np.flatnonzero(network.county == network.county[plant])
    events.append(Event("outbreak", OUTBREAK_OF, sites, int(starts[1]), weeks, factor, network.sites["area_id"][plant]))
    return events


def _dumping(plan: SimulationPlan, network: Network, year: int) -> list[Event]:
    rng = stream(plan.seed, Purpose.EVENTS, week=year, analyte=1)
    plants = plants_of(network)
    events = []
    for analyte in DUMPED:
        week = year * YEAR_WEEKS + int(rng.integers(*_DUMPING))
        week = -(-week // plan.every_weeks) * plan.every_weeks
        plant = plants[[int(rng.random() * len(plants))]]
        area = network.sites["area_id"][int(plant[0])]
        events.append(Event("dumping", analyte, plant, week, 1, simulation_value("dumping_first"), area))
    return events


def dumping_profile() -> np.ndarray:
    """Load poured in over the ordinary one, Monday to Sunday."""
    return np.linspace(simulation_value("dumping_first"), simulation_value("dumping_last"), DAYS)


def first_weeks(plan: SimulationPlan, network: Network) -> np.ndarray:
    """Week in which the new substance is first used at each site: a few begin, their cities follow, then the others (S10)."""
    rng = stream(plan.seed, Purpose.NEW_SUBSTANCE)
    n = network.n_sites
    seeds = rng.permutation(n)[: int(simulation_value("new_substance_seeds"))]
    begin = int(rng.integers(*_NEW))
    draws = rng.random(n)
    is_same = np.isin(network.city, network.city[seeds])
    low = np.where(is_same, _SAME_CITY[0], _ELSEWHERE[0])
    high = np.where(is_same, _SAME_CITY[1], _ELSEWHERE[1])
    first = begin + np.floor(low + (high - low) * draws).astype(np.int64)
    first[seeds] = begin
    return first


def adoption(first_week: np.ndarray, week: int) -> np.ndarray:
    """Share of its later level that a new substance has reached at each site.

    Examples
    --------
    >>> adoption(np.array([5]), 4).tolist(), adoption(np.array([5]), 9).tolist(), adoption(np.array([5]), 99).tolist()
    ([0.0], [0.5], [1.0])
    """
    risen = (week - first_week + 1) / simulation_value("new_substance_rise")
    return np.asarray(np.clip(risen, 0.0, 1.0))
