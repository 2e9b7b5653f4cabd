"""Does a signal hang on one sample, or on one site?

Each part is left out in turn and the evidence reckoned again from the others. The trap: a part whose week then has no sample
left leaves that week unassessed; it is not a quiet week.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def leave_one_out(without: Sequence[Array], p_value: Callable[[Array], float]) -> list[float]:
    """p-value without each of the parts.

    Parameters
    ----------
    without
        Normals of the unit's weeks as they are without each part; not a number where no sample is left.
    p_value
        Of normals up to the last week; 1 is taken where it is not a number.

    Returns
    -------
    list
        As many as parts.

    Examples
    --------
    >>> leave_one_out([np.array([0.0, 1.0]), np.array([0.0, np.nan])], lambda z: 0.5 if z[-1] == 1 else np.nan)
    [0.5, 1.0]
    """
    found = [p_value(one) for one in without]
    return [1.0 if np.isnan(one) else float(one) for one in found]
