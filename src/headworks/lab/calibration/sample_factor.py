"""What lies between the injected extract and the sample: dilution, enrichment, recovery.

The three are explicit, and recovery has a switch of its own. The trap: with an internal standard added before the extraction,
losses cancel in the ratio, and a recovery applied on top doubles or halves the result.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array

StandardAdded = Literal["before_extraction", "after_extraction"]


class Preparation(NamedTuple):
    """Dilution, enrichment and recovery of each sample, factors above 0."""

    dilution: Array
    enrichment: Array
    recovery: Array | None = None


def sample_factor(preparation: Preparation, *, apply_recovery: bool, standard_added: StandardAdded) -> Array:
    """What to multiply a concentration on the curve by to have that of the sample: D / E, over R where it is applied (K2).

    Raises
    ------
    DataRefused
        ``HW-D607`` for a recovery that must not be applied, or that is asked for and not known; ``HW-D608`` for a factor
        that is not above 0.

    Examples
    --------
    Diluted ten-fold, 50 mL made 1 mL, 80 % recovered: 10 / 50 / 0.8 = 0.25.

    >>> one = Preparation(np.array([10.0]), np.array([50.0]), np.array([0.8]))
    >>> sample_factor(one, apply_recovery=True, standard_added="after_extraction").item()
    0.25
    """
    if apply_recovery and (standard_added != "after_extraction" or preparation.recovery is None):
        is_known = preparation.recovery is not None
        raise DataRefused(
            "This recovery cannot be applied.",
            found=f"internal standard added {standard_added}, recovery {'given' if is_known else 'not given'}",
            remedy="Losses cancel when the standard is added before the extraction; else give the recovery and "
            'standard_added="after_extraction"',
            code="HW-D607",
        )
    for name, values in preparation._asdict().items():
        if values is not None and not (np.isfinite(values) & (values > 0)).all():
            raise DataRefused(
                f"The {name} of a sample is not above 0.",
                found=str(values[~(np.isfinite(values) & (values > 0))][:3].tolist()),
                remedy="Give factors above 0; 1 where nothing was done",
                code="HW-D608",
            )
    factor: Array = preparation.dilution / preparation.enrichment
    if apply_recovery and preparation.recovery is not None:
        factor = factor / preparation.recovery
    return factor
