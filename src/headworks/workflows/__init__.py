"""Rooms strung together: facts → loads → consumption → means → changes → areas, year after year. No formulas.

In: fact tables and a :class:`Method`. Out: result tables, whole or only what new facts touch.
"""

from headworks.workflows.headings import residue_headings
from headworks.workflows.method import Method
from headworks.workflows.places_of_sites import with_places
from headworks.workflows.register import with_populations
from headworks.workflows.scope import Scope
from headworks.workflows.situation import Situation, Source, derive_situation, derive_years
from headworks.workflows.situation_days import default_scopes, situation_days
from headworks.workflows.steps import Steps

__all__ = [
    "Method",
    "Scope",
    "Situation",
    "Source",
    "Steps",
    "default_scopes",
    "derive_situation",
    "derive_years",
    "residue_headings",
    "situation_days",
    "with_places",
    "with_populations",
]
