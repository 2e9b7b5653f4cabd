r"""p-values of one residue held against the p-values its series had before, so that the stated rate is the one that comes.

    p' = (1 + number of earlier p-values at most p) / (1 + number of earlier p-values)                      (H13)

is uniform whatever the model got wrong alike then and now (a conformal p-value): the trend model expects outliers in any
residue and is shy where a residue has none. Beyond the tenth smallest, ``p'`` goes on in proportion to ``p``. Two traps: the
past holds outbreaks as well, which makes this shy, never bold; and the weeks in which a series' level was still being learnt
are not alike, so leave its first :data:`WEEKS_TO_SETTLE` out of what is held against.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
# An order statistic of this rank is known to a third; with 10,000 earlier samples it stands at a rate of one in a thousand.
TAIL_RANK = 10
FEWEST = 2_000
# Fortnightly with four of five samples below the limit, small p-values come too often for so long; other series sooner.
WEEKS_TO_SETTLE = 104


def recalibrate(p: npt.ArrayLike, earlier: npt.ArrayLike) -> Array:
    """p-values as they would have to be for the earlier ones to be uniform (H13).

    Parameters
    ----------
    p
        p-values to judge, any shape; not a number where there is none.
    earlier
        p-values of the same residue from before, of all its series, without those of a series' first two years; those that
        are not a number are left out.

    Returns
    -------
    Array
        Shape of ``p``.

    Raises
    ------
    DataRefused
        ``HW-D744`` when there are fewer than 2,000 earlier ones: the law as stated is then the better guide.

    Examples
    --------
    The tenth smallest of 9,999 is 0.0316 and stands for 0.001: 0.02 for 0.001 x 0.02 / 0.0316.

    >>> before = np.arange(1, 10_000) / 10_000
    >>> recalibrate([0.002, 0.02, float("nan")], np.sqrt(before)).round(6).tolist()
    [6.3e-05, 0.000632, nan]
    """
    asked, known = np.asarray(p, np.float64), np.asarray(earlier, np.float64).ravel()
    known = np.sort(known[~np.isnan(known)])
    if known.size < FEWEST:
        raise DataRefused(
            "Too few earlier p-values to hold new ones against.",
            found=str(known.size),
            remedy=f"Give {FEWEST} at least, or take the p-values as they are",
            code="HW-D744",
        )
    counted = (1.0 + np.searchsorted(known, asked, side="right")) / (1.0 + known.size)
    edge = known[TAIL_RANK - 1]
    beyond = asked / edge * (TAIL_RANK / (1.0 + known.size))
    result: Array = np.where(np.isnan(asked), np.nan, np.where(asked < edge, beyond, counted))
    return result
