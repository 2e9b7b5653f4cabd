r"""How long until a chart calls with nothing behind it, and how long until it finds a shift?

The one-sided cumulative sum is a Markov chain on 0 … h. Cut into m cells, with R the chances of going from cell to cell
without a call, the mean number of points to a call from 0 is (Brook and Evans 1972)

    ARL = first entry of (I - R)^-1 1,    two-sided: 1 / ARL = 1 / ARL_high + 1 / ARL_low                 (B16)

The trap: this is for a known sigma and independent points.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from headworks.assessment.comparison.equal_lists import refuse

# Twice as many cells change the run length by less than a thousandth.
_CELLS = 100


def cusum_run_length(shift: float = 0.0, slack: float = 0.5, height: float = 5.0) -> float:
    """Mean number of points to a call of the two-sided CUSUM, when the level stands ``shift`` sigma from the centre (B16).

    Raises
    ------
    DataRefused
        ``HW-D765`` for a slack or height not above 0.

    Examples
    --------
    >>> round(cusum_run_length(0.0, 0.5, 4.0)), round(cusum_run_length(0.0, 0.5, 5.0)), round(cusum_run_length(1.0), 1)
    (168, 465, 10.4)
    """
    if not (slack > 0 and height > 0):
        refuse(
            "HW-D765", "A constant of a chart is not above 0.", found=f"slack {slack:g}, height {height:g}", remedy="0.5 and 5"
        )
    return 1 / (1 / _one_sided(shift, slack, height) + 1 / _one_sided(-shift, slack, height))


def _one_sided(shift: float, slack: float, height: float) -> float:
    # Cells of equal width around 0, w, 2 w …; the first is the half cell from 0 and all below.
    width = 2 * height / (2 * _CELLS - 1)
    middle = width * np.arange(_CELLS)
    step = middle[None, :] - middle[:, None] + slack - shift
    upper, lower = ndtr(step + width / 2), ndtr(step - width / 2)
    lower[:, 0] = 0.0
    return float(np.linalg.solve(np.eye(_CELLS) - (upper - lower), np.ones(_CELLS))[0])
