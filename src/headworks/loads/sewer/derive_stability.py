"""Surviving fraction and uncertainty of every residue at every site whose residence time is known.

The default corrects nothing: ``surviving_fraction`` is 1 and ``u_stability`` holds the whole expected loss (L14). With
``correct_loss`` it is the expected survival, and ``u_stability`` what is unsure about it (L13). A residue that forms on the
way has an expected survival above 1. A residue or site of which nothing is known has no row.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from headworks.core.uncertainty import relative
from headworks.reference.sewer_stability import sewer_constants, sewer_stability


def derive_stability(
    sites: pl.DataFrame, analytes: Iterable[str] | None = None, *, correct_loss: bool = False
) -> pl.DataFrame:
    """What ``derive_loads`` takes as ``stability``.

    Parameters
    ----------
    sites
        ``site_id, residence_h`` (table ``sites``) and, if known, ``temperature_c``; a site without a time has no row.
    analytes
        Residues wanted; None for all that the reference knows.
    correct_loss
        Whether loads are divided by the expected survival.

    Returns
    -------
    pl.DataFrame
        site_id, analyte, surviving_fraction (what loads are divided by), u_stability (relative), expected_survival, sorted by
        site and analyte.
    """
    expected = expected_survival(sites, analytes)
    constants = sewer_constants()
    unsure = pl.col("u_half_life").fill_null(constants["u_half_life"]).pow(2) + constants["u_residence"] ** 2
    survival = pl.col("surviving_fraction")
    sigma = survival.log().abs() * (unsure + (0.0 if correct_loss else 1.0)).sqrt()
    derived = expected.select(
        "site_id",
        "analyte",
        surviving_fraction=survival if correct_loss else pl.lit(1.0),
        u_stability=relative(sigma),
        expected_survival=survival,
    )
    return derived.sort("site_id", "analyte")


def expected_survival(sites: pl.DataFrame, analytes: Iterable[str] | None = None) -> pl.DataFrame:
    """Expected survival between source and site (L8, L10), above 1 for a residue that forms on the way.

    Parameters
    ----------
    sites, analytes
        As for :func:`derive_stability`.

    Returns
    -------
    pl.DataFrame
        site_id, analyte, surviving_fraction, u_half_life; only sites with a residence time and residues of the reference.
    """
    constants = sewer_constants()
    known = sewer_stability() if analytes is None else sewer_stability().filter(pl.col("analyte").is_in(list(analytes)))
    if "temperature_c" not in sites.columns:
        sites = sites.with_columns(temperature_c=pl.lit(None, dtype=pl.Float64))
    timed = sites.filter(pl.col("residence_h").is_not_null()).select("site_id", "residence_h", "temperature_c")
    warmer = pl.col("temperature_c").fill_null(constants["reference_temperature"]) - constants["reference_temperature"]
    theta = _theta(known, constants["theta"])
    rate = (1.0 / pl.col("half_life_h_20c")) * float(np.log(2.0)) * (warmer * pl.col("_log_theta")).exp()
    formed = 1.0 + pl.col("growth_per_h").fill_null(0.0) * pl.col("residence_h")
    lost = (rate.fill_null(0.0) * pl.col("residence_h") * -1.0).exp()
    crossed = timed.join(known.with_columns(_log_theta=theta), how="cross")
    return crossed.select("site_id", "analyte", "u_half_life", surviving_fraction=lost * formed)


def _theta(known: pl.DataFrame, default: float) -> pl.Series:
    """Logarithm of theta by residue: from its own two half-lives where both are known."""
    own = (pl.col("half_life_h_10c").log() - pl.col("half_life_h_20c").log()) * 0.1
    return known.select(own.fill_null(float(np.log(default)))).to_series()
