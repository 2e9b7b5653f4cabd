"""A spectrum as text files hold it: named fields and lines of peaks, whatever the dialect calls them.

The readers of MSP, MGF and MassBank records hand over a :class:`Block` each; here its fields get our names and its peaks
become numbers. A peak that is not a number, is not finite or lies below zero is left out and said; a spectrum without a
usable peak is left out whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import polars as pl

from headworks.core.schema import polars_schema
from headworks.intake.instrument.faults import FAULT_SCHEMA
from headworks.tables.screening import Spectra

# A spectrum of more peaks is a profile, or a mistake; either would stop a search.
_MOST_PEAKS = 200_000
# As libraries call what we call by the first name.
_NAMES = {
    "compound": ("name", "title", "compoundname", "compound_name", "ch$name"),
    "spectrum_id": ("db#", "accession", "spectrumid", "spectrum_id", "nist#", "scans", "feature_id"),
    "inchikey": ("inchikey", "inchi_key", "inchi key", "ch$link: inchikey"),
    "formula": ("formula", "molecular_formula", "molecularformula", "ch$formula"),
    "precursor_mz": ("precursormz", "precursor_mz", "pepmass", "precursor m/z", "ms$focused_ion: precursor_m/z"),
    "adduct": ("precursor_type", "precursortype", "adduct", "ion", "ms$focused_ion: precursor_type"),
    "polarity": ("ion_mode", "ionmode", "polarity", "charge", "ac$mass_spectrometry: ion_mode"),
    "instrument": ("instrument", "ac$instrument", "source_instrument"),
    "instrument_type": ("instrument_type", "instrumenttype", "ac$instrument_type"),
    "collision_energy": ("collision_energy", "collisionenergy", "ac$mass_spectrometry: collision_energy"),
    "retention_time": (
        "retention_time", "retentiontime", "rt", "rtinseconds", "ac$chromatography: retention_time",
    ),
    "contributor": ("contributor", "submituser", "data_collector", "pi"),
    "authors": ("authors", "author"),
    "license": ("license", "licence"),
    "ms_level": ("spectrum_type", "mslevel", "ms_level", "ac$mass_spectrometry: ms_type"),
}  # fmt: skip
FIELDS = {alias: name for name, aliases in _NAMES.items() for alias in aliases}
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NOTHING = {"", "n/a", "na", "none", "null", "unknown", "not available", "-"}


@dataclass
class Block:
    """Fields by the names of the file in lower case (the first of each counts), and peak lines with their place."""

    row: int
    fields: dict[str, str] = field(default_factory=dict)
    peaks: list[tuple[int, str]] = field(default_factory=list)

    def give(self, name: str, value: str) -> None:
        """Keep a field; the first of a name counts, as the first of a MassBank record's names does."""
        self.fields.setdefault(name.strip().lower(), value.strip())


@dataclass
class Findings:
    """What was left out of one file, and why."""

    file: str
    rows: list[dict[str, object]] = field(default_factory=list)

    def add(self, row: int, column: str, code: str, problem: str, found: str, remedy: str, *, is_refused: bool = True) -> None:
        """One fault at a line."""
        self.rows.append({
            "file": self.file, "sheet": None, "row": row, "column": column, "code": code, "problem": problem,
            "found": found[:200], "remedy": remedy, "severity": "refused" if is_refused else "warning",
        })  # fmt: skip

    def frame(self) -> pl.DataFrame:
        """As ``FAULT_SCHEMA`` says."""
        return pl.DataFrame(self.rows, schema=FAULT_SCHEMA)


def spectra_of(blocks: Iterable[Block], findings: Findings) -> pl.DataFrame:
    """Usable blocks as ``Spectra``, in file order; accessions that come twice get their line."""
    seen: set[str] = set()
    rows = []
    for block in blocks:
        row = _row(block, findings)
        if row is None:
            continue
        name = str(row["spectrum_id"])
        if name in seen:
            findings.add(block.row, "spectrum_id", "HW-D665", "Two spectra have one accession.", name,
                         "Give each its own; the line is added here", is_refused=False)  # fmt: skip
            row["spectrum_id"] = f"{name} (line {block.row})"
        seen.add(str(row["spectrum_id"]))
        rows.append(row)
    return pl.DataFrame(rows, schema=polars_schema(Spectra))


