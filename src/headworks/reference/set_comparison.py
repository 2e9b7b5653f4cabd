"""Which factor was used, and what another set would have said.

``show_factor`` lays all sets side by side for one drug; ``compare_sets`` lists what differs between two. The trap: most
sets state three or four values and inherit the rest, so ``stated_in`` says whose value a row really is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from headworks.reference.parameter_files import NUMBERS, WORDS
from headworks.reference.set_reader import list_sets, read_set

_SHOWN = [
    "biomarker_id", "analyte", "set_id", "stated_in", "is_inherited", "use", "excretion_fraction", "excretion_low",
    "excretion_high", "distribution", "factor_rsd", "mass_ratio", "correction_factor", "u_factor", "dose_mg",
    "excretion_status", "factor_rsd_status", "dose_status", "citation_excretion", "note",
]  # fmt: skip
_COMPARED_NUMBERS = [*NUMBERS, "mass_ratio", "correction_factor", "u_factor"]
_COMPARED_TEXT = ["drug", "analyte", "parent_formula", "residue_formula", *WORDS]


def show_factor(drug: str, extra_dirs: Iterable[str | Path] = ()) -> pl.DataFrame:
    """What every set says about every residue of a drug.

    Parameters
    ----------
    drug
        Any name of the drug.
    extra_dirs
        As for :func:`read_set`.

    Returns
    -------
    pl.DataFrame
        One row per residue and set, residues first, the default set before the others; with status and citation, and
        ``is_inherited`` where the set states nothing of its own about the residue.

    Raises
    ------
    ParameterError
        ``HW-P002`` for an unknown drug, ``HW-P003`` for a file that breaks its promise.

    Examples
    --------
    >>> stated = show_factor("ice").filter(~pl.col("is_inherited"))
    >>> stated.select("set_id", "excretion_fraction").rows()[:3]
    [('headworks-2026.1', 0.43), ('zuccato-2008', 0.43), ('gracia-lor-2016', 0.227)]
    """
    directories = tuple(extra_dirs)
    sets = [read_set(set_id, directories) for set_id in list_sets(directories)["set_id"]]
    frames = [
        parameters.residues(drug).with_columns(
            set_id=pl.lit(parameters.set_id), is_inherited=pl.col("stated_in") != parameters.set_id
        )
        for parameters in sets
    ]
    together = pl.concat(frames)
    order = together.select(pl.col("biomarker_id").unique(maintain_order=True)).with_row_index("residue")
    return together.join(order, on="biomarker_id", maintain_order="left").sort("residue", maintain_order=True).select(_SHOWN)


def compare_sets(a: str, b: str, extra_dirs: Iterable[str | Path] = ()) -> pl.DataFrame:
    """The values in which two sets differ; citations and notes are not compared.

    Parameters
    ----------
    a, b
        Set ids.
    extra_dirs
        As for :func:`read_set`.

    Returns
    -------
    pl.DataFrame
        biomarker_id, field, a, b (as text; empty where a set has no value or not the biomarker), ratio (b / a of numbers);
        by biomarker in the order of the sets, fields in the order of ``factors``.

    Raises
    ------
    ParameterError
        ``HW-P001`` for an unknown set, ``HW-P003`` for a file that breaks its promise.

    Examples
    --------
    0.227 / 0.43 = 0.528.

    >>> found = compare_sets("headworks-2026.1", "gracia-lor-2016").filter(field="excretion_fraction")
    >>> found.with_columns(pl.col("ratio").round(3)).rows()
    [('METH', 'excretion_fraction', '0.43', '0.227', 0.528)]
    """
    directories = tuple(extra_dirs)
    sides = [read_set(set_id, directories).factors for set_id in (a, b)]
    biomarkers = (
        pl.concat([side.select("biomarker_id") for side in sides]).unique(maintain_order=True).with_row_index("biomarker")
    )
    fields = [column for column in sides[0].columns if column in {*_COMPARED_NUMBERS, *_COMPARED_TEXT}]
    left, right = (
        pl.concat(
            [
                biomarkers.join(side, on="biomarker_id", how="left").select(
                    "biomarker",
                    "biomarker_id",
                    pl.lit(position).alias("position"),
                    pl.lit(field).alias("field"),
                    pl.col(field).cast(pl.String).alias("text"),
                    (pl.col(field) if field in _COMPARED_NUMBERS else pl.lit(None, pl.Float64)).alias("number"),
                )
                for position, field in enumerate(fields)
            ]
        )
        for side in sides
    )
    both = left.join(right, on=["biomarker", "biomarker_id", "position", "field"], suffix="_b")
    return (
        both.filter(pl.col("text").ne_missing(pl.col("text_b")))
        .sort("biomarker", "position")
        .select("biomarker_id", "field", a="text", b="text_b", ratio=pl.col("number_b") / pl.col("number"))
    )
