"""Concentration → load → per 1,000 people → consumption → doses, with bounds and with what shares each error.

In: measurements, samples, flows, populations, medical use; the factors of a parameter set. Out: the tables ``loads`` and
``consumption``, and the days on which a drug was poured away rather than used. The arithmetic functions work alike on
numbers, arrays and Polars expressions. Of the sub-rooms ``sewer`` is what happens on the way, ``splitting`` whose residue it
is, ``disposal`` whether it was used at all.
"""

from headworks.loads.consumption import consumption, consumption_from_residues, correction_factor
from headworks.loads.derive_consumption import derive_consumption
from headworks.loads.derive_loads import DerivedLoads, LoadInputs, derive_loads
from headworks.loads.disposal import (
    DisposedShare,
    disposal_events,
    disposed_share,
    fractions_of_days,
    kept_out_days,
    residue_ratios,
)
from headworks.loads.doses import doses
from headworks.loads.mass_load import mass_load
from headworks.loads.monte_carlo import ExcretionFraction, simulate_consumption
from headworks.loads.per_capita import load_per_1000
from headworks.loads.period_consumption import period_consumption
from headworks.loads.residues_side_by_side import residues_side_by_side
from headworks.loads.sewer import derive_stability, flag_sorption, sorbed_fraction, stability_uncertainty, surviving_fraction
from headworks.loads.splitting import (
    DerivedSplit,
    IllicitHeroin,
    calibrate_amphetamine_ratio,
    derive_amphetamine,
    derive_beyond_therapeutic,
    derive_heroin,
    illicit_heroin,
    per_1000_of_ages,
    replace_consumption,
    restrict_ages,
)

__all__ = [
    "DerivedLoads",
    "DerivedSplit",
    "DisposedShare",
    "ExcretionFraction",
    "IllicitHeroin",
    "LoadInputs",
    "calibrate_amphetamine_ratio",
    "consumption",
    "consumption_from_residues",
    "correction_factor",
    "derive_amphetamine",
    "derive_beyond_therapeutic",
    "derive_consumption",
    "derive_heroin",
    "derive_loads",
    "derive_stability",
    "disposal_events",
    "disposed_share",
    "doses",
    "flag_sorption",
    "fractions_of_days",
    "illicit_heroin",
    "kept_out_days",
    "load_per_1000",
    "mass_load",
    "per_1000_of_ages",
    "period_consumption",
    "replace_consumption",
    "residue_ratios",
    "residues_side_by_side",
    "restrict_ages",
    "simulate_consumption",
    "sorbed_fraction",
    "stability_uncertainty",
    "surviving_fraction",
]
