"""What a sampling plan can see: precision, smallest change, smallest trend, by formula and by simulation.

In: a :class:`PowerQuestion`, which holds the days of the plan, the scatter and the sites. Out: a :class:`PlanPower`.
"""

from headworks.planning.power.question import PowerQuestion
from headworks.planning.power.sampling_days import PERIODS, SamplingDays
from headworks.planning.power.scatter import Scatter, reference_scatter
from headworks.planning.power.simulate_power import SimulatedPower, simulate_power
from headworks.planning.power.what_is_seen import PlanPower, compare_plans, fewest_days, plan_power

__all__ = [
    "PERIODS",
    "PlanPower",
    "PowerQuestion",
    "SamplingDays",
    "Scatter",
    "SimulatedPower",
    "compare_plans",
    "fewest_days",
    "plan_power",
    "reference_scatter",
    "simulate_power",
]
