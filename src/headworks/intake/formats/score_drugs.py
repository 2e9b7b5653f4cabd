"""Of which residue a published load is: the table names a drug, the load is of its target residue."""

from __future__ import annotations

from headworks.core.errors import DataRefused
from headworks.reference import read_set, resolve_analyte, resolve_drug


def drug_and_residue(text: str) -> tuple[str, str]:
    """The drug that a table groups by, and the residue whose load it prints.

    A drug stands for its primary residue: cocaine for benzoylecgonine. A residue stands for itself. A drug that programmes
    follow by different residues, such as heroin, must be named by its residue.

    Raises
    ------
    DataRefused
        ``HW-D108`` when the reference knows neither, or the drug has no residue that is meant without saying.

    Examples
    --------
    >>> drug_and_residue("cocaine"), drug_and_residue("BZE"), drug_and_residue("norketamine")
    (('cocaine', 'benzoylecgonine'), ('cocaine', 'benzoylecgonine'), ('ketamine', 'norketamine'))
    """
    labels = read_set().analyte_to_drug()
    try:
        drug = resolve_drug(text)
    except DataRefused:
        return _residue_by_name(text, dict(labels.select("analyte", "drug").rows()))
    of_drug = labels.filter(drug=drug)
    primary = of_drug.filter(use="primary")
    chosen = primary if primary.height else of_drug
    if chosen.height != 1 or (primary.is_empty() and read_set().residues(drug)["analyte"].n_unique() > 1):
        known = ", ".join(read_set().residues(drug)["analyte"].unique().sort().to_list())
        raise DataRefused(
            "It is not clear of which residue this load is.",
            found=text,
            remedy=f"Name the residue instead of the drug: {known or 'the reference has none'}",
            code="HW-D108",
        )
    return drug, str(chosen["analyte"].item())


def _residue_by_name(text: str, labels: dict[str, str]) -> tuple[str, str]:
    try:
        analyte = resolve_analyte(text)
    except DataRefused as problem:
        what = "This drug is not in the reference."
        raise DataRefused(what, found=text, remedy=problem.remedy or "Name it in the mapping: [values.drug]") from problem
    if analyte not in labels:
        remedy = f"{analyte} is a residue of no drug in the reference; leave these rows out"
        raise DataRefused("This is a residue of no drug.", found=text, remedy=remedy, code="HW-D108")
    return labels[analyte], analyte
