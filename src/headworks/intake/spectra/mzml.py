"""A run of a mass spectrometer as mzML: its spectra, centroided, and its chromatograms.

Read with lxml, element by element. The file is not trusted: it may declare no document type (an mzML has none, and entities
are how a small XML grows without end), no array may unpack to more than it announced, text nodes keep libxml2's limits. What
ends early is refused whole, since nobody knows what the rest would have shown.

The trap is time: a scan's start is in minutes or in seconds, as its unit says.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema
from headworks.intake.spectra.blocks import Findings
from headworks.intake.spectra.mzml_arrays import ArrayFault, Parameters, centroided, clean_peaks, read_arrays
from headworks.tables.screening import Spectra

_SPACE = "{http://psi.hupo.org/ms/mzml}"
_ROOTS = (b"<mzML", b"<indexedmzML")
# Comments before the root are short; beyond this there is no mzML.
_HEAD = 1_000_000
_MOST_BYTES = 4_000_000_000
_CHROMATOGRAMS: dict[str, Any] = {
    "chromatogram": pl.String, "precursor_mz": pl.Float64, "product_mz": pl.Float64, "time_min": pl.List(pl.Float64),
    "intensity": pl.List(pl.Float64),
}  # fmt: skip
_SECOND = "UO:0000010"


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
    data = _unpacked(content, file)
    _require_mzml(data, file)
    reading = _Reading(Findings(file))
    for element in _elements(data, file, reading):
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


def _unpacked(content: bytes, file: str) -> bytes:
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            data = packed.read(_MOST_BYTES)
    except (OSError, EOFError, zlib.error) as problem:
        raise _broken(file, str(problem), 0) from problem
    return data


def _require_mzml(data: bytes, file: str) -> None:
    head = data[:_HEAD]
    places = [place for root in _ROOTS if (place := head.find(root)) >= 0]
    before = head[: min(places)] if places else head
    is_declaring = b"<!DOCTYPE" in before or b"<!ENTITY" in before
    if places and not is_declaring:
        return
    raise DataRefused(
        "An mzML declares no document type; entities are not read." if is_declaring else "This is no mzML.",
        where=file,
        found=repr(before[:80].decode("utf-8", "replace")),
        remedy="Convert the run to mzML anew, with msconvert for example",
        code="HW-D666",
    )


def _broken(file: str, found: str, n_read: int) -> DataRefused:
    return DataRefused(
        "The mzML ends early or is broken; nothing of it was kept.",
        where=f"{file}, after {n_read} spectra",
        found=found[:200],
        remedy="Copy the file again, or convert the run anew",
        code="HW-D667",
    )


def _elements(data: bytes, file: str, reading: _Reading) -> Iterator[Any]:
    """Finished elements that we read, each freed when the next is asked for."""
    from lxml import etree

    wanted = tuple(_SPACE + name for name in ("referenceableParamGroup", "spectrum", "chromatogram", "run"))
    try:
        for event, element in etree.iterparse(
            io.BytesIO(data), events=("start", "end"), tag=wanted, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        ):  # fmt: skip
            if event == "start":
                if element.tag == _SPACE + "run":
                    reading.started_at = _moment(element.get("startTimeStamp"))
                continue
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as problem:
        raise _broken(file, str(problem), reading.n_seen) from problem


def _take(element: Any, reading: _Reading) -> None:
    name = element.tag.removeprefix(_SPACE)
    if name == "referenceableParamGroup":
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
        arrays = read_arrays(element, _SPACE, reading.groups)
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
            "Convert it with 64-bit or 32-bit floats, zlib or none",
        )
        return None
    reading.n_points += mz.size
    mz, intensity, bad = clean_peaks(mz, intensity)
    if bad:
        reading.findings.add(place, "peaks", "HW-D664", f"{bad} peaks cannot be used and were left out.",
                             element.get("id", ""), "m/z is above 0 and intensity not below it", is_refused=False)  # fmt: skip
    if own.has("MS:1000128"):
        mz, intensity = centroided(mz, intensity)
    scan = Parameters.first(element, f"{_SPACE}scanList/{_SPACE}scan", reading.groups)
    precursor = element.find(f"{_SPACE}precursorList/{_SPACE}precursor")
    selected = Parameters.first(precursor, f"{_SPACE}selectedIonList/{_SPACE}selectedIon", reading.groups)
    window = Parameters.first(precursor, f"{_SPACE}isolationWindow", reading.groups)
    activation = Parameters.first(precursor, f"{_SPACE}activation", reading.groups)
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
        arrays = read_arrays(element, _SPACE, reading.groups)
    except ArrayFault as problem:
        reading.findings.add(
            0,
            "binaryDataArray",
            "HW-D668",
            "A chromatogram cannot be read and was left out.",
            f"{element.get('id', '')}: {problem}",
            "Convert it with 64-bit or 32-bit floats, zlib or none",
        )
        return None
    if "time" not in arrays or "intensity" not in arrays:
        return None
    window = f"{_SPACE}isolationWindow"
    precursor = Parameters.first(element, f"{_SPACE}precursor/{window}", reading.groups)
    product = Parameters.first(element, f"{_SPACE}product/{window}", reading.groups)
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
