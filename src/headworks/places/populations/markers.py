"""How many people there are, from the load of anything that each of them adds to the sewage.

    people = load [mg/d] / load of one person [mg/d]                                              (M1)

The trap is the load of one person: it differs between sites (industry adds ammonium, diets differ), so a number from the
literature should give way to a calibration at the site.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused

Amount = TypeVar("Amount", float, NDArray[np.float64])

# 1 ng/L = 1e-6 mg/L, and 1 m3 = 1e3 L.
MG_PER_DAY = 1e-3


def population_from_marker(load_mg_per_day: Amount, per_capita_mg_per_day: Amount | float) -> Amount:
    """People, from the load of a marker and what one person adds to it (M1).

    Parameters
    ----------
    load_mg_per_day
        Load of the marker, number or array, mg/d.
    per_capita_mg_per_day
        Load of one person, mg/d.

    Raises
    ------
    DataRefused
        ``HW-D441`` for a negative load, ``HW-D442`` for a per-capita load of 0 or less.

    Examples
    --------
    800 kg of ammonium nitrogen a day, 8 g of a person.

    >>> population_from_marker(800e6, 8_000.0)
    100000.0
    """
    _require_load(load_mg_per_day)
    _require_per_capita(per_capita_mg_per_day)
    return load_mg_per_day * (1.0 / per_capita_mg_per_day)


def population_from_ammonium(
    ammonium_ng_per_l: Amount, flow_m3_per_day: Amount | float, ammonium_mg_per_person_day: Amount | float
) -> Amount:
    """People, from ammonium nitrogen (M1).

    Parameters
    ----------
    ammonium_ng_per_l
        Ammonium as nitrogen, ng/L (1 mg/L is 1e6 ng/L).
    flow_m3_per_day
        Water of the day, m3/d.
    ammonium_mg_per_person_day
        Nitrogen of one person, mg/d; differs between sites, see :func:`calibrate_marker`.

    Raises
    ------
    DataRefused
        As :func:`population_from_marker`.

    Examples
    --------
    40 mg/L in 20,000 m3/d is 800 kg/d.

    >>> round(population_from_ammonium(40e6, 20_000.0, 8_000.0), 6)
    100000.0
    """
    return population_from_marker(ammonium_ng_per_l * flow_m3_per_day * MG_PER_DAY, ammonium_mg_per_person_day)


def _require_load(load: ArrayLike) -> None:
    if not np.all(np.asarray(load) >= 0):
        raise DataRefused(
            "A load is below zero.", where="load_mg_per_day", found=str(load), remedy="Give mg/d of at least 0", code="HW-D441"
        )


def _require_per_capita(per_capita: ArrayLike) -> None:
    if not np.all(np.asarray(per_capita) > 0):
        raise DataRefused(
            "What one person adds to a marker must be above zero.",
            where="per_capita_mg_per_day",
            found=str(per_capita),
            remedy="Give mg/d above 0",
            code="HW-D442",
        )
