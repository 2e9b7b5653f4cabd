"""A library or a file of queries: which of the text formats it is, and its spectra.

What the file says decides, not its name. A file that holds nothing to use is refused; of any other, what cannot be used is
left out and said by line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.files.text_encoding import decode_text
from headworks.intake.spectra.blocks import Findings, Reader, spectra_of
from headworks.intake.spectra.text_libraries import massbank_blocks, mgf_blocks, msp_blocks

_READERS: dict[str, Reader] = {"msp": msp_blocks, "mgf": mgf_blocks, "massbank": massbank_blocks}
_LOOKED_AT = 200_000


@dataclass(frozen=True)
class SpectraFile:
    """Spectra in file order as ``Spectra`` has them, faults by line (``severity`` refused or warning), the file's hash."""

    spectra: pl.DataFrame
    faults: pl.DataFrame
    format: str
    file: str
    content_hash: str


def read_spectra(content: bytes, file: str) -> SpectraFile:
    r"""Spectra of an MSP, an MGF or MassBank records.

    Parameters
    ----------
    content
        Bytes of the file.
    file
        Its name, for messages.

    Raises
    ------
    DataRefused
        ``HW-D101``, ``HW-D102`` for bytes that are no text; ``HW-D662`` for a file without spectra, or without a usable one.

    Examples
    --------
    >>> read = read_spectra(b"Name: Caffeine\nPrecursorMZ: 195.0877\nNum Peaks: 1\n138.066 100\n", "own.msp")
    >>> read.format, read.spectra["precursor_mz"].item()
    ('msp', 195.0877)
    """
    text, _ = decode_text(content, file)
    kind = _format(text)
    if kind is None:
        raise DataRefused(
            "There are no spectra in the file.",
            where=file,
            found=" ".join(text[:80].split()) or "an empty file",
            remedy="Give an MSP, an MGF or MassBank records",
            code="HW-D662",
        )
    findings = Findings(file)
    spectra = spectra_of(_READERS[kind](text), findings)
    if spectra.is_empty():
        first = findings.rows[0] if findings.rows else {}
        raise DataRefused(
            "No spectrum of the file can be used.",
            where=f"{file}, line {first.get('row', 1)}",
            found=f"{first.get('problem', 'no spectra')} {first.get('found', '')}".strip(),
            remedy=str(first.get("remedy", "Give spectra with peaks")),
            code="HW-D662",
        )
    return SpectraFile(spectra, findings.frame(), kind, file, hashlib.sha256(content).hexdigest())


def _format(text: str) -> str | None:
    head = text[:_LOOKED_AT].lower()
    lines = [line.strip() for line in head.splitlines()]
    if "begin ions" in lines:
        return "mgf"
    if any(line.startswith("pk$peak:") for line in lines):
        return "massbank"
    has_peaks = any(line.startswith(("num peaks", "num_peaks", "numpeaks")) for line in lines)
    return "msp" if has_peaks and any(line.startswith("name:") for line in lines) else None
