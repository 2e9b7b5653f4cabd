"""One unit per quantity inside; everything else is converted at the door or refused.

| quantity | inside | why |
|---|---|---|
| concentration | ng/L | what an LC-MS/MS method for sewage reports |
| flow | m3/d | a sampling day's water |
| load | mg/d | concentration x flow without a power of ten to forget |
| per-capita load | mg/d per 1,000 people | the field's habit; numerically ug per person and day |
| population | people | |
| temperature | degrees Celsius | |

A unit is never guessed: an unknown spelling is an error that names the spellings known. Both code points for micro, full-width
letters and superscripts are spellings, not guesses.
"""

from __future__ import annotations

import unicodedata
from enum import Enum
from typing import NamedTuple

from headworks.core.errors import DataRefused


class Unit(NamedTuple):
    """A spelling's factor to the unit used inside, and that unit."""

    factor: float
    inside: str


class Quantity(Enum):
    """A measured quantity, its unit inside, and the spellings that may be converted to it."""

    CONCENTRATION = "concentration"
    FLOW = "flow"
    PER_CAPITA_LOAD = "per-capita load"


# Factor to the unit inside. 1 pg/mL = 1 ng/L; 1 ng/mL = 1 ug/L = 1e3 ng/L; 1 mg/L = 1e6 ng/L.
_CONCENTRATION = {"pg/l": 1e-3, "ng/l": 1.0, "pg/ml": 1.0, "ug/l": 1e3, "ng/ml": 1e3, "mg/l": 1e6, "ug/ml": 1e6}
# 1 L/s = 86.4 m3/d; 1 US gallon = 3.785411784 L exactly; 1 ML = 1e3 m3; 10^4 m3/d is the Chinese habit (wan m3).
_FLOW = {
    "m3/d": 1.0, "m3/day": 1.0, "cmd": 1.0, "m3/h": 24.0, "m3/s": 86_400.0, "l/s": 86.4, "l/d": 1e-3, "l/day": 1e-3,
    "ml/d(megalitre)": 1e3, "mld": 1e3, "mgd": 3_785.411784, "10^4m3/d": 1e4, "万m3/d": 1e4, "万吨/d": 1e4, "万m3/日": 1e4,
    "m3/日": 1.0,
}  # fmt: skip
_PER_CAPITA_LOAD = {
    "mg/d/1000": 1.0, "mg/1000/d": 1.0, "mg/1000p/d": 1.0, "mg/day/1000people": 1.0, "mg/1000people/day": 1.0,
    "ug/person/d": 1.0, "ug/p/d": 1.0, "g/1000/d": 1e3, "g/d/1000": 1e3,
}  # fmt: skip

SPELLINGS: dict[Quantity, tuple[str, dict[str, float]]] = {
    Quantity.CONCENTRATION: ("ng/L", _CONCENTRATION),
    Quantity.FLOW: ("m3/d", _FLOW),
    Quantity.PER_CAPITA_LOAD: ("mg/d/1000", _PER_CAPITA_LOAD),
}


def _plain(text: str) -> str:
    # NFKC folds both micro signs to one, full-width letters to ASCII and superscript digits to digits.
    folded = unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "").replace("\u00b5", "u")
    return folded.replace("\u03bc", "u").replace("·", "/").replace("⁄", "/")


def convert_factor(unit: str, quantity: Quantity) -> float:
    """What to multiply by to reach the unit used inside.

    Raises
    ------
    DataRefused
        ``HW-D104`` for a spelling that is not known for the quantity.

    Examples
    --------
    >>> convert_factor("\u00b5g/L", Quantity.CONCENTRATION), convert_factor("\u03bcg/L", Quantity.CONCENTRATION)
    (1000.0, 1000.0)
    >>> convert_factor("万m³/d", Quantity.FLOW)
    10000.0
    """
    inside, spellings = SPELLINGS[quantity]
    factor = spellings.get(_plain(unit))
    if factor is None:
        raise DataRefused(
            f"This unit of {quantity.value} is not known.",
            found=unit,
            remedy=f"Use {inside} or one of " + ", ".join(sorted(spellings)),
            code="HW-D104",
        )
    return factor
