"""Concentration → load → per 1,000 people → consumption → doses, with bounds and with what shares each error.

In: measurements, samples, flows, populations; the factors of a parameter set. Out: the tables ``loads`` and ``consumption``.
The arithmetic functions work alike on numbers, arrays and Polars expressions.
"""

from headworks.loads.consumption import consumption, consumption_from_residues, correction_factor
from headworks.loads.derive_consumption import derive_consumption
from headworks.loads.derive_loads import DerivedLoads, LoadInputs, derive_loads
from headworks.loads.doses import doses
from headworks.loads.mass_load import mass_load
from headworks.loads.monte_carlo import ExcretionFraction, simulate_consumption
from headworks.loads.per_capita import load_per_1000
from headworks.loads.period_consumption import period_consumption

__all__ = [
    "DerivedLoads",
    "ExcretionFraction",
    "LoadInputs",
    "consumption",
    "consumption_from_residues",
    "correction_factor",
    "derive_consumption",
    "derive_loads",
    "doses",
    "load_per_1000",
    "mass_load",
    "period_consumption",
    "simulate_consumption",
]
