"""Figures of villages, towns, counties and a province that add up, and figures of areas nobody measured.

In: a tree of areas, a direct estimate and its variance where there is one. Out: ``reconcile``, the same made coherent;
``with_shared_factor``, the variance with an error that all areas share; ``fay_herriot``, direct estimates drawn towards a
regression on covariates, and the regression alone where there is no direct estimate, flagged as modelled.

The equations are in ``docs/methods/levels.md``.
"""

from headworks.trends.levels.fay_herriot import FAY_HERRIOT_METHODS, FayHerriot, FayHerriotMethod, fay_herriot
from headworks.trends.levels.reconcile import Reconciled, reconcile, with_shared_factor

__all__ = [
    "FAY_HERRIOT_METHODS",
    "FayHerriot",
    "FayHerriotMethod",
    "Reconciled",
    "fay_herriot",
    "reconcile",
    "with_shared_factor",
]
