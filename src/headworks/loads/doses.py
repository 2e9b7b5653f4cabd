"""How many doses the drug used makes.

    doses [per d per 1,000] = consumption [mg/d per 1,000] / dose [mg]                        (L6)

The typical dose is a convention (heroin 20 or 30 mg, THC 8 or 125 mg, by list), so it belongs to the parameter set.
"""

from __future__ import annotations

from headworks.loads.mass_load import Amount


def doses(consumption: Amount, dose_mg: Amount) -> Amount:
    """Doses in the unit of the consumption per milligram (L6).

    Examples
    --------
    >>> round(doses(510.1578947368421, 100.0), 4)
    5.1016
    """
    return consumption * (1.0 / dose_mg)  # see load_per_1000 on division
