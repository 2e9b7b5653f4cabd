"""When a site is too small for its samples to say anything, and what they could still show.

    probability of a day without a pulse = exp(-N_p)                                              (Q6)
    smallest use seen with probability p over n days = -ln(1 - p) / (n x seen x people x flushes)  (Q7)

``seen`` is the share of pulses that meet a sub-sample: 1, or width over interval when that is less. The trap: "not detected"
at a small site is what one expects with users present, so it must never be read as "no use".
"""

from __future__ import annotations

import math

import polars as pl

from headworks.core.errors import DataRefused

# 100 pulses leave one in ten to chance alone (Q2); below that a difference between two days says nothing.
_ENOUGH_PULSES = 100.0
_PER = 1_000.0


def probability_no_pulse(pulses_per_day: float, n_days: int = 1) -> float:
    """Probability that nothing at all passed on the days sampled (Q6).

    Examples
    --------
    >>> round(probability_no_pulse(3.0), 3)
    0.05
    """
    _require(pulses_per_day >= 0 and n_days >= 1, "pulses_per_day, n_days", f"{pulses_per_day}, {n_days}")
    return math.exp(-pulses_per_day * n_days)


def smallest_use_seen(
    population: float, flushes: float, *, n_days: int = 1, probability: float = 0.95, interval_over_width: float = 0.0
) -> float:
    """Users per 1,000 people and day that would leave at least one sampled pulse with that probability (Q7).

    Parameters
    ----------
    population
        People who drain to the site.
    flushes
        Flushes of a user in a day that carry the residue.
    n_days
        Days sampled.
    probability
        0.95: of twenty such periods one shows nothing.
    interval_over_width
        Minutes between sub-samples over the width of a pulse; 0 for a continuous sample.

    Returns
    -------
    float
        May exceed 1,000: then not even everybody's use would surely be seen.

    Raises
    ------
    DataRefused
        ``HW-D465`` for numbers that cannot be.

    Examples
    --------
    -ln(0.05) = 2.996 pulses; 500 people with 4 flushes make 2,000 possible.

    >>> round(smallest_use_seen(500.0, 4.0), 3)
    1.498
    """
    is_usable = population > 0 and flushes > 0 and n_days >= 1 and 0 < probability < 1 and interval_over_width >= 0
    _require(is_usable, "population, flushes, n_days, probability, interval_over_width",
             f"{population}, {flushes}, {n_days}, {probability}, {interval_over_width}")  # fmt: skip
    seen = 1.0 if interval_over_width <= 1 else 1.0 / interval_over_width
    return -math.log1p(-probability) / (n_days * seen * population * flushes) * _PER


def smallest_consumption_seen(use_per_1000: float, dose_mg: float) -> float:
    """The same as consumption: users per 1,000 people and day times what one takes in a day, mg/d per 1,000 people.

    Examples
    --------
    >>> smallest_consumption_seen(1.5, 30.0)
    45.0
    """
    _require(use_per_1000 >= 0 and dose_mg > 0, "use_per_1000, dose_mg", f"{use_per_1000}, {dose_mg}")
    return use_per_1000 * dose_mg


def small_site_warning(pulses_per_day: float, n_days: int = 1) -> str:
    """What a reader must be told of a site with few pulses; empty where there are enough.

    Parameters
    ----------
    pulses_per_day
        From :func:`pulses_per_day`.
    n_days
        Days that the figure rests on.

    Examples
    --------
    >>> small_site_warning(400.0)
    ''
    >>> print(small_site_warning(8.0))
    8 pulses: chance alone leaves a spread of at least 35 %; the level says almost nothing.
    """
    pulses = pulses_per_day * n_days
    nothing = probability_no_pulse(pulses_per_day, n_days)
    if pulses >= _ENOUGH_PULSES:
        return ""
    if pulses < 1:
        return (
            f"{pulses:.2g} pulses: nothing at all passes with probability {100 * nothing:.0f} %; the samples say nothing, and "
            "not detected does not mean no use."
        )
    text = f"{pulses:.3g} pulses: chance alone leaves a spread of at least {100 / math.sqrt(pulses):.0f} %"
    seen = "" if nothing < 0.001 else f", and nothing at all passes with probability {100 * nothing:.2g} %"
    return f"{text}{seen}; the level says almost nothing."


def flag_small_sites(sites: pl.DataFrame, flushes: float) -> pl.DataFrame:
    """Sites with ``pulses_per_day``, ``p_no_pulse`` and ``small_site_warning`` (empty text where there are enough pulses).

    Parameters
    ----------
    sites
        ``population`` and ``use_rate`` (share of people who use on a day) in every row, besides any other column.
    flushes
        Flushes of a user in a day.

    Examples
    --------
    >>> flagged = flag_small_sites(pl.DataFrame({"population": [500.0, 1e6], "use_rate": [0.004, 0.004]}), 4.0)
    >>> flagged["small_site_warning"].str.len_chars().gt(0).to_list()
    [True, False]
    """
    pulses = pl.col("population") * pl.col("use_rate") * flushes
    flagged = sites.with_columns(pulses_per_day=pulses, p_no_pulse=(-pulses).exp())
    few = flagged["pulses_per_day"].filter(flagged["pulses_per_day"] < _ENOUGH_PULSES).unique()
    texts = {value: small_site_warning(value) for value in few}
    warning = pl.col("pulses_per_day").replace_strict(texts, default="", return_dtype=pl.String) if texts else pl.lit("")
    return flagged.with_columns(small_site_warning=pl.when(pl.col("pulses_per_day").is_not_null()).then(warning))


def _require(is_usable: bool, where: str, found: str) -> None:
    if not is_usable:
        raise DataRefused(
            "These numbers cannot be those of a site.",
            where=where,
            found=found,
            remedy="Give people, flushes and days above 0 and a probability between 0 and 1",
            code="HW-D465",
        )
