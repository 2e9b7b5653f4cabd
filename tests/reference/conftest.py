"""A directory of parameter files, good but for the cells a test names."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from headworks.reference.parameter_files import BIOMARKER_COLUMNS, SET_COLUMNS

_SET = {"set_id": "ours", "title": "Ours", "valid_from": "2026-02-01", "version": "1", "citation": "our laboratory 2026"}
_COMPLETE = {
    "set_id": "ours", "biomarker_id": "KET", "drug": "ketamine", "analyte": "ketamine", "use": "primary",
    "parent_molar_mass_g_per_mol": "200", "residue_molar_mass_g_per_mol": "100", "excretion_fraction": "0.5",
    "excretion_low": "0.4", "excretion_high": "0.6", "distribution": "uniform", "excretion_status": "verified",
    "factor_rsd_status": "none", "stability_status": "none", "dose_status": "none", "limits_status": "none",
    "citation_excretion": "our laboratory 2026",
}  # fmt: skip
_OVERRIDE = {"set_id": "ours", "biomarker_id": "METH"}

Cells = dict[str, str]


@pytest.fixture
def write_sets(tmp_path: Path) -> Callable[..., Path]:
    """Writes the two files: one set ``ours`` per entry of ``sets``, one row per entry of ``complete`` and ``overrides``."""

    def write(sets: Sequence[Cells] = ({},), complete: Sequence[Cells] = (), overrides: Sequence[Cells] = ()) -> Path:
        rows = [{**_COMPLETE, **cells} for cells in complete] + [{**_OVERRIDE, **cells} for cells in overrides]
        _write(tmp_path / "sets.csv", SET_COLUMNS, [{**_SET, **cells} for cells in sets])
        _write(tmp_path / "biomarkers.csv", BIOMARKER_COLUMNS, rows)
        return tmp_path

    return write


def _write(path: Path, columns: Sequence[str], rows: Sequence[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
