"""Bounds with an excretion factor, held to 4,000,000 draws; and what four moments would give (decision 005)."""

import numpy as np
from scipy.special import ndtri

from headworks.loads.factor_interval import FactorLaw, log_quantile
from headworks.reference import read_set

N_DRAWS = 4_000_000
PROBABILITIES = (0.025, 0.975)


def cornish_fisher(sigma: float, shift: float, sd: float, skew: float, kurtosis: float, p: float) -> float:
    """Quantile of the sum from its first four moments."""
    whole = np.hypot(sd, sigma)
    g1, g2, w = skew * (sd / whole) ** 3, kurtosis * (sd / whole) ** 4, ndtri(p)
    bent = w + (w**2 - 1) * g1 / 6 + (w**3 - 3 * w) * g2 / 24 - (2 * w**3 - 5 * w) * g1**2 / 36
    return float(shift + whole * bent)


def percent_off(ours: float, drawn: float) -> float:
    """How far a bound is off, in percent of the bound."""
    return 100 * abs(np.expm1(ours - drawn))


rng = np.random.default_rng(7)
for drug, sigma in (("cannabis", 0.1), ("cannabis", 0.3), ("ketamine", 0.3), ("MDMA", 0.3)):
    row = read_set().primary(drug).row(0, named=True)
    f, low, high = row["excretion_fraction"], row["excretion_low"], row["excretion_high"]
    fractions = rng.triangular(low, f, high, N_DRAWS)
    draws = np.quantile(np.log(f / fractions) + rng.normal(0.0, sigma, N_DRAWS), PROBABILITIES)
    law = FactorLaw(row["distribution"], f, low, high, row["u_factor"])
    moments = [row[name] for name in ("log_mean_shift", "log_sd", "log_skew", "log_excess_kurtosis")]
    ours = max(
        percent_off(log_quantile(np.array([sigma]), law, p).item(), q) for p, q in zip(PROBABILITIES, draws, strict=True)
    )
    theirs = max(percent_off(cornish_fisher(sigma, *moments, p), q) for p, q in zip(PROBABILITIES, draws, strict=True))
    print(f"{drug}, sigma {sigma}: quadrature off by {ours:.1f} %, Cornish-Fisher by {theirs:.1f} %")
