"""Quantiles from cumulants: the terms of the Cornish-Fisher series that hang on the level alone (E5)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def cornish_fisher_terms(z: Array) -> Array:
    """What each product of standardised cumulants is multiplied by in (E5), for each normal quantile ``z``.

    Examples
    --------
    At the median only the odd ones are left: -skew / 6 first.

    >>> cornish_fisher_terms(np.array([0.0]))[0, :4].round(4).tolist()
    [0.0, -0.1667, -0.0, 0.0]
    """
    z2 = z * z
    return np.ascontiguousarray(
        np.stack(
            [
                z,
                (z2 - 1) / 6,
                z * (z2 - 3) / 24,
                -z * (2 * z2 - 5) / 36,
                (z2 * z2 - 6 * z2 + 3) / 120,
                -(z2 * z2 - 5 * z2 + 2) / 24,
                (12 * z2 * z2 - 53 * z2 + 17) / 324,
                z * (z2 * z2 - 10 * z2 + 15) / 720,
                -z * (3 * z2 * z2 - 24 * z2 + 29) / 384,
                -z * (2 * z2 * z2 - 17 * z2 + 21) / 180,
                z * (14 * z2 * z2 - 103 * z2 + 107) / 288,
                -z * (252 * z2 * z2 - 1688 * z2 + 1511) / 7776,
            ],
            axis=1,
        )
    )
