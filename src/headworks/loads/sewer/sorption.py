"""What the solids hold of a residue when only the liquid was analysed.

    f_sorb = Kd x SPM x 1e-6 / (1 + Kd x SPM x 1e-6)                                          (L15)

with Kd in L/kg and suspended matter in mg/L. Of most residues no Kd is known, so nothing is corrected: the residues that the
reference names are flagged. The trap is THC-COOH: of cannabis residues 42 to 90 % were found on solids.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused
from headworks.reference.sewer_stability import sewer_sorption

_CODE, _WARNING = (
    "HW-D253",
    "Solids hold {}{}. A result of the liquid phase alone is too low; analyse unfiltered sewage or correct for sorption.",
)
# 1 mg/L = 1e-6 kg/L.
_KG_PER_MG = 1e-6


def sorbed_fraction(kd_l_per_kg: ArrayLike, suspended_mg_per_l: ArrayLike) -> float | NDArray[np.float64]:
    """Share of a residue that suspended matter holds (L15).

    Parameters
    ----------
    kd_l_per_kg
        Partition coefficient.
    suspended_mg_per_l
        Suspended particulate matter.

    Raises
    ------
    DataRefused
        ``HW-D252`` for a number below 0.

    Examples
    --------
    4,000 L/kg and 250 mg/L are 1: half of it is on the solids.

    >>> sorbed_fraction(4_000.0, 250.0)
    0.5
    """
    kd, suspended = np.asarray(kd_l_per_kg, dtype=float), np.asarray(suspended_mg_per_l, dtype=float)
    if not (np.all(kd >= 0) and np.all(suspended >= 0)):
        raise DataRefused(
            "A sorbed fraction cannot be computed.",
            where="kd_l_per_kg, suspended_mg_per_l",
            found=f"{kd.tolist()}, {suspended.tolist()}",
            remedy="Give numbers of at least 0",
            code="HW-D252",
        )
    held = kd * suspended * _KG_PER_MG
    fraction = held / (1.0 + held)
    return float(fraction) if fraction.ndim == 0 else fraction


def flag_sorption(loads: pl.DataFrame) -> pl.DataFrame:
    """A warning for each residue of the loads that solids hold.

    Parameters
    ----------
    loads
        Anything with a column ``analyte``.

    Returns
    -------
    pl.DataFrame
        analyte, n_rows, affinity (high, moderate), code (``HW-D253`` when high, else empty), warning, sorted by analyte.
    """
    counted = loads.group_by("analyte").agg(n_rows=pl.len()).join(sewer_sorption(), on="analyte", how="inner").sort("analyte")
    share = pl.when(pl.col("solids_share_low").is_not_null()).then(
        pl.format(
            ": {} to {} % was found on suspended solids",
            (pl.col("solids_share_low") * 100).round(0).cast(pl.Int64),
            (pl.col("solids_share_high") * 100).round(0).cast(pl.Int64),
        )
    )
    warning = pl.format(
        _WARNING,
        "analyte",
        share.otherwise(pl.lit("")),
    )
    code = pl.when(pl.col("affinity") == "high").then(pl.lit(_CODE))
    return counted.select("analyte", "n_rows", "affinity", code=code, warning=warning)
