"""The same probability by drawing pulses and a sampler that reads them: an oracle for the formula.

Each flush begins at its own minute and passes for its width; the sampler reads every so many minutes from a random start.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.uncertainty import sigma_log
from headworks.planning.detect.one_day import Detection, require_detection
from headworks.planning.detect.smallest import samples_of_event

_MOST_PULSES = 2_000_000


def simulate_seen(
    asked: Detection, users: float, n_days: int, rng: np.random.Generator, n_replicates: int = 10_000
) -> tuple[float, float]:
    """Share of replicates in which at least one sample shows the users, and its Monte Carlo standard error.

    Raises
    ------
    UsageError
        ``HW-U186``, ``HW-U187`` as for the formula.
    """
    require_detection(asked)
    possible = np.array(samples_of_event(asked.days_per_week, n_days))
    samples = possible[rng.integers(0, possible.size, n_replicates)]
    of_replicate = np.repeat(np.arange(n_replicates), samples)
    most = max(1, int(_MOST_PULSES // max(users * asked.flushes, 1.0)))
    shown = np.zeros(n_replicates, dtype=bool)
    for first in range(0, of_replicate.size, most):
        here = of_replicate[first : first + most]
        shown[here[_days_shown(asked, users, here.size, rng)]] = True
    share = float(shown.mean())
    return share, float(np.sqrt(max(share * (1 - share), 1.0 / n_replicates) / n_replicates))


def _days_shown(asked: Detection, users: float, n: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Whether each of ``n`` sampled days shows the users."""
    pulses = rng.poisson(users * asked.flushes, n)
    day = np.repeat(np.arange(n), pulses)
    begins = rng.random(day.size) * asked.interval_min
    # Readings at 0, d, 2 d …: as many as lie between the beginning of the pulse and its end.
    read = np.floor((begins + asked.pulse_width_min) / asked.interval_min) - np.ceil(begins / asked.interval_min) + 1
    mass = np.full(day.size, asked.residue_mg_per_user / asked.flushes)
    if asked.pulse_cv > 0:
        mass *= rng.gamma(1.0 / asked.pulse_cv**2, asked.pulse_cv**2, day.size)
    caught = np.bincount(day, mass * read * asked.interval_min / asked.pulse_width_min, minlength=n)
    sigma = float(sigma_log(asked.u_result))
    error = np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2)
    return np.asarray(caught * error >= asked.least_mg)
