r"""Is there much in the sewage and little in the reports, or the other way about?

Areas are put in order by measured load and by reported activity. With percentiles u (of load) and v (of activity), each
(rank - 1/2) / n with ties shared,

    discordance = u - v,    P = P(u - v > margin) over draws of the load                                  (B8)

An area whose load stands high while its reports stand low is asked to look at its records, its services and its sampling.
It is a flag for attention, never a finding of fault: activity counts what was looked for, load what was used, passed through
or poured away.

The trap: activity rises where people look. So a discordance is about the *pair* of figures, and it must not enter a rule that
lists areas for being high.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_probability

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_LEAST_AREAS = 5
# Half the scale: from the middle to the end of the list.
_MARGIN = 0.5


class Discordance(NamedTuple):
    """Of each area: percentile of load and of activity, how probable each kind of discordance is, and the flag.

    ``needs_look`` holds ``load_high_reports_low``, ``load_low_reports_high`` or an empty text.
    """

    load_percentile: Array
    activity_percentile: Array
    p_load_high_reports_low: Array
    p_load_low_reports_high: Array
    needs_look: list[str]


def discordance(
    load_draws: npt.ArrayLike, activity: npt.ArrayLike, *, margin: float = _MARGIN, flag_at: float = 0.9
) -> Discordance:
    """Areas whose measured load and reported activity do not go together (B8).

    Parameters
    ----------
    load_draws
        Draws of the true load, shape ``(n_draws, n_areas)``, so that a poorly measured area is not flagged for noise.
    activity
        Reported activity per resident of each area (seizures, people in treatment, reported cases).
    margin
        Least difference of percentiles that matters, 0 to 1.
    flag_at
        Probability from which an area is flagged.

    Raises
    ------
    DataRefused
        ``HW-D762`` for draws and reports that do not fit, or fewer than five areas.

    Examples
    --------
    The area with the highest load reports nothing.

    >>> load = np.tile([1.0, 2.0, 3.0, 4.0, 5.0], (100, 1))
    >>> discordance(load, [2.0, 3.0, 4.0, 5.0, 0.0]).needs_look
    ['', '', '', '', 'load_high_reports_low']
    """
    require_probability("margin", margin)
    require_probability("flag_at", flag_at)
    draws = np.asarray(load_draws, dtype=np.float64)
    (reported,) = equal_lists("HW-D762", activity=activity)
    n = reported.size
    if draws.ndim != 2 or draws.shape[1] != n or n < _LEAST_AREAS or not np.isfinite(draws).all():
        told = f"draws {'x'.join(map(str, draws.shape))}, {n} reports"
        remedy = f"A column of draws per report, at least {_LEAST_AREAS} areas, no gaps"
        refuse("HW-D762", "Loads and reports are not of the same areas.", found=told, remedy=remedy)
    of_load = np.stack([_percentiles(one) for one in draws])
    of_activity = _percentiles(reported)
    apart = of_load - of_activity
    high, low = (apart > margin).mean(axis=0), (apart < -margin).mean(axis=0)
    words = np.select([high >= flag_at, low >= flag_at], ["load_high_reports_low", "load_low_reports_high"], "")
    return Discordance(of_load.mean(axis=0), of_activity, high, low, words.tolist())


def _percentiles(figures: Array) -> Array:
    """(rank - 1/2) / n; equal figures share the mean of their ranks."""
    ordered = np.sort(figures)
    result: Array = (np.searchsorted(ordered, figures, "left") + np.searchsorted(ordered, figures, "right")) / (
        2 * figures.size
    )
    return result
