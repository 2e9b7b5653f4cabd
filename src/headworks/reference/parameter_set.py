"""Which factors a result was computed with: a named, dated, immutable set, and the residues of a drug in it.

The trap: two sets may agree in every number and still differ in what they cite. The ``digest`` covers both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import USES
from headworks.reference.substance_names import resolve_drug


@dataclass(frozen=True, eq=False)
class ParameterSet:
    """A resolved parameter set: what was inherited is filled in, what follows from it is computed.

    Parameters
    ----------
    set_id, version, valid_from, title, citation
        As in ``sets.csv``.
    digest
        SHA-256 of the resolved cells and of the fallback uncertainty; equal on every machine.
    factors
        One row per biomarker, ancestors' rows first: the columns of ``biomarkers.csv`` without ``set_id``; ``stated_in``,
        the set whose row spoke last; and the computed ``mass_ratio``, ``correction_factor``, ``u_factor`` and
        the cumulants ``log_mean_shift``, ``log_sd``, ``log_skew``, ``log_excess_kurtosis`` of ln(central / f), see (P1).
        Computed columns are empty without an excretion fraction, the mass ratio without molar masses.
    """

    set_id: str
    version: str
    valid_from: date
    title: str
    citation: str
    digest: str
    factors: pl.DataFrame

    def primary(self, drug: str) -> pl.DataFrame:
        """The one residue from which the consumption of a drug is computed, as one row of ``factors``.

        Raises
        ------
        ParameterError
            ``HW-P002`` for an unknown drug and for one without a primary residue.

        Examples
        --------
        303.36 / 289.33 / 0.292 = 3.591.

        >>> from headworks.reference import read_set
        >>> round(read_set().primary("cocaine")["correction_factor"].item(), 3)
        3.591
        """
        residues = self.residues(drug)
        primary = residues.filter(use="primary")
        if primary.is_empty():
            found = ", ".join(f"{row['analyte']} ({row['use']})" for row in residues.iter_rows(named=True))
            raise ParameterError(
                f"{resolve_drug(drug)} has no primary residue.",
                where=f"parameter set {self.set_id}",
                found=found or "no residue",
                remedy="Report its load only, or name a residue",
                code="HW-P002",
            )
        return primary

    def residues(self, drug: str) -> pl.DataFrame:
        """All residues of a drug as rows of ``factors``; none when the set does not cover the drug.

        Raises
        ------
        ParameterError
            ``HW-P002`` for an unknown drug.

        Examples
        --------
        >>> from headworks.reference import read_set
        >>> read_set().residues("ketamine")["analyte"].to_list()
        ['ketamine', 'norketamine']
        """
        return self.factors.filter(drug=resolve_drug(drug))

    def analyte_to_drug(self) -> pl.DataFrame:
        """The one drug that each analyte is labelled with.

        An analyte of several drugs goes to the one that uses it most directly (``primary`` before ``secondary`` and so on),
        and among equals to the drug of its own name: that label assumes nothing about where the residue came from. So
        morphine is labelled ``morphine``. Heroin from morphine needs therapeutic morphine and codeine subtracted first;
        its factor stays in ``factors`` as ``HER_MOR``.

        Returns
        -------
        pl.DataFrame
            analyte, drug, biomarker_id, use; one row per analyte in the order of ``factors``.

        Examples
        --------
        >>> from headworks.reference import read_set
        >>> read_set().analyte_to_drug().filter(analyte="morphine").row(0)
        ('morphine', 'morphine', 'MOR', 'primary')
        """
        rank = pl.col("use").replace_strict({use: i for i, use in enumerate(USES)}, return_dtype=pl.Int8)
        chosen = (
            self.factors.with_row_index()
            .sort(rank, pl.col("drug") != pl.col("analyte"), "index")
            .unique("analyte", keep="first", maintain_order=True)
        )
        return chosen.sort("index").select("analyte", "drug", "biomarker_id", "use")
