"""Uncertainty carried through a chain of products and quotients, a million rows at a time.

In: terms with their medians and uncertainties, as numbers or columns. Out: mean, sd and quantiles of each row, and which
engine gave them: a closed form, a quadrature where that is not enough, and draws for a formula of a user's own.

Compiled on first use, so that nothing of this package is loaded by those who do not ask for it.
"""

from headworks.loads.propagation.draws import Exactly, Normal, RowKeys, Triangular, Uniform, propagate_formula
from headworks.loads.propagation.inputs import (
    ENGINES,
    BetaFraction,
    LogNormal,
    Propagated,
    PropagationInputs,
    SewerChange,
    beta_fraction,
)
from headworks.loads.propagation.propagate import propagate

__all__ = [
    "ENGINES",
    "BetaFraction",
    "Exactly",
    "LogNormal",
    "Normal",
    "Propagated",
    "PropagationInputs",
    "RowKeys",
    "SewerChange",
    "Triangular",
    "Uniform",
    "beta_fraction",
    "propagate",
    "propagate_formula",
]
