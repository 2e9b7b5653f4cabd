"""In which unit a result of each matrix is given, and by what amount it is divided.

    water:   c [ng/L] = c_extract [ng/L] x final volume / loaded volume
    solids:  c [ng/g, ng/m3, ng per note, ng/mg] = c_extract [ng/mL] x final volume [mL] / amount taken

The trap: a number of ng/g beside one of ng/L looks like a concentration of the same thing. Only sewage and surface water have
ng/L; no result of another matrix is turned into it, and only results of water go into ``measurements``.
"""

from __future__ import annotations

from typing import NamedTuple


class MatrixUnit(NamedTuple):
    """Unit of a result, and of the amount taken where it is no volume of water."""

    result: str
    amount: str


# As the field reports them; hair is of a pool, never of a person.
MATRIX_UNITS: dict[str, MatrixUnit] = {
    "sewage": MatrixUnit("ng/L", ""),
    "surface_water": MatrixUnit("ng/L", ""),
    "sediment": MatrixUnit("ng/g", "g"),
    "soil": MatrixUnit("ng/g", "g"),
    "air_particulate": MatrixUnit("ng/m3", "m3"),
    "banknote": MatrixUnit("ng/note", "notes"),
    "pooled_hair": MatrixUnit("ng/mg", "mg"),
}
WATER = ("sewage", "surface_water")
# Concentrations are ng/L inside: 1 ng/mL = 1e3 ng/L.
NG_PER_L_IN_NG_PER_ML = 1e3


def unit_of(matrix: str) -> str:
    """Unit of a result of this matrix.

    Examples
    --------
    >>> unit_of("pooled_hair")
    'ng/mg'
    """
    return MATRIX_UNITS[matrix].result
