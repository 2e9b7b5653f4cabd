"""Rooms strung together: facts → loads → consumption → means → changes. No formulas.

In: fact tables and a :class:`Method`. Out: a :class:`Situation`, whole or only what new facts touch.
"""

from headworks.workflows.places_of_sites import with_places
from headworks.workflows.situation import Method, Situation, Touched, default_scopes, derive_situation

__all__ = ["Method", "Situation", "Touched", "default_scopes", "derive_situation", "with_places"]
