"""Which sets there are, which set extends which, and what a set holds once it has inherited.

    headworks-2026.1          every residue
    └── zuccato-2008          three excretion fractions; all else inherited

A row of a set that extends another overrides cell by cell. The trap: an overridden value with an inherited citation would
name the wrong paper, so a row that states a value must state its status, and the citation where there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from headworks.core.errors import ParameterError
from headworks.reference.factor_distribution import log_cumulants
from headworks.reference.parameter_files import (
    BIOMARKER_COLUMNS,
    BIOMARKERS_FILE,
    SET_COLUMNS,
    SETS_FILE,
    Breach,
    Cell,
    Row,
    nearest,
    read_rows,
    require_none,
)
from headworks.reference.substance_names import names

# A row that states one of the first must state all of the second.
_STATED_TOGETHER = (
    (("excretion_fraction", "excretion_low", "excretion_high"), ("excretion_status", "citation_excretion")),
    (("factor_rsd",), ("factor_rsd_status", "citation_excretion")),
    (("dose_mg",), ("dose_status",)),
    (("lod_ng_per_l", "loq_ng_per_l"), ("limits_status",)),
    (("half_life_h_20c", "half_life_h_10c"), ("stability_status", "citation_stability")),
)
_NEVER_EMPTY = (
    "drug", "analyte", "use", "excretion_status", "factor_rsd_status", "stability_status", "dose_status", "limits_status",
)  # fmt: skip


@dataclass(frozen=True)
class Resolved:
    """One biomarker of a set after inheritance: its cells and the set whose row said the last word."""

    cells: Mapping[str, Cell]
    stated_in: str
    row: Row


class Sets:
    """All sets read from some directories, checked as a whole."""

    def __init__(self, directories: Iterable[Path]) -> None:
        breaches: list[Breach] = []
        self.sets: dict[str, Row] = {}
        self.rows: dict[str, dict[str, Row]] = {}
        for directory in directories:
            self._read(directory, breaches)
        require_none(breaches)
        for set_id, row in self.sets.items():
            if (parent := row.text("extends")) and parent not in self.sets:
                breaches.append(row.breach("extends", "A set extends one that does not exist.", nearest(parent, self.sets)))
            elif set_id in self._ancestors(set_id):
                breaches.append(row.breach("extends", "A set extends itself in a circle.", "Let one of them extend nothing"))
        require_none(breaches)

    def chain(self, set_id: str) -> list[str]:
        """The set and what it extends, the furthest ancestor first.

        Raises
        ------
        ParameterError
            ``HW-P001`` for a set that does not exist.
        """
        if set_id not in self.sets:
            raise ParameterError(
                "There is no parameter set of that name.", found=set_id, remedy=nearest(set_id, self.sets), code="HW-P001"
            )
        return [*reversed(self._ancestors(set_id)), set_id]

    def resolve(self, set_id: str) -> dict[str, Resolved]:
        """Every biomarker of a set after inheritance, by biomarker_id, ancestors' rows first.

        Raises
        ------
        ParameterError
            ``HW-P001`` for an unknown set, ``HW-P003`` for values that do not fit together.
        """
        resolved: dict[str, Resolved] = {}
        for ancestor in self.chain(set_id):
            for biomarker_id, row in self.rows[ancestor].items():
                known = resolved[biomarker_id].cells if biomarker_id in resolved else dict.fromkeys(BIOMARKER_COLUMNS)
                stated = {column: value for column, value in row.values.items() if value is not None}
                resolved[biomarker_id] = Resolved({**known, **stated, "set_id": set_id}, ancestor, row)
        require_none([breach for entry in resolved.values() for breach in _resolved_breaches(entry)])
        require_none(_primary_breaches(resolved))
        return resolved

    def _read(self, directory: Path, breaches: list[Breach]) -> None:
        here: set[str] = set()
        for row in read_rows(directory / SETS_FILE, SET_COLUMNS, breaches):
            set_id = row.text("set_id")
            if set_id in self.sets:
                breaches.append(row.breach("set_id", "A set is named twice.", "Give each set its own set_id"))
            elif set_id:
                here.add(set_id)
                self.sets[set_id], self.rows[set_id] = row, {}
        for row in read_rows(directory / BIOMARKERS_FILE, BIOMARKER_COLUMNS, breaches):
            set_id, biomarker_id = row.text("set_id"), row.text("biomarker_id")
            if set_id and set_id not in here:
                breaches.append(row.breach("set_id", f"The set is not in {SETS_FILE} beside it.", f"Add it to {SETS_FILE}"))
            elif set_id and biomarker_id in self.rows[set_id]:
                breaches.append(row.breach("biomarker_id", "A set names a biomarker twice.", "Keep one of the rows"))
            elif set_id and biomarker_id:
                self.rows[set_id][biomarker_id] = row
                breaches.extend(_stated_breaches(row))

    def _ancestors(self, set_id: str) -> list[str]:
        """What a set extends, nearest first; ends where a circle closes."""
        found: list[str] = []
        parent = self.sets[set_id].text("extends")
        while parent and parent in self.sets and parent not in found:
            found.append(parent)
            parent = self.sets[parent].text("extends")
        return found


def _stated_breaches(row: Row) -> list[Breach]:
    """What one row leaves out or spells in a way of its own."""
    breaches = []
    for values, companions in _STATED_TOGETHER:
        stated = [column for column in values if row.values[column] is not None]
        breaches += [
            row.breach(column, f"{stated[0]} is stated without its {column}.", "Say where the value comes from")
            for column in companions
            if stated and row.values[column] in (None, "none")
        ]
    for kind in ("drug", "analyte"):
        known = names().filter(kind=kind)["id"].to_list()
        if row.values[kind] is not None and row.text(kind) not in known:
            breaches.append(row.breach(kind, f"A {kind} is not in names.csv.", nearest(row.text(kind), known)))
    return breaches


def _resolved_breaches(entry: Resolved) -> list[Breach]:
    """What does not fit together in a biomarker after inheritance."""
    row, cells = entry.row, Row(entry.row.file, entry.row.number, entry.cells)
    breaches = [
        cells.breach(column, f"A biomarker has no {column}.", f"Give a {column}, or extend a set that has it")
        for column in _NEVER_EMPTY
        if cells.values[column] is None
    ]
    lod, loq = cells.number_of("lod_ng_per_l"), cells.number_of("loq_ng_per_l")
    if lod is not None and loq is not None and lod > loq:
        breaches.append(cells.breach("lod_ng_per_l", "The LOD is above the LOQ.", f"Give at most {loq:g}"))
    central = cells.number_of("excretion_fraction")
    if central is None:
        return breaches
    if cells.number_of("parent_molar_mass_g_per_mol") is None or cells.number_of("residue_molar_mass_g_per_mol") is None:
        remedy = "Give both molar masses"
        breaches.append(cells.breach("parent_molar_mass_g_per_mol", "An excretion fraction without molar masses.", remedy))
    try:
        log_cumulants(
            cells.text("distribution") or None,
            central,
            cells.number_of("excretion_low"),
            cells.number_of("excretion_high"),
            factor_rsd=cells.number_of("factor_rsd"),
            fallback_rsd=0.0,
        )
    except ParameterError as problem:
        where = f"{row.file}, row {row.number}, column excretion_fraction"
        breaches.append(Breach(problem.what, where, problem.found, problem.remedy))
    return breaches


def _primary_breaches(resolved: Mapping[str, Resolved]) -> list[Breach]:
    primaries = [entry for entry in resolved.values() if entry.cells["use"] == "primary"]
    count = Counter(entry.cells["drug"] for entry in primaries)
    return [
        entry.row.breach("use", f"{entry.cells['drug']} has two primary residues.", "Make one of them secondary")
        for entry in primaries
        if count[entry.cells["drug"]] > 1
    ]
