"""Rooms strung together: facts → loads → consumption → means → changes. No formulas.

In: fact tables and a :class:`Method`. Out: a :class:`Situation`, whole or only what new facts touch.
"""

from headworks.workflows.headings import connected_residues, residue_headings
from headworks.workflows.places_of_sites import sites_within, with_places
from headworks.workflows.situation import Method, Situation, Touched, derive_situation
from headworks.workflows.situation_days import default_scopes, situation_days

__all__ = [
    "Method",
    "Situation",
    "Touched",
    "connected_residues",
    "default_scopes",
    "derive_situation",
    "residue_headings",
    "sites_within",
    "situation_days",
    "with_places",
]
