"""From days of load to means of periods, what changed, and which published means do not fit their days.

In: ``loads`` and ``reported_loads`` (made one table of days by ``daily_loads``), week conventions, ``published_means``.
Out: ``weekly_means``, ``period_means``, ``changes``, ``inconsistent_means``.

A censored day is never a guess in an interval: bounds run from "all at zero" to "all at the limit". The equations are in
``docs/methods/trends.md``, how often the intervals hold in ``docs/studies/interval_coverage.md``.
"""

from headworks.trends.change import changes
from headworks.trends.daily_loads import daily_loads
from headworks.trends.mean_interval import MeanInterval, mean_interval
from headworks.trends.period_mean import PERIOD_MEAN_KINDS, PeriodMeanKind, period_means
from headworks.trends.published_means import flag_inconsistent_means
from headworks.trends.week_means import week_means

__all__ = [
    "PERIOD_MEAN_KINDS",
    "MeanInterval",
    "PeriodMeanKind",
    "changes",
    "daily_loads",
    "flag_inconsistent_means",
    "mean_interval",
    "period_means",
    "week_means",
]
