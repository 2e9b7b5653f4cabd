"""The network: areas with dated codes, sites, catchments, populations, boundaries.

In: the tables ``areas``, ``code_changes``, ``sites``, ``site_areas`` and the shipped divisions. Out: which area lies in which
on a day, what an old code is called today, how many people of which area drain to which site, and what is odd about it.
"""

from headworks.places.area_tree import AreaTree, ancestors_table
from headworks.places.boundaries import parse_boundaries, schematic_boundaries
from headworks.places.catchments import downstream_pairs, site_area_people
from headworks.places.code_changes import carry_site_areas, current_ids
from headworks.places.divisions import divisions, shipped_code_changes
from headworks.places.names import find_areas
from headworks.places.network_findings import network_findings
from headworks.places.populations import (
    calibrate_marker,
    combine_populations,
    load_per_1000_by_cotinine,
    population_estimates,
    population_from_cotinine,
    population_from_marker,
)

__all__ = [
    "AreaTree",
    "ancestors_table",
    "calibrate_marker",
    "carry_site_areas",
    "combine_populations",
    "current_ids",
    "divisions",
    "downstream_pairs",
    "find_areas",
    "load_per_1000_by_cotinine",
    "network_findings",
    "parse_boundaries",
    "population_estimates",
    "population_from_cotinine",
    "population_from_marker",
    "schematic_boundaries",
    "shipped_code_changes",
    "site_area_people",
]
