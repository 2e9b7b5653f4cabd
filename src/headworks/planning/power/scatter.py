"""What makes results differ: days, weekdays, measuring, batches, sites; and what is known of each before a plan is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headworks.core.errors import UsageError
from headworks.core.uncertainty import combine, relative, sigma_log
from headworks.reference import uncertainty_defaults
from headworks.reference.planning_values import planning_value
from headworks.reference.simulation_levels import simulation_levels, simulation_value

Array = npt.NDArray[np.float64]
_WEEK, _WEEKEND = 7, (5, 6)
# Beyond, a mean hangs on the few results above the limit; the share of detections is what can be followed.
MOST_NONDETECTS = 0.95


@dataclass(frozen=True)
class Scatter:
    """Relative standard deviations and shares, all fractions.

    Parameters
    ----------
    day_sd
        Between days of a site, weekdays apart.
    day_correlation
        Of the logarithm, from one day to the next, below 1.
    shared_days
        Share of the variance between days that all sites of the area have in common.
    weekend_ratio
        Load of Saturdays and Sundays over that of the other days.
    u_day, u_batch, u_site
        What is drawn anew with each result, shared by a batch, shared by a site.
    nondetects
        Share of results below the limit.
    samples_per_batch
        Samples that share a calibration.
    between_sites
        Between the per-capita loads of sites.
    change_between_sites
        Between the changes of sites, in a year or between two periods.
    """

    day_sd: float
    day_correlation: float
    shared_days: float
    weekend_ratio: float
    u_day: float
    u_batch: float
    u_site: float
    nondetects: float
    samples_per_batch: int
    between_sites: float
    change_between_sites: float

    @property
    def day_variance(self) -> float:
        """Log-scale variance between days."""
        return float(sigma_log(self.day_sd)) ** 2

    @property
    def weekday_logs(self) -> Array:
        """Logarithm of each weekday's factor, Monday first; their mean is 0."""
        logs = np.zeros(_WEEK)
        logs[list(_WEEKEND)] = np.log(self.weekend_ratio)
        return np.asarray(logs - logs.mean())


def reference_scatter(analyte: str | None = None, nondetects: float = 0.0) -> Scatter:
    """What the reference expects of a residue; of methamphetamine when none is named.

    Raises
    ------
    UsageError
        ``HW-U183`` for a residue of which the reference expects nothing.

    Examples
    --------
    >>> one = reference_scatter()
    >>> one.day_sd, round(one.u_day, 4), one.u_site
    (0.35, 0.2721, 0.12)
    """
    name = analyte or "methamphetamine"
    known = simulation_levels().filter(parameter="day_to_day_sd")["item"].to_list()
    if name not in known:
        raise UsageError(
            "The reference does not say how this residue scatters.",
            where="analyte",
            found=name,
            remedy="Give --day-sd, or take it from a workspace; known: " + ", ".join(known),
            code="HW-U183",
        )
    scope: dict[str, list[float]] = {}
    for row in uncertainty_defaults().iter_rows(named=True):
        scope.setdefault(row["scope"], []).append(row["rsd"])
    return Scatter(
        day_sd=simulation_value("day_to_day_sd", name),
        day_correlation=planning_value("day_correlation"),
        shared_days=planning_value("shared_days"),
        weekend_ratio=simulation_value("weekend_ratio", name),
        u_day=combine(scope["u_day"]),
        u_batch=combine(scope["u_batch"]),
        u_site=combine(scope["u_site"]),
        nondetects=nondetects,
        samples_per_batch=int(planning_value("samples_per_batch")),
        between_sites=float(relative(simulation_value("between_places_sd", name))),
        change_between_sites=planning_value("change_between_sites"),
    )


def require_scatter(scatter: Scatter) -> Scatter:
    """The scatter, when such a thing can be.

    Raises
    ------
    UsageError
        ``HW-U184``.
    """
    spreads = (scatter.day_sd, scatter.u_day, scatter.u_batch, scatter.u_site, scatter.between_sites)
    is_usable = (
        all(np.isfinite(value) and value >= 0 for value in (*spreads, scatter.change_between_sites))
        and 0 <= scatter.day_correlation < 1
        and 0 <= scatter.shared_days <= 1
        and np.isfinite(scatter.weekend_ratio)
        and scatter.weekend_ratio > 0
        and 0 <= scatter.nondetects <= MOST_NONDETECTS
        and scatter.samples_per_batch >= 1
    )
    if not is_usable:
        raise UsageError(
            "Such a scatter cannot be planned for.",
            where="day-sd, correlation, shared-days, weekend-ratio, u-day, u-batch, u-site, nondetects, between-sites",
            found=str(scatter),
            remedy=f"Give fractions of at least 0, a correlation below 1 and at most {MOST_NONDETECTS} of non-detects",
            code="HW-U184",
        )
    return scatter
