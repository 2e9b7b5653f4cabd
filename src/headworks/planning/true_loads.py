"""What really passes every site on every day.

The people connected to a site take doses; how many is a matter of chance, which a village feels and a city does not (S7).
Their residues, and what is poured in, pass every site downstream (S4). Rain adds water and no residue (S8). The traps: noise
drawn per site instead of per people connected would let a plant have less than the town above it, and a load that depends on
the flow would make dilution look like abstinence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from headworks.planning.day_patterns import day_factors, days_of_week, presence
from headworks.planning.draws import Purpose, mean_one, stream
from headworks.planning.events import NEW_SUBSTANCE, Event, adoption, dumping_profile, first_weeks, schedule
from headworks.planning.network import Network
from headworks.planning.plan import DAYS, SimulationPlan
from headworks.planning.residue_levels import ResidueLevel, levels_of
from headworks.reference.simulation_levels import simulation_value

_L_PER_M3 = 1e3
_PEOPLE = 1e3
_WEEKS_PER_YEAR = 52.0


@dataclass(frozen=True, eq=False)
class TrueWeek:
    """The truth of a week: arrays of sites x days, in mg/d, m3/d and people, each with everything upstream included.

    ``loads`` has an array per residue of the plan, in its order; ``dumped`` is the part of it that nobody took.
    """

    week: int
    loads: np.ndarray
    dumped: dict[str, np.ndarray]
    water_m3_per_day: np.ndarray
    present: np.ndarray


def true_weeks(plan: SimulationPlan, network: Network) -> Iterator[TrueWeek]:
    """The weeks of a plan, from the first."""
    levels = levels_of(plan)
    events = schedule(plan, network)
    bases = {level.name: _base(plan, network, level) for level in levels}
    began = first_weeks(plan, network) if plan.events else None
    walks = {level.name: np.zeros(network.n_sites) for level in levels}
    rain = np.zeros(len(network.cities))
    for week in range(plan.n_weeks):
        days = days_of_week(plan, week)
        here = np.ones((network.n_sites, DAYS)) if not plan.calendar else presence(days, network.is_urban)
        present = network.connected[:, None] * here
        wet, rain = _rain(plan, network, week, rain)
        own_water = present * (network.water_l_per_person[:, None] * wet / _L_PER_M3)
        use: dict[str, np.ndarray] = {}
        for level in levels:
            walks[level.name] = walks[level.name] + _step(plan, network, level, week)
            mean = bases[level.name] * np.exp(walks[level.name]) * _events_factor(events, level, week, began, network)
            pattern = day_factors(days, level.weekend_ratio, level.season) if plan.calendar else np.ones(DAYS)
            expected = mean[:, None] * pattern[None, :] * present / _PEOPLE
            use[level.name] = _used(plan, level, week, expected, use)
        dumped = _poured(events, week, network, bases)
        loads = np.stack([network.passes @ use[name] + dumped.get(name, 0.0) for name in plan.residues])
        yield TrueWeek(week, loads, dumped, network.passes @ own_water, network.passes @ present)


def _base(plan: SimulationPlan, network: Network, level: ResidueLevel) -> np.ndarray:
    """Load per 1,000 people at each site, mg/d: its city, its county and the place itself differ (S9)."""
    rng = stream(plan.seed, Purpose.LEVELS, analyte=level.number)
    n_counties = int(network.county.max()) + 1
    city, county = rng.standard_normal(len(network.cities)), rng.standard_normal(n_counties)
    place = rng.standard_normal(network.n_sites)
    spread = (
        simulation_value("between_share", "city") * city[network.city]
        + simulation_value("between_share", "county") * county[network.county]
        + simulation_value("between_share", "site") * place
    )
    return np.asarray(level.median * np.exp(level.between_sd * spread * plan.heterogeneity))


def _step(plan: SimulationPlan, network: Network, level: ResidueLevel, week: int) -> np.ndarray:
    """What a week adds to the wandering of log levels."""
    if not plan.drift or week == 0:
        return np.zeros(network.n_sites)
    rng = stream(plan.seed, Purpose.DRIFT, week, level.number)
    per_week = 1.0 / np.sqrt(_WEEKS_PER_YEAR)
    city = simulation_value("drift_sd", "city") * rng.standard_normal(len(network.cities))
    place = simulation_value("drift_sd", "site") * rng.standard_normal(network.n_sites)
    return np.asarray(per_week * (city[network.city] + place))


def _used(
    plan: SimulationPlan, level: ResidueLevel, week: int, expected: np.ndarray, use: dict[str, np.ndarray]
) -> np.ndarray:
    """Residue of the doses that the people connected to each site took, mg/d (S7)."""
    rng = stream(plan.seed, Purpose.USE, week, level.number)
    day = mean_one(rng, level.day_sd if plan.day_to_day else 0.0, expected.shape)
    amount = np.zeros(expected.shape)
    if level.median > 0:
        doses = rng.poisson(expected * day / level.dose_mg)
        spread = simulation_value("dose_size_cv") ** 2
        amount = level.dose_mg * spread * rng.gamma(doses / spread)
    if level.parent is not None:
        amount = amount + level.ratio * use[level.parent] * day
    return np.asarray(amount)


def _rain(plan: SimulationPlan, network: Network, week: int, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Water over dry weather's, sites x days, and the state of the weather after the week (S8)."""
    rng = stream(plan.seed, Purpose.WEATHER, week)
    memory = simulation_value("rain_memory")
    new = rng.standard_normal((DAYS, len(before)))
    state = before if week else new[0]
    walked = []
    for day in range(DAYS):
        state = memory * state + np.sqrt(1.0 - memory**2) * new[day]
        walked.append(state)
    weather = np.stack(walked, axis=1)[network.city]
    sd = network.rain_sd[:, None]
    return np.exp(sd * weather - 0.5 * sd**2), state


def _events_factor(
    events: list[Event], level: ResidueLevel, week: int, began: np.ndarray | None, network: Network
) -> np.ndarray:
    factor = np.ones(network.n_sites)
    for event in events:
        if event.kind == "outbreak" and event.analyte == level.name and 0 <= week - event.first_week < event.n_weeks:
            factor[event.sites] *= event.size
    return factor * adoption(began, week) if began is not None and level.name == NEW_SUBSTANCE else factor


def _poured(events: list[Event], week: int, network: Network, bases: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What nobody took, sites x days, mg/d, at the site where it was poured in and at those downstream."""
    poured: dict[str, np.ndarray] = {}
    for event in events:
        if event.kind != "dumping" or event.first_week != week or event.analyte is None:
            continue
        ordinary = network.passes @ (bases[event.analyte] * network.connected / _PEOPLE)
        cells = np.zeros((network.n_sites, DAYS))
        cells[event.sites] = ordinary[event.sites, None] * dumping_profile()
        poured[event.analyte] = poured.get(event.analyte, 0.0) + network.passes @ cells
    return poured
