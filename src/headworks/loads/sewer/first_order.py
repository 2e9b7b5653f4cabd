"""What is left of a residue after its time in the sewer, at first order.

    k(T) = ln 2 / half-life x theta^(T - T_ref)                                               (L8)
    k    = k_bulk(T) + k_biofilm x A/V                                                        (L9)
    S    = exp(-k t)                                                                          (L10)
    S    = (1 + k m / a)^(-a)          residence times gamma with mean m and shape a          (L11)

A parent that becomes a product (cocaine to benzoylecgonine, 6-MAM to morphine), in moles, y of each mole:

    B(t) = B0 exp(-k2 t) + y A0 k1 / (k2 - k1) (exp(-k1 t) - exp(-k2 t))                      (L12)

and y A0 k1 t exp(-k1 t) for its last term when k1 = k2. The trap is the mean: late sewage is not offset by early sewage, so a
spread of residence times always leaves more than the mean time alone would (Jensen).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused
from headworks.reference.sewer_stability import sewer_constants

Floats = NDArray[np.float64]


def surviving_fraction(
    half_life_h: ArrayLike,
    residence_h: ArrayLike,
    temperature_c: ArrayLike | None = None,
    *,
    reference_temperature_c: float | None = None,
    theta: float | None = None,
    shape: float | None = None,
) -> float | Floats:
    """Share of a residue that reaches the site (L8, L10, L11).

    Parameters
    ----------
    half_life_h
        At the reference temperature, h; infinite for a stable residue.
    residence_h
        Mean time in the sewer, h.
    temperature_c
        Of the sewage, degree Celsius; the reference temperature when not given.
    reference_temperature_c, theta
        Temperature of the half-life, and the factor of the rate per degree; by default 20 and 1.173, from the reference.
    shape
        Of a gamma distribution of residence times (1 for an ideal mixer, large for plug flow); None for plug flow.

    Raises
    ------
    DataRefused
        ``HW-D251`` for a half-life, theta or shape that is not above 0 or a residence time below 0.

    Examples
    --------
    >>> round(surviving_fraction(half_life_h=35, residence_h=6), 5)
    0.88796
    >>> round(surviving_fraction(35, 6, shape=1), 5)
    0.89379
    """
    hours = _require_at_least_zero("residence_h", residence_h)
    rate = rate_of_half_life(half_life_h, temperature_c, reference_temperature_c=reference_temperature_c, theta=theta)
    if shape is None:
        return _number(np.exp(-rate * hours))
    a = float(_require_above_zero("shape", shape))
    return _number((1.0 + rate * hours / a) ** -a)


def rate_of_half_life(
    half_life_h: ArrayLike,
    temperature_c: ArrayLike | None = None,
    *,
    reference_temperature_c: float | None = None,
    theta: float | None = None,
) -> float | Floats:
    """First-order rate at a temperature, per hour (L8).

    Raises
    ------
    DataRefused
        ``HW-D251`` for a half-life or theta that is not above 0.

    Examples
    --------
    The half-life of cocaine at 10 degrees is 173 h: theta to the power of -10 is 35/173.

    >>> round(np.log(2) / rate_of_half_life(35, 10.0))
    173
    """
    constants = sewer_constants()
    life = _require_above_zero("half_life_h", half_life_h)
    base = _require_above_zero("theta", constants["theta"] if theta is None else theta)
    reference = constants["reference_temperature"] if reference_temperature_c is None else reference_temperature_c
    warmer = np.asarray(reference if temperature_c is None else temperature_c, dtype=float) - reference
    return _number(np.log(2.0) / life * base**warmer)


def loss_rate(bulk_per_h: ArrayLike, biofilm_m_per_h: ArrayLike, area_over_volume_per_m: ArrayLike) -> float | Floats:
    """Rate in a sewer with biofilm, per hour (L9).

    Parameters
    ----------
    bulk_per_h
        Rate in the water.
    biofilm_m_per_h
        Rate per biofilm area over volume.
    area_over_volume_per_m
        Wetted area with biofilm over the volume of sewage, m2/m3.

    Examples
    --------
    >>> round(loss_rate(0.022, 0.0005, 30.0), 4)
    0.037
    """
    area = np.asarray(biofilm_m_per_h, dtype=float) * np.asarray(area_over_volume_per_m, dtype=float)
    return _number(np.asarray(bulk_per_h, dtype=float) + area)


def surviving_parent_and_product(
    parent: ArrayLike,
    product: ArrayLike,
    residence_h: ArrayLike,
    *,
    parent_rate_per_h: ArrayLike,
    product_rate_per_h: ArrayLike = 0.0,
    product_yield: ArrayLike = 1.0,
) -> tuple[float | Floats, float | Floats]:
    """Moles of a parent and of the product it becomes, after their time in the sewer (L10, L12).

    Parameters
    ----------
    parent, product
        Moles (or any amount in proportion to moles) that enter.
    residence_h
        Time in the sewer, h.
    parent_rate_per_h, product_rate_per_h
        First-order rates.
    product_yield
        Moles of product from one mole of lost parent.

    Raises
    ------
    DataRefused
        ``HW-D251`` for a time or rate below 0.

    Examples
    --------
    What a parent loses its stable product gains.

    >>> [round(x, 4) for x in surviving_parent_and_product(1.0, 2.0, 10.0, parent_rate_per_h=0.1)]
    [0.3679, 2.6321]
    """
    t = _require_at_least_zero("residence_h", residence_h)
    k1 = _require_at_least_zero("parent_rate_per_h", parent_rate_per_h)
    k2 = _require_at_least_zero("product_rate_per_h", product_rate_per_h)
    start, before = np.asarray(parent, dtype=float), np.asarray(product, dtype=float)
    difference = (k2 - k1) * t
    # (1 - exp(-x)) / x by expm1 keeps its digits where the rates are nearly the same, and is 1 where they are.
    is_same = np.abs(difference) < 1e-12
    share = np.where(is_same, 1.0, -np.expm1(-difference) / np.where(is_same, 1.0, difference))
    formed = np.asarray(product_yield, dtype=float) * start * k1 * t * np.exp(-k1 * t) * share
    return _number(start * np.exp(-k1 * t)), _number(before * np.exp(-k2 * t) + formed)


def _number(values: ArrayLike) -> float | Floats:
    array = np.asarray(values, dtype=float)
    return float(array) if array.ndim == 0 else array


def _require_above_zero(name: str, value: ArrayLike) -> Floats:
    array = np.asarray(value, dtype=float)
    return _require(bool(np.all(array > 0)), name, array, "above 0")


def _require_at_least_zero(name: str, value: ArrayLike) -> Floats:
    array = np.asarray(value, dtype=float)
    return _require(bool(np.all(array >= 0)), name, array, "of at least 0")


def _require(fits: bool, name: str, found: Floats, wanted: str) -> Floats:
    if not fits:
        raise DataRefused(
            "Loss in the sewer cannot be computed.",
            where=name,
            found=str(found.tolist()),
            remedy=f"Give numbers {wanted}",
            code="HW-D251",
        )
    return found
