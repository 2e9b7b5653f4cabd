"""From files to a parameter set: inheritance filled in, factors computed, read once.

    correction_factor = (parent molar mass / residue molar mass) / excretion_fraction             (P2)

Neither the mass ratio nor the correction factor is kept in a file; both are computed here, so a factor can never disagree
with the fraction it is quoted for. The trap is the cache: a set is read again only when the size or the time of one of its
files changed, so change a set by saving its file, never by changing a frame in place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from headworks.reference.conventions import uncertainty_defaults
from headworks.reference.factor_distribution import log_cumulants
from headworks.reference.inheritance import Resolved, Sets
from headworks.reference.parameter_files import (
    BIOMARKER_COLUMNS,
    BIOMARKERS_FILE,
    DATA_DIR,
    NUMBERS,
    SET_COLUMNS,
    SETS_FILE,
    Row,
)
from headworks.reference.parameter_set import ParameterSet

DEFAULT_SET = "headworks-2026.1"

COMPUTED_COLUMNS = (
    "mass_ratio",
    "correction_factor",
    "u_factor",
    "log_mean_shift",
    "log_sd",
    "log_skew",
    "log_excess_kurtosis",
)
_RAW_COLUMNS = tuple(column for column in BIOMARKER_COLUMNS if column != "set_id")
_SCHEMA: dict[str, pl.DataType] = {
    **{column: pl.Float64() if column in NUMBERS else pl.String() for column in _RAW_COLUMNS},
    "stated_in": pl.String(),
    **dict.fromkeys(COMPUTED_COLUMNS, pl.Float64()),
}
_SET_SCHEMA: dict[str, pl.DataType] = {column: pl.Date() if column == "valid_from" else pl.String() for column in SET_COLUMNS}

# A directory and what its two files looked like when they were read.
_Stamp = tuple[str, tuple[tuple[int, int] | None, ...]]


def read_set(set_id: str = DEFAULT_SET, extra_dirs: Iterable[str | Path] = ()) -> ParameterSet:
    """The parameter set of that name; read once, and again only when a file changed.

    Parameters
    ----------
    set_id
        As in ``sets.csv``.
    extra_dirs
        Directories with a ``sets.csv`` and a ``biomarkers.csv`` of their own, which may extend the shipped sets.

    Raises
    ------
    ParameterError
        ``HW-P001`` for an unknown set, ``HW-P003`` for a file that breaks its promise.

    Examples
    --------
    >>> read_set("zuccato-2008").primary("cocaine")["excretion_fraction"].item()
    0.45
    """
    return _read_set(set_id, _stamps(extra_dirs))


def list_sets(extra_dirs: Iterable[str | Path] = ()) -> pl.DataFrame:
    """The sets there are.

    Returns
    -------
    pl.DataFrame
        set_id, title, valid_from, version, extends, citation, note; shipped sets first, in file order.

    Raises
    ------
    ParameterError
        ``HW-P003`` for a file that breaks its promise.
    """
    rows = [[row.values[column] for column in SET_COLUMNS] for row in _sets(_stamps(extra_dirs)).sets.values()]
    return pl.DataFrame(rows, schema=_SET_SCHEMA, orient="row")


def _stamps(extra_dirs: Iterable[str | Path]) -> tuple[_Stamp, ...]:
    return tuple(_stamp(Path(directory)) for directory in (DATA_DIR, *extra_dirs))


def _stamp(directory: Path) -> _Stamp:
    files = [directory / SETS_FILE, directory / BIOMARKERS_FILE]
    stats = [file.stat() if file.is_file() else None for file in files]
    return str(directory), tuple(stat and (stat.st_mtime_ns, stat.st_size) for stat in stats)


@cache
def _sets(stamps: tuple[_Stamp, ...]) -> Sets:
    return Sets(Path(directory) for directory, _ in stamps)


@cache
def _read_set(set_id: str, stamps: tuple[_Stamp, ...]) -> ParameterSet:
    sets = _sets(stamps)
    resolved = sets.resolve(set_id)
    fallback_rsd = float(uncertainty_defaults().filter(parameter="excretion")["rsd"].item())
    rows = [_with_computed(entry, fallback_rsd) for entry in resolved.values()]
    head = sets.sets[set_id]
    valid_from = head.values["valid_from"]
    return ParameterSet(
        set_id=set_id,
        version=head.text("version"),
        valid_from=valid_from if isinstance(valid_from, date) else date.min,
        title=head.text("title"),
        citation=head.text("citation"),
        digest=_digest(resolved.values(), fallback_rsd),
        factors=pl.DataFrame(rows, schema=_SCHEMA),
    )


def _with_computed(entry: Resolved, fallback_rsd: float) -> dict[str, Any]:
    """The cells of a biomarker and what follows from them (P1, P2)."""
    row = Row(entry.row.file, entry.row.number, entry.cells)
    computed: dict[str, float | None] = dict.fromkeys(COMPUTED_COLUMNS)
    parent, residue = row.number_of("parent_molar_mass_g_per_mol"), row.number_of("residue_molar_mass_g_per_mol")
    fraction = row.number_of("excretion_fraction")
    if parent is not None and residue is not None:
        computed["mass_ratio"] = parent / residue
        if fraction is not None:
            computed["correction_factor"] = parent / residue / fraction
    if fraction is not None:
        y = log_cumulants(
            row.text("distribution") or None,
            fraction,
            row.number_of("excretion_low"),
            row.number_of("excretion_high"),
            factor_rsd=row.number_of("factor_rsd"),
            fallback_rsd=fallback_rsd,
        )
        values = (y.u_factor, y.shift, y.sd, y.skew, y.excess_kurtosis)
        computed.update(zip(COMPUTED_COLUMNS[2:], values, strict=True))
    return {**{column: entry.cells[column] for column in _RAW_COLUMNS}, "stated_in": entry.stated_in, **computed}


def _digest(resolved: Iterable[Resolved], fallback_rsd: float) -> str:
    rows = sorted([[entry.cells[column] for column in _RAW_COLUMNS] for entry in resolved], key=lambda row: str(row[0]))
    content = json.dumps([_RAW_COLUMNS, rows, fallback_rsd], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
