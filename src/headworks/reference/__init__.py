"""Cited constants as dated CSV parameter sets, and their reader.

In: the CSV files of ``data/`` and directories of the user's own in the same form. Out: a :class:`ParameterSet` with one
row of factors per biomarker, names of drugs and analytes, default uncertainties, week conventions, per-capita markers and
country codes. Every value has a status (verified, from memory, none) and a citation; no number of the literature is kept
in code.
"""

from headworks.reference.conventions import country_codes, population_markers, uncertainty_defaults, week_conventions
from headworks.reference.parameter_set import ParameterSet
from headworks.reference.set_comparison import compare_sets, show_factor
from headworks.reference.set_reader import DEFAULT_SET, list_sets, read_set
from headworks.reference.substance_names import names, resolve_analyte, resolve_drug

__all__ = [
    "DEFAULT_SET",
    "ParameterSet",
    "compare_sets",
    "country_codes",
    "list_sets",
    "names",
    "population_markers",
    "read_set",
    "resolve_analyte",
    "resolve_drug",
    "show_factor",
    "uncertainty_defaults",
    "week_conventions",
]
