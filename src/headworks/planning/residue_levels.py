"""What is known beforehand of each residue that is simulated, from ``simulation.csv``."""

from __future__ import annotations

from dataclasses import dataclass

from headworks.planning.plan import SimulationPlan, known_analytes
from headworks.reference.simulation_levels import simulation_levels, simulation_value


@dataclass(frozen=True)
class ResidueLevel:
    """A residue: its number among all known ones, its level, spreads and limit; what it is a residue of, and the ratio to it.

    ``median`` is in mg/d per 1,000 people, ``dose_mg`` what one dose adds to the sewage, ``loq`` in ng/L.
    """

    name: str
    number: int
    median: float
    between_sd: float
    day_sd: float
    weekend_ratio: float
    season: float
    dose_mg: float
    loq: float
    parent: str | None
    ratio: float


def residue_level(name: str) -> ResidueLevel:
    """The level of a residue.

    Examples
    --------
    >>> one = residue_level("norketamine")
    >>> one.parent, one.ratio, one.median
    ('ketamine', 0.187, 0.0)
    """
    ratios = simulation_levels().filter(parameter="ratio")["item"].to_list()
    pair = next((item for item in ratios if item.split("/")[0] == name), None)
    return ResidueLevel(
        name=name,
        number=known_analytes().index(name),
        median=simulation_value("load_median", name),
        between_sd=simulation_value("between_places_sd", name),
        day_sd=simulation_value("day_to_day_sd", name),
        weekend_ratio=simulation_value("weekend_ratio", name),
        season=simulation_value("season_amplitude", name),
        dose_mg=simulation_value("residue_per_dose", name),
        loq=simulation_value("loq", name),
        parent=pair.split("/")[1] if pair else None,
        ratio=simulation_value("ratio", pair) if pair else 0.0,
    )


def levels_of(plan: SimulationPlan) -> tuple[ResidueLevel, ...]:
    """The residues of a plan and what they are residues of; a parent stands before its residue.

    Examples
    --------
    >>> [level.name for level in levels_of(SimulationPlan(analytes=("norketamine",)))]
    ['ketamine', 'norketamine']
    """
    levels = {name: residue_level(name) for name in plan.residues}
    for level in list(levels.values()):
        if level.parent is not None:
            levels.setdefault(level.parent, residue_level(level.parent))
    return tuple(sorted(levels.values(), key=lambda level: level.number))
