"""Classical methods for results with non-detects, by the names under which they are on record.

In: lists of results, the limit where not detected, and whether each is one. Out: ``censored_summary`` (Kaplan–Meier, robust
regression on order statistics, maximum likelihood), ``censored_trend`` (Kendall's tau, Mann–Kendall, Akritas–Theil–Sen),
``seasonal_trend`` (seasonal Kendall), ``censored_groups`` (Peto–Peto, log-normal regression).

They agree with the programs NADA and NADA2 where those state a number (``tests/published/test_censored_golden.py``). The
equations are in ``docs/methods/classical.md``.
"""

from headworks.trends.classical.groups import GroupComparison, censored_groups
from headworks.trends.classical.seasonal import SeasonalTrend, SeasonTrend, seasonal_trend
from headworks.trends.classical.summary import (
    SUMMARY_METHODS,
    CensoredSummary,
    SummaryMethod,
    censored_quantiles,
    censored_summary,
)
from headworks.trends.classical.trend import TREND_SCALES, CensoredTrend, TrendScale, censored_trend

__all__ = [
    "SUMMARY_METHODS",
    "TREND_SCALES",
    "CensoredSummary",
    "CensoredTrend",
    "GroupComparison",
    "SeasonTrend",
    "SeasonalTrend",
    "SummaryMethod",
    "TrendScale",
    "censored_groups",
    "censored_quantiles",
    "censored_summary",
    "censored_trend",
    "seasonal_trend",
]
