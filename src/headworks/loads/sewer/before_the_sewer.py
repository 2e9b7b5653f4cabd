"""Concentrations as they were before the sewer.

    concentration at the source = concentration at the site / S                               (L16)

What is unsure about S joins the uncertainty of the site, because residence time and half-life are the same on all its days.
The trap: a limit is corrected like a value, else a corrected residue could lie below a limit it was above.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused


def with_stability(daily: pl.DataFrame, stability: pl.DataFrame) -> pl.DataFrame:
    """Rows with concentrations divided by the surviving fraction (L16), and with ``u_stability``.

    Parameters
    ----------
    daily
        ``site_id, analyte, concentration, most, least, u_site`` and others.
    stability
        ``site_id, analyte, surviving_fraction, u_stability``; what has no row stays what it was, to the bit.

    Raises
    ------
    DataRefused
        ``HW-D254`` when a site and residue comes twice, a fraction is not above 0 or an uncertainty below 0.
    """
    fits = (pl.col("surviving_fraction") > 0) & pl.col("surviving_fraction").is_finite() & (pl.col("u_stability") >= 0)
    bad = stability.filter(~(fits & pl.struct("site_id", "analyte").is_unique()).fill_null(value=False))
    if not bad.is_empty():
        raise DataRefused(
            "A loss in the sewer cannot be corrected.",
            where="stability",
            found=str(bad.select("site_id", "analyte", "surviving_fraction", "u_stability").head(5).rows()),
            remedy="Give each site and residue once, with a fraction above 0 and an uncertainty of at least 0",
            code="HW-D254",
        )
    known = stability.select("site_id", "analyte", "u_stability", _survival="surviving_fraction")
    joined = daily.join(known, on=["site_id", "analyte"], how="left", maintain_order="left")
    u_site, u_stability = pl.col("u_site"), pl.col("u_stability").fill_null(0.0)
    both = ((1.0 + u_site * u_site) * (1.0 + u_stability * u_stability) - 1.0).sqrt()
    return joined.with_columns(
        pl.col("concentration", "most", "least") * (1.0 / pl.col("_survival").fill_null(1.0)),
        u_stability=u_stability,
        u_site=pl.when(u_stability > 0).then(both).otherwise(u_site),
    )
