"""What a time-proportional composite gets wrong when concentration and flow move together.

Equal volumes at equal times give mean(C); the load needs the flow's weights:

    true load / time-proportional load = sum(C Q) / (mean C x sum Q) = 1 + cov(C, Q) / (mean C x mean Q)       (Q5)

The trap is the sign: a *positive* bias means that the time-proportional load is too *low* by that share of itself. Flow- and
volume-proportional composites have none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from headworks.core.errors import DataRefused


def time_proportional_bias(concentrations: ArrayLike, flows: ArrayLike) -> float | np.ndarray:
    """What is missing from a time-proportional load, as a share of it (Q5); exact.

    Parameters
    ----------
    concentrations
        At equal steps through the day, shape ``(n_steps,)`` or ``(n_days, n_steps)``, any unit.
    flows
        The same shape, any unit.

    Returns
    -------
    float or array of shape ``(n_days,)``
        The true load is ``(1 + bias)`` times the time-proportional one.

    Raises
    ------
    DataRefused
        ``HW-D464`` for shapes that differ, negative values, or a day without residue or water.

    Examples
    --------
    Half the day 1 ng/L in 1 m3, half the day 3 ng/L in 3 m3: 10 against 2 x 4 = 8.

    >>> time_proportional_bias([1.0, 3.0], [1.0, 3.0])
    0.25
    """
    c, q = np.asarray(concentrations, dtype=float), np.asarray(flows, dtype=float)
    is_shaped = c.shape == q.shape and c.ndim in (1, 2) and c.size > 0
    is_usable = is_shaped and bool(np.all(c >= 0) and np.all(q >= 0) and np.all(c.sum(-1) > 0) and np.all(q.sum(-1) > 0))
    if not is_usable:
        raise DataRefused(
            "Concentrations and flows of a day go in pairs, none negative, with some residue and some water.",
            where="concentrations, flows",
            found=f"{c.shape}, {q.shape}",
            remedy="Give both at the same equal steps through the day",
            code="HW-D464",
        )
    bias = (c * q).mean(axis=-1) / (c.mean(axis=-1) * q.mean(axis=-1)) - 1.0
    return float(bias) if c.ndim == 1 else bias
