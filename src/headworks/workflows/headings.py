"""Under which heading a residue's loads stand.

A heading belongs to one residue, so that no mean mixes two. The trap: a laboratory may call a residue that the reference does
not know by the name of a drug (``cannabis``); that name is taken by the drug's own residue, so it gets a mark.
"""

from __future__ import annotations

import polars as pl

from headworks.reference import ParameterSet

_AS_WRITTEN = "{} (as written)"


def residue_headings(parameters: ParameterSet, *tables: pl.DataFrame) -> pl.DataFrame:
    """The heading of each residue of the parameter set and of the tables: ``analyte, drug``, one row a residue.

    The primary residue stands for its drug; another residue of a drug is named beside it (``ketamine: norketamine``); a
    residue that the reference does not know stands for itself.

    Examples
    --------
    >>> from headworks.reference import read_set
    >>> lab = pl.DataFrame({"analyte": ["THC-COOH", "norketamine", "compound 7", "cannabis"]})
    >>> found = residue_headings(read_set(), lab)
    >>> [found.filter(analyte=one)["drug"].item() for one in lab["analyte"]]
    ['cannabis', 'ketamine: norketamine', 'compound 7', 'cannabis (as written)']
    """
    label = pl.when(pl.col("use") == "primary").then(pl.col("drug")).otherwise(pl.col("drug") + ": " + pl.col("analyte"))
    known = parameters.analyte_to_drug().select("analyte", drug=label)
    if not tables:
        return known
    met = pl.concat([table.select("analyte") for table in tables]).unique().sort("analyte")
    is_taken = pl.col("analyte").is_in(known["drug"].implode())
    itself = pl.when(is_taken).then(pl.format(_AS_WRITTEN, "analyte")).otherwise("analyte")
    return pl.concat([known, met.join(known, on="analyte", how="anti", maintain_order="left").with_columns(drug=itself)])


def under_headings(published: pl.DataFrame, headings: pl.DataFrame) -> pl.DataFrame:
    """Published rows with the heading of their residue as ``drug``; the rows and their order stay."""
    named = headings.select("analyte", _heading="drug")
    joined = published.join(named, on="analyte", how="left", maintain_order="left")
    return joined.with_columns(drug=pl.coalesce("_heading", "drug")).drop("_heading")
