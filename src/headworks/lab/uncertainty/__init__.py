"""How sure a concentration is: from a laboratory's own control data, from duplicates near the limit, and by what shares it.

In: control-sample and duplicate scatter, proficiency rounds, and what ``quantify`` says of the calibration. Out: relative
standard uncertainties ``u_day`` and ``u_batch``. Equations K15 to K21 are in ``docs/methods/calibration.md``.
"""

from headworks.lab.uncertainty.near_limit import NearLimit, duplicate_relative_sd, duplicate_sd, near_limit_from_pairs
from headworks.lab.uncertainty.scopes import Scopes, horwitz_rsd, split_scopes
from headworks.lab.uncertainty.top_down import (
    TopDown,
    assigned_value_uncertainty,
    bias_from_reference,
    bias_from_rounds,
    top_down,
    within_laboratory,
)

__all__ = [
    "NearLimit",
    "Scopes",
    "TopDown",
    "assigned_value_uncertainty",
    "bias_from_reference",
    "bias_from_rounds",
    "duplicate_relative_sd",
    "duplicate_sd",
    "horwitz_rsd",
    "near_limit_from_pairs",
    "split_scopes",
    "top_down",
    "within_laboratory",
]
