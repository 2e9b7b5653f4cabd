"""Sums over the days of every group, in one reading of them.

Days of a group lie one after the other in ``rows``. The trap: a group's sums must hang on its own days alone, in their order,
so that recomputing some groups gives the bits of all; no sum here goes beyond its group.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled

# Of a day without a date.
NO_MONTH = -(2**31)
# What is told of a group. Counts: days, censored, not detected, with a logarithm, months. Over its days: mean of the
# logarithms that there are, root mean square spread, mean degrees of freedom, root mean square u_day and u_site; on the log
# scale what the site leaves, and what batches leave in the mean (T8); smallest load above zero, infinite without one.
N_TOLD = 13
N_DAYS, N_CENSORED, N_NOT_DETECTED, N_LOGS, N_MONTHS, MEAN_LOG = 0, 1, 2, 3, 4, 5
LOG_SD, FREEDOM, U_DAY, U_SITE, SIGMA_SITE, SIGMA_BATCH, SMALLEST = 6, 7, 8, 9, 10, 11, 12


@compiled
def tell_groups(start, rows, value, not_detected, month, log_sd, freedom, u_day, u_site, u_batch, batch, room, told):
    """Fills ``told`` of shape ``(N_TOLD, n_groups)``; ``room`` has a zero for each batch and for no batch, twice."""
    n_groups = start.size
    for group in range(n_groups):
        first = start[group]
        last = start[group + 1] if group + 1 < n_groups else rows.size
        n = last - first
        censored, unseen, logs, months = 0, 0, 0, 0
        sum_log, sum_sd2, sum_freedom, sum_day2, sum_site2, sum_site = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        smallest, before = np.inf, NO_MONTH
        for place in range(first, last):
            row = rows[place]
            one = value[row]
            if math.isnan(one):
                censored += 1
            elif one > 0.0:
                logs += 1
                sum_log += math.log(one)
                smallest = min(smallest, one)
            unseen += not_detected[row]
            # The first day of a group begins a month; a day without a date is of none.
            months += month[row] != NO_MONTH and (place == first or month[row] != before)
            before = month[row]
            sum_sd2 += log_sd[row] ** 2
            sum_freedom += freedom[row]
            sum_day2 += u_day[row] ** 2
            sum_site2 += u_site[row] ** 2
            sum_site += math.log1p(u_site[row] ** 2)
        told[N_DAYS, group], told[N_CENSORED, group], told[N_NOT_DETECTED, group] = n, censored, unseen
        told[N_LOGS, group], told[N_MONTHS, group] = logs, months
        told[MEAN_LOG, group] = sum_log / logs if logs > 0 else np.nan
        told[LOG_SD, group], told[FREEDOM, group] = math.sqrt(sum_sd2 / n), sum_freedom / n
        told[U_DAY, group], told[U_SITE, group] = math.sqrt(sum_day2 / n), math.sqrt(sum_site2 / n)
        told[SIGMA_SITE, group], told[SMALLEST, group] = math.sqrt(sum_site / n), smallest
        told[SIGMA_BATCH, group] = math.sqrt(of_batches(first, last, rows, u_batch, batch, room)) / n


@compiled
def of_batches(first, last, rows, u_batch, batch, room):
    """Variance that batches leave in the sum of some days: each one's days share its mean variance, days without share one."""
    for place in range(first, last):
        row = rows[place]
        room[0, batch[row] + 1] += 1.0
        room[1, batch[row] + 1] += math.log1p(u_batch[row] ** 2)
    total = 0.0
    for place in range(first, last):
        mine = batch[rows[place]] + 1
        total += room[0, mine] * room[1, mine]
        room[0, mine], room[1, mine] = 0.0, 0.0
    return total


# Of the days of a group, censored ones at zero, where they likely were, at their limit: mean and standard deviation of each.
N_MOMENTS = 6


@compiled
def three_ways(start, rows, value, central, limit, moments):
    """Fills ``moments`` of shape ``(N_MOMENTS, n_groups)``; a deviation is not a number of one day.

    ``central`` and ``limit`` are those of the censored days, in their order in ``rows``.
    """
    n_groups, hidden = start.size, 0
    for group in range(n_groups):
        first = start[group]
        last = start[group + 1] if group + 1 < n_groups else rows.size
        n, begun = last - first, hidden
        seen, centrals, limits = 0.0, 0.0, 0.0
        for place in range(first, last):
            one = value[rows[place]]
            if math.isnan(one):
                centrals += central[hidden]
                limits += limit[hidden]
                hidden += 1
            else:
                seen += one
        at_zero, middle, at_limit = seen / n, (seen + centrals) / n, (seen + limits) / n
        hidden = begun
        low, between, high = 0.0, 0.0, 0.0
        for place in range(first, last):
            one = value[rows[place]]
            if math.isnan(one):
                low += at_zero**2
                between += (central[hidden] - middle) ** 2
                high += (limit[hidden] - at_limit) ** 2
                hidden += 1
            else:
                low += (one - at_zero) ** 2
                between += (one - middle) ** 2
                high += (one - at_limit) ** 2
        moments[0, group], moments[2, group], moments[4, group] = at_zero, middle, at_limit
        for which, squares in enumerate((low, between, high)):
            moments[2 * which + 1, group] = math.sqrt(squares / (n - 1)) if n > 1 else np.nan
