"""Areas of different size compared fairly: funnels, overdispersion, ranks with intervals, exceedance, discordance.

In: counts and expected counts, figures with standard errors, draws. Out: limits, z, probabilities, ranks with intervals.
The equations are in ``docs/methods/comparison.md``.
"""

from headworks.assessment.comparison.discordance import discordance
from headworks.assessment.comparison.exceedance import exceedance_probability, posterior_rate, wilson_interval
from headworks.assessment.comparison.funnel import funnel_limits, normal_funnel_limits
from headworks.assessment.comparison.overdispersion import overdispersed_limits, overdispersion, root_of_counts
from headworks.assessment.comparison.posterior_ranks import (
    normal_draws,
    normal_order_probability,
    order_probability,
    posterior_ranks,
    ranked_areas,
)

__all__ = [
    "discordance",
    "exceedance_probability",
    "funnel_limits",
    "normal_draws",
    "normal_funnel_limits",
    "normal_order_probability",
    "order_probability",
    "overdispersed_limits",
    "overdispersion",
    "posterior_ranks",
    "posterior_rate",
    "ranked_areas",
    "root_of_counts",
    "wilson_interval",
]
