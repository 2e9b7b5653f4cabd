"""Libraries of a few spectra."""

import polars as pl

from headworks.lab.screening.spectrum_index import as_spectra

# Formula, InChIKey, fragments and heights; made up but for formulas and keys.
COMPOUNDS = {
    "methamphetamine": ("C10H15N", "MYWUZJCMWCOHBA-VIFPVBQESA-N", [65.0386, 91.0542, 119.0855], [5.0, 100.0, 40.0]),
    "phentermine": (
        "C10H15N",
        "DHHVAGZRUROJKS-UHFFFAOYSA-N",
        [65.0386, 91.0542, 105.0699, 133.1012],
        [8.0, 100.0, 10.0, 60.0],
    ),
    "caffeine": (
        "C8H10N4O2",
        "RYYVLZVUVIJVGH-UHFFFAOYSA-N",
        [69.0447, 83.0604, 110.0713, 138.0662],
        [10.0, 12.0, 30.0, 100.0],
    ),
}


def record(name, spectrum_id=None, scale=1.0, **fields):
    """A record of one of the compounds."""
    formula, key, mz, intensity = COMPOUNDS[name]
    return {
        "spectrum_id": spectrum_id or f"{name}-1", "ms_level": 2, "compound": name, "inchikey": key, "formula": formula,
        "adduct": "[M+H]+", "polarity": "positive", "precursor_mz": {"C10H15N": 150.1277, "C8H10N4O2": 195.0877}[formula],
        "license": "CC0", "source_row": 1, "mz": mz, "intensity": [scale * x for x in intensity],
    } | fields  # fmt: skip


def spectra(*records):
    """Records as ``Spectra``."""
    return as_spectra(pl.DataFrame(list(records), infer_schema_length=None))


def library():
    """One record of each."""
    return spectra(*[record(name) for name in COMPOUNDS])
