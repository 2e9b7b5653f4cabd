"""Rates of small areas that borrow from all areas, and add up to their parent.

The area-level model of Fay and Herriot for loads is ``headworks.trends.levels.fay_herriot``; here are the models of counts.
The equations are in ``docs/methods/comparison.md``.
"""

from headworks.assessment.small_areas.benchmarking import Benchmarked, benchmark_to_parent
from headworks.assessment.small_areas.gamma_poisson import GammaPoisson, gamma_poisson
from headworks.assessment.small_areas.marshall import Marshall, marshall

__all__ = ["Benchmarked", "GammaPoisson", "Marshall", "benchmark_to_parent", "gamma_poisson", "marshall"]
