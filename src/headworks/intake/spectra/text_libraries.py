"""Libraries as text: MSP in the dialects of NIST, MoNA and MassBank, MGF, MassBank records.

MSP is not written down anywhere with authority: fields are ``Name: value`` in any case, a spectrum begins with ``Name``, its
peaks follow ``Num Peaks``, one a line or several separated by semicolons, with notes in quotes behind. Licences are read
where they stand: as a field of the record, or as ``key=value`` in MoNA's comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from headworks.intake.spectra.blocks import Block

_COMMENT_PAIR = re.compile(r'"([\w $#/.-]+)=([^"]*)"')
_QUOTED = re.compile(r'"[^"]*"')
_MASSBANK_PEAKS = "pk$peak"


def msp_blocks(text: str) -> Iterator[Block]:
    r"""Spectra of an MSP library.

    Examples
    --------
    >>> [block] = msp_blocks('Name: Caffeine\nPrecursorMZ: 195.0877\nNum Peaks: 2\n110.07 20; 138.066 100\n')
    >>> block.fields["precursormz"], [line for _, line in block.peaks]
    ('195.0877', ['110.07 20', '138.066 100'])
    """
    block, in_peaks = None, False
    for row, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        name, is_field, value = line.partition(":")
        key = name.strip().lower()
        if not line:
            in_peaks = False
        elif is_field and key == "name" and (in_peaks or block is None or "num peaks" in block.fields or block.peaks):
            if block is not None:
                yield block
            block, in_peaks = Block(row), False
            block.give(name, value)
        elif block is None:
            block = Block(row)
            if is_field:
                block.give(name, value)
        elif key in ("num peaks", "num_peaks", "numpeaks"):
            block.give("num peaks", value)
            in_peaks = True
        elif in_peaks and (line[0].isdigit() or not is_field or "nan" in key or line[0] in "-+."):
            block.peaks.extend((row, pair.strip()) for pair in _peak_words(line))
        elif key in ("comment", "comments"):
            for pair in _COMMENT_PAIR.findall(value):
                block.give(*pair)
        elif is_field:
            block.give(name, value)
    if block is not None:
        yield block


def _peak_words(line: str) -> list[str]:
    """Pairs of a line of peaks: ``m/z intensity "note"``, ``m/z:intensity``, several by semicolons."""
    bare = _QUOTED.sub(" ", line).replace("\t", " ").replace(",", " ").replace(":", " ")
    parts = [part for part in bare.split(";") if part.strip()]
    if len(parts) > 1:
        return parts
    words = bare.replace(";", " ").split()
    # Old NIST files put several pairs on a line.
    is_all_numbers = len(words) > 3 and len(words) % 2 == 0 and all(re.fullmatch(r"[\d.eE+-]+", word) for word in words)
    return [" ".join(words[i : i + 2]) for i in range(0, len(words), 2)] if is_all_numbers else [" ".join(words)]


def mgf_blocks(text: str) -> Iterator[Block]:
    r"""Spectra of an MGF file, between ``BEGIN IONS`` and ``END IONS``.

    Examples
    --------
    >>> [block] = mgf_blocks("BEGIN IONS\nTITLE=Caffeine\nPEPMASS=195.0877 300\n110.07 20\nEND IONS\n")
    >>> block.fields["pepmass"], block.peaks
    ('195.0877 300', [(4, '110.07 20')])
    """
    block = None
    for row, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.upper() == "BEGIN IONS":
            if block is not None:
                yield block
            block = Block(row)
        elif line.upper() == "END IONS" and block is not None:
            yield block
            block = None
        elif block is not None and line and line[0] not in "#;!/":
            name, is_field, value = line.partition("=")
            if is_field and not line[0].isdigit():
                block.give(name, value)
            else:
                block.peaks.append((row, line.replace(",", " ")))
    if block is not None:
        yield block


def massbank_blocks(text: str) -> Iterator[Block]:
    r"""Spectra of MassBank records, each ended by ``//``.

    Examples
    --------
    >>> record = "ACCESSION: X1\nCH$NAME: Caffeine\nPK$PEAK: m/z int. rel.int.\n  110.07 2000 20\n//\n"
    >>> [block] = massbank_blocks(record)
    >>> block.fields["ch$name"], block.peaks
    ('Caffeine', [(4, '110.07 2000 20')])
    """
    block, in_peaks = None, False
    for row, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line == "//":
            if block is not None:
                yield block
            block, in_peaks = None, False
        elif line:
            block = block or Block(row)
            name, is_field, value = line.partition(":")
            key = name.strip().lower()
            if in_peaks and raw[:1] == " ":
                block.peaks.append((row, line))
            elif key == _MASSBANK_PEAKS:
                in_peaks = True
            elif is_field:
                in_peaks = False
                # "AC$MASS_SPECTROMETRY: ION_MODE POSITIVE": the second word is part of the name.
                word, _, rest = value.strip().partition(" ")
                block.give(f"{name}: {word}", rest)
                block.give(name, value)
    if block is not None:
        yield block
