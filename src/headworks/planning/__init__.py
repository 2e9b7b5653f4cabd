"""A province with known truth, to test plans and methods on.

In: a :class:`SimulationPlan`, which names province, sites, weeks, residues, seed and switches. Out: the facts that a
programme of that kind would have, as tables of the shelf, and apart from them what was really the case. Codes and names of
areas are real; everything that is said of them is drawn.
"""

from headworks.planning.plan import Errors, SimulationPlan, known_analytes, reference_errors
from headworks.planning.simulate import SimulatedProvince, Simulation, WeeksOfFacts, prepare_simulation, simulate_province

__all__ = [
    "Errors",
    "SimulatedProvince",
    "Simulation",
    "SimulationPlan",
    "WeeksOfFacts",
    "known_analytes",
    "prepare_simulation",
    "reference_errors",
    "simulate_province",
]
