"""One residue, several sources: heroin in morphine, amphetamine of methamphetamine, medicine in all; and who counts.

In: the table ``loads``, factors, medical use by site. Out: rows that keep the promise of ``consumption`` and replace those
that :func:`headworks.loads.derive_consumption` gave for the same drug (:func:`replace_consumption`).
"""

from headworks.loads.splitting.age_group import per_1000_of_ages, restrict_ages
from headworks.loads.splitting.amphetamine import calibrate_amphetamine_ratio, derive_amphetamine
from headworks.loads.splitting.derive_heroin import derive_heroin
from headworks.loads.splitting.difference import Difference, difference_interval
from headworks.loads.splitting.heroin import IllicitHeroin, OpiateFractions, illicit_heroin, opiate_fractions
from headworks.loads.splitting.split_rows import DerivedSplit, replace_consumption
from headworks.loads.splitting.therapeutic import derive_beyond_therapeutic, excreted_therapeutic

__all__ = [
    "DerivedSplit",
    "Difference",
    "IllicitHeroin",
    "OpiateFractions",
    "calibrate_amphetamine_ratio",
    "derive_amphetamine",
    "derive_beyond_therapeutic",
    "derive_heroin",
    "difference_interval",
    "excreted_therapeutic",
    "illicit_heroin",
    "opiate_fractions",
    "per_1000_of_ages",
    "replace_consumption",
    "restrict_ages",
]
