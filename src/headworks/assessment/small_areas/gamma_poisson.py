r"""What is the rate of a small area, when its own count says little and all areas together say much?

Counts y with expected counts E, and relative rates that differ between areas by a gamma distribution around a regression:

    y_i ~ Poisson(E_i theta_i),   theta_i ~ Gamma(shape k, rate k / mu_i),   mu_i = exp(x_i b)            (B9)

Marginally y is negative binomial with mean E mu and size k; b and k maximise that likelihood (k by bounded search, b by
Fisher scoring inside). Then

    theta_i | y ~ Gamma(k + y_i, k / mu_i + E_i),    mean (k + y_i) / (k / mu_i + E_i)                    (B10)

Clayton and Kaldor (1987). The share of its own ratio an area keeps is E / (E + k / mu).

How sure that is does not follow from the most likely k: twenty areas of two expected cases each often show no spread at all,
and an interval that believes it holds the truth in two of three areas. So intervals are a mixture

    p(theta_i | all) = sum_j w_j Gamma(theta_i; k_j),  w_j ~ sd_j L(k_j) |information(k_j)|^(-1/2)        (B41)

over sd = 1/sqrt(k) with a flat prior in sd; each part is widened for the error of b.

The trap: where counts scatter no more than chance the likelihood rises for ever with k. Then ``size`` is infinite and the
relative rates are the regression, all alike; the intervals still say how much areas may differ.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import gammaincc, gammaincinv, gammaln

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_all, require_probability

Array = npt.NDArray[np.float64]
_MOST_STEPS = 200
_CLOSE = 1e-10
# From a size of e^12 = 160,000 on, no count of areas can be told from chance alone.
_LOG_SIZE = (-6.0, 12.0)
# Standard deviations of relative rates between areas, 2 % to 250 %: a prior flat in them, as Gelman (2006) advises for few
# groups, lets areas differ also where the likelihood is highest at none.
_SPREADS = np.geomspace(0.02, 2.5, 33)
_HALVINGS = 30


class GammaPoisson(NamedTuple):
    """A fitted model: ``size`` k and ``beta`` of (B9), and of each area the relative rate (B10) with the mu it is drawn to.

    ``weight_of_own`` is the share of its own ratio an area keeps. The relative rate is that at the most likely k; intervals,
    probabilities and draws are a mixture over k (B41): parts by ``mixture_weight``, gammas of ``mixture_shape`` and
    ``mixture_rate``, ``(n_parts, n_areas)``.
    """

    size: float
    beta: Array
    fitted: Array
    relative_rate: Array
    weight_of_own: Array
    log_likelihood: float
    mixture_weight: Array
    mixture_shape: Array
    mixture_rate: Array

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Bounds that hold the relative rate with probability ``level`` (B41)."""
        require_probability("level", level)
        return self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)

    def probability_above(self, threshold: npt.ArrayLike) -> Array:
        """Probability that the relative rate lies above a threshold, one for all areas or one each."""
        result: Array = self.mixture_weight @ gammaincc(self.mixture_shape, self.mixture_rate * np.asarray(threshold))
        return result

    def draws(self, rng: np.random.Generator, n_draws: int) -> Array:
        """Draws of the relative rates, ``(n_draws, n_areas)``, for ranks; the areas of a draw share its k."""
        part = rng.choice(self.mixture_weight.size, n_draws, p=self.mixture_weight)
        result: Array = rng.standard_gamma(self.mixture_shape[part]) / self.mixture_rate[part]
        return result

    def _quantile(self, p: float) -> Array:
        """Where the mixture reaches p, by halving between the ends of its parts."""
        ends = gammaincinv(self.mixture_shape, p) / self.mixture_rate
        low, high = ends.min(axis=0), ends.max(axis=0)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            reached = self.probability_above(middle) <= 1 - p
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        result: Array = (low + high) / 2
        return result


