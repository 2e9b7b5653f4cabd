"""People behind a site: by register, design capacity or a marker, each with its error, and all of them combined.

In: marker loads (the table ``loads``), ``sites``, ``populations``, per-capita loads and cigarettes of the reference. Out: the
table ``population_estimates``. The functions of one number each take numbers and arrays alike.
"""

from headworks.places.populations.calibration import Calibration, calibrate_marker, calibrated_per_capita
from headworks.places.populations.combined import CombinedPopulation, combine_populations
from headworks.places.populations.cotinine import (
    LoadByCotinine,
    cotinine_per_1000,
    load_per_1000_by_cotinine,
    population_from_cotinine,
)
from headworks.places.populations.days import sampled_quarters
from headworks.places.populations.estimates import PopulationErrors, population_estimates, populations_used
from headworks.places.populations.markers import population_from_ammonium, population_from_marker
from headworks.places.populations.methods import (
    population_by_cotinine,
    population_by_markers,
    population_design,
    population_registered,
)
from headworks.places.populations.smoking import cigarettes_of_sites

__all__ = [
    "Calibration",
    "CombinedPopulation",
    "LoadByCotinine",
    "PopulationErrors",
    "calibrate_marker",
    "calibrated_per_capita",
    "cigarettes_of_sites",
    "combine_populations",
    "cotinine_per_1000",
    "load_per_1000_by_cotinine",
    "population_by_cotinine",
    "population_by_markers",
    "population_design",
    "population_estimates",
    "population_from_ammonium",
    "population_from_cotinine",
    "population_from_marker",
    "population_registered",
    "populations_used",
    "sampled_quarters",
]
