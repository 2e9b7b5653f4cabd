"""Charts that watch many series, each against its own first phase: single values, memory, rates.

In: series as rows, flags of the first phase. Out: limits and calls at every point. The equations are in
``docs/methods/comparison.md``.
"""

from headworks.assessment.control_charts.baseline import Baseline, baseline
from headworks.assessment.control_charts.individuals import individuals_chart
from headworks.assessment.control_charts.memory import cusum_chart, ewma_chart
from headworks.assessment.control_charts.rates import u_chart
from headworks.assessment.control_charts.run_length import cusum_run_length

__all__ = ["Baseline", "baseline", "cusum_chart", "cusum_run_length", "ewma_chart", "individuals_chart", "u_chart"]
