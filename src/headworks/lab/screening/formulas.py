"""What a compound weighs, and at which m/z its ion is seen.

    M = sum n_e m_e,    m/z = (k M + added - taken - z m_electron) / |z|                                         (V1)

``m_e`` is the mass of the element's most abundant isotope, ``k`` the number of molecules, ``z`` the signed charge. The trap
is the electron: 0.00055 Da are 4 ppm of an amphetamine.
"""

from __future__ import annotations

import re
from functools import cache

from headworks.core.errors import DataRefused
from headworks.reference.screening_rules import Adduct, adducts, isotopes

_PART = re.compile(r"([A-Z][a-z]?)(\d*)")
# Written for a hydrogen of mass 2, whose isotopes are not a mixture.
_UNNATURAL = ("D", "T")
_MOST_ATOMS = 10_000


@cache
def parse_formula(formula: str) -> dict[str, int]:
    """Atoms of each element.

    Raises
    ------
    DataRefused
        ``HW-D660`` for text that is no formula or an element without masses here.

    Examples
    --------
    >>> parse_formula("C10H15N")
    {'C': 10, 'H': 15, 'N': 1}
    """
    text = formula.strip().strip("[]").rstrip("+-")
    atoms: dict[str, int] = {}
    for element, count in _PART.findall(text):
        atoms[element] = atoms.get(element, 0) + int(count[:6] or 1)
    unknown = sorted(set(atoms) - set(isotopes()))
    if not atoms or unknown or "".join(a + b for a, b in _PART.findall(text)) != text or sum(atoms.values()) > _MOST_ATOMS:
        remedy = "Write element symbols and counts, C10H15N"
        if set(unknown) & set(_UNNATURAL):
            remedy = "Labelled compounds cannot be weighed; give the precursor's m/z"
        raise DataRefused("This is no molecular formula.", found=formula[:80], remedy=remedy, code="HW-D660")
    return atoms


def monoisotopic_mass(formula: str) -> float:
    """Mass in Da with the most abundant isotope of every element, (V1).

    Examples
    --------
    >>> round(monoisotopic_mass("H2O"), 4)
    18.0106
    """
    return sum(count * _main_mass(element) for element, count in parse_formula(formula).items())


def ion_mz(formula: str, adduct: str | Adduct) -> float:
    """m/z of an ion, (V1).

    Raises
    ------
    DataRefused
        ``HW-D660`` for a formula, ``HW-D661`` for an adduct that is not known.

    Examples
    --------
    Methamphetamine: 149.1204 + 1.0078 - 0.0005.

    >>> round(ion_mz("C10H15N", "[M+H]+"), 4)
    150.1277
    """
    ion = adduct if isinstance(adduct, Adduct) else find_adduct(adduct)
    if ion is None:
        raise DataRefused(
            "This kind of ion is not known.", found=str(adduct), remedy="Use one of " + ", ".join(adducts()), code="HW-D661"
        )
    electron = isotopes()["e"][0].mass_da
    mass = ion.multiple * monoisotopic_mass(formula) - ion.charge * electron
    mass += monoisotopic_mass(ion.added) if ion.added else 0.0
    mass -= monoisotopic_mass(ion.removed) if ion.removed else 0.0
    return mass / abs(ion.charge)


def find_adduct(text: str | None) -> Adduct | None:
    """The adduct a library means: spaces and a missing bracket or charge do not matter.

    Examples
    --------
    >>> find_adduct("M+H").name
    '[M+H]+'
    """
    plain = _plain(text or "")
    return next((adduct for name, adduct in adducts().items() if plain and _plain(name) == plain), None)


def _plain(name: str) -> str:
    """Without brackets, blanks and the sign of a single charge."""
    bare = re.sub(r"[\s\[\]()*]", "", name)
    return re.sub(r"1?[+-]$", "", bare).upper().replace("FA-H", "HCOO").replace("2+", "#")


@cache
def _main_mass(element: str) -> float:
    return max(isotopes()[element], key=lambda isotope: isotope.abundance).mass_da