def _row(block: Block, findings: Findings) -> dict[str, object] | None:
    said: dict[str, str] = {}
    for name, value in block.fields.items():
        known = FIELDS.get(name)
        if known and known not in said and value.lower() not in _NOTHING:
            said[known] = value
    mz, intensity = _peaks(block, findings)
    if not mz:
        findings.add(block.row, "peaks", "HW-D663", "A spectrum has no usable peak.", said.get("compound", ""),
                     "Give lines of m/z and intensity, both numbers, m/z above 0")  # fmt: skip
        return None
    is_seconds = "rtinseconds" in block.fields
    instrument = ", ".join(said[name] for name in ("instrument", "instrument_type") if name in said)
    precursor = _positive(said, "precursor_mz", block, findings)
    return {
        "spectrum_id": said.get("spectrum_id") or said.get("compound") or f"line {block.row}",
        "ms_level": _level(said.get("ms_level", "")),
        "compound": said.get("compound"),
        "inchikey": said.get("inchikey"),
        "formula": said.get("formula"),
        "precursor_mz": precursor,
        "adduct": said.get("adduct"),
        "polarity": _polarity(said.get("polarity", ""), said.get("adduct", "")),
        "instrument": instrument or None,
        "collision_energy": said.get("collision_energy"),
        "retention_time_min": _minutes(said.get("retention_time", ""), is_seconds=is_seconds),
        "contributor": said.get("contributor"),
        "authors": said.get("authors"),
        "license": said.get("license"),
        "source_row": block.row,
        "mz": mz,
        "intensity": intensity,
    }


def _peaks(block: Block, findings: Findings) -> tuple[list[float], list[float]]:
    """Usable peaks by m/z; the first bad one of a spectrum is shown, the others are counted."""
    pairs, bad, first = [], 0, (0, "")
    for row, text in block.peaks[:_MOST_PEAKS]:
        try:
            mz, intensity = (float(word) for word in text.split()[:2])
            is_good = math.isfinite(mz) and math.isfinite(intensity) and mz > 0 and intensity >= 0
        except ValueError:
            is_good = False
        if not is_good:
            bad, first = bad + 1, first if bad else (row, text)
        elif intensity > 0:
            pairs.append((mz, intensity))
    if bad:
        findings.add(first[0], "peaks", "HW-D664", f"{bad} peaks cannot be used and were left out.", first[1],
                     "Give m/z above 0 and an intensity of 0 or more", is_refused=False)  # fmt: skip
    if len(block.peaks) > _MOST_PEAKS:
        findings.add(block.row, "peaks", "HW-D664", "A spectrum has too many peaks.", f"{len(block.peaks):,}",
                     f"Centroid it; the first {_MOST_PEAKS:,} were read", is_refused=False)  # fmt: skip
    pairs.sort()
    return [mz for mz, _ in pairs], [intensity for _, intensity in pairs]


def _positive(said: dict[str, str], name: str, block: Block, findings: Findings) -> float | None:
    text = said.get(name, "")
    if not text:
        return None
    found = _NUMBER.match(text)  # MGF writes the precursor's intensity behind it
    value = float(found.group()) if found else math.nan
    if math.isfinite(value) and value > 0:
        return value
    findings.add(block.row, name, "HW-D664", "The precursor is no m/z.", text, "Give a number above 0", is_refused=False)
    return None


def _minutes(text: str, *, is_seconds: bool) -> float | None:
    """Minutes; seconds where the field's name or the text says so."""
    found = _NUMBER.match(text)
    if not found or float(found.group()) < 0 or not math.isfinite(float(found.group())):
        return None
    in_seconds = is_seconds or bool(re.search(r"\bs(ec(onds?)?)?\b", text[found.end() :].lower()))
    return float(found.group()) / (60.0 if in_seconds else 1.0)


def _polarity(text: str, adduct: str) -> str | None:
    word = text.strip().lower()
    for mark, polarity in (("+", "positive"), ("-", "negative")):
        if word in (polarity[0], polarity) or word.strip("0123456789") == mark or word == f"{polarity} ion mode":
            return polarity
    # [M+H]+ says it too, M+H does not.
    end = adduct.strip().rstrip("*").rstrip("0123456789")
    return {"+": "positive", "-": "negative"}.get(end[-1:]) if "]" in end else None


def _level(text: str) -> int:
    """MS2 unless the record says otherwise: libraries are of product ions."""
    found = re.search(r"\d+", text)
    return min(max(int(found.group()[:2]), 1), 20) if found else (1 if text.strip().upper() == "MS" else 2)


Reader = Callable[[str], Iterable[Block]]
