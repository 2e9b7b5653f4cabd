"""What the sewer does to a residue on its way to the site: half-lives, growth, sorption, the constants of the formulas.

``behaviour`` is ``lost``, ``forms`` or ``stable``. A residue without a row is one of which nothing is known, which is not
the same as stable: the trap is to read silence as no loss.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from headworks.reference.parameter_files import DATA_DIR

_STABILITY_NUMBERS = ("half_life_h_20c", "half_life_h_10c", "growth_per_h", "u_half_life")
_SORPTION_NUMBERS = ("solids_share_low", "solids_share_high", "kd_l_per_kg")


@cache
def sewer_stability() -> pl.DataFrame:
    """Loss and formation of residues in the sewer.

    Returns
    -------
    pl.DataFrame
        analyte, half_life_h_20c, half_life_h_10c, growth_per_h (share of itself that forms in an hour), u_half_life
        (relative standard uncertainty; empty: that of ``sewer_constants``), product, behaviour, status, citation, note.

    Examples
    --------
    >>> sewer_stability().filter(analyte="cocaine")["half_life_h_20c"].item()
    35.0
    """
    frame = pl.read_csv(DATA_DIR / "sewer_stability.csv", infer_schema=False)
    return frame.with_columns(pl.col(*_STABILITY_NUMBERS).cast(pl.Float64))


@cache
def sewer_sorption() -> pl.DataFrame:
    """Residues that solids hold.

    Returns
    -------
    pl.DataFrame
        analyte, affinity (high, moderate), solids_share_low, solids_share_high, kd_l_per_kg, status, citation, note.

    Examples
    --------
    >>> sewer_sorption().filter(analyte="THC-COOH").select("solids_share_low", "solids_share_high").row(0)
    (0.42, 0.9)
    """
    frame = pl.read_csv(DATA_DIR / "sewer_sorption.csv", infer_schema=False)
    return frame.with_columns(pl.col(*_SORPTION_NUMBERS).cast(pl.Float64))


@cache
def sewer_constants() -> dict[str, float]:
    """Constants of the formulas by name.

    Returns
    -------
    dict
        ``theta`` (factor of a rate per degree), ``reference_temperature`` (degree Celsius), ``u_half_life``, ``u_residence``
        (relative standard uncertainties used where none is stated).

    Examples
    --------
    >>> sewer_constants()["theta"], round((173 / 35) ** 0.1, 3)
    (1.173, 1.173)
    """
    frame = pl.read_csv(DATA_DIR / "sewer_constants.csv", infer_schema=False)
    return {name: float(value) for name, value in frame.select("constant", "value").iter_rows()}
