"""Heroin from morphine, after what medicine and codeine account for.

    morphine of heroin = l_morphine - s x f - l_codeine x r                                   (L20)
    r      = (f_codeine->morphine / f_codeine) x M_morphine / M_codeine
    heroin = morphine of heroin x (M_heroin / M_morphine) / f_heroin->morphine                (L21)

with s the medical use of morphine (sales), f the share of it excreted as morphine, l loads. Without sales and codeine the
result is a bound: a morphine load of 6.7 bounds heroin at 20.7 mg/d per 1,000 people, where 10.3 was published for the same
region once both had been taken off.

The interval is in closed form: (L18) for the difference, and the factor's log-scale half-width added in quadrature (L22):

    ln(upper / heroin)^2 = ln(upper_x / x)^2 + (z sigma_factor)^2, likewise below; 0 below when the difference may be 0   (L22)
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import combine, coverage_factor, interval, sigma_log
from headworks.loads.splitting.difference import Bounded, difference_interval
from headworks.reference import read_set

Floats = NDArray[np.float64]


class OpiateFractions(NamedTuple):
    """What turns medicine and codeine into morphine, and morphine into heroin, in mass, with relative uncertainties."""

    morphine_of_medicine: float
    u_morphine_of_medicine: float
    morphine_of_codeine: float
    u_morphine_of_codeine: float
    heroin_factor: float
    u_heroin_factor: float


class IllicitHeroin(NamedTuple):
    """Heroin used and its bounds, the morphine it left, and the share of the difference that was cut off at 0."""

    heroin: float | Floats
    lower: float | Floats
    upper: float | Floats
    morphine_of_heroin: float | Floats
    clipped_share: float | Floats


def illicit_heroin(
    morphine: ArrayLike,
    therapeutic_morphine: ArrayLike = 0.0,
    codeine: ArrayLike = 0.0,
    *,
    u_morphine: ArrayLike = 0.0,
    u_therapeutic: ArrayLike = 0.0,
    u_codeine: ArrayLike = 0.0,
    correlation: ArrayLike = 0.0,
    fractions: OpiateFractions | None = None,
    level: float = 0.95,
) -> IllicitHeroin:
    """Heroin used, from the load of morphine (L20 to L22).

    Parameters
    ----------
    morphine, codeine
        Loads, any unit of load (mg/d, mg/d per 1,000 people).
    therapeutic_morphine
        Morphine used medically, the same unit: as used, not as excreted.
    u_morphine, u_therapeutic, u_codeine
        Their relative standard uncertainties; those of the excretion fractions come on top.
    correlation
        Of the errors of the two loads; 0 is cautious.
    fractions
        From :func:`opiate_fractions`; those of the default parameter set when not given.
    level
        Coverage of the interval.

    Returns
    -------
    IllicitHeroin
        Numbers, or arrays of one shape. Nothing random is drawn.

    Raises
    ------
    DataRefused
        ``HW-D256`` for a load, use or uncertainty below 0.

    Examples
    --------
    >>> round(illicit_heroin(6.7).heroin, 1)
    20.7
    >>> rest = illicit_heroin(6.7, therapeutic_morphine=3.0, codeine=5.0)
    >>> round(rest.morphine_of_heroin, 3), round(rest.heroin, 2)
    (3.338, 10.29)
    """
    _require_at_least_zero(morphine=morphine, therapeutic_morphine=therapeutic_morphine, codeine=codeine,
                           u_morphine=u_morphine, u_therapeutic=u_therapeutic, u_codeine=u_codeine)  # fmt: skip
    by = opiate_fractions() if fractions is None else fractions
    medicine = np.asarray(therapeutic_morphine, dtype=float) * by.morphine_of_medicine
    of_codeine = np.asarray(codeine, dtype=float) * by.morphine_of_codeine
    rest = difference_interval(
        _log_normal(np.asarray(morphine, dtype=float), [u_morphine], level),
        [
            _log_normal(medicine, [u_therapeutic, by.u_morphine_of_medicine], level),
            _log_normal(of_codeine, [u_codeine, by.u_morphine_of_codeine], level, correlation),
        ],
        level,
    )
    lower, upper = _times_log_normal(rest.value, rest.lower, rest.upper, by.u_heroin_factor, level)
    found = (rest.value * by.heroin_factor, lower * by.heroin_factor, upper * by.heroin_factor, rest.value, rest.clipped_share)
    return IllicitHeroin(*(float(number) if np.ndim(number) == 0 else np.asarray(number) for number in found))


def opiate_fractions(factors: pl.DataFrame | None = None) -> OpiateFractions:
    """The fractions of a parameter set that heroin from morphine needs.

    Parameters
    ----------
    factors
        Of a parameter set; None for the default set.

    Raises
    ------
    DataRefused
        ``HW-D255`` when the set lacks one of the four.

    Examples
    --------
    A codeine load brings 0.07 / 0.30 x 285.34 / 299.37 of it as morphine; heroin is 369.42 / 285.34 / 0.42 of its morphine.

    >>> by = opiate_fractions()
    >>> round(by.morphine_of_codeine, 4), round(by.heroin_factor, 2)
    (0.2224, 3.08)
    """
    if factors is None:
        return _default_fractions()
    heroin, medicine = _row(factors, "heroin", "morphine"), _row(factors, "morphine", "morphine")
    codeine, of_codeine = _row(factors, "codeine", "codeine"), _row(factors, "codeine", "morphine")
    # Both are shares of a dose of codeine: the ratio of the two factors is that of the masses excreted.
    return OpiateFractions(
        morphine_of_medicine=1.0 / medicine["correction_factor"],
        u_morphine_of_medicine=medicine["u_factor"],
        morphine_of_codeine=codeine["correction_factor"] / of_codeine["correction_factor"],
        u_morphine_of_codeine=combine([codeine["u_factor"], of_codeine["u_factor"]]),
        heroin_factor=heroin["correction_factor"],
        u_heroin_factor=heroin["u_factor"],
    )


@cache
def _default_fractions() -> OpiateFractions:
    return opiate_fractions(read_set().factors)


def _row(factors: pl.DataFrame, drug: str, analyte: str) -> dict[str, float]:
    rows = factors.filter(
        (pl.col("drug") == drug) & (pl.col("analyte") == analyte) & pl.col("correction_factor").is_not_null()
    )
    if rows.height != 1:
        raise DataRefused(
            "Heroin cannot be computed from morphine with this parameter set.",
            where=f"{drug} as {analyte}",
            found=f"{rows.height} factors",
            remedy="Give one factor for morphine from heroin, morphine and codeine, and for codeine",
            code="HW-D255",
        )
    return rows.select("correction_factor", "u_factor").row(0, named=True)


def _log_normal(value: Floats, uncertainties: list[ArrayLike], level: float, correlation: ArrayLike = 0.0) -> Bounded:
    sigma = np.sqrt(sum(np.log1p(np.square(np.asarray(u, dtype=float))) for u in uncertainties))
    return Bounded(value, *interval(value, sigma, level), correlation)


def _times_log_normal(value: Floats, lower: Floats, upper: Floats, u: float, level: float) -> tuple[Floats, Floats]:
    """Bounds of a bounded quantity times a log-normal one about 1 (L22)."""
    reach = (coverage_factor(level) * sigma_log(u)) ** 2
    is_some, is_clear = value > 0, (value > 0) & (lower > 0)
    safe = np.where(is_some, value, 1.0)
    down = np.log(safe / np.where(is_clear, lower, 1.0))
    up = np.log(np.where(is_some, upper, 1.0) / safe)
    low = np.where(is_clear, value * np.exp(-np.sqrt(down * down + reach)), 0.0)
    high = np.where(is_some, value * np.exp(np.sqrt(up * up + reach)), upper * np.exp(np.sqrt(reach)))
    return low, high


def _require_at_least_zero(**numbers: ArrayLike) -> None:
    for name, value in numbers.items():
        array = np.asarray(value, dtype=float)
        if bool(np.any(array < 0)):
            raise DataRefused(
                "A load, a use or an uncertainty is below zero.",
                where=name,
                found=str(array.tolist()),
                remedy="Give numbers of at least 0",
                code="HW-D256",
            )