def gamma_poisson(count: npt.ArrayLike, expected: npt.ArrayLike, covariates: npt.ArrayLike | None = None) -> GammaPoisson:
    """Relative rates of small areas drawn towards what all areas say (B9, B10).

    Parameters
    ----------
    count, expected
        Observed and expected count (or exposure) of each area; an area without a count still needs an expected one.
    covariates
        Shape ``(n_areas, n_covariates)`` without a constant, which is always there.

    Raises
    ------
    DataRefused
        ``HW-D763`` for counts below 0, expected counts not above 0, fewer areas than coefficients plus two, no case at all,
        or covariates of which one follows from the others.

    Examples
    --------
    Two areas of ten with no case and twice as many: the first is drawn up, the second down, to their mean.

    >>> found = gamma_poisson([0, 20, 2, 18], [10.0] * 4)
    >>> found.fitted.round(4).tolist()
    [1.0, 1.0, 1.0, 1.0]
    >>> bool(found.relative_rate[0] > 0) and bool(found.relative_rate[1] < 2)
    True
    """
    y, e, x = _require_counts(count, expected, covariates)
    start = np.zeros(x.shape[1])
    start[0] = np.log(y.sum() / e.sum())
    # Bounded search leaves the ends alone; the fit stops within 1e-10 of the best log size.
    best = minimize_scalar(
        lambda log_size: -_profile(y, e, x, float(np.exp(log_size)), start)[1],
        bounds=_LOG_SIZE, method="bounded", options={"xatol": _CLOSE},
    )  # fmt: skip
    size = float(np.exp(best.x)) if best.x < _LOG_SIZE[1] - 0.1 else np.inf
    beta, reached, _ = _profile(y, e, x, size, start)
    mu = np.exp(x @ beta)
    keeps = e / (e + size / mu) if np.isfinite(size) else np.zeros(y.size)
    mixture = _mixture(y, e, x, start)
    return GammaPoisson(size, beta, mu, keeps * y / e + (1 - keeps) * mu, keeps, reached, *mixture)


def _mixture(y: Array, e: Array, x: Array, start: Array) -> tuple[Array, Array, Array]:
    """Weights, shapes and rates of (B41): over the standard deviation of rates between areas, cells in proportion to it."""
    n = _SPREADS.size
    log_weight, shape, rate = np.empty(n), np.empty((n, y.size)), np.empty((n, y.size))
    for part, spread in enumerate(_SPREADS):
        size = 1 / spread**2
        beta, reached, information = _profile(y, e, x, size, start)
        log_weight[part] = np.log(spread) + reached - 0.5 * np.linalg.slogdet(information)[1]
        mu = np.exp(x @ beta)
        own = e / (e + size / mu)
        mean = own * y / e + (1 - own) * mu
        # Variance given mu, and what the error of mu adds.
        lever = np.einsum("ij,jk,ik->i", x, np.linalg.inv(information), x)
        variance = (size + y) / (size / mu + e) ** 2 + ((1 - own) * mu) ** 2 * lever
        shape[part], rate[part] = mean**2 / variance, mean / variance
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), shape, rate


def _profile(y: Array, e: Array, x: Array, size: float, start: Array) -> tuple[Array, float, Array]:
    """Best coefficients at a size, by Fisher scoring, the log-likelihood there, and the information."""
    beta = start
    for _ in range(_MOST_STEPS):
        mean = e * np.exp(x @ beta)
        shrink = 1.0 if np.isinf(size) else size / (size + mean)
        information = (x * (mean * shrink)[:, None]).T @ x
        step = np.linalg.solve(information, x.T @ ((y - mean) * shrink))
        # A first step from far away may overshoot: none may change a rate by more than e^2.
        step *= min(1.0, 2.0 / max(float(np.abs(x @ step).max()), 1e-300))
        beta = beta + step
        if np.abs(step).max() < _CLOSE:
            break
    mean = e * np.exp(x @ beta)
    if np.isinf(size):
        return beta, float((y * np.log(mean) - mean - gammaln(y + 1)).sum()), information
    of_size = gammaln(size + y) - gammaln(size) - gammaln(y + 1) - size * np.log1p(mean / size)
    return beta, float((of_size + y * (np.log(mean) - np.log(size + mean))).sum()), information


def _require_counts(
    count: npt.ArrayLike, expected: npt.ArrayLike, covariates: npt.ArrayLike | None
) -> tuple[Array, Array, Array]:
    y, e = equal_lists("HW-D763", count=count, expected=expected)
    require_all("HW-D763", y >= 0, "count", y, "A count is below 0.", "Leave the area out")
    require_all("HW-D763", e > 0, "expected", e, "An expected count is not above 0.", "Leave the area out")
    x = np.ones((y.size, 1))
    if covariates is not None:
        given = np.asarray(covariates, dtype=np.float64).reshape(y.size, -1)
        x = np.column_stack([x, given])
    if y.size < x.shape[1] + 2 or y.sum() <= 0 or not np.isfinite(x).all() or np.linalg.matrix_rank(x) < x.shape[1]:
        told = (
            f"{y.size} areas, {y.sum():g} cases, {x.shape[1]} coefficients of rank {np.linalg.matrix_rank(np.nan_to_num(x))}"
        )
        remedy = "More areas or fewer covariates, none of which follows from the others, and at least one case"
        refuse("HW-D763", "The areas do not determine the model.", found=told, remedy=remedy)
    return y, e, x
