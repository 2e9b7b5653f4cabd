"""What the figures hang on beside the facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from headworks.loads.derive_consumption import Residues
from headworks.reference import ParameterSet
from headworks.reference.sampling_rules import sampling_rules
from headworks.reference.smoking import smoking

InSewerLoss = Literal["uncertainty", "corrected", "ignored"]
IN_SEWER_LOSS: tuple[InSewerLoss, ...] = ("uncertainty", "corrected", "ignored")


@dataclass(frozen=True)
class Method:
    """Parameter set, default uncertainties, week conventions, rule of residues, and what is done about loss in the sewer.

    ``in_sewer_loss``: ``uncertainty`` widens the bounds by what may be lost before a site whose residence time is known,
    ``corrected`` divides by the expected survival, ``ignored`` does neither. ``smoking`` are cigarettes per person by area,
    ``sampling_rules`` the sampling specification; both may be the workspace's own.
    """

    parameters: ParameterSet
    uncertainty: dict[str, float]
    conventions: pl.DataFrame
    residues: Residues = "primary"
    in_sewer_loss: InSewerLoss = "uncertainty"
    smoking: pl.DataFrame = field(default_factory=smoking)
    sampling_rules: pl.DataFrame = field(default_factory=sampling_rules)
