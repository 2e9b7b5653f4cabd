"""What speaks for or against a sample: chance, spacing, bias, size of the site, and its specification.

In: the table ``samples`` and a specification kept as data. Out: the table ``nonconformities``, and figures of sampling error.
"""

from headworks.loads.sampling.conformity import nonconformities
from headworks.loads.sampling.conformity_summary import conformity_summary
from headworks.loads.sampling.roles import is_blank, is_field_blank, is_repeat, is_routine
from headworks.loads.sampling.sampling_rsd import profile_cv, pulses_per_day, sampling_rsd, spacing_factor
from headworks.loads.sampling.small_sites import (
    flag_small_sites,
    probability_no_pulse,
    small_site_warning,
    smallest_consumption_seen,
    smallest_use_seen,
)
from headworks.loads.sampling.time_bias import time_proportional_bias

__all__ = [
    "conformity_summary",
    "flag_small_sites",
    "is_blank",
    "is_field_blank",
    "is_repeat",
    "is_routine",
    "nonconformities",
    "probability_no_pulse",
    "profile_cv",
    "pulses_per_day",
    "sampling_rsd",
    "small_site_warning",
    "smallest_consumption_seen",
    "smallest_use_seen",
    "spacing_factor",
    "time_proportional_bias",
]
