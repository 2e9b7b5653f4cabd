"""A run of a mass spectrometer as mzML: its spectra, centroided, and its chromatograms.

The trap is time: a scan's start is in minutes or in seconds, as its unit says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from headworks.core.schema import polars_schema
from headworks.intake.spectra.blocks import Findings
from headworks.intake.spectra.mzml_arrays import ArrayFault, Parameters, centroided, clean_peaks, read_arrays
from headworks.intake.spectra.mzml_elements import SPACE, finished_elements, unpacked
from headworks.tables.screening import Spectra

_CHROMATOGRAMS: dict[str, Any] = {
    "chromatogram": pl.String, "precursor_mz": pl.Float64, "product_mz": pl.Float64, "time_min": pl.List(pl.Float64),
    "intensity": pl.List(pl.Float64),
}  # fmt: skip
_SECOND = "UO:0000010"
_REMEDY = "Convert it with 64-bit or 32-bit floats; zlib, numpress, both or none"


@dataclass(frozen=True)
class Run:
    """One file of an instrument.

    Attributes
    ----------
    spectra
        ``Spectra``, in the order of the file, peaks ascending and centroided.
    chromatograms
        ``chromatogram, precursor_mz, product_mz, time_min, intensity``.
    faults
        What was left out, by spectrum (``row`` is its place in the file, from 1).
    n_points
        Points of all spectra as the file has them.
    started_at
        When the run began, as the file says.
    file, content_hash
        Its name, and the SHA-256 of its bytes.
    """

    spectra: pl.DataFrame
    chromatograms: pl.DataFrame
    faults: pl.DataFrame
    n_points: int
    started_at: dt.datetime | None
    file: str
    content_hash: str


@dataclass
class _Reading:
    """What has been read so far."""

    findings: Findings
    groups: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    spectra: list[dict[str, object]] = field(default_factory=list)
    chromatograms: list[dict[str, object]] = field(default_factory=list)
    n_points: int = 0
    n_seen: int = 0
    started_at: dt.datetime | None = None


def read_mzml(content: bytes, file: str) -> Run:
    """The run in an mzML file, gzipped or not.

    Parameters
    ----------
    content
        Bytes of the file.
    file
        Its name, for messages.

    Raises
    ------
    DataRefused
        ``HW-D666`` for a file that is no mzML or declares a document type, ``HW-D667`` for one that ends early or is broken.
    """
    reading = _Reading(Findings(file))
    for element in finished_elements(unpacked(content, file), file):
        _take(element, reading)
    return Run(
        pl.DataFrame(reading.spectra, schema=polars_schema(Spectra)),
        pl.DataFrame(reading.chromatograms, schema=_CHROMATOGRAMS),
        reading.findings.frame(),
        reading.n_points,
        reading.started_at,
        file,
        hashlib.sha256(content).hexdigest(),
    )


def _take(element: Any, reading: _Reading) -> None:
    name = element.tag.removeprefix(SPACE)
    if name == "run":
        reading.started_at = _moment(element.get("startTimeStamp"))
    elif name == "referenceableParamGroup":
        reading.groups[element.get("id", "")] = Parameters.of(element, {}).found
    elif name == "spectrum":
        reading.n_seen += 1
        row = _spectrum(element, reading)
        if row is not None:
            reading.spectra.append(row)
    elif name == "chromatogram":
        row = _chromatogram(element, reading)
        if row is not None:
            reading.chromatograms.append(row)


def _spectrum(element: Any, reading: _Reading) -> dict[str, object] | None:
    place, own = reading.n_seen, Parameters.of(element, reading.groups)
    try:
        arrays = read_arrays(element, SPACE, reading.groups)
        mz, intensity = arrays.get("mz"), arrays.get("intensity")
        if mz is None or intensity is None or mz.size != intensity.size:
            raise ArrayFault("no m/z and intensity of one length")
    except ArrayFault as problem:
        reading.findings.add(
            place,
            "binaryDataArray",
            "HW-D668",
            "A spectrum cannot be read and was left out.",
            f"{element.get('id', '')}: {problem}",
            _REMEDY,
        )
        return None
    reading.n_points += mz.size
    mz, intensity, bad = clean_peaks(mz, intensity)
    if bad:
        reading.findings.add(place, "peaks", "HW-D664", f"{bad} peaks cannot be used and were left out.",
                             element.get("id", ""), "m/z is above 0 and intensity not below it", is_refused=False)  # fmt: skip
    if own.has("MS:1000128"):
        mz, intensity = centroided(mz, intensity)
    scan = Parameters.first(element, f"{SPACE}scanList/{SPACE}scan", reading.groups)
    precursor = element.find(f"{SPACE}precursorList/{SPACE}precursor")
    selected = Parameters.first(precursor, f"{SPACE}selectedIonList/{SPACE}selectedIon", reading.groups)
    window = Parameters.first(precursor, f"{SPACE}isolationWindow", reading.groups)
    activation = Parameters.first(precursor, f"{SPACE}activation", reading.groups)
    level = own.number("MS:1000511")
    return {
        "spectrum_id": element.get("id") or f"spectrum {place}",
        "ms_level": 1 if level is None and precursor is None else int(level or 2),
        "precursor_mz": selected.positive("MS:1000744") or window.positive("MS:1000827"),
        "polarity": "negative" if own.has("MS:1000129") else "positive" if own.has("MS:1000130") else None,
        "collision_energy": activation.text("MS:1000045"),
        "retention_time_min": _scan_time(scan),
        "source_row": place,
        "mz": mz,
        "intensity": intensity,
    }


def _scan_time(scan: Parameters) -> float | None:
    time = scan.number("MS:1000016")
    if time is None or time < 0:
        return None
    return time / 60.0 if scan.unit("MS:1000016") == _SECOND else time


def _chromatogram(element: Any, reading: _Reading) -> dict[str, object] | None:
    try:
        arrays = read_arrays(element, SPACE, reading.groups)
    except ArrayFault as problem:
        reading.findings.add(
            0,
            "binaryDataArray",
            "HW-D668",
            "A chromatogram cannot be read and was left out.",
            f"{element.get('id', '')}: {problem}",
            _REMEDY,
        )
        return None
    if "time" not in arrays or "intensity" not in arrays:
        return None
    window = f"{SPACE}isolationWindow"
    precursor = Parameters.first(element, f"{SPACE}precursor/{window}", reading.groups)
    product = Parameters.first(element, f"{SPACE}product/{window}", reading.groups)
    return {
        "chromatogram": element.get("id", ""),
        "precursor_mz": precursor.positive("MS:1000827"),
        "product_mz": product.positive("MS:1000827"),
        "time_min": arrays["time"],
        "intensity": arrays["intensity"],
    }


def _moment(text: str | None) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
