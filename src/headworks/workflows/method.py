"""What the figures hang on beside the facts."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from headworks.loads.derive_consumption import Residues
from headworks.reference import ParameterSet


@dataclass(frozen=True)
class Method:
    """Parameter set, default uncertainties, week conventions, rule of residues."""

    parameters: ParameterSet
    uncertainty: dict[str, float]
    conventions: pl.DataFrame
    residues: Residues = "primary"
