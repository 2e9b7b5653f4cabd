"""From the residue that was excreted to the drug that was used.

    factor      = (M_parent / M_residue) / f                                                  (L3)
    consumption = load x factor                                                               (L4)

``f`` is the share of a dose, in moles, that leaves the body as the residue. With several residues of one drug the moles
found are summed and divided by the summed shares:

    consumption = M_parent x sum(load_i / M_i) / sum(f_i)                                     (L5)

The traps: a factor is only as good as ``f`` (published values of one drug differ up to threefold, so every row names its
parameter set), and the result is *pure* drug: what is bought on the street is consumption divided by purity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.loads.mass_load import Amount


def correction_factor(parent_molar_mass: Amount, residue_molar_mass: Amount, excretion_fraction: Amount) -> Amount:
    """What a load is multiplied by to give consumption (L3).

    Parameters
    ----------
    parent_molar_mass, residue_molar_mass
        g/mol.
    excretion_fraction
        Share of a dose excreted as the residue, in moles, above 0 and at most 1.

    Raises
    ------
    DataRefused
        ``HW-D112`` when a fraction is not above 0 and at most 1, or a mass not above 0 (numbers and arrays).

    Examples
    --------
    >>> round(correction_factor(303.36, 289.33, 0.292), 2)
    3.59
    """
    if not isinstance(excretion_fraction, pl.Expr):
        fraction = np.asarray(excretion_fraction)
        _require(
            bool(np.all((fraction > 0) & (fraction <= 1))), "excretion_fraction", excretion_fraction, "above 0, at most 1"
        )
    for name, mass in (("parent_molar_mass", parent_molar_mass), ("residue_molar_mass", residue_molar_mass)):
        if not isinstance(mass, pl.Expr):
            _require(bool(np.all(np.asarray(mass) > 0)), name, mass, "above 0 g/mol")
    return parent_molar_mass / residue_molar_mass / excretion_fraction


def consumption(load: Amount, factor: Amount) -> Amount:
    """Drug used, in the unit of the load (L4).

    Examples
    --------
    >>> round(consumption(142.10526315789474, 3.59), 3)
    510.158
    """
    return load * factor


def consumption_from_residues(
    loads: Sequence[Amount],
    residue_molar_masses: Sequence[float],
    excretion_fractions: Sequence[float],
    parent_molar_mass: float,
) -> Amount:
    """Drug used, from several of its residues on a molar basis (L5).

    Parameters
    ----------
    loads
        One load per residue: numbers, arrays or expressions.
    residue_molar_masses
        g/mol, in the same order.
    excretion_fractions
        Shares in moles, in the same order; their sum is at most 1.
    parent_molar_mass
        g/mol.

    Raises
    ------
    DataRefused
        ``HW-D112`` when the lists differ in length or the fractions are impossible.

    Examples
    --------
    Methadone 27.5 % and EDDP 55 %: 1,000 mg of methadone (309.45 g/mol) leave 275 mg and 493.1 mg of EDDP (277.41).

    >>> round(consumption_from_residues([275.0, 550.0 * 277.41 / 309.45], [309.45, 277.41], [0.275, 0.55], 309.45), 6)
    1000.0
    """
    same = len(loads) == len(residue_molar_masses) == len(excretion_fractions) > 0
    _require(
        same,
        "residues",
        f"{len(loads)}, {len(residue_molar_masses)}, {len(excretion_fractions)}",
        "as many as loads, at least 1",
    )
    shares = float(sum(excretion_fractions))
    _require(
        min(excretion_fractions) > 0 and shares <= 1 + 1e-12,
        "excretion_fractions",
        excretion_fractions,
        "above 0, sum at most 1",
    )
    moles = loads[0] / residue_molar_masses[0]
    for load, mass in zip(loads[1:], residue_molar_masses[1:], strict=True):
        moles = moles + load / mass
    return moles * (parent_molar_mass / shares)


def _require(fits: bool, name: str, found: object, wanted: str) -> None:
    if not fits:
        raise DataRefused(
            "A factor cannot be computed.", where=name, found=str(found), remedy=f"Give values {wanted}", code="HW-D112"
        )
