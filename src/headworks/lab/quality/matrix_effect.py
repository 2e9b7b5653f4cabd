"""What the matrix does to the signal, and what the extraction loses.

A is a neat standard, B a standard added after extraction, C before it; what the sample held before is taken off B and C:

    ME = 100 B / A,   RE = 100 C / B,   PE = 100 C / A                                                          (J11)

With an internal standard ME is that of the analyte over that of the standard. From two curves it is the ratio of their slopes,

    ME = 100 b_matrix / b_solvent,   SE = ME sqrt((SE_m / b_m)^2 + (SE_s / b_s)^2)                              (J12)

The trap: a matrix effect of 60 % that the labelled standard shares does no harm; judge the normalised one where there is one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.quality.findings import BATCH, ROUNDING, Rules, finding_rows, no_findings

Array = npt.NDArray[np.float64]


class MatrixEffect(NamedTuple):
    """Matrix effect, recovery of the extraction and efficiency of the process in percent, normalised effect as a fraction."""

    matrix_effect_percent: Array
    extraction_recovery_percent: Array
    process_efficiency_percent: Array
    normalised: Array


def matrix_effect(
    neat: Array, after: Array, before: Array, *, native: Array | float = 0.0, standard_neat: Array | float = np.nan,
    standard_after: Array | float = np.nan,
) -> MatrixEffect:  # fmt: skip
    """Matuszewski's three numbers (J11) from mean areas.

    Parameters
    ----------
    neat, after, before
        Areas of the neat standard, of the extract with the standard added after, and of the sample with it added before
        extraction, shape ``(n,)``; not a number where one was not measured.
    native
        Area of the extract with nothing added.
    standard_neat, standard_after
        Areas of the internal standard beside ``neat`` and ``after``.

    Raises
    ------
    DataRefused
        ``HW-D637`` for a neat standard without an area above 0.

    Examples
    --------
    >>> found = matrix_effect(np.array([1000.0]), np.array([700.0]), np.array([560.0]), native=np.array([100.0]))
    >>> [round(number.item(), 2) for number in found[:3]]
    [60.0, 76.67, 46.0]
    """
    neat, after, before = (np.asarray(one, dtype=np.float64) for one in (neat, after, before))
    if not np.all(neat > 0):
        raise DataRefused(
            "A matrix effect is relative to a neat standard with a peak.",
            where="neat",
            found=f"{neat[~(neat > 0)].flat[0]:g}",
            remedy="Leave out analytes without one",
            code="HW-D637",
        )
    net_after, net_before = after - native, before - native
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = 100.0 * net_after / neat
        recovery = np.where(net_after > 0, 100.0 * net_before / net_after, np.nan)
        own = 100.0 * np.asarray(standard_after, dtype=np.float64) / np.asarray(standard_neat, dtype=np.float64)
        normalised = np.where(own > 0, effect / own, np.nan)
    return MatrixEffect(effect, recovery, 100.0 * net_before / neat, normalised)


def matrix_effect_from_slopes(
    slope_matrix: Array, slope_solvent: Array, se_matrix: Array | float = 0.0, se_solvent: Array | float = 0.0
) -> tuple[Array, Array]:
    """Matrix effect in percent and its standard error from the slopes of two curves (J12).

    Raises
    ------
    DataRefused
        ``HW-D637`` for a slope in solvent that is not above 0.

    Examples
    --------
    >>> effect, error = matrix_effect_from_slopes(np.array([0.8]), np.array([1.0]), np.array([0.04]))
    >>> round(effect.item(), 9), round(error.item(), 9)
    (80.0, 4.0)
    """
    slope_matrix, slope_solvent = np.asarray(slope_matrix, dtype=np.float64), np.asarray(slope_solvent, dtype=np.float64)
    if not np.all(slope_solvent > 0):
        raise DataRefused(
            "A matrix effect is relative to a curve in solvent that rises.",
            where="slope_solvent",
            found=f"{slope_solvent[~(slope_solvent > 0)].flat[0]:g}",
            remedy="Leave out analytes without one",
            code="HW-D637",
        )
    effect = 100.0 * slope_matrix / slope_solvent
    error = 100.0 / slope_solvent * np.sqrt(se_matrix**2 + (slope_matrix / slope_solvent * se_solvent) ** 2)
    return effect, error


def matrix_effect_findings(effects: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Matrix effects against their limits: the normalised one where there is one, else the effect itself.

    Parameters
    ----------
    effects
        ``batch_id, analyte, matrix_effect_percent`` and ``normalised`` (null without an internal standard).
    """
    effects = effects.with_columns(pl.col("matrix_effect_percent", "normalised").cast(pl.Float64).fill_nan(None))
    has_one = pl.col("normalised").is_not_null() & pl.lit(("matrix_effect", "normalised") in rules)
    parts = [no_findings()]
    for name, column, chosen in (("percent", "matrix_effect_percent", ~has_one), ("normalised", "normalised", has_one)):
        rule = rules.get(("matrix_effect", name))
        if rule is None:
            continue
        rows = effects.filter(chosen & pl.col(column).is_not_null()).select(*BATCH, found=pl.col(column))
        met = (pl.col("found") >= rule.floor * (1 - ROUNDING)) & (pl.col("found") <= rule.ceiling * (1 + ROUNDING))
        what = "Matrix effect {}, {} to {} allowed." if name == "normalised" else "Matrix effect {} %, {} to {} % allowed."
        reason = pl.format(what, pl.col("found").round_sig_figs(4), pl.lit(rule.lower), pl.lit(rule.upper))
        parts.append(finding_rows(rows, "matrix_effect", name, rule, is_met=met, reason=reason))
    return pl.concat(parts)
