"""What tells use from disposal and one source from another: residue pairs, enantiomeric fractions, ratios to split by.

``evidence`` is ``decides`` (a day that fails is kept out of means) or ``hint`` (it is only said). An empty bound means that
the literature known to us has none; then only a site's own past can judge.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import polars as pl

from headworks.reference.parameter_files import DATA_DIR

_PAIR_NUMBERS = ("numerator_molar_mass_g_per_mol", "denominator_molar_mass_g_per_mol", "lower_bound", "upper_bound")
_FRACTION_NUMBERS = ("fraction_r_consumed", "u_consumed", "fraction_r_disposed", "u_fraction_default")


class DisposalRules(NamedTuple):
    """Numbers of the tests of direct disposal; what each is stands in ``disposal_rules.csv``."""

    history_days: int
    min_history: int
    spreads: float
    least_spread: float
    jump_factor: float
    jump_history_days: int
    jump_min_history: int


@cache
def residue_pairs() -> pl.DataFrame:
    """Pairs of residues of one drug whose molar ratio tells use from disposal.

    Returns
    -------
    pl.DataFrame
        drug, numerator, denominator, their molar masses, points_to_disposal (above, below), evidence (decides, hint), kept_out
        (residues, separated by semicolons, whose loads a disposal makes useless), lower_bound, upper_bound (mol/mol), status,
        citation, note.

    Examples
    --------
    >>> residue_pairs().filter(drug="ketamine").select("numerator", "denominator", "upper_bound").row(0)
    ('ketamine', 'norketamine', None)
    """
    frame = pl.read_csv(DATA_DIR / "residue_pairs.csv", infer_schema=False)
    return frame.with_columns(pl.col(*_PAIR_NUMBERS).cast(pl.Float64))


@cache
def consumed_enantiomeric_fractions() -> pl.DataFrame:
    """Share of the R-enantiomer after use and in what was made.

    Returns
    -------
    pl.DataFrame
        analyte, drug, fraction_r_consumed, u_consumed, fraction_r_disposed, u_fraction_default (absolute; where a laboratory
        states none), evidence (decides, hint), status, citation, note.

    Examples
    --------
    >>> consumed_enantiomeric_fractions().filter(analyte="MDMA")["fraction_r_consumed"].item()
    0.65
    """
    frame = pl.read_csv(DATA_DIR / "enantiomeric_fractions.csv", infer_schema=False)
    return frame.with_columns(pl.col(*_FRACTION_NUMBERS).cast(pl.Float64))


@cache
def disposal_rules() -> DisposalRules:
    """Numbers of the tests of direct disposal.

    Examples
    --------
    >>> disposal_rules().jump_factor
    5.0
    """
    frame = pl.read_csv(DATA_DIR / "disposal_rules.csv", infer_schema=False)
    said = {name: float(value) for name, value in frame.select("rule", "value").iter_rows()}
    return DisposalRules(
        history_days=int(said["history_days"]),
        min_history=int(said["min_history"]),
        spreads=said["spreads"],
        least_spread=said["least_spread"],
        jump_factor=said["jump_factor"],
        jump_history_days=int(said["jump_history_days"]),
        jump_min_history=int(said["jump_min_history"]),
    )


@cache
def splitting_ratios() -> pl.DataFrame:
    """How much of a residue another residue brings with it.

    Returns
    -------
    pl.DataFrame
        residue, source, ratio (residue over source), u_ratio (relative), basis (mass), status, citation, note.

    Examples
    --------
    >>> splitting_ratios().select("residue", "source", "ratio").row(0)
    ('amphetamine', 'methamphetamine', 0.1)
    """
    frame = pl.read_csv(DATA_DIR / "splitting_ratios.csv", infer_schema=False)
    return frame.with_columns(pl.col("ratio", "u_ratio").cast(pl.Float64))
