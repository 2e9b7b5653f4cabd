r"""What the next day was expected to be: distribution, quantiles and where the day fell in it.

From the days before, a day's logarithm is a mixture of two normals about one mean (S3),

    P(x < c) = (1 - eps) Phi((c - a) / sqrt(s + v)) + eps Phi((c - a) / sqrt(s + k^2 v))                      (S10)

so its tails are as heavy as days have been. Of a censored day only the bounds of its place are known.
The trap: a detector must take ``expected`` (days before alone), never the smoothed level, which has seen the day.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from headworks.trends.smoother.observations import Array, Observations
from headworks.trends.smoother.smooth import Settings, Smoothed

_HALVINGS = 60


class Predictive(NamedTuple):
    """Of each day: ``mean``, variance of a usual day and of an outlier, and the outliers' share; log scale."""

    mean: Array
    variance: Array
    outlier_variance: Array
    outlier_share: Array

    def cdf(self, x: npt.ArrayLike) -> Array:
        """Probability of a day below ``x`` (S10).

        Examples
        --------
        >>> Predictive(*(np.array([value]) for value in (0.0, 1.0, 4.0, 0.5))).cdf([2.0]).round(4).item()
        0.9093
        """
        apart = np.asarray(x, np.float64) - self.mean
        usual, odd = ndtr(apart / np.sqrt(self.variance)), ndtr(apart / np.sqrt(self.outlier_variance))
        result: Array = (1.0 - self.outlier_share) * usual + self.outlier_share * odd
        return result

    def quantile(self, p: float) -> Array:
        """Logarithm of the load that a day stays below with probability ``p``, by halving.

        Examples
        --------
        >>> plain = Predictive(*(np.array([value]) for value in (0.0, 1.0, 25.0, 0.0)))
        >>> plain.quantile(0.975).round(4).item()
        1.96
        """
        near, far = (ndtri(p) * np.sqrt(v) for v in (self.variance, self.outlier_variance))
        low, high = self.mean + np.minimum(near, far), self.mean + np.maximum(near, far)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            is_below = self.cdf(middle) < p
            low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
        return (low + high) / 2


def predictive(seen: Observations, smoothed: Smoothed, settings: Settings) -> Predictive:
    """What each day was expected to be from the days before it; rows as in ``seen``.

    Parameters
    ----------
    seen, smoothed, settings
        Days, what ``smooth`` found of them, and the (central) settings.

    Returns
    -------
    Predictive
        On the scale of ``seen``: less the offsets if they were taken off.
    """
    sizes = np.diff(seen.start)
    share, scale = np.repeat(settings.outlier_share, sizes), np.repeat(settings.outlier_scale, sizes)
    known, noise = smoothed.expected_variance, smoothed.day_noise
    return Predictive(smoothed.expected, known + noise, known + scale * noise, share)


def places(seen: Observations, expected: Predictive) -> tuple[Array, Array]:
    """Where each day fell in what was expected, 0 to 1: lower and upper bound, equal for a quantified day."""
    return expected.cdf(seen.lower), expected.cdf(seen.upper)
