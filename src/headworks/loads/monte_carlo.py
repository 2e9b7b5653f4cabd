"""The same chain by simulation: for what has no closed form, and to hold the closed form to.

    consumption = concentration x flow / population x 1,000 x 1e-3 x mass ratio / f

Concentration, flow and population are log-normal about their medians, ``f`` has the distribution of its parameter set.
Draws stay inside this room; only their quantiles leave it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import sigma_log
from headworks.reference.factor_distribution import fit_beta


@dataclass(frozen=True)
class ExcretionFraction:
    """Distribution of an excretion fraction: ``lognormal`` takes ``rsd``; the others ``low, central, high``."""

    distribution: str
    central: float
    low: float = np.nan
    high: float = np.nan
    rsd: float = np.nan

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Fractions, shape ``(size,)``.

        Raises
        ------
        DataRefused
            ``HW-D112`` for a distribution that cannot be drawn from.
        """
        if self.distribution == "lognormal":
            return self.central * np.exp(rng.normal(0.0, sigma_log(self.rsd), size))
        if self.distribution == "triangular":
            return rng.triangular(self.low, self.central, self.high, size)
        if self.distribution == "uniform":
            return rng.uniform(self.low, self.high, size)
        if self.distribution == "loguniform":
            return np.exp(rng.uniform(np.log(self.low), np.log(self.high), size))
        if self.distribution == "beta":
            return rng.beta(*fit_beta(self.central, self.low, self.high), size)
        raise DataRefused(
            "This distribution cannot be drawn from.",
            where="excretion fraction",
            found=self.distribution,
            remedy="Use lognormal, triangular, beta, uniform or loguniform",
            code="HW-D112",
        )


def simulate_consumption(
    load_mg_per_1000_per_day: float,
    relative_uncertainties: list[float],
    fraction: ExcretionFraction,
    mass_ratio: float,
    *,
    rng: np.random.Generator,
    n_draws: int = 10_000,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """Median, lower and upper bound of consumption, mg/d per 1,000 people.

    Parameters
    ----------
    load_mg_per_1000_per_day
        Median per-capita load.
    relative_uncertainties
        Relative standard uncertainties of its log-normal factors.
    fraction
        Excretion fraction.
    mass_ratio
        Molar mass of the drug over that of the residue.
    rng
        Seeded by the caller.
    n_draws
        At least 10,000 for a 95 % interval good to about 1 %.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> cocaine = ExcretionFraction("lognormal", 0.292, rsd=0.26)
    >>> median, low, high = simulate_consumption(100.0, [0.2, 0.12], cocaine, 1.0485, rng=rng)
    >>> 350 < median < 370, 180 < low < 200, 660 < high < 720
    (True, True, True)
    """
    logs = np.zeros(n_draws)
    for u in relative_uncertainties:
        logs += rng.normal(0.0, sigma_log(u), n_draws)
    draws = load_mg_per_1000_per_day * np.exp(logs) * mass_ratio / fraction.draw(rng, n_draws)
    tail = (1 - level) / 2
    low, median, high = np.quantile(draws, [tail, 0.5, 1 - tail])
    return float(median), float(low), float(high)
