"""What is asked of a sampling plan: days, scatter, sites, period, chances of being wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass

from headworks.core.errors import UsageError
from headworks.planning.power.sampling_days import PERIODS, SamplingDays, require_days
from headworks.planning.power.scatter import Scatter, require_scatter

_MOST_YEARS, _MOST_SITES = 10, 1_000_000


@dataclass(frozen=True)
class PowerQuestion:
    """What is asked of a plan.

    Parameters
    ----------
    plan
        Days.
    scatter
        What makes results differ.
    n_sites
        Sites of the area; 1 for a site.
    coverage
        Share of the area's residents who drain to them, above 0, at most 1.
    period
        ``week``, ``month``, ``quarter``, ``half`` or ``year``: of the mean and of the two that are compared.
    years
        Of the trend, whole.
    alpha, power
        Chance of a false alarm, two-sided, and of seeing what is there.
    change
        A change to be seen, 0.2 for a rise by 20 %, -0.2 for a fall; none.
    """

    plan: SamplingDays
    scatter: Scatter
    n_sites: int = 1
    coverage: float = 1.0
    period: str = "year"
    years: int = 3
    alpha: float = 0.05
    power: float = 0.8
    change: float | None = None


def require_question(asked: PowerQuestion) -> PowerQuestion:
    """The question, when it can be answered.

    Raises
    ------
    UsageError
        ``HW-U181``, ``HW-U182`` of its days, ``HW-U184`` of its scatter, ``HW-U185`` of everything else.
    """
    is_usable = (
        asked.period in PERIODS
        and 1 <= asked.n_sites <= _MOST_SITES
        and 0 < asked.coverage <= 1
        and 1 <= asked.years <= _MOST_YEARS
        and 0 < asked.alpha < 1
        and asked.alpha < asked.power < 1
        and (asked.change is None or (math.isfinite(asked.change) and asked.change > -1 and asked.change != 0))
    )
    if not is_usable:
        raise UsageError(
            "This cannot be asked of a plan.",
            where="period, sites, coverage, years, alpha, power, change",
            found=f"{asked.period}, {asked.n_sites}, {asked.coverage}, {asked.years}, {asked.alpha}, {asked.power}, "
            f"{asked.change}",
            remedy=f"Give a period of {', '.join(PERIODS)}; 1 to {_MOST_YEARS} years; a coverage above 0, at most 1; a power "
            "above alpha and below 1; a change above -100 % that is not 0",
            code="HW-U185",
        )
    require_days(asked.plan, PERIODS[asked.period])
    require_scatter(asked.scatter)
    return asked
