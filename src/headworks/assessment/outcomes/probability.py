r"""How probable it is that a criterion holds, given the figure and its uncertainty.

    counts    r ~ Gamma(a, b), y ~ Poisson(n r):   P(r > t | y) = Q(a + y, t (b + n)),  b = a / mean          (O1)
    loads     ln x ~ N(m, tau^2), ln value ~ N(ln x, sd^2), w = tau^2 / (tau^2 + sd^2):
              P(x > t) = Phi((m + w (ln value - m) - ln t) / (sd sqrt(w))), w = 1 without a prior             (O2)
    past      ratio of the two                     sd^2 + sd_past^2; for counts
              P(r / r' > k) = 1 - I_q(a + y, a + y'),  q = k B / (B' + k B),  B = b + n                         (O4)

The trap: P(not above) is 1 - P(above) only where something could be said; where the figure is missing both are unknown.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincc, ndtr

from headworks.assessment.comparison.exceedance import tail_of_rate
from headworks.assessment.outcomes.figures import Array, Figures
from headworks.assessment.rules import Criterion


def p_rate_above(events: npt.ArrayLike, exposure: npt.ArrayLike, rate: npt.ArrayLike, shape: float, mean: float) -> Array:
    """Probability that a rate is above another, given a count (O1).

    Parameters
    ----------
    events, exposure
        Count, and people (times years, for a flow).
    rate, mean
        Events per unit of exposure: the threshold, and the mean of the prior.
    shape
        Shape of the gamma prior, above 0.

    Examples
    --------
    A village of 800 with 3 cases, 3.75 per mille, is above 3 per mille with a probability of only 0.32.

    >>> p_rate_above(3, 800, 0.003, 0.8, 0.0012).round(4).item()
    0.3218
    """
    return tail_of_rate(events, exposure, rate, shape, shape / mean)


def p_met(criterion: Criterion, found: Figures, times: float = 1.0) -> Array:
    """Probability that a criterion's statement holds, shape of the figures.

    Parameters
    ----------
    times
        The threshold is multiplied by this where the statement is "above", divided by it where it is "below".

    Returns
    -------
    Array
        Not a number where nothing can be said: no figure, no past to hold it against, or too little coverage.
    """
    threshold = criterion.threshold * (times if criterion.is_above else 1.0 / times) * found.scale
    if criterion.against is not None:
        threshold = np.full_like(found.value, criterion.threshold * (times if criterion.is_above else 1.0 / times))
    with np.errstate(divide="ignore", invalid="ignore"):
        above = {"gamma_poisson": _of_counts, "log_normal": _of_loads, "crude": _of_crude}[criterion.evidence](
            criterion, found, threshold
        )
    if criterion.min_coverage > 0:
        above = np.where(found.coverage >= criterion.min_coverage, above, np.nan)
    return above if criterion.is_above else 1.0 - above


def p_unmet(criterion: Criterion, found: Figures) -> Array:
    """Probability of the opposite, on the far side of the hysteresis; not a number where nothing can be said.

    An area without a past has not risen above it: what cannot have put it on a list does not keep it there.
    """
    opposite = np.asarray(1.0 - p_met(criterion, found, criterion.leave_times))
    if criterion.against is None:
        return opposite
    is_count = criterion.evidence == "gamma_poisson"
    has_past = ~np.isnan(found.base_events if is_count else found.base_value)
    has_figure = ~np.isnan(found.events if is_count else found.value)
    return np.where(has_figure & ~has_past, 1.0, opposite)


def _of_counts(criterion: Criterion, found: Figures, threshold: Array) -> Array:
    shape, mean = criterion.prior_shape, criterion.prior_mean / criterion.per
    if criterion.against is None:
        return p_rate_above(found.events, found.exposure, threshold / criterion.per, shape, mean)
    now, past = shape / mean + found.exposure, shape / mean + found.base_exposure
    share = threshold * now / (past + threshold * now)
    return np.asarray(betaincc(shape + found.events, shape + found.base_events, share))


def _of_loads(criterion: Criterion, found: Figures, threshold: Array) -> Array:
    is_ratio = criterion.against is not None
    limit = threshold * found.base_value if is_ratio else threshold
    variance = found.sd**2 + (found.base_sd**2 if is_ratio else 0.0)
    weight = criterion.prior_sd**2 / (criterion.prior_sd**2 + variance) if criterion.prior_sd > 0 else 1.0
    centre = np.log(found.base_value if is_ratio else found.scale)
    likely = centre + weight * (np.log(found.value) - centre)
    above: Array = np.asarray(ndtr((likely - np.log(limit)) / np.sqrt(weight * variance)))
    # Below a limit that is itself below the threshold: the figure is surely not above.
    return np.where(np.isnan(found.value) & (found.ceiling <= limit), 0.0, above)


def _of_crude(criterion: Criterion, found: Figures, threshold: Array) -> Array:
    if criterion.columns.numerator:
        rate = found.events if np.all(np.isnan(found.exposure)) else found.events / found.exposure * criterion.per
    else:
        rate = found.value
    if criterion.against is not None:
        rate = rate / found.base_value
    return np.where(np.isnan(rate), np.nan, (rate > threshold).astype(np.float64))
