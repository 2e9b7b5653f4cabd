"""Which shared causes are told to the laboratory, under the budget of their own list.

A cause is one hypothesis of its week, in both directions, and (X6) holds with its ``z`` of ``explain_shared`` in place of a
unit's. The trap: a cause is taken off the residuals long before it is certain enough to be told.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from headworks.warning.budget.select import BUDGET_WEEKS
from headworks.warning.budget.words import Budget


def select_causes(
    z: npt.ArrayLike, budget: Budget, *, shown_before: int = 0, budget_weeks: int = BUDGET_WEEKS
) -> npt.NDArray[np.bool_]:
    """Causes of a week that are signals of the kind quality.

    Parameters
    ----------
    z
        Standard normal of each cause, shape ``(n_causes,)``; not a number where it could not be judged.
    budget, shown_before, budget_weeks
        The share, how many causes were told in the budget's year, and its weeks.

    Returns
    -------
    npt.NDArray[np.bool_]
        Shape of ``z``.

    Examples
    --------
    Of two, 0.1/(52 x 2) = 0.00096 is allowed for one: |z| of 3.3.

    >>> select_causes([-3.4, 2.0], Budget(0.1)).tolist()
    [True, False]
    """
    normal = np.asarray(z, np.float64)
    p = np.where(np.isnan(normal), 1.0, 2 * ndtr(-np.abs(normal)))
    judged = np.count_nonzero(~np.isnan(normal))
    if not judged:
        return np.zeros(normal.shape, dtype=np.bool_)
    price = budget.share_false / (budget_weeks * judged)
    ordered = np.sort(p)
    fits = np.flatnonzero(ordered <= price * (shown_before + np.arange(1, p.size + 1)))
    most = price * (shown_before + fits[-1] + 1) if fits.size else 0.0
    result: npt.NDArray[np.bool_] = p <= most
    return result
